"""``uv.lock``: what is reached, under which markers."""

from __future__ import annotations

import itertools

import pytest
from packaging.markers import Marker

from depcheck.sources.target import build_target

HEAD = """\
version = 1
requires-python = ">=3.10"

[[package]]
name = "shop"
version = "1"
source = { virtual = "." }
dependencies = [
    { name = "web" },
    { name = "tomli", marker = "python_full_version < '3.11'" },
    { name = "fork", version = "1.0", source = { registry = "r" }, marker = "os_name == 'nt'" },
    { name = "fork", version = "2.0", source = { registry = "r" }, marker = "os_name != 'nt'" },
    { name = "drawn", extra = ["fast"] },
]

[package.optional-dependencies]
api = [{ name = "uvicorn" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]
prod = [{ name = "gunicorn" }]

[package.metadata]
provides-extras = ["api", "hollow"]
"""


def package(name, version="1.0", more="", source='{ registry = "r" }'):
    return f'\n[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {source}\n{more}\n'


LOCK = HEAD + "".join(
    [
        package("drawn", more='[package.optional-dependencies]\nfast = [{ name = "quick" }]'),
        package("fork", more="resolution-markers = [\"os_name == 'nt'\"]"),
        package("fork", "2.0", "resolution-markers = [\"os_name != 'nt'\"]"),
        package("gunicorn", more='dependencies = [{ name = "both" }]'),
        package("pytest", more='dependencies = [{ name = "tomli" }, { name = "both" }]'),
        package("quick"),
        package("both"),
        package("tomli"),
        package("unreached"),
        package("uvicorn", more="dependencies = [{ name = 'win', marker = \"os_name == 'nt'\" }]"),
        package("web", more="dependencies = [{ name = 'win', marker = \"os_name == 'nt'\" }]"),
        package(
            "win",
            more='sdist = { hash = "sha256:aa" }\nwheels = [{ hash = "sha256:bb" }]\n'
            "dependencies = [{ name = 'deep', marker = \"sys_platform == 'win32'\" }]",
        ),
        package("deep"),
    ]
)
BASE = {
    "drawn==1.0": "",
    "fork==1.0": 'os_name == "nt"',
    "fork==2.0": 'os_name != "nt"',
    "quick==1.0": "",
    "tomli==1.0": 'python_full_version < "3.11"',
    "web==1.0": "",
    "win==1.0": 'os_name == "nt"',
    "deep==1.0": 'os_name == "nt" and sys_platform == "win32"',
}


@pytest.mark.parametrize(
    ("chosen", "more"),
    [
        ({}, {}),
        ({"extras": ("hollow",)}, {}),
        ({"extras": ("api",)}, {"uvicorn==1.0": ""}),
        ({"groups": ("prod",)}, {"gunicorn==1.0": "", "both==1.0": ""}),
        ({"groups": ("dev",)}, {"pytest==1.0": "", "both==1.0": "", "tomli==1.0": ""}),
    ],
)
def test_what_the_project_reaches(read, chosen, more):
    component = read({"uv.lock": LOCK}, **chosen)
    assert {f"{r.name}{r.specifier}": r.marker for r in component.requirements} == BASE | more
    assert component.requires_python.specifier == ">=3.10"
    assert component.requires_python.origin.line == 2


def test_lines_and_hashes(read):
    component = read({"uv.lock": LOCK})
    lines = LOCK.splitlines()
    for requirement in component.requirements:
        assert lines[requirement.origin.line - 1] == "[[package]]"
        assert lines[requirement.origin.line] == f'name = "{requirement.name}"'
    assert {r.name: r.hashes for r in component.requirements if r.hashes} == {
        "win": ("sha256:aa", "sha256:bb")
    }


@pytest.mark.parametrize(
    ("python", "platform", "expected"),
    [
        ("3.12", "linux/amd64", {"drawn", "fork 2.0", "quick", "web"}),
        ("3.10", "linux/amd64", {"drawn", "fork 2.0", "quick", "web", "tomli"}),
        ("3.12", "windows/amd64", {"drawn", "fork 1.0", "quick", "web", "win", "deep"}),
    ],
)
def test_the_baseline_is_what_applies_to_the_target(read, python, platform, expected):
    component = read({"uv.lock": LOCK}, python=python, platform=platform)
    named = {p.name if p.name != "fork" else f"fork {p.version}" for p in component.baseline}
    assert named == expected


