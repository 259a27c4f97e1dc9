"""A JSON report read back: what it holds, and what strangers may put into one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.errors import EXIT_USAGE, BaselineError
from depcheck.model.findings import Finding, Suppressed
from depcheck.model.identity import fingerprint, packages
from depcheck.model.report import Report
from depcheck.model.review import Suppression
from depcheck.report.json.check import render
from depcheck.review import recorded
from depcheck.review.compare import compared
from depcheck.review.recorded import read_report, unlike
from tests.report import samples
from tests.review.findings import extra, gap

OLD = (Path(__file__).parent / "data" / "report-0.1.json").read_text("utf-8")
BUILD = Finding(
    rule="needs-build",
    severity="note",
    message="psycopg2 2.9 has no wheel for linux/amd64: an install would build it.",
    package="psycopg2",
)
REST = samples.report(
    verdict="undetermined",
    findings=(
        gap("langchain 0.3.1", "recommender", "langchain"),
        gap("git+https://git.example/x.git#egg=Fork_Of-it", package="fork-of-it"),
        gap("dependencies"),
        extra("pydantic", "e-mail"),
        BUILD,
    ),
)
REPORTS = [samples.CONFLICT, samples.THREE_WAY, samples.SHIFTS, samples.UNDETERMINED, REST]


def data(report: Report = samples.SHIFTS) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(report))
    return loaded


def as_before(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report as the format was before findings had more than their evidence."""
    then = {"rule", "severity", "message", "remedy", "locations", "evidence"}
    findings = [{key: f[key] for key in f if key in then} for f in report["findings"]]
    first = {*json.loads(OLD)}
    return {key: report[key] for key in report if key in first} | {"findings": findings}


def refusal(text: str) -> str:
    with pytest.raises(BaselineError) as caught:
        read_report(text, where="old.json")
    assert caught.value.exit_status == EXIT_USAGE
    assert caught.value.message.startswith("old.json")
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value.message


# What it holds


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("shape", [dict, as_before])
def test_a_report_read_back_knows_all_its_findings(
    report: Report, shape: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    read = read_report(json.dumps(shape(data(report))), where="old.json")
    told = compared(
        report.findings,
        read.findings,
        {},
        head_corrections=report.corrections,
        base_corrections=read.corrections,
    )
    assert {f.novelty.status for f in told.findings if f.novelty} == {"known"}
    assert not told.fixed
    assert list(map(packages, read.findings)) == list(map(packages, report.findings))
    assert list(map(fingerprint, read.findings)) == list(map(fingerprint, report.findings))


def test_a_conflict_is_read_back_whole() -> None:
    read = read_report(render(samples.THREE_WAY), where="old.json")
    told = [replace(finding, package="") for finding in read.findings]
    assert told == [replace(f, package="") for f in samples.THREE_WAY.findings]
    assert read.corrections == samples.THREE_WAY.corrections
    assert not read.complete


def test_a_report_of_the_first_version_is_read() -> None:
    read = read_report(OLD, where="old.json")
    assert (read.verdict, read.version) == ("conflict", "0.1.0")
    assert read.components == (("web", "core"), ("recommender", "ai"))
    assert {finding.rule for finding in read.findings} == {"conflict-transitive"}
    assert any({"pydantic", "langchain"} <= {*packages(f)} for f in read.findings)


def test_what_was_suppressed_was_there() -> None:
    first, *rest = samples.SHIFTS.findings
    by = Suppression(rule="shift-*", reason="known")
    report = replace(
        samples.SHIFTS, findings=tuple(rest), suppressed=(Suppressed(finding=first, by=by),)
    )
    read = read_report(render(report), where="old.json")
    assert set(map(fingerprint, read.findings)) == set(map(fingerprint, samples.SHIFTS.findings))


def test_findings_of_unknown_rules_are_left_out_and_it_is_said() -> None:
    report = data()
    report["findings"][0]["rule"] = "shift-sideways"
    report["findings"][1]["rule"] = "suppression-expired"
    read = read_report(json.dumps(report), where="old.json")
    assert len(read.findings) == len(samples.SHIFTS.findings) - 2
    assert read.left_out == 1
    assert any("1 findings" in note for note in unlike(read, samples.SHIFTS))


def test_a_baseline_of_the_same_is_not_unlike() -> None:
    for report in (samples.SHIFTS, samples.CONFLICT):
        assert unlike(read_report(render(report), where="x"), report) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": replace(samples.TARGET, python="3.13.0")}, "another Python (cpython 3.11.7"),
        ({"target": replace(samples.TARGET, platform="win_amd64")}, "another platform"),
        ({"components": (samples.CORE,)}, "other components"),
        ({"components": (samples.CORE, replace(samples.RECOMMENDER, role="other"))}, "as other"),
        ({"indexes": ("https://reg.example/simple/",)}, "other indexes"),
    ],
)
def test_a_baseline_of_something_else_is_said(change: dict[str, Any], said: str) -> None:
    (note,) = unlike(
        read_report(render(samples.SHIFTS), where="x"), replace(samples.SHIFTS, **change)
    )
    assert said in note


