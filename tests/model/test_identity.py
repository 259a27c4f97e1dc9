"""What makes two findings the same thing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.model.findings import Drift, Evidence, Finding, Severity
from depcheck.model.identity import components, fingerprint, identity, package_in, packages
from depcheck.model.walls import (
    Budget,
    GpuNeed,
    Guardrail,
    Labels,
    NativeClash,
    NativeUse,
    PoolShare,
    PythonNeed,
    Weight,
)
from tests.review.findings import (
    FINDINGS,
    at,
    bound,
    conflict,
    extra,
    gap,
    rollback,
    shift,
    stated,
)

PYDANTIC = stated("web", "pydantic<2")
LANGCHAIN = stated("ai", "langchain>=0.3")


def found(rule: str, evidence: Evidence = None, **rest: str) -> Finding:
    return Finding(rule=rule, severity="error", message="it is so", evidence=evidence, **rest)


def use(component: str, distribution: str) -> NativeUse:
    return NativeUse(component=component, distribution=distribution, version="1", library="l")


CLASH = NativeClash(kind="openmp", name="OpenMP", left=use("web", "torch"), right=use("ai", "mkl"))
SHARE = PoolShare(component="web", container="web", replicas=2, wanted=20, pool=10)
RAIL = Guardrail(service="ai", name="memory", set="mem_limit: 2g", found="", contains="a leak")
DRIFT = Drift(aspect="python", name="Flask", left="1", right="2", service="web", place="/opt/venv")


@pytest.mark.parametrize(
    ("finding", "names", "owners"),
    [
        (conflict(PYDANTIC, LANGCHAIN), ("pydantic", "langchain"), ("web", "ai")),
        (conflict(PYDANTIC, over="core"), ("pydantic", "core"), ("web",)),
        (conflict(bound("ai", ">=3.12"), over="Python"), (), ("ai",)),
        (shift(), ("pyjwt",), ("web", "recommender")),
        (rollback(), ("boto3",), ("web",)),
        (found("distribution-major", DRIFT), ("flask",), ("web",)),
        (found("package-version", replace(DRIFT, aspect="os")), (), ("web",)),
        (found("wall-native", CLASH), ("torch", "mkl"), ("web", "ai")),
        (
            found("wall-heavy", Weight(component="ai", added=9, core=1, largest=(("Torch", 8),))),
            ("torch",),
            ("ai",),
        ),
        (
            found("wall-gpu", GpuNeed(component="ai", configured=False, distributions=("a_b",))),
            ("a-b",),
            ("ai",),
        ),
        (
            found("wall-python", PythonNeed(component="ai", wanted="3", found="", because="")),
            (),
            ("ai",),
        ),
        (
            found("wall-trust", Labels(kind="trust", values=(("web", "low"), ("ai", "high")))),
            (),
            ("web", "ai"),
        ),
        (
            found(
                "connections-over-limit",
                Budget(max_connections=9, reserved=1, variable="P", shares=(SHARE,)),
            ),
            (),
            ("web",),
        ),
        (found("guardrail-memory", RAIL), (), ("ai",)),
        (found("needs-build", package="psycopg2"), ("psycopg2",), ()),
        (extra("pydantic", "e-mail"), ("pydantic",), ("web",)),
        (gap("x 1.0", package="x"), ("x",), ("web",)),
        (
            replace(found("suppression-unused", subject="shift-*"), locations=(at("suppress"),)),
            (),
            (),
        ),
    ],
)
def test_what_a_finding_is_about(
    finding: Finding, names: tuple[str, ...], owners: tuple[str, ...]
) -> None:
    assert packages(finding) == names
    assert components(finding) == owners


ALIKE = [
    (conflict(PYDANTIC, LANGCHAIN), conflict(LANGCHAIN, PYDANTIC)),
    (
        conflict(PYDANTIC, LANGCHAIN),
        conflict(stated("web", "pydantic<1.9", 40), LANGCHAIN, rule="conflict-direct"),
    ),
    (conflict(bound("ai", ">=3.12")), conflict(bound("ai", ">=3.13"))),
    (shift(), shift("1.7", "1.9", rule="shift-minor", severity="note", forced=True, line=9)),
    (shift(), shift(None, "2", rule="shift-added")),
    (rollback(), rollback("2", "1", better="2")),
    (gap("x 1.0"), gap("x==1.1")),
    (gap("native libraries of 12 wheels"), gap("native libraries of 3 wheels")),
    (
        found("wall-native", CLASH),
        found("wall-native", replace(CLASH, left=CLASH.right, right=CLASH.left)),
    ),
    (
        found("guardrail-memory", RAIL),
        found("guardrail-memory", replace(RAIL, set="mem_limit: 4g", found="mem_limit: 0")),
    ),
    (
        found("distribution-major", DRIFT),
        found("distribution-major", replace(DRIFT, left="3", right=None)),
    ),
    (
        found("wall-trust", Labels(kind="trust", values=(("a", "x"), ("b", "y")))),
        found("wall-trust", Labels(kind="trust", values=(("b", "z"), ("a", "x")))),
    ),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_is_the_same(one: Finding, other: Finding) -> None:
    assert identity(one) == identity(other)
    assert fingerprint(one) == fingerprint(other)


DIFFERENT = [
    conflict(PYDANTIC, LANGCHAIN),
    conflict(PYDANTIC, LANGCHAIN, over="core"),
    conflict(PYDANTIC),
    conflict(PYDANTIC, PYDANTIC),
    conflict(stated("web", "pydantic<2", kind="constraint"), LANGCHAIN),
    conflict(stated("worker", "pydantic<2"), LANGCHAIN),
    conflict(PYDANTIC, bound("ai", ">=3.12")),
    conflict(PYDANTIC, stated("ai", "requires-python>=3.12")),
    replace(conflict(PYDANTIC, LANGCHAIN), rule="wall-conflict"),
    shift(),
    shift(component="worker"),
    shift(name="pyjwt2"),
    replace(shift(), rule="wall-shift"),
    rollback(name="pyjwt"),
    rollback(),
    gap("x 1.0"),
    gap("x 1.0", "ai"),
    gap("y 1.0"),
    gap("dependencies"),
    extra("x", "y"),
    extra("x", "z"),
    extra("y", "z"),
    extra("x", "y", "ai"),
    found("needs-build", package="x"),
    found("needs-build", package="y"),
    found("proof-failed", subject="web: build"),
    found("proof-failed", subject="web: pip check"),
    found("guardrail-memory", RAIL),
    found("guardrail-memory", replace(RAIL, service="web")),
    found("guardrail-memory", replace(RAIL, set="memswap_limit: 2g")),
    found("guardrail-cpu", replace(RAIL, name="cpu")),
    found("distribution-major", DRIFT),
    found("distribution-major", replace(DRIFT, place="/usr")),
    found("distribution-major", replace(DRIFT, service="worker")),
    found("distribution-source", DRIFT),
    found("wall-native", CLASH),
    found("wall-native", replace(CLASH, kind="cuda")),
    found("wish-impossible", subject="--together a,b"),
    found("wish-impossible", CLASH, subject="--together a,c"),
]


def test_what_is_not_the_same() -> None:
    prints = [fingerprint(finding) for finding in DIFFERENT]
    assert len(set(prints)) == len(DIFFERENT)
    assert all(len(each) == 32 and int(each, 16) >= 0 for each in prints)


@given(FINDINGS, st.sampled_from(["note", "warning", "error"]), st.text(), st.text())
def test_words_lines_and_severities_do_not_count(
    findings: list[Finding], severity: Severity, message: str, remedy: str
) -> None:
    for finding in findings:
        moved = tuple(
            replace(place, line=77, path="x/" + place.path) for place in finding.locations
        )
        other = replace(finding, severity=severity, message=message, remedy=remedy, locations=moved)
        assert fingerprint(other) == fingerprint(finding)


@given(st.text())
def test_any_text_has_a_fingerprint(text: str) -> None:
    assert len(fingerprint(found("undetermined", subject=text))) == 32


def test_halves_of_characters_have_a_fingerprint() -> None:
    assert len(fingerprint(found("needs-build", package="\ud800"))) == 32


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("requests 2.0", "requests"),
        ("Zope.Interface==5", "zope-interface"),
        ("foo[bar]>=1 ; python_version < '3.9'", "foo"),
        ("foo @ https://reg.example/foo.whl", "foo"),
        ("numpy @ https://reg.example/x.whl#egg=foo", "numpy"),  # so pip has it
        ("numpy[a, b]@file:x.whl#egg=foo", "numpy"),
        ("git@git.example:x/y.git#egg=foo", "foo"),
        ("git+https://git.example/x.git@v1#subdirectory=a&egg=Foo_Bar", "foo-bar"),
        ('flask = {git = "x"}', "flask"),
        ("foo 1!2.0.dev3+loc.1", "foo"),
        ("tzdata", "tzdata"),
        ("native libraries of 12 wheels", ""),
        ("the guard-rail memory of ai", ""),
        ("the AI component recommender", ""),
        ("git+https://git.example/x.git", ""),
        ("--index-url https://index.example/", ""),
        ("dependencies", ""),
        ("optional-dependencies.fast", ""),
        (">=3.9", ""),
        ("", ""),
    ],
)
def test_the_project_of_a_gap(subject: str, name: str) -> None:
    assert package_in(subject) == name


def test_a_subject_made_to_be_slow_is_read_at_once() -> None:
    for text in ("a" * 100_000, "a-" * 50_000, "#egg" * 30_000, "#&" * 50_000, "1." * 50_000):
        identity(gap(text))
