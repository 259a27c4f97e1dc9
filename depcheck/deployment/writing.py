"""Files written all or none, and nothing touched that depcheck did not write.

The order makes an interruption harmless: the manifest is written first and claims the old and
the new state of each file, then the files, then the manifest that claims only the new. Each is
replaced at once (``rename``), so that a second run finds every file in one of the two.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from depcheck.deployment.manifest import (
    NAME,
    Manifest,
    digest,
    is_below,
    manifest_text,
    read_manifest,
)
from depcheck.errors import OutputError
from depcheck.model.text import printable

_FORCE = (
    "keep what was changed elsewhere (services: in compose.override.yaml, which compose reads "
    "beside compose.yaml) and write with --force, or name another folder"
)
_ELSEWHERE = "name a folder of its own, such as --write deploy: --force does not overwrite these"
_READ = "this run reads it"
_LARGEST = 1 << 26  # bytes; what is larger is none of depcheck's files, and not read to its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a folder: POSIX paths below it, each sorted.

    ``written`` has the manifest, too, where anything changed. ``seized`` are those of them
    that were not depcheck's, or not as it wrote them, and were overwritten by force.
    ``removed`` were written by an earlier run and are no longer wanted; ``kept`` as well, but
    somebody has changed them since.
    """

    written: tuple[str, ...] = ()
    seized: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands at a path: ``hash`` is None for what is no plain file."""

    path: str
    there: bool
    hash: str | None = None
    why: str = ""


def notes(done: Written, folder: str) -> Iterator[str]:
    """Give what a person should know of a ``folder`` (its name) that was written to."""
    if not done.written:
        yield f"every file in {folder} is as it was written last: nothing had to be written."
    if done.seized:
        yield f"overwritten in {folder}, though not as depcheck wrote it: {', '.join(done.seized)}."
    if done.removed:
        yield f"no longer wanted in {folder}, removed: {', '.join(done.removed)}."
    if done.kept:
        kept = ", ".join(done.kept)
        yield f"no longer wanted in {folder}, but kept, since changed by somebody: {kept}."


def write_files(
    folder: Path,
    files: Mapping[str, str],
    *,
    partition: Sequence[Sequence[str]],
    force: bool = False,
    inputs: Collection[Path] = (),
) -> Written:
    """Write ``files`` (POSIX path → text) below ``folder``, which is made where it is lacking.

    A file that depcheck did not write, or that was changed since, is not overwritten unless
    ``force``: OutputError lists all of them, and nothing has been written then. Links below
    the folder are never followed. Files of an earlier run that are no longer wanted are
    removed, unless they were changed. ``inputs`` are what the run read: such a file, and in
    such a folder below ``folder`` what depcheck did not write, is not even touched by
    ``force``. Raises OutputError where the folder cannot be written to.
    """
    for path in files:
        if not is_below(path) or path == NAME:
            raise OutputError(f"{printable(path)}: is no path below the folder")
    try:
        return _write(folder, files, partition, force, inputs)
    except OSError as fault:
        place = printable(str(fault.filename or folder))
        reason = (fault.strerror or str(fault)).lower()
        raise OutputError(
            f"{printable(str(folder))}: cannot be written: {place}: {reason}"
        ) from None


def _write(
    folder: Path,
    files: Mapping[str, str],
    partition: Sequence[Sequence[str]],
    force: bool,
    inputs: Collection[Path],
) -> Written:
    folder.mkdir(parents=True, exist_ok=True)
    old = read_manifest(folder)
    known = old or Manifest()
    wanted = {path: digest(text.encode()) for path, text in files.items()}
    found = {path: _look(folder, path) for path in sorted(wanted.keys() | known.paths)}
    read = _read_below(folder, inputs, known, found)
    _refuse_inputs(folder, (path for path in read if found[path].hash != wanted.get(path)))
    others = [found[path] for path in wanted if _is_foreign(found[path], wanted[path], known)]
    _refuse_others(folder, others, known, force=force)
    if old is None and not force:
        _refuse_manifest(folder)
    changing = [path for path in wanted if found[path].hash != wanted[path]]
    stale = [path for path in known.paths - wanted.keys() if found[path].there]
    removing = [path for path in stale if known.is_own(path, found[path].hash or "")]
    result = Written(
        written=tuple(sorted(changing)),
        seized=tuple(sorted(one.path for one in others)),
        unchanged=tuple(sorted(wanted.keys() - set(changing))),
        removed=tuple(sorted(removing)),
        kept=tuple(sorted(set(stale) - set(removing))),
    )
    groups = tuple(tuple(group) for group in partition)
    new = Manifest(files=wanted, partition=groups)
    if not changing and not removing and new == old:
        return result
    _carry_out(folder, files, result, found, new)
    return replace(result, written=tuple(sorted((*result.written, NAME))))


def _carry_out(
    folder: Path,
    files: Mapping[str, str],
    result: Written,
    found: Mapping[str, _Found],
    new: Manifest,
) -> None:
    states = {path: found[path].hash for path in (*result.written, *result.removed)}
    replaced = {path: state for path, state in states.items() if state is not None}
    claimed = Manifest(files=new.files, replaced=replaced, partition=new.partition)
    if replaced:
        _replace(folder / NAME, manifest_text(claimed))
    else:
        _replace(folder / NAME, manifest_text(new))
    for path in result.written:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, files[path])
    for path in result.removed:
        (folder / path).unlink(missing_ok=True)
        _remove_empty(folder, Path(path).parents)
    if replaced:
        _replace(folder / NAME, manifest_text(new))


def _read_below(
    folder: Path, inputs: Collection[Path], known: Manifest, found: Mapping[str, _Found]
) -> list[str]:
    """Return those of the paths found below ``folder`` that are, or belong to, ``inputs``."""
    here = Path(os.path.realpath(folder))
    # A link is an input, and so is what it leads to.
    named = {Path(os.path.realpath(path.parent)) / path.name for path in inputs}
    read = named | {Path(os.path.realpath(path)) for path in inputs}
    tops = {path for path in read if path != here and path.is_relative_to(here) and path.is_dir()}
    return [
        path
        for path, one in found.items()
        if one.there
        and (
            here / path in read
            or (path not in known.paths and not tops.isdisjoint((here / path).parents))
        )
    ]


def _refuse_inputs(folder: Path, paths: Iterable[str]) -> None:
    if faults := [f"  {path}: {_READ}" for path in paths]:
        first = f"files would be overwritten, so nothing was written to {printable(str(folder))}:"
        raise OutputError("\n".join((first, *faults)), hint=_ELSEWHERE)


def _look(folder: Path, path: str) -> _Found:
    """Return what stands at ``path`` below ``folder``, without following a link on the way."""
    place = folder
    *parents, name = path.split("/")
    for parent in parents:
        place = place / parent
        status = _status(place)
        if status is None:
            return _Found(path, there=False)
        if not stat.S_ISDIR(status.st_mode):
            return _Found(path, there=True, why=f"{parent} is no folder")
    status = _status(place / name)
    if status is None:
        return _Found(path, there=False)
    if stat.S_ISDIR(status.st_mode):
        return _Found(path, there=True, why="a folder stands there")
    if not stat.S_ISREG(status.st_mode):
        return _Found(path, there=True)
    return _Found(path, there=True, hash=_digest(place / name))


def _digest(path: Path) -> str | None:
    """Return the digest of a file, None for one that is larger than any of depcheck's."""
    with path.open("rb") as stream:
        content = stream.read(_LARGEST + 1)
    return digest(content) if len(content) <= _LARGEST else None


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_foreign(one: _Found, wanted: str, known: Manifest) -> bool:
    """Return whether a path is taken by what depcheck did not write, or not as it wrote it."""
    is_other = one.there and one.hash != wanted
    return is_other and (bool(one.why) or not known.is_own(one.path, one.hash or ""))