def test_many_ways_to_a_package_stay_right_for_the_target(read):
    """Diamonds in a row double the ways; each layer's marker must still count."""
    parts, layers = [], 6
    for layer in range(layers):
        below = [f"n{layer + 1}x", f"n{layer + 1}y"] if layer + 1 < layers else ["end"]
        for half in "xy":
            edges = ", ".join(
                f"{{ name = '{name}', marker = \"python_version > '3.{layer}{i}'\" }}"
                for i, name in enumerate(below)
            )
            parts.append(package(f"n{layer}{half}", more=f"dependencies = [{edges}]"))
    start = 'dependencies = [{ name = "n0x" }, { name = "n0y" }]'
    root = 'version = 1\n[[package]]\nname = "r"\nversion = "1"\nsource = { virtual = "." }\n'
    lock = root + start + "".join(parts) + package("end")
    reached = [r for r in read({"uv.lock": lock}, python="3.9").requirements if r.name == "end"]
    assert not any(Marker(r.marker).evaluate({"python_version": "3.9"}) for r in reached)
    component = read({"uv.lock": lock.replace("python_version > '3.", "python_version > '2.")})
    assert "end" in {p.name for p in component.baseline}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('{ git = "https://u:s3cret@index.example/x" }', "git repository"),
        ('{ directory = "../x" }', "folder"),
        ('{ editable = "x" }', "folder"),
        ('{ url = "https://index.example/x.whl" }', "URL"),
        ('{ path = "x.whl" }', "path"),
    ],
)
def test_other_sources_are_undetermined_and_followed(read, source, reason):
    root = 'version = 1\n[[package]]\nname = "r"\nversion = "1"\nsource = { virtual = "." }\n'
    lock = (
        root
        + 'dependencies = [{ name = "odd" }]'
        + "".join(
            [
                package("odd", more='dependencies = [{ name = "behind" }]', source=source),
                package("behind"),
            ]
        )
    )
    component = read({"uv.lock": lock})
    assert [r.name for r in component.requirements] == ["behind"]
    (only,) = component.undetermined
    assert (only.subject, reason in only.reason) == ("odd", True)
    assert "s3cret" not in f"{only}"


def test_conflicting_extras_are_decided(read):
    edges = ", ".join(
        f"{{ name = 'torch', version = '{version}', source = {{ registry = 'r' }}, "
        f"marker = \"extra == 'extra-4-shop-{extra}'\" }}"
        for version, extra in (("1", "cpu"), ("2", "gpu"))
    )
    lock = (
        'version = 1\n[[package]]\nname = "shop"\nversion = "1"\nsource = { editable = "." }\n'
        f"[package.optional-dependencies]\ncpu = [{edges}]\ngpu = [{edges}]\n"
        + package("torch", "1")
        + package("torch", "2")
    )
    for extra, version in (("cpu", "1"), ("gpu", "2")):
        component = read({"uv.lock": lock}, extras=(extra,))
        assert [p.version for p in component.baseline] == [version]
        assert [str(r) for r in component.requirements] == [f"torch=={version}"]


def test_a_workspace_without_a_project_of_its_own(read):
    lock = 'version = 1\n[manifest]\nmembers = ["one", "two"]\n' + "".join(
        [
            package("one", more='dependencies = [{ name = "a" }]', source='{ editable = "one" }'),
            package("two", more='dependencies = [{ name = "b" }]', source='{ editable = "two" }'),
            package("a"),
            package("b"),
        ]
    )
    component = read({"uv.lock": lock})
    assert [r.name for r in component.requirements] == ["a", "b"]
    assert component.undetermined == ()


@pytest.mark.parametrize(
    ("text", "chosen", "message"),
    [
        ("version = 2", {}, "uv.lock: this is a uv.lock of version 2"),
        ("version = 1\n[[package]]\nversion='1'", {}, "uv.lock:2: a locked package has no name"),
        ("version = 1\npackage = 3", {}, "uv.lock: [[package]] must be"),
        ("version = 1", {}, "uv.lock: it names no project"),
        (LOCK, {"extras": ("appi",)}, 'there is no extra "appi"'),
        (LOCK, {"groups": ("prd",)}, 'there is no group "prd"'),
        (LOCK.replace('"2.0"\nsource', '"two"\nsource'), {}, "fork 2.0 is required, but is not"),
        (LOCK.replace('"web"\nversion = "1', '"web"\nversion = "x1'), {}, "version (of web)"),
        (LOCK.replace("< '3.11'", "<< '3.11'"), {}, "is not a marker"),
        (LOCK.replace("requires-python = ", "requires-python = 3 #"), {}, "uv.lock:2: "),
    ],
)
def test_faults(fault, text, chosen, message):
    assert message in fault({"uv.lock": text}, **chosen).message


def test_markers_agree_with_a_walk_for_each_target(read):
    """For every target: the requirements whose marker holds are what a plain walk reaches."""
    edges = {
        "web": [("win", "os_name == 'nt'")],
        "win": [("deep", "sys_platform == 'win32'")],
        "tomli": [],
        "drawn": [("quick", "")],
    }
    starts = [("web", ""), ("tomli", "python_full_version < '3.11'"), ("drawn", "")]
    for python, platform in itertools.product(("3.10", "3.12"), ("linux/amd64", "windows/amd64")):
        environment = dict(build_target(python, platform).environment)
        reached, waiting = set(), list(starts)
        while waiting:
            name, marker = waiting.pop()
            if not marker or Marker(marker).evaluate(environment):
                reached.add(name)
                waiting += edges.get(name, [])
        found = {
            r.name
            for r in read({"uv.lock": LOCK}).requirements
            if not r.marker or Marker(r.marker).evaluate(environment)
        }
        assert found - {"fork"} == reached
