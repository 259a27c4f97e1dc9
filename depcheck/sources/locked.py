"""The inventory that a lock stands for (``lock:PATH``), as it would be installed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.inventory import Installed, Inventory, PythonEnvironment
from depcheck.model.parity import Named
from depcheck.model.requirement import Pin, PythonBound, Undetermined
from depcheck.model.target import Target
from depcheck.model.text import printable
from depcheck.sources import lock_reader
from depcheck.sources.files import Content, Scope, open_source
from depcheck.sources.requirements_file import exact_version, read_requirements
from depcheck.sources.target import build_target

_NO_LOCK = (".json", ".yml", ".yaml", ".py", ".cfg", ".whl", ".zip", ".gz")
_VIA = re.compile(r"#\s*via\b")
_NOT_READ = re.compile(r"Pipfile(?:\.lock)?|pdm\.lock|pixi\.lock|pyproject\.toml|.*\.in")


def read_lock(named: Named, scope: Scope, path: Path, target: Target | None) -> Inventory:
    """Return one environment with the versions that the lock at ``path`` pins for ``target``.

    The file is a pylock.toml (PEP 751), uv.lock, poetry.lock, or a requirements file with
    exact pins, of which all else is undetermined. Extras are left out, groups but the
    default ones too. A distribution whose version the lock does not tell has none, and is
    undetermined. A requirements file without hashes and without comments on who requires
    what (``# via``) is taken to name no dependencies (``direct``). Raises SourceError.
    """
    chosen = target or build_target(None, None)
    scope = replace(scope, environment=chosen.environment)
    content = _content(scope, path, by := str(named.origin or ""))
    located = {found.origin for found in content.fetched if found.version}
    pinned = [(pin.name, pin.version, "") for pin in content.baseline]
    pinned += [(found.name, found.version, found.source) for found in content.fetched]
    rest = (item for item in content.undetermined if item.origin not in located)
    return Inventory(
        subject=str(named),
        covers=frozenset({"python"}),
        environments=(PythonEnvironment(prefix="", kind="lock", active=True),),
        distributions=tuple(
            Installed(name=name, version=version, environment="", source=source)
            for name, version, source in sorted(set(pinned))
        ),
        direct=lock_reader(path) is None and _is_direct(scope, path, content, by),
        undetermined=(*_unfit(content.requires_python, chosen), *rest),
    )


def _content(scope: Scope, path: Path, by: str) -> Content:
    if read := lock_reader(path):
        return read(open_source(scope, path, by=by), (), ())
    if path.suffix in _NO_LOCK or _NOT_READ.fullmatch(path.name):
        place = f"{by}: {scope.shown(path)}" if by else scope.shown(path)
        raise SourceError(
            f"{place}: depcheck does not read locks of this kind",
            hint="name a pylock.toml, uv.lock, poetry.lock, or the output of pip-compile",
        )
    return _pinned(scope, path, by)


def _pinned(scope: Scope, path: Path, by: str) -> Content:
    """Return the exact pins of a requirements file; the rest of it is undetermined."""
    from packaging.markers import Marker

    content = read_requirements(scope, path, by=by)
    pins: list[Pin] = []
    loose: list[Undetermined] = []
    for found in content.requirements:
        if found.marker and not Marker(found.marker).evaluate(dict(scope.environment)):
            continue
        if version := exact_version(found.specifier):
            pins.append(Pin(name=found.name, version=version, origin=found.origin))
        elif found.kind == "requirement":
            loose.append(
                Undetermined(
                    subject=printable(str(found)),
                    reason="it is no exact pin, so which version is installed is not known",
                    hint="compile the file with pip-compile or uv pip compile",
                    origin=found.origin,
                )
            )
    if not pins:
        raise SourceError(
            f"{scope.shown(path)}: it pins no version with ==, so it is no lock",
            hint="name a lock, or the output of pip-compile or uv pip compile",
        )
    asked = {pin.name for pin in pins}
    told = (item for item in loose if re.split(r"[\[<>=!~; ]", item.subject)[0] not in asked)
    return replace(content, baseline=tuple(pins), undetermined=(*content.undetermined, *told))


def _is_direct(scope: Scope, path: Path, content: Content, by: str) -> bool:
    """Tell whether nothing says that the file names dependencies, too.

    Tools that compile one write hashes, or a comment ``# via`` behind each pin.
    """
    if any(found.hashes for found in content.requirements):
        return False
    return _VIA.search(open_source(scope, path, by=by).text) is None


def _unfit(bound: PythonBound | None, target: Target) -> tuple[Undetermined, ...]:
    """Return a note where the lock does not allow the Python that it is read for."""
    from packaging.specifiers import SpecifierSet

    if bound is None or SpecifierSet(bound.specifier).contains(target.python, prereleases=True):
        return ()
    note = Undetermined(
        subject=bound.origin.text,
        reason=f"the lock is not for Python {target.python}, for which it is read",
        hint="lock again for the Python that runs",
        origin=bound.origin,
    )
    return (note,)
