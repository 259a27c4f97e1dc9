"""What an install of the combined set would stumble over or pass over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.model.findings import Finding
from depcheck.model.requirement import Requirement, normalise
from depcheck.model.rules import RULES
from depcheck.model.text import did_you_mean
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.resolver import Choice
from depcheck.resolve.universe import Root


def unknown_extras(oracle: Oracle, roots: Sequence[Root], choice: Choice) -> Iterator[Finding]:
    """Extras that a line asks for and the chosen release does not have."""
    for root in roots:
        statement = root.statement
        if not isinstance(statement, Requirement) or statement.name not in choice.chosen:
            continue
        entry = oracle.universe.entry(statement.name)
        known = entry.known.get(choice.chosen[statement.name])
        if known is None:
            continue
        offered = sorted(normalise(extra) for extra in known.metadata.provides_extra)
        position = choice.chosen[statement.name]
        version = entry.versions[position]
        for extra in statement.extras:
            # Old metadata may use an extra without declaring it.
            if extra not in offered and not oracle.universe.dependencies(entry, position, extra):
                yield Finding(
                    rule="unknown-extra",
                    severity=RULES["unknown-extra"].severity,
                    message=f"{statement.name} {version} has no extra {extra}: it is ignored.",
                    locations=(statement.origin,),
                    remedy=did_you_mean(extra, offered),
                    package=statement.name,
                    subject=extra,
                )


def to_build(oracle: Oracle, choice: Choice) -> Iterator[Finding]:
    """Chosen releases without a wheel for the target."""
    for name, position in sorted(choice.chosen.items()):
        entry = oracle.universe.entry(name)
        known = entry.known.get(position)
        if known is not None and not known.distribution.is_wheel:
            release = f"{name} {entry.versions[position]}"
            yield Finding(
                rule="needs-build",
                severity=RULES["needs-build"].severity,
                message=f"{release} has no wheel for {oracle.universe.target.platform}: "
                "an install would build it.",
                package=name,
            )
