"""Short words for stories: what the index serves, what is asked, what comes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from depcheck.model.findings import Conflict, Finding, Shift
from depcheck.model.report import Report
from depcheck.model.requirement import Component, Origin, Pin
from depcheck.pipeline.combine import Options, examine
from tests.support.memory import MemoryCatalog, Projects, Release, component, linux_target

WINDOWS = ("cp311-cp311-win_amd64",)


def release(*requires: str, **facts: Any) -> Release:
    return Release(requires=requires, **facts)


def plain(*versions: str) -> dict[str, Release]:
    """Releases that need nothing."""
    return {version: release() for version in versions}


def web(*lines: str, python: str | None = None, lock: dict[str, str] | None = None) -> Component:
    """The core: lines of ``web.txt``, maybe a ``web.lock``."""
    core = component("web", lines, role="core", python=python)
    return replace(core, baseline=tuple(_pins(lock or {})))


def _pins(lock: dict[str, str]) -> list[Pin]:
    return [
        Pin(
            name=name,
            version=version,
            origin=Origin(component="web", path="web.lock", line=line, text=f"{name}=={version}"),
        )
        for line, (name, version) in enumerate(lock.items(), 1)
    ]


def ai(*lines: str, python: str | None = None) -> Component:
    return component("ai", lines, role="ai", python=python)


def ask(
    index: Projects,
    *components: Component,
    broken: dict[str, str] | None = None,
    seed: int = 0,
    **options: Any,
) -> Report:
    catalog = MemoryCatalog(index, broken=broken, seed=seed)
    return examine(components, linux_target(), catalog, Options(**options))


def only(report: Report) -> Finding:
    """The one conflict of a report."""
    found = [f for f in report.findings if f.rule.startswith("conflict-")]
    assert report.verdict == "conflict"
    assert report.combined is None
    assert len(found) == 1, [f.message for f in found]
    return found[0]


def where(finding: Finding) -> list[str]:
    assert isinstance(finding.evidence, Conflict)
    assert [s.origin for s in finding.evidence.statements] == list(finding.locations)
    return [str(origin) for origin in finding.locations]


def why(finding: Finding) -> list[str]:
    """The chain as sentences; how many releases a range folds in brackets."""
    evidence = finding.evidence
    steps = evidence.steps if isinstance(evidence, Conflict) else evidence.chain
    return [f"{step} ({step.count})" if step.count > 1 else str(step) for step in steps]


def cures(report: Report) -> list[list[str]]:
    """Each correction as its edits, or its remark where no edit heals."""
    return [
        [f"{e.origin}: {e.before} -> {e.after}" for e in c.edits] or [c.remark]
        for c in report.corrections
    ]


def moved(report: Report, name: str) -> Finding:
    found = [
        f for f in report.findings if isinstance(f.evidence, Shift) and f.evidence.name == name
    ]
    assert len(found) == 1, [f.message for f in report.findings]
    return found[0]


def told(report: Report, rule: str) -> list[Finding]:
    return [f for f in report.findings if f.rule == rule]


def picks(report: Report) -> dict[str, str]:
    return {p.name: p.version for p in report.combined or ()}
