from __future__ import annotations

import tarfile

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.images.table import Entry, LayerTable, Wanted
from depcheck.images.view import BELOW, Placed, View
from depcheck.model.inventory import Provenance
from tests.support.tars import layer_of, member

PATHS = ("a", "a/b", "a/b/c", "a/d", "a-b", "e", "e/f")


def folder(name: str) -> tarfile.TarInfo:
    return member(name, tarfile.DIRTYPE)


def soft(name: str, target: str) -> tarfile.TarInfo:
    return member(name, tarfile.SYMTYPE, target)


def placed(layers: list[LayerTable]) -> list[Placed]:
    """Return layers, given the bottom first, as a view takes them."""
    return [
        Placed(table, Provenance(layer=position))
        for position, table in reversed(list(enumerate(layers, 1)))
    ]


def view(*layers: LayerTable, complete: bool = True) -> View:
    return View(placed(list(layers)), complete=complete)


def test_the_topmost_layer_counts() -> None:
    seen = view(layer_of(("a", b"old"), ("b", b"b")), layer_of(("a", b"new")))
    assert (seen.content("a"), seen.content("b"), seen.content("c")) == (b"new", b"b", None)
    assert seen.brought("a") == Provenance(layer=2)
    assert seen.brought("b") == Provenance(layer=1)
    assert seen.scope == ("a", "b")
    assert not seen.asked


def test_a_whiteout_hides_a_file_and_a_folder_with_all_in_it() -> None:
    seen = view(
        layer_of(("f", b""), folder("d"), ("d/x", b""), ("d/y/z", b""), ("dd", b"")),
        layer_of((".wh.f", b""), (".wh.d", b"")),
    )
    assert seen.scope == ("dd",)
    assert seen.known("d/y/z") is None
    assert seen.removed_by("d/y/z") == seen.removed_by("f") == Provenance(layer=2)
    assert seen.removed_by("dd") is None


def test_a_whiteout_hides_only_what_lies_below() -> None:
    seen = view(
        layer_of(("d/old", b"")),
        layer_of(("d/new", b"n"), (".wh.d", b"")),
        layer_of(("d/newer", b"n")),
    )
    assert seen.scope == ("d/new", "d/newer")
    assert seen.listing("d") == ("new", "newer")


def test_an_opaque_folder_hides_what_lower_layers_have_in_it() -> None:
    seen = view(
        layer_of(folder("d"), ("d/old", b""), ("d/sub/old", b""), ("x", b"")),
        layer_of(("d/new", b""), ("d/.wh..wh..opq", b"")),
    )
    assert seen.scope == ("d", "d/new", "x")
    assert seen.listing("d") == ("new",)
    assert seen.removed_by("d/sub/old") == Provenance(layer=2)
    assert view(layer_of(("x", b"")), layer_of((".wh..wh..opq", b""), ("y", b""))).scope == ("y",)


def test_a_folder_becomes_a_file_and_a_folder_again() -> None:
    layers = (
        layer_of(("d/old", b"")),
        layer_of(("d", b"file")),
        layer_of(folder("d"), ("d/new", b"")),
    )
    assert view(*layers[:2]).scope == ("d",)
    assert view(*layers[:2]).known("d/old") is None
    assert view(*layers).scope == ("d", "d/new")
    assert view(*layers).known("d/old") is None


def test_a_link_in_the_place_of_a_folder_hides_what_was_in_it() -> None:
    seen = view(
        layer_of(("lib/x", b"old"), ("usr/lib/x", b"new")), layer_of(soft("lib", "usr/lib"))
    )
    assert seen.known("lib/x") is None
    assert seen.content("lib/x") == b"new"


def test_links_are_followed() -> None:
    seen = view(
        layer_of(
            ("usr/lib/os-release", b"debian"), soft("etc/os-release", "../usr/lib/os-release"),
            soft("lib", "usr/lib"), soft("out", "../../../../etc"), soft("up", "/"),
            soft("round", "round"), soft("v", "..data/x"), ("..data/x", b"k8s"),
        )
    )  # fmt: skip
    for path in ("etc/os-release", "lib/os-release", "out/os-release", "up/up/out/os-release"):
        assert seen.resolve(path) == "usr/lib/os-release"
        assert seen.content(path) == b"debian"
    assert seen.content("v") == b"k8s"
    assert seen.content("round") is None
    assert seen.resolve("/") == ""


