"""Workflow commands, read back as a runner reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.model.review import Novelty
from depcheck.report.digest import Place
from depcheck.report.github import render_github
from tests.report import digests
from tests.report.digests import AI, CHECK, CONFLICT, KNOWN, SHIFT, WEB
from tests.report.golden_files import compare
from tests.report.runner import Command, commands


def read(digest: digests.Digest) -> list[Command]:
    text = render_github(digest)
    found = list(commands(text))
    assert len(found) == text.count("\n"), "every line is a command"
    return found


def test_an_annotation_says_what_the_lines_to_write_bring_with_them() -> None:
    falls = replace(CHECK.cures[0], remark="mcp falls back from 2.3.0 to 1.19.0.")
    first = read(replace(CHECK, cures=(falls,)))[0]
    assert first.message.split("\n")[-1] == "Mind: mcp falls back from 2.3.0 to 1.19.0."


def test_an_annotation_says_what_why_and_what_instead() -> None:
    first = read(CHECK)[0]
    assert first.name == "error"
    assert first.properties == {
        "file": "shop/web/requirements.txt",
        "line": "8",
        "endLine": "8",
        "title": "conflict through other packages (conflict-transitive)",
    }
    assert first.message.split("\n") == [
        CONFLICT.message,
        "Why: web needs pydantic<2; every langchain 0.3.0 to 1.5.0 needs pydantic>=2.7.4.",
        "See also: shop/ai/requirements.txt:2 (langchain>=0.3)",
        "Write here: pydantic>=2.7.4 (instead of pydantic<2)",
        "Take out in shop/ai/requirements.txt:2: langchain>=0.3",
        "The summary has 1 more way to heal it.",
    ]


def test_a_statement_over_several_lines_is_marked_whole() -> None:
    first = read(replace(CHECK, entries=(replace(CONFLICT, places=(AI, WEB)),)))[0]
    assert (first.properties["line"], first.properties["endLine"]) == ("2", "4")


def test_a_place_without_a_line_names_the_file() -> None:
    entry = replace(CONFLICT, places=(Place(path="pyproject.toml"),))
    first = read(replace(CHECK, entries=(entry,)))[0]
    assert first.properties.keys() == {"file", "title"}


def test_what_lies_outside_has_no_file() -> None:
    entry = replace(CONFLICT, places=(Place(path="/opt/x", line=3, inside=False),))
    first = read(replace(CHECK, entries=(entry,)))[0]
    assert first.properties.keys() == {"title"}
    assert "/opt/x" in first.message


def test_the_first_place_inside_is_annotated() -> None:
    entry = replace(CONFLICT, places=(Place(path="/opt/x", line=3, inside=False), WEB))
    assert read(replace(CHECK, entries=(entry,)))[0].properties["file"] == WEB.path


def test_what_the_change_brought_comes_first_its_own_lines_before_others() -> None:
    def told(word: str, novelty: Novelty) -> digests.Entry:
        return replace(CONFLICT, message=word, novelty=novelty)

    entries = (
        told("milder", Novelty(status="changed", touched=True)),
        told("unknown", Novelty(status="unknown")),
        told("known", Novelty(status="known", touched=True)),
        told("worse", Novelty(status="changed", worse=True)),
        told("new", Novelty(status="new")),
        told("touched", Novelty(status="new", touched=True)),
    )
    messages = [c.message.split("\n")[0] for c in read(replace(CHECK, entries=entries))]
    assert messages[:-1] == ["touched", "worse", "new", "milder", "unknown"]


def test_known_fixed_and_suppressed_ones_are_only_counted() -> None:
    digest = replace(CHECK, entries=(KNOWN,), failing=0, status=0)
    (last,) = read(digest)
    assert last.name == "notice"
    assert last.properties == {"title": "depcheck check"}
    assert "no new finding; 1 already there, 1 fixed. 1 finding suppressed." in last.message


def test_without_a_base_everything_is_annotated() -> None:
    entries = tuple(replace(entry, novelty=None) for entry in (CONFLICT, SHIFT, KNOWN))
    found = read(replace(CHECK, entries=entries, base=None))
    assert [c.name for c in found] == ["error", "warning", "notice", "error"]
    assert found[-1].message.startswith(f"CONFLICT: {CHECK.summary} 3 findings, of which 2 fail")


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (9, 9), (10, 8), (40, 8)])
def test_ten_of_a_kind_are_never_exceeded(count: int, shown: int) -> None:
    found = read(digests.many(count))
    assert {c.name for c in found} == {"error"}
    assert len([c for c in found if "file" in c.properties]) == shown
    assert len(found) <= 10
    if count > shown:
        assert found[-2].message.startswith(f"{count - shown} more")


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (11, 9)])
def test_another_kind_than_the_verdicts_has_ten_for_itself(count: int, shown: int) -> None:
    entries = tuple(replace(e, severity="warning") for e in digests.many(count).entries)
    warnings = [c for c in read(replace(CHECK, entries=entries)) if c.name == "warning"]
    assert len([c for c in warnings if "file" in c.properties]) == shown
    assert len(warnings) == 10


def test_an_unknown_base_is_said() -> None:
    assert "could not be analysed" in read(digests.UNKNOWN)[-1].message


def test_the_toolkits_escapes() -> None:
    entry = replace(
        CONFLICT, message="100%0A", title="a:b,c", places=(Place(path="a,b:c%d", line=1),)
    )
    line = render_github(replace(CHECK, entries=(entry,))).split("\n")[0]
    assert "file=a%2Cb%3Ac%25d,line=1," in line
    assert "title=a%3Ab%2Cc (" in line
    assert "::100%250A%0AWhy: " in line


def test_a_message_begins_with_a_word() -> None:
    found = read(replace(CHECK, entries=(replace(CONFLICT, message="[x] y"),)))
    assert found[0].message.startswith("Found: [x] y")


@pytest.mark.parametrize("name", digests.SAMPLES)
def test_golden(name: str) -> None:
    compare(f"{name}-github.txt", render_github(digests.SAMPLES[name]))


@pytest.mark.parametrize(
    ("worse", "lead"), [(True, "Worse than before:"), (False, "Changed; before:")]
)
def test_what_it_was_before_is_not_always_better(worse: bool, lead: str) -> None:
    novelty = Novelty(status="changed", worse=worse, was="pyjwt 1.7.1 → 2.8.0")
    (first, *_) = read(replace(CHECK, entries=(replace(SHIFT, novelty=novelty),)))
    assert f"\n{lead} pyjwt 1.7.1 → 2.8.0" in first.message


def test_a_line_to_write_is_here_whosever_it_is() -> None:
    change = replace(CONFLICT.changes[0], place=replace(WEB, component="other"))
    (first, *_) = read(
        replace(CHECK, entries=(replace(CONFLICT, places=(WEB,), changes=(change,)),))
    )
    assert "\nWrite here: " in first.message
