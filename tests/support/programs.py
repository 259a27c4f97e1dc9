"""Programs that a test needs, and cannot do without where ``CI`` is set."""

from __future__ import annotations

import os
import shutil

import pytest


def needs(program: str, reason: str) -> pytest.MarkDecorator:
    """Mark a test to be skipped without a program; where ``CI`` is set it runs, and fails."""
    lacking = shutil.which(program) is None and not os.environ.get("CI")
    return pytest.mark.skipif(lacking, reason=reason)
