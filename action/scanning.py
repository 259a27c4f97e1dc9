"""What code scanning is given: it knows neither suppressions nor a base."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from action.job import Job, at

_ODD = re.compile(r"[^\w./-]+")


def for_upload(report: Path, target: Path) -> bool:
    """Write the results of a SARIF file that are open; return whether there is such a file.

    Code scanning makes an open alert of each result that it gets (it reads neither
    ``suppressions`` nor ``baselineState``), and takes the file's own name for the analysis before
    the one that the upload is given. Rules stay, so that each ``ruleIndex`` still holds.
    """
    try:
        log = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    for run in _list(at(log, "runs")):
        if isinstance(run, dict):
            run.pop("automationDetails", None)
            run["results"] = [entry for entry in _list(run.get("results")) if _is_open(entry)]
    target.write_text(json.dumps(log), encoding="utf-8")
    return True


def category(job: Job) -> str:
    """Return the name of this analysis: another configuration or folder is another one.

    Uploads of one name replace each other, and one job may have only one of them.
    """
    words = ["depcheck", job.input("command") or "check"]
    if (folder := job.input("working-directory").strip("/")) not in ("", "."):
        words.append(folder)
    if config := job.input("config"):
        words.append(config)
    return _ODD.sub("-", "-".join(words))


def _is_open(result: object) -> bool:
    return not at(result, "suppressions") and at(result, "baselineState") != "absent"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
