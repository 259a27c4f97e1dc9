"""An installed environment (``env:PYTHON``), read without running its interpreter.

pip-api lists what is installed by asking the pip beside depcheck itself about
the environment's folders; the environment's own code is never run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Parsed
from packaging.version import InvalidVersion, Version

from depcheck.errors import SourceError
from depcheck.model.requirement import Origin, Pin, Requirement, Undetermined, normalise
from depcheck.model.text import printable
from depcheck.sources.files import Content, Scope
from depcheck.sources.interpreter import Interpreter, configuration, find_interpreter
from depcheck.sources.requirement import MalformedError, check_name

_TOOLS = frozenset({"pip", "setuptools", "wheel"})
_HOME = re.compile(r"^\s*(home|include-system-site-packages)\s*=\s*(.*?)\s*$", re.MULTILINE)


def read_environment(scope: Scope, source: str, *, by: str = "") -> Content:
    """Return what is installed in the environment of an interpreter or folder.

    The requirements are the distributions that no other one requires; the
    baseline has all versions. pip, setuptools and wheel count only where something
    requires them. A distribution that was installed from a folder or URL stands
    for what it requires. An environment of another minor version of Python than the
    target's is noted. ``by`` is the ``path:line`` that names the environment. Raises
    SourceError where there is none.
    """
    shown = printable(source)
    place = f"{by}: {shown}" if by else shown
    interpreter = find_interpreter(scope.root, source, by=by)
    folders = [folder for _, held in site_folders(interpreter, place) for folder in held]
    installed = _installed(folders, place)
    origin = Origin(component=scope.component, path=shown, line=None, text="")
    draft = _Draft(origin, [], [])
    for name, version in installed:
        draft.add(name, version)
    every = _distributions(folders)
    local = {name for name, dist in every.items() if dist.read_text("direct_url.json")}
    for name in sorted(local):
        draft.note_local(name)
    needs = _needs({name: dist for name, dist in every.items() if name not in local}, scope)
    names = [pin.name for pin in draft.pins if pin.name not in local]
    asked = [found for name in sorted(local) for found in draft.asked_by(every[name], local)]
    named = {found.name for found in asked}
    tops = [name for name in _top_level(names, needs) if name not in named]
    held = {*named, *tops, *(target for targets in needs.values() for target in targets)}
    return Content(
        requirements=(*asked, *(draft.requirement(name) for name in tops)),
        baseline=tuple(pin for pin in draft.pins if pin.name in held),
        undetermined=(*_other_python(interpreter, scope, origin), *draft.undetermined),
    )


def _other_python(
    interpreter: Interpreter, scope: Scope, origin: Origin
) -> tuple[Undetermined, ...]:
    """Return a note where the target has not the minor version of the environment."""
    has, target = interpreter.version, scope.environment["python_version"]
    if not has or f"{has}.".startswith(f"{target}."):
        return ()
    note = Undetermined(
        subject=origin.path,
        reason=f"it is an environment of Python {has}, and is checked for Python {target}",
        hint="leave --python out to check for the environment's own",
        origin=origin,
        harmless=True,
    )
    return (note,)


@dataclass(frozen=True, slots=True)
class _Draft:
    origin: Origin
    pins: list[Pin]
    undetermined: list[Undetermined]

    def origin_of(self, text: str) -> Origin:
        origin = self.origin
        return Origin(component=origin.component, path=origin.path, line=None, text=text)

    def add(self, name: str, version: str) -> None:
        text = printable(f"{name}=={version}")
        try:
            Version(version)
            pin = Pin(name=check_name(name), version=version, origin=self.origin_of(text))
        except (MalformedError, InvalidVersion):
            reason = "it is installed under a name or version that no index can have"
            self.undetermined.append(
                Undetermined(subject=text, reason=reason, origin=self.origin_of(text))
            )
            return
        self.pins.append(pin)

    def requirement(self, name: str) -> Requirement:
        return Requirement(name=name, origin=self.origin_of(name))

    def note_local(self, name: str) -> None:
        self.undetermined.append(
            Undetermined(
                subject=name,
                reason="it was installed from a folder or URL; what it requires is checked instead",
                origin=self.origin_of(name),
                harmless=True,
            )
        )

    def asked_by(self, dist: Distribution, local: set[str]) -> Iterator[Requirement]:
        """Yield what a distribution that no index has requires, its extras left out."""
        for parsed in _parsed(dist):
            text = printable(str(parsed))
            marker = str(parsed.marker or "")
            if normalise(parsed.name) in local or parsed.url or "extra" in marker:
                continue
            yield Requirement(
                name=normalise(parsed.name),
                extras=tuple(sorted(map(normalise, parsed.extras))),
                specifier=str(parsed.specifier),
                marker=marker,
                origin=self.origin_of(f"{text} (required by {printable(dist.name)})"),
            )


def site_folders(found: Interpreter, place: str) -> list[tuple[Path, list[Path]]]:
    """Return the folders that hold the environment's distributions, by the prefix they belong to.

    The environment's own prefix comes first, then that of the base interpreter where a
    virtual environment shows what is installed there. Raises SourceError where there are none.
    """
    own = (found.prefix, _site_packages(found.prefix, found.minor))
    folders = [(prefix, held) for prefix, held in (own, *_inherited(found.prefix)) if held]
    if not folders:
        raise SourceError(
            f"{place}: no site-packages folder belongs to it",
            hint="name the environment's folder, such as env:.venv",
        )
    return folders


def _site_packages(prefix: Path, minor: str) -> list[Path]:
    """Return the folders below a prefix, of one version where it is known."""
    pattern = f"python{minor}" if minor else "python3*"
    candidates = [
        *sorted(prefix.glob(f"lib/{pattern}/site-packages")),
        *sorted(prefix.glob(f"lib64/{pattern}/site-packages")),
        prefix / "Lib" / "site-packages",
        *sorted(prefix.glob(f"local/lib/{pattern}/dist-packages")),
        *sorted(prefix.glob("lib/python3/dist-packages")),
    ]
    unique: dict[str, Path] = {}
    for folder in candidates:
        if folder.is_dir():
            unique.setdefault(os.path.realpath(folder), folder)
    return list(unique.values())


def _inherited(prefix: Path) -> list[tuple[Path, list[Path]]]:
    """Return prefix and folders of the base interpreter where a virtual environment shows them."""
    values = dict(_HOME.findall(configuration(prefix)))
    if values.get("include-system-site-packages", "").lower() != "true" or "home" not in values:
        return []
    base = Path(values["home"]).parent
    return [(base, _site_packages(base, ""))]


def _installed(folders: list[Path], place: str) -> list[tuple[str, str]]:
    """Return names and versions; the first folder that has a name wins."""
    found: dict[str, tuple[str, str]] = {}
    for folder in folders:
        for name, version in listed(folder, place):
            found.setdefault(normalise(name), (name, version))
    return [found[key] for key in sorted(found)]


def listed(folder: Path, place: str) -> list[tuple[str, str]]:
    """Return the names and versions that pip-api lists of one folder. Raises SourceError."""
    import subprocess

    try:
        # Imported here because the import itself runs pip.
        import pip_api

        # pip-api ships no types, and has this argument.
        found = pip_api.installed_distributions(paths=[folder])  # type: ignore[attr-defined]
        return [(str(name), str(dist.version)) for name, dist in found.items()]
    except (ImportError, OSError, ValueError, subprocess.CalledProcessError):
        raise SourceError(
            f"{place}: pip cannot list what is installed",
            hint=f"is pip installed for {printable(sys.executable)}?",
        ) from None


def _distributions(folders: list[Path]) -> dict[str, Distribution]:
    """Return the distributions by normalised name; the first folder that has a name wins."""
    every: dict[str, Distribution] = {}
    for dist in distributions(path=[str(folder) for folder in folders]):
        every.setdefault(normalise(dist.name or ""), dist)
    return every


def _needs(every: dict[str, Distribution], scope: Scope) -> dict[str, set[str]]:
    """Return what each distribution requires here, extras that are asked for included."""
    lines = {name: list(_parsed(dist)) for name, dist in every.items()}
    extras: dict[str, set[str]] = {name: {""} for name in every}
    needs: dict[str, set[str]] = {name: set() for name in every}
    changed = True
    while changed:
        changed = False
        for name, requirements in lines.items():
            for found in _applying(requirements, extras[name], scope):
                target = normalise(found.name)
                needs[name].add(target)
                asked = extras.setdefault(target, {""})
                if not found.extras <= asked:
                    asked.update(found.extras)
                    changed = True
    return needs


def _parsed(dist: Distribution) -> Iterator[Parsed]:
    for text in dist.requires or ():
        try:
            yield Parsed(text)
        except InvalidRequirement:
            # Old metadata; it can only make one more distribution look top-level.
            continue


def _applying(requirements: list[Parsed], extras: set[str], scope: Scope) -> Iterator[Parsed]:
    for found in requirements:
        if found.marker is None or any(
            found.marker.evaluate({**scope.environment, "extra": extra}) for extra in extras
        ):
            yield found


def _top_level(names: list[str], needs: dict[str, set[str]]) -> list[str]:
    """Return the names that no other requires, and one of each ring that none enters."""
    wanted = {target for name in names for target in needs.get(name, ()) if target != name}
    tops = [name for name in names if name not in wanted and name not in _TOOLS]
    reached: set[str] = set()
    waiting = list(tops)
    rest = [name for name in names if name not in _TOOLS]
    while True:
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += needs.get(name, ())
        left = next((name for name in rest if name not in reached), None)
        if left is None:
            return sorted(tops)
        tops.append(left)
        waiting.append(left)
