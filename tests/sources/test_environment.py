"""Installed environments, with real ones made of real metadata."""

from __future__ import annotations

import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from depcheck.errors import SourceError
from depcheck.model.settings import ComponentSettings
from depcheck.sources import read_component

Install = Callable[..., None]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    folder = tmp_path / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    return folder


@pytest.fixture
def install(environment: Path) -> Install:
    (site_packages,) = environment.glob("lib/python3*/site-packages")

    def add(name: str, version: str, *requires: str, url: str = "") -> None:
        info = site_packages / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
        lines += [f"Requires-Dist: {text}" for text in requires]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        (info / "RECORD").write_text("")
        if url:
            (info / "direct_url.json").write_text(f'{{"url": "{url}", "dir_info": {{}}}}')

    return add


def read(root: Path, source: str):
    return read_component(ComponentSettings(name="web", source=source), root=root)


def test_top_level_and_baseline(environment, install, tmp_path):
    install("Web-App", "1.0", "lib[fast]>=1", "tool ; extra == 'dev'", "gone ; os_name == 'x'")
    install("lib", "2.0", "quick ; extra == 'fast'", "slow ; extra == 'slow'")
    install("quick", "3.0")
    install("slow", "4.0")
    install("tool", "5.0")
    install("pip", "23.0")
    install("setuptools", "70.0")
    component = read(tmp_path, "env:env/bin/python")
    assert [str(r) for r in component.requirements] == ["slow", "tool", "web-app"]
    assert {(p.name, p.version) for p in component.baseline} == {
        ("web-app", "1.0"),
        ("lib", "2.0"),
        ("quick", "3.0"),
        ("slow", "4.0"),
        ("tool", "5.0"),
    }
    origin = component.requirements[0].origin
    assert (str(origin), origin.line, origin.component) == ("env:env/bin/python", None, "web")


def test_the_folder_names_the_same_environment(environment, install, tmp_path):
    install("a", "1.0")
    assert read(tmp_path, "env:env").baseline[0].name == "a"
    assert read(tmp_path, f"env:{environment}/bin/python3").baseline[0].name == "a"


def test_setuptools_counts_where_it_is_required(environment, install, tmp_path):
    install("a", "1.0", "setuptools")
    install("setuptools", "70.0")
    component = read(tmp_path, "env:env")
    assert [p.name for p in component.baseline] == ["a", "setuptools"]
    assert [r.name for r in component.requirements] == ["a"]


def test_a_ring_keeps_one_top(environment, install, tmp_path):
    install("a", "1.0", "b")
    install("b", "1.0", "a")
    assert [r.name for r in read(tmp_path, "env:env").requirements] == ["a"]


def test_what_a_local_project_requires_is_asked(environment, install, tmp_path):
    install("shop", "0.1", "lib[x]>=2 ; os_name != 'x'", "dev ; extra == 'd'", url="file:///shop")
    install("lib", "2.5", "deep")
    install("deep", "1.0")
    install("other", "1.0")
    component = read(tmp_path, "env:env")
    assert [str(r) for r in component.requirements] == ['lib[x]>=2 ; os_name != "x"', "other"]
    assert "required by shop" in component.requirements[0].origin.text
    assert {p.name for p in component.baseline} == {"lib", "deep", "other"}
    assert [(u.subject, u.harmless) for u in component.undetermined] == [("shop", True)]


def test_the_base_interpreter_is_inherited_where_the_environment_says_so(tmp_path):
    venv.create(tmp_path / "env", with_pip=False, system_site_packages=True, symlinks=True)
    base = Path(sys.base_prefix)
    if not any(base.glob("lib/python3*/site-packages/pip-*.dist-info")):
        pytest.skip("the base interpreter has no pip of its own")
    (site_packages,) = (tmp_path / "env").glob("lib/python3*/site-packages")
    info = site_packages / "a-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: pip")
    assert {"a", "pip"} <= {p.name for p in read(tmp_path, "env:env").baseline}


def test_nothing_of_the_environment_is_run(environment, install, tmp_path):
    install("a", "1.0")
    mark = tmp_path / "ran"
    python = environment / "bin" / "python"
    python.unlink()
    python.write_text(f"#!/bin/sh\ntouch {mark}\n")
    python.chmod(0o755)
    (site_packages,) = environment.glob("lib/python3*/site-packages")
    for name in ("sitecustomize.py", "pip.py", "json.py"):
        (site_packages / name).write_text(f"open({str(mark)!r}, 'w')")
    (site_packages / "evil.pth").write_text(f"import os; open({str(mark)!r}, 'w')")
    assert [p.name for p in read(tmp_path, "env:env/bin/python").baseline] == ["a"]
    assert not mark.exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("env:nothing/bin/python", "env:nothing/bin/python: no such interpreter or environment"),
        ("env:empty", "env:empty: this is not a Python environment"),
        ("env:empty/file", "env:empty/file: this is not a Python interpreter"),
        ("env:bare/bin/python3", "env:bare/bin/python3: no site-packages folder belongs to it"),
        ("env:bare/bin/ls", "env:bare/bin/ls: this is not a Python interpreter"),
        ("env:full", "env:full: this is not a Python environment"),
        ("env:a\x1b[2Jb", "env:a\\x1b[2Jb: no such"),
    ],
)
def test_faults(tmp_path, source, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "file").write_text("")
    (tmp_path / "bare" / "bin").mkdir(parents=True)
    for name in ("python3", "ls"):
        (tmp_path / "bare" / "bin" / name).touch(0o755)
    (tmp_path / "full" / "bin").mkdir(parents=True)
    (tmp_path / "full" / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    with pytest.raises(SourceError) as caught:
        read(tmp_path, source)
    assert caught.value.message.startswith(message)
    assert "env:.venv" in caught.value.hint


def test_names_that_no_index_can_have_are_undetermined(environment, install, tmp_path):
    install("bad\x1bname", "1.0")
    install("good", "not-a-version")
    component = read(tmp_path, "env:env")
    assert component.baseline == ()
    assert all(u.subject.isprintable() for u in component.undetermined)
