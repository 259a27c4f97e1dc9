"""Reports as a run would give them: a web shop core beside a recommender."""

from __future__ import annotations

from typing import Literal

from depcheck.model.catalog import Distribution
from depcheck.model.findings import (
    Conflict,
    Correction,
    Edit,
    Finding,
    Rollback,
    Severity,
    Shift,
    Step,
)
from depcheck.model.report import Picked, Report
from depcheck.model.requirement import (
    Component,
    Origin,
    Pin,
    PythonBound,
    Requirement,
    Undetermined,
)
from depcheck.model.target import Target

WEB, AI = "web/requirements.txt", "recommender/requirements.txt"
INDEX = "https://index.example/simple/"

TARGET = Target(
    python="3.11.7",
    implementation="cpython",
    platform="linux/amd64",
    tags=("cp311-cp311-manylinux_2_17_x86_64", "py3-none-any"),
    environment={
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "python_full_version": "3.11.7",
        "python_version": "3.11",
        "sys_platform": "linux",
    },
)


def requirement(component: str, path: str, line: int, text: str) -> Requirement:
    name = text.split("<")[0].split(">")[0].split("=")[0].split("[")[0].strip()
    return Requirement(
        name=name.lower(),
        specifier=text[len(name) :],
        origin=Origin(component=component, path=path, line=line, text=text),
    )


DJANGO = requirement("web", WEB, 3, "Django>=4.2,<5")
JWT = requirement("web", WEB, 5, "PyJWT>=1.7")
PYDANTIC = requirement("web", WEB, 8, "pydantic<2")
BOTO = requirement("web", WEB, 11, "boto3")
LANGCHAIN = requirement("recommender", AI, 1, "langchain>=0.3")
NUMPY = requirement("recommender", AI, 2, "numpy>=2")

CORE = Component(
    name="web",
    role="core",
    source=WEB,
    requirements=(DJANGO, JWT, PYDANTIC, BOTO),
    baseline=(
        Pin(
            name="pyjwt",
            version="1.7.1",
            origin=Origin(
                component="web", path="web/requirements.lock", line=41, text="pyjwt==1.7.1"
            ),
        ),
    ),
)
RECOMMENDER = Component(name="recommender", role="ai", source=AI, requirements=(LANGCHAIN, NUMPY))


def picked(name: str, version: str, *by: str, component: str = "web") -> Picked:
    wheel = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    return Picked(
        name=name,
        version=version,
        by=by,
        components=() if by else (component,),
        index=INDEX,
        distributions=(
            Distribution(
                wheel,
                f"https://files.index.example/packages/{wheel}",
                hashes=(("sha256", "ab" * 32),),
                size=22_997,
                upload_time="2024-11-28T03:43:27.893123Z",
            ),
        ),
    )


ALONE = {
    "web": (
        picked("django", "4.2.16"),
        picked("pyjwt", "1.7.1"),
        picked("pydantic", "1.10.24"),
        picked("boto3", "1.44.5"),
    ),
    "recommender": (
        picked("langchain", "1.5.0", component="recommender"),
        picked("numpy", "2.4.1", component="recommender"),
        picked("pydantic", "2.12.3", "langchain"),
    ),
}
COMBINED = (
    picked("django", "4.2.16"),
    picked("pyjwt", "2.10.1"),
    picked("boto3", "1.9.253"),
    picked("langchain", "1.5.0", component="recommender"),
    picked("numpy", "2.4.1", component="recommender"),
)


def report(**changes: object) -> Report:
    values: dict[str, object] = {
        "version": "0.1.0",
        "target": TARGET,
        "components": (CORE, RECOMMENDER),
        "indexes": (INDEX,),
        "verdict": "compatible",
        "alone": ALONE,
        "requests": 134,
        "seconds": 2.04,
    }
    return Report(**(values | changes))  # type: ignore[arg-type]


_TRANSITIVE = Finding(
    rule="conflict-transitive",
    severity="error",
    message="web's pydantic<2 and recommender's langchain>=0.3 cannot hold together: they clash "
    "over pydantic.",
    locations=(PYDANTIC.origin, LANGCHAIN.origin),
    evidence=Conflict(
        statements=(PYDANTIC, LANGCHAIN),
        project="pydantic",
        steps=(
            Step(
                subject="recommender",
                verb="needs",
                object="langchain>=0.3",
                origin=LANGCHAIN.origin,
            ),
            Step(
                subject="langchain",
                versions="0.3.0 to 1.5.0",
                count=112,
                verb="needs",
                object="pydantic>=2.7.4,<3.0.0",
            ),
            Step(subject="web", verb="needs", object="pydantic<2", origin=PYDANTIC.origin),
        ),
    ),
)
_CURES = (
    Correction(
        statements=(PYDANTIC,),
        edits=(Edit(origin=PYDANTIC.origin, before="pydantic<2", after="pydantic>=2.7.4"),),
        picks=(("pydantic", "2.12.3"), ("langchain", "1.5.0"), ("django", "4.2.16")),
    ),
    Correction(
        statements=(LANGCHAIN,),
        edits=(Edit(origin=LANGCHAIN.origin, before="langchain>=0.3", after="langchain<0.3"),),
        picks=(("langchain", "0.2.17"), ("pydantic", "1.10.24"), ("numpy", "1.26.4")),
    ),
)

