"""OS packages, native libraries, facts of the system; what explains what."""

from __future__ import annotations

import pytest

from depcheck.model.inventory import OsPackage
from tests.parity.stories import (
    IMAGE,
    deb,
    dist,
    drift,
    facts,
    image,
    library,
    only,
    rules,
    tell,
    told,
    venv,
)


def packages(*items):
    return image(packages=items)


@pytest.mark.parametrize(
    ("name", "staging", "production", "severity"),
    [
        ("jq", "1.6-2.1", "1.7-1", "warning"),
        ("libssl3", "3.0.11-1~deb12u2", "3.0.15-1~deb12u1", "warning"),
        ("openssl", "1:1.1.1w-0", "1:3.0.15-1", "error"),
        ("libc6", "2.36-9+deb12u4", "2.36-9+deb12u9", "warning"),
        ("libc6", "2.36-9", "2.41-1", "error"),
        ("python3.11", "3.11.2-6", "3.11.4-1", "warning"),
        ("python3", "3.11.2-1", "3.13.1-1", "error"),
    ],
)
def test_another_version(name, staging, production, severity):
    finding = only(tell(packages(deb(name, staging)), packages(deb(name, production))))
    assert (finding.rule, finding.severity) == ("package-version", severity)
    assert (
        finding.message == f"OS package {name} is {staging} in staging, {production} in production."
    )
    assert finding.remedy == f"install {name}={staging} in production, as was tested"


def test_missing_and_added():
    one, other = packages(deb("jq", "1.6"), deb("curl", "8")), packages(deb("curl", "8"))
    assert told(tell(one, other)) == [("package-missing", "warning", "jq")]
    assert told(tell(other, one)) == [("package-added", "warning", "jq")]


def test_an_rpm_is_named_as_its_installer_takes_it():
    left, right = (
        packages(OsPackage(name="jq", version=v, architecture="x86_64", kind="rpm"))
        for v in ("1.6-1", "1.7-1")
    )
    assert only(tell(left, right)).remedy.startswith("install jq-1.6-1 in")


def test_two_architectures_of_one_package():
    both = packages(deb("libc6", "2.36"), deb("libc6", "2.36", architecture="i386"))
    assert told(tell(both, packages(deb("libc6", "2.36")))) == [
        ("package-missing", "warning", "libc6:i386")
    ]


def test_another_system_is_one_difference():
    alpine = packages(*(OsPackage(name=f"p{n}", version="1", kind="apk") for n in range(50)))
    finding = only(tell(packages(*(deb(f"p{n}", "1") for n in range(50))), alpine))
    assert (finding.rule, finding.severity) == ("package-kind", "error")
    assert (drift(finding).left, drift(finding).right) == ("deb", "apk")


def test_packages_that_could_not_be_read_are_not_called_missing():
    broken = image(covers=IMAGE - {"os"})
    comparison = tell(packages(deb("jq", "1")), broken)
    assert comparison.findings == ()
    assert comparison.left_out == ("os",)


@pytest.mark.parametrize(
    ("name", "staging", "production", "severity"),
    [
        ("openssl", "1.1.1", "3.0.15", "error"),
        ("cuda", "11.8", "12.1", "error"),
        ("openssl", "3.0.11", "3.0.15", "warning"),
        ("openmp", "4.5", "5.0", "warning"),
    ],
)
def test_a_native_library_of_another_version(name, staging, production, severity):
    left, right = (image(libraries=(library(name, v),)) for v in (staging, production))
    finding = only(tell(left, right))
    assert (finding.rule, finding.severity) == ("native-version", severity)


def test_a_native_library_on_one_side():
    more = image(libraries=(library("openmp"),))
    assert told(tell(more, image())) == [("native-missing", "error", "openmp")]
    assert told(tell(image(), more)) == [("native-added", "warning", "openmp")]


def test_another_build_of_a_native_library_is_a_note():
    left, right = (image(libraries=(library("openssl", "3.0", digest=d * 64),)) for d in "ab")
    assert told(tell(left, right)) == [("native-digest", "note", "openssl")]


def test_a_library_that_moved_stands_against_itself():
    left = image(libraries=(library("openssl", "3.0", path="/usr/lib/libssl.so.3"),))
    right = image(libraries=(library("openssl", "3.0", path="/lib/libssl.so.3"),))
    assert tell(left, right).findings == ()


