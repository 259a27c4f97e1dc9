"""An engine's account of how an image was built, in the shape of an OCI configuration.

The Engine API's history does not say which steps made a layer (``empty_layer`` in OCI
image-spec, config); it tells each step's size, and the instruction tells the rest.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NOP = re.compile(r"^/bin/sh -c #\(nop\)\s+")
_WORD = re.compile(r"[A-Z]+(?=\s|$)")
_SETTINGS = frozenset(
    (
        "ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    )
)  # fmt: skip


def oci_history(steps: Sequence[Mapping[str, Any]], layers: int) -> list[dict[str, Any]]:
    """Return the build steps, the first first, with those that made no layer marked.

    ``steps`` are as the engine gives them, the last first. Empty where no reading of
    them makes as many layers as the image has: a wrong step is worse than none.
    """
    ordered = [_Step(step) for step in reversed(steps)]
    readings: tuple[Callable[[_Step], bool], ...] = (
        lambda step: step.size > 0 or step.word not in _SETTINGS,
        # A WORKDIR that had to be made is a layer, of size 0.
        lambda step: step.size > 0 or step.word not in _SETTINGS - {"WORKDIR"},
        lambda step: step.size > 0,
    )
    for makes_layer in readings:
        made = [makes_layer(step) for step in ordered]
        if sum(made) == layers:
            return [step.as_oci(full) for step, full in zip(ordered, made, strict=True)]
    return []


class _Step:
    def __init__(self, step: Mapping[str, Any]) -> None:
        self.text, self.comment = (_text(step.get(key)) for key in ("CreatedBy", "Comment"))
        size, created = step.get("Size"), step.get("Created")
        self.size = size if isinstance(size, int) else 0
        self.created = _rfc3339(created) if isinstance(created, int) else ""
        word = _WORD.match(_NOP.sub("", self.text))
        self.word = word[0] if word else ""

    def as_oci(self, full: bool) -> dict[str, Any]:
        return {
            "created": self.created,
            "created_by": self.text,
            "comment": self.comment,
            "empty_layer": not full,
        }


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _rfc3339(seconds: int) -> str:
    try:
        moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (OverflowError, OSError, ValueError):
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