CONFLICT = report(verdict="conflict", findings=(_TRANSITIVE,), corrections=_CURES)

_TENSOR = requirement("recommender", AI, 3, "tensorflow-datasets>=4.9 ; python_version >= '3.10'")
_PROTO = requirement(
    "web",
    "web/requirements/production/storefront-and-checkout.txt",
    214,
    "googleapis-common-protos==1.52.0",
)
_GRPC = requirement("search", "search/pyproject.toml", 19, "grpcio-status>=1.60")
_SEARCH = Component(
    name="search",
    source="search/pyproject.toml",
    requirements=(_GRPC,),
    requires_python=PythonBound(
        specifier=">=3.12",
        origin=Origin(
            component="search",
            path="search/pyproject.toml",
            line=7,
            text='requires-python = ">=3.12"',
        ),
    ),
)

THREE_WAY = report(
    verdict="conflict",
    components=(CORE, RECOMMENDER, _SEARCH),
    complete=False,
    notes=("Listing stopped after 100 conflicts (--max-conflicts); there may be more.",),
    findings=(
        Finding(
            rule="conflict-many",
            severity="error",
            message="web's googleapis-common-protos==1.52.0, recommender's "
            "tensorflow-datasets>=4.9 and search's grpcio-status>=1.60 cannot "
            "hold together, though any smaller set can.",
            locations=(_PROTO.origin, _TENSOR.origin, _GRPC.origin),
            evidence=Conflict(
                statements=(_PROTO, _TENSOR, _GRPC),
                project="protobuf",
                steps=(
                    Step(
                        subject="web",
                        verb="needs",
                        object="googleapis-common-protos==1.52.0",
                        origin=_PROTO.origin,
                    ),
                    Step(
                        subject="googleapis-common-protos",
                        versions="1.52.0",
                        count=1,
                        verb="needs",
                        object="protobuf>=3.6.0,<4",
                        presumed=True,
                    ),
                    Step(
                        subject="recommender",
                        verb="needs",
                        object="tensorflow-datasets>=4.9",
                        origin=_TENSOR.origin,
                    ),
                    Step(
                        subject="tensorflow-datasets",
                        versions="4.9.0 to 4.9.9",
                        count=10,
                        verb="needs",
                        object="protobuf>=3.20",
                    ),
                    Step(
                        subject="search",
                        verb="needs",
                        object="grpcio-status>=1.60",
                        origin=_GRPC.origin,
                    ),
                    Step(
                        subject="grpcio-status",
                        versions="1.60.0 to 1.76.0",
                        count=41,
                        verb="needs",
                        object="protobuf>=4.21.6",
                    ),
                ),
                presumed=("googleapis-common-protos 1.52.0",),
            ),
        ),
        Finding(
            rule="conflict-python",
            severity="error",
            message="search needs Python >=3.12, but the target is Python 3.11.7.",
            locations=(_SEARCH.requires_python.origin,),  # type: ignore[union-attr]
            evidence=Conflict(
                statements=(_SEARCH.requires_python,),
                project="python",  # type: ignore[arg-type]
                steps=(),
            ),
            remedy="check for a newer target with --python 3.12.",
        ),
    ),
    corrections=(
        Correction(
            statements=(_PROTO, _SEARCH.requires_python),  # type: ignore[arg-type]
            edits=(
                Edit(
                    origin=_PROTO.origin,
                    before="googleapis-common-protos==1.52.0",
                    after="googleapis-common-protos>=1.56.2",
                ),
                Edit(
                    origin=_SEARCH.requires_python.origin,  # type: ignore[union-attr]
                    before='requires-python = ">=3.12"',
                    after="",
                ),
            ),
            picks=tuple((f"package-{n}", f"{n}.0") for n in range(1, 20)),
        ),
        Correction(
            statements=(_GRPC, _TENSOR),
            edits=(),
            remark="Keep search apart: with web and recommender alone everything resolves.",
        ),
    ),
    alone={"web": ALONE["web"], "recommender": ALONE["recommender"]},
)

