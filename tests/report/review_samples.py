"""Reports that judge a change, and reports with suppressed findings."""

from __future__ import annotations

import datetime
from dataclasses import replace

from depcheck.model.findings import Finding, Suppressed
from depcheck.model.report import Base, Report
from depcheck.model.requirement import Origin
from depcheck.model.review import Novelty, Suppression
from tests.report import samples

REVISION = "1f2e3d4c5b6a79880123456789fedcba01234567"
CONFIG = "depcheck.toml"


def base(**changes: object) -> Base:
    values: dict[str, object] = {
        "named": "origin/main",
        "revision": REVISION,
        "verdict": "conflict",
        "configuration": "base",
        "changes": {samples.AI: ((1, 1),)},
    }
    return Base(**(values | changes))  # type: ignore[arg-type]


def novel(finding: Finding, status: str = "new", **more: object) -> Finding:
    return replace(finding, novelty=Novelty(status=status, **more))  # type: ignore[arg-type]


def suppressed(finding: Finding, **changes: object) -> Suppressed:
    values: dict[str, object] = {
        "rule": "conflict-*",
        "package": "pydantic",
        "reason": "web is rewritten until the spring",
        "owner": "platform",
        "expires": datetime.date(2027, 1, 31),
        "origin": Origin(component="", path=CONFIG, line=14, text="[[suppress]]"),
    }
    return Suppressed(finding=finding, by=Suppression(**(values | changes)))  # type: ignore[arg-type]


TRANSITIVE = samples.CONFLICT.findings[0]
OWN = samples.LONELY.findings[2]
EXTRA = samples.PRICES.findings[10]
EXPIRED = Finding(
    rule="suppression-expired",
    severity="warning",
    message="The suppression of shift-* of urllib3 expired on 2026-10-01.",
    locations=(Origin(component="", path=CONFIG, line=21, text="[[suppress]]"),),
    remedy="look at it again: set a later date, or take the entry out.",
)

BROUGHT = replace(
    samples.CONFLICT,
    findings=(novel(TRANSITIVE, touched=True), novel(OWN, "known"), novel(EXTRA, "known")),
    base=base(
        fixed=(samples.LONELY.findings[1],),
        altered=("`fail-on` of depcheck.toml goes from warning to never.",),
        notes=("The lock of web was not compared.",),
    ),
)

SHIFTED = replace(
    samples.SHIFTS,
    findings=tuple(
        novel(finding, *how)
        for finding, how in zip(
            samples.SHIFTS.findings,
            [("new",), ("changed",), ("known",), ("new",), *[("known",)] * 20],
            strict=False,
        )
    ),
    base=base(verdict="compatible"),
)
SHIFTED = replace(
    SHIFTED,
    findings=(
        SHIFTED.findings[0],
        novel(SHIFTED.findings[1], "changed", worse=True, was="urllib3 2.5.0 → 2.0.7"),
        *SHIFTED.findings[2:],
    ),
)

NOTHING_NEW = replace(
    samples.CONFLICT,
    findings=(novel(TRANSITIVE, "known"), novel(EXTRA, "changed", was="extra crypt of 2.9.0")),
    base=base(),
)
FIXED = replace(
    samples.COMPATIBLE,
    base=base(fixed=(TRANSITIVE,), configuration="head"),
)
FIXED_ONE = replace(
    samples.CONFLICT,
    findings=(novel(TRANSITIVE, "known"),),
    base=base(fixed=(samples.LONELY.findings[1],)),
)
UNKNOWN = replace(
    samples.CONFLICT,
    findings=(novel(TRANSITIVE, "unknown", touched=True),),
    base=base(
        verdict=None,
        fault="web/requirements.txt:3: this is no requirement: `Django >= `",
    ),
)
DARK = replace(
    samples.UNDETERMINED,
    findings=(
        novel(samples.UNDETERMINED.findings[0], "known"),
        novel(samples.SHIFTS.findings[0]),
    ),
    base=base(verdict="undetermined", named="earlier.json", revision="", configuration="none"),
)
SMALL = replace(
    samples.SHIFTS,
    findings=(
        novel(samples.SHIFTS.findings[0], "known"),
        novel(samples.SHIFTS.findings[3]),
    ),
    base=base(verdict="shifts"),
)
ACCEPTED = replace(
    samples.CONFLICT,
    findings=(EXPIRED,),
    suppressed=(suppressed(TRANSITIVE), suppressed(EXTRA, rule="unknown-extra", expires=None)),
)
ACCEPTED_SHIFT = replace(
    samples.SHIFTS,
    findings=samples.SHIFTS.findings[3:],
    suppressed=tuple(suppressed(f, rule="shift-*") for f in samples.SHIFTS.findings[:3]),
)

ALL: dict[str, Report] = {
    "brought": BROUGHT,
    "shifted": SHIFTED,
    "nothing-new": NOTHING_NEW,
    "fixed": FIXED,
    "fixed-one": FIXED_ONE,
    "unknown": UNKNOWN,
    "dark": DARK,
    "small": SMALL,
    "accepted": ACCEPTED,
    "accepted-shift": ACCEPTED_SHIFT,
}


def hostile() -> Report:
    """Return a report whose base, suppressions and findings are all hostile."""
    evil = samples.EVIL
    told = samples.hostile()
    at = Origin(component=evil, path=evil, line=2, text=evil, end=3)
    return replace(
        told,
        findings=tuple(novel(f, "changed", worse=True, was=evil) for f in told.findings),
        suppressed=(
            suppressed(
                told.findings[0],
                rule=evil,
                package=evil,
                component=evil,
                reason=evil,
                owner=evil,
                origin=at,
            ),
        ),
        base=base(
            named=evil,
            verdict=None,
            fault=evil,
            fixed=told.findings,
            changes={evil: ((1, 2),)},
            altered=(evil,),
            notes=(evil,),
        ),
    )