def test_secrets_of_an_index_make_no_difference() -> None:
    report = replace(samples.SHIFTS, indexes=("https://user:word@reg.example/simple/",))
    assert unlike(read_report(render(report), where="x"), report) == ()


# What it refuses


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[]", "not a report of depcheck"),
        ("null", "not a report of depcheck"),
        ("{}", "not a report of depcheck"),
        ('{"schema": "1"}', "not a report of depcheck"),
        ('{"version": "2.1.0", "runs": []}', "not a report of depcheck"),
        ("\ufeff{}", "not JSON"),
        (OLD[: len(OLD) // 2], "cut short"),
        ("[" * 200_000, "a nesting without end"),
        ("9" * 10_000, "a number"),
        ("NaN", "a number"),
        ("<html>", "not JSON"),
    ],
)
def test_what_is_no_report(text: str, said: str) -> None:
    assert said in refusal(text)


def test_a_report_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "LARGEST", 1 << 20)
    assert "larger than 1 MiB" in refusal('"' + "x" * (1 << 20) + '"')


@pytest.mark.parametrize(
    ("key", "job"),
    [("pairs", "parity"), ("containers", "isolate"), ("services", "isolate --audit")],
)
def test_another_jobs_report_by_what_it_holds(key: str, job: str) -> None:
    report = data() | {key: []}
    report.pop("job", None)
    assert f"a report of {job}, not of check" in refusal(json.dumps(report))


def test_another_jobs_report_by_its_word() -> None:
    for job in ("parity", "isolate", "audit"):
        assert f"a report of {job}, not of check" in refusal(json.dumps(data() | {"job": job}))
    assert "another job" in refusal(json.dumps(data() | {"job": "::error::\n"}))


@pytest.mark.parametrize("schema", ["2", "0.9", "", "x", "11"])
def test_a_schema_that_is_not_known(schema: str) -> None:
    assert "schema that this depcheck does not know" in refusal(
        json.dumps(data() | {"schema": schema})
    )


def test_a_schema_of_the_same_major_with_more_in_it() -> None:
    report = data() | {"schema": "1.7", "weather": "fair"}
    assert read_report(json.dumps(report), where="x").findings


def put(report: Any, path: tuple[str | int, ...], value: object) -> None:
    for key in path[:-1]:
        report = report[key]
    report[path[-1]] = value


