"""The floors of the house, held over the import statements of every file."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "depcheck"
FILES = sorted(PACKAGE.rglob("*.py"))

GROUND = {"model", "errors"}
MAY_IMPORT = {
    "model": GROUND,
    "errors": GROUND,
    "net": GROUND,
    "sources": GROUND,
    "index": GROUND | {"net"},
    "images": GROUND | {"net"},
    "parity": GROUND,
    "resolve": GROUND,
    "report": GROUND,
    "config": GROUND,
    "deployment": GROUND,
    "review": GROUND,
    "revisions": GROUND,
    "discovery": GROUND,
    "conflicts": GROUND | {"resolve"},
    "isolation": GROUND | {"resolve"},
    "pipeline": GROUND
    | {
        "sources",
        "index",
        "images",
        "resolve",
        "conflicts",
        "parity",
        "isolation",
        "deployment",
        "review",
        "revisions",
        "discovery",
    },
    "cli": GROUND | {"pipeline", "config", "report", "deployment", "revisions", "discovery"},
    "__main__": {"cli"},
    "__init__": set(),
}
ONLY_IN = {  # a library and the rooms, or the single file, that may know it
    "rich": ("cli", "report"),
    "typer": ("cli",),
    "urllib3": ("net", "index", "images"),
    "msgspec": ("index", "images", "report"),
    "resolvelib": ("resolve",),
}
HEAVY = (
    "rich", "msgspec", "pysat", "resolvelib", "urllib3", "packaging", "pip_api",
    "docker", "requests", "yaml", "isal", "zstandard", "sqlite3",
)  # fmt: skip


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(path: Path) -> frozenset[str]:
    """Every dotted name that a file imports, wherever in it, type checking included."""
    return frozenset(_imported(ast.parse(path.read_text(encoding="utf-8"))))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            if node.module == "depcheck":
                yield from (f"depcheck.{alias.name}" for alias in node.names)


def who_imports(library: str) -> list[Path]:
    return [path for path in FILES if any(n.split(".")[0] == library for n in imports(path))]


def test_every_room_has_its_floor():
    assert {room(path) for path in FILES} == MAY_IMPORT.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_what_lies_below(path):
    rooms = {
        name.split(".")[1]
        for name in imports(path)
        if name.startswith("depcheck.") and name != "depcheck.__version__"
    }
    assert rooms - {room(path)} <= MAY_IMPORT[room(path)]


def test_the_ground_floor_stands_on_the_standard_library_and_packaging():
    for path in FILES:
        if room(path) in GROUND:
            foreign = {name.split(".")[0] for name in imports(path)} - sys.stdlib_module_names
            assert foreign <= {"depcheck", "packaging"}, path


@pytest.mark.parametrize("library", ["pip_api", "pysat", "docker", "yaml"])
def test_some_libraries_are_known_to_one_file(library):
    assert len(who_imports(library)) == 1


@pytest.mark.parametrize("library", ONLY_IN)
def test_some_libraries_stay_in_their_room(library):
    users = who_imports(library)
    assert users
    assert {room(path) for path in users} <= set(ONLY_IN[library])


@pytest.mark.parametrize("name", ["depcheck.cli", "depcheck.__main__"])
def test_starting_loads_nothing_heavy(name):
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {name}; print(*sys.modules)"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    loaded = {module.split(".")[0] for module in told.stdout.split()}
    assert "depcheck" in loaded
    assert not loaded & set(HEAVY)
