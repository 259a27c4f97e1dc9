"""Values that a configuration may hold, wherever it is written."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Literal

from depcheck.model.findings import SEVERITIES, Severity

Role = Literal["core", "ai", "other"]
FailOn = Severity | Literal["never"]

ROLES = ("core", "ai", "other")
FAIL_ON = (*SEVERITIES, "never")
COMPONENT_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
REGISTRY_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?")
_IMAGE = re.compile(
    rf"({REGISTRY_HOST.pattern}/)?[a-z0-9]+([._/-]+[a-z0-9]+)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?"
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|file:")


def is_date(value: str) -> bool:
    """Tell whether ``value`` is a date or time in ISO 8601."""
    try:
        datetime.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_day(value: object) -> bool:
    """Tell whether ``value`` is a date without a time, of TOML or in ISO 8601."""
    if isinstance(value, datetime.date):
        return not isinstance(value, datetime.datetime)
    try:
        return isinstance(value, str) and bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False


def is_image(text: str) -> bool:
    """Tell whether ``text`` has the form ``[HOST/]REPOSITORY[:TAG][@sha256:…]``."""
    return len(text) <= 500 and _IMAGE.fullmatch(text) is not None


def index_address(url: str, folder: Path) -> str:
    """Return a URL as it is, and the path of a local index as an absolute path."""
    return url if _URL.match(url) else str(folder / Path(url).expanduser())