_SHIFT = ("findings", 0, "evidence")
_FALL = ("findings", 2, "evidence")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("verdict",), "fine", "$.verdict: must be one of compatible, shifts, conflict"),
        (("findings",), {}, "$.findings: must be a list"),
        (("findings",), None, "$.findings: must be a list"),
        (("findings", 1), 7, "$.findings[1]: must be a table"),
        (("findings", 1, "rule"), ["x"], "$.findings[1].rule: must be a text"),
        (("findings", 1, "severity"), "fatal", "$.findings[1].severity: must be one of"),
        (("findings", 1, "message"), "\ud800", "$.findings[1].message: must be a text in Unicode"),
        (("findings", 1, "message"), "x" * 200_000, "$.findings[1].message: must be a text"),
        (("findings", 0, "locations", 0, "line"), -1, ".line: must be a whole number"),
        (("findings", 0, "locations", 0, "line"), True, ".line: must be a whole number"),
        (("findings", 0, "locations", 0, "line"), 1.5, ".line: must be a whole number"),
        (("findings", 0, "locations", 0, "path"), 3, ".path: must be a text"),
        (_SHIFT, None, "$.findings[0].evidence: must be the evidence of a shift"),
        ((*_SHIFT, "kind"), "rollback", "must be the evidence of a shift for shift-major"),
        ((*_SHIFT, "direction"), "sideways", ".direction: must be one of up, down, added, gone"),
        ((*_SHIFT, "grade"), "huge", ".grade: must be one of"),
        ((*_SHIFT, "forced"), "yes", ".forced: must be true or false"),
        ((*_SHIFT, "before"), 1.7, ".before: must be a text"),
        ((*_SHIFT, "chain"), {"0": 1}, ".chain: must be a list"),
        ((*_SHIFT, "direct", "kind"), "requires-python", ".kind: must be one of requirement"),
        ((*_SHIFT, "direct", "kind"), "wish", ".kind: must be one of requirement"),
        ((*_FALL, "days"), "many", ".days: must be a whole number"),
        (("corrections",), "none", "$.corrections: must be a list"),
        (("target", "python"), 3, "$.target.python: must be a text"),
        (("components", 0, "name"), None, "$.components[0].name: must be a text"),
    ],
)
def test_a_value_of_the_wrong_kind(path: tuple[str | int, ...], value: object, said: str) -> None:
    report = data()
    put(report, path, value)
    assert said in refusal(json.dumps(report))


def test_a_conflict_without_statements() -> None:
    report = data(samples.CONFLICT)
    put(report, ("findings", 0, "evidence", "statements"), [])
    assert "statements: must be a list with something in it" in refusal(json.dumps(report))


def test_evidence_where_there_is_none() -> None:
    report = data(REST)
    put(report, ("findings", 0, "evidence"), {"kind": "shift"})
    assert "must be null for undetermined" in refusal(json.dumps(report))


@pytest.mark.parametrize("key", sorted({*json.loads(OLD)} - {"run", "notes", "keep", "counts"}))
def test_a_key_that_is_missing(key: str) -> None:
    report = json.loads(OLD)
    del report[key]
    needless = {"alone", "combined", "undetermined"}
    if key in needless:
        read_report(json.dumps(report), where="x")
    else:
        refusal(json.dumps(report))


@given(st.text(max_size=80))
def test_any_text_is_a_report_or_refused(text: str) -> None:
    refusal(text)


@given(st.data())
def test_any_value_anywhere_is_read_or_refused(chance: st.DataObject) -> None:
    report: Any = json.loads(OLD)
    at: Any = report
    while isinstance(at, dict | list) and at:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = chance.draw(st.sampled_from(keys))
        if chance.draw(st.booleans()) or not isinstance(at[key], dict | list):
            at[key] = chance.draw(st.sampled_from([None, 0, -1, "", "x", [], {}, True, [None]]))
            break
        at = at[key]
    with contextlib.suppress(BaselineError):  # any other error is a fault of the reader
        read = read_report(json.dumps(report), where="old.json")
        compared(read.findings, samples.CONFLICT.findings, {})


def test_hostile_words_in_a_fault_are_on_one_line() -> None:
    report = data() | {"verdict": "x\n::error::y\x1b[31m" * 40}
    message = refusal(json.dumps(report))
    assert "\x1b" not in message
    assert len(message) < 300
