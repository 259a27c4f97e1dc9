"""Packages of whole sides, out of layers that are read as any other."""

from __future__ import annotations

import lzma
from pathlib import Path

from depcheck.images.contents.packages import os_packages, wanted_os
from depcheck.images.layer import read_layer
from depcheck.images.view import Placed, View
from depcheck.model.inventory import Provenance
from tests.support.oci import WHITEOUT, Entry, Layer, Symlink

DATA = Path(__file__).parent / "data"
STATUS = "var/lib/dpkg/status"


def rpm_database(name: str) -> bytes:
    return lzma.decompress((DATA / f"{name}.xz").read_bytes())


def deb(name: str, version: str, state: str = "install ok installed") -> str:
    return (
        f"Package: {name}\nStatus: {state}\nArchitecture: amd64\nVersion: {version}\n"
        "Description: a package\n of which more is told\n\n"
    )


def view(
    *layers: dict[str, Entry], complete: bool = True, scope: tuple[str, ...] | None = None
) -> View:
    """Return the layers, the bottom first, as one side; incomplete where more lie below."""
    placed = [
        Placed(
            read_layer([Layer(layer).content], diff_id=None, wanted=wanted_os),
            Provenance(layer=position),
        )
        for position, layer in enumerate(layers, 1)
    ]
    return View(placed[::-1], complete=complete, scope=scope)


def told(side: View) -> list[tuple[str, str, str]]:
    return [(package.kind, package.name, package.version) for package in os_packages(side)[0]]


def test_the_uppermost_status_counts_and_names_its_layer() -> None:
    side = view({STATUS: deb("jq", "1.6")}, {"srv/a": "a"}, {STATUS: deb("jq", "1.7")})
    (package,), unread = os_packages(side)
    assert (package.name, package.version, package.architecture) == ("jq", "1.7", "amd64")
    assert package.brought is not None
    assert package.brought.layer == 3
    assert unread == ()


def test_distroless_images_have_a_file_for_each_package() -> None:
    folder = f"{STATUS}.d"
    side = view(
        {
            f"{folder}/libc6": "Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\n",
            f"{folder}/libc6.md5sums": "0123456789abcdef  usr/lib/libc.so.6\n",
            f"{folder}/tzdata": "Package: tzdata\nVersion: 2024a-0\nArchitecture: all\n",
        },
        {f"{folder}/tzdata": WHITEOUT},
    )
    assert told(side) == [("deb", "libc6", "2.36-9")]
    assert os_packages(side)[1] == ()


def test_apk_and_rpm_are_found_where_they_are_kept() -> None:
    apk = "P:musl\nV:1.2.5-r0\nA:x86_64\n\n"
    assert told(view({"lib/apk/db/installed": apk})) == [("apk", "musl", "1.2.5-r0")]
    assert told(view({"usr/lib/apk/db/installed": apk})) == [("apk", "musl", "1.2.5-r0")]
    found = told(view({"usr/lib/sysimage/rpm/rpmdb.sqlite": rpm_database("rpmdb.sqlite")}))
    assert ("rpm", "epsilon", "1:7.0-1.el9_4") in found
    assert found == told(view({"var/lib/rpm/Packages.db": rpm_database("Packages.db")}))
    assert found == told(view({"var/lib/rpm/Packages": rpm_database("Packages")}))


def test_an_rpm_database_that_was_left_behind_is_passed_over() -> None:
    side = view(
        {"var/lib/rpm/Packages": b"an old one, which nothing reads"},
        {
            "var/lib/rpm/rpmdb.sqlite": rpm_database("rpmdb.sqlite"),
            "var/lib/rpm/rpmdb.sqlite-wal": b"",
        },
    )
    assert len(told(side)) == 5
    assert side.fault("var/lib/rpm/rpmdb.sqlite-wal") == ""


def test_a_write_ahead_log_that_was_not_written_back_is_a_fault() -> None:
    wal = "var/lib/rpm/rpmdb.sqlite-wal"
    assert "write-ahead log" in view({wal: b"\x37\x7f\x06\x82" + bytes(60)}).fault(wal)


def test_a_corrupt_database_is_a_fault_and_gives_no_packages() -> None:
    path = "var/lib/rpm/rpmdb.sqlite"
    side = view({path: rpm_database("rpmdb.sqlite")[:9000]})
    assert told(side) == []
    assert "corrupt" in side.fault(path)


def test_a_database_that_is_no_file_is_told() -> None:
    side = view({STATUS: Symlink("/srv/list"), "srv/list": deb("jq", "1.6")})
    packages, (unread,) = os_packages(side)
    assert packages == ()
    assert (unread.subject, unread.reason) == (
        f"/{STATUS}",
        "it was not kept when its layer was read",
    )


def test_a_status_that_only_one_side_touches_is_asked_for_below() -> None:
    side = view({"srv/a": "a"}, complete=False, scope=(STATUS, "srv/a"))
    assert told(side) == []
    assert side.asked == {STATUS}


def test_a_status_that_neither_side_touches_is_not_asked_for() -> None:
    side = view({"srv/a": "a"}, complete=False, scope=("srv/a",))
    assert os_packages(side) == ((), ())
    assert side.asked == set()
