"""JSON reports with a base and with suppressions: complete, versioned, inert."""

from __future__ import annotations

import json as stdlib_json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from depcheck.model.identity import fingerprint
from depcheck.report.json.audit import render_audit_json
from depcheck.report.json.check import render
from depcheck.report.json.isolation import render_isolation_json
from depcheck.report.json.parity import render_parity
from depcheck.report.json.parts import SCHEMA
from depcheck.review.recorded import read_report
from tests.report import audit_samples, parity_samples, review_samples, samples
from tests.report.test_hostile import COMMAND, FORBIDDEN
from tests.support import isolation_reports

DOCS = Path(__file__).parents[2] / "docs" / "json.md"
SCHEMAS = ("report", "parity", "isolation", "audit")


def schema(name):
    text = files("depcheck.report.json").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    return stdlib_json.loads(text)


def data(report, **more):
    return stdlib_json.loads(render(report, **more))


class TestBase:
    def test_a_finding_has_its_novelty(self):
        told = data(review_samples.SHIFTED)["findings"][:3]
        assert [finding["novelty"]["status"] for finding in told] == ["new", "changed", "known"]
        assert told[1]["novelty"] == {
            "status": "changed",
            "brought": True,
            "worse": True,
            "was": "urllib3 2.5.0 → 2.0.7",
            "touched": False,
        }

    def test_the_base_has_what_is_fixed_and_whose_configuration_was_used(self):
        base = data(review_samples.BROUGHT)["base"]
        assert base["named"] == "origin/main"
        assert base["revision"] == review_samples.REVISION
        assert [finding["rule"] for finding in base["fixed"]] == ["conflict-hash"]
        assert base["configuration"] == "base"
        assert base["altered"] == ["`fail-on` of depcheck.toml goes from warning to never."]

    def test_the_summary_counts_what_the_change_brings(self):
        assert data(review_samples.BROUGHT)["summary"] == {
            "new": 1,
            "changed": 0,
            "known": 2,
            "unknown": 0,
            "fixed": 1,
            "suppressed": 0,
            "failing": 1,
        }

    def test_what_is_fixed_is_not_known_where_the_base_could_not_be_analysed(self):
        told = data(review_samples.UNKNOWN)
        assert told["summary"]["unknown"] == 1
        assert told["summary"]["fixed"] is None
        assert told["status"] == 3

    def test_without_a_base_nothing_is_counted_as_new(self):
        told = data(samples.CONFLICT)
        assert told["base"] is None
        assert told["findings"][0]["novelty"] is None
        assert [told["summary"][key] for key in ("new", "known", "fixed")] == [None] * 3


class TestStatus:
    @pytest.mark.parametrize(
        ("report", "fail_on", "status", "failing"),
        [
            (samples.SHIFTS, "warning", 1, 3),
            (samples.SHIFTS, "error", 0, 0),
            (samples.UNDETERMINED, "warning", 3, 0),
            (review_samples.NOTHING_NEW, "warning", 0, 0),
        ],
    )
    def test_it_is_the_exit_status(self, report, fail_on, status, failing):
        told = data(report, fail_on=fail_on)
        assert (told["status"], told["summary"]["failing"]) == (status, failing)


def test_a_finding_has_its_fingerprint_packages_and_components():
    finding = samples.CONFLICT.findings[0]
    told = data(samples.CONFLICT)["findings"][0]
    assert told["fingerprint"] == fingerprint(finding)
    assert told["packages"] == ["pydantic", "langchain"]
    assert told["components"] == ["web", "recommender"]


def test_an_origin_has_its_last_line():
    finding = samples.CONFLICT.findings[0]
    at = replace(finding.locations[0], end=11)
    report = replace(samples.CONFLICT, findings=(replace(finding, locations=(at,)),))
    assert data(report)["findings"][0]["locations"][0]["end"] == 11


def test_suppressed_findings_stand_apart_with_their_entry():
    told = data(review_samples.ACCEPTED)
    assert [finding["rule"] for finding in told["findings"]] == ["suppression-expired"]
    assert [entry["finding"]["rule"] for entry in told["suppressed"]] == [
        "conflict-transitive",
        "unknown-extra",
    ]
    by = told["suppressed"][0]["by"]
    assert (by["reason"], by["expires"]) == ("web is rewritten until the spring", "2027-01-31")
    assert told["summary"]["suppressed"] == 2


class TestOtherJobs:
    def test_isolation(self):
        report = isolation_reports.ALL["two"]
        reason = report.boundaries[0].reasons[0]
        accepted = replace(report, suppressed=(review_samples.suppressed(reason),))
        told = stdlib_json.loads(render_isolation_json(accepted))
        jsonschema.validate(told, schema("isolation"))
        assert told["summary"]["suppressed"] == 1
        assert (told["status"], told["summary"]["failing"]) == (0, 0)

    def test_audit(self):
        report = audit_samples.REPORTS["exposed"]
        accepted = tuple(review_samples.suppressed(f) for f in report.findings)
        report = replace(report, findings=(review_samples.EXPIRED,), suppressed=accepted)
        told = stdlib_json.loads(render_audit_json(report))
        jsonschema.validate(told, schema("audit"))
        assert told["verdict"] == "exposed"
        assert told["findings"][0]["evidence"] is None
        assert "memory" in next(s for s in told["services"] if s["judged"])["lacking"]

    def test_parity_has_the_same_head(self):
        told = stdlib_json.loads(render_parity(parity_samples.ALL["drift"], fail_on="never"))
        assert (told["status"], told["suppressed"], told["base"]) == (0, [], None)


class TestHostile:
    def test_it_is_inert_and_keeps_the_data(self):
        shown = render(review_samples.hostile())
        assert shown.isascii()
        assert not FORBIDDEN.search(shown)
        assert not COMMAND.search(shown)
        assert "hunter2" not in shown
        told = stdlib_json.loads(shown)
        assert told["base"]["fault"].startswith(samples.EVIL.split("https://user")[0])
        jsonschema.validate(told, schema("report"))


class TestVersion:
    @pytest.mark.parametrize("name", SCHEMAS)
    def test_all_schemas_have_the_version_that_is_written(self, name):
        assert schema(name)["properties"]["schema"]["const"] == SCHEMA

    def test_the_documentation_names_it_and_every_schema(self):
        text = DOCS.read_text(encoding="utf-8")
        assert f'`"{SCHEMA}"`' in text
        assert all(f"{name}.schema.json" in text for name in SCHEMAS)

    @pytest.mark.parametrize("name", ["conflict", "shifts", "prices", "lonely"])
    def test_a_report_can_be_read_back_as_a_baseline(self, name):
        report = samples.ALL[name]
        recorded = read_report(render(report), where="earlier.json")
        then = [fingerprint(finding) for finding in recorded.findings]
        assert then == [fingerprint(finding) for finding in report.findings]

    def test_suppressed_findings_of_a_baseline_were_there(self):
        recorded = read_report(render(review_samples.ACCEPTED), where="earlier.json")
        assert len(recorded.findings) == 2
