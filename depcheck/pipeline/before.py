"""The base of a change analysed: a revision's files, read and examined like the head's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from depcheck.errors import DepcheckError
from depcheck.model.findings import Correction, Finding
from depcheck.model.observer import Observer
from depcheck.model.report import Report, Verdict
from depcheck.model.requirement import Component, Origin, Undetermined
from depcheck.model.settings import ComponentSettings, Settings
from depcheck.model.target import Target
from depcheck.model.text import in_one_line, printable
from depcheck.revisions.layout import Layout, laid_out
from depcheck.revisions.repository import Revision

_LARGEST = 32 << 20

Examine = Callable[[Sequence[Component], Observer], Report]


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """The revision to compare with, and by which settings its files are read.

    ``own`` is True where ``settings`` name what the base must have; where it is False, a
    component that it does not have is new. The rest is as ``Base`` has it.
    """

    revision: Revision
    settings: Settings
    own: bool
    configuration: Literal["base", "head", "none"]
    altered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is known of the base; ``fault`` says why nothing is.

    ``doubtful`` is True where it may have findings that could not be told. ``corrections``
    are its edits.
    """

    findings: tuple[Finding, ...] = ()
    corrections: tuple[Correction, ...] = ()
    verdict: Verdict | None = None
    fault: str = ""
    doubtful: bool = False
    notes: tuple[str, ...] = ()


class Told:
    """An observer that says of each stage whose it is."""

    def __init__(self, observer: Observer, named: str) -> None:
        self._observer, self._named = observer, named
        self.requested, self.answered = observer.requested, observer.answered
        self.note = observer.note

    def stage(self, text: str) -> None:
        self._observer.stage(f"{self._named}: {text}")


def before(
    against: Against, head: Report, target: Target, examine: Examine, observer: Observer
) -> Before:
    """Analyse the base as the head was analysed; what cannot be done is told as its fault."""
    named = against.revision.tree.named
    try:
        components, notes = _read(against, head.components, target)
        if _placeless(components) == _placeless(head.components):
            notes += (f"Nothing that is checked here has changed since {named}.",)
            return _of(head, head, notes)
        if not components:
            return Before(verdict="compatible", notes=notes)
        report = examine(components, Told(observer, named))
    except DepcheckError as error:
        return Before(fault=in_one_line(error.message))
    return _of(report, head, notes)


def _of(report: Report, head: Report, notes: tuple[str, ...]) -> Before:
    known = {gap.subject for gap in (*_gaps(head), *_stated(report), *_stated(head))}
    unread = [gap for gap in _gaps(report) if gap.subject not in known]
    if unread:
        what = f"{printable(unread[0].subject)}: {unread[0].reason}"
        notes += (f"Something of the base could not be read ({what}).",)
    if not report.complete:
        notes += ("The base has more conflicts than were listed.",)
    return Before(
        findings=report.findings,
        corrections=report.corrections,
        verdict=report.verdict,
        doubtful=bool(unread) or not report.complete,
        notes=notes,
    )


def _gaps(report: Report) -> Iterator[Undetermined]:
    return (gap for gap in report.undetermined if not gap.harmless)


def _stated(report: Report) -> Iterator[Undetermined]:
    """Yield the gaps that files themselves have, which the change may mend."""
    return (gap for component in report.components for gap in component.undetermined)


def _read(
    against: Against, head: Sequence[Component], target: Target
) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """Return the components as the base has them, and sentences on those that it has not."""
    found: list[Component] = []
    notes: list[str] = []
    with laid_out(against.revision.tree) as layout:
        root = _root(layout, against)
        for named in against.settings.components:
            if named.source.startswith("env:"):
                found.append(_installed(against, named, head, target))
                notes.append(f'The environment of "{named.name}" is the same for both sides.')
            elif against.own or _has(against, named.source):
                found.append(_component(against, named, root, layout, target))
            else:
                notes.append(f'The component "{named.name}" is new: the base has no file for it.')
    return tuple(found), tuple(notes)


def _installed(
    against: Against, named: ComponentSettings, head: Sequence[Component], target: Target
) -> Component:
    from depcheck.sources import read_component

    for component in head:
        if (component.name, component.source) == (named.name, named.source):
            return component
    return read_component(named, root=against.settings.root, target=target)


def _component(
    against: Against, named: ComponentSettings, root: Path, layout: Layout, target: Target
) -> Component:
    from depcheck.sources import read_component

    if not against.own and named.lock and not _has(against, named.lock):
        named = replace(named, lock=None)
    return read_component(named, root=root, target=target, bring=layout.bring)


def _root(layout: Layout, against: Against) -> Path:
    """Return the folder that stands for the project root of the base."""
    root = layout.top / (against.revision.repository.inside(against.settings.root) or "")
    layout.bring(root)
    return root


def _has(against: Against, path: str) -> bool:
    return against.revision.tree.is_file(against.settings.root / path)


def _placeless(components: Sequence[Component]) -> tuple[Component, ...]:
    """Return the components with all lines taken out: what moves to another line is the same."""
    return tuple(
        replace(
            component,
            requirements=tuple(replace(r, origin=_moved(r.origin)) for r in component.requirements),
            requires_python=component.requires_python
            and replace(component.requires_python, origin=_moved(component.requires_python.origin)),
            baseline=tuple(replace(pin, origin=_moved(pin.origin)) for pin in component.baseline),
            undetermined=tuple(
                replace(gap, origin=gap.origin and _moved(gap.origin))
                for gap in component.undetermined
            ),
        )
        for component in components
    )


def _moved(origin: Origin) -> Origin:
    return replace(origin, line=None, end=None)
