"""What is kept of files while a layer is read: little, the same each time, or a clear refusal."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.images.contents.kept import (
    conda_package,
    defined_version,
    name_and_version,
    wanted_python,
)
from depcheck.images.table import LayerTable
from depcheck.images.wanted import wanted
from tests.support.contents import SITE
from tests.support.oci import Entry, Hardlink
from tests.support.views import table


def kept(path: str, content: str | bytes) -> bytes | None:
    return table({path: content}).contents.get(path)


@pytest.mark.parametrize(
    "path",
    [
        f"{SITE}/click/utils.py",
        f"{SITE}/click/METADATA",
        f"{SITE}/click-8.1.8.dist-info/LICENSE",
        f"{SITE}/click-8.1.8.dist-info/WHEEL",
        "srv/conda-meta/readme.txt",
        "srv/data.json",
        "usr/lib/python3.11/os.py",
        "usr/bin/python3.11-config",
        "usr/include/linux/patchlevel.h",
        "usr/lib/x86_64-linux-gnu/libx.so.1",
    ],
)
def test_what_nobody_needs_is_not_kept(path: str) -> None:
    assert wanted(path, 10) is None


def test_of_metadata_only_name_and_version_are_kept() -> None:
    text = (
        "Metadata-Version: 2.1\nname: A\nVERSION:  1.0 \nLicense: x\nName: B\n\nName: C\n"
        + "x" * 10_000
    )
    assert kept(f"{SITE}/a-1.dist-info/METADATA", text) == b"A\n1.0"
    assert kept(f"{SITE}/a-1.egg-info", text.replace("\n", "\r\n")) == b"A\n1.0"


def test_of_a_record_byte_code_is_not_kept() -> None:
    told = (
        'a.py,sha256=x,1\r\n__pycache__/a.cpython-311.pyc,,\r\n"b,.pyc",,\r\nc.pyc,sha256=y,2\r\n'
    )
    assert kept(f"{SITE}/a-1.dist-info/RECORD", told) == b"a.py,sha256=x,1\nc.pyc,sha256=y,2\n"


def test_of_a_conda_package_the_files_that_conda_changed_are_kept() -> None:
    files = [
        {"_path": "bin/a", "prefix_placeholder": "/x", "sha256_in_prefix": "12"},
        {"_path": "bin/b", "path_type": "unix_python_entry_point"},
        {"_path": "lib/c", "sha256": "34"},
    ]
    told = {
        "name": "a",
        "version": "1",
        "build": "0",
        "files": ["x"],
        "paths_data": {"paths": files},
    }
    content = kept("opt/conda/conda-meta/a-1-0.json", json.dumps(told))
    assert content is not None
    assert json.loads(content) == {
        "build": "0",
        "channel": "",
        "name": "a",
        "prefixed": {"bin/a": "12", "bin/b": ""},
        "subdir": "",
        "version": "1",
    }


def test_a_hard_link_to_an_interpreter_has_what_was_kept_of_it() -> None:
    program = b"\0" + b"3.12.1\0[GCC 13.2.0]\0"
    entries: dict[str, Entry] = {
        "opt/a/bin/python3.12": program,
        "opt/b/bin/python3.12": Hardlink("opt/a/bin/python3.12"),
    }
    read: LayerTable = table(entries)
    assert read.faults == {}
    assert read.contents["opt/b/bin/python3.12"] == b"3.12.1\n\nGCC 13.2.0"


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@pytest.mark.parametrize("derive", [name_and_version, conda_package, defined_version])
def test_what_cannot_be_understood_is_refused_and_nothing_else_happens(
    derive: Callable[[bytes], bytes], content: bytes
) -> None:
    for told in (content, b"Name: a\nVersion: " + content, b'{"paths_data": ' + content + b"}"):
        try:
            assert derive(told) == derive(told)
        except ValueError as refused:
            assert str(refused)  # noqa: PT017 - either outcome is right, the text must be there


@pytest.mark.parametrize(
    "told", ["[]", "1", '{"paths_data": 1}', '{"paths_data": {"paths": [1]}}', "[" * 100_000]
)
def test_a_conda_description_of_another_shape_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="conda"):
        conda_package(told.encode())


def test_rules_of_one_kind_are_equal() -> None:
    """Hard links are matched by their rules."""
    assert wanted_python("a/bin/python3.11", 1) == wanted_python("b/bin/python3.11", 9)
