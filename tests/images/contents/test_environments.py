"""Interpreters and environments of an image, and which of them it starts."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

from depcheck.images.contents.python import PythonContents, python_contents
from depcheck.model.inventory import Interpreter
from tests.support.contents import distribution, interpreter, venv
from tests.support.oci import Entry, Hardlink, Symlink
from tests.support.views import pair, table, table_of, whole

PATH = "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin"


def contents(
    entries: dict[str, Entry], path: str = PATH, command: tuple[str, ...] = ()
) -> PythonContents:
    return python_contents(whole(table(entries)), path=path, command=command)


def program(version: str, extension: str = "cpython-311-x86_64-linux-gnu") -> bytes:
    told = f"\0{version}\0\0.{extension}.so\0\n[GCC 12.2.0]\0/src/Python-{version}.1\0"
    return b"\x7fELF" + told.encode() + bytes(100)


def test_this_interpreter_is_read_as_it_says_of_itself(tmp_path: Path) -> None:
    """The program, or the library that it is linked with where it is small."""
    short = f"{sys.version_info.major}.{sys.version_info.minor}"
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    shutil.copy(Path(sys.executable).resolve(), bin_folder / f"python{short}")
    library = Path(sysconfig.get_config_var("LIBDIR") or "") / f"libpython{short}.so.1.0"
    if library.exists():
        (tmp_path / "lib").mkdir()
        shutil.copy(library, tmp_path / "lib" / library.name)
    found = python_contents(whole(table_of(tmp_path, "usr/local")), path="", command=())
    (told,) = found.interpreters
    assert told.path == f"/usr/local/bin/python{short}"
    assert told.version == sys.version.split()[0]
    assert told.implementation == "cpython"
    assert told.build.rpartition(", ")[2].split()[0] in sys.version


def test_a_small_program_is_told_by_its_library() -> None:
    entries: dict[str, Entry] = {
        "usr/local/bin/python3.13t": b"\x7fELF",
        "usr/local/lib/libpython3.13t.so.1.0": program("3.13.1", "cpython-313td-x86_64-linux-gnu"),
        "opt/odd/bin/python3.12": b"\x7fELF",
    }
    (odd, usual) = contents(entries).interpreters
    assert (usual.version, usual.build) == ("3.13.1", "free-threaded, debug, GCC 12.2.0")
    assert (odd.path, odd.version) == ("/opt/odd/bin/python3.12", "")
    assert odd.build.startswith("sha256:")


def test_pypy_is_told_by_its_header() -> None:
    header = '#define PY_VERSION "3.10.14"\n#define PYPY_VERSION "7.3.17"\n'
    entries: dict[str, Entry] = {
        "opt/pypy/bin/pypy3.10": b"\x7fELF",
        "opt/pypy/include/pypy3.10/patchlevel.h": header,
    }
    (found,) = contents(entries).interpreters
    assert found == Interpreter(
        path="/opt/pypy/bin/pypy3.10",
        version="3.10.14",
        implementation="pypy",
        build="PyPy 7.3.17",
        brought=found.brought,
    )


def test_links_and_copies_in_environments_are_no_interpreters() -> None:
    entries: dict[str, Entry] = {
        "usr/bin/python3.11": program("3.11.2"),
        "usr/bin/python3": Symlink("python3.11"),
        **venv("opt/venv", "3.11.2"),
        "opt/venv/bin/python3.11": Hardlink("usr/bin/python3.11"),
    }
    assert [each.path for each in contents(entries).interpreters] == ["/usr/bin/python3.11"]


def test_environments_are_told_by_what_marks_them() -> None:
    sites = {
        "usr/lib/python3/dist-packages": ("/usr", "system"),
        "usr/local/lib/python3.11/dist-packages": ("/usr", "system"),
        "usr/local/lib/python3.12/site-packages": ("/usr/local", "system"),
        "root/.local/lib/python3.11/site-packages": ("/root/.local", "user"),
        "opt/venv/lib/python3.11/site-packages": ("/opt/venv", "virtual"),
        "opt/conda/lib/python3.11/site-packages": ("/opt/conda", "conda"),
        "opt/lib/python3.13t/site-packages": ("/opt", "system"),
        "var/task": ("/var/task", "other"),
        "srv/__pypackages__/3.11/lib": ("/srv/__pypackages__/3.11/lib", "other"),
    }
    entries: dict[str, Entry] = {
        "usr/bin/python3.11": program("3.11.2"),
        **venv("opt/venv", "3.11.4"),
        "opt/conda/conda-meta/history": "",
    }
    for site in sites:
        entries.update(distribution("a", "1", site=site))
    found = contents(entries)
    assert {(each.prefix, each.kind) for each in found.environments} == set(sites.values())
    assert {(each.folder[1:]): each.environment for each in found.distributions} == {
        site: prefix for site, (prefix, _) in sites.items()
    }
    python = {each.prefix: each.python for each in found.environments}
    assert python["/opt/venv"] == "3.11.4"
    assert python["/usr"] == "3.11.2"
    assert python["/opt"] == "3.13"
    assert python["/var/task"] == ""


@pytest.mark.parametrize(
    ("command", "path", "prefix"),
    [
        ((), PATH, "/opt/venv"),
        (("gunicorn", "shop.wsgi"), PATH, "/opt/venv"),
        (("python3", "-m", "shop"), "/usr/bin:/opt/venv/bin", "/usr"),
        (("/opt/venv/bin/python", "app.py"), "/usr/bin", "/opt/venv"),
        (("/bin/sh", "-c", "exec /opt/venv/bin/gunicorn 'shop"), "/usr/bin", "/opt/venv"),
        (("/bin/sh", "-c", "A=1 python app.py"), PATH, "/opt/venv"),
        (("/usr/bin/python3.11", "app.py"), PATH, "/usr"),
        (("/bin/bash",), "/usr/bin:/bin", "/usr"),
        (("/bin/bash",), "", None),
    ],
)
def test_the_command_and_path_lead_to_the_active_one(
    command: tuple[str, ...], path: str, prefix: str | None
) -> None:
    entries: dict[str, Entry] = {
        "bin": Symlink("usr/bin"),
        "usr/bin/bash": "",
        "usr/bin/python3.11": program("3.11.2"),
        "usr/bin/python3": Symlink("python3.11"),
        **distribution("a", "1", site="usr/lib/python3/dist-packages"),
        **venv("opt/venv", "3.11.2"),
        "opt/venv/bin/gunicorn": "#!",
    }
    found = contents(entries, path, command)
    assert [each.prefix for each in found.environments if each.active] == (
        [prefix] if prefix else []
    )


def test_what_both_sides_share_is_told_alike_and_not_asked_for() -> None:
    base = table({**interpreter("3.11.2"), **venv("opt/venv", "3.11.2")})
    own = table(distribution("a", "1"))
    other = table(distribution("a", "2"))
    left, right = (
        python_contents(view, path=PATH, command=("gunicorn",))
        for view in pair([base], [own], [other])
    )
    assert [(e.prefix, e.kind, e.python, e.active) for e in left.environments] == [
        (e.prefix, e.kind, e.python, e.active) for e in right.environments
    ]
    assert left.environments[0].active
    assert left.interpreters == right.interpreters == ()


def test_an_interpreter_that_one_side_replaced_is_asked_for() -> None:
    base = table({"usr/bin/python3.11": program("3.11.2")})
    own, newer = table({"srv/a": ""}), table({"usr/bin/python3.11": program("3.11.9")})
    left, _ = pair([base], [own], [newer])
    python_contents(left, path="", command=())
    assert left.asked
    versions = [
        [each.version for each in python_contents(view, path="", command=()).interpreters]
        for view in pair([base], [own], [newer], below=1)
    ]
    assert versions == [["3.11.2"], ["3.11.9"]]
