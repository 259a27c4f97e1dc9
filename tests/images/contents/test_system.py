"""Facts of the system, from files as images have them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.images.contents import derived
from depcheck.images.contents.packages import wanted_os
from depcheck.images.contents.system import system_facts
from depcheck.images.layer import read_layer
from depcheck.images.view import Placed, View
from depcheck.model.inventory import Provenance
from tests.support.oci import Entry, Layer, Symlink

RELEASE = (
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n'
    'VERSION_ID="12"\n# a comment\nID=debian\n'
)
GLIBC = (
    b"\x7fELF\0\0GNU C Library (Debian GLIBC 2.36-9+deb12u4) stable release version 2.36.\n"
    b"Copyright (C) 2022 Free Software Foundation, Inc.\n\0"
)
MUSL = b"\x7fELF\0\0/lib/libc.so\x001.2.5\0musl libc (x86_64)\nVersion %s\n\0"
ARCHIVE_NAMES = b"de_DE.utf8\0en_GB.utf8\0"


def view(
    *layers: dict[str, Entry], complete: bool = True, scope: tuple[str, ...] | None = None
) -> View:
    placed = [
        Placed(
            read_layer([Layer(layer).content], diff_id=None, wanted=wanted_os),
            Provenance(layer=position),
        )
        for position, layer in enumerate(layers, 1)
    ]
    return View(placed[::-1], complete=complete, scope=scope)


def facts(*layers: dict[str, Entry]) -> dict[str, str]:
    found, unread = system_facts(view(*layers))
    assert unread == ()
    return {key: fact.value for key, fact in found.items()}


def bundle(*bodies: str, comment: str = "") -> str:
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return "".join(f"{comment}{begin}\n{body}\n{end}\n" for body in bodies)


def test_the_release_is_found_through_its_link() -> None:
    layer: dict[str, Entry] = {
        "etc/os-release": Symlink("../usr/lib/os-release"),
        "usr/lib/os-release": RELEASE,
    }
    expected = {
        "os.id": "debian",
        "os.version": "12",
        "os.name": "Debian GNU/Linux 12 (bookworm)",
    }
    assert facts(layer) == expected
    assert facts({"usr/lib/os-release": RELEASE}) == expected


@pytest.mark.parametrize(
    ("layer", "libc"),
    [
        ({"usr/lib/x86_64-linux-gnu/libc.so.6": GLIBC}, "glibc 2.36"),
        ({"lib64/libc-2.17.so": GLIBC.replace(b"2.36.", b"2.17,")}, "glibc 2.17"),
        ({"lib/ld-musl-x86_64.so.1": MUSL}, "musl 1.2.5"),
        (
            {
                "lib/libc.so.6": GLIBC.replace(b"2.36.", b"2.35."),
                "lib/x86_64-linux-gnu/libc.so.6": GLIBC,
            },
            "glibc 2.35, glibc 2.36",
        ),
        ({"opt/app/lib/libc.so.6": GLIBC}, None),
    ],
)
def test_the_c_library_is_told_by_its_own_text(layer: dict[str, Entry], libc: str | None) -> None:
    assert facts(layer).get("libc") == libc


def test_a_c_library_that_tells_nothing_is_a_fault() -> None:
    path = "usr/lib/x86_64-linux-gnu/libc.so.6"
    assert view({path: b"\x7fELF"}).fault(path) == "the C library does not tell its version"


def test_certificates_are_counted_and_order_is_nothing() -> None:
    path = "etc/ssl/certs/ca-certificates.crt"
    one = facts({path: bundle("QUFB", "QkJC")})["ca-bundle"]
    assert one.startswith("2 certificates, ")
    assert one == facts({path: bundle("QkJC", "QUFB", "QUFB", comment="# a name\n")})["ca-bundle"]
    assert one != facts({path: bundle("QUFB", "Q0ND")})["ca-bundle"]
    linked: dict[str, Entry] = {
        "etc/ssl/cert.pem": Symlink("certs/ca-certificates.crt"),
        path: bundle("QUFB", "QkJC"),
    }
    assert facts(linked)["ca-bundle"] == one


def test_time_zone_data_tells_its_version() -> None:
    layer: dict[str, Entry] = {"usr/share/zoneinfo/tzdata.zi": "# version 2024a\n# more\nR d\n"}
    assert facts(layer) == {"tzdata": "2024a"}


@pytest.mark.parametrize(
    ("layer", "zone"),
    [
        ({"etc/localtime": Symlink("/usr/share/zoneinfo/Europe/Berlin")}, "Europe/Berlin"),
        ({"etc/localtime": Symlink("../usr/share/zoneinfo/Etc/UTC")}, "Etc/UTC"),
        ({"etc/localtime": b"TZif2" + bytes(60) + b"\nCET-1CEST,M3.5.0,M10.5.0/3\n"},
         "CET-1CEST,M3.5.0,M10.5.0/3"),
        ({"etc/timezone": "Asia/Tokyo\n"}, "Asia/Tokyo"),
        (
            {
                "etc/localtime": Symlink("/usr/share/zoneinfo/Etc/UTC"),
                "etc/timezone": "Asia/Tokyo\n",
            },
            "Etc/UTC (etc/timezone: Asia/Tokyo)",
        ),
    ],
)  # fmt: skip
def test_the_time_zone_is_what_the_c_library_reads(layer: dict[str, Entry], zone: str) -> None:
    assert facts(layer) == {"timezone": zone}


def test_a_zone_that_is_there_as_a_file_is_not_missed() -> None:
    layer: dict[str, Entry] = {
        "usr/share/zoneinfo/Etc/UTC": b"TZif2",
        "etc/localtime": Symlink("/usr/share/zoneinfo/Etc/UTC"),
    }
    assert facts(layer) == {"timezone": "Etc/UTC"}


def test_the_locale_is_its_setting_and_what_was_generated() -> None:
    head = struct.pack("<14I", 0xDE020109, 1, 56, 2, 2, 56, len(ARCHIVE_NAMES), *[0] * 7)
    layer: dict[str, Entry] = {
        "etc/default/locale": 'LANG="en_GB.UTF-8"\nLC_ALL=C\n',
        "usr/lib/locale/C.utf8/LC_CTYPE": b"x",
        "usr/lib/locale/C.utf8/LC_TIME": b"x",
        "usr/lib/locale/locale-archive": head + ARCHIVE_NAMES,
    }
    assert facts(layer) == {"locale": "LANG=en_GB.UTF-8; LC_ALL=C; C.utf8, de_DE.utf8, en_GB.utf8"}


def test_accounts_of_people_are_counted_and_not_named() -> None:
    system = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"
    app = "app:x:1000:1000::/home/app:/bin/sh\n"
    assert facts({"etc/passwd": system}) == {"users": "no accounts", "superusers": "root"}
    one = facts({"etc/passwd": system + app})["users"]
    assert one.startswith("1 account, ")
    assert "app" not in one
    assert one == facts({"etc/passwd": app.replace(":x:", ":hash:") + system})["users"]
    assert one != facts({"etc/passwd": system + app.replace("/bin/sh", "/bin/bash")})["users"]


def test_accounts_with_uid_0_are_named() -> None:
    system = "root:x:0:0:root:/root:/bin/sh\ntoor:x:00:0::/root:/bin/sh\nbad\n"
    assert facts({"etc/passwd": system})["superusers"] == "root, toor"


def test_a_time_zone_is_of_the_layer_that_set_the_link() -> None:
    zone = "usr/share/zoneinfo/Europe/Oslo"
    base: dict[str, Entry] = {
        zone: b"TZif2\n\nCET-1CEST\n", "etc/timezone": "Etc/UTC\n",
        "etc/localtime": Symlink("/usr/share/zoneinfo/Etc/UTC"),
    }  # fmt: skip
    side = view(base, {"etc/localtime": Symlink(f"/{zone}")})
    fact = system_facts(side)[0]["timezone"]
    assert fact.value == "Europe/Oslo (etc/timezone: Etc/UTC)"
    assert fact.brought == Provenance(layer=2)


def test_a_fact_names_its_layer() -> None:
    side = view({"etc/os-release": RELEASE}, {"etc/os-release": RELEASE.replace("12", "13")})
    fact = system_facts(side)[0]["os.version"]
    assert (fact.value, fact.brought) == ("13", Provenance(layer=2))


def test_only_what_a_side_touches_is_asked_for() -> None:
    scope = ("etc/os-release", "srv/a")
    side = view({"srv/a": "a"}, complete=False, scope=scope)
    assert system_facts(side)[0] == {}
    assert side.asked == {"etc/os-release", "usr/lib/os-release"}
    untouched = view({"srv/a": "a"}, complete=False, scope=("srv/a",))
    system_facts(untouched)
    assert untouched.asked == set()


def test_a_bundle_that_leads_out_of_what_is_read_is_told() -> None:
    side = view({"etc/ssl/cert.pem": Symlink("/srv/own.pem"), "srv/own.pem": bundle("QUFB")})
    found, (unread,) = system_facts(side)
    assert found == {}
    assert unread.subject == "/etc/ssl/cert.pem"


@pytest.mark.skipif(not Path("/usr/share/zoneinfo/Europe/Berlin").exists(), reason="no tzdata")
def test_a_real_time_zone_file_gives_its_rule() -> None:
    content = Path("/usr/share/zoneinfo/Europe/Berlin").read_bytes()
    assert derived.zone_rule(content) == b"CET-1CEST,M3.5.0,M10.5.0/3"


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_derived_from_or_refused(noise: bytes) -> None:
    for derive, start in (
        (derived.glibc_version, b"GNU C Library "),
        (derived.musl_version, b"musl libc"),
        (derived.certificates, b"-----BEGIN CERTIFICATE-----"),
        (derived.first_line, b""),
        (derived.zone_rule, b"TZif"),
        (derived.archive_locales, struct.pack("<I", 0xDE020109)),
        (derived.people, b"a:b:"),
    ):
        try:
            assert len(derive(start + noise)) <= 400
        except ValueError as error:
            assert str(error)  # noqa: PT017 - either outcome is right, a refusal has a text
