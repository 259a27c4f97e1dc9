"""Which component is the core, and which are AI: guesses, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from depcheck.discovery.known_projects import AI, WEB
from depcheck.discovery.values import Reading

Role = Literal["core", "ai", "other"]
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    role: Role
    because: str


def guess_roles(readings: Sequence[Reading]) -> tuple[Guessed, ...]:
    """Return the role of each component, in the order of ``readings``.

    AI is what requires a project of ``AI``. The core is the one of the rest that stands most
    on web frameworks, else the one that requires the most; where all are AI, it is chosen
    among them.
    """
    ai = [_of(reading, AI) for reading in readings]
    rest = [number for number, found in enumerate(ai) if not found]
    core = max(
        rest or range(len(readings)),
        key=lambda n: (_weight(readings[n]), -len(ai[n]), len(readings[n].names), -n),
        default=None,
    )
    return tuple(
        _core(reading, len(readings), len(rest)) if number == core else _other(ai[number])
        for number, reading in enumerate(readings)
    )


def has_ai(reading: Reading) -> bool:
    """Tell whether a component requires what AI is made with."""
    return bool(_of(reading, AI))


def _of(reading: Reading, known: Mapping[str, int] | frozenset[str]) -> list[str]:
    return [name for name in dict.fromkeys(reading.names) if name in known]


def _weight(reading: Reading) -> int:
    return sum(WEB[name] for name in _of(reading, WEB))


def _core(reading: Reading, count: int, without_ai: int) -> Guessed:
    web = sorted(_of(reading, WEB), key=lambda name: -WEB[name])
    if count == 1:
        because = "it is the only component that was found"
    elif web:
        because = f"it requires {listed(web)}"
    elif without_ai == 1:
        because = "it alone requires no AI library"
    else:
        because = "it requires the most"
    return Guessed(role="core", because=because)


def _other(ai: Sequence[str]) -> Guessed:
    if ai:
        return Guessed(role="ai", because=f"it requires {listed(ai)}")
    return Guessed(role="other", because="nothing tells that it is the core, or that it is AI")


def listed(names: Sequence[str]) -> str:
    """Return the first of ``names`` as a person lists them."""
    head = list(names[:_SHOWN])
    if len(names) > _SHOWN:
        return f"{', '.join(head)} and others"
    return " and ".join((", ".join(head[:-1]), head[-1])) if head[1:] else head[0]
