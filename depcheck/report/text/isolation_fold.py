"""Walls that are told together, since they differ only in who stands on which side.

Without this, four components that had better not share with a fifth would be told four
times in the same words. Nothing is folded where everything is asked for (``--verbose``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from depcheck.model.findings import SEVERITIES, Conflict, Finding
from depcheck.model.isolation import Boundary
from depcheck.model.walls import GpuNeed, Labels
from depcheck.report.text.isolation_words import named
from depcheck.report.words import listed

_HAS = {"trust": "trust", "release": "a release rhythm of"}


@dataclass(slots=True)
class Block:
    """Findings that are told together, and the walls whose strength and price follow them.

    ``also`` are walls that have these reasons too, and are told with a graver one.
    """

    findings: list[Finding] = field(default_factory=list)
    walls: list[Boundary] = field(default_factory=list)
    also: list[Boundary] = field(default_factory=list)
    is_one: bool = False

    @property
    def severity(self) -> int:
        """How grave its gravest finding is."""
        return max((SEVERITIES.index(finding.severity) for finding in self.findings), default=0)


def blocks(walls: Sequence[Boundary], *, fold: bool) -> list[Block]:
    """Return the walls as blocks: those that shape the partition first, the gravest first."""
    shared = _shared(walls) if fold else frozenset()
    found: dict[Hashable, Block] = {}
    homes: dict[int, list[Block]] = {}
    for position, wall in enumerate(walls):
        told: list[Block] = []
        rest = [finding for finding in wall.reasons if _kind(wall, finding) not in shared]
        if rest or not wall.reasons:
            told.append(_of_conflict(found, wall, rest, fold) or _own(found, position, rest))
        for finding in wall.reasons:
            if finding not in rest:
                block = found.setdefault(_kind(wall, finding), Block(is_one=True))
                block.findings.append(finding)
                told.append(block)
        homes[position] = told
    for position, wall in enumerate(walls):
        first, *others = sorted(_each(homes[position]), key=lambda b: -b.severity)
        first.walls.append(wall)
        for block in others:
            block.also.append(wall)
    return sorted(_each(found.values()), key=_order)


def _order(block: Block) -> tuple[bool, int]:
    every = (*block.walls, *block.also)
    return not any(wall.decisive for wall in every), -block.severity


def _each(told: Iterable[Block]) -> list[Block]:
    return list({id(block): block for block in told}.values())


def _own(found: dict[Hashable, Block], position: int, findings: list[Finding]) -> Block:
    return found.setdefault(position, Block(findings=findings))


def _shared(walls: Iterable[Boundary]) -> frozenset[Hashable]:
    """Return the kinds of findings that several walls have."""
    kinds = Counter(k for wall in walls for k in {_kind(wall, f) for f in wall.reasons} if k)
    return frozenset(kind for kind, count in kinds.items() if count > 1)


def _kind(wall: Boundary, finding: Finding) -> Hashable:
    """Return what findings have in common that differ only in who; None: it is told alone."""
    match finding.evidence:
        case Labels(kind="apart", values=values):
            said: Hashable = values[0][1] if values else finding.message
        case Labels(kind=kind):
            said = kind
        case GpuNeed(configured=configured):
            said = configured
        case _:
            return None
    if len(wall.components) != 2:
        return None
    return (finding.rule, finding.severity, wall.decisive, said)


def _of_conflict(
    found: dict[Hashable, Block], wall: Boundary, findings: list[Finding], fold: bool
) -> Block | None:
    """Return the block of a conflict that has the lines of one side in common with others."""
    if not fold or len(findings) != 1 or not isinstance(findings[0].evidence, Conflict):
        return None
    finding, conflict = findings[0], findings[0].evidence
    links = tuple(step for step in conflict.steps if step.origin is None)
    alike = (conflict.project, links, conflict.presumed, finding.severity, finding.remedy)
    kind = (*alike, wall.strength, wall.because, wall.decisive, len(wall.components))
    keys = [(kind, statement) for statement in conflict.statements]
    block = next((found[key] for key in keys if key in found), None)
    if block is None:
        block = Block(findings=[finding], is_one=True)
        found.update(dict.fromkeys(keys, block))
        return block
    block.findings.append(finding)
    # From now on only the lines that all of them share let another one in.
    for key in [key for key, other in found.items() if other is block and key not in keys]:
        del found[key]
    return block


# What a block says


def sentence(block: Block) -> str:
    """Return the message of a block's findings as one sentence."""
    if len(block.findings) == 1:
        return block.findings[0].message
    match block.findings[0].evidence:
        case Labels(kind="apart", values=values):
            because = f": {values[0][1]}" if values and values[0][1] else ""
            return f"{pairs(_walls(block), 'from')} are kept apart by the team{because}."
        case Labels(kind=kind):
            return f"{_labelled(block, kind)}, as configured."
        case GpuNeed(configured=configured):
            return _computing(block, configured)
    return block.findings[0].message


def is_said(block: Block) -> bool:
    """Return whether the sentence says who stands against whom: all of one label and another."""
    if len(block.findings) < 2:
        return False
    values = [f.evidence.values for f in block.findings if isinstance(f.evidence, Labels)]
    labels = {value for each in values for _, value in each}
    return len(values) == len(block.findings) and len(labels) == 2 and all(labels)


def _walls(block: Block) -> list[Boundary]:
    return [*block.walls, *block.also]


def _labelled(block: Block, kind: str) -> str:
    """Return ``web and worker have trust "internal" and plugin "low"``."""
    groups: dict[str, list[str]] = {}
    for finding in block.findings:
        values = finding.evidence.values if isinstance(finding.evidence, Labels) else ()
        for name, value in values:
            if name not in groups.setdefault(value, []):
                groups[value].append(name)
    told: list[str] = []
    for value, names in groups.items():
        verb = f" {'has' if len(names) == 1 else 'have'} {_HAS.get(kind, kind)}" * (not told)
        told.append(f'{listed(names)}{verb} "{value}"')
    return listed(told)


def _computing(block: Block, configured: bool) -> str:
    on = [f.evidence.component for f in block.findings if isinstance(f.evidence, GpuNeed)]
    on = list(dict.fromkeys(on))
    every = dict.fromkeys(name for wall in _walls(block) for name in wall.components)
    off = [name for name in every if name not in on]
    computes = "computes" if len(on) == 1 else "compute"
    installs = "it installs" if len(on) == 1 else "they install"
    how = "as configured" if configured else f"as what {installs} shows"
    needs = f", and {listed(off)} {'needs' if len(off) == 1 else 'need'} no GPU" if off else ""
    return f"{listed(on)} {computes} on a GPU, {how}{needs}."


def pairs(walls: Iterable[Boundary], mark: str) -> str:
    """Return who stands against whom: ``plugin ║ web, worker; web ║ recommender``.

    ``mark`` stands between the sides.
    """
    every = list(dict.fromkeys(wall.components for wall in walls))
    stars = _stars([names for names in every if len(names) == 2])
    told = [f"{centre} {mark} {', '.join(others)}" for centre, others in stars]
    return "; ".join([*told, *(named(names, mark) for names in every if len(names) != 2)])


def _stars(every: list[tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    """Return pairs by the component that most of them have in common."""
    found = []
    while every:
        counts = Counter(name for names in every for name in names)
        centre = every[0][0] if len(every) == 1 else counts.most_common(1)[0][0]
        own = [names for names in every if centre in names]
        found.append((centre, [n for names in own for n in names if n != centre]))
        every = [names for names in every if centre not in names]
    return found
