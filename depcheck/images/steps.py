"""Build steps and commands as people may see them: on one line, without their secrets."""

from __future__ import annotations

import re

from depcheck.model.text import printable, redact

_HIDDEN = "***"
_SHOWN = 200
_READ = 4000  # characters of a step that are looked at; a script can be megabytes
_NOP = re.compile(r"^/bin/sh -c #\(nop\)\s+")
_BUILDKIT = re.compile(r"\s*# buildkit\s*$")
_SHELL = re.compile(r"^(/\S*sh|cmd|powershell)(?: -o \S+| -\w+| /\w+)*? (-\w*c|/S /C|-Command) ")
_ARGUMENTS = re.compile(r"^(?:RUN )?\|\d+ ")
_SHELL_AHEAD = re.compile(r" (?=/\S*sh(?: -o \S+| -\w+)* -\w*c )")
_DECLARED = re.compile(r"^(ENV|ARG|LABEL)\s+(\S.*)$", re.IGNORECASE | re.DOTALL)
# A value may hold what looks like another name: only the usual spelling is believed.
_NAMES = {
    "LABEL": re.compile(r"(?<!\S)([a-z][a-z0-9._/-]*)=(?!=)"),
    "ENV": re.compile(r"(?<!\S)([A-Z_][A-Z0-9_]*)=(?!=)"),
}
_FIRST_NAME = re.compile(r"[^\s=]+")
_SECRET = re.compile(
    r"pass|pwd|token|secret|credential|authorization|dsn|(?:^|[_.-])pat(?![a-z])"
    r"|(?:api|access|private|auth|account|encrypt|encryption|signing|master)[-_.]?key",
    re.IGNORECASE,
)
# A shell word: quoted parts (the last one may be cut), escaped characters, anything else
# up to a space or an operator.
_VALUE = r"""(?:\\.|"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s"'\\,;&|<>()\]])+"""
_ASSIGNED = re.compile(rf"(?<![\w.-])(-{{0,2}}[A-Za-z_][\w.-]*)(=|:\s*)({_VALUE})", re.DOTALL)
_FLAGGED = re.compile(
    rf"""(?<![\w.-])(--?[A-Za-z][\w.-]*)(["']?[\s,]+)(?!["']?[-|&;<>])({_VALUE})""", re.DOTALL
)
_USER = re.compile(rf"(?<![\w.-])(-u|--user)(=|\s+)(?=[^\s:]+:)({_VALUE})", re.DOTALL)
_NETRC = re.compile(rf"(?<![\w.-])(password|passwd)(\s+)({_VALUE})", re.IGNORECASE)
_SHORT_OPTION = re.compile(  # programs whose -p is a password
    rf"(?<![\w.-])((?:sshpass\s|mysql\w*\s|mariadb\w*\s)[^;&|]{{0,300}}?-p)(\s*)({_VALUE})"
)
_SCHEME = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE)


def clean_step(text: str) -> str:
    """Return a step of an image's history (OCI image-spec, config, ``created_by``).

    What builders wrap around it is gone, and a command that ran begins with ``RUN``.
    Values of build arguments, variables and labels, and what looks like a password
    or a token, are ``***``. One line of at most 200 characters.
    """
    text = _first(text)
    text, nop = _NOP.subn("", _BUILDKIT.sub("", text))
    text = text.strip()
    declared = _DECLARED.match(text)
    if declared and (nop or not text.startswith("/")):
        text = _without_values(declared[1].upper(), declared[2])
    elif not nop:
        text = _run(text)
    return printable(" ".join(masked_command(text).split()), limit=_SHOWN)


def masked_command(text: str) -> str:
    """Return a command line with its obvious secrets as ``***``.

    Those are values of options and variables whose names speak of one
    (``--password x``, ``API_TOKEN=x``), of authorization headers, and what URLs hold.
    """
    text = redact(text)
    text = _SCHEME.sub(rf"\1 {_HIDDEN}", text)
    text = _USER.sub(rf"\1\2{_HIDDEN}", text)
    text = _SHORT_OPTION.sub(rf"\1\2{_HIDDEN}", _NETRC.sub(rf"\1\2{_HIDDEN}", text))
    text = _FLAGGED.sub(_hide, text)
    return _ASSIGNED.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    name, between, _ = match.groups()
    return f"{name}{between}{_HIDDEN}" if _SECRET.search(name) else match[0]


def _first(text: str) -> str:
    """Return as much of a long text as is looked at, up to the end of a word."""
    if len(text) <= _READ:
        return text
    return text[:_READ].rpartition(" ")[0]


def _run(text: str) -> str:
    """Return a command that a builder ran, without build arguments and its shell."""
    if _ARGUMENTS.match(text):
        # Values may have spaces: where no shell is seen, no word is known to be the command.
        found = _SHELL_AHEAD.search(text)
        text = text[found.end() :] if found else "…"
        return "RUN " + _SHELL.sub("", text)
    bare = text.removeprefix("RUN ")
    stripped = _SHELL.sub("", bare)
    return f"RUN {stripped}" if stripped != bare or bare != text else text


def _without_values(keyword: str, rest: str) -> str:
    if keyword == "ARG" and "=" not in rest:
        return f"ARG {rest}"
    first = _FIRST_NAME.match(rest)
    names = [first[0]] if first else []
    known = _NAMES["LABEL" if keyword == "LABEL" else "ENV"]
    names += [name for name in known.findall(rest) if name not in names]
    return " ".join([keyword, *(f"{name.strip(chr(34))}={_HIDDEN}" for name in names)])
