"""A side of a comparison as a person names it: ``docker:shop:staging``, or an environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from depcheck.errors import UsageError
from depcheck.model.parity import SIDE_KINDS, EnvironmentSettings, Named, Side
from depcheck.model.requirement import Origin
from depcheck.model.text import did_you_mean, printable

_PATHS = ("oci", "archive", "env", "lock", "sbom")
_EXAMPLES = {
    "docker": "docker:shop:staging",
    "container": "container:shop-web-1",
    "registry": "registry:reg.example/shop:staging",
    "oci": "oci:build/image or oci:build/image:staging",
    "archive": "archive:shop.tar",
    "env": "env:/opt/venv/bin/python",
    "lock": "lock:pylock.toml",
    "sbom": "sbom:shop.cdx.json",
}
_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.zst")


def parse_side(text: str, start: Path, environments: Mapping[str, EnvironmentSettings]) -> Side:
    """Return what ``text`` names: a configured environment, or one thing of a known kind.

    Paths are made absolute from ``start``. Raises UsageError for anything else,
    with what may have been meant.
    """
    if text in environments:
        return environments[text]
    if text.partition(":")[0] in SIDE_KINDS and ":" in text:
        return parse_named(text, start)
    raise UsageError(f'"{printable(text)}" names no side', hint=_meant(text, start, environments))


def parse_named(text: str, folder: Path, origin: Origin | None = None) -> Named:
    """Return the one thing that ``text`` names; paths are made absolute from ``folder``.

    Raises UsageError.
    """
    kind, colon, value = text.partition(":")
    if not colon or kind not in SIDE_KINDS:
        raise UsageError(f'"{printable(text)}" names no side', hint=_meant(text, folder, None))
    if not value.strip():
        raise UsageError(
            f'"{printable(text)}" says nothing after the colon',
            hint=f"write it like {_EXAMPLES[kind]}",
        )
    if kind in _PATHS:
        value = os.path.abspath(folder / Path(value).expanduser())
    return Named(kind=kind, value=value, written=printable(text), origin=origin)


def _meant(text: str, folder: Path, environments: Mapping[str, EnvironmentSettings] | None) -> str:
    """Return a hint: the nearest word, or how what is there would be named.

    ``environments`` None stands for a place where no environment can be named.
    """
    if environments and (environment := did_you_mean(text, environments)):
        return environment
    kind, colon, rest = text.partition(":")
    if colon and (near := did_you_mean(kind, SIDE_KINDS)):
        return near.replace('"?', f':{printable(rest)}"?')
    if path := _as_path(text, folder):
        return path
    if colon or "/" in text or "@" in text or (text and environments is None):
        return f"name an image docker:{printable(text)} or registry:{printable(text)}"
    known = f"environments are {', '.join(environments)}" if environments else _NONE
    return f"{known}; else say what it is: {', '.join(f'{kind}:…' for kind in SIDE_KINDS)}"


_NONE = "no environment is configured ([environments.NAME])"


def _as_path(text: str, folder: Path) -> str:
    """Return how the file or folder that ``text`` names is named as a side, if it is there."""
    try:
        path = folder / text
        if not text or not path.exists():
            return ""
        kinds = _kinds(path)
    except (OSError, ValueError):
        return ""
    return "name it " + " or ".join(f"{kind}:{printable(text)}" for kind in kinds)


def _kinds(path: Path) -> tuple[str, ...]:
    name = path.name.lower()
    if path.is_dir():
        return ("oci",) if (path / "index.json").exists() else ("oci", "env")
    if name.endswith(_ARCHIVES):
        return ("archive",)
    if name.endswith((".toml", ".lock", ".txt")):
        return ("lock",)
    return ("sbom",) if name.endswith(".json") else ("archive", "lock", "sbom", "env")
