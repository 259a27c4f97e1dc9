"""Dependency strings of metadata, in all the dresses that indexes serve."""

from __future__ import annotations

import pytest

from depcheck.resolve.dependencies import InvalidDependency, Markers, parse_dependency
from tests.support.memory import linux_target


@pytest.mark.parametrize(
    ("text", "name", "extras", "specifier", "marker"),
    [
        ("Flask_Login", "flask-login", (), "", ""),
        ("a.b>=1, <2", "a-b", (), ">=1,<2", ""),
        ("a (>=1,<2)", "a", (), ">=1,<2", ""),
        ("a[X_y, b] ~= 1.0", "a", ("b", "x-y"), "~=1.0", ""),
        ("a[]==1.*", "a", (), "==1.*", ""),
        ("a ; extra == 'x'", "a", (), "", "extra == 'x'"),
        ("a<2;python_version<'3.8'", "a", (), "<2", "python_version<'3.8'"),
    ],
)
def test_what_is_read(text, name, extras, specifier, marker):
    found = parse_dependency(text)
    assert (found.name, found.extras, found.specifier, found.marker, found.url) == (
        name, extras, specifier, marker, "",
    )  # fmt: skip


def test_a_direct_reference_keeps_its_address():
    found = parse_dependency("Q[x] @ https://files.index.example/q-1.whl ; os_name == 'posix'")
    assert (found.name, found.extras, found.specifier) == ("q", ("x",), "")
    assert found.url == "https://files.index.example/q-1.whl"
    assert "os_name" in found.marker


@pytest.mark.parametrize("text", ["", "a>>1", "a>=1.*", "a==", "-a", "a[x", "a ~=1", "a b"])
def test_what_cannot_be_read(text):
    with pytest.raises(InvalidDependency):
        parse_dependency(text)


def test_it_reads_as_a_person_would_write_it():
    assert str(parse_dependency("A[x] (>=1)")) == "a[x]>=1"


MARKERS = Markers(linux_target("3.11.7").environment)


@pytest.mark.parametrize(
    ("marker", "extra", "holds"),
    [
        ("", "", True),
        ("sys_platform == 'win32'", "", False),
        ("python_version >= '3.9'", "", True),  # a version, not a text: 3.11 is above 3.9
        ("python_full_version < '3.11.8'", "", True),
        ("extra == 'x'", "", False),
        ("extra == 'X_y'", "x-y", True),
        ("extra == 'x'", "y", False),
        ("extra == 'x' and sys_platform == 'linux'", "x", True),
        ("extra == 'x' or sys_platform == 'linux'", "", True),
        ("'x' == extra", "x", True),
    ],
)
def test_markers(marker, extra, holds):
    assert MARKERS.holds(marker, extra) is holds


@pytest.mark.parametrize("marker", ["python_version", "nonsense == '1'", "extra ==", "'a' 'b'"])
def test_malformed_markers(marker):
    with pytest.raises(InvalidDependency, match="marker"):
        MARKERS.holds(marker)
