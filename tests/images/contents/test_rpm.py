"""RPM's databases: real ones, made by rpm 4.18 (``rpmdb.sqlite``), by RPM's own ndb code
(``Packages.db``) and by Berkeley DB 5.3 (``Packages``, in both byte orders), of the same
packages; what ``rpm -qa`` tells of them is recorded beside them."""

from __future__ import annotations

import lzma
import sqlite3
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.images.contents.rpm import bdb_rpms, header_row, ndb_rpms, sqlite_rpms
from depcheck.images.contents.rpm_sqlite import journal

DATA = Path(__file__).parent / "data"
Reader = Callable[[bytes], bytes]
DATABASES: tuple[tuple[str, Reader], ...] = (
    ("rpmdb.sqlite", sqlite_rpms),
    ("Packages.db", ndb_rpms),
    ("Packages", bdb_rpms),
    ("Packages.big-endian", bdb_rpms),
)
every_database = pytest.mark.parametrize(("name", "read"), DATABASES)


def stored(name: str) -> bytes:
    return lzma.decompress((DATA / f"{name}.xz").read_bytes())


def read_or_refused(read: Reader, content: bytes) -> bytes:
    """Return the rows, or nothing where the database is refused with a text."""
    try:
        return read(content)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, a refusal has a text
        return b""


def header(*entries: tuple[int, int, int, int], data: bytes = b"") -> bytes:
    index = b"".join(struct.pack(">IIiI", *entry) for entry in entries)
    return struct.pack(">II", len(entries), len(data)) + index + data


@every_database
def test_packages_are_those_that_rpm_tells(name: str, read: Reader) -> None:
    told = (DATA / "rpm-qa.txt").read_text().splitlines()
    assert read(stored(name)).decode().splitlines() == [
        line for line in told if not line.startswith("gpg-pubkey")
    ]


@every_database
@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9])
def test_a_database_cut_short_is_refused(name: str, read: Reader, share: float) -> None:
    content = stored(name)
    with pytest.raises(ValueError, match=r"RPM|cut short"):
        read(content[: int(len(content) * share)])


@every_database
@settings(max_examples=60, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(min_value=0), st.binary(min_size=1, max_size=8)), max_size=20
    ),
    early=st.booleans(),
)
def test_a_damaged_database_is_read_or_refused(
    name: str, read: Reader, changes: list[tuple[int, bytes]], early: bool
) -> None:
    content = bytearray(stored(name))
    for position, patch in changes:
        at = position % (600 if early else len(content) - 8)
        content[at : at + len(patch)] = patch
    read_or_refused(read, bytes(content))


@every_database
@given(noise=st.binary(max_size=2000), kept=st.sampled_from((0, 16, 32, 128, 4096, 8192)))
def test_bytes_of_any_kind_are_read_or_refused(
    name: str, read: Reader, noise: bytes, kept: int
) -> None:
    read_or_refused(read, stored(name)[:kept] + noise)


def test_slots_that_all_lead_to_one_package_are_refused() -> None:
    content = bytearray(stored("Packages.db"))
    first = next(
        content[at : at + 16] for at in range(32, 4096, 16) if content[at + 8 : at + 12] != bytes(4)
    )
    content[32:4096] = first * ((4096 - 32) // 16)
    with pytest.raises(ValueError, match="overlap"):
        ndb_rpms(bytes(content))


def test_an_overflow_chain_that_bites_its_tail_ends() -> None:
    content = bytearray(stored("Packages"))
    overflow = [at for at in range(0, len(content), 4096) if content[at + 25] == 7]
    for at in overflow:
        struct.pack_into("<I", content, at + 16, at // 4096)  # the next page is this page
    with pytest.raises(ValueError, match=r"not in a chain|missing"):
        bdb_rpms(bytes(content))


def test_a_page_of_an_unknown_kind_is_not_passed_over() -> None:
    content = bytearray(stored("Packages"))
    page = next(at for at in range(4096, len(content), 4096) if content[at + 25] in (2, 13))
    content[page + 25] = 5
    with pytest.raises(ValueError, match="unknown kind 5"):
        bdb_rpms(bytes(content))


def test_text_of_a_damaged_schema_is_told_without_its_controls() -> None:
    content = stored("rpmdb.sqlite").replace(
        b"CREATE TABLE 'Packages'", b"CREATE \x1b[2J 'Packages'"
    )
    with pytest.raises(ValueError, match="corrupt") as refused:
        sqlite_rpms(content)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE VIEW Packages AS WITH RECURSIVE n(i, blob) AS "
        "(SELECT 1, x'00' UNION ALL SELECT i + 1, blob FROM n) SELECT i AS hnum, blob FROM n",
        "CREATE TABLE Packages (hnum INTEGER, blob AS (zeroblob(1000000000)))",
        "CREATE TABLE Other (hnum INTEGER)",
    ],
)
def test_a_database_made_to_keep_sqlite_busy_is_refused(schema: str, tmp_path: Path) -> None:
    path = tmp_path / "rpmdb.sqlite"
    database = sqlite3.connect(path)
    database.execute(schema)
    if "AS (" in schema and "TABLE" in schema:
        database.execute("INSERT INTO Packages (hnum) VALUES (1)")
    database.commit()
    database.close()
    began = time.process_time()
    with pytest.raises(ValueError, match="RPM database"):
        sqlite_rpms(path.read_bytes())
    assert time.process_time() - began < 2


def test_a_package_that_is_no_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rpmdb.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)")
    database.execute("INSERT INTO Packages (blob) VALUES ('text')")
    database.commit()
    database.close()
    with pytest.raises(ValueError, match="is no header"):
        sqlite_rpms(path.read_bytes())


def test_changes_in_the_write_ahead_log_are_not_passed_over() -> None:
    assert journal(b"") == b""
    with pytest.raises(ValueError, match="write-ahead log"):
        journal(b"\x37\x7f\x06\x82" + bytes(60))


def test_a_header_tells_epoch_version_release_and_architecture() -> None:
    data = b"bash\x005.2\x001.el9\x00s390x\x00\x00\x00\x00\x00\x07"
    entries = (1000, 6, 0, 1), (1001, 6, 5, 1), (1002, 6, 9, 1), (1022, 6, 15, 1), (1003, 4, 22, 1)
    assert header_row(header(*entries, data=data)) == ("bash", "7:5.2-1.el9", "s390x")


@pytest.mark.parametrize(
    ("blob", "reason"),
    [
        (b"\0\0\0", "cut short"),
        (struct.pack(">II", 0xFFFFFFFF, 0), "longer than its record"),
        (struct.pack(">II", 0, 0xFFFFFFFF), "longer than its record"),
        (header((1000, 6, 99, 1), data=b"a\0"), "outside of its data"),
        (header((1000, 6, -9, 1), data=b"a\0"), "outside of its data"),
        (header((1000, 6, 0, 1), data=b"no end"), "outside of its data"),
        (header((1003, 4, 1, 1), data=b"abcd"), "outside of its data"),
        (header((1000, 7, 0, 1), data=b"a\0"), "outside of its data"),
        (header((1000, 6, 0, 1), data=b"a\0"), "without a name or a version"),
    ],
)
def test_a_header_with_hostile_numbers_is_refused(blob: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        header_row(blob)
