"""Poetry's own tables, and its version ranges against PEP 440."""

from __future__ import annotations

import pytest

from depcheck.sources.poetry_version import specifier_of
from depcheck.sources.requirement import MalformedError

PROJECT = """\
[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.10"
Click_x = "^8.0"   # a comment
requests = {version = "~2.31", extras = ["socks"]}
colorama = {version = "*", markers = "sys_platform == 'win32'"}
uvicorn = {version = ">=0.20", optional = true}
numpy = [
  {version = "<2.3", python = "<3.11"},
  {version = ">=2.3", python = "^3.11", platform = "linux"},
]
[tool.poetry.dependencies.django]
version = "4.2.*"
[tool.poetry.extras]
api = ["uvicorn"]
[tool.poetry.group.test.dependencies]
pytest = "*"
[tool.poetry.dev-dependencies]
black = "==24.1"
"""
BASE = [
    (5, "click-x<9.0,>=8.0", 'Click_x = "^8.0"'),
    (6, "requests[socks]<2.32,>=2.31", 'requests = {version = "~2.31", extras = ["socks"]}'),
    (7, 'colorama ; sys_platform == "win32"', None),
    (10, 'numpy<2.3 ; python_version < "3.11"', 'numpy = {version = "<2.3", python = "<3.11"}'),
    (
        11,
        'numpy>=2.3 ; python_version < "4.0" and python_version >= "3.11" '
        'and sys_platform == "linux"',
        None,
    ),
    (13, "django==4.2.*", None),
]


@pytest.mark.parametrize(
    ("chosen", "more"),
    [
        ({}, []),
        ({"extras": ("API",)}, [(8, "uvicorn>=0.20")]),
        ({"groups": ("test", "dev")}, [(18, "pytest"), (20, "black==24.1")]),
    ],
)
def test_dependencies(read, chosen, more):
    component = read({"pyproject.toml": PROJECT}, **chosen)
    found = [(r.origin.line, str(r)) for r in component.requirements]
    assert sorted(found) == sorted([(line, text) for line, text, _ in BASE] + more)
    written = {r.origin.line: r.origin.text for r in component.requirements}
    assert all(written[line] == text for line, _, text in BASE if text)
    assert component.requires_python.specifier == "<4.0,>=3.10"
    assert component.requires_python.origin.line == 4


@pytest.mark.parametrize(
    ("constraint", "specifier"),
    [
        ("^1.2.3", ">=1.2.3,<2.0.0"),
        ("^1.2", ">=1.2,<2.0"),
        ("^1", ">=1,<2.0"),
        ("^0.2.3", ">=0.2.3,<0.3.0"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1.0"),
        ("~1.2.3", ">=1.2.3,<1.3.0"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2.0"),
        ("*", ""),
        ("1.*", "==1.*"),
        ("1.2.*", "==1.2.*"),
        ("!=1.2.*", "!=1.2.*"),
        ("1.2.3", "==1.2.3"),
        ("=1.2.3", "==1.2.3"),
        (">=1.2,<1.5", ">=1.2,<1.5"),
        (">=1.2 <1.5", ">=1.2,<1.5"),
        (">= 1.2, !=1.3", ">=1.2,!=1.3"),
        ("~=1.4.2", "~=1.4.2"),
        ("^2.0b1", ">=2.0b1,<3.0"),
    ],
)
def test_version_ranges(constraint, specifier):
    assert set(specifier_of(constraint).split(",")) == set(specifier.split(","))


@pytest.mark.parametrize("constraint", ["^1 || ^2", "^x", ">=", "1..2", "a b", ">=1.2.3.foo"])
def test_what_is_no_range(constraint):
    with pytest.raises(MalformedError):
        specifier_of(constraint)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('{git = "https://u:s3cret@index.example/x.git"}', "git"),
        ('{path = "../x"}', "path"),
        ('{url = "https://index.example/x.whl"}', "URL"),
        ('"^1 || ^2"', "choice of ranges"),
    ],
)
def test_undetermined(read, value, reason):
    component = read({"pyproject.toml": f"[tool.poetry.dependencies]\nx = {value}\n"})
    (only,) = component.undetermined
    assert reason in only.reason
    assert only.origin.line == 2
    assert "s3cret" not in f"{only}"
    assert component.requirements == ()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("3", "must be a version or a table"),
        ('"nope nope"', "is not a range"),
        ('{version = "1", markers = "x y"}', "is not a marker"),
    ],
)
def test_faults(fault, value, message):
    error = fault({"pyproject.toml": f"[tool.poetry.dependencies]\nx = {value}\n"})
    assert error.message.startswith("pyproject.toml:2: ")
    assert message in error.message


def test_unknown_choices(fault):
    assert '"apii"' in fault({"pyproject.toml": PROJECT}, extras=("apii",)).message
    assert '"tests"' in fault({"pyproject.toml": PROJECT}, groups=("tests",)).message


def test_project_dependencies_come_before_poetrys(read):
    text = "[project]\ndependencies = ['a']\n[tool.poetry.dependencies]\nb = '1'\n"
    assert [r.name for r in read({"pyproject.toml": text}).requirements] == ["a"]


def test_groups_of_both_kinds(read):
    text = (
        "[project]\nname = 'x'\ndependencies = ['a']\n[dependency-groups]\ng = ['b']\n"
        "[tool.poetry.group.dev.dependencies]\nc = '^1.0'\n"
    )
    component = read({"pyproject.toml": text}, groups=("g", "dev"))
    assert [str(r) for r in component.requirements] == ["a", "b", "c<2.0,>=1.0"]


def test_standard_extras_beside_poetrys_dependencies(read):
    text = (
        "[project]\nname = 'x'\ndynamic = ['dependencies']\n"
        "[project.optional-dependencies]\ne = ['b']\n[tool.poetry.dependencies]\na = '*'\n"
    )
    component = read({"pyproject.toml": text}, extras=("e",))
    assert [str(r) for r in component.requirements] == ["a", "b"]
    assert component.undetermined == ()
