"""Digests as the four jobs would give them, for the page."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import pairwise

from depcheck.model.findings import Severity
from depcheck.model.report import Base
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.review import Novelty, Suppression
from depcheck.report.digest import (
    Box,
    Cell,
    Change,
    Context,
    Cure,
    Digest,
    Entry,
    Line,
    Picture,
    Place,
    Table,
)

CONTEXT = Context(
    prefix="shop/",
    links="https://git.example/shop/blob/0123456789abcdef/",
    docs="https://git.example/depcheck/rules.html",
    command=("depcheck", "check", "--config", "shop/depcheck.toml", "--base", "main"),
)
WEB = Place(path="shop/web/requirements.txt", line=8, text="pydantic<2", component="web")
AI = Place(
    path="shop/recommender/requirements.txt",
    line=3,
    end=4,
    text="mcp>=1.23",
    component="recommender",
)
CHANGES = (
    Change(place=WEB, before="pydantic<2", after="pydantic>=2.7.4"),
    Change(place=AI, before="mcp>=1.23", after=""),
)
BASE = Base(
    named="main",
    revision="89abcdef0123456789abcdef0123456789abcdef",
    verdict="shifts",
    configuration="base",
    altered=("fail-on: warning → never (shop/depcheck.toml:4)",),
    notes=("Requirements of files outside the repository are the same on both sides.",),
)


def entry(
    rule: str = "conflict-transitive",
    severity: Severity = "error",
    message: str = "web's pydantic<2 and recommender's mcp>=1.23 cannot hold together.",
    **words: object,
) -> Entry:
    """An entry with everything in it that an entry can have."""
    full = Entry(
        rule=rule,
        title="conflict through other packages",
        severity=severity,
        message=message,
        package="pydantic",
        components=("web", "recommender"),
        places=(WEB, AI),
        steps=(
            "web needs pydantic<2",
            "recommender needs mcp>=1.23",
            "every mcp 1.23.0 to 2.3.0 (21 releases) needs pydantic>=2.11.0",
        ),
        remedies=("Change the two lines, or keep the components apart.",),
        changes=CHANGES,
        fingerprint="b1946ac92492d2347c6235b4d2611184",
    )
    return replace(full, **words)  # type: ignore[arg-type] # the fields of an entry


def shift(
    name: str, before: str, after: str, severity: Severity = "note", **words: object
) -> Entry:
    return entry(
        rule="shift-major",
        severity=severity,
        message=f"{name} {before} → {after} under web, brought by recommender",
        title="major shift",
        package=name,
        steps=(),
        facts=(("before", before), ("locked", f"shop/web/requirements.lock:41 {name}=={before}")),
        remedies=(f"Pin {name}=={before} to keep it.",),
        changes=(),
        **words,
    )


SHIFTS = Table(
    id="shifts",
    title="What moves",
    columns=("package", "before", "after", "kind", "severity", "where"),
    rows=tuple(
        (
            Cell(text=name, code=True),
            Cell(text=before, code=True),
            Cell(text=after, code=True),
            Cell(text=kind),
            Cell(text=severity, tone=tone),
            Cell(text="", place=Place(path="shop/web/requirements.lock", line=line)),
        )
        for name, before, after, kind, severity, tone, line in (
            ("pyjwt", "1.7.1", "2.10.1", "major", "warning", "warn", 48),
            ("pydantic", "1.10.21", "2.14.3", "major", "warning", "warn", 45),
            ("redis", "5.0.8", "8.1.0", "major", "warning", "warn", 53),
            ("amqp", "5.3.1", "5.10.0rc1", "minor", "note", "plain", 2),
            ("idna", "3.9", "5.10.0", "minor", "note", "plain", 30),
            ("click", "8.1.8", "5.9.2", "minor", "note", "plain", 12),
            ("anyio", "", "4.16.0", "added", "note", "plain", 1),
            ("tzdata", "2025.1", "", "gone", "note", "plain", 61),
        )
    ),
    note="Eight packages have another version in company than web has alone.",
)

PICTURE = Picture(
    boxes=(
        Box(
            name="web", lines=("Python 3.11", "28 distributions", "16 MB"), core=True,
        ),
        Box(name="recommender", lines=("Python 3.11", "57 distributions", "38 MB")),
    ),
    lines=(
        Line(
            kind="wall", boxes=("web", "recommender"),
            demands={"web": "pyjwt<2", "recommender": "pyjwt[crypto]>=2.10.1"},
        ),
        Line(
            kind="wall", boxes=("web", "recommender"),
            demands={"web": "pydantic<2", "recommender": "pydantic>=2.12.0"},
        ),
        Line(
            kind="wall", boxes=("web", "recommender"), tone="warn",
            text="2 GB beside a core of 16 MB",
        ),
    ),
    text="┌─ web ─┐ ║ ┌─ recommender ─┐\n└───────┘ ║ └───────────────┘",
)  # fmt: skip


def check() -> Digest:
    """A pull request that brings a conflict, knows another, and mends a third."""
    return Digest(
        job="check",
        version="0.1.0",
        verdict="CONFLICT",
        tone="bad",
        summary="web and recommender cannot share one environment: 2 conflicts, 1 of them new.",
        advice=("To heal it, change 2 lines.", "The base had no conflict."),
        status=1,
        failing=2,
        entries=(
            entry(novelty=Novelty(status="new", touched=True)),
            shift(
                "pyjwt", "1.7.1", "2.10.1", "warning",
                novelty=Novelty(
                    status="changed", worse=True, was="pyjwt 1.7.1 → 1.8.0", touched=False
                ),
            ),
            shift("redis", "5.0.8", "8.1.0", "warning", novelty=Novelty(status="known")),
            shift(
                "idna", "3.9", "3.20", novelty=Novelty(status="changed", was="idna 3.9 → 3.18")
            ),
            *(shift(f"added-{n}", "1.0", "2.0", novelty=Novelty(status="known")) for n in range(9)),
            shift("attrs", "25.1", "26.1", novelty=Novelty(status="unknown")),
        ),
        fixed=(shift("celery", "5.4.0", "6.0.0", "warning"),),
        suppressed=(
            shift(
                "certifi", "2025.1", "2026.2", "warning",
                suppression=Suppression(
                    rule="shift-*", package="certifi", reason="newer is what we want",
                    owner="platform", expires=datetime.date(2027, 6, 30),
                    origin=Origin(component="", path="depcheck.toml", line=14, text=""),
                ),
            ),
        ),
        cures=(
            Cure(changes=CHANGES, remark="re-solved: pydantic 2.14.3, mcp 1.19.0"),
            Cure(changes=CHANGES[:1], remark="re-solved: pydantic 2.14.3"),
            Cure(remark="No release of mcp works with the other lines: do without it."),
        ),
        picture=PICTURE,
        tables=(SHIFTS,),
        gaps=(
            Undetermined(
                subject="git+https://git.example/owner/model.git",
                reason="a version control URL is never fetched",
                hint="name a release of an index instead",
                origin=Origin(component="web", path="shop/web/requirements.txt", line=12, text=""),
            ),
            Undetermined(subject="legacy 0.1", reason="only an sdist", harmless=True),
        ),
        notes=("An index page was 3 days old.",),
        facts=(("Python", "CPython 3.11.7 on linux/amd64"), ("web (core)", "28 distributions")),
        base=BASE,
        context=CONTEXT,
    )  # fmt: skip


def clean() -> Digest:
    """Nothing to tell, and nothing known about where it ran."""
    return Digest(
        job="check", version="0.1.0", verdict="COMPATIBLE", tone="good",
        summary="web and recommender can live together.",
    )  # fmt: skip


def parity(rows: int = 40) -> Digest:
    """A comparison with a long table."""
    kinds = ("distribution", "system package", "environment", "file")
    severities: tuple[Severity, ...] = ("error", "warning", "note")
    tones = {"error": "bad", "warning": "warn", "note": "plain"}
    table = Table(
        id="differences",
        title="Differences",
        columns=("severity", "what", "tested", "runs", "kind", "brought in by"),
        rows=tuple(
            (
                Cell(text=severities[n % 3], tone=tones[severities[n % 3]]),  # type: ignore[arg-type]
                Cell(text=f"package-{n * 7919 % rows}", code=True),
                Cell(text=f"{n % 11}.{n % 23}.{n}", code=True),
                Cell(text=f"{n % 11}.{n % 29}.{n + 1}", code=True),
                Cell(text=kinds[n % 4]),
                Cell(text=f"layer {n % 9}: RUN apt-get install -y package-{n}"),
            )
            for n in range(rows)
        ),
    )
    return Digest(
        job="parity", version="0.1.0", verdict="DRIFT", tone="bad",
        summary="production is not what was tested.", status=1, failing=1,
        entries=(entry(rule="distribution-major", title="distribution: major version"),),
        tables=(table,), context=CONTEXT,
    )  # fmt: skip


def isolation(boxes: int) -> Digest:
    """``boxes`` containers with a wall of each to its two neighbours."""
    names = ["web", "recommender", "search", "worker", "vision", "speech", "reports", "gateway"]
    names = names[:boxes]
    lines = [
        Line(
            kind="wall",
            boxes=(one, other),
            demands={one: f"numpy<{n + 1}", other: f"numpy>={n + 2}.1.0"},
        )
        for n, (one, other) in enumerate(pairwise(names))
    ]
    lines.append(
        Line(kind="advice", boxes=(names[0], names[-1]), text="different trust", tone="warn")
    )
    if boxes > 2:
        demands = {name: f"protobuf=={n}.*" for n, name in enumerate(names[:3])}
        lines.append(Line(kind="wall", boxes=tuple(names[:3]), demands=demands))
    return Digest(
        job="isolate", version="0.1.0", verdict=f"{boxes} CONTAINERS", tone="warn",
        summary=f"{boxes} containers are the fewest in which everything resolves.",
        status=1, failing=1, entries=(entry(rule="wall-conflict"),),
        picture=Picture(
            boxes=tuple(
                Box(name=name, lines=("Python 3.11", f"{n * 13} distributions"), core=not n)
                for n, name in enumerate(names)
            ),
            lines=tuple(lines), text="",
        ),
        context=CONTEXT,
    )  # fmt: skip


def moving() -> Digest:
    """One environment for two, in which one moves what the other has."""
    return Digest(
        job="check", version="0.1.0", verdict="SHIFTS", tone="warn",
        summary="web and recommender resolve together, but this moves pyjwt 1.7.1 → 2.15.1.",
        picture=Picture(
            boxes=PICTURE.boxes,
            lines=tuple(
                Line(kind="shift", boxes=("recommender", "web"), text=text, tone=tone)
                for text, tone in (
                    ("pyjwt 1.7.1 → 2.15.1", "bad"),
                    ("pydantic 1.10.21 → 2.14.3", "bad"),
                    ("certifi 2025.1.31 → 2026.10.18", "plain"),
                )
            ),
            text="",
        ),
        tables=(SHIFTS,),
    )  # fmt: skip
