"""Who wants to share a container with whom: ``[[isolation.together]]`` and its like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

from depcheck.config.file import ConfigurationFile, Key
from depcheck.errors import ConfigurationError, DepcheckError, UsageError
from depcheck.model.isolation import Wish
from depcheck.model.requirement import normalise
from depcheck.model.text import did_you_mean, printable

Kind = Literal["together", "apart", "shares"]
KINDS: tuple[Kind, ...] = ("together", "apart", "shares")

_KEYS = {"components": "texts", "reason": "text"}
_ONE = "names one component: a wish takes two or more"


def configured_wishes(
    file: ConfigurationFile, kind: Kind, entries: Sequence[object], names: Iterable[str]
) -> tuple[Wish, ...]:
    """Return the wishes of ``[isolation]`` in order; what is wrong is noted in ``file``.

    An entry is a table with ``components`` and ``reason``, or the list of components alone.
    ``names`` are those of the configured components.
    """
    known = {normalise(name): name for name in names}
    found = (_entry(file, kind, n, entry, known) for n, entry in enumerate(entries))
    return tuple(wish for wish in found if wish)


def _entry(
    file: ConfigurationFile, kind: Kind, position: int, entry: object, known: Mapping[str, str]
) -> Wish | None:
    at: Key = ("isolation", kind, position)
    if isinstance(entry, str):
        file.fault(at, "must be a list of components", f'write {kind} = [["a", "b"]]')
        return None
    bare = isinstance(entry, list)
    values = file.values({"components": entry} if bare else entry, at, _KEYS)
    if isinstance(entry, Mapping) and "components" not in entry:
        file.fault(at, "names no components", 'add components = ["a", "b"]')
    if "components" not in values:
        return None
    where = at if bare else (*at, "components")
    names = _named(file, where, values["components"], known)
    if names is None:
        return None
    origin = file.origin("isolation", where)
    return Wish(
        kind=kind,
        components=names,
        reason=" ".join(values.get("reason", "").split()),
        origin=replace(origin, text=f"{kind}: {', '.join(names)}"),
    )


def _named(
    file: ConfigurationFile, at: Key, written: Sequence[str], known: Mapping[str, str]
) -> tuple[str, ...] | None:
    """Return the components' own names, None where something is wrong with them."""
    before = len(file.faults)
    seen: set[str] = set()
    for position, name in enumerate(written):
        if normalise(name) not in known:
            file.fault((*at, position), _unknown(name), _hint(name, known))
        elif normalise(name) in seen:
            file.fault((*at, position), f'"{printable(name)}" stands there twice')
        seen.add(normalise(name))
    if len(written) < 2:
        file.fault(at, _ONE if written else "names no component", 'write ["a", "b"]')
    return tuple(known[normalise(n)] for n in written) if len(file.faults) == before else None


def asked_wishes(kind: Kind, texts: Iterable[str], names: Iterable[str]) -> tuple[Wish, ...]:
    """Return what the command line asks for, each text like ``web,recommender``.

    Raises UsageError for a name that is no component, stands twice, or stands alone.
    """
    known = {normalise(name): name for name in names}
    return tuple(Wish(kind=kind, components=_asked(kind, text, known)) for text in texts)


def _asked(kind: Kind, text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    option = f'--{kind} "{printable(text)}"'
    written = [name.strip() for name in text.split(",") if name.strip()]
    found: list[str] = []
    for name in written:
        if normalise(name) not in known:
            raise UsageError(f"{option}: {_unknown(name)}", hint=_hint(name, known))
        if known[normalise(name)] in found:
            raise UsageError(f'{option}: "{printable(name)}" stands there twice')
        found.append(known[normalise(name)])
    if len(found) < 2:
        hint = f"write it like --{kind} {','.join(list(known.values())[:2])}"
        raise UsageError(f"{option} {_ONE if found else 'names no component'}", hint=hint)
    return tuple(found)


def _unknown(name: str) -> str:
    return f'"{printable(name)}" is no component'


def _hint(name: str, known: Mapping[str, str]) -> str:
    return did_you_mean(name, known.values()) or f"components are {', '.join(known.values())}"


def check_wishes(wishes: Sequence[Wish]) -> None:
    """Raise an error if wishes contradict each other whatever resolves.

    That is so where components wanted apart are bound together, maybe through others.
    """
    bonds = [wish for wish in wishes if wish.kind == "together"]
    for apart in (wish for wish in wishes if wish.kind == "apart"):
        for one, other in combinations(apart.components, 2):
            if chain := _chain(bonds, one, other):
                raise _contradiction(apart, chain, one, other)


def _chain(bonds: Sequence[Wish], one: str, other: str) -> tuple[Wish, ...]:
    """Return the fewest wishes that bind two components together, empty where none do."""
    ways: dict[str, tuple[Wish, ...]] = {one: ()}
    waiting = [one]
    for name in waiting:
        for bond in bonds:
            if name in bond.components:
                for next_name in bond.components:
                    if next_name not in ways:
                        ways[next_name] = (*ways[name], bond)
                        waiting.append(next_name)
    return ways.get(other, ())


def _contradiction(apart: Wish, chain: Sequence[Wish], one: str, other: str) -> DepcheckError:
    said = " and ".join(_told(wish) for wish in chain)
    verb = "keep" if len(chain) > 1 else "keeps"
    says = f"{_told(apart)} keeps {one} and {other} apart, and {said} {verb} them together"
    hint = "take one of these wishes back"
    origin = next((wish.origin for wish in (apart, *chain) if wish.origin), None)
    if origin is None:
        return UsageError(says, hint=hint)
    return ConfigurationError(says, hint=hint)


def _told(wish: Wish) -> str:
    return f"{wish.origin}: {wish}" if wish.origin else str(wish)
