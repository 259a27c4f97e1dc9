"""Text from strangers stays text in every format."""

from __future__ import annotations

import json as stdlib_json
import re
import time

import pytest

from depcheck.report.escape import plain
from depcheck.report.json import check as json
from depcheck.report.text import check as console
from tests.report import samples

ANSI = re.compile(r"\x1b\[[0-9;]*m")
COMMAND = re.compile(r"^\s*::|##\[|##vso", re.MULTILINE)
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_terminal_report_is_inert(width: int, verbose: bool) -> None:
    shown = console.render(
        samples.hostile(), width=width, colour=False, unicode=True, verbose=verbose
    )
    assert not FORBIDDEN.search(shown)
    assert not COMMAND.search(shown)
    assert "hunter2" not in shown
    assert "abcdef" not in shown
    assert "[bold red]markup[/]" in " ".join(shown.split())
    assert "\\x1b]8;;https://evil.example\\x07link" in shown


def test_the_only_escapes_in_colour_are_our_own() -> None:
    shown = console.render(samples.hostile(), width=80, colour=True, unicode=True)
    assert not FORBIDDEN.search(ANSI.sub("", shown))
    assert not COMMAND.search(ANSI.sub("", shown))


def test_json_is_inert_and_keeps_the_data() -> None:
    shown = json.render(samples.hostile())
    assert shown.isascii()
    assert not FORBIDDEN.search(shown)
    assert not COMMAND.search(shown)
    assert "hunter2" not in shown
    assert "abcdef" not in shown
    message = stdlib_json.loads(shown)["findings"][0]["message"]
    assert message.startswith(samples.EVIL.split("https://user")[0])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b2J", "\\x9b2J"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
        ("::error::x", "\\x3a:error::x"),
        ("a ::error", "a \\x3a:error"),
        ("a::b", "a::b"),
        ("##[set-env]", "\\x23#[set-env]"),
        ("prüfen", "prüfen"),
        ("https://u:p@h/x", "https://***@h/x"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_plain_in_ascii() -> None:
    assert plain("prüfen →", unicode=False) == "pr\\xfcfen \\u2192"


def test_plain_takes_linear_time() -> None:
    text = "://" * 20_000 + "::" * 20_000 + "##" * 20_000 + "@" * 20_000
    begun = time.process_time()
    plain(text)
    assert time.process_time() - begun < 2
