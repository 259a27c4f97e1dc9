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
# Where pip finds packages. Its other variables may have it install elsewhere, or nothing.
_PIP = tuple(
    f"PIP_{name}"
    for name in (
        "CACHE_DIR", "CERT", "CLIENT_CERT", "CONFIG_FILE", "DEFAULT_TIMEOUT", "EXTRA_INDEX_URL",
        "FIND_LINKS", "INDEX_URL", "KEYRING_PROVIDER", "NO_BINARY", "NO_CACHE_DIR", "NO_INDEX",
        "ONLY_BINARY", "PREFER_BINARY", "PROXY", "RETRIES", "TIMEOUT", "TRUSTED_HOST",
    )
)  # fmt: skip
_OWN_CACHE = ("pull_request", "push", "merge_group", "schedule", "workflow_dispatch")


def install_step(job: Job) -> int:
    """Install depcheck, and say where; further outputs are the folder and the key of its cache."""
    for name in ("sarif", "cache"):  # a word that means neither yes nor no is said at once
        job.switch(name)
    python, version = _installed(job, Path(__file__).resolve().parents[1])
    cache = job.temporary / "cache"
    cache.mkdir(parents=True, exist_ok=True)
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
    """Return a digest over what git knows of the files that name dependencies, and ``config``."""
    try:
        listed = Git(job.folder, job.environ).staged(_DEPENDENCY_FILES)
    except GitError:
        listed = b""
    return hashlib.sha256(job.input("config").encode() + b"\0" + listed).hexdigest()[:16]


def _installed(job: Job, source: Path) -> tuple[Path, str]:
    """Return the Python that has depcheck, and its version; raises Refusal.

    A job may use the action again, and some runners keep their temporary files: then it is
    there, unless the action or the Python is another one by now.
    """
    place = job.temporary / f"venv-{_source_digest(source)}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (place / "installed").exists() and (version := _version(python)):
        return python, version
    venv.create(place, with_pip=True, clear=True)
    _pip(python, source, job.environ)
    version = _version(python)
    if not version:
        raise Refusal("depcheck was installed and does not run", "The words of pip stand above.")
    (place / "installed").touch()
    return python, version


def _source_digest(source: Path) -> str:
    read = hashlib.sha256(f"{sys.version}\0{sys.base_prefix}\0{source}".encode())
    for path in (source / "pyproject.toml", *sorted((source / "depcheck").rglob("*"))):
        if path.is_file() and path.suffix != ".pyc":
            read.update(f"\0{path.relative_to(source).as_posix()}\0".encode() + path.read_bytes())
    return read.hexdigest()[:16]


def _pip(python: Path, source: Path, environ: Mapping[str, str]) -> None:
    command = [
        str(python), "-I", "-m", "pip", "install", "--quiet", "--no-input",
        "--disable-pip-version-check", str(source),
    ]  # fmt: skip
    kept = {name: value for name, value in environ.items() if _is_kept(name.upper())}
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


def _is_kept(name: str) -> bool:
    return name in _PIP or not name.startswith(("PIP_", "PYTHON"))


def _version(python: Path) -> str:
    """Return depcheck's version and Python's, empty where it does not run."""
    command = [str(python), "-I", "-m", "depcheck", "--version"]
    try:
        done = subprocess.run(  # noqa: S603  # the Python of the environment
            command, capture_output=True, text=True, cwd=python.parent
        )
    except OSError:
        return ""
    told = done.stdout.split()
    known = done.returncode == 0 and told
    return f"{told[-1]}-py{sys.version_info.major}{sys.version_info.minor}" if known else ""
