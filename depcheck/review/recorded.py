"""A JSON report of an earlier ``check``, read back: a baseline.

The file may come from anywhere: each value is checked where it stands, and what is wrong
with it is told by its place (``$.findings[3].rule``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from depcheck.errors import BaselineError
from depcheck.model.findings import Correction, Finding
from depcheck.model.report import Report, Verdict
from depcheck.model.rules import CHECK_RULES, SUPPRESSION_RULES
from depcheck.model.target import Target
from depcheck.model.text import redact
from depcheck.review.json_value import Value, parse_json
from depcheck.review.recorded_findings import correction, read_finding

LARGEST = 16 << 20
"""Characters of a report: those of large projects have a tenth, and each of them may cost
twenty bytes of memory."""

_SCHEMA = "1"
_VERDICTS: tuple[Verdict, ...] = ("compatible", "shifts", "conflict", "undetermined")
_JOBS = {"pairs": "parity", "containers": "isolate", "services": "isolate --audit"}
_AGAIN = "make it with depcheck check --format json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An earlier report, as far as a comparison needs it.

    ``findings`` are all of them, those that were suppressed included, but not those about
    suppressions: which entries have expired is for today's to say. ``root`` leads from
    where it was made to its project root. ``components`` are names with roles. ``version``
    is that of the depcheck that wrote it. ``left_out`` counts findings of rules that this
    one does not know.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    corrections: tuple[Correction, ...]
    root: str
    target: Target
    components: tuple[tuple[str, str], ...]
    indexes: tuple[str, ...]
    version: str
    complete: bool
    left_out: int = 0


def read_report(text: str, *, where: str) -> Recorded:
    """Read a JSON report of ``check`` (``report.schema.json``, any 1.x, older ones too).

    ``where`` names the file in messages. Raises BaselineError for what is no such report:
    not JSON, cut short, too large, another job's, of a schema that is not known, or with a
    value of the wrong kind.
    """
    data = parse_json(text, where=where, largest=LARGEST)
    _check_kind(data)
    findings, left_out = _findings(data)
    return Recorded(
        verdict=data["verdict"].choice(_VERDICTS),
        findings=findings,
        corrections=tuple(correction(entry) for entry in data["corrections"].items()),
        root=data["root"].text(),
        target=_target(data["target"]),
        components=tuple(
            (entry["name"].text(), entry["role"].text()) for entry in data["components"].items()
        ),
        indexes=data["indexes"].texts(),
        version=data["depcheck"].text(),
        complete=data["complete"].switch(),
        left_out=left_out,
    )


def _check_kind(data: Value) -> None:
    """Raise BaselineError for what is no report of a check in a schema that is known."""
    if not isinstance(data.data, dict) or not data.has("schema") or not data.has("depcheck"):
        _refuse(data, "not a report of depcheck", _AGAIN)
    job = data.optional_text("job", next((_JOBS[k] for k in _JOBS if data.has(k)), "check"))
    if job != "check":
        shown = job if job in ("parity", "isolate", "audit", *_JOBS.values()) else "another job"
        _refuse(data, f"a report of {shown}, not of check", _AGAIN)
    schema = data["schema"].text()
    if schema.partition(".")[0] != _SCHEMA:
        _refuse(
            data,
            "a report in a schema that this depcheck does not know",
            f"it reads schema {_SCHEMA}: use the depcheck that wrote it, or make it anew",
        )


def _refuse(data: Value, what: str, hint: str) -> NoReturn:
    raise BaselineError(f"{data.where}: {what}", hint=hint)


def _findings(data: Value) -> tuple[tuple[Finding, ...], int]:
    """Return the findings of known rules, and how many there are of others."""
    found, left_out = [], 0
    for entry in _entries(data):
        rule = entry["rule"].text()
        if rule in CHECK_RULES:
            found.append(read_finding(entry))
        elif rule not in SUPPRESSION_RULES:
            left_out += 1
    return tuple(found), left_out


def _entries(data: Value) -> Iterator[Value]:
    """Yield all findings; those that the earlier run suppressed were there all the same."""
    yield from data["findings"].items()
    if data.has("suppressed"):
        yield from (entry["finding"] for entry in data["suppressed"].items())


def _target(data: Value) -> Target:
    return Target(
        python=data["python"].text(),
        implementation=data["implementation"].text(),
        platform=data["platform"].text(),
        tags=(),
        environment={},
    )


def unlike(recorded: Recorded, report: Report) -> tuple[str, ...]:
    """Return in what a baseline was made for something else, a sentence each."""
    return tuple(
        note
        for note in (
            *_other_target(recorded.target, report.target),
            _other_components(recorded, report),
            _other_indexes(recorded, report),
            _cut_short(recorded),
            _left_out(recorded),
        )
        if note
    )


def _other_target(then: Target, now: Target) -> list[str]:
    facts = (
        ("Python", f"{then.implementation} {then.python}", f"{now.implementation} {now.python}"),
        ("platform", then.platform, now.platform),
    )
    return [
        f"The baseline was made for another {what} ({before}, now {after}): what differs may "
        "come from that."
        for what, before, after in facts
        if before != after
    ]


def _other_components(recorded: Recorded, report: Report) -> str:
    now = {(component.name, str(component.role)) for component in report.components}
    then = set(recorded.components)
    if then == now:
        return ""
    return (
        f"The baseline was made of other components ({_listed(then)}; now {_listed(now)}): what "
        "differs may come from that."
    )


def _listed(components: set[tuple[str, str]]) -> str:
    names = sorted(f"{name} as {role}" for name, role in components)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more or "none"


def _other_indexes(recorded: Recorded, report: Report) -> str:
    if _elsewhere(recorded.indexes) == _elsewhere(report.indexes):
        return ""
    return "The baseline was made with other indexes: what differs may come from that."


def _elsewhere(indexes: tuple[str, ...]) -> set[str]:
    """Return indexes as a report has them; where a folder lies differs from machine to machine."""
    return {redact(index) for index in indexes if not index.startswith("file:")}


def _cut_short(recorded: Recorded) -> str:
    if recorded.complete:
        return ""
    return (
        "The baseline does not list all that there was: what it left out counts as new "
        "(--max-conflicts says how many conflicts to list)."
    )


def _left_out(recorded: Recorded) -> str:
    if not recorded.left_out:
        return ""
    return (
        f"{recorded.left_out} findings of the baseline are of rules that this depcheck does not "
        "know, and were left out."
    )
