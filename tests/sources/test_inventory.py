"""Inventories of installed environments and of locks."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import venv
from pathlib import Path

import pytest

from depcheck.errors import SourceError
from depcheck.model.parity import Named
from depcheck.sources.inventory import read_inventory
from depcheck.sources.target import build_target


class Environment:
    """A virtual environment with made distributions."""

    def __init__(self, prefix: Path) -> None:
        venv.create(prefix, with_pip=False, symlinks=True)
        self.prefix = prefix
        (self.site,) = prefix.glob("lib/python3*/site-packages")

    def install(self, name, version, files=(), *, installer="pip", url=None):
        stem = f"{name.replace('-', '_')}-{version}.dist-info"
        info = self.site / stem
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "INSTALLER").write_text(f"{installer}\n")
        if url is not None:
            (info / "direct_url.json").write_text(url if isinstance(url, str) else json.dumps(url))
        rows = [f"{stem}/METADATA,,", f"{stem}/REQUESTED,,", f"{stem}/RECORD,,"]
        for path, content in dict(files).items():
            file = self.site / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            rows.append(f"{path},sha256={digest},{len(content)}")
        (info / "RECORD").write_text("\n".join(rows) + "\n")
        return info

    def read(self, path=""):
        named = Named(kind="env", value=str(self.prefix / path))
        return read_inventory(named, root=self.prefix.parent, target=None)


@pytest.fixture
def environment(tmp_path):
    return Environment(tmp_path / "env")


def by_name(inventory):
    return {item.name: item for item in inventory.distributions}


def test_an_environment_tells_its_python_and_its_distributions(environment):
    environment.install("Web_App", "1.0", {"web.py": b"1"}, installer="uv")
    found = environment.read("bin/python")
    assert found.covers == {"python"}
    assert found.undetermined == ()
    (place,) = found.environments
    version = "{}.{}.{}".format(*sys.version_info)
    assert (place.prefix, place.kind, place.python, place.active) == (
        str(environment.prefix), "virtual", version, True,
    )  # fmt: skip
    (program,) = found.interpreters
    assert program.path == os.path.realpath(sys.executable)
    assert (program.version, program.implementation) == (version, sys.implementation.name)
    (item,) = found.distributions
    assert (item.name, item.version, item.installer) == ("web-app", "1.0", "uv")
    assert (item.environment, item.folder) == (place.prefix, str(environment.site))
    assert len(item.record) == 64
    assert item.read


def test_a_folder_stands_for_its_interpreter(environment):
    environment.install("a", "1")
    assert environment.read().distributions == environment.read("bin/python3").distributions


def test_patched_and_missing_files(environment):
    files = {"a/one.py": b"1", "a/two.py": b"2", "a/gone.py": b"3", "../../../bin/a": b"#!"}
    environment.install("a", "1", files)
    (environment.site / "a/one.py").write_bytes(b"changed")
    (environment.site / "a/gone.py").unlink()
    (environment.prefix / "bin/a").write_bytes(b"changed too")
    (item,) = environment.read().distributions
    assert item.patched == {
        "a/one.py": hashlib.sha256(b"changed").hexdigest(),
        "../../../bin/a": hashlib.sha256(b"changed too").hexdigest(),
    }
    assert item.missing == ("a/gone.py",)


def test_byte_code_and_what_lies_outside_is_not_looked_at(environment, tmp_path):
    (tmp_path / "secret").write_text("x")
    info = environment.install("a", "1", {"a/x.pyc": b"1", "a/__pycache__/y": b"2"})
    (environment.site / "a/x.pyc").write_bytes(b"9")
    (environment.site / "a/__pycache__/y").unlink()
    wrong = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    with (info / "RECORD").open("a") as stream:
        stream.write(f"{tmp_path}/secret,sha256={wrong},1\n")
        stream.write(f"../../../../secret,sha256={wrong},1\n../../../../nothing,,\n")
    (item,) = environment.read().distributions
    assert (dict(item.patched), item.missing) == ({}, ())


def test_a_pipe_in_place_of_a_file_does_not_hold_up(environment):
    environment.install("a", "1", {"a.py": b"1"})
    (environment.site / "a.py").unlink()
    os.mkfifo(environment.site / "a.py")
    assert environment.read().distributions[0].patched == {}


def test_two_versions_in_one_folder_are_both_told(environment):
    environment.install("a", "1")
    environment.install("a", "2")
    assert [(d.name, d.version) for d in environment.read().distributions] == [
        ("a", "1"),
        ("a", "2"),
    ]


@pytest.mark.parametrize(
    ("url", "source"),
    [
        (
            {
                "url": "https://me:pw@git.example/a",
                "vcs_info": {"vcs": "git", "commit_id": "abc"},
            },
            "git+https://***@git.example/a@abc",
        ),
        ({"url": "file:///src/a", "dir_info": {"editable": True}}, "editable file:///src/a"),
        ("no json", "direct_url.json cannot be understood"),
    ],
)
def test_sources(environment, url, source):
    environment.install("a", "1", url=url)
    assert environment.read().distributions[0].source == source


def test_what_cannot_be_read_is_told(environment):
    environment.install("whole", "1")
    (environment.site / "empty-1.dist-info").mkdir()
    broken = environment.install("broken", "1")
    (broken / "RECORD").write_bytes(b"\xff\xfe")
    found = environment.read()
    assert "whole" in by_name(found)
    assert {Path(note.subject).name for note in found.undetermined} == {
        "broken-1.dist-info",
        "empty-1.dist-info",
    }


def test_what_the_base_shows_is_an_environment_of_its_own(environment, tmp_path):
    base = Environment(tmp_path / "base")
    base.install("shared", "1")
    environment.install("own", "1")
    (environment.prefix / "pyvenv.cfg").write_text(
        f"home = {base.prefix}/bin\ninclude-system-site-packages = true\nversion = 3.11.2\n"
    )
    found = environment.read()
    assert [(e.prefix, e.active) for e in found.environments] == [
        (str(environment.prefix), True),
        (str(base.prefix), False),
    ]
    assert by_name(found)["shared"].environment == str(base.prefix)


def test_files_that_conda_changed(environment):
    environment.install("a", "1", {"a.py": b"1", "b.py": b"1", "c.py": b"1"})
    for name in ("a.py", "b.py", "c.py"):
        (environment.site / name).write_bytes(b"prefix")
    site = environment.site.relative_to(environment.prefix)
    meta = environment.prefix / "conda-meta"
    meta.mkdir()
    (environment.prefix / "pyvenv.cfg").unlink()
    paths = [
        {
            "_path": f"{site}/a.py",
            "prefix_placeholder": "/opt",
            "sha256_in_prefix": hashlib.sha256(b"prefix").hexdigest(),
        },
        {"_path": f"{site}/b.py", "prefix_placeholder": "/opt", "sha256_in_prefix": "00"},
    ]
    (meta / "a-1-0.json").write_text(json.dumps({"paths_data": {"paths": paths}}))
    found = environment.read()
    assert found.environments[0].kind == "conda"
    assert set(found.distributions[0].patched) == {"b.py", "c.py"}


@pytest.fixture
def lock(write):
    def read(name, text, python="3.12.1", platform="linux/amd64"):
        root = write({name: text})
        target = build_target(python, platform) if python else None
        return read_inventory(Named(kind="lock", value=str(root / name)), root=root, target=target)

    return read


PYLOCK = """
lock-version = "1.0"
created-by = "x"
[[packages]]
name = "web-app"
version = "1.0"
marker = "python_full_version >= '3.11.4'"
[[packages.wheels]]
name = "web_app-1.0-py3-none-any.whl"
url = "https://index.example/web_app-1.0-py3-none-any.whl"
hashes = { sha256 = "ab" }
[[packages]]
name = "b"
version = "2.0"
vcs = { type = "git", url = "https://me:pw@git.example/b", commit-id = "abc", subdirectory = "x" }
[[packages]]
name = "c"
archive = { url = "https://files.example/c.zip", hashes = { sha256 = "cd" } }
"""


def test_a_lock_is_one_environment(lock):
    found = lock("pylock.toml", PYLOCK)
    assert found.covers == {"python"}
    (place,) = found.environments
    assert (place.prefix, place.kind, place.python, place.active) == ("", "lock", "", True)
    assert [(d.name, d.version, d.source) for d in found.distributions] == [
        ("b", "2.0", "git+https://***@git.example/b@abc#subdirectory=x"),
        ("c", "", "https://files.example/c.zip#sha256=cd"),
        ("web-app", "1.0", ""),
    ]
    assert [str(note.origin) for note in found.undetermined] == ["pylock.toml:16"]


@pytest.mark.parametrize(("python", "there"), [("3.11.2", False), ("3.11.7", True)])
def test_markers_hold_for_the_full_version(lock, python, there):
    assert ("web-app" in by_name(lock("pylock.toml", PYLOCK, python))) is there


def test_a_lock_for_another_python_is_told(lock):
    text = PYLOCK.replace('created-by = "x"', 'created-by = "x"\nrequires-python = ">=3.12"')
    (note, _) = lock("pylock.toml", text, "3.11.7").undetermined
    assert (note.reason, str(note.origin)) == (
        "the lock is not for Python 3.11.7, for which it is read",
        "pylock.toml:4",
    )


def test_a_uv_lock_has_its_own_project(lock):
    text = """
