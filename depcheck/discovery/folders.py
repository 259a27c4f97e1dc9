"""What the name of a folder tells."""

from __future__ import annotations

SKIPPED = frozenset(
    {
        "node_modules", "bower_components", "site-packages", "__pycache__", "htmlcov", "venv",
        "env", "virtualenv", "build", "dist", "target", "out", "wheelhouse", "vendor",
        "vendored", "_vendor", "third_party", "third-party", "thirdparty", "external",
    }
)  # fmt: skip
"""Folders that are not entered: environments, builds, and what others wrote."""

_ASIDE = frozenset(
    {
        "test", "tests", "testing", "testdata", "fixtures", "doc", "docs", "example", "examples",
        "sample", "samples", "bench", "benchmark", "benchmarks", "notebooks", "tools", "ci",
    }
)  # fmt: skip


def is_aside(folder: str) -> bool:
    """Tell whether what lies in a folder (POSIX, relative) is for tests, documents or tools."""
    return not _ASIDE.isdisjoint(folder.lower().split("/"))
