"""The printed steps of a conflict are a proof: held against a brute-force referee.

The referee reads the steps as a person does. It takes nothing from the code under test but
the rule which releases a specifier accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from depcheck.model.findings import Conflict, Finding, Step
from tests.conflicts.stories import ai, ask, only, plain, release, web, why
from tests.support.memory import Projects

FLASK = {
    "flask": {
        "1.1.2": release("jinja2>=2.10.1", "itsdangerous>=0.24"),
        "1.1.3": release("jinja2>=2.10.1,<3", "itsdangerous>=0.24,<2"),
        "1.1.4": release("jinja2>=2.10.1,<3", "itsdangerous>=0.24,<2"),
        "2.0": release("jinja2>=3", "itsdangerous>=2"),
        "2.3": release("jinja2>=3.1", "itsdangerous>=2.1"),
        "3.0": release("jinja2>=3.1.2", "itsdangerous>=2.1.2"),
    },
    "jinja2": plain("2.10.1", "2.11", "3.0", "3.1", "3.1.2", "3.1.3"),
    "itsdangerous": plain("0.24", "1.1", "2.0", "2.1", "2.1.2"),
}


def test_bounds_of_different_releases_are_not_merged_into_one_that_does_not_clash():
    finding = only(ask(FLASK, web("itsdangerous<2"), ai("jinja2>=3.1.3", "flask>=1.1.3")))
    assert why(finding)[3:] == [
        "flask 1.1.3 to 1.1.4 needs jinja2>=2.10.1,<3 (2)",
        "flask 2.0 to 3.0 needs itsdangerous>=2.0 (3)",
    ]
    check(finding, FLASK)


def test_a_range_is_split_only_where_it_has_to_be():
    releases = {f"0.{n}": release("star<0.5", "pyd>=1") for n in range(5)}
    releases |= {f"1.{n}": release(f"star<0.{6 + n}", "pyd>=1") for n in range(3)}
    releases |= {f"2.{n}": release("star", f"pyd>=2.{n}") for n in range(4)}
    index = {
        "fast": releases,
        "star": plain("0.1", "0.4", "0.5", "0.9"),
        "pyd": plain("1", "2.0", "2.5"),
    }
    finding = only(ask(index, web("pyd<2"), ai("fast", "star>=0.9")))
    assert why(finding)[3:] == [
        "fast 0.0 to 1.2 needs star<=0.5 (8)",
        "fast 2.0 to 2.3 needs pyd>=2.0 (4)",
    ]
    check(finding, index)


def test_releases_in_lockstep_are_one_line():
    versions = [f"1.{n}" for n in range(30)]
    index = {
        "a": {v: release(f"b=={v}") for v in versions},
        "b": {v: release("c<2") for v in versions},
        "c": plain("1", "2"),
    }
    finding = only(ask(index, web("a"), ai("c>=2")))
    assert why(finding)[2:] == [
        "a 1.0 to 1.29 needs b of the same version (30)",
        "b 1.0 to 1.29 needs c<2 (30)",
    ]
    check(finding, index)


def test_what_no_few_lines_prove_is_said_in_one():
    """Each release of a needs one of b that fails in its own way: forty lines help nobody."""
    a = {f"1.{n}": release(f"b==3.{n}") for n in range(40)}
    b = {f"3.{n}": release("c<2" if n % 2 else "d<2") for n in range(40)}
    b |= {f"3.{n}.1": release() for n in range(40)}
    index = {"a": a, "b": b, "c": plain("1", "2"), "d": plain("1", "2")}
    steps = why(only(ask(index, web("a"), ai("c>=2", "d>=2"))))
    assert "a 1.0 to 1.39 needs b<=3.39, each a part of that (40)" in steps
    assert len(steps) < 8


# The property

NAMES = ("p", "q", "r", "s")
VERSIONS = ("1", "2", "3", "4")
SPECIFIERS = ("", "<2", "<3", ">=2", ">=3", "==1", "==2", "==3", "!=2", ">1,<4", "!=3,>1")


@st.composite
def universes(draw: st.DrawFn) -> tuple[Projects, list[str], list[str]]:
    index = {}
    for name in NAMES:
        others = [other for other in NAMES if other != name]
        needs = st.builds(lambda n, s: n + s, st.sampled_from(others), st.sampled_from(SPECIFIERS))
        index[name] = {
            version: release(
                *draw(st.lists(needs, max_size=2)),
                requires_python=draw(st.sampled_from([None, None, None, ">=3.12"])),
            )
            for version in VERSIONS[: draw(st.integers(2, 4))]
        }
    line = st.builds(lambda n, s: n + s, st.sampled_from(NAMES), st.sampled_from(SPECIFIERS))
    lines = st.lists(line, min_size=1, max_size=3)
    return index, draw(lines), draw(lines)


@settings(max_examples=120, deadline=None)
@given(universes())
def test_every_printed_chain_is_true_and_leaves_no_solution(universe):
    index, left, right = universe
    for finding in ask(index, web(*left), ai(*right)).findings:
        if isinstance(finding.evidence, Conflict):
            check(finding, index)


def test_the_referee_sees_a_chain_that_proves_nothing():
    finding = only(ask(FLASK, web("itsdangerous<2"), ai("jinja2>=3.1.3", "flask>=1.1.3")))
    assert isinstance(finding.evidence, Conflict)
    (*statements, _, last) = finding.evidence.steps
    with pytest.raises(AssertionError, match="leaves open"):
        refutes([*statements, last], FLASK)


def check(finding: Finding, index: Projects) -> None:
    """Each line is true of the index, and together they leave no choice."""
    assert isinstance(finding.evidence, Conflict)
    steps = finding.evidence.steps
    for step in steps:
        if step.versions:
            assert_true(step, index)
    refutes(steps, index)


def assert_true(step: Step, index: Projects) -> None:
    told = list(named(step, index))
    usable = [v for v in told if not index[step.subject][v].requires_python]
    python = step.object.startswith("Python")
    assert step.count == (len(told) - len(usable) if python else len(usable)), step
    for version in told:
        release = index[step.subject][version]
        if python:
            assert not release.requires_python or release.requires_python in step.object
        elif version in usable:
            claims = [asked(step.object, version)]
            own = [Requirement(text) for text in release.requires]
            for claim in claims:
                allowed = [
                    {v for v in index[r.name] if r.specifier.contains(v)}
                    for r in own
                    if r.name == claim.name
                ]
                bound = {v for v in index[claim.name] if claim.specifier.contains(v)}
                assert any(each <= bound for each in allowed), (str(step), version)


def named(step: Step, index: Projects) -> Iterator[str]:
    for part in step.versions.split(", "):
        low, _, high = part.partition(" to ")
        for version in index[step.subject]:
            if Version(low) <= Version(version) <= Version(high or low):
                yield version


def asked(text: str, version: str) -> Requirement:
    lockstep = re.fullmatch(r"(\S+) of the same version", text)
    if lockstep:
        return Requirement(f"{lockstep[1]}=={version}")
    bare = re.fullmatch(r"(\S+) \(no release\)", text)
    return Requirement(f"{bare[1]}<0" if bare else text)


def refutes(steps: tuple[Step, ...] | list[Step], index: Projects) -> None:
    """Try every choice of releases: each breaks one of the steps."""
    names = sorted({n for step in steps for n in projects(step)})
    for versions in product(*([None, *index[name]] for name in names)):
        choice = dict(zip(names, versions, strict=True))
        assert any(breaks(choice, step, index) for step in steps), f"leaves open: {choice}"


def projects(step: Step) -> list[str]:
    if step.object.startswith("Python"):
        return [step.subject]
    other = asked(step.object, "0").name
    return [other] if step.origin else [step.subject, other]


def breaks(choice: dict[str, str | None], step: Step, index: Projects) -> bool:
    if step.origin is None:
        version = choice[step.subject]
        if version is None or version not in named(step, index):
            return False
        excluded = index[step.subject][version].requires_python is not None
        if step.object.startswith("Python"):
            return excluded
        if excluded and step.count < len(list(named(step, index))):
            return False  # it is told of those that can be installed
        claim = asked(step.object, version)
    else:
        claim = asked(step.object, "0")
    picked = choice[claim.name]
    return picked is None or not SpecifierSet(str(claim.specifier)).contains(picked)
