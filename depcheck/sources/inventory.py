"""Inventories that come from no image: environments, locks, bills of materials."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from depcheck.model.inventory import Inventory
from depcheck.model.parity import Named
from depcheck.model.target import Target
from depcheck.sources.files import Scope


def read_inventory(named: Named, *, root: Path, target: Target | None) -> Inventory:
    """Return what ``named``, of kind ``env``, ``lock`` or ``sbom``, holds.

    ``root`` is the project root. ``target`` is what a lock's markers are evaluated for,
    None for the host. Raises SourceError where it cannot be read.
    """
    if named.kind == "env":
        from depcheck.sources.installed import read_installed

        return read_installed(named, root=root)
    scope, path = _scope(named, root, {} if target is None else target.environment)
    if named.kind == "sbom":
        from depcheck.sources.sbom import read_sbom

        return read_sbom(named, scope, path)
    if named.kind == "lock":
        from depcheck.sources.locked import read_lock

        return read_lock(named, scope, path, target)
    raise ValueError(f"{named.kind} is not read from files")


def _scope(named: Named, root: Path, environment: Mapping[str, str]) -> tuple[Scope, Path]:
    """Return scope and path of a file.

    What a person names may lie anywhere, and is its own root then; what a file of the
    project names (``origin``) must lie below the project root.
    """
    path = Path(os.path.abspath(root / named.value))
    real = Path(os.path.realpath(path))
    inside = real.is_relative_to(os.path.realpath(root))
    if named.origin is None and not inside:
        return Scope(component="", root=real.parent, environment=environment), Path(real.name)
    return Scope(component="", root=root, environment=environment), path
