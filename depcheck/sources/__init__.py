"""Where components come from: files, locks and installed environments, never executed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.requirement import Component, Pin, Undetermined
from depcheck.model.settings import ComponentSettings
from depcheck.model.target import Target
from depcheck.sources.files import Content, Scope, SourceFile, open_source

_PYLOCK = re.compile(r"pylock(?:\.[^.]+)?\.toml")
_NOT_READ = ("Pipfile", "Pipfile.lock", "setup.cfg", "pdm.lock", "pixi.lock")
_NO_REQUIREMENTS = (".py", ".json", ".yml", ".yaml", ".whl", ".zip", ".gz")
_LOCKS_BESIDE = ("pylock.toml", "uv.lock", "poetry.lock")

_Lock = Callable[[SourceFile, tuple[str, ...], tuple[str, ...]], Content]


def read_component(
    settings: ComponentSettings,
    *,
    root: Path,
    target_python: str | None = None,
    target: Target | None = None,
    bring: Callable[[Path], None] | None = None,
) -> Component:
    """Return the component that ``settings`` name, with everything that its source says.

    ``root`` is the project root: nothing outside it is read, but for ``env:``
    sources. ``target`` decides which of a lock's packages apply; where only
    ``target_python`` (``3.12`` or ``3.12.4``) is known, the platform is the host's.
    ``bring`` is called with each path below ``root`` before it is looked at.
    Requirements files are read as pip reads them, ``pyproject.toml`` by PEP 621
    and PEP 735, ``pylock.toml`` by PEP 751.

    Raises SourceError (``path:line:``) with all that is wrong in a source.
    """
    environment = (target or _target(target_python)).environment
    scope = Scope(component=settings.name, root=root, environment=environment, bring=bring)
    content = _source(settings, scope)
    pins, undetermined = _baseline(settings, scope, content)
    return Component(
        name=settings.name,
        role=settings.role,
        source=settings.source,
        requirements=content.requirements,
        requires_python=content.requires_python,
        baseline=pins,
        undetermined=(*content.undetermined, *undetermined),
    )


def _target(python: str | None) -> Target:
    from depcheck.sources.target import build_target

    return build_target(python, None)


def _source(settings: ComponentSettings, scope: Scope) -> Content:
    by = str(settings.origin or "")
    if settings.source.startswith("env:"):
        from depcheck.sources.environment import read_environment

        _no_selection(settings, "an installed environment")
        return read_environment(scope, settings.source, by=by)
    path = Path(settings.source)
    if lock := lock_reader(path):
        return lock(open_source(scope, path, by=by), settings.extras, settings.groups)
    if path.suffix == ".toml":
        from depcheck.sources.pyproject import read_pyproject

        return read_pyproject(open_source(scope, path, by=by), settings.extras, settings.groups)
    from depcheck.sources.requirements_file import read_requirements

    if path.name in _NOT_READ or path.suffix in _NO_REQUIREMENTS:
        place = f"{by}: {scope.shown(path)}" if by else scope.shown(path)
        raise SourceError(
            f"{place}: depcheck does not read files of this kind",
            hint="name a requirements file, a pyproject.toml, a lock, or env:PYTHON",
        )
    _no_selection(settings, "a requirements file")
    return read_requirements(scope, path, by=by)


def _no_selection(settings: ComponentSettings, what: str) -> None:
    if settings.extras or settings.groups:
        raise SourceError(
            f"{settings.origin or settings.source}: {what} has no extras or groups to choose",
            hint="take extras and groups out, or name the pyproject.toml as the source",
        )


def lock_reader(path: Path) -> _Lock | None:
    """Return what reads the lock at ``path``, None where its name is not a lock's.

    It is called with the file, and the extras and groups that are chosen.
    """
    if _PYLOCK.fullmatch(path.name):
        from depcheck.sources.pylock import read_pylock

        return read_pylock
    if path.name == "uv.lock":
        from depcheck.sources.uv_lock import read_uv_lock

        return read_uv_lock
    if path.name == "poetry.lock":
        from depcheck.sources.poetry_lock import read_poetry_lock

        return read_poetry_lock
    return None


def _baseline(
    settings: ComponentSettings, scope: Scope, content: Content
) -> tuple[tuple[Pin, ...], tuple[Undetermined, ...]]:
    """Return the pins of the lock that is named or, for a project, lies beside it."""
    if settings.lock is not None:
        return _pins(settings, scope, Path(settings.lock)), ()
    path = Path(settings.source)
    if content.baseline or path.name != "pyproject.toml":
        return content.baseline, ()
    beside = [name for name in _LOCKS_BESIDE if scope.meet(path.parent / name).is_file()]
    if len(beside) == 1:
        return _pins(settings, scope, path.parent / beside[0]), ()
    if not beside:
        return (), ()
    note = Undetermined(
        subject=f"{scope.shown(path)}: {', '.join(beside)}",
        reason="several locks lie beside it, and none was chosen",
        hint=f"name one: --lock {settings.name}={beside[0]}",
        harmless=True,
    )
    return (), (note,)


def _pins(settings: ComponentSettings, scope: Scope, path: Path) -> tuple[Pin, ...]:
    file = open_source(scope, path)
    if lock := lock_reader(path):
        return lock(file, settings.extras, settings.groups).baseline
    from depcheck.sources.requirements_file import read_pins

    return read_pins(scope, path)
