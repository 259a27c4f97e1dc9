"""What a run came to, read from the report that it wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from action.job import at

_VERDICT = re.compile(r"[a-z]{1,20}")
COUNTS = ("new", "changed", "known", "fixed", "suppressed", "errors", "warnings", "notes")


def outcome(report: Path, status: int) -> dict[str, str]:
    """Return the outputs of a run. Without a report the verdict is ``failed``, the counts are 0.

    ``status`` is how the program ended. Where that is none of depcheck's own answers, or says
    "clean" or "findings" without a report, it counts as 3: something could not be checked.
    Only the verdict comes from the data, and only as one of its short words.
    """
    data = _read(report)
    found = _list(at(data, "findings"))
    statuses = [at(finding, "novelty", "status") for finding in found]
    numbers = {
        **{name: statuses.count(name) for name in ("new", "changed", "known")},
        "fixed": len(_list(at(data, "base", "fixed"))),
        "suppressed": len(_list(at(data, "suppressed"))),
        **{f"{name}s": _count(found, name) for name in ("error", "warning", "note")},
    }
    verdict = at(data, "verdict")
    known = isinstance(verdict, str) and bool(_VERDICT.fullmatch(verdict))
    return {
        "verdict": str(verdict) if known else "failed",
        "status": str(_answer(status, is_report=known)),
        **{name: str(numbers[name]) for name in COUNTS},
    }


def _answer(status: int, *, is_report: bool) -> int:
    return status if status in ((0, 1, 2, 3) if is_report else (2, 3)) else 3


def _count(found: Iterable[object], severity: str) -> int:
    return sum(at(finding, "severity") == severity for finding in found)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _read(report: Path) -> object:
    try:
        return json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
