"""The isolation report in each format: golden files, the schema, hostile text, exit status."""

from __future__ import annotations

import json as stdlib_json
import re
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from depcheck.model.findings import Finding
from depcheck.model.rules import CHECK_RULES, ISOLATION_RULES, SUPPRESSION_RULES
from depcheck.report.json.isolation import render_isolation_json
from depcheck.report.status import isolation_exit_status
from depcheck.report.text.isolation import render_isolation
from tests.report.test_golden import compare
from tests.report.test_hostile import ANSI, COMMAND, FORBIDDEN
from tests.report.test_schema import objects
from tests.support import isolation_reports as samples

SCHEMA = stdlib_json.loads(
    files("depcheck.report.json").joinpath("isolation.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


class TestGolden:
    @pytest.mark.parametrize("width", [80, 200])
    @pytest.mark.parametrize("name", samples.ALL)
    def test_text(self, name, width):
        text = render_isolation(samples.ALL[name], width=width, colour=False, unicode=True)
        compare(f"isolation-{name}-{width}.txt", text)

    @pytest.mark.parametrize("name", ["two", "five", "wide"])
    def test_ascii(self, name):
        text = render_isolation(samples.ALL[name], width=80, colour=False, unicode=False)
        compare(f"isolation-{name}-ascii-80.txt", text)
        assert text.isascii()

    def test_verbose(self):
        text = render_isolation(samples.FIVE, width=80, colour=False, unicode=True, verbose=True)
        compare("isolation-five-verbose-80.txt", text)

    @pytest.mark.parametrize("name", samples.ALL)
    def test_colour_is_all_that_colour_adds(self, name):
        text = render_isolation(samples.ALL[name], width=80, colour=True, unicode=True)
        plain = render_isolation(samples.ALL[name], width=80, colour=False, unicode=True)
        assert ANSI.sub("", text) == plain
        assert "\x1b" in text
        assert "\x1b" not in plain

    @pytest.mark.parametrize("name", [name for name in samples.ALL if name != "twelve"])
    def test_json(self, name):
        # Twelve containers say nothing that five do not, at ten times the length.
        compare(f"isolation-{name}.json", render_isolation_json(samples.ALL[name]))


class TestSchema:
    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("name", samples.ALL)
    def test_reports_fit(self, name):
        VALIDATOR.validate(stdlib_json.loads(render_isolation_json(samples.ALL[name])))

    def test_a_hostile_report_fits(self):
        VALIDATOR.validate(stdlib_json.loads(render_isolation_json(samples.hostile())))

    def test_every_rule_is_listed(self):
        rules = SCHEMA["$defs"]["finding"]["properties"]["rule"]["enum"]
        assert rules == [*ISOLATION_RULES, *CHECK_RULES, *SUPPRESSION_RULES]

    def test_every_object_is_closed_and_complete(self):
        for schema in objects(SCHEMA):
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) == set(schema["properties"])

    def test_every_definition_is_used(self):
        text = stdlib_json.dumps(SCHEMA)
        assert [name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in text] == []

    def test_a_stray_property_is_refused(self):
        data = stdlib_json.loads(render_isolation_json(samples.TWO))
        data["walls"][0]["reasons"][0]["evidence"]["stray"] = 1
        assert not VALIDATOR.is_valid(data)

    def test_the_data(self):
        data = stdlib_json.loads(render_isolation_json(samples.FIVE, root="shop/"))
        assert (data["job"], data["verdict"], data["root"]) == ("isolate", "several", "shop/")
        assert data["counts"] == {"error": 3, "warning": 4, "note": 0}
        assert data["proven"] == {"fewest": 3, "exact": True, "ranked": 14, "all_ranked": True}
        assert data["containers"][2]["gpu"] is True
        assert data["containers"][3]["unsized"] == ["shop-models"]
        assert data["containers"][4]["target"]["python"] == "3.9.20"
        assert [wall["stands"] for wall in data["walls"]] == [True] * 6
        assert data["budget"]["wanted"] == 50
        assert data["complete"] is True
        advised = stdlib_json.loads(render_isolation_json(samples.ONE))["walls"][0]
        assert (advised["stands"], advised["decisive"]) == (False, False)

    def test_every_kind_of_evidence_is_told(self):
        data = stdlib_json.loads(render_isolation_json(samples.hostile()))
        told = [*data["walls"][0]["reasons"], *data["findings"]]
        kinds = {finding["evidence"]["kind"] for finding in told}
        assert kinds == {
            *("conflict", "shift", "python", "native", "weight", "gpu", "labels", "budget")
        }


class TestHostile:
    @pytest.mark.parametrize("verbose", [False, True])
    @pytest.mark.parametrize("width", [40, 80, 120, 200])
    @pytest.mark.parametrize("verdict", ["one", "several", "undetermined"])
    def test_the_terminal_report_is_inert(self, verdict, width, verbose):
        report = replace(samples.hostile(), verdict=verdict)
        for unicode in (True, False):
            text = render_isolation(
                report, width=width, colour=False, unicode=unicode, verbose=verbose
            )
            assert not FORBIDDEN.search(text)
            assert not COMMAND.search(text)
            assert not re.search("hunter2|abcdef", text)

    def test_one_hostile_container(self):
        report = samples.hostile()
        report = replace(report, verdict="one", containers=report.containers[:1])
        text = render_isolation(report, width=80, colour=False, unicode=True)
        assert not FORBIDDEN.search(text)
        assert not COMMAND.search(text)

    def test_half_an_address_does_not_show_its_password(self):
        evil = "https://user:hun.ter.2@index.example/"
        home = replace(samples.TWO.containers[0], target=samples.target(evil))
        report = replace(samples.TWO, containers=(home, samples.TWO.containers[1]))
        assert "hun" not in render_isolation(report, width=80, colour=False, unicode=True)

    def test_the_only_escapes_in_colour_are_our_own(self):
        text = render_isolation(samples.hostile(), width=80, colour=True, unicode=True)
        assert not FORBIDDEN.search(ANSI.sub("", text))
        assert not COMMAND.search(ANSI.sub("", text))

    def test_json_is_inert_and_keeps_the_data(self):
        text = render_isolation_json(samples.hostile(), root=samples.EVIL)
        assert text.isascii()
        assert not FORBIDDEN.search(text)
        assert not COMMAND.search(text)
        assert not re.search("hunter2|abcdef", text)
        message = stdlib_json.loads(text)["findings"][0]["message"]
        assert message.startswith(samples.EVIL.split("https://user")[0])

    def test_a_command_to_copy_keeps_names_as_data(self):
        names = ("web", "x; rm -rf ~")
        report = replace(
            samples.ONE,
            boundaries=(replace(samples.ADVISED, components=names, containers=("web", "web")),),
            wishes=(replace(samples.ONE.wishes[0], asked="--apart web,$(id)"),),
        )
        text = render_isolation(report, width=120, colour=False, unicode=True)
        assert "depcheck isolate --apart 'web,$(id)' --apart 'web,x; rm -rf ~'\n" in text


DISPROVEN = replace(samples.CLEAN, verified=(samples.IMPOSSIBLE.verified[2],))
UNTRIED = replace(samples.CLEAN, verified=(samples.IMPOSSIBLE.verified[1],))
HARMLESS = replace(
    samples.CLEAN,
    undetermined=(replace(samples.UNDETERMINED.undetermined[0], harmless=True),),
)
WISH_ALONE = replace(
    samples.CLEAN,
    wishes=(
        replace(
            samples.WISHED.wishes[0],
            because=(Finding(rule="wish-impossible", severity="error", message="no"),),
        ),
    ),
)
TOLD = replace(samples.CLEAN, findings=samples.UNDETERMINED.findings)
COMPONENT = replace(
    samples.CLEAN,
    components=(
        replace(samples.WEB, undetermined=samples.UNDETERMINED.undetermined),
        samples.RECOMMENDER,
    ),
)


@pytest.mark.parametrize(
    ("report", "note", "warning", "error", "never"),
    [
        pytest.param(samples.CLEAN, 0, 0, 0, 0, id="clean"),
        pytest.param(samples.ONE, 1, 1, 0, 0, id="advice"),
        pytest.param(samples.TWO, 1, 1, 1, 0, id="a wall"),
        pytest.param(samples.TODAY, 1, 0, 0, 0, id="a wall that stands today"),
        pytest.param(samples.IMPOSSIBLE, 1, 1, 1, 3, id="errors and a proof not tried"),
        pytest.param(samples.UNDETERMINED, 3, 3, 3, 3, id="undetermined"),
        pytest.param(UNTRIED, 3, 3, 3, 3, id="a proof not tried"),
        pytest.param(DISPROVEN, 1, 1, 1, 0, id="a proof that failed"),
        pytest.param(HARMLESS, 0, 0, 0, 0, id="harmless gap"),
        pytest.param(WISH_ALONE, 1, 1, 1, 0, id="a wish that is impossible"),
        pytest.param(TOLD, 3, 3, 3, 3, id="a finding that tells a gap"),
        pytest.param(COMPONENT, 3, 3, 3, 3, id="a gap of a component"),
    ],
)
def test_exit_status(report, note, warning, error, never):
    assert isolation_exit_status(report, "note") == note
    assert isolation_exit_status(report, "warning") == warning
    assert isolation_exit_status(report, "error") == error
    assert isolation_exit_status(report, "never") == never
