"""A run of every job on the fixtures: each has findings, and needs no network."""

from __future__ import annotations

from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures"
CONFLICT = ("--config", str(FIXTURES / "shop" / "conflict" / "depcheck.toml"))
JOBS = {
    "check": ("check", *CONFLICT),
    "isolate": ("isolate", *CONFLICT),
    "audit": (
        "isolate",
        "--audit",
        str(FIXTURES / "shop" / "conflict" / "compose.yaml"),
        *CONFLICT,
    ),
    "parity": (
        "parity",
        "staging",
        "production",
        "--config",
        str(FIXTURES / "images" / "depcheck.toml"),
    ),
}
