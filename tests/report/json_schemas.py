"""The published schemas of the JSON reports, by job."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema

_FILES = {"check": "report", "parity": "parity", "isolate": "isolation", "audit": "audit"}
VALIDATORS = {
    job: jsonschema.Draft202012Validator(
        json.loads(files("depcheck.report.json").joinpath(f"{name}.schema.json").read_text("utf-8"))
    )
    for job, name in _FILES.items()
}
