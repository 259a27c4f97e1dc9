"""The published schema fits every report, and nothing beside it."""

from __future__ import annotations

import copy
import json as stdlib_json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from depcheck.model.report import Report
from depcheck.model.rules import CHECK_RULES, SUPPRESSION_RULES
from depcheck.report.json import check as json
from tests.report import review_samples, samples

SCHEMA = stdlib_json.loads(
    files("depcheck.report.json").joinpath("report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
REPORTS = {
    **samples.ALL,
    **review_samples.ALL,
    "hostile": samples.hostile(),
    "hostile-review": review_samples.hostile(),
}


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", REPORTS)
def test_reports_fit(name: str) -> None:
    VALIDATOR.validate(stdlib_json.loads(json.render(REPORTS[name])))


def test_every_rule_is_listed() -> None:
    known = SCHEMA["$defs"]["finding"]["properties"]["rule"]["enum"]
    assert set(known) == {*CHECK_RULES, *SUPPRESSION_RULES}


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_every_object_is_closed_and_complete() -> None:
    for schema in objects(SCHEMA):
        assert schema["additionalProperties"] is False
        assert set(schema["required"]) == set(schema["properties"])


def test_a_stray_property_is_refused() -> None:
    data = stdlib_json.loads(json.render(samples.SHIFTS))
    stray = copy.deepcopy(data)
    stray["findings"][0]["evidence"]["stray"] = 1
    assert not VALIDATOR.is_valid(stray)


def test_order_without_meaning_does_not_show() -> None:
    def shuffled(report: Report) -> Report:
        return samples.report(
            verdict=report.verdict,
            findings=report.findings,
            combined=tuple(reversed(report.combined or ())),
            undetermined=tuple(reversed(report.undetermined)),
            alone={name: picks[::-1] for name, picks in reversed(report.alone.items())},
        )

    assert json.render(shuffled(samples.UNDETERMINED)) == json.render(samples.UNDETERMINED)
