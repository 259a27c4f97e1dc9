"""The Python of an environment, told by its files alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from depcheck.errors import SourceError, UsageError
from depcheck.model.requirement import Origin
from depcheck.model.settings import ComponentSettings
from depcheck.sources import read_component
from depcheck.sources.interpreter import environments_python, find_interpreter
from depcheck.sources.target import build_target


def make(folder: Path, minor: str, cfg: str = "", interpreter: str = "python") -> str:
    """Make what depcheck reads of an environment, and return its source."""
    (folder / "bin").mkdir(parents=True)
    # As in a folder that was copied out of an image: the link leads nowhere.
    (folder / "bin" / interpreter).symlink_to(f"/nowhere/bin/python{minor}")
    (folder / "lib" / f"python{minor}" / "site-packages").mkdir(parents=True)
    if cfg:
        (folder / "pyvenv.cfg").write_text(cfg)
    return f"env:{folder.name}"


def python(root: Path, *sources: str) -> str | None:
    named = [ComponentSettings(name=f"c{i}", source=each) for i, each in enumerate(sources)]
    return environments_python(named, root)


@pytest.mark.parametrize(
    ("cfg", "version"),
    [
        ("home = /usr/bin\nversion = 3.12.4\n", "3.12.4"),
        ("version_info = 3.12.7.final.0\nvirtualenv = 20.1.2\n", "3.12.7"),
        ("home = /usr/bin\nversion=3.12\n", "3.12"),
        ("home = /usr/bin\n", "3.12"),
        ("", "3.12"),
    ],
)
def test_the_version_is_the_environments_own(tmp_path, cfg, version):
    source = make(tmp_path / "env", "3.12", cfg)
    assert python(tmp_path, source) == version
    assert python(tmp_path, f"{source}/bin/python") == version
    assert python(tmp_path, "web.txt", source) == version


def test_without_an_environment_there_is_no_version(tmp_path):
    assert python(tmp_path, "web.txt", "ai.txt") is None


def test_the_running_interpreters_folder_has_its_full_version(tmp_path):
    if not any(Path(sys.base_prefix, "lib").glob("python3.*")):
        pytest.skip("the base interpreter lies in another place")
    binary = os.path.join(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info))
    if not os.path.exists(binary):
        pytest.skip("the base interpreter has another name")
    assert python(tmp_path, f"env:{binary}") == "{}.{}.{}".format(*sys.version_info)


def test_what_the_file_names_say_chooses_the_folder(tmp_path):
    make(tmp_path / "usr", "3.11", interpreter="python3.11")
    (tmp_path / "usr/bin/python3.12").touch(0o755)
    (tmp_path / "usr/lib/python3.12/site-packages").mkdir(parents=True)
    assert python(tmp_path, "env:usr/bin/python3.12") == "3.12"
    assert find_interpreter(tmp_path, "env:usr/bin/python3.11").minor == "3.11"
    with pytest.raises(UsageError, match="cannot be told") as caught:
        python(tmp_path, "env:usr")
    assert "--python" in caught.value.hint


def test_environments_of_different_pythons_need_a_choice(tmp_path):
    one = make(tmp_path / "one", "3.12", "version = 3.12.4\n")
    same = make(tmp_path / "same", "3.12")
    other = make(tmp_path / "other", "3.9")
    assert python(tmp_path, same, one) == "3.12.4"
    with pytest.raises(UsageError, match=r"c0 has 3\.12\.4, c1 has 3\.9") as caught:
        python(tmp_path, one, other)
    assert "--python 3.12.4" in caught.value.hint


@pytest.mark.parametrize(("asked", "noted"), [("3.11", True), ("3.12", False), (None, False)])
def test_another_python_than_the_environments_is_noted(tmp_path, asked, noted):
    source = make(tmp_path / "env", "3.12", "version = 3.12.4\n")
    target = build_target(asked or python(tmp_path, source), "linux/amd64")
    settings = ComponentSettings(name="web", source=source)
    found = read_component(settings, root=tmp_path, target=target).undetermined
    assert [u.harmless for u in found] == [True] * noted
    if noted:
        assert "Python 3.12.4, and is checked for Python 3.11" in found[0].reason


def test_the_line_that_names_it_is_told(tmp_path):
    origin = Origin(component="web", path="depcheck.toml", line=2, text="")
    settings = ComponentSettings(name="web", source="env:.vnev", origin=origin)
    with pytest.raises(SourceError, match=r"^depcheck\.toml:2: env:\.vnev: no such interpreter"):
        environments_python([settings], tmp_path)
