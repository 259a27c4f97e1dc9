"""The files that a run reads, so that no output takes the place of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from depcheck.config import AuditSettings
from depcheck.model.parity import EnvironmentSettings, Named, ParitySettings
from depcheck.model.requirement import Component
from depcheck.model.settings import Settings

_FILES = ("archive", "lock", "sbom")
"""Kinds of sides that are one file."""


def of_check(settings: Settings) -> Iterator[Path]:
    """Give the configuration, the components' sources and their locks."""
    if settings.config_path is not None:
        yield settings.config_path
    for component in settings.components:
        for name in (component.source, component.lock):
            if name is not None and not name.startswith("env:"):
                yield settings.root / name


def of_report(components: Iterable[Component], root: Path) -> Iterator[Path]:
    """Give every file that a requirement stands in: those included by others too."""
    paths = {
        requirement.origin.path
        for component in components
        for requirement in component.requirements
    }
    return (root / path for path in sorted(paths))


def of_parity(settings: ParitySettings) -> Iterator[Path]:
    """Give the configuration and the files that the sides name."""
    if settings.config_path is not None:
        yield settings.config_path
    for side in (settings.left, settings.right):
        if isinstance(side, EnvironmentSettings):
            yield from (settings.root / name for name in (*side.compose, *side.kubernetes))
            replicas = [named for service in side.services for named in service.replicas]
        else:
            replicas = [side]
        # An archive may be followed by the name of an image in it.
        yield from (_file(named) for named in replicas if named.kind in _FILES)


def of_audit(settings: AuditSettings) -> Iterator[Path]:
    """Give the compose files that are judged."""
    return (settings.root / target for target in settings.targets if ":" not in target)


def _file(named: Named) -> Path:
    whole = Path(named.value)
    return whole if whole.exists() else Path(named.value.rpartition(":")[0] or named.value)
