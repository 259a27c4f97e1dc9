"""The inventory of an installed environment (``env:PYTHON``), read without running it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from typing import Literal

from depcheck.model.inventory import Installed, Interpreter, Inventory, PythonEnvironment
from depcheck.model.parity import Named
from depcheck.model.record import direct_source
from depcheck.model.requirement import Undetermined, normalise
from depcheck.model.text import printable
from depcheck.sources.contents import RecordCheck, conda_files
from depcheck.sources.environment import listed, site_folders
from depcheck.sources.interpreter import find_interpreter
from depcheck.sources.program import interpreter_of

_INFO = re.compile(r"[^~].*\.(?:dist-info|egg-info)")
_OF_PACKAGES = re.compile(r".*/lib/python3/dist-packages")
_OWN_INSTALLERS = ("pip", "uv")


def read_installed(named: Named, *, root: Path) -> Inventory:
    """Return what is installed in the environment that ``named`` names.

    pip-api lists it; versions, sources, installers and the files against RECORD come
    from the metadata beside it. What a virtual environment shows of its base interpreter
    is an environment of its own. Raises SourceError where there is no environment.
    """
    by = str(named.origin or "")
    found = find_interpreter(root, f"env:{named.value}", by=by)
    place = f"{by}: {printable(str(named))}" if by else printable(str(named))
    program = interpreter_of(found)
    parts = [
        _Part(prefix=prefix, folders=folders, place=place, own=prefix == found.prefix)
        for prefix, folders in site_folders(found, place)
    ]
    for part in parts:
        part.read()
    version = (program.version if program else "") or found.version
    return Inventory(
        subject=str(named),
        covers=frozenset({"python"}),
        interpreters=(program,) if program else (),
        environments=tuple(part.environment(version, program) for part in parts),
        distributions=tuple(item for part in parts for item in part.found),
        undetermined=tuple(item for part in parts for item in part.undetermined),
    )


@dataclass(slots=True, kw_only=True)
class _Part:
    """The site folders of one prefix, and what was found in them."""

    prefix: Path
    folders: list[Path]
    place: str
    own: bool
    found: list[Installed] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return _shown(self.prefix)

    def environment(self, version: str, program: Interpreter | None) -> PythonEnvironment:
        """Return the environment; ``version`` is of the Python that all of them run on."""
        return PythonEnvironment(
            prefix=self.shown, kind=_kind(self.prefix), python=version, active=self.own
        )

    def read(self) -> None:
        check = RecordCheck(prefix=self.prefix, prefixed=conda_files(self.prefix))
        for folder in self.folders:
            names = {normalise(name): version for name, version in listed(folder, self.place)}
            described = set[str]()
            for info in _infos(folder):
                described |= self._described(check, info)
            self._rest(folder, {n: v for n, v in names.items() if n not in described})

    def _described(self, check: RecordCheck, info: Path) -> set[str]:
        """Note the distribution that the folder or file ``info`` describes; return its name."""
        distribution = PathDistribution(info)
        name, version = _named(distribution)
        if not name or not version:
            self._unread(info, "the metadata has no name or no version")
            return set()
        installer = _text(distribution, "INSTALLER").strip()
        try:
            checked = check.check(info, trusted=self._is_trusted(info, installer))
        except ValueError as fault:
            self._unread(info, str(fault))
            return {name}
        told = _text(distribution, "direct_url.json")
        self.found.append(
            Installed(
                name=name,
                version=version,
                environment=self.shown,
                folder=_shown(info.parent),
                source=direct_source(told) if told else "",
                installer=printable(installer),
                patched=checked.patched,
                missing=checked.missing,
                record=checked.digest,
            )
        )
        return {name}

    def _is_trusted(self, info: Path, installer: str) -> bool:
        """Tell whether RECORD still says what was installed.

        Builders of system packages strip libraries and move scripts after it was written.
        """
        if _OF_PACKAGES.fullmatch(info.parent.as_posix()):
            return False
        return self.shown != "/usr" or installer in _OWN_INSTALLERS

    def _rest(self, folder: Path, names: dict[str, str]) -> None:
        """Note what pip lists and no metadata in the folder describes (an egg-link)."""
        self.found += [
            Installed(
                name=name,
                version=printable(version),
                environment=self.shown,
                folder=_shown(folder),
                read=False,
            )
            for name, version in sorted(names.items())
        ]

    def _unread(self, info: Path, reason: str) -> None:
        self.undetermined.append(
            Undetermined(subject=printable(_shown(info), limit=500), reason=reason)
        )


def _infos(folder: Path) -> Iterator[Path]:
    """Yield the metadata in a site folder, without what pip has left behind half-removed."""
    for name in sorted(os.listdir(folder)):
        if _INFO.fullmatch(name):
            yield folder / name


def _named(distribution: Distribution) -> tuple[str, str]:
    """Return normalised name and version, empty where the metadata cannot be read."""
    try:
        metadata = distribution.metadata
        return normalise(printable(metadata["Name"] or "")), printable(metadata["Version"] or "")
    except (OSError, UnicodeError, TypeError, AttributeError, KeyError):
        return "", ""


def _text(distribution: Distribution, name: str) -> str:
    try:
        return distribution.read_text(name) or ""
    except (OSError, UnicodeError):
        return ""


def _kind(prefix: Path) -> Literal["virtual", "conda", "system"]:
    if (prefix / "pyvenv.cfg").is_file():
        return "virtual"
    return "conda" if (prefix / "conda-meta").is_dir() else "system"


def _shown(path: Path) -> str:
    return printable(Path(os.path.abspath(path)).as_posix(), limit=4096)