_LOCKED = CORE.baseline[0]


def _small(name: str, before: str | None, after: str | None, grade: str, way: str) -> Finding:
    rule = f"shift-{grade if way in ('up', 'down') else way}"
    return Finding(
        rule=rule,
        severity="note",
        message=f"{name} moves.",
        evidence=Shift(
            name=name,
            component="web",
            before=before,
            after=after,
            direction=way,
            grade=grade,
            forced=False,
        ),  # type: ignore[arg-type]
    )


SHIFTS = report(
    verdict="shifts",
    combined=COMBINED,
    keep=("urllib3==2.5.0",),
    findings=(
        Finding(
            rule="shift-major",
            severity="warning",
            message="pyjwt moves up from 1.7.1 to 2.10.1 under web (major, forced: no solution "
            "keeps the old version).",
            locations=(JWT.origin, _LOCKED.origin),
            evidence=Shift(
                name="pyjwt",
                component="web",
                before="1.7.1",
                after="2.10.1",
                direction="up",
                grade="major",
                forced=True,
                direct=JWT,
                locked=_LOCKED,
                chain=(
                    Step(
                        subject="recommender",
                        verb="needs",
                        object="langchain>=0.3",
                        origin=LANGCHAIN.origin,
                    ),
                    Step(
                        subject="langchain",
                        versions="1.5.0",
                        count=1,
                        verb="needs",
                        object="pyjwt>=2.4",
                    ),
                ),
            ),
            remedy="Make web ready for pyjwt 2.10.1, or keep the components apart.",
        ),
        Finding(
            rule="shift-major",
            severity="warning",
            message="urllib3 moves down from 2.5.0 to 1.26.20 under web (major, incidental).",
            evidence=Shift(
                name="urllib3",
                component="web",
                before="2.5.0",
                after="1.26.20",
                direction="down",
                grade="major",
                forced=False,
                pin="urllib3==2.5.0",
                chain=(
                    Step(
                        subject="botocore",
                        versions="1.12.253",
                        count=1,
                        verb="needs",
                        object="urllib3<1.26.21,>=1.20",
                    ),
                ),
            ),
            remedy="Pin urllib3==2.5.0 to keep it.",
        ),
        Finding(
            rule="rollback",
            severity="warning",
            message="boto3 falls back from 1.44.5 to 1.9.253, 2572 days older, though web alone "
            "has 1.44.5.",
            locations=(BOTO.origin,),
            evidence=Rollback(
                name="boto3",
                component="web",
                before="1.44.5",
                after="1.9.253",
                days=2572,
                better="1.44.5",
                pins=("boto3>=1.44.0",),
                direct=BOTO,
                chain=(
                    Step(
                        subject="kubernetes",
                        versions="36.0.0",
                        count=1,
                        verb="needs",
                        object="urllib3>=1.24.2,!=2.6.0",
                    ),
                ),
            ),
            remedy="A better set exists, with boto3 1.44.5: add `boto3>=1.44.0`.",
        ),
        _small("certifi", "2026.1.4", "2026.2.1", "minor", "up"),
        _small("idna", "3.10", "3.11", "minor", "up"),
        _small("attrs", "26.1.0", "26.1.1", "patch", "up"),
        _small("langchain-core", None, "1.5.2", "other", "added"),
        _small("numpy", None, "2.4.1", "other", "added"),
        _small("pytz", "2026.1", None, "other", "gone"),
    ),
)

_HASHED = requirement("recommender", AI, 7, "tokenizers==0.20.3")
_HUB = requirement("recommender", AI, 8, "huggingface-hub<0.20")
_TOKENS = requirement("recommender", AI, 9, "transformers>=4.46")

LONELY = report(
    verdict="conflict",
    alone={"web": ALONE["web"]},
    findings=(
        _TRANSITIVE,
        Finding(
            rule="conflict-hash",
            severity="error",
            message="No file of tokenizers 0.20.3 has one of the hashes that recommender names.",
            locations=(_HASHED.origin,),
            evidence=Conflict(statements=(_HASHED,), project="tokenizers", steps=()),
            remedy="Make the hashes anew.",
        ),
        Finding(
            rule="conflict-transitive",
            severity="error",
            message="recommender's huggingface-hub<0.20 and recommender's transformers>=4.46 "
            "cannot hold together: they clash over huggingface-hub.",
            locations=(_HUB.origin, _TOKENS.origin),
            evidence=Conflict(
                statements=(_HUB, _TOKENS),
                project="huggingface-hub",
                steps=(
                    Step(
                        subject="transformers",
                        versions="4.46.0 to 5.3.0",
                        count=37,
                        verb="needs",
                        object="huggingface-hub>=0.23.2",
                    ),
                ),
            ),
        ),
    ),
)


