"""Secrets: files that the engine mounts, never environment variables."""

from __future__ import annotations

import re
from collections.abc import Mapping

from depcheck.deployment import quoting
from depcheck.deployment.guardrails import RUN_AS
from depcheck.deployment.plan import Plan
from depcheck.errors import ConfigurationError

FOLDER = "secrets"
"""Below the folder that is written: one file for each secret, made by a person."""

# The Compose Specification's key, without what is a path of its own.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}", re.ASCII)


def secret_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of all services' secrets, each once, sorted.

    Raises ConfigurationError for a name that is no file name and no key of compose.
    """
    names = {name: service.name for service in plan.services for name in service.secrets}
    return tuple(_checked(name, names[name]) for name in sorted(names))


def secrets_block(plan: Plan) -> str:
    """Return the top-level ``secrets`` of a compose file, empty where there are none."""
    names = secret_names(plan)
    if not names:
        return ""
    told = quoting.comment(
        f"Each is a file that you make below ./{FOLDER}, readable for user {RUN_AS}: "
        "the engine mounts it as it is. As long as one is lacking, `up` starts nothing, the core "
        "neither. What is written here never holds its content."
    )
    return "\n".join(("", told, "secrets:", *map(_entry, names))) + "\n"


def secret_files(plan: Plan) -> Mapping[str, str]:
    """Return path → text of what is written beside the secrets: that they stay out of git."""
    if not (names := secret_names(plan)):
        return {}
    told = quoting.comment(
        f"To be made in this folder: {', '.join(names)}. None is ever committed."
    )
    return {f"{FOLDER}/.gitignore": f"{told}\n*\n!.gitignore\n"}


def _entry(name: str) -> str:
    key, path = (quoting.yaml_scalar(text, "a secret") for text in (name, f"./{FOLDER}/{name}"))
    return f"  {key}:\n    file: {path}"


def _checked(name: str, service: str) -> str:
    if _NAME.fullmatch(quoting.data(name, f"a secret of {service}")):
        return name
    raise ConfigurationError(
        f'"{name}" cannot be the name of a secret of {service}',
        hint="use letters, digits, `_`, `-` and `.`, for example openai-api-key",
    )
