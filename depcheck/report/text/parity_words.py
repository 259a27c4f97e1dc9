"""Pieces of prose that the sections of the parity report share."""

from __future__ import annotations

import re

from depcheck.model.findings import Drift, Finding, Severity
from depcheck.model.inventory import Aspect, Provenance
from depcheck.model.text import redact
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import plural

COLOURS: dict[Severity, str] = {"error": "bold red", "warning": "yellow", "note": "dim"}
TITLES: dict[Aspect, str] = {
    "python": "Python",
    "os": "OS packages",
    "native": "Native libraries",
    "system": "System",
    "settings": "Image configuration",
    "runtime": "Container settings",
    "files": "Files",
}
_UNITS: dict[Aspect, tuple[str, str]] = {
    "python": ("distribution", ""),
    "os": ("OS package", ""),
    "native": ("native library", "native libraries"),
    "system": ("system setting", ""),
    "settings": ("image setting", ""),
    "runtime": ("container setting", ""),
    "files": ("file", ""),
}
_ABSENT = {"user": "root (none set)"}
"""What holds where a setting has no value, by its key."""
_LONGEST_STEP = 64
_LONGEST_VALUE = 240
_DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28,52}\b")


def units(aspect: Aspect, count: int) -> str:
    """Return ``78 distributions``."""
    return plural(count, *_UNITS[aspect])


def cut(page: Page, text: str, limit: int) -> str:
    """Return ``text`` of at most ``limit`` characters, all of it where everything is listed."""
    return redact(text) if page.verbose else clipped(text, limit)


def clipped(text: str, limit: int) -> str:
    """Return ``text`` of at most ``limit`` characters."""
    text = redact(text)  # half an address would no longer show where its password is
    return text if len(text) <= limit else f"{text[: limit - 3].rstrip()}..."


def short(page: Page, text: str) -> str:
    """Return a value as a table bears it: digests by their beginning, nothing endless."""
    if not page.verbose:
        text = _DIGEST.sub(r"\1...", text)
    return cut(page, text, _LONGEST_VALUE)


def value(page: Page, drift: Drift, text: str | None) -> Span:
    """Return one side's value as it is shown."""
    if text is None:
        return Span(_ABSENT.get(drift.name, "absent"), "dim")
    if drift.hidden:
        return Span("(hidden)", "dim")
    return Span(short(page, text) or '""')


def change(page: Page, drift: Drift) -> list[Span]:
    """Return ``4.2.16 → 5.0.1``."""
    if drift.hidden and drift.left is not None and drift.right is not None:
        return [Span("differs "), Span("(hidden)", "dim")]
    left, right = value(page, drift, drift.left), value(page, drift, drift.right)
    if left.text == right.text:
        return [right]
    return [left, Span(f" {page.marks.arrow} "), right]


def brought(page: Page, drift: Drift, shared: int) -> str:
    """Return the layer and build step behind a difference: of what runs, else of what was tested.

    One of the ``shared`` lower layers is behind no difference where the other
    side's is above them. Both are told where everything is listed.
    """
    right = _step(page, drift, drift.right, drift.right_by, "what runs")
    left = _step(page, drift, drift.left, drift.left_by, "what was tested")
    if not right or not left:
        return right or left
    if drift.right is None or drift.left is None:  # what took it away says most
        return right if drift.right is None else left
    if page.verbose and drift.left_by != drift.right_by:
        return f"{right}; {left}"
    below = _is_shared(drift.right_by, shared) and not _is_shared(drift.left_by, shared)
    return left if below else right


def _is_shared(by: Provenance | None, shared: int) -> bool:
    return by is not None and 0 < by.layer <= shared


def _step(page: Page, drift: Drift, text: str | None, by: Provenance | None, side: str) -> str:
    """Return what brought a value in, or took it away where there is none."""
    if by is None:
        return ""
    if by.layer == 0:
        setting = "set for" if drift.aspect in ("settings", "runtime") else "changed in"
        return f"{'removed in' if text is None else setting} the container itself, in {side}"
    step = cut(page, " ".join(redact(by.step).split()), _LONGEST_STEP)
    removed = "removed by " if text is None else ""
    return f"{removed}layer {by.layer} of {side}" + (f": {step}" if step else "")


def drift_of(finding: Finding) -> Drift | None:
    """Return the difference that a finding tells, if it tells one."""
    return finding.evidence if isinstance(finding.evidence, Drift) else None


def likeness(finding: Finding, drift: Drift) -> tuple[object, ...]:
    """Return what two findings have in common that tell the same of two services or replicas."""
    values = (drift.left, drift.right, drift.hidden)
    return finding.rule, drift.aspect, drift.name, drift.place, *values, drift.paths


def name_of(finding: Finding) -> str:
    """Return what differs, for a person: a name, or the rule where there is none."""
    drift = drift_of(finding)
    return drift.name if drift else finding.rule


def size(count: int) -> str:
    """Return a count of bytes as ``23.5 MB``."""
    if count < 1000:
        return plural(count, "byte")
    return f"{count / 1e3:.1f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"
