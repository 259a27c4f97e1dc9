"""What strangers write is inert in every format: each kind in each of them, in every field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from depcheck.report.digest import Digest
from depcheck.report.github import render_github
from depcheck.report.html.page import render_html
from depcheck.report.markdown.comment import render_comment
from depcheck.report.markdown.summary import render_markdown
from depcheck.report.sarif.log import render_sarif
from tests.report import digests
from tests.report.digests import HOSTILE, SAMPLES, poisoned
from tests.report.gfm import PARSERS, shown
from tests.report.runner import commands
from tests.report.sarif_checks import read

FORMATS: dict[str, Callable[[Digest], str]] = {
    "github": render_github,
    "markdown": render_markdown,
    "comment": render_comment,
    "sarif": render_sarif,
    "html": render_html,
}
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
SECRETS = ("hunter2", "abcdef#key", "token=abcdef")
COMMAND = re.compile(r"^\s*::|##\[|##vso", re.MULTILINE)
ALLOWED = {
    "h3", "h4", "p", "strong", "details", "summary", "table", "thead", "tbody", "tr", "th", "td",
    "code", "pre", "ol", "ul", "li", "a", "br",
}  # fmt: skip
ATTRIBUTES = {("code", "class", "language-diff"), ("code", "class", "language-sh")} | {
    ("code", "class", "language-text"),
    ("pre", "lang", "diff"),
    ("pre", "lang", "sh"),
    ("pre", "lang", "text"),
}


@cache
def clean(name: str, sample: str) -> str:
    """Return what a format has of a sample in which nothing is hostile."""
    return FORMATS[name](SAMPLES[sample])


@cache
def clean_run(sample: str) -> dict[str, Any]:
    return read(clean("sarif", sample))


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_control_and_no_secret_gets_through(kind: str, sample: str) -> None:
    digest = poisoned(SAMPLES[sample], HOSTILE[kind])
    for name, render in FORMATS.items():
        text = render(digest)
        assert not FORBIDDEN.search(text), name
        assert not any(secret in text for secret in SECRETS), name
        text.encode()


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "github"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_line_is_a_command(kind: str, name: str) -> None:
    text = FORMATS[name](poisoned(digests.CHECK, HOSTILE[kind]))
    ours = set(clean(name, "check").splitlines())  # a style sheet has ``::marker``
    theirs = "\n".join(line for line in text.splitlines() if line not in ours)
    assert not COMMAND.search(theirs)
    assert not list(commands(text))


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("kind", HOSTILE)
def test_github_says_nothing_but_what_was_meant(kind: str, sample: str) -> None:
    ours = list(commands(clean("github", sample)))
    text = render_github(poisoned(SAMPLES[sample], HOSTILE[kind]))
    found = list(commands(text))
    assert len(found) == text.count("\n") == len(ours)
    assert [command.name for command in found] == [command.name for command in ours]
    for command, meant in zip(found, ours, strict=True):
        assert command.properties.keys() == meant.properties.keys()
        assert command.properties.get("line") == meant.properties.get("line")
        assert command.message[0].isalnum()
        assert "\r" not in command.message
        for line in command.message.split("\n"):
            assert not COMMAND.search(line)


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("name", ["markdown", "comment"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_markdown_is_only_ours(kind: str, name: str, parser: str) -> None:
    page = shown(FORMATS[name](poisoned(digests.CHECK, HOSTILE[kind])), parser)
    plain = shown(clean(name, "check"), parser)
    assert page.tags <= ALLOWED
    assert {a for a in page.attributes if a[1] != "start"} <= ATTRIBUTES
    assert page.comments == plain.comments
    assert page.cells == plain.cells
    ours = (digests.LINKS, digests.DOCS)
    assert all(link.startswith(ours) for link in page.links)
    assert not page.references()


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("kind", HOSTILE)
def test_sarif_stays_valid(kind: str, sample: str) -> None:
    text = HOSTILE[kind]
    run = read(render_sarif(poisoned(SAMPLES[sample], text)))
    plain = clean_run(sample)
    assert len(run["results"]) == len(plain["results"])
    assert run["tool"] == plain["tool"]
    for message in messages(run):
        assert not re.search(r"(?<!\\)\]\(", message)


def messages(data: object) -> list[str]:
    match data:
        case dict():
            own = [item["text"] for key, item in data.items() if key == "message"]
            return [*own, *(text for item in data.values() for text in messages(item))]
        case list():
            return [text for item in data for text in messages(item)]
    return []


def strings(data: object) -> list[str]:
    match data:
        case str():
            return [data]
        case dict():
            return [s for key, item in data.items() for s in (key, *strings(item))]
        case list():
            return [s for item in data for s in strings(item)]
    return []


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["ansi", "html", "mention", "table", "bidi"])
def test_the_text_is_still_told(kind: str, name: str) -> None:
    """Inert does not mean gone: a reviewer should see what somebody tried."""
    text = FORMATS[name](poisoned(digests.CHECK, HOSTILE[kind]))
    if name == "sarif":
        text = "\n".join(strings(json.loads(text)))
    elif name in ("markdown", "comment"):
        text = "".join(shown(text, "cmark").every)
    sought = {
        "ansi": "\\x1b[31mred",
        "html": "alert(1)",
        "mention": "@octocat",
        "table": "a | b || c",
        "bidi": "\\u202eevil",
    }
    assert sought[kind] in text
