"""Files changed in place: whose they are, and which layers are read to know it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from depcheck.model.inventory import ChangedFile
from tests.images.test_pair import read
from tests.support.contents import (
    SITE,
    alpine,
    debian,
    distribution,
    dpkg_status,
    interpreter,
    venv,
)
from tests.support.oci import WHITEOUT, Entry, Symlink

LIBRARY = "usr/lib/x86_64-linux-gnu/libz.so.1"
FILES = {
    "usr/bin/tool": "tool\n",
    LIBRARY: Symlink("libz.so.1.2.13"),
    "etc/tool.conf": "level = 1\n",
    "usr/share/doc/tool/copyright": "free\n",
    "usr/lib/python3/dist-packages/tool.py": "x = 1\n",
}
LISTED = "".join(f"/{path}\n" for path in (".", "usr", "usr/bin", *FILES))
SYSTEM: Mapping[str, Entry] = {
    **debian("12", {"tool": "1-1"}),
    **FILES,
    "var/lib/dpkg/info/tool.list": LISTED.replace("/usr/bin/tool", "/bin/tool"),  # before usrmerge
}
STDLIB = "usr/local/lib/python3.11"
PYTHON: Mapping[str, Entry] = {
    **interpreter("3.11.2", "usr/local"),
    f"{STDLIB}/json/decoder.py": "x = 1\n",
    **venv("opt/venv", "3.11.2", "/usr/local/bin"),
    **distribution("alpha", "1.0", {"alpha/__init__.py": "", "alpha.pth": "import alpha\n"}),
}
FAT = {"srv/fat": "x" * 1000}
SHARED = (SYSTEM, FAT, PYTHON)


def changed(
    *tops: list[Mapping[str, Entry]], shared: tuple[Mapping[str, Entry], ...] = SHARED
) -> list[tuple[ChangedFile, ChangedFile]]:
    reading, _ = read(*tops, shared=shared)
    return list(zip(reading.left.changed, reading.right.changed, strict=True))


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("usr/bin/tool", "#!/bin/sh\n"),
        (LIBRARY, Symlink("libz.so.1.3")),
        ("etc/tool.conf", "level = 2\n"),
        ("usr/lib/python3/dist-packages/tool.py", "x = 2\n"),
        ("usr/bin/tool", WHITEOUT),
    ],
)
def test_a_file_of_a_package_is_known_by_its_list(path: str, to: Entry) -> None:
    ((left, right),) = changed([], [{path: to}])
    assert (right.path, right.of, right.name, right.version) == (
        f"/{path}",
        "package",
        "tool",
        "1-1",
    )
    assert left.state
    assert bool(right.state) == (to is not WHITEOUT)
    assert right.brought is not None
    assert right.brought.layer == 4


@pytest.mark.parametrize(
    "top",
    [
        {"usr/bin/tool": "tool\n"},  # written again as it was
        {"usr/share/doc/tool": WHITEOUT},
        {"usr/lib/python3/dist-packages/__pycache__/tool.cpython-311.pyc": "x"},
        {f"{STDLIB}/test/x.py": "x"},
        {f"{STDLIB}/__pycache__/os.cpython-311.pyc": "x"},
        {"etc/ld.so.cache": "x", "etc/alternatives/tool": Symlink("/usr/bin/tool")},
        {"usr/bin/unowned": "x"},
    ],
)
def test_what_no_package_lists_or_nothing_reads_is_not_told(top: Mapping[str, Entry]) -> None:
    assert changed([], [top]) == []


def installs(version: str, **files: Entry) -> Mapping[str, Entry]:
    """What a layer of apt holds that installs another package."""
    return {
        "usr/bin/jq": f"jq {version}\n",
        "var/lib/dpkg/info/jq:amd64.list": "/usr\n/usr/bin\n/usr/bin/jq\n",
        "var/lib/dpkg/status": dpkg_status({"tool": "1-1", "jq": version}),
        **files,
    }


def test_what_a_layer_of_apt_brings_does_not_make_layers_below_be_read() -> None:
    reading, _ = read([installs("1")], [installs("2")], shared=SHARED)
    assert (reading.below, reading.left.changed) == (0, ())
    reading, _ = read([installs("1")], [installs("1") | {"usr/bin/jq": "other\n"}], shared=SHARED)
    assert reading.below == 0
    assert [(file.name, file.version) for file in reading.right.changed] == [("jq", "1")]


def test_apk_tells_the_files_of_its_packages() -> None:
    base = {**alpine("3.20", {"busybox": "1"}), "usr/bin/busybox": "x"}
    ((left, right),) = changed([], [{"usr/bin/busybox": "y"}], shared=(base, FAT))
    assert (left.of, left.name, left.version) == ("package", "busybox", "1")
    assert right.brought is not None


def test_the_standard_library_that_no_package_has() -> None:
    ((left, right),) = changed([], [{f"{STDLIB}/json/decoder.py": "x = 2\n"}])
    assert (left.of, left.name, left.version) == ("python", "/usr/local", "3.11")
    ((left, right),) = changed([], [{f"{STDLIB}/json": WHITEOUT}])
    assert (right.path, right.state) == (f"/{STDLIB}/json/decoder.py", "")
    other = {**interpreter("3.11.9", "usr/local"), f"{STDLIB}/json/decoder.py": "x = 3\n"}
    assert changed([], [other]) == []  # another version has another library


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("zz.pth", "site"),
        ("sitecustomize.py", "site"),
        ("stray.py", "site"),
        ("alpha/stray.py", "site"),
        ("~lpha/core.py", "leftover"),
    ],
)
def test_a_module_that_no_distribution_owns(name: str, of: str) -> None:
    ((left, right),) = changed([], [{f"{SITE}/{name}": "import os\n"}])
    assert (right.path, right.of, left.state) == (f"/{SITE}/{name}", of, "")


def test_a_start_file_that_a_distribution_owns_is_its_own() -> None:
    reading, _ = read([], [{f"{SITE}/alpha.pth": "import os\n"}], shared=SHARED)
    assert reading.right.changed == ()
    assert [list(item.patched) for item in reading.right.distributions] == [["alpha.pth"]]


def test_where_a_distribution_has_no_record_only_what_runs_at_start_is_nobodys() -> None:
    old = {f"{SITE}/old-1.egg-info": "Name: old\nVersion: 1\n", f"{SITE}/old.py": "x = 1\n"}
    top = {f"{SITE}/old.py": "x = 2\n", f"{SITE}/zz.pth": "import os\n"}
    ((_, right),) = changed([], [top], shared=(*SHARED, old))
    assert right.path == f"/{SITE}/zz.pth"


def test_code_that_is_left_without_its_metadata() -> None:
    reading, _ = read([], [{f"{SITE}/alpha-1.0.dist-info": WHITEOUT}], shared=SHARED)
    assert [item.remains for item in reading.left.distributions] == [True]
    gone = {f"{SITE}/{name}": WHITEOUT for name in ("alpha-1.0.dist-info", "alpha", "alpha.pth")}
    reading, _ = read([], [gone], shared=SHARED)
    assert [item.remains for item in reading.left.distributions] == [False]


def test_two_images_that_share_nothing_are_compared_by_content() -> None:
    left = [{"tmp/a": WHITEOUT}, *SHARED]
    right = [{"tmp/b": WHITEOUT}, *SHARED]
    assert changed(left, right, shared=()) == []
    ((_, file),) = changed(left, [*right, {"usr/bin/tool": "other\n"}], shared=())
    assert (file.path, file.version) == ("/usr/bin/tool", "1-1")
