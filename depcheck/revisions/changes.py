"""The lines that differ between two states of files.

The files are written side by side into a folder of one's own and compared there by ``git
diff --no-index``: outside of any repository no attribute or configuration of the inspected
one can name a program to run on them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from depcheck.errors import RevisionError
from depcheck.model.review import LineRange
from depcheck.revisions.git import Git
from depcheck.revisions.scratch import scratch, writing

_LARGEST = 64 << 20
_OPTIONS = (
    "--no-index", "--unified=0", "--text", "--no-color", "--no-ext-diff", "--no-textconv",
    "--no-renames", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
_FILE = re.compile(rb"diff --git a/before/(\d+) b/after/\d+$")
_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


def changed_lines(
    git: Git, files: Mapping[str, tuple[bytes | None, bytes | None]]
) -> dict[str, tuple[LineRange, ...]]:
    """Return the lines of each file that a change touches, for files that it changes.

    ``files`` maps a path to what it held before and holds after, None where there is none.
    Where lines were taken out, the ones before and after the gap count. A file that is new
    is touched as a whole, one that is gone is left out. Raises RevisionError where git fails.
    """
    found: dict[str, tuple[LineRange, ...]] = {}
    both: list[tuple[str, bytes, bytes]] = []
    for path, (before, after) in files.items():
        if after is None or before == after:
            continue
        if before is None:
            found[path] = ((1, max(1, _lines(after).count(b"\n") + 1)),)
        else:
            both.append((path, _lines(before), _lines(after)))
    return found | (_compared(git, both) if both else {})


def _lines(content: bytes) -> bytes:
    """Return ``content`` with the line ends that an editor counts made alike."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _compared(git: Git, both: list[tuple[str, bytes, bytes]]) -> dict[str, tuple[LineRange, ...]]:
    with scratch() as folder:
        _lay_out(folder, both)
        alone = Git(program=git.program, environ={**git.environ, **_outside(folder)})
        ran = alone.run("diff", *_OPTIONS, "before", "after", folder=folder, most=_LARGEST)
    if ran.status not in (0, 1):
        raise RevisionError("git cannot compare the files with those of the base")
    names = [path for path, _, _ in both]
    return {names[number]: ranges for number, ranges in _ranges(ran.out).items()}


def _lay_out(folder: Path, both: list[tuple[str, bytes, bytes]]) -> None:
    with writing():
        for side in ("before", "after"):
            (folder / side).mkdir()
        for number, (_, before, after) in enumerate(both):
            (folder / "before" / str(number)).write_bytes(before)
            (folder / "after" / str(number)).write_bytes(after)


def _outside(folder: Path) -> dict[str, str]:
    """Return variables under which git finds neither a repository nor a configuration."""
    return {
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "0",
    }


def _ranges(out: bytes) -> dict[int, tuple[LineRange, ...]]:
    """Return the touched lines by the number of the file, of a diff without context.

    Every line of a file begins with ``+`` or ``-`` in it, so that none can pass for a header.
    """
    found: dict[int, list[LineRange]] = {}
    number = -1
    for line in out.split(b"\n"):
        if header := _FILE.match(line):
            number = int(header[1])
            found[number] = []
        elif hunk := _HUNK.match(line):
            found[number].append(_range(int(hunk[1]), int(hunk[2] or b"1")))
    return {number: tuple(ranges) for number, ranges in found.items()}


def _range(first: int, count: int) -> LineRange:
    if count == 0:  # lines were taken out after the line ``first``, which may be 0
        return (max(1, first), first + 1)
    return (first, first + count - 1)