def shifted(
    name: str,
    before: str,
    after: str,
    severity: Severity = "warning",
    remedy: str = "",
    grade: Literal["major", "minor", "patch"] = "major",
    **changes: object,
) -> Finding:
    """Return a shift of the core's ``name``, by another major if not told otherwise."""
    values: dict[str, object] = {
        "name": name,
        "component": "web",
        "before": before,
        "after": after,
        "direction": "up",
        "grade": grade,
        "forced": False,
    }
    return Finding(
        rule=f"shift-{grade}",
        severity=severity,
        message=f"{name} moves from {before} to {after} under web.",
        evidence=Shift(**(values | changes)),  # type: ignore[arg-type]
        remedy=remedy,
    )


def fallen(name: str, component: str, before: str, after: str, **changes: object) -> Finding:
    """Return a rollback of what ``component`` has alone."""
    values: dict[str, object] = {
        "name": name,
        "component": component,
        "before": before,
        "after": after,
        "days": 514,
    }
    return Finding(
        rule="rollback",
        severity="warning",
        message=f"{name} falls back from {before} to {after}, 514 days older, though {component} "
        f"alone has {before}.",
        evidence=Rollback(**(values | changes)),  # type: ignore[arg-type]
        remedy=f"No solution keeps {name} near {before}: keep the components apart, or accept it.",
    )


_CRYPTO = requirement("web", WEB, 6, "PyJWT[crypt]>=1.7")

PRICES = report(
    verdict="shifts",
    combined=(
        *COMBINED,
        picked("pandas", "1.5.3", component="recommender"),
        picked("vllm", "0.2.5", component="recommender"),
    ),
    keep=("gunicorn==23.0.0", "redis==5.0.8"),
    findings=(
        fallen("pydantic", "recommender", "2.14.3", "2.10.6"),
        fallen("boto3", "web", "1.44.5", "0.0.3"),
        shifted(
            "boto3",
            "1.44.5",
            "0.0.3",
            direction="down",
            forced=True,
            remedy="Make web ready for boto3 0.0.3, or keep the components apart.",
        ),
        shifted("gunicorn", "23.0.0", "27.0.1", pin="gunicorn==23.0.0", alone=True),
        shifted("redis", "5.0.8", "8.1.0", pin="redis==5.0.8"),
        shifted(
            "tenacity",
            "8.5.0",
            "9.1.2",
            pin="tenacity==8.5.0",
            price=("langchain 0.2.17 → 0.0.27",),
        ),
        shifted("certifi", "2025.1.31", "2026.10.18", "note", alone=True, pin="certifi==2025.1.31"),
        shifted("celery", "5.4.0", "5.7.0", "note", grade="minor", alone=True),
        shifted("idna", "3.10", "3.20", "note", grade="minor"),
        shifted("click", "8.1.8", "8.1.9", "note", grade="patch", alone=True),
        Finding(
            rule="unknown-extra",
            severity="warning",
            message="pyjwt 2.10.1 has no extra crypt: it is ignored.",
            locations=(_CRYPTO.origin,),
            remedy='did you mean "crypto"?',
        ),
        Finding(
            rule="needs-build",
            severity="note",
            message="pandas 1.5.3 has no wheel for linux/amd64: an install would build it.",
        ),
        Finding(
            rule="needs-build",
            severity="note",
            message="vllm 0.2.5 has no wheel for linux/amd64: an install would build it.",
        ),
    ),
)

SINGLE = report(components=(CORE,), alone={"web": ALONE["web"]}, combined=ALONE["web"])

UNREAD = report(
    verdict="undetermined",
    combined=(),
    alone={"web": (), "recommender": ()},
    findings=(
        _small("django", "4.2.16", None, "other", "gone"),
        _small("pyjwt", "1.7.1", None, "other", "gone"),
    ),
    undetermined=(
        Undetermined(
            subject="langchain",
            reason=f"the cache has no page of langchain from {INDEX}",
            origin=LANGCHAIN.origin,
        ),
        Undetermined(
            subject="django",
            reason=f"the cache has no page of django from {INDEX}",
            origin=DJANGO.origin,
        ),
    ),
)

COMPATIBLE = report(combined=(*ALONE["web"], *ALONE["recommender"][:2]))

