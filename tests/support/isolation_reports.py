"""Isolation reports as a run would give them, small and grave, for the tests of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from depcheck.model.findings import Conflict, Correction, Edit, Finding, Shift, Step
from depcheck.model.isolation import (
    Boundary,
    Container,
    Cost,
    IsolationReport,
    Verified,
    WishAnswer,
)
from depcheck.model.report import Picked
from depcheck.model.requirement import Component, Origin, Requirement, Undetermined, normalise
from depcheck.model.target import Target
from depcheck.model.walls import (
    Budget,
    GpuNeed,
    Labels,
    NativeClash,
    NativeUse,
    PoolShare,
    PythonNeed,
    Weight,
)

INDEX = "https://index.example/simple/"
MB, GB = 10**6, 10**9


def target(python: str = "3.11.7") -> Target:
    return Target(
        python=python,
        implementation="cpython",
        platform="linux/amd64",
        tags=("py3-none-any",),
        environment={"python_version": ".".join(python.split(".")[:2]), "os_name": "posix"},
    )


def requirement(component: str, line: int, text: str) -> Requirement:
    name = text.split("!")[0].split("<")[0].split(">")[0].split("=")[0].strip()
    origin = Origin(component=component, path=f"{component}/requirements.txt", line=line, text=text)
    return Requirement(name=normalise(name), specifier=text[len(name) :], origin=origin)


def component(name: str, *requirements: Requirement, role: Any = "other") -> Component:
    return Component(
        name=name, role=role, source=f"{name}/requirements.txt", requirements=requirements
    )


def picks(*names: str, filler: int = 0) -> tuple[Picked, ...]:
    """Return picks of ``name version``, and ``filler`` more of no importance."""
    told = [*names, *(f"part-{n:02} 1.{n}" for n in range(filler))]
    return tuple(Picked(name=t.split()[0], version=t.split()[1], index=INDEX) for t in told)


def container(name: str, *components: str, python: str = "3.11.7", **more: Any) -> Container:
    return Container(name=name, components=components, target=target(python), **more)


def report(**changes: Any) -> IsolationReport:
    values: dict[str, Any] = {
        "version": "0.1.0",
        "target": target(),
        "indexes": (INDEX,),
        "requests": 134,
        "seconds": 2.04,
    }
    return IsolationReport(**(values | changes))


def step(subject: str, wants: str, versions: str = "", count: int = 0) -> Step:
    return Step(subject=subject, versions=versions, count=count, verb="needs", object=wants)


def own(asked: Requirement) -> Step:
    return Step(
        subject=asked.origin.component, verb="needs", object=str(asked), origin=asked.origin
    )


def clash(project: str, asked: Sequence[Requirement], *steps: Step, **more: Any) -> Finding:
    told = [f"{r.origin.component}'s {r}" for r in asked]
    return Finding(
        rule="wall-conflict",
        severity="error",
        message=f"{', '.join(told[:-1])} and {told[-1]} cannot hold together: "
        f"they clash over {project}.",
        locations=tuple(r.origin for r in asked),
        evidence=Conflict(statements=tuple(asked), project=project, steps=steps),
        **more,
    )


# Two containers, because of a conflict

PYDANTIC = requirement("web", 8, "pydantic<2")
DJANGO = requirement("web", 3, "Django>=4.2,<5")
LANGCHAIN = requirement("recommender", 2, "langchain>=0.3")
WEB = component("web", DJANGO, PYDANTIC, role="core")
RECOMMENDER = component("recommender", LANGCHAIN, role="ai")
OVER_PYDANTIC = clash(
    "pydantic",
    (PYDANTIC, LANGCHAIN),
    own(PYDANTIC),
    own(LANGCHAIN),
    step("langchain", "pydantic>=2.7.4", "0.3.0 to 1.5.0", 92),
)
HEAL = Correction(
    statements=(PYDANTIC,),
    edits=(Edit(origin=PYDANTIC.origin, before="pydantic<2", after="pydantic>=2.7.4"),),
    picks=(("pydantic", "2.12.3"), ("langchain", "1.5.0")),
)
BETWEEN = Boundary(
    components=("web", "recommender"),
    containers=("web", "recommender"),
    reasons=(OVER_PYDANTIC,),
    strength="environment",
    because="Only pure Python packages on one Python disagree: on one host a virtual environment "
    "and a process of its own are enough.",
    heals=(HEAL,),
    against=(
        "An edit heals the conflict: pydantic<2 → pydantic>=2.7.4 (web/requirements.txt:8).",
        "web and recommender share data or a transaction in one process (the basket): a wall makes "
        "it a call.",
    ),
)
TWO = report(
    verdict="several",
    components=(WEB, RECOMMENDER),
    containers=(
        container(
            "web",
            "web",
            role="core",
            picked=picks("django 4.2.16", "pydantic 1.10.24", filler=22),
            size=92 * MB,
        ),
        container(
            "recommender",
            "recommender",
            role="ai",
            picked=picks("langchain 1.5.0", "pydantic 2.12.3", filler=61),
            size=312 * MB,
        ),
    ),
    boundaries=(BETWEEN,),
    costs=(
        Cost(container="web", size=92 * MB, added=0),
        Cost(container="recommender", size=312 * MB, added=11 * MB),
    ),
    fewest=2,
    alone={"web": picks(filler=24), "recommender": picks(filler=63)},
    verified=(
        Verified(container="web", step="resolve", passed=True, seconds=0.4),
        Verified(container="recommender", step="resolve", passed=True, seconds=1.2),
    ),
    written=(
        "deploy/compose.yaml",
        "deploy/web/Dockerfile",
        "deploy/web/pylock.toml",
        "deploy/recommender/Dockerfile",
        "deploy/recommender/pylock.toml",
    ),
)

# One container, and advice

JWT = requirement("web", 5, "PyJWT>=1.7")
MCP = requirement("recommender", 3, "mcp>=1.23")
MOVED = Finding(
    rule="wall-shift",
    severity="warning",
    message="Sharing moves pyjwt from 1.7.1 to 2.10.1 under web.",
    evidence=Shift(
        name="pyjwt",
        component="web",
        before="1.7.1",
        after="2.10.1",
        direction="up",
        grade="major",
        forced=True,
        direct=JWT,
        chain=(own(MCP), step("mcp", "pyjwt[crypto]>=2.10.1", "1.23.0 to 2.3.0", 21)),
    ),
    remedy="make web ready for pyjwt 2.10.1, or raise a wall",
)
ADVISED = Boundary(
    components=("web", "recommender"),
    containers=("web", "web"),
    reasons=(MOVED,),
    strength="environment",
    because="Only pure Python packages disagree.",
    decisive=False,
)
ONE = report(
    verdict="one",
    components=(component("web", JWT, role="core"), component("recommender", MCP, role="ai")),
    containers=(
        container("web", "web", "recommender", role="core", picked=picks(filler=71), size=318 * MB),
    ),
    boundaries=(ADVISED,),
    alone={"web": picks(filler=24), "recommender": picks(filler=63)},
    wishes=(
        WishAnswer(
            asked="--apart web,recommender", possible=True, containers=2, without=1, added=27 * MB
        ),
    ),
)
CLEAN = replace(ONE, boundaries=(), wishes=())

# Five containers, for every reason

NUMPY = requirement("search", 4, "numpy!=1.26.*")
PANDAS = requirement("reports", 2, "pandas>=3")
SCIPY = requirement("web", 9, "scipy==1.12.0")
_NATIVE = NativeClash(
    kind="cuda",
    name="CUDA",
    left=NativeUse(
        component="vision",
        distribution="nvidia-cuda-runtime-cu11",
        version="11.7.99",
        library="CUDA 11",
        path="nvidia/cuda_runtime/lib/libcudart.so.11.0",
    ),
    right=NativeUse(
        component="ranking",
        distribution="nvidia-cuda-runtime-cu12",
        version="12.8.90",
        library="CUDA 12",
        path="nvidia/cuda_runtime/lib/libcudart.so.12",
    ),
)
OVER_CUDA = Finding(
    rule="wall-native",
    severity="error",
    message="vision brings CUDA 11 and ranking CUDA 12: in one process the first that is loaded "
    "serves both.",
    evidence=_NATIVE,
)
OLD_PYTHON = Finding(
    rule="wall-python",
    severity="error",
    message="legacy needs Python 3.9; the rest is for 3.11.",
    evidence=PythonNeed(
        component="legacy",
        wanted="3.11",
        found="3.9",
        because="every tensorflow 2.5.0 to 2.9.3 (17 releases) has wheels up to Python 3.10 only",
    ),
    locations=(
        Origin(
            component="legacy",
            path="legacy/pyproject.toml",
            line=6,
            text='requires-python = "<3.10"',
        ),
    ),
)


def gpu(name: str, *brought: str) -> Finding:
    return Finding(
        rule="wall-gpu",
        severity="warning",
        message=f"{name} computes on a GPU; web does not.",
        evidence=GpuNeed(component=name, configured=not brought, distributions=brought),
    )


HEAVY = Finding(
    rule="wall-heavy",
    severity="warning",
    message="ranking brings 4.2 GB beside the core's 96 MB.",
    evidence=Weight(
        component="ranking",
        added=4_200 * MB,
        core=96 * MB,
        largest=(("torch", 1_710 * MB), ("nvidia-cublas-cu12", 641 * MB), ("triton", 422 * MB)),
    ),
)
TRUST = Finding(
    rule="wall-trust",
    severity="warning",
    message="plugins is trusted as tenant, web as internal.",
    evidence=Labels(kind="trust", values=(("web", "internal"), ("plugins", "tenant"))),
)
MANY = clash(
    "numpy",
    (SCIPY, NUMPY, PANDAS),
    own(SCIPY),
    own(NUMPY),
    own(PANDAS),
    step("pandas", "numpy>=1.26", "3.0.0 to 3.1.2", 6),
    step("scipy", "numpy<1.27", "1.12.0", 1),
)


def wall(names: str, homes: str, *found: Finding, **more: Any) -> Boundary:
    values: dict[str, Any] = {
        "components": tuple(names.split()),
        "containers": tuple(homes.split()),
        "reasons": found,
        "strength": "container",
        "because": "Native libraries are found by path and name, which a container keeps apart.",
    }
    return Boundary(**(values | more))


FIVE = report(
    verdict="several",
    components=(
        component("web", SCIPY, role="core"),
        component("search", NUMPY),
        component("reports", PANDAS),
        component("vision", requirement("vision", 1, "torch<2.1"), role="ai"),
        component("ranking", requirement("ranking", 1, "torch>=2.8"), role="ai"),
        component("legacy", requirement("legacy", 1, "tensorflow<2.10"), role="ai"),
        component("plugins", requirement("plugins", 1, "jinja2>=3")),
    ),
    containers=(
        container(
            "web", "web", "search", role="core", picked=picks(filler=48), size=96 * MB
        ),
        container("reports", "reports", picked=picks(filler=12), size=141 * MB),
        container(
            "vision", "vision", role="ai", picked=picks(filler=31), size=2_400 * MB, gpu=True
        ),
        container(
            "ranking",
            "ranking",
            role="ai",
            picked=picks(filler=40),
            size=4_300 * MB,
            gpu=True,
            unsized=("shop-models",),
        ),
        container(
            "legacy",
            "legacy",
            role="ai",
            python="3.9.20",
            picked=picks(filler=38),
            size=1_300 * MB,
        ),
        container("plugins", "plugins", picked=picks(filler=3), size=2 * MB),
    ),
    boundaries=(
        wall("web search reports", "web web reports", MANY, strength="environment",
             because="Only pure Python packages disagree."),
        wall("vision ranking", "vision ranking", OVER_CUDA),
        wall("web legacy", "web legacy", OLD_PYTHON, strength="environment",
             because="Two interpreters can stand on one host."),
        wall("web vision", "web vision", gpu("vision", "torch 2.0.1", "nvidia-cudnn-cu11 8.5.0"),
             strength="service", because="It scales with GPUs, not with requests."),
        wall("web ranking", "web ranking", gpu("ranking"), HEAVY, strength="service",
             because="It scales with GPUs, not with requests."),
        wall("web plugins", "web plugins", TRUST, strength="service",
             because="Code of another trust must not share memory, files or a network address."),
    ),
    costs=(
        Cost(container="web", size=96 * MB, added=0),
        Cost(container="reports", size=141 * MB, added=38 * MB),
        Cost(container="vision", size=2_400 * MB, added=1_100 * MB),
        Cost(container="ranking", size=4_300 * MB, added=84 * MB),
        Cost(container="legacy", size=1_300 * MB, added=212 * MB),
        Cost(container="plugins", size=2 * MB, added=0),
    ),
    fewest=3,
    ranked=14,
    budget=Budget(
        max_connections=100,
        reserved=3,
        variable="DB_POOL_SIZE",
        shares=(
            PoolShare(component="web", container="web", replicas=4, wanted=10, pool=10),
            PoolShare(component="search", container="web", replicas=2, wanted=5, pool=5),
        ),
    ),
)  # fmt: skip

# What cannot be

_OLD = requirement("legacy", 1, "torch==1.4.0")
_NEW = requirement("legacy", 2, "numpy>=2")
IMPOSSIBLE_ALONE = Finding(
    rule="component-impossible",
    severity="error",
    message="legacy cannot be installed, not even alone: torch==1.4.0 and numpy>=2 clash over "
    "numpy.",
    locations=(_OLD.origin, _NEW.origin),
    evidence=Conflict(
        statements=(_OLD, _NEW),
        project="numpy",
        steps=(own(_OLD), own(_NEW), step("torch", "numpy<2", "1.4.0", 1)),
    ),
    remedy="raise torch in legacy/requirements.txt:1",
)
LIMIT = Budget(
    max_connections=60,
    reserved=3,
    variable="DB_POOL_SIZE",
    shares=(
        PoolShare(component="web", container="web", replicas=4, wanted=15, pool=10),
        PoolShare(component="recommender", container="recommender", replicas=2, wanted=10, pool=8),
    ),
)
IMPOSSIBLE = replace(
    TWO,
    components=(WEB, RECOMMENDER, component("legacy", _OLD, _NEW, role="ai")),
    impossible=("legacy",),
    findings=(
        IMPOSSIBLE_ALONE,
        Finding(
            rule="connections-over-limit",
            severity="error",
            message="web and recommender may open 80 connections together; the database allows 57.",
            evidence=LIMIT,
            remedy="raise max_connections to 83, or lower the pools as given below",
        ),
        Finding(
            rule="proof-failed",
            severity="error",
            message="recommender: pip check says that grpcio 1.60.0 is not supported here.",
        ),
    ),
    budget=LIMIT,
    verified=(
        Verified(container="web", step="build", passed=True, seconds=21.4),
        Verified(container="web", step="pip check", passed=None, detail="no engine answers"),
        Verified(
            container="recommender", step="pip check", passed=False, detail="grpcio is no good"
        ),
    ),
    written=(),
    wishes=(),
)
OVER_NUMPY = clash(
    "numpy", (requirement("web", 9, "numpy<2"), requirement("search", 2, "numpy>=2"))
)
WISHED = replace(
    TWO,
    verified=(),
    written=(),
    exact=False,
    fewest=1,
    ranked=200,
    all_ranked=False,
    findings=(
        Finding(
            rule="wish-impossible",
            severity="error",
            message="--together web,recommender is impossible: web's pydantic<2 and recommender's "
            "langchain>=0.3 cannot hold together: they clash over pydantic.",
            locations=OVER_PYDANTIC.locations,
            evidence=OVER_PYDANTIC.evidence,
        ),
    ),
    wishes=(
        WishAnswer(
            asked="--together web,recommender",
            possible=False,
            containers=None,
            without=2,
            because=(OVER_PYDANTIC,),
        ),
        WishAnswer(
            asked="together: web,search",
            origin=Origin(component="", path="depcheck.toml", line=31, text="together = ["),
            possible=True,
            containers=2,
            without=2,
            gives_up=("search is heavier than the core by 1.2 GB, and shares its image",),
        ),
        WishAnswer(
            asked="--max-containers 1",
            possible=False,
            containers=None,
            without=2,
            because=(OVER_PYDANTIC, OVER_NUMPY),
        ),
    ),
    notes=("The partition of the last run was kept.",),
    undetermined=(
        Undetermined(
            subject="shop-auth @ git+https://git.example/shop/auth",
            reason="a VCS requirement is never fetched or built",
            hint="name a release on an index",
        ),
    ),
)

# Twelve containers

_NAMES = (
    *("web", "search", "reports", "vision", "ranking", "legacy", "plugins", "speech"),
    *("embeddings", "fraud-detection", "forecasting", "translation"),
)


def _over(left: str, right: str) -> Boundary:
    asked = (requirement(left, 3, "protobuf<4"), requirement(right, 5, "protobuf>=5"))
    found = clash("protobuf", asked, *map(own, asked))
    return wall(f"{left} {right}", f"{left} {right}", found, strength="environment")


TWELVE = report(
    verdict="several",
    components=tuple(component(n, role="core" if n == "web" else "ai") for n in _NAMES),
    containers=tuple(
        container(
            n, n, role="core" if n == "web" else "ai", picked=picks(filler=9 + i), size=i * GB
        )
        for i, n in enumerate(_NAMES)
    ),
    boundaries=tuple(
        _over(left, right) for i, left in enumerate(_NAMES) for right in _NAMES[i + 1 :]
    ),
    costs=tuple(Cost(container=n, size=i * GB, added=MB * i) for i, n in enumerate(_NAMES)),
    fewest=12,
)

# What stands already, and what could not be read

TODAY = replace(
    TWO,
    boundaries=(replace(BETWEEN, reasons=(replace(OVER_PYDANTIC, severity="note"),)),),
    verified=(),
    written=(),
)
UNDETERMINED = replace(
    CLEAN,
    verdict="undetermined",
    findings=(
        Finding(rule="undetermined", severity="warning", message="mcp could not be checked."),
    ),
    undetermined=(
        Undetermined(
            subject="mcp", reason="the index did not answer", hint="try again", origin=MCP.origin
        ),
    ),
)
WIDE = replace(
    TWO,
    components=(component("商店前端", PYDANTIC, role="core"), component("推荐系统", LANGCHAIN)),
    containers=(
        replace(TWO.containers[0], name="web", components=("商店前端",)),
        replace(TWO.containers[1], name="ai", components=("推荐系统", "検索" * 20)),
    ),
    boundaries=(replace(BETWEEN, components=("商店前端", "推荐系统"), containers=("web", "ai")),),
    costs=(),
)

# Walls that differ only in who stands on which side


def _labelled(name: str, line: int, other: str) -> Finding:
    at = [
        Origin(component=who, path="depcheck.toml", line=number, text=f'trust = "{label}"')
        for who, number, label in ((name, line, "internal"), (other, 16, "low"))
    ]
    return Finding(
        rule="wall-trust",
        severity="warning",
        message=f'{name} has trust "internal" and {other} "low", as configured.',
        locations=tuple(at),
        evidence=Labels(kind="trust", values=((name, "internal"), (other, "low"))),
    )


def _edit(name: str, line: int, before: str, after: str) -> Correction:
    asked = requirement(name, line, before)
    edits = (Edit(origin=asked.origin, before=before, after=after),)
    return Correction(statements=(asked,), edits=edits, picks=(("numpy", "1.2"),))


_OF_WEB, _OF_SEARCH = requirement("web", 9, "numpy<1"), requirement("search", 4, "numpy<1")
_OF_REPORTS = requirement("reports", 2, "numpy>=1")
_ON_AI = requirement("ai", 2, "protobuf>=5")
_BEHIND = "Code of another trust must not share memory."
_COMPILED = "Compiled code disagrees."
_HEALED = _edit("reports", 2, "numpy>=1", "numpy<1")
_TRUSTED = {name: _labelled(name, line, "plugin") for name, line in (("web", 4), ("search", 8))}
FOLDED = report(
    verdict="several",
    components=tuple(
        component(name, role="core" if name == "web" else "other")
        for name in ("web", "search", "reports", "ai", "vision", "plugin")
    ),
    containers=(
        container("app", "web", "search", role="core"),
        container("reports", "reports"),
        container("ai", "ai", "vision", gpu=True),
        container("plugin", "plugin"),
    ),
    boundaries=(
        wall("web reports", "app reports", clash("numpy", (_OF_WEB, _OF_REPORTS)),
             because=_COMPILED, heals=(_HEALED, _edit("web", 9, "numpy<1", "numpy"))),
        wall("search reports", "app reports", clash("numpy", (_OF_SEARCH, _OF_REPORTS)),
             because=_COMPILED, heals=(_HEALED,)),
        wall("web ai", "app ai",
             clash("protobuf", (requirement("web", 1, "protobuf<4"), _ON_AI)),
             replace(gpu("ai"), evidence=GpuNeed(component="ai", configured=True)),
             strength="service", because="It scales with GPUs."),
        wall("web vision", "app ai",
             replace(gpu("vision"), evidence=GpuNeed(component="vision", configured=True)),
             strength="service", because="It scales with GPUs."),
        wall("web plugin", "app plugin", _TRUSTED["web"], strength="service", because=_BEHIND),
        wall("search plugin", "app plugin", _TRUSTED["search"], strength="service",
             because=_BEHIND),
        wall("ai plugin", "ai plugin", _labelled("ai", 12, "plugin"), strength="service",
             because=_BEHIND),
    ),
    costs=(Cost(container="plugin", size=2 * MB, added=2 * MB),),
    fewest=2,
)  # fmt: skip
BOUND = replace(
    CLEAN,
    boundaries=(
        wall("web plugin", "web web", _TRUSTED["web"], strength="service", because=_BEHIND,
             decisive=False),
        wall("search plugin", "web web", _TRUSTED["search"], strength="service",
             because=_BEHIND, decisive=False),
    ),
    wishes=(
        WishAnswer(
            asked="--max-containers 1",
            possible=True,
            containers=1,
            without=2,
            added=-3 * MB,
            gives_up=(_TRUSTED["web"].message, _TRUSTED["search"].message, "Something else."),
        ),
    ),
)  # fmt: skip

EVIL = (
    "\x1b[31mred\x1b[0m [bold red]markup[/] \x1b]8;;https://evil.example\x07link"
    "\r\n::error file=x::boo\n ##[set-env name=A]b \u202eevil\u2066 \x9b2J a\u200bb"
    " https://user:hunter2@index.example/simple/?X-Amz-Signature=abcdef&page=2"
)


def hostile() -> IsolationReport:
    """Return a report in which every string that comes from outside is hostile."""
    origin = Origin(component=EVIL, path=EVIL, line=1, text=EVIL)
    asked = Requirement(name=EVIL, extras=(EVIL,), specifier=EVIL, marker=EVIL, origin=origin)
    link = Step(subject=EVIL, versions=EVIL, count=3, verb=EVIL, object=EVIL, origin=origin)
    shift = Shift(
        name=EVIL,
        component=EVIL,
        before=EVIL,
        after=EVIL,
        direction="up",
        grade="major",
        forced=False,
        pin=EVIL,
        direct=asked,
        chain=(link,),
        price=("a", EVIL),
    )
    use = NativeUse(component=EVIL, distribution=EVIL, version=EVIL, library=EVIL, path=EVIL)
    share = PoolShare(component=EVIL, container=EVIL, replicas=2, wanted=3, pool=1)
    budget = Budget(max_connections=9, reserved=3, variable=EVIL, shares=(share,))
    evidence = (
        ("wall-conflict", Conflict(statements=(asked,), project=EVIL, steps=(link,),
                                   presumed=(EVIL,))),
        ("wall-shift", shift),
        ("wall-python", PythonNeed(component=EVIL, wanted=EVIL, found=EVIL, because=EVIL)),
        ("wall-native", NativeClash(kind="library", name=EVIL, left=use, right=use)),
        ("wall-heavy", Weight(component=EVIL, added=1, core=2, largest=((EVIL, 3),))),
        ("wall-gpu", GpuNeed(component=EVIL, configured=True, distributions=(EVIL,))),
        ("wall-trust", Labels(kind="trust", values=((EVIL, EVIL),))),
        ("connections-over-limit", budget),
    )  # fmt: skip
    found = tuple(
        Finding(
            rule=rule,
            severity="error",
            message=EVIL,
            locations=(origin,),
            evidence=told,
            remedy=EVIL,
        )
        for rule, told in evidence
    )
    boundary = Boundary(
        components=(EVIL, "b"),
        containers=(EVIL, "b"),
        reasons=found[:-1],
        strength="service",
        because=EVIL,
        heals=(
            Correction(
                statements=(asked,),
                edits=(Edit(origin=origin, before=EVIL, after=EVIL),),
                picks=((EVIL, EVIL),),
                remark=EVIL,
            ),
        ),
        against=(EVIL,),
    )
    picked = (Picked(name=EVIL, version=EVIL, extras=(EVIL,), by=(EVIL,), index=EVIL),)
    gap = Undetermined(subject=EVIL, reason=EVIL, hint=EVIL, origin=origin)
    home = container(EVIL, EVIL, picked=picked, unsized=(EVIL,), gpu=True, size=5)
    return report(
        verdict="several",
        components=(component(EVIL, asked, role="core"), component("b")),
        containers=(replace(home, target=target(EVIL)), container("b", "b")),
        boundaries=(boundary, replace(boundary, containers=("b", "b"), decisive=False)),
        costs=(Cost(container=EVIL, size=5, added=5),),
        impossible=(EVIL,),
        wishes=(
            WishAnswer(
                asked=EVIL,
                origin=origin,
                possible=False,
                containers=None,
                without=1,
                gives_up=(EVIL,),
                because=(replace(found[0], severity="note"),),
            ),
        ),
        findings=(found[-1],),
        budget=budget,
        verified=(Verified(container=EVIL, step="build", passed=False, detail=EVIL),),
        written=(EVIL,),
        undetermined=(gap,),
        notes=(EVIL,),
        indexes=(EVIL,),
        alone={EVIL: picked},
    )


ALL = {
    "one": ONE,
    "clean": CLEAN,
    "two": TWO,
    "five": FIVE,
    "impossible": IMPOSSIBLE,
    "wished": WISHED,
    "twelve": TWELVE,
    "today": TODAY,
    "undetermined": UNDETERMINED,
    "wide": WIDE,
    "folded": FOLDED,
    "bound": BOUND,
}
