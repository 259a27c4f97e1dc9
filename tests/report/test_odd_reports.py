"""Reports that are empty, huge, or strange, in every format of every job."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from depcheck.model.findings import Finding
from depcheck.model.requirement import Component, Undetermined
from tests.report import audit_samples, parity_samples, review_samples, samples
from tests.report.every_report import CONTEXT, FORMATS, JOBS, every, poisoned
from tests.report.runner import commands
from tests.report.sarif_checks import read
from tests.report.test_hostile_reports import CHECKS
from tests.support import isolation_reports

GAP = Undetermined(subject="torch", reason="only an sdist", hint="name an index")
CLEAN: dict[str, Any] = {
    "check": samples.COMPATIBLE,
    "parity": parity_samples.IDENTICAL,
    "isolate": isolation_reports.CLEAN,
    "audit": audit_samples.REPORTS["guarded"],
}
FAILING: dict[str, Any] = {
    "check": samples.CONFLICT,
    "parity": parity_samples.DRIFT,
    "isolate": isolation_reports.ALL["two"],
    "audit": audit_samples.REPORTS["exposed"],
}
EMPTY: dict[str, Any] = {
    "check": replace(samples.COMPATIBLE, components=(), alone={}, combined=()),
    "parity": replace(parity_samples.IDENTICAL, pairs=()),
    "isolate": replace(isolation_reports.CLEAN, components=(), containers=(), alone={}),
    "audit": replace(CLEAN["audit"], services=(), kept={}, idle={}, findings=()),
}
NAMES = ("123", "2026-11-23", "null", "-", "مرحبا بالعالم", "a" * 300)


def crowd(count: int) -> tuple[Component, ...]:
    first = samples.COMPATIBLE.components[0]
    return tuple(replace(first, name=f"c{n}", source=f"c{n}/a.txt") for n in range(count))


def many(count: int) -> tuple[Finding, ...]:
    one = samples.SHIFTS.findings[0]
    assert one.evidence is not None
    return tuple(
        replace(one, message=f"{one.message} {n}", evidence=replace(one.evidence, name=f"p{n}"))  # type: ignore[type-var] # a shift
        for n in range(count)
    )


CROWDS = {
    f"{count}-components": replace(
        samples.COMPATIBLE, components=crowd(count), alone={f"c{n}": () for n in range(count)}
    )
    for count in (1, 8, 60)
}
ODD: list[tuple[str, str, Any]] = [
    *(("check", name, report) for name, report in CROWDS.items()),
    *((job, "empty", report) for job, report in EMPTY.items()),
    ("check", "only-suppressed", replace(review_samples.ACCEPTED, findings=())),
    ("check", "only-fixed", review_samples.FIXED),
    ("check", "unknown-base", review_samples.UNKNOWN),
    ("check", "all-known", review_samples.NOTHING_NEW),
    *(
        (job, f"called-{name[:12]}", poisoned(report, name))
        for job, report in FAILING.items()
        for name in NAMES
    ),
]


@pytest.mark.parametrize(("job", "report"), [(j, r) for j, _, r in ODD], ids=[
    f"{job}-{name!a}" for job, name, _ in ODD])  # fmt: skip
def test_it_is_told(job: str, report: Any) -> None:
    forms = every(job, report)
    for form, text in forms.items():
        CHECKS[form](text, text)
    assert every(job, report) == forms


@pytest.fixture(scope="module")
def thousands() -> dict[str, str]:
    return every("check", replace(samples.SHIFTS, findings=many(5000)))


@pytest.mark.parametrize("form", FORMATS)
def test_five_thousand_findings(form: str, thousands: dict[str, str]) -> None:
    text = thousands[form]
    assert "p4999" in text or form in ("github", "comment", "markdown")
    if form == "markdown":
        assert 500_000 < len(text.encode()) < 1 << 20
        assert "Cut to fit here" in text
    if form == "comment":
        assert len(text) < 65_536
        assert "Cut to fit here" in text
    if form == "github":
        names = [command.name for command in commands(text)]
        assert all(names.count(name) <= 10 for name in names)
    if form == "sarif":
        assert len(json.loads(text)["runs"][0]["results"]) == 5000
    if form == "json":
        assert len(json.loads(text)["findings"]) == 5000


def with_status(job: str, status: int) -> tuple[Any, str]:
    """Return a report of a job whose exit status is this, and the ``fail_on`` for it."""
    if status == 1:
        return FAILING[job], "warning"
    if status == 0:
        return CLEAN[job], "warning"
    return replace(CLEAN[job], undetermined=(GAP,)), "warning"


@pytest.mark.parametrize("status", [0, 1, 3])
@pytest.mark.parametrize("job", JOBS)
def test_no_format_says_more_than_the_status(job: str, status: int) -> None:
    report, fail_on = with_status(job, status)
    digest = JOBS[job].digest(report, CONTEXT, fail_on=fail_on)
    assert digest.status == status
    assert (digest.tone in ("good", "plain")) == (status == 0)
    forms = every(job, report, fail_on=fail_on)
    for form in ("markdown", "comment"):
        assert ("✅" in forms[form].split("\n\n")[0]) == (status == 0), form
        assert ("Not everything could be checked" in forms[form]) == (status == 3)
    assert ('class="banner good"' in forms["html"]) == (status == 0)
    *_, last = commands(forms["github"])
    assert (last.name == "error") == (status != 0)
    assert read(forms["sarif"])["invocations"][0]["exitCode"] == status
    assert json.loads(forms["json"])["status"] == status


@pytest.mark.parametrize("status", [0, 3])
@pytest.mark.parametrize("job", JOBS)
def test_the_terminal_is_green_only_where_all_is_well(job: str, status: int) -> None:
    report, _ = with_status(job, status)
    text = JOBS[job].text(report, width=80, colour=True, unicode=True, status=status)
    first = text.split("\n")[0]
    assert ("\x1b[1;32m" in first) == (status == 0)


def test_what_moves_is_small_but_fails_all_the_same() -> None:
    small = replace(samples.SHIFTS, findings=samples.SHIFTS.findings[3:])
    for status, green in ((0, True), (1, False)):
        text = JOBS["check"].text(small, width=80, colour=True, unicode=True, status=status)
        assert text.startswith("\x1b[1;32m") is green
