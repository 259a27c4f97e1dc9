"""The whole check against brute force, on random small universes.

The universes hold what real indexes hold: pre-releases, post-releases, yanked
releases, wheels for other platforms, interpreters ruled out, extras, markers,
constraints, projects that do not exist. Versions are few, so that lines meet.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Literal

from hypothesis import event, given, settings
from hypothesis import strategies as st

from depcheck.model.findings import Conflict, Shift, Statement
from depcheck.model.report import Report
from depcheck.model.requirement import Component, Origin, Requirement
from depcheck.pipeline.combine import Options, examine
from tests.support.memory import (
    ANY,
    MemoryCatalog,
    Projects,
    Release,
    component,
    linux_target,
    requirement,
)
from tests.support.referee import Referee, edited

TIMES = int(os.environ.get("DEPCHECK_EXAMPLES", "1"))
"""How many times the usual number of examples to try."""

TARGET = linux_target()
NAMES = ("a", "b", "c", "d", "e")
VERSIONS = ("0.9", "1.0", "1.1", "1.1.post1", "2.0a1", "2.0", "2.1", "3.0b2")
DEPENDENCY_RANGES = ("", "", ">=1.0", "<2", ">=2", "==1.0", "!=1.1", "~=1.0", "==2.*", ">1.0,<3")
ROOT_RANGES = (*DEPENDENCY_RANGES, "==0.9", ">=2.0a1", "<=1.1", "===1.1", ">2,!=2.1")
MARKERS = ("", "", "", "", " ; sys_platform == 'win32'", " ; python_version >= '3.8'")
EXTRA_MARKERS = (*MARKERS, " ; extra == 'x'", " ; extra == 'x'")


def lines(names: tuple[str, ...], ranges: tuple[str, ...], markers: tuple[str, ...]):
    return st.builds(
        lambda name, extra, specifier, marker: f"{name}{extra}{specifier}{marker}",
        st.sampled_from(names),
        st.sampled_from(("", "", "[x]")),
        st.sampled_from(ranges),
        st.sampled_from(markers),
    )


def releases(*, presumed: bool = False):
    ordinary = st.builds(
        Release,
        requires=st.lists(
            lines((*NAMES, "absent") if presumed else NAMES, DEPENDENCY_RANGES, EXTRA_MARKERS),
            min_size=1,
            max_size=3,
            unique=True,
        ).map(tuple),
        requires_python=st.sampled_from((*(None,) * 8, ">=3.8", ">=3.12")),
        yanked=st.sampled_from((False,) * 11 + (True,)),
        wheels=st.sampled_from(((ANY,),) * 11 + (("cp311-cp311-win_amd64",),)),
    )
    if not presumed:
        return ordinary
    sdist = {"wheels": (), "sdist": True}
    unsure = st.sampled_from(({}, {}, {"presumed": True, **sdist}, {"unavailable": "no metadata"}))
    return st.builds(lambda release, change: replace(release, **change), ordinary, unsure)


def universes(*, presumed: bool = False):
    versions = st.dictionaries(
        st.sampled_from(VERSIONS), releases(presumed=presumed), min_size=2, max_size=4
    )
    dense = st.fixed_dictionaries(dict.fromkeys(("1.0", "1.1", "2.0"), releases(presumed=presumed)))
    tangled = st.fixed_dictionaries(dict.fromkeys(NAMES, st.one_of(versions, dense)))
    return st.one_of(tangled, layered()) if not presumed else tangled


def layered():
    """Three projects over two that need nothing: conflicts run through those."""
    needs = lines(NAMES[3:], ("<2", ">=2", "==1.0", "!=1.1", "~=1.0", ">1.0,<3"), ("",))
    upper = st.builds(Release, requires=st.lists(needs, min_size=1, max_size=2).map(tuple))
    over = st.fixed_dictionaries(dict.fromkeys(("1.0", "1.1", "2.0"), upper))
    under = st.just(dict.fromkeys(("1.0", "1.1", "2.0", "2.1"), Release()))
    return st.fixed_dictionaries(dict.fromkeys(NAMES[:3], over) | dict.fromkeys(NAMES[3:], under))


def plain_lines():
    """Lines as a person writes them: mostly in range of what there is."""
    easy = lines(NAMES, ("", ">=1.0", "<2", ">=2", "!=1.1", ">1.0,<3", "~=1.0"), ("",))
    odd = lines((*NAMES, *NAMES, "nowhere"), ROOT_RANGES, MARKERS[1:])
    constraint = lines(NAMES, ROOT_RANGES, ("",)).map(lambda s: "-c " + s.replace("[x]", ""))
    return st.sampled_from((easy, easy, easy, easy, odd, constraint)).flatmap(lambda kind: kind)


@st.composite
def component_lists(draw: st.DrawFn) -> tuple[Component, ...]:
    roles: tuple[Literal["core", "ai", "other"], ...] = ("core", "ai", "other")
    count = draw(st.sampled_from((2, 2, 3)))
    return tuple(
        component(
            f"part{number}",
            draw(st.lists(plain_lines(), min_size=2, max_size=3)),
            role=roles[number],
            python=draw(st.sampled_from((*(None,) * 12, ">=3.9", "<3.11"))),
        )
        for number in range(count)
    )


def check(
    projects: Projects, components: Iterable[Component], seed: int, *, prereleases: bool = False
) -> Report:
    catalog = MemoryCatalog(projects, seed=seed)
    options = Options(prereleases=prereleases)
    return examine(tuple(components), TARGET, catalog, options)


def conflicts(report: Report) -> list[Conflict]:
    found = [finding.evidence for finding in report.findings]
    return [evidence for evidence in found if isinstance(evidence, Conflict)]


def sets(parts: Iterable[tuple[Statement, ...]]) -> list[frozenset[Statement]]:
    return [frozenset(part) for part in parts]


def shuffled(part: Component, shuffler: Random) -> tuple[Requirement, ...]:
    return tuple(shuffler.sample(part.requirements, len(part.requirements)))


def picks(picked: Iterable) -> dict[str, str]:
    return {one.name: one.version for one in picked}


@settings(max_examples=150 * TIMES)
@given(universes(), component_lists(), st.integers(0, 99), st.booleans())
def test_every_verdict_is_what_brute_force_says(projects, components, seed, prereleases):
    judge = Referee(projects, components, TARGET, prereleases=prereleases)
    report = check(projects, components, seed, prereleases=prereleases)
    satisfiable = judge.satisfiable()
    event("satisfiable" if satisfiable else "unsatisfiable")
    assert report.complete
    assert (report.verdict == "conflict") == (not satisfiable)
    if satisfiable:
        assert report.combined is not None
        assert judge.faults(picks(report.combined)) == []
        assert not conflicts(report)
        assert not report.corrections
    else:
        assert report.combined is None
    for name, picked in report.alone.items():
        own = [part for part in components if part.name == name]
        alone = Referee(projects, own, TARGET, prereleases=prereleases)
        wide = [s for s in judge.statements if s.origin.component == name]
        assert not alone.faults(picks(picked)) or not judge.faults(picks(picked), wide)


@settings(max_examples=150 * TIMES)
@given(universes(), component_lists(), st.integers(0, 99))
def test_conflicts_and_corrections_are_all_of_the_minimal_ones(projects, components, seed):
    judge = Referee(projects, components, TARGET)
    report = check(projects, components, seed)
    found = sets(conflict.statements for conflict in conflicts(report))
    healing = sets(correction.statements for correction in report.corrections)
    event(f"{len(found)} conflicts, {len(healing)} corrections")
    assert len(set(found)) == len(found)
    assert len(set(healing)) == len(healing)
    assert set(found) == judge.minimal_conflicts()
    assert set(healing) == judge.minimal_corrections()


@settings(max_examples=120 * TIMES)
@given(universes(), component_lists(), st.integers(0, 99))
def test_every_proposed_edit_heals(projects, components, seed):
    report = check(projects, components, seed)
    for correction in report.corrections:
        assert correction.edits or correction.remark
        if correction.edits:
            changed = {edit.origin for edit in correction.edits}
            assert changed == {statement.origin for statement in correction.statements}
            healed = Referee(projects, edited(components, correction.edits), TARGET)
            assert healed.satisfiable(), correction
            event("edit kept the line" if all(e.after for e in correction.edits) else "line gone")


@settings(max_examples=80 * TIMES)
@given(universes(), component_lists(), st.integers(0, 99), st.randoms(use_true_random=False))
def test_order_does_not_decide(projects, components, seed, shuffler):
    one = check(projects, components, seed)
    turned = [replace(part, requirements=shuffled(part, shuffler)) for part in components]
    shuffler.shuffle(turned)
    other = check(projects, turned, seed + 1)
    assert (one.verdict == "conflict") == (other.verdict == "conflict")
    assert set(sets(c.statements for c in conflicts(one))) == set(
        sets(c.statements for c in conflicts(other))
    )
    assert set(sets(c.statements for c in one.corrections)) == set(
        sets(c.statements for c in other.corrections)
    )
    again = check(projects, components, seed + 2)
    assert (again.combined is None) == (one.combined is None)
    assert picks(again.combined or ()) == picks(one.combined or ())
    assert sets(c.statements for c in conflicts(again)) == sets(
        c.statements for c in conflicts(one)
    )
    assert again.corrections == one.corrections


@settings(max_examples=120 * TIMES)
@given(st.one_of(layered(), universes()), component_lists(), st.integers(0, 99))
def test_a_shift_is_forced_exactly_if_nothing_keeps_the_old_version(projects, components, seed):
    judge = Referee(projects, components, TARGET)
    report = check(projects, components, seed)
    shifts = [f.evidence for f in report.findings if isinstance(f.evidence, Shift)]
    for shift in shifts:
        assert report.combined is not None
        assert picks(report.combined).get(shift.name) == shift.after
        assert shift.before != shift.after
        event(f"{shift.direction}, {'forced' if shift.forced else 'incidental'}")
        if shift.direction in ("up", "down"):
            origin = Origin(component=shift.component, path="", line=None, text="")
            pin = requirement(f"{shift.name}=={shift.before}", origin)
            kept = judge.satisfiable([*judge.statements, pin])
            assert shift.forced == (not kept), shift


@settings(max_examples=100 * TIMES)
@given(
    universes(presumed=True),
    component_lists(),
    st.integers(0, 99),
    st.sampled_from(({}, {}, {"e": "timed out"})),
)
def test_what_is_not_known_is_never_taken_as_proof(projects, components, seed, broken):
    proven = Referee(projects, components, TARGET, optimistic=True, broken=broken)
    unknown = {
        (name, version)
        for name, versions in projects.items()
        for version, release in versions.items()
        if release.unavailable
    }
    catalog = MemoryCatalog(projects, seed=seed, broken=broken)
    report = examine(components, TARGET, catalog)
    for conflict in conflicts(report):
        unsatisfiable = not proven.satisfiable(conflict.statements)
        event(f"conflict {'proven' if unsatisfiable else 'presumed'}")
        assert unsatisfiable or conflict.presumed, conflict
    if report.verdict in ("compatible", "shifts"):
        combined = picks(report.combined or ())
        assert not unknown & set(combined.items())
        assert Referee(projects, components, TARGET, broken=broken).faults(combined) == []
    elif report.verdict == "conflict":
        assert conflicts(report)
