"""What a SARIF log has to be: the schema, and what the schema cannot say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema

_SCHEMA = Path(__file__).with_name("sarif") / "sarif-2.1.0-rtm.5.json"
VALIDATOR = jsonschema.Draft4Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
_ENCODED = re.compile(r"[A-Za-z0-9._~/%-]+")


def read(text: str) -> dict[str, Any]:
    """Return the run of a log that the schema and the limits of code scanning accept."""
    assert text.isascii()
    log = json.loads(text)
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) <= 25_000
    assert len(run["results"]) <= 25_000
    for rule in rules:
        assert len(rule["properties"]["tags"]) <= 20
        assert urlsplit(rule["helpUri"]).scheme in ("https", "urn")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]["depcheck/v1"]
        (home,) = result["locations"]  # the whole log is refused if one result has no file
        assert home["physicalLocation"]["region"]["startLine"] >= 1
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            if "physicalLocation" in place:
                check_address(place["physicalLocation"]["artifactLocation"])
    return run


def check_address(location: dict[str, str]) -> None:
    uri = location["uri"]
    assert location["uriBaseId"] == "%SRCROOT%"
    assert _ENCODED.fullmatch(uri)
    assert not urlsplit(uri).scheme
    assert not urlsplit(uri).netloc
    assert unquote(uri, errors="surrogateescape")
