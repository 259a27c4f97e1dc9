"""Prove: each container resolved again, built, and checked by pip (``isolate --verify``).

Everywhere else depcheck reads and never executes. Here, and only where it was asked for, an
engine builds what depcheck wrote itself: pip installs hash-checked files in the build, and
is run once in a container without a network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from depcheck.deployment.plan import ImagePlan, Plan
from depcheck.errors import DepcheckError, ImageError
from depcheck.model.findings import Finding
from depcheck.model.isolation import Container, IsolationReport, IsolationSettings, Verified
from depcheck.model.observer import Observer
from depcheck.model.rules import RULES
from depcheck.model.settings import Settings
from depcheck.model.text import printable
from depcheck.pipeline.relock import recheck

if TYPE_CHECKING:
    from depcheck.images.engine.build import Built
    from depcheck.images.engine.client import Engine

PYTHON = "/opt/venv/bin/python"
"""The interpreter of every written image (``deployment.dockerfile``)."""

_Step = Literal["resolve", "build", "pip check"]
_Told = tuple[bool | None, str]
# What pip check says about an installed set; anything else on failure is pip's own trouble.
_BROKEN = (" requires ", " has requirement ", " is not supported on this platform")

# What pip says where it found no file because no index answered.
_NO_INDEX = ("connection broken by", "No matching distribution found")
_GIST = 4
_TRUST_INDEX = (
    "it does not trust the index's certificate: take a base image that has your authority, or "
    "name its bundle there with --build-arg PIP_CERT"
)
_REACH_INDEX = "--build-network names its network, --build-arg PIP_INDEX_URL another index"


def prove(
    report: IsolationReport,
    settings: IsolationSettings,
    files: Mapping[str, str],
    *,
    plan: Plan,
    environ: Mapping[str, str],
    observer: Observer,
    network: str | None = None,
    build_args: Mapping[str, str] | None = None,
) -> tuple[Verified, ...]:
    """Return what came of each step, container after container in the order of the report.

    ``files`` is what ``--write`` writes for ``plan`` (path below the folder to text).
    ``environ`` leads to the engine and the index. ``network`` and ``build_args`` are given
    to the builds; the values of the latter are shown nowhere. The images get no name and are
    removed afterwards. What could not be tried (no engine, no index, no base image) has
    ``passed`` None and says why.
    """
    steps = (
        *_resolved(report, settings, files, plan, environ, observer),
        *_built(settings, files, plan, environ, observer, _Way(network, build_args or {})),
    )
    order = [container.name for container in report.containers]
    return tuple(sorted(steps, key=lambda step: order.index(step.container)))


def failures(verified: Iterable[Verified]) -> tuple[Finding, ...]:
    """Return a finding (``proof-failed``) for each step that failed."""
    rule = RULES["proof-failed"]
    return tuple(
        Finding(
            rule=rule.id,
            severity=rule.severity,
            message=f"{step.container}: {step.step} failed: {step.detail}",
            subject=f"{step.container}: {step.step}",
        )
        for step in verified
        if step.passed is False
    )


def _timed(container: str, step: _Step, act: Callable[[], _Told]) -> Verified:
    started = time.perf_counter()
    try:
        passed, detail = act()
    except DepcheckError as failure:
        passed, detail = None, _why(failure)
    return Verified(
        container=container, step=step, passed=passed, detail=detail,
        seconds=time.perf_counter() - started,
    )  # fmt: skip


def _why(failure: DepcheckError) -> str:
    return f"{failure.message} ({failure.hint})" if failure.hint else failure.message


# Resolve


def _resolved(
    report: IsolationReport,
    settings: IsolationSettings,
    files: Mapping[str, str],
    plan: Plan,
    environ: Mapping[str, str],
    observer: Observer,
) -> Iterator[Verified]:
    folders = {image.container.name: image.folder for image in plan.images}
    for container in report.containers:
        path = f"{folders[container.name]}/pylock.toml"
        act = partial(_again, container, settings.settings, files[path], path, environ, observer)
        observer.stage(f"resolving {container.name} again")
        yield _timed(container.name, "resolve", act)


def _again(
    container: Container,
    check: Settings,
    lock: str,
    path: str,
    environ: Mapping[str, str],
    observer: Observer,
) -> _Told:
    from depcheck.index import open_catalog
    from depcheck.sources import read_component

    members = [
        read_component(named, root=check.root, target=container.target)
        for named in check.components
        if named.name in container.components
    ]
    # A catalog of its own for each: nothing that another container asked is known.
    with open_catalog(check.index, environ=environ, root=check.root, observer=observer) as catalog:
        return recheck(
            members, container.target, catalog, lock, path, prereleases=check.prereleases
        )


# Build


@dataclass(frozen=True, slots=True)
class _Way:
    """How images are built."""

    network: str | None
    arguments: Mapping[str, str]


def _built(
    settings: IsolationSettings,
    files: Mapping[str, str],
    plan: Plan,
    environ: Mapping[str, str],
    observer: Observer,
    way: _Way,
) -> Iterator[Verified]:
    from depcheck.images.engine import Engines

    with Engines(environ) as engines:
        try:
            engine = engines.get()
        except ImageError as failure:
            yield from _untried(plan.images, f"not tried: {_why(failure)}")
            return
        for image in plan.images:
            yield from _of_image(engine, settings, files, plan, image, observer, way)


def _untried(images: Sequence[ImagePlan], why: str) -> Iterator[Verified]:
    steps: tuple[_Step, ...] = ("build", "pip check")
    for image in images:
        for step in steps:
            yield Verified(container=image.container.name, step=step, passed=None, detail=why)


def _of_image(
    engine: Engine,
    settings: IsolationSettings,
    files: Mapping[str, str],
    plan: Plan,
    image: ImagePlan,
    observer: Observer,
    way: _Way,
) -> Iterator[Verified]:
    name, made = image.container.name, ""

    def build() -> _Told:
        nonlocal made
        built = _build(engine, settings, files, plan, image, observer, way)
        made = built.image
        return _judged(built)

    observer.stage(f"building {name}")
    yield _timed(name, "build", build)
    if not made:
        yield Verified(
            container=name, step="pip check", passed=None, detail="not tried: there is no image"
        )
        return
    observer.stage(f"checking what {name} has installed")
    yield _timed(name, "pip check", lambda: _checked(engine, made, name))
    _remove(engine, made, observer)


def _build(
    engine: Engine,
    settings: IsolationSettings,
    files: Mapping[str, str],
    plan: Plan,
    image: ImagePlan,
    observer: Observer,
    way: _Way,
) -> Built:
    from depcheck.images.engine.build import PROOF, build
    from depcheck.images.engine.context import build_context

    name = image.container.name
    here = f"{plan.here}/" if plan.here else ""
    mine = {
        f"{here}{path}": text for path, text in files.items() if path.startswith(f"{image.folder}/")
    }
    dockerfile = f"{here}{image.folder}/Dockerfile"
    with build_context(
        settings.settings.root,
        folders=image.code,
        files=mine,
        ignore=mine.get(f"{dockerfile}.dockerignore", ""),
    ) as context:
        return build(
            engine,
            context,
            dockerfile=dockerfile,
            network=way.network,
            build_args=way.arguments,
            labels={PROOF: name},
            begun=lambda step: observer.stage(f"building {name}: {step}"),
        )


def _judged(built: Built) -> _Told:
    """Tell a build that failed from one whose index could not be reached."""
    if built.image:
        return True, ""
    said = "\n".join(built.lines)
    short = f"{built.step}: {_gist(built.lines)}"
    if all(words in said for words in _NO_INDEX):
        untrusted = "CERTIFICATE_VERIFY_FAILED" in said
        hint = _TRUST_INDEX if untrusted else _REACH_INDEX
        return None, f"the build did not reach the index ({hint}): {short}"
    return False, short


def _gist(lines: Sequence[str]) -> str:
    """Return what a failed step or program said, short: its errors, else its last lines."""
    errors = [line for line in lines if line.startswith("ERROR")]
    return "; ".join((errors or list(lines))[-_GIST:])


def _checked(engine: Engine, image: str, name: str) -> _Told:
    from depcheck.images.engine.build import PROOF
    from depcheck.images.engine.pip_check import pip_check

    ran = pip_check(engine, image, PYTHON, labels={PROOF: name})
    if ran.status == 0:
        return True, ""
    said = _gist(ran.lines)
    if ran.status == 1 and any(part in line for line in ran.lines for part in _BROKEN):
        return False, said
    if ran.status is None:
        return None, "pip check did not end in time"
    short = " (out of memory)" if ran.killed else ""
    return None, f"pip check ended with status {ran.status}{short}: {said}"


def _remove(engine: Engine, image: str, observer: Observer) -> None:
    try:
        engine.remove_image(image)
    except ImageError as failure:
        observer.note(f"the image {printable(image)} was left behind: {failure.message}")
