"""The system in two small images: packages of each kind, libraries, certificates, zones."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from tests.pipeline.pairs import (
    CONFIG,
    PACKAGES,
    Run,
    image,
    notes,
    serious,
    squashed,
    story,
)
from tests.support.contents import alpine, debian, distribution, dpkg_status
from tests.support.oci import WHITEOUT, Entry, Image, Layer, Symlink

PLAIN = image()
RPMS = Path(__file__).parents[1] / "images" / "contents" / "data"
LIB = "usr/lib/x86_64-linux-gnu"


def debs(**versions: str | None) -> Image:
    """The base with another dpkg database; None takes a package out."""
    packages = {name: version for name, version in {**PACKAGES, **versions}.items() if version}
    return image({"var/lib/dpkg/status": dpkg_status(packages)})


def test_packages_of_debian(compare: Run) -> None:
    production = debs(curl="7.88.1-10+deb12u1", zlib1g=None, jq="1.6-2")
    story(compare, PLAIN, production, {
        ("package-version", "curl", "7.88.1-10", "7.88.1-10+deb12u1"),
        ("package-missing", "zlib1g", "1:1.2.13", None),
        ("package-added", "jq", None, "1.6-2"),
    })  # fmt: skip


def test_a_database_that_was_only_written_again(compare: Run) -> None:
    story(compare, PLAIN, debs(), set())


def test_the_series_of_openssl_is_an_error(compare: Run) -> None:
    left, right = (
        debs(libssl3="3.0.16-1", openssl="1.1.1w-0"),
        debs(libssl3="3.0.17-1", openssl="3.0.16-1"),
    )
    found = {
        (f.evidence.name, f.severity) for f in compare(left, right).findings if f.severity != "note"
    }
    assert found == {("libssl3", "warning"), ("openssl", "error")}


def test_distroless_keeps_a_file_for_each_package(compare: Run) -> None:
    def side(**versions: str) -> dict[str, Entry]:
        return {
            "usr/lib/os-release": 'ID=debian\nVERSION_ID="12"\n',
            **{f"var/lib/dpkg/status.d/{n}": dpkg_status({n: v}) for n, v in versions.items()},
            "var/lib/dpkg/status.d/libc6.md5sums": "0 usr/lib\n",
        }

    base = Layer(side(libc6="2.36-9", tzdata="2024a-0"), "bazel")
    left = Image((base,), {"Entrypoint": ["/usr/bin/python3.11"]})
    top = Layer({**side(libc6="2.36-10"), "var/lib/dpkg/status.d/tzdata": WHITEOUT})
    right = Image((base, top), {"Entrypoint": ["/usr/bin/python3.11"]})
    story(compare, left, right, {
        ("package-version", "libc6", "2.36-9", "2.36-10"),
        ("package-missing", "tzdata", "2024a-0", None),
    })  # fmt: skip


def test_alpine(compare: Run) -> None:
    left = Image((Layer(alpine("3.20", {"musl": "1.2.5-r0", "zlib": "1.3-r0"})),), CONFIG)
    right = Image(
        (*left.steps, Layer(alpine("3.20", {"musl": "1.2.5-r0", "zlib": "1.3-r1"}))), CONFIG
    )
    story(compare, left, right, {("package-version", "zlib", "1.3-r0", "1.3-r1")})


def rpm(file: str, content: bytes, **more: Entry) -> Image:
    return image({f"var/lib/rpm/{file}": content, "var/lib/dpkg/status": WHITEOUT, **more})


def stored(name: str) -> bytes:
    return lzma.decompress((RPMS / f"{name}.xz").read_bytes())


def test_rpm_says_the_same_in_each_of_its_formats(compare: Run) -> None:
    sqlite, bdb = rpm("rpmdb.sqlite", stored("rpmdb.sqlite")), rpm("Packages", stored("Packages"))
    ndb = rpm("Packages.db", stored("Packages.db"))
    for left, right in ((sqlite, bdb), (bdb, ndb)):
        report = compare(left, right)
        assert (serious(report), report.undetermined) == (set(), ())


def test_rpm_packages_gone(compare: Run) -> None:
    lines = (RPMS / "rpm-qa.txt").read_text().splitlines()
    names = {line.split("\t")[0] for line in lines if not line.startswith("gpg-pubkey")}
    report = compare(rpm("Packages", stored("Packages")), image({"var/lib/dpkg/status": WHITEOUT}))
    assert {told[:1] + told[3:] for told in serious(report)} == {("package-missing", None)}
    assert {name.partition(":")[0] for _, name, *_ in serious(report)} == names


def test_another_kind_of_packages_is_told_once(compare: Run) -> None:
    other = image({**alpine("3.20", {"musl": "1.2.5-r0"}), "var/lib/dpkg/status": WHITEOUT})
    told = {rule for rule, *_ in serious(compare(PLAIN, other))}
    assert told == {"package-kind", "system-release"}


def test_a_database_that_cannot_be_read_is_never_identical(compare: Run) -> None:
    for path, content in (
        ("var/lib/dpkg/status", "\0\0nonsense"),
        ("lib/apk/db/installed", "no field\n"),
        ("var/lib/rpm/rpmdb.sqlite", stored("rpmdb.sqlite")[:5000]),
    ):
        broken = image({path: content})
        again = image({path: content}, {"srv/more.txt": "x"})
        for left, right in ((PLAIN, broken), (squashed(broken), squashed(again))):
            report = compare(left, right)
            assert [item.subject for item in report.undetermined] == [f"/{path}"]
            assert report.verdict != "identical"
            assert {rule for rule, *_ in serious(report)} <= {"package-kind"}


def test_the_release(compare: Run) -> None:
    other = image({"usr/lib/os-release": 'ID=debian\nVERSION_ID="13"\n'})
    report = story(compare, PLAIN, other, {("system-release", "os.version", "12", "13")})
    assert report.findings[0].severity == "error"
    minor = image({"usr/lib/os-release": 'ID=debian\nVERSION_ID="12.5"\n'})
    assert compare(PLAIN, minor).findings[0].severity == "warning"


def glibc(version: str) -> dict[str, Entry]:
    return {
        f"{LIB}/libc.so.6": f"\x7fELF GNU C Library (Debian) stable release version {version}.\n"
    }


def musl(version: str) -> dict[str, Entry]:
    return {"lib/ld-musl-x86_64.so.1": f"\x7fELF musl libc (x)\0{version}\0"}


def test_the_c_library(compare: Run) -> None:
    told = {("libc", "libc", "glibc 2.36", "glibc 2.41")}
    assert {
        t for t in serious(compare(image(glibc("2.36")), image(glibc("2.41")))) if t[0] == "libc"
    } == told
    report = compare(image(glibc("2.36")), image(musl("1.2.5")))
    assert [f.severity for f in report.findings if f.rule == "libc"] == ["error"]


def certificates(*bodies: str) -> dict[str, Entry]:
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    text = "".join(f"{begin}\n{body}\n{end}\n" for body in bodies)
    return {"etc/ssl/certs/ca-certificates.crt": text}


def test_certificates(compare: Run) -> None:
    base = image(certificates("QUFB", "QkJC"))
    report = compare(base, image(certificates("QUFB")))
    assert [f.rule for f in report.findings if f.severity != "note"] == ["ca-bundle"]
    assert serious(compare(base, image(certificates("QkJC", "QUFB")))) == set()  # in another order
    gone = image(certificates("QUFB"), {"etc/ssl/certs/ca-certificates.crt": WHITEOUT})
    assert [f.rule for f in compare(base, gone).findings if f.severity != "note"] == ["ca-bundle"]


def zone(name: str) -> dict[str, Entry]:
    return {"etc/localtime": Symlink(f"/usr/share/zoneinfo/{name}")}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (zone("Etc/UTC"), zone("Europe/Berlin"),
         {("timezone", "timezone", "Etc/UTC", "Europe/Berlin")}),
        ({"usr/share/zoneinfo/tzdata.zi": "# version 2024a\n"},
         {"usr/share/zoneinfo/tzdata.zi": "# version 2025b\n"},
         {("tzdata", "tzdata", "2024a", "2025b")}),
        ({"etc/default/locale": "LANG=C.UTF-8\n"}, {"etc/default/locale": "LANG=de_DE.UTF-8\n"},
         {("locale", "locale", "LANG=C.UTF-8", "LANG=de_DE.UTF-8")}),
        ({"etc/passwd": "root:x:0:0::/:/bin/sh\n"},
         {"etc/passwd": "root:x:0:0::/:/bin/bash\nsshd:x:101:1::/:/bin/false\n"}, set()),
    ],
)  # fmt: skip
def test_facts(
    compare: Run, left: dict[str, Entry], right: dict[str, Entry], expected: set[tuple[str, ...]]
) -> None:
    story(compare, image(left), image(right), expected)


def test_people(compare: Run) -> None:
    one, two = (
        image({"etc/passwd": f"root:x:0:0::/:/bin/sh\nshop:x:{n}:{n}::/home/shop:/bin/sh\n"})
        for n in (1000, 1001)
    )
    assert {rule for rule, *_ in serious(compare(one, two))} == {"system-users"}


def openssl(version: str, folder: str = LIB, major: int = 3) -> dict[str, Entry]:
    return {f"{folder}/libssl.so.{major}": f"\x7fELF\0OpenSSL {version} 1 Jul 2025\0"}


def test_native_libraries_of_the_system(compare: Run) -> None:
    story(compare, image(openssl("3.0.16")), image(openssl("3.0.17")),
          {("native-version", "openssl", "3.0.16", "3.0.17")})  # fmt: skip
    report = compare(image(openssl("1.1.1w", major=1)), image(openssl("3.0.17")))
    assert {(f.rule, f.severity) for f in report.findings if f.severity == "error"} == {
        ("native-version", "error")
    }


def test_native_libraries_that_come_inside_wheels(compare: Run) -> None:
    def side(version: str, name: str, content: str) -> Image:
        files = {"gamma/__init__.py": "", f"gamma.libs/{name}": f"\x7fELF\0{content}\0"}
        return image(distribution("gamma", version, files))

    old, new = "OpenSSL 1.1.1w  11 Sep 2023", "OpenSSL 3.0.17 1 Jul 2025"
    one, two = side("1.0", "libssl-1a2b.so.1.1", old), side("1.1", "libssl-3c4d.so.3", new)
    expected = {("distribution-minor", "gamma", "1.0", "1.1")}
    assert serious(compare(one, two)) == expected
    assert "native-version" in notes(compare(squashed(one), squashed(two)))
    again = side("1.0", "libgomp-a1.so.1.0.1", ""), side("1.0", "libgomp-a1.so.1.0.0", "")
    assert {rule for rule, *_ in serious(compare(*again))} == {"distribution-rebuilt"}


def test_a_package_explains_its_own_libraries(compare: Run) -> None:
    def side(version: str) -> Image:
        status = dpkg_status({**PACKAGES, "libssl3": f"{version}-1"})
        return image({
            "var/lib/dpkg/status": status, **openssl(version),
            "var/lib/dpkg/info/libssl3.list": f"/{LIB}/libssl.so.3\n",
        })  # fmt: skip

    story(compare, side("3.0.16"), side("3.0.17"),
          {("package-version", "libssl3", "3.0.16-1", "3.0.17-1")})  # fmt: skip


def test_a_base_of_another_release_is_not_a_hundred_findings(compare: Run) -> None:
    def side(release: str, suffix: str) -> Image:
        return image(debian(release, {f"pkg{n}": f"1-{suffix}" for n in range(5)}))

    report = compare(side("12", "a"), side("13", "b"))
    assert {rule for rule, *_ in serious(report)} == {"system-release", "package-version"}
