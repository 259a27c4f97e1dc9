"""The installed database of apk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.images.contents.apk import files_of_apks, installed_apks

INSTALLED = b"""\
C:Q1iPUQlYVrhL0lXwSoj8fUWwJy6eQ=
P:alpine-baselayout-data
V:3.6.5-r0
A:x86_64
S:11680
I:77824
T:Alpine base dir structure and init scripts
U:https://wiki.example/alpine
L:GPL-2.0-only
o:alpine-baselayout
m:A Maintainer <maintainer@distribution.example>
t:1714981135
c:66187892e05b03a41d08e9acabd19b7576a1c875
r:alpine-baselayout
F:etc
R:fstab
Z:Q11Q7hNe8QpDS531guqCdrXBzoA/o=
R:group
Z:Q12Otk4M39fP2Zjkobu0nC9FvlRI0=
F:root
M:0:0:700

C:Q1VVXYhSVhhmMRCvtVGqGWlrgGOyY=
P:musl
V:1.2.5-r0
A:x86_64
T:the musl c library (libc) implementation
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1EJF5eXEdGMTYf7KIvNvKZV9R9gs=
R:libc.musl-x86_64.so.1
a:0:0:777
Z:Q17yJ3JFNypA4mxhJJr0ou6CzsJVI=

C:Q1zzWcHo7h9ViVH0Cz9Jx1CIlRuIk=
P:.run-deps
V:20260401.101112
A:noarch
T:virtual meta package
D:so:libpq.so.5

C:Q1cbhQFvGXjgQaTwMcGsOaxyQ0mYc=
P:python3
V:3.12.3-r1
A:x86_64"""


def test_each_stanza_is_a_package() -> None:
    assert installed_apks(INSTALLED).partition(b"\0")[0].decode().splitlines() == [
        ".run-deps\t20260401.101112\tnoarch",
        "alpine-baselayout-data\t3.6.5-r0\tx86_64",
        "musl\t1.2.5-r0\tx86_64",
        "python3\t3.12.3-r1\tx86_64",
    ]


def test_an_empty_database_has_no_packages() -> None:
    assert installed_apks(b"") == b""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"P:a\nV:1\nnonsense\n", "line 3 is no field"),
        (b"P:a\nA:x86_64\n\nP:b\nV:1\n", "without a name or a version"),
        (b"P:a\xff\nV:1\n", "not UTF-8"),
        (b"\x1f\x8b\x08\x00\x00\x00", "line 1 is no field"),
        (b"P:a\nV:" + b"1" * 5_000_000, "absurdly long"),
        (b"".join(b"P:a%d\nV:1\n\n" % number for number in range(50_001)), "50,000 packages"),
    ],
)
def test_what_is_no_database_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        installed_apks(content)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes) -> None:
    for candidate in (content, INSTALLED + content):
        try:
            assert installed_apks(candidate).count(b"\t") % 2 == 0
        except ValueError as error:
            assert str(error)  # noqa: PT017 - either outcome is right, a refusal has a text


def test_files_stand_by_their_package() -> None:
    content = b"P:a\nV:1\nF:usr/bin\nR:a\nR:b\nF:\nR:top\n\nP:none\nV:1\n\n"
    assert list(files_of_apks(installed_apks(content))) == [
        ("a", [b"usr/bin/a", b"usr/bin/b", b"top"])
    ]