def test_what_an_unread_layer_decides_is_asked_for() -> None:
    upper = layer_of(("a", b"new"), ("d/.wh..wh..opq", b""), ("e/x", b""), (".wh.gone", b""))
    seen = view(upper, complete=False)
    assert seen.known("b") is BELOW
    assert not seen.asked
    assert (seen.content("a"), seen.entry("gone"), seen.entry("d/x")) == (b"new", None, None)
    assert seen.listing("d") == ()
    assert not seen.asked
    assert (seen.entry("b"), seen.content("c")) == (None, None)
    assert seen.listing("e") == ("x",)
    assert seen.asked == {"b", "c", "e"}


def test_listing_names_folders_that_have_no_entry_of_their_own() -> None:
    seen = view(
        layer_of(("usr/bin/x", b""), ("usr-a", b""), ("usr/bin0", b""), ("var/x", b"")),
        layer_of((".wh.var", b""), ("usr/bin/y", b"")),
    )
    assert seen.listing("") == ("usr", "usr-a")
    assert seen.listing("usr") == ("bin", "bin0")
    assert seen.listing("usr/bin") == ("x", "y")
    assert seen.listing("var") == seen.listing("nowhere") == ()


def test_faults_are_of_the_layer_that_counts() -> None:
    faulty = layer_of(("a", b"long"), wanted=lambda path, size: Wanted(1))
    assert "4 bytes" in view(faulty).fault("a")
    assert view(faulty, layer_of(("a", b"x"))).fault("a") == ""
    assert view(faulty, layer_of((".wh.a", b""))).fault("a") == ""


def test_deep_paths_are_no_trouble() -> None:
    deep = "/".join(["d"] * 250)
    seen = view(layer_of((f"{deep}/x", b"1")), layer_of((f"{deep}/y", b"")))
    assert seen.content(f"{deep}/x") == b"1"


def _layer(choice: dict[str, str]) -> LayerTable:
    entries: dict[str, Entry] = {}
    removed, opaque = set(), set()
    for path, what in choice.items():
        if what == "removed":
            removed.add(path)
            continue
        if what == "opaque":
            opaque.add(path)
        above = path.split("/")[:-1]
        for depth in range(1, len(above) + 1):
            entries["/".join(above[:depth])] = _entry("folder")
        entries[path] = _entry("folder" if what == "opaque" else what)
    clean = {path: each for path, each in entries.items() if not _blocked(path, entries)}
    return LayerTable(
        diff_id="", entries=clean, removed=frozenset(removed), opaque=frozenset(opaque & set(clean))
    )


def _blocked(path: str, entries: dict[str, Entry]) -> bool:
    parts = path.split("/")
    above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return any(entries[each].kind != "folder" for each in above if each in entries)


def _entry(kind: str) -> Entry:
    return Entry(kind, 0o755, 0, 0, 0, b"", "x" if kind == "link" else "")  # type: ignore[arg-type]


def _unpacked(layers: list[LayerTable]) -> dict[str, Entry]:
    """Return what is there after one layer after another was unpacked: the plain way."""
    files: dict[str, Entry] = {}
    for table in layers:
        for hidden in table.removed:
            files.pop(hidden, None)
        for emptied in table.removed | table.opaque:
            _empty(files, emptied)
        for path, entry in table.entries.items():
            if entry.kind != "folder":
                _empty(files, path)
            files[path] = entry
    return files


def _empty(files: dict[str, Entry], folder: str) -> None:
    for path in [path for path in files if path.startswith(f"{folder}/")]:
        del files[path]


layer = st.dictionaries(
    st.sampled_from(PATHS),
    st.sampled_from(["file", "folder", "link", "removed", "opaque"]),
    max_size=4,
).map(_layer)


@settings(max_examples=400, deadline=None)
@given(layers=st.lists(layer, min_size=1, max_size=4))
def test_a_view_shows_what_unpacking_would_leave(layers: list[LayerTable]) -> None:
    truth = _unpacked(layers)
    seen = view(*layers)
    assert {path: seen.known(path) for path in PATHS} == {path: truth.get(path) for path in PATHS}
    assert seen.scope == tuple(sorted(truth))
    for at in ("", *PATHS):
        prefix = f"{at}/" if at else ""
        inside = {path[len(prefix) :].split("/")[0] for path in truth if path.startswith(prefix)}
        assert seen.listing(at) == tuple(sorted(inside))
    assert not seen.asked


@settings(max_examples=200, deadline=None)
@given(layers=st.lists(layer, min_size=2, max_size=4))
def test_a_part_of_the_layers_never_gives_another_answer(layers: list[LayerTable]) -> None:
    truth = _unpacked(layers)
    for unread in range(1, len(layers)):
        seen = View(placed(layers[unread:]), complete=False)
        for path in PATHS:
            state = seen.known(path)
            assert state is BELOW or state == truth.get(path)
