"""Text written by strangers, made safe to show."""

from __future__ import annotations

import pytest

from depcheck.model.text import did_you_mean, printable, redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pw@index.example/x", "https://***@index.example/x"),
        ("git+https://tok@index.example/x@v1#egg=x", "git+https://***@index.example/x@v1#egg=x"),
        ("https://u:p@ss@index.example/", "https://***@index.example/"),
        ("https://index.example/x?sig=abc#frag", "https://index.example/x?***#***"),
        (
            "a https://u@h.example/ b https://v@h.example/",
            "a https://***@h.example/ b https://***@h.example/",
        ),
        ("https://index.example/repo@v1", "https://index.example/repo@v1"),
        ("mail@index.example", "mail@index.example"),
        ("u:pw@reg.example/shop:1", "***@reg.example/shop:1"),
        ("reg.example:5000/shop:1@sha256:12ab", "reg.example:5000/shop:1@sha256:12ab"),
    ],
)
def test_secrets_are_hidden(text, shown):
    assert redact(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – é", "plain – é"),
        ("a\nb", "a\\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u202eb\u200bc\u2028", "a\\u202eb\\u200bc\\u2028"),
    ],
)
def test_controls_are_escaped(text, shown):
    assert printable(text) == shown


def test_long_text_is_cut_after_its_secrets_are_hidden():
    assert printable("x" * 300, limit=10) == "xxxxxxxxx…"
    assert "pw" not in printable("https://user:pw@index.example/", limit=18)


def test_the_nearest_word():
    assert did_you_mean("warnin", ["warning", "note"]) == 'did you mean "warning"?'
    assert did_you_mean("DEV", ["Dev"]) == 'did you mean "Dev"?'
    assert did_you_mean("zzz", ["warning"]) == ""
