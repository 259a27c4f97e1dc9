"""Pieces of prose that the sections of the isolation report share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from depcheck.model.findings import SEVERITIES, Conflict, Finding, Shift, Step
from depcheck.model.isolation import Boundary, Container, IsolationReport
from depcheck.model.requirement import Requirement, normalise
from depcheck.model.rules import ISOLATION_RULES
from depcheck.model.text import redact
from depcheck.model.walls import (
    GpuNeed,
    Labels,
    NativeClash,
    NativeUse,
    PythonNeed,
    Weight,
)
from depcheck.report.status import isolation_findings

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_PROJECT = re.compile(r"[A-Za-z0-9._-]+")

COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold blue"}
STRENGTHS = {
    "environment": "an environment of its own",
    "container": "a container",
    "service": "a service",
}


def counted(number: int) -> str:
    """Return a small number as a word."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def bulk(size: int) -> str:
    """Return a count of bytes as it is read at a glance: ``92 MB``, ``3.1 GB``."""
    if size >= 999_500_000:
        return f"{size / 1e9:.1f} GB"
    if size >= 999_500:
        return f"{size / 1e6:.0f} MB"
    return f"{size / 1e3:.0f} kB" if size >= 1000 else f"{size} B"


def mass(container: Container) -> str:
    """Return what an install of a container takes: ``at least`` where not all is known."""
    return f"{'at least ' if container.unsized else ''}{bulk(container.size)}"


def minor(python: str) -> str:
    """Return ``3.11`` of ``3.11.7``."""
    return ".".join(redact(python).split(".")[:2])


def named(pairs: Sequence[str], mark: str) -> str:
    """Return names with a wall between them, each once."""
    return f" {mark} ".join(dict.fromkeys(pairs))


def title(finding: Finding) -> str:
    """Return a rule's title in a few words, the id of a rule that is not known."""
    rule = ISOLATION_RULES.get(finding.rule)
    return rule.title if rule else finding.rule


def over(finding: Finding) -> str:
    """Return what a conflict or a shift is about: a project; empty for other reasons."""
    if isinstance(finding.evidence, Conflict):
        return finding.evidence.project
    return finding.evidence.name if isinstance(finding.evidence, Shift) else ""


def titles(findings: Sequence[Finding]) -> str:
    """Return reasons in a few words: ``no common set (fastapi, protobuf), needs a GPU``."""
    kinds: dict[str, dict[str, None]] = {}
    for finding in findings:
        about = kinds.setdefault(title(finding), {})
        if over(finding):
            about[over(finding)] = None
    told = [f"{kind} ({', '.join(about)})" if about else kind for kind, about in kinds.items()]
    return ", ".join(told)


def weight(finding: Finding) -> str:
    """Return how grave a reason is by itself, also where its wall stands today already."""
    rule = ISOLATION_RULES.get(finding.rule)
    return rule.severity if rule else finding.severity


def is_today(wall: Boundary) -> bool:
    """Return whether a wall stands today already: its reasons count for less than usual."""
    found = [f for f in wall.reasons if weight(f) != "note"]
    return bool(found) and all(finding.severity == "note" for finding in found)


def more_images(number: int) -> str:
    """Return ``one more image to build and deploy``."""
    return f"{counted(number)} more {'image' if number == 1 else 'images'} to build and deploy"


def live(report: IsolationReport) -> list[Finding]:
    """Return all findings but those that are suppressed, which stay as reasons of walls."""
    accepted = {entry.finding for entry in report.suppressed}
    return [finding for finding in isolation_findings(report) if finding not in accepted]


def walls(report: IsolationReport) -> list[Boundary]:
    """Return the walls that stand: those that shape the partition first, the gravest first."""
    order = ("error", "warning", "note")

    def weight(wall: Boundary) -> tuple[bool, int]:
        return not wall.decisive, min((order.index(f.severity) for f in wall.reasons), default=3)

    return sorted((wall for wall in report.boundaries if wall.stands), key=weight)