def test_an_os_package_explains_its_library():
    left, right = (
        image(
            packages=(deb("libssl3", f"{v}-1"),),
            libraries=(library("openssl", v, path="/usr/lib/libssl.so.3", digest=v),),
        )
        for v in ("3.0.11", "3.0.15")
    )
    finding = only(tell(left, right))
    assert finding.rule == "package-version"
    assert drift(finding).paths == ("/usr/lib/libssl.so.3",)


def test_a_distribution_explains_its_library():
    left, right = (
        image(
            distributions=(dist("cryptography", v),),
            libraries=(library("openssl", "3.0", owner="cryptography", digest=v),),
        )
        for v in ("45.0", "46.0")
    )
    assert rules(tell(left, right)) == ["distribution-major"]


def test_but_a_deciding_one_is_noted():
    left, right = (
        image(
            distributions=(dist("torch", v),),
            libraries=(library("cuda", cuda, owner="torch", path=f"{v}.so"),),
        )
        for v, cuda in (("2.5.0", "11.8"), ("2.6.0", "12.4"))
    )
    assert told(tell(left, right)) == [
        ("distribution-minor", "warning", "torch"),
        ("native-version", "note", "cuda"),
    ]


@pytest.mark.parametrize(
    ("key", "staging", "production", "rule", "severity"),
    [
        ("os.id", "debian", "ubuntu", "system-release", "error"),
        ("os.version", "12", "13", "system-release", "error"),
        ("os.version", "12.5", "12.6", "system-release", "warning"),
        ("os.name", "Debian 12", "Debian (12)", "system-release", "note"),
        ("libc", "glibc 2.36", "glibc 2.41", "libc", "warning"),
        ("libc", "glibc 2.36", "musl 1.2.4", "libc", "error"),
        ("ca-bundle", "142 certificates, aa", "140 certificates, bb", "ca-bundle", "warning"),
        ("timezone", "Etc/UTC", "Europe/Berlin", "timezone", "warning"),
        ("tzdata", "2024a", "2025b", "tzdata", "warning"),
        ("locale", "C.UTF-8", "de_DE", "locale", "warning"),
        ("users", "1 account, aa", "1 account, bb", "system-users", "warning"),
        ("new", "1", "2", "system-other", "warning"),
    ],
)
def test_facts_of_the_system(key, staging, production, rule, severity):
    left, right = (image(system=facts({key: value})) for value in (staging, production))
    finding = only(tell(left, right))
    assert (finding.rule, finding.severity) == (rule, severity)
    assert f"{staging} in staging" in finding.message


@pytest.mark.parametrize(
    ("key", "package"),
    [
        ("libc", "libc6"),
        ("ca-bundle", "ca-certificates"),
        ("tzdata", "tzdata"),
        ("locale", "locales"),
    ],
)
def test_an_os_package_explains_a_fact(key, package):
    left, right = (
        image(packages=(deb(package, v),), system=facts({key: v})) for v in ("2.1", "2.2")
    )
    assert [drift(f).name for f in tell(left, right).findings] == [package]


def test_a_package_does_not_explain_another_family():
    left = image(packages=(deb("libc6", "2.36"),), system=facts({"libc": "glibc 2.36"}))
    right = image(system=facts({"libc": "musl 1.2"}))
    assert rules(tell(left, right)) == ["libc", "package-missing"]


def test_a_variable_explains_a_fact():
    left, right = (
        image(system=facts({"timezone": v}), settings=facts({"env.TZ": v})) for v in ("UTC", "CET")
    )
    assert rules(tell(left, right)) == ["image-environment"]


def test_the_name_of_a_release_is_not_told_beside_the_release():
    left, right = (
        image(system=facts({"os.version": v, "os.name": f"Debian {v}"})) for v in ("12", "13")
    )
    assert [drift(f).name for f in tell(left, right).findings] == ["os.version"]


@pytest.mark.parametrize("name", ["yaml", "pyyaml"])
def test_a_distribution_from_an_os_package_is_told_once(name):
    system = venv("/usr", kind="system")
    left, right = (
        image(
            environments=(system,),
            distributions=(dist(name, v, environment="/usr", folder="/usr/lib/python3"),),
            packages=(deb("python3-yaml", f"{v}-1"),),
        )
        for v in ("6.0", "6.1")
    )
    assert rules(tell(left, right)) == ["distribution-minor"]


def test_another_architecture_explains_other_builds():
    left, right = (
        image(
            settings=facts({"architecture": name}),
            distributions=(dist("numpy", "2", record=name),),
            libraries=(library("openssl", "3.0", digest=name),),
        )
        for name in ("amd64", "arm64")
    )
    assert rules(tell(left, right)) == ["image-architecture"]