UNDETERMINED = report(
    verdict="undetermined",
    combined=COMBINED,
    findings=(
        Finding(
            rule="undetermined",
            severity="warning",
            message="shop-auth @ git+https://git.example/shop/auth could not be checked.",
            locations=(
                Origin(
                    component="web",
                    path=WEB,
                    line=14,
                    text="shop-auth @ git+https://git.example/shop/auth",
                ),
            ),
        ),
    ),
    undetermined=(
        Undetermined(
            subject="fasttext 0.9.1",
            reason="the sdist says nothing about its requirements without being built",
            harmless=True,
        ),
        Undetermined(
            subject="shop-auth @ git+https://git.example/shop/auth",
            reason="a VCS requirement is never fetched or built",
            hint="name a release on an index, or check its requirements as a component.",
            origin=Origin(
                component="web",
                path=WEB,
                line=14,
                text="shop-auth @ git+https://git.example/shop/auth",
            ),
        ),
    ),
)

EVIL = (
    "\x1b[31mred\x1b[0m [bold red]markup[/] \x1b]8;;https://evil.example\x07link"
    "\r\n::error file=x::boo\n ##[set-env name=A]b \u202eevil\u2066 \x9b2J a\u200bb"
    " https://user:hunter2@index.example/simple/?X-Amz-Signature=abcdef&page=2"
)


def hostile() -> Report:
    """Return a report in which every string that comes from outside is hostile."""
    origin = Origin(component=EVIL, path=EVIL, line=1, text=EVIL)
    asked = Requirement(
        name=EVIL, extras=(EVIL,), specifier=EVIL, marker=EVIL, origin=origin, hashes=(EVIL,)
    )
    step = Step(
        subject=EVIL, versions=EVIL, count=3, verb=EVIL, object=EVIL, origin=origin, presumed=True
    )
    pick = Picked(
        name=EVIL, version=EVIL, extras=(EVIL,), by=(EVIL,), components=(EVIL,), index=EVIL
    )
    entry = Undetermined(subject=EVIL, reason=EVIL, hint=EVIL, origin=origin)
    shift = Shift(
        name=EVIL,
        component=EVIL,
        before=EVIL,
        after=EVIL,
        direction="up",
        grade="major",
        forced=True,
        pin=EVIL,
        direct=asked,
        chain=(step,),
        locked=Pin(name=EVIL, version=EVIL, origin=origin),
        price=(EVIL,),
    )
    findings = (
        Finding(
            rule="conflict-transitive",
            severity="error",
            message=EVIL,
            locations=(origin,),
            evidence=Conflict(statements=(asked,), project=EVIL, steps=(step,), presumed=(EVIL,)),
            remedy=EVIL,
        ),
        Finding(rule="shift-major", severity="warning", message=EVIL, evidence=shift),
        Finding(rule="shift-minor", severity="note", message=EVIL, evidence=shift),
        Finding(
            rule="rollback",
            severity="warning",
            message=EVIL,
            remedy=EVIL,
            evidence=Rollback(
                name=EVIL,
                component=EVIL,
                before=EVIL,
                after=EVIL,
                days=400,
                better=EVIL,
                pins=(EVIL,),
                chain=(step,),
                direct=asked,
            ),
        ),
        Finding(
            rule="unknown-extra",
            severity="warning",
            message=EVIL,
            locations=(origin,),
            remedy=EVIL,
        ),
        Finding(rule="needs-build", severity="note", message=f"{EVIL} {EVIL} has no wheel."),
    )
    return report(
        verdict="conflict",
        keep=(EVIL,),
        findings=findings,
        undetermined=(entry,),
        notes=(EVIL,),
        indexes=(EVIL,),
        alone={EVIL: (pick,)},
        combined=(pick,),
        components=(
            Component(
                name=EVIL,
                role="core",
                source=EVIL,
                requirements=(asked,),
                requires_python=PythonBound(specifier=EVIL, origin=origin),
                baseline=(Pin(name=EVIL, version=EVIL, origin=origin),),
                undetermined=(entry,),
            ),
        ),
        corrections=(
            Correction(
                statements=(asked,),
                picks=((EVIL, EVIL),),
                remark=EVIL,
                edits=(Edit(origin=origin, before=EVIL, after=EVIL),),
            ),
            Correction(statements=(asked,), edits=()),
        ),
    )


ALL = {
    "conflict": CONFLICT,
    "three-way": THREE_WAY,
    "shifts": SHIFTS,
    "compatible": COMPATIBLE,
    "undetermined": UNDETERMINED,
    "lonely": LONELY,
    "prices": PRICES,
    "single": SINGLE,
    "unread": UNREAD,
}