version = 1
requires-python = ">=3.11"
[[package]]
name = "shop"
version = "0.1"
source = { editable = "." }
dependencies = [{ name = "a" }, { name = "b" }]
[[package]]
name = "a"
version = "1"
source = { registry = "https://index.example/simple" }
[[package]]
name = "b"
version = "2"
source = { git = "https://git.example/b?subdirectory=x%2Fy&rev=main#abc" }
"""
    found = lock("uv.lock", text)
    assert [(d.name, d.version, d.source) for d in found.distributions] == [
        ("a", "1", ""),
        ("b", "2", "git+https://git.example/b@abc#subdirectory=x/y"),
        ("shop", "0.1", ""),
    ]
    assert found.undetermined == ()
    virtual = text.replace("editable", "virtual")
    assert set(by_name(lock("uv.lock", virtual))) == {"a", "b"}


def test_a_poetry_lock(lock):
    text = """
[[package]]
name = "a"
version = "1"
optional = false
python-versions = "*"
groups = ["main"]
files = []
[[package]]
name = "b"
version = "2"
optional = false
python-versions = "*"
groups = ["main"]
files = []
[package.source]
type = "git"
url = "https://git.example/b.git"
reference = "main"
resolved_reference = "abc"
[metadata]
lock-version = "2.1"
python-versions = "*"
content-hash = "x"
"""
    assert [(d.name, d.version, d.source) for d in lock("poetry.lock", text).distributions] == [
        ("a", "1", ""),
        ("b", "2", "git+https://git.example/b.git@abc"),
    ]


def test_a_compiled_requirements_file(lock):
    text = "a==1.0 \\\n  --hash=sha256:ab\nb===2 ; python_full_version < '3.12.1'\nc>=1\n-e ./d\n"
    found = lock("requirements.txt", text)
    assert [(d.name, d.version) for d in found.distributions] == [("a", "1.0")]
    notes = {str(note.origin): note.reason for note in found.undetermined}
    assert set(notes) == {"requirements.txt:4", "requirements.txt:5"}
    assert "no exact pin" in notes["requirements.txt:4"]
    assert set(by_name(lock("requirements.txt", text, "3.12.0"))) == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("requirements.txt", "a>=1\n", "it pins no version with =="),
        ("Pipfile.lock", "{}", "depcheck does not read locks of this kind"),
        ("pyproject.toml", "", "depcheck does not read locks of this kind"),
        ("pylock.toml", "x = [", "pylock.toml:1"),
    ],
)
def test_bad_locks(lock, name, text, message):
    with pytest.raises(SourceError) as caught:
        lock(name, text)
    assert message in caught.value.message


def test_what_a_person_names_may_lie_outside_of_the_project(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/requirements.txt").write_text("-r more.txt\n-r ../secret.txt\na==1\n")
    (tmp_path / "other/more.txt").write_text("b==2\n")
    (tmp_path / "secret.txt").write_text("c==3\n")
    named = Named(kind="lock", value=str(tmp_path / "other/requirements.txt"))
    with pytest.raises(SourceError, match="lies outside"):
        read_inventory(named, root=tmp_path / "root", target=None)
    (tmp_path / "other/requirements.txt").write_text("-r more.txt\na==1\n")
    found = read_inventory(named, root=tmp_path / "root", target=None)
    assert set(by_name(found)) == {"a", "b"}
