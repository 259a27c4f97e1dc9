"""``--format`` and ``--output``: which reports a run gives, and where they go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from depcheck.cli.formats import Format, by_suffix
from depcheck.errors import OutputError, UsageError
from depcheck.model.text import did_you_mean, printable

_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One report; ``path`` None means stdout."""

    format: Format
    path: Path | None = None


def outputs(format: Format | None, given: Sequence[str]) -> tuple[Output, ...]:
    """Return what ``--format`` and the values of ``--output`` ask for.

    The report of ``--format`` (default: text) goes to stdout, unless an output that names no
    format takes its place or an output is stdout itself. Raises UsageError for what cannot
    be understood, and for two outputs to one place.
    """
    asked = [_output(text, format) for text in given]
    placed = [output for output, is_named in asked if not is_named or output.path is None]
    every = [output for output, _ in asked]
    if not placed or (format and any(named and out.path is None for out, named in asked)):
        every.append(Output(format=format or Format.TEXT))
    _apart(every)
    return tuple(every)


def _output(text: str, format: Format | None) -> tuple[Output, bool]:
    """Return an output, and whether it names its format itself."""
    word, equals, rest = text.partition("=")
    if equals and word in list(Format):
        return Output(format=Format(word), path=_path(rest, text)), True
    if equals and _WORD.fullmatch(word):
        raise UsageError(
            f'--output "{printable(text)}": {word} is not a format',
            hint=did_you_mean(word, Format)
            or f"formats are {', '.join(Format)}; a file with this name is written ./{text}",
        )
    path = _path(text, text)
    chosen = format or (Format.TEXT if path is None else by_suffix(path))
    return Output(format=chosen, path=path), False


def _path(text: str, whole: str) -> Path | None:
    if not text.strip():
        raise UsageError(
            f'--output "{printable(whole)}" names no file',
            hint="write it like --output report.json, or - for stdout",
        )
    return None if text == "-" else Path(text)


def _apart(every: Sequence[Output]) -> None:
    if sum(output.path is None for output in every) > 1:
        raise UsageError(
            "more than one report would go to stdout",
            hint="give --format once and no other output for -",
        )
    _different([output.path for output in every if output.path is not None])


def _different(paths: Sequence[Path]) -> None:
    seen: set[object] = set()
    for path in filter(_is_kept, paths):
        known = set(_known([path]))
        if seen & known:
            raise UsageError(f"{printable(str(path))}: two outputs would be written there")
        seen |= known


def check_places(
    every: Sequence[Output],
    inputs: Iterable[Path],
    *,
    lock: Path | None = None,
    made: Path | None = None,
) -> None:
    """Raise UsageError for an output over a file that the run reads, or over its lock.

    ``made`` is a folder that the run itself fills: what is in there is not known yet, and
    no output may be in it. Raises OutputError where a file cannot be made: better told
    before the work than after it.
    """
    paths = [output.path for output in every if output.path is not None]
    _different([*paths, *([lock] if lock else [])])
    check_inputs(every, inputs)
    for path in paths:
        if made is not None and _real(path).is_relative_to(_real(made)):
            raise UsageError(
                f"--output {printable(str(path))} is in the folder that --write fills",
                hint="name a file in another folder",
            )
        _check_parent(path)


def check_inputs(every: Sequence[Output], inputs: Iterable[Path]) -> None:
    """Raise UsageError for an output that would overwrite one of ``inputs``."""
    read = set(_known(inputs))
    for output in every:
        if output.path is not None and read & set(_known([output.path])):
            raise UsageError(
                f"--output {printable(str(output.path))} would overwrite what this run reads",
                hint="name another file",
            )


def _check_parent(path: Path) -> None:
    """Raise OutputError where no file can be at ``path``: a folder is there, or none above it."""
    shown = printable(str(path))
    if path.is_dir():
        raise OutputError(f"{shown}: cannot be written: it is a folder")
    if not path.parent.exists() and not os.path.lexists(path):
        folder = printable(str(path.parent))
        raise OutputError(f"{shown}: cannot be written: there is no folder {folder}",
                          hint="make it first")  # fmt: skip


def _known(paths: Iterable[Path]) -> Iterator[object]:
    """Give what identifies the files: their real path and, where there is one, their inode."""
    for path in filter(_is_kept, paths):
        yield _real(path)
        try:
            status = path.stat()
        except OSError:
            continue
        if status.st_ino:
            yield (status.st_dev, status.st_ino)


def _is_kept(path: Path) -> bool:
    """Return whether what is written there stays: a device or pipe keeps nothing."""
    return path.is_file() or not path.exists()


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
