"""Project pages: the JSON and the HTML form give the same list of files.

Simple repository API: PEP 503 (HTML), PEP 691 (JSON), PEP 592 (yanked), PEP 700
(sizes and upload times), PEP 658 and 714 (metadata beside the file).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote, urljoin

import msgspec

from depcheck.model.catalog import Distribution

MetadataMark = bool | dict[str, str]
_LARGEST = 10**12
"""Bytes above which no file's size is believed."""


class PageFile(msgspec.Struct, rename="kebab", omit_defaults=True):
    """One file as a JSON page lists it."""

    filename: str
    url: str
    hashes: dict[str, str] = {}
    requires_python: str | None = None
    size: int | None = None
    upload_time: str | None = None
    yanked: bool | str = False
    core_metadata: MetadataMark | None = None
    dist_info_metadata: MetadataMark | None = None
    data_dist_info_metadata: MetadataMark | None = None


class PageEntry(msgspec.Struct, rename="kebab"):
    """As much of a file as listing the releases needs."""

    filename: str
    yanked: bool | str = False


class _Meta(msgspec.Struct, rename="kebab"):
    api_version: str = "1.0"


class _Entries(msgspec.Struct):
    files: list[PageEntry]
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _Raws(msgspec.Struct):
    files: list[msgspec.Raw]


class PageError(Exception):
    """The page is not what it says it is."""


_decode_entries = msgspec.json.Decoder(_Entries).decode
_decode_raws = msgspec.json.Decoder(_Raws).decode
_decode_files = msgspec.json.Decoder(list[PageFile]).decode
_decode_any = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_file = msgspec.json.Decoder(PageFile).decode
encode_json = msgspec.json.Encoder().encode


def read_json(body: bytes) -> tuple[list[PageEntry], list[msgspec.Raw]]:
    """Return the files of a JSON page, in its order: in short and as they stand.

    Raises PageError where the page is not PEP 691 or of another major version.
    """
    try:
        entries = _decode_entries(body)
        raws = _decode_raws(body).files
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise PageError(f"not a PEP 691 page: {error}") from error
    if entries.meta.api_version.partition(".")[0] != "1":
        raise PageError(f"speaks version {entries.meta.api_version[:20]!r} of the index protocol")
    return entries.files, raws


def read_html(
    body: bytes, charset: str = "utf-8"
) -> tuple[list[PageEntry], list[msgspec.Raw], str]:
    """Return the files of an HTML page, as ``read_json`` does, and its ``<base href>``."""
    # Imported late: most pages are JSON.
    from depcheck.index.links import read_links

    try:
        text = body.decode(charset, "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    if not re.search(r"<\s*(!doctype\s+html|html|head|body|a\s)", text[:100_000], re.IGNORECASE):
        raise PageError("neither JSON nor HTML")
    links, base = read_links(text)
    files = [_link(href, attributes) for href, attributes in links]
    entries = [PageEntry(filename=file.filename, yanked=file.yanked) for file in files]
    return entries, [msgspec.Raw(encode_json(file)) for file in files], base


def _link(href: str, attributes: dict[str, str]) -> PageFile:
    url, _, fragment = href.partition("#")
    filename = unquote(url.partition("?")[0].rpartition("/")[2])
    algorithm, _, digest = fragment.partition("=")
    mark = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata"))
    yanked = attributes.get("data-yanked")
    return PageFile(
        filename=filename,
        url=url,
        hashes={algorithm: digest.partition("&")[0]} if digest else {},
        requires_python=attributes.get("data-requires-python") or None,
        yanked=False if yanked is None else yanked or True,
        core_metadata=_html_mark(mark),
    )


def _html_mark(mark: str | None) -> MetadataMark | None:
    if mark is None or mark == "false":
        return None
    algorithm, _, digest = mark.partition("=")
    return {algorithm: digest} if digest else True


def decode_release(raw: bytes | msgspec.Raw, base: str) -> tuple[Distribution, ...]:
    """Return the distributions of one release from the JSON list of its files.

    ``base`` is what relative addresses are relative to. A file whose fields have
    the wrong types, or whose address leaves the page's own scheme, is left out.
    """
    try:
        files = _decode_files(raw)
    except msgspec.DecodeError:
        files = list(_readable(raw))
    return tuple(found for file in files if (found := as_distribution(file, base)))


def _readable(raw: bytes | msgspec.Raw) -> list[PageFile]:
    found = []
    for one in _decode_any(raw):
        try:
            found.append(_decode_file(one))
        except msgspec.DecodeError:
            continue
    return found


def as_distribution(file: PageFile, base: str) -> Distribution | None:
    """Return the file as the model has it, or None where its address is refused.

    A size, a time or a hash that is none is left out: it is not known then.
    """
    url = file.url.partition("#")[0]
    if not url.startswith(("https://", "http://")):
        try:
            url = _absolute(base, url)
        except ValueError:
            return None
        # A page from the network must not name files of this machine.
        allowed = (
            ("https://", "http://", "file:")
            if base.startswith("file:")
            else ("https://", "http://")
        )
        if not url.startswith(allowed):
            return None
    yanked = file.yanked
    return Distribution(
        file.filename,
        url,
        tuple(each for each in file.hashes.items() if each[0] in hashlib.algorithms_guaranteed),
        file.size if file.size is not None and 0 <= file.size <= _LARGEST else None,
        _moment(file.upload_time) if file.upload_time else None,
        file.requires_python or None,
        None if yanked is False else "" if yanked is True else yanked,
        _metadata_hash(file),
    )


def _moment(text: str) -> str | None:
    """Return a time (ISO 8601) that says its zone, None where ``text`` is none; UTC by default."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment.astimezone(UTC)  # OverflowError: it is before the first year, or after the last.
            return text
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC).isoformat()


def _absolute(base: str, url: str) -> str:
    """Resolve a relative address (RFC 3986); the files of a page share their folders."""
    folder, slash, name = url.rpartition("/")
    if not name or name in (".", "..") or "?" in url or ":" in url or url.startswith("/"):
        return urljoin(base, url)
    return _folder(base, folder + slash or "./") + name


@lru_cache(maxsize=1024)
def _folder(base: str, folder: str) -> str:
    return urljoin(base, folder)


def _metadata_hash(file: PageFile) -> str | None:
    """Return what the index declares of the metadata; PEP 714 gives the order."""
    mark = file.core_metadata
    if mark is None:
        mark = file.dist_info_metadata
    if mark is None:
        mark = file.data_dist_info_metadata
    if mark is None or mark is False:
        return None
    if mark is True or not mark:
        return ""
    algorithm = "sha256" if "sha256" in mark else next(iter(mark))
    return f"{algorithm}={mark[algorithm]}"
