"""Which guards a configuration of HAProxy has words for (its manual, sections 4.2 and 5.2).

Words alone are looked for: whether the numbers suit, whether a rule is ever reached, and which
backend it is for, is not known.
"""

from __future__ import annotations

import re

RATE = "a rate limit"
CAP = "a cap on requests at once"
TIMES = "time-outs"
BREAKER = "a circuit breaker"

WORDS = {
    RATE: "a stick-table with a rate, and 429 or deny for what is above it",
    CAP: "maxconn on each server",
    TIMES: "timeout server and timeout queue",
    BREAKER: "check, observe and on-error on each server",
}
"""What is looked for, by guard."""

_SERVER = re.compile(r"\s*server(?:-template)?\s")
_DEFAULT = re.compile(r"\s*default-server\s")
_REFUSAL = re.compile(r"\s*(?:http|tcp)-request\s.*\b(?:429|deny|reject|tarpit|silent-drop)\b")
_STORE = re.compile(r"\s*stick-table\s.*\bstore\s.*_rate\b")
_READ = re.compile(r"\b(?:sc|src|table)\w*_rate\b")
_TRACK = re.compile(r"\s*(?:http|tcp)-request\s.*\btrack-sc\d*\b")
_COUNT = re.compile(r"\s*(?:http|tcp)-request\s.*\bsc-inc-gpc")
_CAP = re.compile(r"\smaxconn\s+0*[1-9]")
_TIME = re.compile(r"\s*timeout\s+(server|queue)\s+0*[1-9]")
_BREAKER = (
    re.compile(r"\scheck(?:\s|$)"),
    re.compile(r"\sobserve\s+layer[47]\b"),
    re.compile(r"\son-error\s+\S"),
)


def lacking_words(text: str) -> tuple[str, ...]:
    """Return the guards of which a configuration has no words: of WORDS, in its order."""
    lines = [line for each in text.splitlines() if (line := _without_comment(each)).strip()]
    there = {
        RATE: _limits(lines),
        CAP: _on_servers(lines, _CAP),
        TIMES: {m[1] for line in lines if (m := _TIME.match(line))} == {"server", "queue"},
        BREAKER: all(_on_servers(lines, each) for each in _BREAKER),
    }
    return tuple(guard for guard, found in there.items() if not found)


def _limits(lines: list[str]) -> bool:
    stored = [line for line in lines if _STORE.match(line)]
    counted = any("gpc" not in line for line in stored) or any(map(_COUNT.match, lines))
    tracked = any(map(_TRACK.match, lines)) or any("src_" in line for line in lines)
    return bool(stored) and counted and tracked and _refuses(lines)


def _refuses(lines: list[str]) -> bool:
    """Return whether what is above a rate is refused, by itself or by the name of an ACL."""
    names = {
        words[1]
        for line in lines
        if (words := line.split())[0] == "acl" and len(words) > 1 and _READ.search(line)
    }
    return any(
        _READ.search(line) or not names.isdisjoint(line.split())
        for line in lines
        if _REFUSAL.match(line)
    )


def _on_servers(lines: list[str], word: re.Pattern[str]) -> bool:
    """Return whether each server has a word, or all by ``default-server``."""
    servers = [line for line in lines if _SERVER.match(line)]
    shared = any(word.search(line) for line in lines if _DEFAULT.match(line))
    return shared or (bool(servers) and all(word.search(line) for line in servers))


def _without_comment(line: str) -> str:
    """Return a line up to its ``#``, which quotes and a backslash take the meaning from."""
    quote, escaped = "", False
    for at, char in enumerate(line):
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#":
            return line[:at]
    return line
