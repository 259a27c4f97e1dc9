"""Names for components that the configuration takes, each once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.model.requirement import normalise

_OTHER = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60


def component_name(text: str) -> str:
    """Return ``text`` as the name of a component, empty where nothing of it can be one."""
    return _OTHER.sub("-", text)[:_LONGEST].strip("-._")


def distinct(wanted: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a name for each of ``(name, folder)``: its own, with its folders where it is
    taken, else with a number."""
    taken: set[str] = set()
    names = []
    for name, folder in wanted:
        longer = component_name(folder.replace("/", "-"))
        name = component_name(name) or longer or "component"
        choices = (name, longer or name, *(f"{name}-{number}" for number in range(2, 10_000)))
        free = next(choice for choice in choices if normalise(choice) not in taken)
        taken.add(normalise(free))
        names.append(free)
    return tuple(names)
