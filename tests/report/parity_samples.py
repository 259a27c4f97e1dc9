"""Parity reports as a run would give them: a web shop in staging and in production."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from depcheck.model.findings import Drift, Finding, Severity
from depcheck.model.inventory import Aspect, Identity, Provenance
from depcheck.model.parity import (
    Excused,
    Expected,
    Pair,
    ParityReport,
    ReadSide,
    Summary,
    Traffic,
    WayBack,
)
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.rules import PARITY_RULES

LEFT, RIGHT = "docker:shop:staging", "docker:shop:production"
INSTALL = Provenance(
    layer=7,
    diff_id=f"sha256:{'ab' * 32}",
    step="RUN pip install --no-cache-dir -r requirements.txt && rm -rf /root/.cache # buildkit",
    created="2026-11-20T08:00:00Z",
)
APT = Provenance(layer=3, diff_id=f"sha256:{'cd' * 32}", step="RUN apt-get install -y libpq5")
ENV = Provenance(layer=9, step="ENV DATABASE_URL=***")
BY_HAND = Provenance(layer=0)


def drift(
    rule: str,
    aspect: Aspect,
    name: str,
    left: str | None,
    right: str | None,
    *,
    severity: Severity | None = None,
    remedy: str = "",
    message: str = "",
    **more: Any,
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity or PARITY_RULES[rule].severity,
        message=message or f"{name} is {left} in {LEFT}, {right} in {RIGHT}.",
        evidence=Drift(aspect=aspect, name=name, left=left, right=right, **more),
        remedy=remedy,
    )


REBUILD = "build production from the image that was tested, or test again"
MAJOR = drift(
    "distribution-major",
    "python",
    "django",
    "4.2.16",
    "5.0.1",
    remedy=REBUILD,
    place="/usr/local",
    left_by=INSTALL,
    right_by=INSTALL,
)
GONE = drift(
    "distribution-missing",
    "python",
    "sentry-sdk",
    "2.75.0",
    None,
    remedy="install sentry-sdk==2.75.0",
    place="/usr/local",
    left_by=INSTALL,
)
PATCHED = drift(
    "distribution-patched",
    "python",
    "requests",
    "2.31.0",
    "2.31.0",
    message=f"requests 2.31.0 is patched in {RIGHT}: 2 files differ from its RECORD.",
    place="/usr/local",
    right_by=BY_HAND,
    remedy="put the change into a release",
    paths=(
        "/usr/local/lib/python3.11/site-packages/requests/adapters.py",
        "/usr/local/lib/python3.11/site-packages/requests/sessions.py",
    ),
)
MINOR = tuple(
    drift(
        "distribution-minor",
        "python",
        name,
        left,
        right,
        place="/usr/local",
        right_by=INSTALL,
        remedy=REBUILD,
    )
    for name, left, right in (
        ("sqlalchemy", "2.0.30", "2.1.2"),
        ("urllib3", "2.5.0", "2.6.3"),
        ("celery", "5.3.6", "5.4.0"),
    )
)
SECRET = drift(
    "image-environment",
    "settings",
    "env.DATABASE_URL",
    "set",
    "set",
    hidden=True,
    right_by=ENV,
    message=f"env.DATABASE_URL has one value in {LEFT} and another.",
)
PATH = drift(
    "image-environment",
    "settings",
    "env.PATH",
    "/usr/local/bin:/usr/bin:/bin",
    "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    severity="error",
    right_by=Provenance(layer=8, step="ENV PATH=***"),
)
PACKAGE = drift(
    "package-version",
    "os",
    "libpq5",
    "15.8-0+deb12u1",
    "15.14-0+deb12u1",
    right_by=APT,
    remedy="pin the snapshot that apt installs from",
)
MANY = tuple(
    drift("package-version", "os", f"lib{n:02}", "1.0-1", "1.0-2", right_by=APT) for n in range(20)
)
LABELS = tuple(
    drift("image-label", "settings", f"label.com.shop.l{n}", "set", "set", hidden=True)
    for n in range(4)
)
BUILT = drift("image-layers", "settings", "created", "2026-11-20T08:00:00Z", "2026-11-21T09:30:00Z")
LOGS = drift("image-environment", "settings", "env.LOG_LEVEL", "info", "debug", right_by=ENV)
POLICY = Origin(
    component="policy", path="depcheck.toml", line=12, text='name = "env.LOG_*", value = "debug*"'
)
BY = Expected(
    rule="image-environment",
    name="env.LOG_*",
    side="right",
    value="debug*",
    reason="production is watched during the roll-out",
    owner="platform",
    expires=datetime.date(2027, 1, 31),
    origin=POLICY,
)
UNUSED = Finding(
    rule="policy-unused",
    severity="warning",
    message="The expected difference of label.* matches nothing.",
    locations=(replace(POLICY, line=18, text='name = "label.*"'),),
    remedy="take the entry out",
)
NO_ENGINE = Undetermined(
    subject="container:shop-web-1",
    reason="no Docker Engine answers at unix:///var/run/docker.sock",
    hint="start it, or name another with DOCKER_HOST",
)


def side(named: str, digit: str, **more: Any) -> ReadSide:
    identity = Identity(
        manifest=f"sha256:{digit * 64}",
        config=f"sha256:{digit * 63}e",
        platform="linux/amd64",
        created="2026-11-20T08:00:00Z",
        repositories=(f"reg.example/shop@sha256:{digit * 64}",),
    )
    return ReadSide(named=named, identity=identity, layers=9, what="debian 12", **more)


PAIR = Pair(
    left=side(LEFT, "1"),
    right=side(RIGHT, "2"),
    shared=6,
    compared=(
        Summary(aspect="python", same=74, different=6),
        Summary(aspect="os", same=None, different=1),
        Summary(aspect="settings", same=21, different=7),
    ),
    traffic=(
        Traffic(way="registry", what="2 differing layers", layers=2, size=23_400_000),
        Traffic(way="registry", what="manifests and configurations", size=21_000),
        Traffic(way="cache", what="1 differing layer", layers=1),
    ),
)
WAY_BACK = WayBack(
    reference=f"reg.example/shop@sha256:{'2' * 64}",
    available=True,
    pins=("django==5.0.1", "sqlalchemy==2.1.2"),
    removals=("leftover",),
    packages=("libpq5=15.14-0+deb12u1",),
)


def report(**more: Any) -> ParityReport:
    values: dict[str, Any] = {
        "version": "0.1.0",
        "left": LEFT,
        "right": RIGHT,
        "verdict": "identical",
        "pairs": (PAIR,),
        "seconds": 0.32,
        **more,
    }
    return ParityReport(**values)


GRAVE = (MAJOR, GONE, PATCHED, PATH, *MINOR, SECRET, PACKAGE)
DRIFT = report(
    verdict="drift",
    findings=(*GRAVE, *LABELS, BUILT),
    excused=(Excused(finding=LOGS, by=BY),),
    ways_back=(WAY_BACK,),
)
IDENTICAL = report(
    pairs=(replace(PAIR, compared=(Summary(aspect="python", same=80, different=0),)),)
)
EXPECTED = report(verdict="expected", excused=(Excused(finding=LOGS, by=BY),))
UNREAD = report(
    verdict="undetermined",
    right="container:shop-web-1",
    pairs=(replace(PAIR, right=None, compared=(), shared=0, traffic=()),),
    undetermined=(NO_ENGINE,),
)
NOTES_ONLY = report(verdict="drift", findings=(*LABELS, BUILT))
MANY_PACKAGES = report(verdict="drift", findings=(*MANY, UNUSED))
SERVICES = report(
    verdict="drift",
    left="staging",
    right="production",
    pairs=(
        replace(PAIR, service="web", left_out=("runtime", "os")),
        replace(PAIR, service="worker", right=None, compared=(), shared=0, traffic=()),
    ),
    findings=(
        drift(
            "service-missing",
            "settings",
            "worker",
            "docker:worker:staging",
            None,
            service="worker",
            message="The service worker stands in staging alone.",
            remedy="deploy it, or take it out of the environment",
        ),
        drift(
            "distribution-major",
            "python",
            "django",
            "4.2.16",
            "5.0.1",
            service="web",
            right_by=INSTALL,
        ),
        *(
            drift("image-label", "settings", f"label.{n}", "a", "b", service="web")
            for n in range(2)
        ),
    ),
    undetermined=(replace(NO_ENGINE, harmless=True),),
    ways_back=(
        replace(WAY_BACK, service="web", available=None, remark="the registry did not answer"),
    ),
    notes=("Two replicas were read.",),
)

ALL = {
    "drift": DRIFT,
    "identical": IDENTICAL,
    "expected": EXPECTED,
    "unread": UNREAD,
    "notes-only": NOTES_ONLY,
    "many-packages": MANY_PACKAGES,
    "services": SERVICES,
}

EVIL = (
    "\x1b[31mred\x1b]8;;https://evil.example\x07link\n::error::owned\r\u202egnp\u200b "
    "##[set-env name=x]y [bold red]markup[/] \x9b2J https://user:hunter2@h.example/?token=abcdef"
)


def hostile() -> ParityReport:
    """A report in which every text from outside is hostile."""
    origin = Origin(component=EVIL, path=EVIL, line=1, text=EVIL)
    by = Provenance(layer=3, diff_id=EVIL, step=EVIL, created=EVIL)
    found = Finding(
        rule="distribution-major",
        severity="error",
        message=EVIL,
        locations=(origin,),
        evidence=Drift(
            aspect="python",
            name=EVIL,
            left=EVIL,
            right=f"{EVIL}2",
            place=EVIL,
            service=EVIL,
            left_by=by,
            right_by=by,
            paths=(EVIL,),
        ),
        remedy=EVIL,
    )
    short = drift(
        "package-version", "os", "\n::error::x", "\n##[a]", "\x1b[2J", service=EVIL, right_by=by
    )
    identity = Identity(
        manifest=EVIL,
        index=EVIL,
        config=EVIL,
        platform=EVIL,
        created=EVIL,
        repositories=(EVIL,),
        container=EVIL,
    )
    one = ReadSide(named=EVIL, identity=identity, layers=2, what=EVIL)
    pair = Pair(
        service=EVIL,
        left=one,
        right=one,
        shared=1,
        compared=PAIR.compared,
        traffic=(Traffic(way=EVIL, what=EVIL, size=5),),
    )
    by_policy = Expected(
        rule=EVIL, name=EVIL, value=EVIL, service=EVIL, reason=EVIL, owner=EVIL, origin=origin
    )
    back = WayBack(
        service=EVIL, reference=EVIL, remark=EVIL, pins=(EVIL,), removals=(EVIL,), packages=(EVIL,)
    )
    gap = Undetermined(subject=EVIL, reason=EVIL, hint=EVIL, origin=origin)
    return report(
        version=EVIL,
        left=EVIL,
        right=EVIL,
        verdict="drift",
        pairs=(pair,),
        findings=(
            found,
            short,
            replace(found, evidence=None, rule="policy-unused"),
            replace(found, evidence=None, rule="side-unread"),
        ),
        excused=(Excused(finding=found, by=by_policy),),
        ways_back=(back,),
        undetermined=(gap,),
        notes=(EVIL,),
    )
