"""A commented ``depcheck.toml`` of what was found."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from depcheck.discovery.values import Discovery, Guess, Mention, Proposal
from depcheck.model.text import printable

_WIDTH = 88
_MOST_REASONS, _MOST_PATHS, _MOST_CHOICES = 20, 8, 20
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = """\
Written by `depcheck init`: what it found in this repository and what it guessed. Read it, \
change it, commit it. Paths are relative to this file; `depcheck check` reads it."""
_ELSEWHERE = """\
In pyproject.toml the same stands below [tool.depcheck]: [tool.depcheck.components.web] for \
[components.web], and so on."""
_ALONE = """\
Only one component was found: `depcheck check` resolves it alone, and has nothing to compare it \
with. Name the other one here, with its requirements file:"""
_ROLES = {
    "core": "the side that must not be moved: one component at the most",
    "ai": "what moves others; judged by depcheck isolate --audit",
    "other": "core, ai or other",
}
_ACCEPTED = """\
A finding that the team has decided to live with (depcheck explain RULE tells more):"""


def draft(discovery: Discovery) -> str:
    """Return the configuration as TOML text: it loads as it is, comments say why."""
    lines = [
        *_comment(_HEAD),
        *_comment(_ELSEWHERE),
        "",
        *_target(discovery),
        *_common(),
        *(line for each in discovery.proposals for line in _component(each, discovery.python)),
        *_single(discovery),
        *_mentions(discovery.mentions),
        *(line for note in discovery.notes for line in ("", *_comment(note))),
        *_environments(discovery.composes),
        *_accepted(),
    ]
    return "\n".join(lines) + "\n"


def _target(discovery: Discovery) -> Iterator[str]:
    yield from _guess("python", discovery.python, "3.12", "The Python that it is deployed on.")
    yield from _guess(
        "platform", discovery.platform, "linux/amd64", "The platform that it is deployed on."
    )


def _guess(key: str, guess: Guess | None, example: str, what: str) -> Iterator[str]:
    if guess:
        yield from _comment(f"{what} Taken from {guess.by}.")
        yield f"{key} = {quoted(guess.value)}"
    else:
        yield from _comment(f"{what} Nothing here says it: without it, this machine's counts.")
        yield f"# {key} = {quoted(example)}"


def _common() -> tuple[str, ...]:
    return (
        '# fail-on = "warning"  # from what severity on it fails: note, warning, error or never',
        '# index-url = "https://index.example/simple/"  # default: what pip would ask',
    )


def _component(proposal: Proposal, python: Guess | None) -> Iterator[str]:
    candidate = proposal.candidate
    yield ""
    for sentence in proposal.because:
        yield from _comment(sentence)
    yield f"[components.{_key(proposal.name)}]"
    yield f"source = {quoted(candidate.source)}"
    if candidate.lock:
        yield f"lock = {quoted(candidate.lock)}  # what it has when alone"
    for key, chosen, more in (
        ("extras", candidate.extras, candidate.more_extras),
        ("groups", candidate.groups, candidate.more_groups),
    ):
        if chosen:
            yield f"{key} = {_texts(chosen)}"
        elif more:
            yield f"# {key} = {_texts(more[:_MOST_CHOICES])}  # keep those that are deployed"
    yield f'role = "{proposal.role}"  # {_ROLES[proposal.role]}'
    if proposal.container:
        by = printable(proposal.container.by)
        yield f"container = {quoted(proposal.container.value)}  # {by}"
    if proposal.python and python and proposal.python.value != python.value:
        by = printable(proposal.python.by)
        yield f"# python = {quoted(proposal.python.value)}  # for isolate: {by}"


def _single(discovery: Discovery) -> Iterator[str]:
    if len(discovery.proposals) == 1:
        yield ""
        yield from _comment(_ALONE)
        yield "# [components.recommender]"
        yield '# source = "recommender/requirements.txt"'
        yield '# role = "ai"'


def _mentions(mentions: Iterable[Mention]) -> Iterator[str]:
    reasons = by_reason(mentions)
    if not reasons:
        return
    yield ""
    yield from _comment("Left out:")
    for why, paths in reasons[:_MOST_REASONS]:
        more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
        listed = ", ".join(printable(path) for path in paths[:_MOST_PATHS])
        yield from _comment(f"{listed}{more}: {why}", "# - ", "#   ")
    if len(reasons) > _MOST_REASONS:
        yield f"# - and more, for {len(reasons) - _MOST_REASONS} other reasons"


def by_reason(mentions: Iterable[Mention]) -> list[tuple[str, list[str]]]:
    """Return the paths that are mentioned for each reason, in their order."""
    reasons: dict[str, list[str]] = {}
    for mention in dict.fromkeys(mentions):
        reasons.setdefault(mention.why, []).append(mention.path)
    return list(reasons.items())


def _environments(composes: tuple[str, ...]) -> Iterator[str]:
    compose = composes[0] if composes else "compose.yaml"
    yield ""
    yield from _comment("What was tested and what runs, for `depcheck parity staging production`:")
    yield "# [environments.staging]"
    yield '# services.web = "docker:web:staging"'
    yield "# [environments.production]"
    yield f"# compose = {quoted(compose)}"


def _accepted() -> Iterator[str]:
    yield ""
    yield from _comment(_ACCEPTED)
    yield "# [[suppress]]"
    yield '# rule = "shift-major"'
    yield '# package = "pyjwt"'
    yield '# reason = "tested with both"'
    yield "# expires = 2027-01-31"


def _comment(text: str, first: str = "# ", rest: str = "# ") -> list[str]:
    return textwrap.wrap(
        printable(text, limit=2000),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, values))}]"


def quoted(text: str) -> str:
    """Return ``text`` as a basic string of TOML 1.0."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
