"""The interpreter and platform to resolve for; it need not be the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Python version, implementation, platform tags and marker environment.

    ``python`` is the full version (``3.11.7``), ``platform`` a name for people
    (``linux/amd64``). ``tags`` are compatibility tags (``cp311-cp311-linux_x86_64``),
    the most preferred first. ``environment`` holds the PEP 508 marker variables
    without ``extra``.
    """

    python: str
    implementation: str
    platform: str
    tags: tuple[str, ...]
    environment: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.implementation} {self.python} on {self.platform}"
