"""The files of a commit laid out on disk, one by one as they are asked for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from depcheck.errors import RevisionError
from depcheck.revisions.scratch import scratch, writing
from depcheck.revisions.tree import Met, Tree

_LARGEST_FILE = 32 << 20
_BUDGET = 256 << 20


@dataclass(slots=True)
class Layout:
    """A folder that stands for the repository's, with what was brought of its files.

    What reads a project reads it there as in a working tree: links stay links, so that one
    that leads out of the project is refused as it always is. A file above 32 MiB is as long
    as that and empty, which is more than anything reads.
    """

    tree: Tree
    top: Path
    left: int = _BUDGET

    def bring(self, path: Path) -> None:
        """Lay out what lies at ``path``, below ``top``, if the commit has it.

        Raises RevisionError where the repository does not have the content, where a submodule
        has the file, and where there is no room for it.
        """
        if not path.is_relative_to(self.top):
            return
        met: list[Met] = []
        with contextlib.suppress(OSError):  # as far as there is something
            met.extend(self.tree.walk(path.relative_to(self.top).parts))
        with writing():
            for each in met:
                self._lay(each)

    def _lay(self, met: Met) -> None:
        place = self.top.joinpath(*met.place)
        if os.path.realpath(place.parent) != str(place.parent) or os.path.lexists(place):
            return  # a file system that folds names has another entry there
        match met.entry.kind:
            case "folder":
                place.mkdir()
            case "link":
                place.symlink_to(met.target)
            case "file":
                content = self.tree.content(met.entry, _LARGEST_FILE)
                self._write(place, content)
            case "submodule":
                name = "/".join(met.place)
                raise RevisionError(
                    f"{name} is a submodule: what it holds at {self.tree.named} is not known here"
                )

    def _write(self, place: Path, content: bytes) -> None:
        self.left -= len(content)
        if self.left < 0:
            raise RevisionError(f"the files to read are more than {_BUDGET >> 20} MiB")
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as stream:
            stream.write(content)


@contextmanager
def laid_out(tree: Tree) -> Iterator[Layout]:
    """Give an empty folder that files of ``tree`` can be brought to, while the block runs.

    It is private to the user, and taken away with all that is in it.
    """
    with scratch() as folder:
        yield Layout(tree, folder)
