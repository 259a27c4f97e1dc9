"""Indexes and files that lie on this machine: no network, no cache."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from depcheck.index.addresses import local_path
from depcheck.index.archive import Source
from depcheck.index.distributions import (
    METADATA_CAP,
    from_core_metadata,
    from_tar_sdist,
    from_wheel,
    from_zip_sdist,
)
from depcheck.index.filenames import NameReader
from depcheck.index.pages import (
    PageEntry,
    PageError,
    PageFile,
    encode_json,
    read_html,
    read_json,
)
from depcheck.index.releases import Listing, build_listing
from depcheck.model.catalog import Metadata, Unavailable
from depcheck.model.requirement import normalise

PAGE_CAP = 64 << 20
_TAIL = 64 << 10
Files = tuple[list[PageEntry], list[msgspec.Raw]]


def local_listing(index: Path, name: str) -> Listing | None:
    """Return what a folder of pages has of a project; None where it has none.

    ``NAME/index.json`` (PEP 691) goes before ``NAME/index.html`` (PEP 503).
    Raises PageError or OSError where a page cannot be used.
    """
    for page in (index / name / "index.json", index / name / "index.html"):
        if page.is_file():
            entries, raws, base = _read_page(page)
            return build_listing(name, entries, raws, base)
    return None


def _read_page(page: Path) -> tuple[list[PageEntry], list[msgspec.Raw], str]:
    if page.stat().st_size > PAGE_CAP:
        raise PageError(f"larger than {PAGE_CAP >> 20} MB")
    body = page.read_bytes()
    if page.suffix == ".json":
        return *read_json(body), page.as_uri()
    entries, raws, base = read_html(body)
    return entries, raws, base or page.as_uri()


def local_metadata(subject: str, name: str, path: Path) -> Metadata | Unavailable:
    """Return the metadata of a file on this machine, beside it or inside it."""
    beside = path.with_name(path.name + ".metadata")
    try:
        if path.name.endswith(".whl") and beside.is_file():
            return from_core_metadata(subject, name, _content(beside), "pep658")
        with path.open("rb") as file:
            if path.name.endswith((".whl", ".zip")):

                def fetch(start: int, stop: int) -> bytes:
                    file.seek(start)
                    return file.read(stop - start)

                size = path.stat().st_size
                source = Source(size, fetch(max(0, size - _TAIL), size), fetch)
                if path.name.endswith(".whl"):
                    return from_wheel(subject, name, source)
                return from_zip_sdist(subject, source)
            return from_tar_sdist(subject, lambda: file.read(1 << 16))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Unavailable(subject=subject, reason=f"{path.name} cannot be read: {reason}")


def _content(path: Path) -> bytes:
    if path.stat().st_size > METADATA_CAP:
        return b""
    return path.read_bytes()


class FindLinks:
    """Files offered by pip's ``find-links``: folders, and pages with links.

    They are read once, when first asked about. ``fetch`` returns the body of a
    page on the network, or raises.
    """

    def __init__(self, urls: tuple[str, ...], fetch: Callable[[str], tuple[bytes, str]]) -> None:
        self._urls = urls
        self._fetch = fetch
        self._groups: dict[str, list[PageFile]] | None = None

    def listing(self, name: str) -> Listing | None:
        """Return the releases offered of a project, None for none.

        Raises PageError, OSError or what ``fetch`` raises.
        """
        if self._groups is None:
            self._groups = {}
            for file in (file for url in self._urls for file in self._read(url)):
                self._groups.setdefault(_first_word(file.filename), []).append(file)
        version_text = NameReader(name).version_text
        near = self._groups.get(_first_word(name), [])
        ours = [file for file in near if version_text(file.filename)]
        entries = [PageEntry(filename=file.filename, yanked=file.yanked) for file in ours]
        raws = [msgspec.Raw(encode_json(file)) for file in ours]
        listing = build_listing(name, entries, raws, "file:///")
        return listing if listing.versions else None

    def _read(self, url: str) -> list[PageFile]:
        path = local_path(url)
        if path is None:
            body, base = self._fetch(url)
            _, raws, stated = read_html(body)
            return _absolute(raws, stated or base)
        if path.is_dir():
            return [
                PageFile(filename=each.name, url=each.as_uri())
                for each in sorted(path.iterdir())
                if each.is_file()
            ]
        if path.is_file():
            _, raws, stated = _read_page(path)
            return _absolute(raws, stated)
        return []


def _first_word(name: str) -> str:
    """Return what the names of all files of a project begin with."""
    return normalise(name).partition("-")[0]


def _absolute(raws: list[msgspec.Raw], base: str) -> list[PageFile]:
    from urllib.parse import urljoin

    files = [msgspec.json.decode(raw, type=PageFile) for raw in raws]
    for file in files:
        with suppress(ValueError):
            file.url = urljoin(base, file.url)
    return [file for file in files if base.startswith("file:") or not file.url.startswith("file:")]
