"""``pylock.toml`` (PEP 751)."""

from __future__ import annotations

import pytest

HEAD = 'lock-version = "1.0"\ncreated-by = "x"\nrequires-python = ">=3.10"\n'


def package(name, more="", version="1.0", files=None):
    files = files or (
        f'wheels = [{{ name = "{name}-1.0-py3-none-any.whl", url = "https://index.example/x", '
        'hashes = { sha256 = "ab" } }]'
    )
    shown = f'version = "{version}"\n' if version else ""
    return f'[[packages]]\nname = "{name}"\n{shown}{more}\n{files}\n'


LOCK = (
    HEAD
    + 'extras = ["api"]\ndependency-groups = ["dev", "prod"]\ndefault-groups = ["prod"]\n'
    + package("a")
    + package("win", "marker = \"sys_platform == 'win32'\"")
    + package("api", "marker = \"'api' in extras\"")
    + package("both", "marker = \"'api' in extras and os_name == 'posix'\"")
    + package("dev", "marker = \"'dev' in dependency_groups or 'api' in extras\"")
    + package("prod", "marker = \"'prod' in dependency_groups\"")
    + package("slim", "marker = \"'api' not in extras\"")
)


@pytest.mark.parametrize(
    ("chosen", "pins"),
    [
        ({}, {"a", "prod", "slim"}),
        ({"extras": ("API",)}, {"a", "prod", "api", "both", "dev"}),
        ({"groups": ("dev",)}, {"a", "dev", "slim"}),
    ],
)
def test_extras_and_groups(read, chosen, pins):
    component = read({"pylock.toml": LOCK}, **chosen)
    assert {p.name for p in component.baseline} == pins
    lines = LOCK.splitlines()
    for found in component.requirements:
        assert lines[found.origin.line] == f'name = "{found.name}"'
        assert found.hashes == ("sha256:ab",)
        assert "extras" not in found.marker
        assert "dependency_groups" not in found.marker
    assert component.requires_python.origin.line == 3


def test_markers_stay(read):
    component = read({"pylock.web.toml": LOCK}, extras=("api",))
    markers = {r.name: r.marker for r in component.requirements}
    assert markers["win"] == 'sys_platform == "win32"'
    assert markers["both"] == 'os_name == "posix"'
    assert markers["a"] == markers["api"] == ""


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ('vcs = { type = "git", url = "https://index.example/x", commit-id = "ab" }', "version"),
        ('directory = { path = "../x" }', "folder"),
        ('archive = { url = "https://index.example/x", hashes = { sha256 = "a" } }', "URL"),
    ],
)
def test_other_sources(read, files, reason):
    component = read({"pylock.toml": HEAD + package("x", version="", files=files)})
    assert component.requirements == component.baseline == ()
    assert reason in component.undetermined[0].reason
    assert component.undetermined[0].origin.line == 4


def test_a_lock_for_other_environments(read):
    lock = HEAD + "environments = [\"sys_platform == 'win32'\"]\n" + package("a")
    assert "other environments" in read({"pylock.toml": lock}).undetermined[0].reason
    assert read({"pylock.toml": lock}, platform="windows/amd64").undetermined == ()


@pytest.mark.parametrize(
    ("text", "chosen", "message"),
    [
        ('created-by = "x"\npackages = []', {}, "not a valid lock (PEP 751)"),
        ('lock-version = "9.0"\ncreated-by = "x"\npackages = []', {}, "9.0"),
        (HEAD + package("a", version="one"), {}, "pylock.toml:6: this is not a valid lock"),
        (HEAD + package("a\\nb"), {}, "not a valid lock"),
        (HEAD + package("a", "marker = 'x'"), {}, "pylock.toml:7: "),
        (LOCK, {"extras": ("apy",)}, 'there is no extra "apy"'),
        (LOCK, {"groups": ("dv",)}, 'there is no group "dv"'),
    ],
)
def test_faults(fault, text, chosen, message):
    error = fault({"pylock.toml": text}, **chosen)
    assert message in error.message
    assert error.message.isprintable()
