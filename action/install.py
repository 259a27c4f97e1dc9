"""The first step: depcheck in an environment of its own, and the name of its cache."""

from __future__ import annotations

import datetime
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

from action.commands import fenced
from action.git import Git, GitError
from action.job import Job, Refusal

_DEPENDENCY_FILES = (
    "*requirements*", "*constraints*.txt", "*pyproject.toml",
    "*depcheck.toml", "*pylock*.toml", "*uv.lock", "*poetry.lock",
)  # fmt: skip
# These would have pip install elsewhere than into the environment.
_ASTRAY = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_REQUIREMENT")
_OWN_CACHE = ("pull_request", "push", "merge_group", "schedule", "workflow_dispatch")


def install_step(job: Job) -> int:
    """Install depcheck, and say where; further outputs are the folder and the key of its cache."""
    source = Path(__file__).resolve().parents[1]
    # A job may use the action again: then it is there, unless that is another version.
    place = job.temporary / f"venv-{hashlib.sha256(str(source).encode()).hexdigest()[:8]}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "installed").exists():
        venv.create(place, with_pip=True, clear=True)
        _pip(python, source, job.environ)
        (place / "installed").touch()
    cache = job.temporary / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    version = _version(python)
    job.output(
        {
            "python": str(python),
            "cache": str(cache),
            "prefix": f"depcheck-{version}-",
            "week": datetime.datetime.now(datetime.UTC).strftime("%G-%V"),
            "files": dependency_digest(job),
            "save": "true" if job.event in _OWN_CACHE else "false",
        }
    )
    return 0


def dependency_digest(job: Job) -> str:
    """Return a digest over what git knows of the files that name dependencies."""
    try:
        listed = Git(job.folder, job.environ).staged(_DEPENDENCY_FILES)
    except GitError:
        listed = b""
    return hashlib.sha256(listed).hexdigest()[:16]


def _pip(python: Path, source: Path, environ: Mapping[str, str]) -> None:
    command = [
        str(python), "-I", "-m", "pip", "install", "--quiet", "--no-input",
        "--disable-pip-version-check", str(source),
    ]  # fmt: skip
    kept = {name: value for name, value in environ.items() if name not in _ASTRAY}
    with fenced():
        # Not in the repository: pip would take its setup.cfg and .pydistutils.cfg into account.
        done = subprocess.run(  # noqa: S603  # the Python made above
            command, env=kept, cwd=python.parent, stderr=subprocess.STDOUT
        )
    if done.returncode:
        raise Refusal(
            "depcheck could not be installed",
            "pip's words stand above; PIP_INDEX_URL and the like hold for this too.",
        )


def _version(python: Path) -> str:
    command = [str(python), "-I", "-m", "depcheck", "--version"]
    told = subprocess.run(  # noqa: S603  # the Python made above
        command, capture_output=True, text=True, check=True
    ).stdout.split()
    return f"{told[-1]}-py{sys.version_info.major}{sys.version_info.minor}"