def _refuse_others(folder: Path, found: Iterable[_Found], known: Manifest, *, force: bool) -> None:
    """Raise OutputError for all files that may not be overwritten, in one message."""
    faults = [
        f"  {one.path}: {one.why or _told(one, known)}"
        for one in sorted(found, key=lambda one: one.path)
        if one.why or not force
    ]
    if faults:
        where = printable(str(folder))
        first = f"files would be overwritten, so nothing was written to {where}:"
        raise OutputError("\n".join((first, *faults)), hint=_FORCE)


def _told(one: _Found, known: Manifest) -> str:
    return "changed since depcheck wrote it" if one.path in known.paths else "not from depcheck"


def _refuse_manifest(folder: Path) -> None:
    if _status(folder / NAME) is not None:
        raise OutputError(
            f"{printable(str(folder / NAME))}: is no manifest that depcheck wrote, so that "
            "it cannot tell which files are its own",
            hint="write with --force, or name another folder",
        )


def _replace(target: Path, text: str) -> None:
    """Write ``text`` to ``target`` at once; a link there is replaced, not followed."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    temporary = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """Return the mode of the file that is there; a new one may be read by all.

    Containers read them as a user of their own, whatever the writer's umask, and none holds
    a secret.
    """
    status = _status(target)
    if status is not None and stat.S_ISREG(status.st_mode):
        return status.st_mode & 0o777
    return 0o644


def _remove_empty(folder: Path, parents: Iterable[Path]) -> None:
    for parent in parents:
        if parent == Path("."):
            return
        try:
            (folder / parent).rmdir()
        except OSError:
            return  # Somebody else's files are in it.
