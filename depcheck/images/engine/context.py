"""What a build gets to see: a tar of the written files and of the folders that are copied."""

from __future__ import annotations

import stat
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from depcheck.errors import ImageError
from depcheck.images.engine.client import ignored
from depcheck.model.text import printable


@contextmanager
def build_context(
    root: Path,
    *,
    folders: Iterable[str] = (),
    files: Mapping[str, str],
    ignore: str = "",
) -> Iterator[IO[bytes]]:
    """Give the tar of a build: ``files`` (path to text), and ``folders`` of ``root``.

    Paths are POSIX and relative. ``ignore`` is the text of a ``.dockerignore``: what it
    names of the folders is left out, as are sockets and devices. The same input gives the
    same bytes: names are sorted, owners and times are left out. Links are packed as links and
    never followed, so that nothing from outside of ``root`` gets in. Raises ImageError where a
    folder lies outside of ``root``, is not there, or cannot be read.
    """
    with tempfile.TemporaryFile() as made:
        with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in sorted(_packed(root, folders, ignored(ignore)).items()):
                if name not in files:
                    _pack(tar, name, path)
            for name, text in sorted(files.items()):
                _pack_text(tar, name, text)
        made.seek(0)
        yield made


def pack_folder(tar: tarfile.TarFile, folder: Path, name: str) -> None:
    """Add a folder and all below it under another name, links as links."""
    for path in _walk(folder):
        _pack(tar, (PurePosixPath(name) / path.relative_to(folder).as_posix()).as_posix(), path)


def _packed(
    root: Path, folders: Iterable[str], is_ignored: Callable[[str], bool]
) -> dict[str, Path]:
    def is_left_out(path: Path) -> bool:
        return is_ignored(path.relative_to(root).as_posix())

    tops = [_inside(root, folder) for folder in folders]
    paths = (path for top in tops for path in _walk(top, is_left_out))
    return {path.relative_to(root).as_posix(): path for path in paths if path != root}


def _inside(root: Path, folder: str) -> Path:
    relative = PurePosixPath(folder)
    shown = printable(folder)
    if relative.is_absolute() or ".." in relative.parts:
        raise ImageError(f"{shown}: it lies outside of the project root")
    top = root
    for part in relative.parts:
        top = top / part
        if top.is_symlink():
            raise ImageError(
                f"{shown}: a link leads to it, and links are not followed", hint="name its target"
            )
    if not top.exists():
        raise ImageError(f"{shown}: there is no such file or folder in the project root")
    return top


def _walk(path: Path, is_left_out: Callable[[Path], bool] = lambda path: False) -> Iterator[Path]:
    """Yield a path and all below it, links as such; nothing below what is left out."""
    yield path
    if path.is_symlink() or not path.is_dir():
        return
    try:
        below = sorted(path.iterdir())
    except OSError as failure:
        raise _unreadable(path, failure) from failure
    for each in below:
        if not is_left_out(each):
            yield from _walk(each, is_left_out)


def _pack(tar: tarfile.TarFile, name: str, path: Path) -> None:
    try:
        mode = path.lstat().st_mode
        entry = tarfile.TarInfo(name)
        entry.mode = 0o755 if mode & stat.S_IXUSR or stat.S_ISDIR(mode) else 0o644
        if stat.S_ISLNK(mode):
            entry.type, entry.linkname = tarfile.SYMTYPE, path.readlink().as_posix()
            tar.addfile(entry)
        elif stat.S_ISDIR(mode):
            entry.type = tarfile.DIRTYPE
            tar.addfile(entry)
        elif stat.S_ISREG(mode):
            with path.open("rb") as content:
                entry.size = path.stat().st_size
                tar.addfile(entry, content)
    except OSError as failure:
        raise _unreadable(path, failure) from failure


def _pack_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, BytesIO(content))


def _unreadable(path: Path, failure: OSError) -> ImageError:
    reason = failure.strerror or type(failure).__name__
    return ImageError(f"{printable(str(path))}: it cannot be packed for the build: {reason}")
