"""``poetry.lock`` of Poetry 1 and 2."""

from __future__ import annotations

import pytest


def package(name, more, source=""):
    return f'[[package]]\nname = "{name}"\nversion = "1.0"\n{more}\n{source}\n'


TAIL = '[extras]\napi = ["Opt-A"]\n[metadata]\nlock-version = "2.1"\npython-versions = "^3.10"\n'
LOCK = (
    package("a", 'groups = ["main"]\nfiles = [{ file = "a.whl", hash = "sha256:ab" }]')
    + package("dev", 'groups = ["dev"]')
    + package("both", 'groups = ["main", "dev"]\nmarkers = { main = "os_name == \'nt\'" }')
    + package(
        "opt_a",
        'groups = ["main"]\noptional = true\nmarkers = "extra == \\"api\\""',
        '[package.dependencies]\nopt-b = "*"',
    )
    + package(
        "opt-b",
        'groups = ["main"]\noptional = true\n'
        'markers = "extra == \\"api\\" and python_version > \\"3.8\\""',
    )
    + TAIL
)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, {"a": "", "both": 'os_name == "nt"'}),
        ({"groups": ("dev",)}, {"a": "", "dev": "", "both": ""}),
        (
            {"extras": ("API",)},
            {"a": "", "both": 'os_name == "nt"', "opt-a": "", "opt-b": 'python_version > "3.8"'},
        ),
    ],
)
def test_groups_and_extras(read, chosen, expected):
    component = read({"poetry.lock": LOCK}, **chosen)
    assert {r.name: r.marker for r in component.requirements} == expected
    assert component.requirements[0].hashes == ("sha256:ab",)
    assert component.requirements[0].origin.line == 1
    assert component.requires_python.specifier == "<4.0,>=3.10"
    assert {p.name for p in component.baseline} == {
        name for name, marker in expected.items() if "nt" not in marker
    }


def test_a_lock_of_poetry_1_without_groups(read):
    lock = package("a", "") + package("b", "optional = true") + '[metadata]\nlock-version = "2.0"\n'
    component = read({"poetry.lock": lock})
    assert [r.name for r in component.requirements] == ["a"]
    assert component.undetermined[0].harmless
    assert "does not tell groups apart" in component.undetermined[0].reason


def test_a_lock_of_poetry_1_with_categories(read):
    lock = (
        package("a", 'category = "main"')
        + package("b", 'category = "dev"')
        + "[metadata.files]\na = [{ file = 'a.whl', hash = 'sha256:ab' }]\n"
    )
    component = read({"poetry.lock": lock})
    assert [(r.name, r.hashes) for r in component.requirements] == [("a", ("sha256:ab",))]


def test_other_sources(read):
    source = '[package.source]\ntype = "git"\nurl = "https://u:s3cret@index.example/x"'
    component = read({"poetry.lock": package("x", 'groups = ["main"]', source) + TAIL})
    assert component.requirements == ()
    assert "git repository" in component.undetermined[0].reason
    assert "s3cret" not in f"{component.undetermined}"


@pytest.mark.parametrize(
    ("text", "chosen", "message"),
    [
        (LOCK, {"extras": ("apy",)}, 'there is no extra "apy"'),
        (LOCK, {"groups": ("devv",)}, 'there is no group "devv"'),
        (LOCK.replace('"1.0"', '"one"', 1), {}, 'poetry.lock:1: "one" is not a version (of a)'),
        (LOCK.replace('"a"', '"a\\nb"', 1), {}, "is not a project name"),
    ],
)
def test_faults(fault, text, chosen, message):
    assert message in fault({"poetry.lock": text}, **chosen).message
