"""The options that a requirements file may hold, as pip knows them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from depcheck.model.text import did_you_mean, printable
from depcheck.sources.requirement import MalformedError

# Whether the option takes a value, and the flag of depcheck's own that does the same.
_INDEX_OPTIONS = {
    "--index-url": (True, "--index-url"),
    "--pypi-url": (True, "--index-url"),
    "--extra-index-url": (True, "--extra-index-url"),
    "--no-index": (False, "--index-url"),
    "--find-links": (True, "--index-url"),
    "--trusted-host": (True, "--index-url"),
    "--pre": (False, "--pre"),
    "--all-releases": (True, "--pre"),
    "--only-final": (True, ""),
    "--prefer-binary": (False, ""),
    "--no-binary": (True, ""),
    "--only-binary": (True, ""),
    "--require-hashes": (False, ""),
    "--no-require-hashes": (False, ""),
    "--use-feature": (True, ""),
    "--no-use-wheel": (False, ""),
    "--use-wheel": (False, ""),
    "--process-dependency-links": (False, ""),
    "--always-unzip": (False, ""),
    "--uploaded-prior-to": (True, "--exclude-newer"),
}
_INCLUDE_OPTIONS = {"--requirement": True, "--constraint": True, "--editable": True}
_REQUIREMENT_OPTIONS = {
    "--hash": True,
    "--config-settings": True,
    "--config-setting": True,
    "--install-option": True,
    "--global-option": True,
}
_SHORT = {
    "-i": "--index-url",
    "-f": "--find-links",
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-C": "--config-settings",
    "-Z": "--always-unzip",
}
_TAKES_VALUE = {
    **{name: takes for name, (takes, _) in _INDEX_OPTIONS.items()},
    **_INCLUDE_OPTIONS,
    **_REQUIREMENT_OPTIONS,
}


@dataclass(frozen=True, slots=True)
class Option:
    """An option with its full name; ``value`` is empty for a switch."""

    name: str
    value: str


def own_flag(name: str) -> str:
    """Return depcheck's flag for an index option, empty where it has none."""
    return _INDEX_OPTIONS[name][1]


def is_index_option(name: str) -> bool:
    return name in _INDEX_OPTIONS


def parse_options(text: str) -> list[Option]:
    """Return the options of a line's end; raises MalformedError."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise MalformedError(
            f'"{printable(text, limit=80)}" has a quote that is never closed'
        ) from None
    options: list[Option] = []
    rest = iter(words)
    for word in rest:
        if options and options[-1].name == "--editable" and not word.startswith("-"):
            # A marker, say: it belongs to the path or URL before it.
            options[-1] = Option("--editable", f"{options[-1].value} {word}")
            continue
        name, value = _split(word)
        if value is None and _TAKES_VALUE[name]:
            value = next(rest, None)
            if value is None:
                raise MalformedError(f"{name} needs a value")
        options.append(Option(name, value or ""))
    return options


def _split(word: str) -> tuple[str, str | None]:
    """Return an option's full name and the value that is glued to it."""
    if word.startswith("--"):
        given, equals, value = word.partition("=")
        return _full_name(given), value if equals else None
    if word[:2] in _SHORT:
        return _SHORT[word[:2]], word[2:] or None
    if word.startswith("-"):
        raise _unknown(word)
    raise MalformedError(
        f'"{printable(word, limit=80)}" after an option is not understood',
        "write each requirement on a line of its own",
    )


def _full_name(given: str) -> str:
    """Return the one option that ``given`` is or begins (pip allows abbreviations)."""
    if given in _TAKES_VALUE:
        return given
    longer = [name for name in _TAKES_VALUE if len(given) > 2 and name.startswith(given)]
    if len(longer) != 1:
        raise _unknown(given)
    return longer[0]


def _unknown(given: str) -> MalformedError:
    hint = did_you_mean(given, _TAKES_VALUE) or "see pip's documentation of requirements files"
    return MalformedError(f'unknown option "{printable(given, limit=80)}"', hint)
