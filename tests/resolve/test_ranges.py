"""Specifiers as runs of positions, refereed by packaging's own specifiers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from depcheck.resolve.ranges import (
    InvalidSpecifier,
    clauses,
    contains,
    exact_pins,
    intersect,
    mentions_prerelease,
    positions,
)

RELEASES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda r: ".".join(map(str, r)))
EPOCHS = st.sampled_from(("", "", "", "1!"))
PRES = st.sampled_from(("", "", "", "a1", "b2", "rc1"))
POSTS = st.sampled_from(("", "", "", ".post0", ".post1"))
DEVS = st.sampled_from(("", "", "", ".dev0", ".dev1"))
LOCALS = st.sampled_from(("", "", "", "+x", "+y.1"))
PUBLIC = st.tuples(EPOCHS, RELEASES, PRES, POSTS, DEVS).map("".join)
VERSIONS = st.tuples(PUBLIC, LOCALS).map("".join)


@st.composite
def specifiers(draw: st.DrawFn) -> str:
    operator = draw(st.sampled_from(("==", "!=", "<", ">", "<=", ">=", "~=", "==.*", "!=.*")))
    version = draw(PUBLIC)
    if operator.endswith(".*"):
        return f"{operator[:2]}{draw(EPOCHS)}{draw(RELEASES)}.*"
    if operator == "~=" and len(Version(version).release) < 2:
        return f">={version}"
    return operator + version + (draw(LOCALS) if operator in ("==", "!=") else "")


@settings(max_examples=800, deadline=None)
@given(
    st.lists(VERSIONS, min_size=1, max_size=12, unique_by=Version),
    st.lists(specifiers(), max_size=3).map(",".join),
)
def test_positions_are_what_packaging_accepts(versions: list[str], specifier: str) -> None:
    versions = sorted(versions, key=Version)
    found = positions(specifier, versions)
    accepted = SpecifierSet(specifier)
    for position, version in enumerate(versions):
        expected = accepted.contains(version, prereleases=True)
        assert contains(found, position) == expected, (version, specifier)


@pytest.mark.parametrize("text", [">>1", "1.0", ">=1.*", "~=1", "==", ">=x", "=> 2"])
def test_a_malformed_clause_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpecifier):
        clauses(text)


def test_arbitrary_equality_compares_text() -> None:
    assert positions("===1.0", ("1", "1.0", "1.0.0")) == ((1, 2),)


def test_pins_and_prereleases_are_read_from_the_text() -> None:
    assert exact_pins("==1.2,!=1.3,===any") == ("==1.2", "===any")
    assert exact_pins("==1.*") == ()
    assert mentions_prerelease(">=2.0rc1")
    assert not mentions_prerelease("!=2.0rc1,>=1")


def test_runs_intersect() -> None:
    assert intersect(((0, 3), (5, 9)), ((2, 6),)) == ((2, 3), (5, 6))
