"""Objects of a repository by their hash, read through one ``git cat-file --batch``."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from depcheck.errors import RevisionError
from depcheck.revisions.git import Git, watched

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST_HEAD = 200
_PARTIAL = (
    "a partial or damaged clone lacks it, and nothing is fetched here: git fsck tells more; "
    "clone without --filter"
)


class TooLarge(Exception):
    """An object has more bytes than were asked for; ``size`` is how many."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


class Objects:
    """Reads objects while its ``with`` block runs; only hashes are ever handed to git."""

    def __init__(self, git: Git, top: Path) -> None:
        self._git, self._top = git, top
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def read(self, identity: str, kind: str, most: int) -> bytes:
        """Return the content of an object (``commit``, ``tree``, ``blob``) by its full hash.

        Raises TooLarge beyond ``most`` bytes, and RevisionError where the repository does
        not have it or git does not answer.
        """
        assert _ID.fullmatch(identity), identity
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        with watched(process):
            try:
                process.stdin.write(f"{identity}\n".encode())
                process.stdin.flush()
                head = process.stdout.readline(_LONGEST_HEAD).decode("ascii", "replace").split()
                size = self._size(head, identity, kind)
                if size > most:
                    self._end()
                    raise TooLarge(size)
                content = process.stdout.read(size + 1)
            except OSError:
                content, size = b"", 0
        if len(content) != size + 1:
            self._end()
            raise RevisionError(f"git does not give the {kind} {identity[:12]}")
        return content[:-1]

    def _size(self, head: list[str], identity: str, kind: str) -> int:
        match head:
            case [_, found, size] if found == kind and size.isdigit():
                return int(size)
            case [_, "missing"] | []:  # a partial clone's git gives up where it may not fetch
                self._end()
                raise RevisionError(
                    f"this clone does not have the {kind} {identity[:12]}", hint=_PARTIAL
                )
        self._end()
        raise RevisionError(f"git does not give the {kind} {identity[:12]}")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = self._git.start("cat-file", "--batch", folder=self._top, reads=True)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
