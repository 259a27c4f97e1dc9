"""Files changed in place: rules, severities, and what is not told twice."""

from __future__ import annotations

import pytest

from depcheck.model.inventory import ChangedFile
from tests.parity.stories import (
    SITE,
    dist,
    drift,
    facts,
    file,
    image,
    library,
    only,
    rules,
    step,
    tell,
    told,
    venv,
)

BY = step(5, "RUN by hand")


def sides(path, left, right, **facts):
    facts = {"of": "package", "name": "tar", "version": "1.34", **facts}
    return [
        image(
            changed=(ChangedFile(path=path, state=state, brought=BY if state else None, **facts),)
        )
        for state in (left, right)
    ]


@pytest.mark.parametrize(
    ("path", "left", "right", "rule", "severity"),
    [
        ("/usr/bin/tar", "aa", "bb", "package-patched", "error"),
        ("/usr/lib/x86_64-linux-gnu/libz.so.1", "aa", "a link to x", "package-patched", "error"),
        ("/usr/lib/python3.11/json/__init__.py", "aa", "bb", "package-patched", "error"),
        ("/etc/tar.conf", "aa", "bb", "package-patched", "warning"),
        ("/usr/bin/tar", "aa", "", "package-files-missing", "error"),
        ("/usr/bin/tar", "", "aa", "package-files-missing", "error"),
        ("/etc/tar.conf", "aa", "", "package-files-missing", "warning"),
    ],
)
def test_files_of_a_package(path, left, right, rule, severity):
    finding = only(tell(*sides(path, left, right)))
    assert (finding.rule, finding.severity, drift(finding).name) == (rule, severity, "tar")
    assert drift(finding).paths == (path,)
    assert finding.message.startswith("OS package tar 1.34 ")
    assert finding.message.endswith(": the version is the same.")


def test_several_files_of_one_package_are_one_difference():
    changes = [
        tuple(
            ChangedFile(path=f"/usr/bin/{n}", of="package", name="tar", state=f"{state}{n}")
            for n in range(5)
        )
        for state in "ab"
    ]
    left, right = (image(changed=each) for each in changes)
    comparison = tell(left, right)
    assert told(comparison) == [("package-patched", "error", "tar")]
    assert next(s for s in comparison.summaries if s.aspect == "os").different == 1


@pytest.mark.parametrize(
    ("path", "left", "right", "rule", "severity"),
    [
        ("/usr/local/lib/python3.11/json/x.py", "aa", "bb", "python-patched", "error"),
        ("/usr/local/lib/python3.11/json/x.py", "aa", "", "python-patched", "error"),
        ("/usr/local/lib/python3.11/evil.py", "", "aa", "python-unowned", "warning"),
    ],
)
def test_the_standard_library(path, left, right, rule, severity):
    facts = {"of": "python", "name": "/usr/local", "version": "3.11"}
    finding = only(tell(*sides(path, left, right, **facts)))
    assert (finding.rule, finding.severity) == (rule, severity)


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("zz.pth", "error"),
        ("sitecustomize.py", "error"),
        ("usercustomize/__init__.py", "error"),
        ("stray.py", "warning"),
        ("stray/native.cpython-311-x86_64-linux-gnu.so", "warning"),
        ("alpha/tests/data/x.py", "note"),
        ("table.csv", "note"),
    ],
)
@pytest.mark.parametrize(("left", "right"), [("aa", "bb"), ("aa", ""), ("", "bb")])
def test_what_nobody_owns(name, severity, left, right):
    path = f"{SITE}/{name}"
    finding = only(tell(*sides(path, left, right, of="site", name=SITE, version="")))
    assert (finding.rule, finding.severity) == ("python-unowned", severity)
    assert finding.message.startswith(f"{path} ")


def test_an_environment_that_is_gone_explains_what_nobody_owns():
    left, right = sides(f"{SITE}/zz.pth", "aa", "", of="site", name=SITE, version="")
    runs = venv("/opt/other")
    left = image(
        changed=left.changed,
        distributions=(dist("six", "1"),),
        environments=(venv(active=False), runs),
    )
    right = image(changed=right.changed, environments=(runs,))
    assert rules(tell(left, right)) == ["environment-missing"]


def test_a_file_that_moved_with_its_environment_is_no_difference():
    other = SITE.replace("3.11", "3.12")
    files = [(SITE, "aa", ""), (other, "", "aa")]
    left, right = (
        image(
            changed=tuple(
                ChangedFile(path=f"{each[0]}/zz.pth", of="site", name=each[0], state=each[side])
                for each in files
            )
        )
        for side in (1, 2)
    )
    assert tell(left, right).findings == ()


def test_an_interrupted_uninstall_is_told_once():
    name = f"{SITE}/~olorama"
    changes = [
        tuple(
            ChangedFile(path=f"{name}/{n}.py", of="leftover", name=name, state=state)
            for n in range(3)
        )
        for state in ("", "aa")
    ]
    left, right = (image(changed=each) for each in changes)
    assert told(tell(left, right)) == [("distribution-leftover", "warning", "~olorama")]


def test_code_without_metadata_is_not_absent():
    finding = only(tell(image(distributions=(dist("six", "1", remains=True),)), image()))
    assert (finding.rule, finding.severity) == ("distribution-leftover", "warning")
    assert "code without metadata" in finding.message
    assert "Imports fail" not in finding.message


def test_a_changed_file_is_not_told_as_a_file_but_its_mode_is():
    path = "/etc/tar.conf"
    left, right = sides(path, "aa", "bb")
    left = image(changed=left.changed, files={path: file("aa")})
    right = image(changed=right.changed, files={path: file("bb", mode=0o600)})
    assert rules(tell(left, right, files=True)) == ["package-patched", "file-mode"]


def test_a_library_that_does_not_tell_its_version_is_not_of_another_one():
    left = image(libraries=(library("openssl", "3.0.20", digest="aa"),))
    right = image(libraries=(library("openssl", "3", digest="bb"),))
    finding = only(tell(left, right))
    assert (finding.rule, finding.severity) == ("native-digest", "note")
    major = image(libraries=(library("openssl", "1.1.1", digest="bb"),))
    assert rules(tell(right, major)) == ["native-version"]


def test_the_package_tells_of_its_changed_library():
    changes = sides("/usr/lib/openssl.so", "aa", "bb", name="libssl3")
    left, right = (
        image(changed=side.changed, libraries=(library("openssl", version, digest=digest),))
        for side, version, digest in zip(changes, ("3.0.20", "3"), ("aa", "bb"), strict=True)
    )
    assert rules(tell(left, right)) == ["package-patched"]


@pytest.mark.parametrize(
    ("left", "right", "severity"),
    [("root", "root, toor", "error"), ("root, toor", "root", "warning")],
)
def test_accounts_with_uid_0(left, right, severity):
    one, other = (image(system=facts({"superusers": text})) for text in (left, right))
    finding = only(tell(one, other))
    assert (finding.rule, finding.severity) == ("system-superusers", severity)
    assert "toor" in finding.message


def test_the_remedy_of_a_time_zone_is_not_another_base():
    one, other = (image(system=facts({"timezone": text})) for text in ("Etc/UTC", "Europe/Oslo"))
    assert "base" not in only(tell(one, other)).remedy
