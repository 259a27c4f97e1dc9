"""The readers, one by one: links, versions, metadata, archives, addresses."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from depcheck.index import redact
from depcheck.index.archive import Source
from depcheck.index.coremetadata import read_headers, requires_txt
from depcheck.index.distributions import from_tar_sdist, from_wheel
from depcheck.index.fetch import fresh_until
from depcheck.index.filenames import NameReader, is_prerelease, read_version
from depcheck.index.links import _parsed, read_links
from depcheck.index.releases import upload_stamp
from depcheck.index.transport import TransportError, _redirected
from depcheck.model.catalog import Metadata, Unavailable

PIECES = st.lists(
    st.sampled_from(
        ['<a href="x-1.tar.gz#sha256=aa">', "<a href='y'>", "<a>", "</a>", "text & more", "<br/>",
         '<a data-yanked href="z">', '<a data-requires-python="&gt;=3.8" href="&amp;q">',
         '<a data-requires-python=">=3" href="w">', '<A HREF="up" download>', "<a href=bare>",
         '<!-- <a href="hidden"> -->', '<base href="https://b/">', "<abbr>", "<a\nhref='n'\n>", '"',
         "'", "<", ">", "<script>'<a href=\"s\">'</script>", '<a href = "spaced">', "<title>"]
    ),
    max_size=8,
)  # fmt: skip


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_links_are_those_of_the_real_parser(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert read_links(text) == _parsed(text)


VERSIONS = st.from_regex(
    r"(1!)?[0-9]{1,2}(\.[0-9]{1,2}){0,3}(a[0-9]|b1|rc2)?(\.post[0-9])?(\.dev[0-9])?(\+[a-z0-9]{1,2}(\.[0-9])?)?",
    fullmatch=True,
)


@given(VERSIONS, VERSIONS)
@settings(max_examples=300, deadline=None)
def test_versions_order_as_packaging_orders_them(left: str, right: str) -> None:
    a, b = read_version(left), read_version(right)
    assert a is not None
    assert b is not None
    assert (a[0] < b[0], a[0] == b[0]) == (
        Version(left) < Version(right),
        Version(left) == Version(right),
    )
    assert a[1] == str(Version(left))
    assert is_prerelease(a[0]) == Version(left).is_prerelease


@pytest.mark.parametrize(
    ("filename", "version"),
    [
        ("my_app-1.0-py3-none-any.whl", "1.0"),
        ("My.App-1.0-1-py3-none-any.whl", "1.0"),
        ("my_app-1.0-x-py3-none-any.whl", None),
        ("my-app-1.0.post1.tar.gz", "1.0.post1"),
        ("my--app-1.0.zip", "1.0"),
        ("my_app-1.0-2.zip", "1.0-2"),
        ("my_app_two-1.0.zip", None),
        ("my_app-.zip", None),
        ("my_app-1.0.rpm", None),
    ],
)
def test_a_file_name_tells_its_version(filename: str, version: str | None) -> None:
    assert NameReader("my-app").version_text(filename) == version


def test_headers_are_unfolded_and_the_body_is_left_alone() -> None:
    content = (
        b"Metadata-Version: 2.4\r\nName: App\r\nVersion: 1\r\nRequires-Dist: a\r\n  >=1\r\n"
        b"requires-dist: not a requirement!\r\nProvides-Extra: Some_Extra\r\nDynamic: License\r\n"
        b"Summary: caf\xe9\r\n\r\nRequires-Dist: body\r\n"
    )
    headers = read_headers(content)
    assert headers is not None
    assert headers.requires_dist == ("a  >=1", "not a requirement!")
    assert headers.provides_extra == ("some-extra",)
    assert headers.static
    assert read_headers(b"<html>") is None


def test_requires_txt_becomes_requirements() -> None:
    text = b"a\n# no\n[:python_version < '3']\nb\n[Fast_One]\nc>1\n\n[x:os_name == 'nt' or y]\nd\n"
    assert requires_txt(text) == (
        "a",
        "b ; (python_version < '3')",
        'c>1 ; extra == "fast-one"',
        "d ; (os_name == 'nt' or y) and extra == \"x\"",
    )


def wheel(*members: tuple[str, str], comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
        archive.comment = comment
    return buffer.getvalue()


GOOD = ("app-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: app\nVersion: 1\n")


def read(content: bytes, tail: int = 100) -> Metadata | Unavailable:
    source = Source(len(content), content[-tail:], lambda start, stop: content[start:stop])
    return from_wheel("app", "app", source)


@pytest.mark.parametrize("tail", [1, 22, 60, 200, 10_000])
def test_a_wheel_is_read_from_any_tail(tail: int) -> None:
    assert isinstance(read(wheel(("a", "b" * 500), GOOD, comment=b"note"), tail), Metadata)


def test_hostile_wheels_are_refused() -> None:
    good = wheel(GOOD)
    local, directory = good.index(b"app-1"), good.rindex(b"app-1")
    renamed = good[:local] + b"evil!" + good[local + 5 :]
    sized = bytearray(good)
    struct.pack_into("<L", sized, directory - 22, 9 << 20)
    shifted = bytearray(good)
    struct.pack_into("<L", shifted, directory - 4, 7)
    bomb = wheel((GOOD[0], GOOD[1] + " " * (9 << 20)))
    cases = [
        renamed,
        bytes(sized),
        bytes(shifted),
        bomb,
        good[:-5],
        b"PK",
        b"",
        good + b"x",
        wheel(("x", "y")),
        wheel(GOOD, ("app-2.dist-info/METADATA", GOOD[1])),
        wheel((GOOD[0], "no metadata")),
        wheel((GOOD[0], GOOD[1].replace("app", "other"))),
    ]
    for content in cases:
        assert isinstance(read(content), Unavailable), content[:80]


def test_overlapping_entries_are_refused() -> None:
    content = bytearray(wheel(("aaa/b", "x"), GOOD))
    second = content.rindex(b"PK\1\2")
    first = content.index(b"PK\1\2")
    struct.pack_into("<L", content, first + 42, *struct.unpack_from("<L", content, second + 42))
    answer = read(bytes(content))
    assert isinstance(answer, Unavailable)
    assert "overlap" in answer.reason


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_rubbish_sdists_and_wheels_raise_nothing(content: bytes) -> None:
    parts = iter([content, b""])
    assert isinstance(from_tar_sdist("app", lambda: next(parts, b"")), Unavailable)
    assert isinstance(read(content), Unavailable)


def test_addresses_are_shown_without_secrets() -> None:
    assert redact("https://u:p%40x@h/s?sig=1#f") == "https://****@h/s?****"
    assert redact("https://tok@h/simple/") == "https://****@h/simple/"
    assert redact("at https://h/a@b/c it") == "at https://h/a@b/c it"


def test_redirects_from_https_to_http_are_refused() -> None:
    assert _redirected("https://h/a", "/b") == "https://h/b"
    with pytest.raises(TransportError, match="https to http"):
        _redirected("https://h/a", "http://h/b")


def test_freshness_follows_the_headers() -> None:
    assert fresh_until({}, 100) == 700
    assert fresh_until({"cache-control": "public, max-age=60", "age": "50"}, 100) == 110
    assert fresh_until({"cache-control": "no-store"}, 100) is None
    assert fresh_until({"cache-control": "no-cache, max-age=9"}, 100) == 100


def test_upload_times_order_as_text() -> None:
    assert upload_stamp("2024-01-01T00:00:00Z") < upload_stamp("2024-01-01T00:00:00.5+00:00")
    assert upload_stamp("2024-01-01T01:00:00+02:00") == upload_stamp("2023-12-31T23:00:00Z")


def test_a_wheel_on_disk_is_read(tmp_path: Path) -> None:
    path = tmp_path / "app-1-py3-none-any.whl"
    path.write_bytes(wheel(GOOD))
    from depcheck.index.local import local_metadata

    assert isinstance(local_metadata("app", "app", path), Metadata)
    assert isinstance(local_metadata("app", "app", tmp_path / "absent.whl"), Unavailable)
