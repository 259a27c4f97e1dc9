"""The picture of a partition as data: containers, their walls, and what each side wants."""

from __future__ import annotations

from depcheck.model.findings import Finding
from depcheck.model.isolation import Boundary, Container, IsolationReport
from depcheck.report.digest import Box, Line, Picture
from depcheck.report.digests.parts import TONES
from depcheck.report.escape import one_line
from depcheck.report.text.isolation_picture import picture as draw
from depcheck.report.text.isolation_words import advised, demands, mass, minor, named, titles, walls
from depcheck.report.text.layout import Marks, Page
from depcheck.report.words import plural

_WIDTH = 100


def picture(report: IsolationReport) -> Picture | None:
    """Return the containers and all walls; None where there is no container.

    There is a line for each reason of a wall: ``boxes`` are the containers that it sets
    apart. Walls that are only advised have the container in which the components are.
    """
    if not report.containers:
        return None
    page = Page(width=_WIDTH)
    draw(page, report)
    return Picture(
        boxes=tuple(_box(report, container) for container in report.containers),
        lines=(
            *(_wall(report, wall, f) for wall in walls(report) for f in wall.reasons),
            *(_advice(wall, f) for wall in advised(report) for f in wall.reasons),
        ),
        text=page.text(colour=False).strip("\n"),
    )


def _box(report: IsolationReport, container: Container) -> Box:
    roles = {component.name: component.role for component in report.components}
    inside = [
        f"{name} (core)" if roles.get(name) == "core" else name for name in container.components
    ]
    python = f"Python {minor(container.target.python)}{', GPU' if container.gpu else ''}"
    count = plural(len(container.picked), "distribution")
    return Box(
        name=one_line(container.name),
        lines=tuple(one_line(text) for text in (*inside, python, count, mass(container))),
        core=any(roles.get(name) == "core" for name in container.components),
    )


def _wall(report: IsolationReport, wall: Boundary, finding: Finding) -> Line:
    wants = demands(wall, finding, report.containers)
    by_box: dict[str, list[str]] = {}
    for component, container in zip(wall.components, wall.containers, strict=False):
        if want := wants.get(component):
            by_box.setdefault(one_line(container), []).append(want)
    return Line(
        kind="wall" if wall.decisive else "advice",
        boxes=tuple(dict.fromkeys(one_line(name) for name in wall.containers)),
        demands={name: one_line(", ".join(dict.fromkeys(told))) for name, told in by_box.items()},
        text=one_line(titles([finding])),
        tone=TONES[finding.severity],
    )


def _advice(wall: Boundary, finding: Finding) -> Line:
    who = named(wall.components, Marks().wall)
    return Line(
        kind="advice",
        boxes=tuple(dict.fromkeys(one_line(name) for name in wall.containers)),
        text=one_line(f"{who}: {titles([finding])}"),
        tone=TONES[finding.severity],
    )
