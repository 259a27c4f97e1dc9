"""The parity report in each format: golden files, the schema, and hostile text."""

from __future__ import annotations

import json as stdlib_json
import re
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from depcheck.model.rules import PARITY_RULES
from depcheck.report.json.parity import render_parity as render_json
from depcheck.report.status import parity_exit_status
from depcheck.report.text.parity import render_parity as render_text
from tests.report import parity_samples as samples
from tests.report.test_golden import compare
from tests.report.test_hostile import ANSI, COMMAND, FORBIDDEN
from tests.report.test_schema import objects

SCHEMA = stdlib_json.loads(
    files("depcheck.report.json").joinpath("parity.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


class TestGolden:
    @pytest.mark.parametrize("width", [80, 120])
    @pytest.mark.parametrize("name", samples.ALL)
    def test_text(self, name, width):
        text = render_text(samples.ALL[name], width=width, colour=False, unicode=True)
        compare(f"parity-{name}-{width}.txt", text)

    def test_verbose(self):
        text = render_text(samples.DRIFT, width=80, colour=False, unicode=True, verbose=True)
        compare("parity-drift-verbose-80.txt", text)

    def test_ascii(self):
        text = render_text(samples.DRIFT, width=80, colour=False, unicode=False)
        compare("parity-drift-ascii-80.txt", text)

    def test_colour(self):
        text = render_text(samples.DRIFT, width=80, colour=True, unicode=True)
        compare("parity-drift-colour-80.txt", text)
        plain = render_text(samples.DRIFT, width=80, colour=False, unicode=True)
        assert ANSI.sub("", text) == plain

    @pytest.mark.parametrize("name", samples.ALL)
    def test_json(self, name):
        compare(f"parity-{name}.json", render_json(samples.ALL[name]))


class TestSchema:
    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("name", samples.ALL)
    def test_reports_fit(self, name):
        VALIDATOR.validate(stdlib_json.loads(render_json(samples.ALL[name])))

    def test_a_hostile_report_fits(self):
        VALIDATOR.validate(stdlib_json.loads(render_json(samples.hostile())))

    def test_every_rule_is_listed(self):
        assert SCHEMA["$defs"]["finding"]["properties"]["rule"]["enum"] == list(PARITY_RULES)

    def test_every_object_is_closed_and_complete(self):
        for schema in objects(SCHEMA):
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) == set(schema["properties"])

    def test_a_stray_property_is_refused(self):
        data = stdlib_json.loads(render_json(samples.DRIFT))
        data["findings"][0]["evidence"]["stray"] = 1
        assert not VALIDATOR.is_valid(data)

    def test_the_data(self):
        data = stdlib_json.loads(render_json(samples.DRIFT, root="shop/"))
        assert (data["job"], data["verdict"], data["root"]) == ("parity", "drift", "shop/")
        assert data["counts"] == {"error": 4, "warning": 5, "note": 5}
        assert data["run"] == {"bytes": 23_421_000, "seconds": 0.32}
        assert data["findings"][0]["evidence"]["right_by"]["layer"] == 7
        assert data["excused"][0]["by"]["expires"] == "2027-01-31"
        assert data["rollback"][0]["pins"] == ["django==5.0.1", "sqlalchemy==2.1.2"]
        assert data["complete"] is True
        assert stdlib_json.loads(render_json(samples.UNREAD))["complete"] is False


class TestHostile:
    @pytest.mark.parametrize("verbose", [False, True])
    @pytest.mark.parametrize("width", [40, 80, 120, 200])
    @pytest.mark.parametrize("verdict", ["drift", "identical", "expected", "undetermined"])
    def test_the_terminal_report_is_inert(self, verdict, width, verbose):
        report = replace(samples.hostile(), verdict=verdict)
        for unicode in (True, False):
            text = render_text(report, width=width, colour=False, unicode=unicode, verbose=verbose)
            assert not FORBIDDEN.search(text)
            assert not COMMAND.search(text)
            assert "hunter2" not in text
            assert "abcdef" not in text

    def test_the_only_escapes_in_colour_are_our_own(self):
        text = ANSI.sub("", render_text(samples.hostile(), width=80, colour=True, unicode=True))
        assert not FORBIDDEN.search(text)
        assert not COMMAND.search(text)

    def test_json_is_inert_and_keeps_the_data(self):
        text = render_json(samples.hostile(), root=samples.EVIL)
        assert text.isascii()
        assert not FORBIDDEN.search(text)
        assert not COMMAND.search(text)
        assert not re.search("hunter2|abcdef", text)
        message = stdlib_json.loads(text)["findings"][0]["message"]
        assert message.startswith(samples.EVIL.split("https://user")[0])


GAP = samples.report(verdict="drift", undetermined=(samples.NO_ENGINE,), findings=(samples.MAJOR,))
POLICY_AND_GAP = replace(samples.UNREAD, findings=(samples.UNUSED,))
POLICY_ALONE = replace(samples.EXPECTED, findings=(samples.UNUSED,))
HARMLESS = replace(samples.IDENTICAL, undetermined=(replace(samples.NO_ENGINE, harmless=True),))
TOLD = samples.report(
    verdict="drift", findings=(replace(samples.UNUSED, rule="side-unread", severity="error"),)
)


@pytest.mark.parametrize(
    ("report", "note", "warning", "error", "never"),
    [
        pytest.param(samples.IDENTICAL, 0, 0, 0, 0, id="identical"),
        pytest.param(samples.EXPECTED, 0, 0, 0, 0, id="expected"),
        pytest.param(samples.NOTES_ONLY, 1, 0, 0, 0, id="notes"),
        pytest.param(samples.MANY_PACKAGES, 1, 1, 0, 0, id="warnings"),
        pytest.param(samples.DRIFT, 1, 1, 1, 0, id="errors"),
        pytest.param(samples.UNREAD, 3, 3, 3, 3, id="unread"),
        pytest.param(GAP, 1, 1, 1, 3, id="error and unread"),
        pytest.param(POLICY_AND_GAP, 3, 3, 3, 3, id="only the policy, and unread"),
        pytest.param(POLICY_ALONE, 1, 1, 0, 0, id="only the policy"),
        pytest.param(HARMLESS, 0, 0, 0, 0, id="harmless gap"),
        pytest.param(TOLD, 3, 3, 3, 3, id="a finding that tells a gap"),
    ],
)
def test_exit_status(report, note, warning, error, never):
    assert parity_exit_status(report, "note") == note
    assert parity_exit_status(report, "warning") == warning
    assert parity_exit_status(report, "error") == error
    assert parity_exit_status(report, "never") == never
