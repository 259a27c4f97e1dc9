"""One requirement as text (PEP 508), and what a person is told where it is none."""

from __future__ import annotations

import re
from typing import Literal

from depcheck.model.requirement import Origin, Requirement, Undetermined, normalise
from depcheck.model.text import did_you_mean, printable

_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|file:)")
_ARCHIVE = re.compile(
    r"[^\s;]+\.(?:whl|zip|tar|tgz|tbz|txz|tar\.(?:gz|bz2|xz|Z))(?:\[[^\]]*\])?\s*(?:;.*)?",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?:\.{1,2}(?:[/\\\[]|\s*(?:;.*)?$)|[/\\]|[A-Za-z]:[\\/]|[^\s;@<>=!~\[\]]+[/\\]|~[^\s=]*[/\\])"
)
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_POINTER = re.compile(r"\n(?P<line>[^\n]*)\n(?P<space> *)[~^]")
_VERSION_HINTS = (
    (re.compile(r"\$\{\w+\}"), "environment variables in files are never expanded: write it out"),
    (re.compile(r"=[<>!~]"), "write the operators as <=, >=, != or ~="),
    (re.compile(r"(?<![=<>!~])=(?![=])"), "write == for an exact version"),
    (re.compile(r"\^"), "write ^1.2 as >=1.2,<2"),
    (re.compile(r"[<>]=?\s*[\w.]+\.\*|~=\s*[\w.]+\.\*"), "only == and != can end with .*"),
    (re.compile(r"~=\s*\d+\s*(?:[,;]|$)"), "~= needs two parts or more, such as ~=1.0"),
    (re.compile(r"^[\w.-]+\s+\d"), "put an operator before the version, such as =="),
    (re.compile(r"^[\w.\[\]-]+\s+[A-Za-z]"), "write each requirement on a line of its own"),
)
_FETCHED = "is never fetched or built"

Kind = Literal["requirement", "constraint"]


class MalformedError(ValueError):
    """Text that is no requirement. ``args`` are the message and a hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint


def parse_requirement(
    text: str, *, origin: Origin, kind: Kind = "requirement", hashes: tuple[str, ...] = ()
) -> Requirement | Undetermined:
    """Return the requirement that ``text`` is, Undetermined where it names no release.

    Raises MalformedError with what is wrong, in plain words.
    """
    if reason := direct_reference(text):
        return undetermined_reference(origin, reason)
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    try:
        parsed = Parsed(text)
    except InvalidRequirement as fault:
        raise MalformedError(_plain(text, str(fault)), _hint(text)) from None
    if parsed.url is not None:
        return undetermined_reference(origin, _reference_kind(parsed.url))
    return Requirement(
        name=normalise(parsed.name),
        extras=tuple(sorted(map(normalise, parsed.extras))),
        specifier=str(parsed.specifier),
        marker=str(parsed.marker or ""),
        origin=origin,
        kind=kind,
        hashes=hashes,
    )


def direct_reference(text: str) -> str:
    """Return why ``text`` is a URL or path and no name, empty where it is a name."""
    if _URL.match(text):
        return _reference_kind(text)
    if _PATH.match(text) or _ARCHIVE.fullmatch(text):
        return f"a path {_FETCHED}"
    return ""


def _reference_kind(url: str) -> str:
    scheme = url.partition(":")[0].lower()
    if scheme.partition("+")[0] in ("git", "hg", "svn", "bzr"):
        return f"a version control URL {_FETCHED}"
    return f"a path {_FETCHED}" if scheme == "file" else f"a URL {_FETCHED}"


def undetermined_reference(origin: Origin, reason: str) -> Undetermined:
    """Return what is told of a requirement that would have to be fetched."""
    return Undetermined(
        subject=origin.text,
        reason=reason,
        hint="name the project with a version range to have it checked",
        origin=origin,
    )


def check_name(name: str) -> str:
    """Return the normalised project name (PEP 503); raises MalformedError."""
    if not _NAME.fullmatch(name):
        raise MalformedError(
            f'"{printable(name)}" is not a project name',
            "a name has letters, digits, -, _ and ., and begins and ends with a letter or digit",
        )
    return normalise(name)


def unknown(kind: str, wrong: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Return message and hint for an extra or group that does not exist."""
    listed = f"known are {', '.join(map(printable, known))}" if known else f"it has no {kind}s"
    return f'there is no {kind} "{printable(wrong)}"', did_you_mean(wrong, known) or listed


def _plain(text: str, fault: str) -> str:
    """Turn packaging's message, which draws a pointer under the text, into one sentence."""
    reason = fault.partition("\n")[0]
    at = _POINTER.search(fault)
    # The pointer is indented as far as the text above it, by four spaces.
    start = len(at["space"]) - 4 if at else 0
    if 0 < start < len(text) and reason.startswith("Expected semicolon"):
        reason = f'"{printable(text[start:].strip(), limit=60)}" cannot be understood'
    reason = printable(reason[:1].lower() + reason[1:])
    return f'"{printable(text, limit=120)}" is not a requirement: {reason}'


def _hint(text: str) -> str:
    specifier = text.partition(";")[0]
    return next((hint for wrong, hint in _VERSION_HINTS if wrong.search(specifier)), "")
