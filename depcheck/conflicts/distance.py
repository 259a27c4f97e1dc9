"""How far one release of a project is from another one."""

from __future__ import annotations

from datetime import datetime

from depcheck.resolve.entry import Entry
from depcheck.resolve.ranges import parse_version

FAR_DAYS = 365


def major(version: str) -> tuple[int, int]:
    """The epoch and the first number of a release."""
    parsed = parse_version(version)
    return parsed.epoch, parsed.release[0]


def days_between(entry: Entry, older: str, newer: str) -> int | None:
    """Days from one upload to the other; None where the index does not tell."""
    times = [_uploaded(entry, version) for version in (older, newer)]
    if times[0] is None or times[1] is None:
        return None
    return (times[1] - times[0]).days


def _uploaded(entry: Entry, version: str) -> datetime | None:
    for low, _ in entry.intervals(f"=={version}"):
        stamps = [file.upload_time for file in entry.files(low) if file.upload_time]
        if stamps:
            return datetime.fromisoformat(min(stamps))
    return None
