"""The status of dpkg: of this system against dpkg's own word, and written cases."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.images.contents.dpkg import installed_debs, listed_files, summed_files

STATUS = Path("/var/lib/dpkg/status")

STANZAS = b"""\
Package: libc6
Status: install ok installed
Priority: optional
Architecture: amd64
Multi-Arch: same
Version: 2.36-9+deb12u4
Description: GNU C Library: Shared libraries
 Contains the standard libraries.
 .
 Package: not-a-field
 Version: 9

Package: libc6
Status: hold ok installed
Architecture: i386
Version: 2.36-9+deb12u4

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1.0

Package: never
Status: unknown ok not-installed
Architecture: all

package: waits
STATUS: install ok triggers-pending
Architecture: all
Version: 1:3.0


Package: halfway
Status: install ok half-configured
Architecture: all
Version: 4.0

Package: broken
Status: install reinstreq half-installed
Architecture: all
Version: 5.0
"""


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="this system has no dpkg")
def test_this_system_is_read_as_dpkg_reads_it() -> None:
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n"
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    installed = sorted(line.partition("\t")[2] for line in listed if line.startswith("installed\t"))
    ours = installed_debs(STATUS.read_bytes()).decode().splitlines()
    assert [line for line in ours if "(" not in line] == installed


def test_states_decide_what_is_installed() -> None:
    assert installed_debs(STANZAS).decode().splitlines() == [
        "broken\t5.0 (reinstreq)\tall",
        "halfway\t4.0 (half-configured)\tall",
        "libc6\t2.36-9+deb12u4\tamd64",
        "libc6\t2.36-9+deb12u4\ti386",
        "waits\t1:3.0\tall",
    ]


def test_a_stanza_without_a_state_is_installed_as_in_distroless_images() -> None:
    stanza = b"Package: tzdata\nArchitecture: all\nVersion: 2024a-0+deb12u1\n"
    assert installed_debs(stanza) == b"tzdata\t2024a-0+deb12u1\tall\n"


def test_an_empty_status_has_no_packages() -> None:
    assert installed_debs(b"\n\n") == b""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Package: a\nno field here\n", "line 2 is no field"),
        (b"Package: a\nStatus: install ok installed\n", "'a' has no version"),
        (b"Version: 1\nStatus: install ok installed\n", "no name"),
        (b"Package: a\nStatus: whatever\nVersion: 1\n", "'whatever'"),
        (b"Package: a\xff\nVersion: 1\n", "not UTF-8"),
        (b"Package: a\x1b[31m\nVersion: 1\n", "control character"),
        (b"Package: " + b"a" * 1001 + b"\nVersion: 1\n", "absurdly long"),
        (b"Package: a\nVersion: 1" + b"0" * 5_000_000 + b"\n", "absurdly long"),
        (b"".join(b"Package: a%d\nVersion: 1\n\n" % n for n in range(50_001)), "50,000 packages"),
    ],
)
def test_what_is_no_status_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        installed_debs(content)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes) -> None:
    for candidate in (content, STANZAS[:200] + content):
        try:
            assert installed_debs(candidate).count(b"\t") % 2 == 0
        except ValueError as error:
            assert str(error)  # noqa: PT017 - either outcome is right, a refusal has a text


def test_a_list_names_files_and_no_folders() -> None:
    content = b"/.\n/bin\n/bin/tar\n/usr\n/usr/lib\n/usr/lib/a file\n/usr/libx\n"
    assert listed_files(content).split(b"\n") == [b"bin/tar", b"usr/lib/a file", b"usr/libx"]


def test_sums_name_files() -> None:
    content = b"0123  usr/bin/a\n4567  ./usr/bin/b c\n\nnonsense\n"
    assert summed_files(content).split(b"\n") == [b"usr/bin/a", b"usr/bin/b c"]