def severest(standing: Sequence[Boundary]) -> str:
    """Return the style of the gravest reason of some walls."""
    found = [SEVERITIES.index(f.severity) for wall in standing for f in wall.reasons]
    return COLOURS[SEVERITIES[max(found, default=0)]]


def advised(report: IsolationReport) -> list[Boundary]:
    """Return the walls that are advised and do not stand."""
    return [wall for wall in report.boundaries if not wall.stands]


def demands(wall: Boundary, finding: Finding, containers: Sequence[Container]) -> dict[str, str]:
    """Return what each component of a wall wants, in a word or two: ``pydantic<2``.

    A component that only suffers wants nothing and is left out.
    """
    wants = {name: want for name, want in _wants(wall, finding, containers).items() if want}
    if wants.keys() & set(wall.components) or not wall.components:
        return wants
    return {wall.components[-1]: title(finding)}


def _wants(wall: Boundary, finding: Finding, containers: Sequence[Container]) -> dict[str, str]:
    match finding.evidence:
        case Conflict() as conflict:
            return {name: asks(conflict, name) for name in wall.components}
        case Shift(name=name, component=under, before=before, after=after):
            moved = dict.fromkeys(wall.components, f"{name} {after or 'gone'}")
            return moved | {under: f"{name} {before or 'absent'}"}
        case PythonNeed(component=component, found=found):
            pythons = {n: c.target.python for c in containers for n in c.components}
            if found:
                pythons[component] = found
            return {n: f"Python {minor(pythons[n])}" for n in wall.components if n in pythons}
        case NativeClash(kind=kind, left=left, right=right):
            return {use.component: _library(kind, use) for use in (left, right)}
        case Weight(component=component, added=added):
            return {component: f"{bulk(added)} heavier"}
        case GpuNeed(component=component):
            return {component: "GPU"}
        case Labels(kind="apart"):
            return {wall.components[-1]: "kept apart"}
        case Labels(kind=kind, values=values):
            return {component: f"{kind}: {value}" for component, value in values}
    return {}


def _library(kind: str, use: NativeUse) -> str:
    """Return ``CUDA 11``, or whose library it is where its name alone says nothing."""
    if kind in ("library", "openmp"):
        return f"{use.distribution}'s {use.library}"
    return use.library or f"{use.distribution} {use.version}"


def asks(conflict: Conflict, component: str) -> str:
    """Return what a component wants of the project where a conflict ends, as far as it shows."""
    own = [s for s in conflict.statements if s.origin.component == component]
    wanted = _brought(conflict, component)
    direct = [s for s in own if isinstance(s, Requirement) and s.name == conflict.project]
    if not wanted or direct:
        told = [stated(s) for s in direct or own]
        return ", ".join(dict.fromkeys(told))
    return wanted


def stated(statement: object) -> str:
    """Return what a line asks for: ``sqlalchemy<2``, ``Python >=3.11``."""
    if isinstance(statement, Requirement):
        return f"{statement.name}{statement.specifier}"
    return f"Python {getattr(statement, 'specifier', '')}"


def _brought(conflict: Conflict, component: str) -> str:
    """Return what a chain that begins at ``component`` asks of the project in the end."""
    asked_by: dict[str, str] = {}
    for step in conflict.steps:
        if (project := _project(step)) != conflict.project:
            asked_by.setdefault(project, step.subject)
    for step in conflict.steps:
        if _project(step) == conflict.project and _root(step.subject, asked_by) == component:
            return step.object
    return ""


def _root(subject: str, asked_by: Mapping[str, str]) -> str:
    """Return who stands at the beginning of the chain that leads to ``subject``."""
    for _ in range(len(asked_by)):
        key = normalise(subject)
        if key not in asked_by or asked_by[key] == subject:
            break
        subject = asked_by[key]
    return subject


def _project(step: Step) -> str:
    name = _PROJECT.match(step.object)
    return normalise(name[0]) if name else ""
