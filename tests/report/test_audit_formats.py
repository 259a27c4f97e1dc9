"""The audit report in each format: golden files, the schema, hostile text, the exit status."""

from __future__ import annotations

import json as stdlib_json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from depcheck.model.isolation_rules import GUARDRAILS
from depcheck.model.rules import SUPPRESSION_RULES
from depcheck.report.json.audit import render_audit_json
from depcheck.report.status import audit_exit_status
from depcheck.report.text.audit import render_audit
from tests.report import audit_samples as samples
from tests.report.test_golden import compare
from tests.report.test_hostile import ANSI, COMMAND, FORBIDDEN
from tests.report.test_schema import objects

SCHEMA = stdlib_json.loads(
    files("depcheck.report.json").joinpath("audit.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def text(report, width=80, *, colour=False, unicode=True, **more):
    return render_audit(report, width=width, colour=colour, unicode=unicode, **more)


class TestGolden:
    @pytest.mark.parametrize("width", [80, 120])
    @pytest.mark.parametrize("name", samples.REPORTS)
    def test_text(self, name, width):
        compare(f"audit-{name}-{width}.txt", text(samples.REPORTS[name], width))

    def test_verbose(self):
        compare("audit-exposed-verbose-80.txt", text(samples.EXPOSED, verbose=True))

    def test_ascii(self):
        assert text(samples.EXPOSED, unicode=False).isascii()

    def test_colour_changes_no_word(self):
        coloured = text(samples.EXPOSED, colour=True)
        assert coloured != text(samples.EXPOSED)
        assert ANSI.sub("", coloured) == text(samples.EXPOSED)

    def test_paths_are_told_from_where_the_reader_stands(self):
        assert "shop/deploy/compose.yaml:15" in text(samples.EXPOSED, prefix="shop/")

    @pytest.mark.parametrize("name", samples.REPORTS)
    def test_json(self, name):
        compare(f"audit-{name}.json", render_audit_json(samples.REPORTS[name]))


class TestSchema:
    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("report", [*samples.REPORTS.values(), samples.hostile()])
    def test_reports_fit(self, report):
        VALIDATOR.validate(stdlib_json.loads(render_audit_json(report)))

    def test_every_rule_is_listed(self):
        rules = [rule.id for rule in GUARDRAILS]
        assert SCHEMA["$defs"]["finding"]["properties"]["rule"]["enum"] == [
            *rules,
            *SUPPRESSION_RULES,
        ]
        assert [f"guardrail-{name}" for name in SCHEMA["$defs"]["rail"]["enum"]] == rules

    def test_every_object_is_closed_and_complete(self):
        for schema in objects(SCHEMA):
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) == set(schema["properties"])

    def test_a_stray_property_is_refused(self):
        data = stdlib_json.loads(render_audit_json(samples.EXPOSED))
        data["findings"][0]["evidence"]["stray"] = 1
        assert not VALIDATOR.is_valid(data)

    def test_the_data(self):
        data = stdlib_json.loads(render_audit_json(samples.EXPOSED, root="shop/"))
        assert (data["job"], data["verdict"], data["root"]) == ("audit", "exposed", "shop/")
        web, recommender = data["services"]
        assert (web["judged"], web["kept"], web["lacking"]) == (False, [], [])
        assert recommender["lacking"][:2] == ["memory", "ports"]
        assert "cpu" in recommender["kept"]
        assert data["findings"][0]["evidence"]["set"] == "mem_limit: 2g"
        assert sum(data["counts"].values()) == len(data["findings"])


class TestHostile:
    @pytest.mark.parametrize("verbose", [False, True])
    @pytest.mark.parametrize("width", [40, 80, 120, 200])
    def test_the_terminal_report_is_inert(self, width, verbose):
        for unicode in (True, False):
            shown = text(samples.hostile(), width, unicode=unicode, verbose=verbose)
            assert not FORBIDDEN.search(shown)
            assert not COMMAND.search(shown)
            assert "hunter2" not in shown
            assert "abcdef" not in shown

    def test_the_only_escapes_in_colour_are_our_own(self):
        shown = ANSI.sub("", text(samples.hostile(), colour=True))
        assert not FORBIDDEN.search(shown)
        assert not COMMAND.search(shown)

    def test_json_is_inert(self):
        shown = render_audit_json(samples.hostile(), root=samples.EVIL)
        assert shown.isascii()
        assert not FORBIDDEN.search(shown)
        assert not COMMAND.search(shown)
        assert "hunter2" not in shown
        assert "abcdef" not in shown


HARMLESS = replace(samples.INCLUDED, harmless=True)
NOTE = samples.report(replace(samples.SAFE, stop_grace=None))
WARNING = samples.report(replace(samples.SAFE, pids=None))


@pytest.mark.parametrize(
    ("report", "note", "warning", "error", "never"),
    [
        pytest.param(samples.REPORTS["guarded"], 0, 0, 0, 0, id="guarded"),
        pytest.param(samples.EXPOSED, 1, 1, 1, 0, id="exposed"),
        pytest.param(WARNING, 1, 1, 0, 0, id="a warning"),
        pytest.param(NOTE, 1, 0, 0, 0, id="a note"),
        pytest.param(samples.REPORTS["untold"], 3, 3, 3, 3, id="untold"),
        pytest.param(samples.REPORTS["all"], 1, 1, 1, 3, id="exposed and untold"),
        pytest.param(replace(NOTE, undetermined=(HARMLESS,)), 1, 0, 0, 0, id="harmless"),
        pytest.param(samples.report(samples.WEB), 3, 3, 3, 3, id="nothing judged"),
    ],
)
def test_exit_status(report, note, warning, error, never):
    assert audit_exit_status(report, "note") == note
    assert audit_exit_status(report, "warning") == warning
    assert audit_exit_status(report, "error") == error
    assert audit_exit_status(report, "never") == never


def test_several_that_could_not_be_told_are_several():
    one = samples.UNTOLD
    report = replace(samples.report(one, replace(one, service="ranking")), findings=())
    assert "whether recommender, ranking are guarded is not known." in " ".join(
        text(report).split()
    )
