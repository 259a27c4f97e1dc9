"""Options of ``isolate`` that only make sense with, or without, each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from depcheck.config import IsolationCommandLine
from depcheck.errors import UsageError
from depcheck.model.text import printable

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be done with a division beside telling it.

    ``network`` is that of the builds of a proof, ``build_args`` are names of environment
    variables handed to them.
    """

    write: bool = False
    force: bool = False
    verify: bool = False
    network: str | None = None
    build_args: tuple[str, ...] = ()


def write_path(folder: str | None) -> Path | None:
    """Return where files are to be written; raises UsageError for an empty name.

    Taken for a path, an empty variable of a shell would be the current folder.
    """
    if folder is not None and not folder.strip():
        raise UsageError(
            "--write names no folder: it is empty",
            hint="write it like --write deploy (or --write . for the current folder)",
        )
    return None if folder is None else Path(folder)


def check_files(asked: Asked, services: Sequence[str]) -> None:
    """Raise UsageError for options of a division that lack the one they belong to."""
    _needs(asked.force, "--force", asked.write, "--write DIR")
    _needs(asked.network is not None, "--build-network", asked.verify, "--verify")
    _needs(bool(asked.build_args), "--build-arg", asked.verify, "--verify")
    _needs(bool(services), "--service", False, "--audit TARGET")


def check_audit(given: IsolationCommandLine, asked: Asked) -> None:
    """Raise UsageError for options that an audit would pass over."""
    check = given.check
    others = {
        "--core, --ai or --component": check.components,
        "--lock": check.locks,
        "--python": check.python,
        "--platform": check.platform,
        "--together": given.together,
        "--apart": given.apart,
        "--max-containers": given.max_containers is not None,
        "--deny-new-containers": given.deny_new,
        "--write": asked.write,
        "--force": asked.force,
        "--verify": asked.verify,
        "--build-network": asked.network is not None,
        "--build-arg": asked.build_args,
        "--index-url": check.index_url,
        "--extra-index-url": check.extra_index_urls,
        "--exclude-newer": check.exclude_newer,
        "--pre": check.prereleases,
        "--offline": check.offline,
        "--refresh": check.refresh,
        "--cache-dir": check.cache_dir is not None,
        "--no-cache": check.no_cache,
    }
    for option, is_given in others.items():
        if is_given:
            raise UsageError(
                f"--audit and {option} contradict each other",
                hint="an audit divides nothing: it reads what is there",
            )


def build_arguments(names: Sequence[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the values of environment variables by name; raises UsageError, showing none."""
    for name in names:
        if not _VARIABLE.fullmatch(name):
            # Behind an equals sign stands what may be a secret.
            shown = printable(name.partition("=")[0])
            raise UsageError(
                f'--build-arg "{shown}" takes the name of an environment variable alone',
                hint="set the variable, and name it: its value is never printed",
            )
        if name not in environ:
            raise UsageError(f"--build-arg {name}: no environment variable has this name")
    return {name: environ[name] for name in names}


def _needs(is_given: bool, option: str, is_met: bool, other: str) -> None:
    if is_given and not is_met:
        raise UsageError(f"{option} says nothing without {other}")
