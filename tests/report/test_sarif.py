"""SARIF logs, against the schema, an independent validator and what code scanning wants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from depcheck.model.rules import CHECK_RULES
from depcheck.report.digest import Change, Context, Place
from depcheck.report.sarif.log import render_sarif
from tests.report import digests
from tests.report.digests import AI, CHECK, CONFLICT, HOSTILE, SAMPLES, WEB, Digest, Entry
from tests.report.golden_files import compare
from tests.report.sarif_checks import VALIDATOR, read
from tests.support.running import cannot

MULTITOOL = os.environ.get("SARIF_MULTITOOL") or shutil.which("sarif-multitool")


def results(digest: Digest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(render_sarif(digest))["results"]
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_golden(name: str) -> None:
    run = read(render_sarif(SAMPLES[name]))
    # The rules' texts are looked at where they are written.
    run["tool"]["driver"].pop("rules")
    for result in run["results"]:
        result.pop("ruleIndex")
    compare(f"{name}.sarif.json", json.dumps(run, indent=2) + "\n")


def test_the_schema_can_refuse() -> None:
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [{"stray": 1}]})


def test_the_rules_of_the_job_are_told() -> None:
    driver = read(render_sarif(CHECK))["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("depcheck", "0.1.0")
    assert driver["semanticVersion"] == "0.1.0"
    assert driver["informationUri"] == digests.DOCS
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert rules.keys() >= CHECK_RULES.keys()
    rule = rules["conflict-direct"]
    assert rule["name"] == "ConflictDirect"
    assert rule["shortDescription"] == {"text": "Direct conflict."}
    assert rule["helpUri"] == f"{digests.DOCS}#conflict-direct"
    assert rule["defaultConfiguration"] == {"level": "error"}
    for told in rules.values():
        assert told["name"].lower() != told["id"].lower()
        assert told["help"]["text"]
        assert told["help"]["markdown"].startswith("**What it means.** ")


def test_without_an_address_of_the_rules_a_name_stands_for_it() -> None:
    driver = read(render_sarif(digests.AUDIT))["tool"]["driver"]
    assert "informationUri" not in driver
    assert "semanticVersion" not in driver
    assert {r["helpUri"] for r in driver["rules"]} == {
        f"urn:depcheck:rule:{r['id']}" for r in driver["rules"]
    }


def test_a_finding_stands_on_its_line_and_names_the_others() -> None:
    first = results(CHECK)[0]
    (place,) = first["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/web/requirements.txt", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 8, "endLine": 8, "snippet": {"text": "pydantic<2"}},
    }
    assert [(at["name"], at["kind"]) for at in place["logicalLocations"]] == [
        ("web", "component"),
        ("ai", "component"),
        ("pydantic", "package"),
    ]
    (related,) = first["relatedLocations"]
    assert related["physicalLocation"]["region"]["endLine"] == 4
    assert related["message"] == {"text": "langchain>=0.3"}
    assert first["partialFingerprints"] == {"depcheck/v1": CONFLICT.fingerprint}


def test_against_the_base() -> None:
    told = {
        result["partialFingerprints"]["depcheck/v1"]: result.get("baselineState")
        for result in results(CHECK)
    }
    assert list(told.values()) == ["new", "updated", "new", "unchanged", "updated", "absent"]
    assert "baselineState" not in results(digests.UNKNOWN)[0]
    assert "baselineState" not in results(digests.PARITY)[0]


def test_suppressed_ones_say_why() -> None:
    (found,) = [result for result in results(CHECK) if "suppressions" in result]
    assert found["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "the login was tested with it, web team, until 2027-01-31",
        }
    ]


def test_what_has_no_file_stands_in_the_configuration() -> None:
    found = next(result for result in results(CHECK) if result["ruleId"] == "undetermined")
    (place,) = found["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "shop/depcheck.toml"
    assert place["physicalLocation"]["region"]["startLine"] == 1
    assert {"name": "/opt/ai/bin/python", "kind": "resource"} in place["logicalLocations"]


def test_images_are_logical() -> None:
    (found,) = results(digests.PARITY)
    assert found["locations"][0]["logicalLocations"] == [
        {"name": "web", "kind": "service"},
        {"name": "django", "kind": "package"},
        {"name": "reg.example/shop/web:1.2", "kind": "image"},
    ]


def test_nothing_tells_of_this_machine() -> None:
    run = read(render_sarif(CHECK))
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    assert str(Path.cwd()) not in render_sarif(CHECK)


def test_edits_of_whole_lines_are_fixes() -> None:
    changes = (
        Change(place=WEB, before="pydantic<2", after="pydantic>=2.7.4"),
        Change(place=replace(AI, end=None), before="langchain>=0.3", after=""),
    )
    (fix,) = results(replace(CHECK, entries=(replace(CONFLICT, changes=changes),)))[0]["fixes"]
    assert fix["artifactChanges"] == [
        {
            "artifactLocation": {"uri": WEB.path, "uriBaseId": "%SRCROOT%"},
            "replacements": [
                {
                    "deletedRegion": {"startLine": 8},
                    "insertedContent": {"text": "pydantic>=2.7.4"},
                }
            ],
        },
        {
            "artifactLocation": {"uri": AI.path, "uriBaseId": "%SRCROOT%"},
            "replacements": [{"deletedRegion": {"startLine": 2}}],
        },
    ]


@pytest.mark.parametrize(
    "change",
    [
        Change(place=AI, before="a", after="b"),
        Change(place=replace(WEB, path="pyproject.toml"), before="a", after="b"),
        Change(place=replace(WEB, line=None), before="a", after="b"),
        Change(place=replace(WEB, inside=False), before="a", after="b"),
        Change(place=WEB, before="a", after="b\nc"),
    ],
    ids=["several lines", "toml", "no line", "outside", "two lines"],
)
def test_an_edit_that_is_no_whole_line_spoils_the_fix(change: Change) -> None:
    whole = Change(place=WEB, before="pydantic<2", after="pydantic>=2.7.4")
    entry = replace(CONFLICT, changes=(whole, change))
    assert "fixes" not in results(replace(CHECK, entries=(entry,)))[0]


def test_the_run_says_what_could_not_be_checked() -> None:
    (call,) = read(render_sarif(digests.AUDIT))["invocations"]
    assert (call["executionSuccessful"], call["exitCode"]) == (False, 3)
    (told,) = call["toolExecutionNotifications"]
    assert told["level"] == "note"
    assert "a URL is never fetched" in told["message"]["text"]


def test_what_looks_like_a_link_is_escaped() -> None:
    entry = replace(CONFLICT, message="see [this](https://evil.example) and x[y]", remedies=())
    text = results(replace(CHECK, entries=(replace(entry, steps=()),)))[0]["message"]["text"]
    assert text == r"see \[this\](https://evil.example) and x\[y\]"
    entry = replace(CONFLICT, message="celery[redis]>=5", remedies=(), steps=())
    text = results(replace(CHECK, entries=(entry,)))[0]["message"]["text"]
    assert text == "celery[redis]>=5"


def test_paths_are_encoded() -> None:
    place = Place(path="a b/ü#?%:.txt", line=1)
    entry = replace(CONFLICT, places=(place,))
    told = results(replace(CHECK, entries=(entry,)))[0]["locations"][0]["physicalLocation"]
    assert told["artifactLocation"]["uri"] == "a%20b/%C3%BC%23%3F%25%3A.txt"


@pytest.mark.parametrize(
    ("entry", "count", "least", "most"),
    [
        (replace(CONFLICT, changes=(), steps=(), facts=()), 25_010, 25_000, 25_000),
        (replace(CONFLICT, steps=("B" * 4_000,) * 8), 14_000, 5_000, 13_000),
    ],
    ids=["too many", "too large"],
)
def test_what_code_scanning_would_refuse_is_cut(
    entry: Entry, count: int, least: int, most: int
) -> None:
    text = render_sarif(replace(CHECK, entries=(entry,) * count, suppressed=(), fixed=()))
    (run,) = json.loads(text)["runs"]  # too long to be held against the schema
    kept = len(run["results"])
    assert least <= kept <= most
    told = run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert told == f"{count - kept} more results are left out: too many."


def test_an_independent_validator_finds_nothing(tmp_path: Path) -> None:
    if MULTITOOL is None:
        cannot("no sarif-multitool (npm: @microsoft/sarif-multitool); SARIF_MULTITOOL names it")
    hostile = {f"hostile-{kind}": digests.poisoned(CHECK, text) for kind, text in HOSTILE.items()}
    for name, digest in (SAMPLES | hostile).items():
        documented = replace(digest, context=Context(docs=digests.DOCS, links=digests.LINKS))
        home = digest.home or Place(path="depcheck.toml")
        text = render_sarif(replace(documented, home=replace(home, path="depcheck.toml")))
        (tmp_path / f"{name}.sarif").write_text(text, encoding="ascii")
    faulty = render_sarif(CHECK).replace('"ruleIndex": 1,', '"ruleIndex": 99,')
    (tmp_path / "faulty.sarif").write_text(faulty, encoding="ascii")
    told = subprocess.run(
        [
            str(MULTITOOL), "validate", *map(str, sorted(tmp_path.glob("*.sarif"))),
            "--level", "Error;Warning", "--rule-kind", "Sarif;Gh",
            "--output", str(tmp_path / "found"), "--log", "ForceOverwrite",
        ],
        capture_output=True, text=True, check=False,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )  # fmt: skip
    found = [
        line for line in told.stdout.splitlines() if ": error " in line or ": warning " in line
    ]
    assert "Analysis completed successfully" in told.stdout
    assert found, "it looks at what it is given"
    assert all("/faulty.sarif(" in line for line in found), "\n".join(found)


@pytest.mark.parametrize("outside", [None, Place(path="/opt/ai", inside=False)])
def test_a_result_without_a_line_stands_where_a_configuration_would(outside: Place | None) -> None:
    entry = replace(CONFLICT, places=(outside,) if outside else ())
    bare = replace(CHECK, entries=(entry,), home=outside, context=Context(prefix="shop/"))
    (place,) = results(bare)[0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "shop/depcheck.toml"
    home = Place(path="shop/pyproject.toml", line=4)
    (place,) = results(replace(bare, home=home))[0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "shop/pyproject.toml"
    assert place["message"]["text"] == "It has no line of its own here."
