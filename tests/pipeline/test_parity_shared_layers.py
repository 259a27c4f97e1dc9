"""Skipping shared layers changes no finding: random builds, read as a pair and read whole.

A build is a list of steps over a tree of files; each run of steps becomes one layer, as a
builder's diff of the tree before and after it. Both sides share some lower layers. What the
reading of the pair finds has to be what two whole inventories give.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depcheck.images.cache import LayerCache
from depcheck.images.ladder import Ladder
from depcheck.images.pair import read_pair
from depcheck.images.values import Image, Layer, LayerStream
from depcheck.model.findings import SEVERITIES, Drift, Finding, Severity
from depcheck.model.inventory import Identity, Inventory
from depcheck.model.observer import Silent
from depcheck.parity.compare import compare
from tests.support import contents, oci
from tests.support.oci import OPAQUE, WHITEOUT, Entry

VENV, OTHER = "opt/venv", "opt/other"
SITES = {
    VENV: f"{VENV}/lib/python3.11/site-packages",
    OTHER: f"{OTHER}/lib/python3.11/site-packages",
    "usr/local": "usr/local/lib/python3.11/site-packages",
}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
SERVED = {
    "srv/app/main.py": "import alpha\n",
    "srv/app/data/table.csv": "1,2\n",
    "etc/shop.conf": "level = 1\n",
}


@dataclass
class Tree:
    """Files by path as a build has made them, and what the next layer has to hold.

    ``again`` are folders that were emptied and filled anew, ``touched`` are files that were
    written once more as they were.
    """

    files: dict[str, Entry] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def put(self, files: dict[str, Entry]) -> None:
        self.files.update(files)
        self.touched.update(files)

    def drop(self, folder: str) -> None:
        for path in self.within(folder):
            del self.files[path]

    def within(self, folder: str) -> list[str]:
        return [path for path in self.files if path == folder or path.startswith(f"{folder}/")]


@dataclass(frozen=True)
class Step:
    """One thing that a build does."""

    kind: str
    what: tuple[Any, ...] = ()

    def apply(self, tree: Tree) -> None:
        STEPS[self.kind](tree, *self.what)


def _environment(tree: Tree, prefix: str, version: str) -> None:
    tree.put(contents.venv(prefix, version))


def _python(tree: Tree, prefix: str, version: str) -> None:
    tree.put(contents.interpreter(version, prefix))


def _uninstall(tree: Tree, prefix: str, name: str) -> None:
    site = SITES[prefix]
    tree.drop(f"{site}/{name}")
    for version in ("1.0", "1.1", "2.0"):
        tree.drop(f"{site}/{name}-{version}.dist-info")


def _install(tree: Tree, prefix: str, name: str, version: str, tool: str) -> None:
    _uninstall(tree, prefix, name)
    site = SITES[prefix]
    code = {f"{name}/__init__.py": f"V = {version!r}\n", f"{name}/core.py": "x = 1\n"}
    tree.put(contents.distribution(name, version, code, site=site, installer=tool))
    if tool == "uv":  # writes the folder anew
        tree.again.add(f"{site}/{name}")


def _patch(tree: Tree, prefix: str, name: str, text: str) -> None:
    path = f"{SITES[prefix]}/{name}/core.py"
    if path in tree.files:
        tree.put({path: text})


def _delete(tree: Tree, path: str) -> None:
    tree.drop(path)


def _debs(tree: Tree, versions: dict[str, str]) -> None:
    tree.put({"var/lib/dpkg/status": contents.dpkg_status(versions)})


def _distroless(tree: Tree, name: str, version: str) -> None:
    tree.put({f"var/lib/dpkg/status.d/{name}": contents.dpkg_status({name: version})})


def _deb(tree: Tree, name: str, version: str) -> None:
    """A package with its files, which are the same in every version."""
    files = {f"usr/bin/{name}": f"{name}\n", f"etc/{name}.conf": "level = 1\n",
             f"usr/share/doc/{name}/copyright": "free\n"}  # fmt: skip
    listed = "".join(f"/{path}\n" for path in ("usr", "usr/bin", *files))
    tree.put({**files, f"var/lib/dpkg/info/{name}.list": listed,
              "var/lib/dpkg/status": contents.dpkg_status({name: version})})  # fmt: skip


def _conda(tree: Tree, name: str, version: str) -> None:
    tree.drop(f"opt/conda/conda-meta/{name}-1.0-0.json")
    tree.drop(f"opt/conda/conda-meta/{name}-2.0-0.json")
    told = {"name": name, "version": version, "build": "0", "subdir": "linux-64"}
    tree.put({f"opt/conda/conda-meta/{name}-{version}-0.json": json.dumps(told)})


def _system(tree: Tree, name: str, version: str) -> None:
    """A distribution that an OS package brings."""
    for old in ("1.0", "1.1", "2.0"):
        tree.drop(f"{contents.SYSTEM_SITE}/{name}-{old}.dist-info")
    tree.put(contents.distribution(name, version, site=contents.SYSTEM_SITE, installer="debian"))


def _link(tree: Tree, path: str, target: str) -> None:
    tree.drop(path)
    tree.put({path: oci.Symlink(target)})


def _file(tree: Tree, path: str, text: str) -> None:
    tree.put({path: text})


def _renew(tree: Tree, folder: str) -> None:
    """Empty a folder and fill it with the first of what it had."""
    kept = sorted(tree.within(folder))[:1]
    content = {path: tree.files[path] for path in kept}
    if content and folder not in content:
        tree.drop(folder)
        tree.put(content)
        tree.again.add(folder)


def _touch(tree: Tree, folder: str) -> None:
    tree.touched.update(tree.within(folder))


STEPS: dict[str, Callable[..., None]] = {
    "environment": _environment,
    "python": _python,
    "install": _install,
    "uninstall": _uninstall,
    "patch": _patch,
    "delete": _delete,
    "debs": _debs,
    "distroless": _distroless,
    "file": _file,
    "renew": _renew,
    "touch": _touch,
    "conda": _conda,
    "deb": _deb,
    "system": _system,
    "link": _link,
}


def layer(tree: Tree, steps: Sequence[Step]) -> oci.Layer:
    """Apply steps to a tree and return what a builder stores of them."""
    before = dict(tree.files)
    tree.again, tree.touched = set(), set()
    for step in steps:
        step.apply(tree)
    again = {folder for folder in tree.again if tree.within(folder)}
    entries: dict[str, Entry] = dict.fromkeys(sorted(again), OPAQUE)
    for path in sorted(tree.files):
        fresh = path not in before or tree.files[path] != before[path] or path in tree.touched
        if fresh or any(path.startswith(f"{folder}/") for folder in again):
            entries[path] = tree.files[path]
    gone = [path for path in sorted(before) if path not in tree.files]
    for path in dict.fromkeys(_highest(tree, path) for path in gone):
        if not any(path.startswith(f"{folder}/") for folder in again):
            entries[path] = WHITEOUT
    return oci.Layer(entries)


def _highest(tree: Tree, path: str) -> str:
    """Return the highest folder of a path in which nothing is left, else the path."""
    parts = path.split("/")
    folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return next((folder for folder in folders if not tree.within(folder)), path)


PREFIXES = st.sampled_from(sorted(SITES))
NAMES = st.sampled_from(["alpha", "beta"])
VERSIONS = st.sampled_from(["1.0", "1.1", "2.0"])
TOOLS = st.sampled_from(["pip", "pip", "uv"])
PYTHONS = st.sampled_from(["3.11.2", "3.11.7"])
FOLDERS = st.sampled_from([
    "srv", "srv/app", "srv/app/data", "opt", VENV, OTHER, f"{VENV}/lib", *SITES.values(),
    f"{SITES[VENV]}/alpha", "var/lib/dpkg", "var/lib/dpkg/status.d", "usr/lib", "usr/bin",
    "etc", "usr", "usr/local", "etc/ssl/certs",
])  # fmt: skip
FILES = st.sampled_from([
    *((path, text) for path in SERVED for text in ("a\n", "b\n")),
    ("usr/lib/x86_64-linux-gnu/libssl.so.3", "\x7fELF OpenSSL 3.0.16 11 Feb 2025"),
    ("usr/lib/x86_64-linux-gnu/libssl.so.3", "\x7fELF OpenSSL 3.0.17 1 Jul 2025"),
    ("usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30", "\x7fELF one"),
    ("etc/ssl/certs/ca-certificates.crt", CERTIFICATE.format("QQ==")),
    ("etc/ssl/certs/ca-certificates.crt", CERTIFICATE.format("Qg==")),
    ("etc/passwd", "root:x:0:0::/root:/bin/sh\nshop:x:1000:1000::/home/shop:/bin/sh\n"),
    ("etc/timezone", "Europe/Berlin\n"),
    ("usr/lib/os-release", 'ID=debian\nVERSION_ID="12"\n'),
    ("usr/lib/os-release", 'ID=debian\nVERSION_ID="13"\n'),
])  # fmt: skip
DEBS = st.dictionaries(st.sampled_from(["curl", "jq", "zlib1g"]), VERSIONS, min_size=1)


IN_PLACE = st.sampled_from([
    "usr/bin/curl", "usr/bin/jq", "etc/curl.conf", "usr/share/doc/jq/copyright", "usr/bin/own",
    "usr/lib/python3.11/os.py", "usr/local/lib/python3.11/os.py", "usr/lib/python3.11/more.py",
    *(f"{site}/{name}" for site in SITES.values()
      for name in ("zz.pth", "sitecustomize.py", "stray.py", "alpha/stray.py", "~lpha/a.py")),
])  # fmt: skip


def _made(kind: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.just(kind), st.tuples(*parts))


ANY_STEP = st.one_of(
    _made("install", PREFIXES, NAMES, VERSIONS, TOOLS),
    _made("install", st.just(VENV), NAMES, VERSIONS, TOOLS),
    _made("uninstall", PREFIXES, NAMES),
    _made("patch", PREFIXES, NAMES, st.sampled_from(["x = 2\n", "x = 3\n", "x = 1\n"])),
    _made("delete", FOLDERS),
    _made("delete", st.sampled_from([f"{SITES[VENV]}/alpha/core.py", "srv/app/main.py",
                                     "etc/ssl/certs/ca-certificates.crt", "usr/bin/python3.11"])),
    _made("debs", DEBS),
    _made("deb", st.sampled_from(["curl", "jq"]), VERSIONS),
    _made("delete", IN_PLACE),
    st.builds(Step, st.just("file"), st.tuples(IN_PLACE, st.sampled_from(["a\n", "b\n"]))),
    _made("distroless", st.sampled_from(["libc6", "tzdata"]), VERSIONS),
    st.builds(Step, st.just("file"), FILES),
    _made("renew", FOLDERS),
    _made("touch", FOLDERS),
    _made("environment", st.sampled_from([VENV, OTHER]), PYTHONS),
    _made("conda", st.sampled_from(["openssl", "zlib"]), st.sampled_from(["1.0", "2.0"])),
    _made("system", NAMES, VERSIONS),
    _made("link", st.sampled_from(["srv/app", "etc/localtime", "srv/link", f"{VENV}/bin/python"]),
          st.sampled_from(["/usr/share/zoneinfo/Europe/Oslo", "/opt/app", "/usr/bin/python3.11"])),
    _made("python", st.sampled_from(["usr", "usr/local"]), PYTHONS),
)  # fmt: skip
SOME_LAYERS = st.lists(st.lists(ANY_STEP, min_size=1, max_size=3), max_size=3)
BASE = [Step("python", ("usr", "3.11.2")), Step("environment", (VENV, "3.11.2")),
        Step("install", (VENV, "alpha", "1.0", "pip")), Step("deb", ("curl", "1.0")),
        *(Step("file", (path, text)) for path, text in SERVED.items())]  # fmt: skip


@dataclass
class InMemory:
    """A Backing that has layers at hand and counts what it is asked for."""

    layers: dict[str, oci.Layer]
    way: str = "layout"
    bytes_read: int = 0

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        for each in wanted:
            content = self.layers[each.diff_id].content
            self.bytes_read += len(content)
            yield LayerStream(each.diff_id, "", iter([content]))

    def close(self) -> None:
        pass


def image(layers: Sequence[oci.Layer]) -> Image:
    """Return an image of these layers that runs what is in the virtual environment."""
    return Image(
        identity=Identity(),
        layers=tuple(Layer(position=n, diff_id=each.diff_id) for n, each in enumerate(layers, 1)),
        path=f"/{VENV}/bin:/usr/local/bin:/usr/bin",
        command=("python", "-m", "shop"),
    )


def ladder(*stacks: Sequence[oci.Layer]) -> Ladder:
    layers = {each.diff_id: each for stack in stacks for each in stack}
    return Ladder([InMemory(layers)], LayerCache(None, note=print), Silent())


def told(left: Inventory, right: Inventory, *, files: bool) -> dict[tuple[Any, ...], Severity]:
    """Return what a comparison finds, but for who brought it in, with its severities."""
    compared = compare(left, right, left_name="staging", right_name="production", files=files)
    return {_plain(finding): finding.severity for finding in compared.findings}


def _plain(finding: Finding) -> tuple[Any, ...]:
    drift = finding.evidence
    assert isinstance(drift, Drift)
    return (finding.rule, drift.name, drift.left, drift.right, drift.place, drift.paths,
            finding.message)  # fmt: skip


def active(inventory: Inventory) -> str | None:
    return next((each.prefix for each in inventory.environments if each.active), None)


def stack(tree: Tree, builds: Sequence[Sequence[Step]]) -> list[oci.Layer]:
    return [layer(tree, steps) for steps in builds]


def unshared(sides: Sequence[Sequence[oci.Layer]], *, files: bool) -> list[Inventory]:
    """Return what two images hold whose lowest layers differ, in nothing: all is read."""
    stacks = [[oci.Layer({f"nothing-{n}": WHITEOUT}), *side] for n, side in enumerate(sides)]
    images = [image(each) for each in stacks]
    pair = read_pair(*images, ("left", "right"), ladder(*stacks), files=files)
    assert (pair.shared, pair.left.whole) == (0, True)
    return [
        replace(each, layers=each.layers[1:], settings=image(side).settings)
        for each, side in zip((pair.left, pair.right), sides, strict=True)
    ]


def check(
    shared: Sequence[Sequence[Step]],
    left: Sequence[Sequence[Step]],
    right: Sequence[Sequence[Step]],
    files: bool,
) -> None:
    tree = Tree()
    below = stack(tree, shared)
    sides = [[*below, *stack(Tree(dict(tree.files)), own)] for own in (left, right)]
    one, other = (image(side) for side in sides)
    pair = read_pair(one, other, ("left", "right"), ladder(*sides), files=files)
    wholes = unshared(sides, files=files)
    found, expected = told(pair.left, pair.right, files=files), told(*wholes, files=files)
    # Which environment runs can lie in shared layers that are not read: then all count.
    if None in (active(pair.left), active(pair.right)):
        expected = {key: grave for key, grave in expected.items() if key[0] != "environment-active"}
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    runs = {active(each) for each in wholes}
    for key, severity in expected.items():
        if key[4] == "" or runs == {key[4]}:
            assert (key, found[key]) == (key, severity)
        assert SEVERITIES.index(found[key]) >= SEVERITIES.index(severity), key


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(SOME_LAYERS, SOME_LAYERS, SOME_LAYERS, st.booleans())
def test_what_a_pair_tells_is_what_two_whole_images_tell(
    shared: list[list[Step]], left: list[list[Step]], right: list[list[Step]], files: bool
) -> None:
    check([BASE, *shared], left, right, files)


IN_OTHER = Step("install", (OTHER, "alpha", "1.0", "pip"))
OF_SYSTEM = Step("system", ("alpha", "1.0"))


@pytest.mark.parametrize(
    ("shared", "left", "right"),
    [
        ([], [], [[Step("environment", (OTHER, "3.11.2"))]]),
        ([], [[IN_OTHER]], [[Step("install", ("usr/local", "alpha", "1.0", "pip"))]]),
        ([], [], [[IN_OTHER, Step("delete", ("opt",))]]),
        ([], [], [[IN_OTHER, Step("renew", ("opt",))], [Step("delete", ("var/lib/dpkg",))]]),
        ([], [], [[Step("install", (VENV, "alpha", "1.1", "uv"))]]),
        ([], [[OF_SYSTEM]], [[Step("python", ("usr/local", "3.11.2")), IN_OTHER],
                             [Step("install", ("usr/local", "alpha", "1.0", "pip"))]]),
        ([[IN_OTHER, OF_SYSTEM]], [], [[IN_OTHER, Step("delete", ("opt",))]]),
        ([], [[Step("distroless", ("libc6", "1.0"))]], [[Step("conda", ("openssl", "1.0"))]]),
    ],
)  # fmt: skip
def test_what_once_was_told_otherwise(
    shared: list[list[Step]], left: list[list[Step]], right: list[list[Step]]
) -> None:
    for files in (False, True):
        check([BASE, *shared], left, right, files)
        check([BASE, *shared], right, left, files)
