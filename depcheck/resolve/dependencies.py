"""Dependency strings of core metadata, parsed once and filtered for a target."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from depcheck.model.requirement import normalise
from depcheck.resolve.ranges import InvalidSpecifier, clauses

_SIMPLE = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*"  # name
    r"(?:\[([^\]]*)\])?\s*"  # extras
    r"(?:\(([^()]*)\)|([^@;()]*?))\s*"  # specifier, maybe in brackets
    r"(?:;\s*(.*?))?\s*\Z"  # marker
)
_EXTRA_ONLY = re.compile(r"""extra\s*==\s*(['"])([A-Za-z0-9._-]+)\1\Z""")


class InvalidDependency(ValueError):
    """A Requires-Dist value that PEP 508 does not know."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """What a release (or a person) asks for: ``name`` and ``extras`` normalised.

    ``url`` is set for a direct reference, which is never followed.
    """

    name: str
    extras: tuple[str, ...]
    specifier: str
    marker: str = ""
    url: str = ""

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras}{self.specifier}"


@cache
def parse_dependency(text: str) -> Dependency:
    """Parse one PEP 508 string. Raises InvalidDependency."""
    match = _SIMPLE.match(text)
    if match is None:
        return _parse_fully(text)
    name, extras, bracketed, bare, marker = match.groups()
    specifier = (bracketed if bracketed is not None else bare).strip()
    try:
        clauses(specifier)
    except InvalidSpecifier as error:
        raise InvalidDependency(f"{text!r}: {error} is no version specifier") from None
    return Dependency(
        normalise(name),
        tuple(sorted(normalise(e.strip()) for e in (extras or "").split(",") if e.strip())),
        specifier.replace(" ", ""),
        marker or "",
    )


def _parse_fully(text: str) -> Dependency:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        parsed = Requirement(text)
    except InvalidRequirement as error:
        raise InvalidDependency(f"{text!r}: {str(error).splitlines()[0]}") from None
    return Dependency(
        normalise(parsed.name),
        tuple(sorted(normalise(extra) for extra in parsed.extras)),
        str(parsed.specifier),
        str(parsed.marker or ""),
        parsed.url or "",
    )


class Markers:
    """Evaluates PEP 508 markers for one target, each text once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._known: dict[tuple[str, str], bool] = {}

    def holds(self, marker: str, extra: str = "") -> bool:
        """Whether ``marker`` is true when ``extra`` (empty: none) is asked for.

        Raises InvalidDependency where the marker is malformed.
        """
        if not marker:
            return True
        key = (marker, extra)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._evaluate(marker, extra)
        return known

    def _evaluate(self, marker: str, extra: str) -> bool:
        simple = _EXTRA_ONLY.match(marker)
        if simple is not None:
            return bool(extra) and normalise(simple.group(2)) == extra
        from packaging.markers import (
            InvalidMarker,
            Marker,
            UndefinedComparison,
            UndefinedEnvironmentName,
        )

        try:
            return Marker(marker).evaluate({**self._environment, "extra": extra})
        except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName) as error:
            raise InvalidDependency(f"marker {marker!r}: {str(error).splitlines()[0]}") from None
