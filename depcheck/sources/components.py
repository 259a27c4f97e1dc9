"""What bills of materials list, whatever their format, as an inventory has it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from depcheck.model.inventory import Aspect, Fact, Installed, OsPackage, PythonEnvironment
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable
from depcheck.sources.purl import Purl, parse_purl
from depcheck.sources.requirement import MalformedError, check_name

_INFO = re.compile(r"/?(.*)/[^/]+\.(?:dist|egg)-info(?:/.*)?")
_SITE = re.compile(
    r"(?:(.*?)/)?lib(?:32|64)?/(?:python|pypy)(\d+(?:\.\d+)?)[td]{0,2}/(site|dist)-packages"
)
_KINDS: dict[str, Literal["deb", "apk", "rpm"]] = {"deb": "deb", "apk": "apk", "rpm": "rpm"}
_KEYS = "gpg-pubkey"
_INTERPRETERS = ("python", "cpython")
_FULL = re.compile(r"3\.\d+\.\d+\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One entry of a bill of materials.

    ``paths`` are files that tell where it lies. ``python`` says that it is a Python
    distribution, where ``purl`` is empty. ``where`` is its place in the document.
    """

    name: str
    version: str
    purl: str = ""
    python: bool = False
    paths: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The operating system, as os-release(5) has it."""

    id: str
    version: str = ""
    name: str = ""


@dataclass(slots=True)
class Listed:
    """Sorts components into what an inventory has."""

    distributions: dict[tuple[str, str, str], Installed] = field(default_factory=dict)
    packages: dict[tuple[str, ...], OsPackage] = field(default_factory=dict)
    undetermined: list[Undetermined] = field(default_factory=list)
    _pythons: set[str] = field(default_factory=set)
    _shorts: dict[str, str] = field(default_factory=dict)
    _distros: set[str] = field(default_factory=set)

    def add(self, component: Component) -> None:
        """Take in one component; what is neither Python nor of the system is left out."""
        if not component.purl:
            if component.python:
                self._distribution(component, None)
            return
        try:
            purl = parse_purl(component.purl)
        except ValueError as fault:
            self._unknown(component, f'"{printable(component.purl)}" is no package URL: {fault}')
            return
        if purl.type == "pypi":
            self._distribution(component, purl)
        elif purl.type in _KINDS:
            self._package(component, purl)
        elif purl.type == "generic" and purl.name.lower() in _INTERPRETERS:
            self._pythons.add(purl.version or component.version)

    def _distribution(self, component: Component, purl: Purl | None) -> None:
        version = (purl.version if purl else "") or component.version
        try:
            name = check_name(purl.name if purl else component.name)
        except MalformedError as fault:
            self._unknown(component, fault.message)
            return
        if not version:
            self._unknown(component, f"it lists {name} without a version")
            return
        source = printable(purl.qualifiers.get("vcs_url", ""), limit=500) if purl else ""
        folders = {found[1] for path in component.paths if (found := _INFO.fullmatch(path))}
        for folder in sorted(folders) or [""]:
            prefix = self._prefix(folder)
            item = Installed(
                name=name,
                version=printable(version),
                environment=prefix,
                folder=f"/{folder}" if folder else "",
                source=source,
                # A list that names no source does not say that there is none.
                read=bool(source),
            )
            self.distributions[name, item.version, item.folder] = item

    def _prefix(self, folder: str) -> str:
        """Return the prefix that a site folder belongs to, empty where no folder is told."""
        site = _SITE.fullmatch(folder)
        if site is None:
            return f"/{folder}" if folder else ""
        prefix = site[1] or ""
        if prefix == "usr/local" and site[3] == "dist":  # Debian: of the interpreter in /usr
            prefix = "usr"
        if "." in site[2]:
            self._shorts.setdefault(f"/{prefix}", site[2])
        return f"/{prefix}"

    def _package(self, component: Component, purl: Purl) -> None:
        version = purl.version or component.version
        kind = _KINDS[purl.type]
        if kind == "rpm" and purl.name == _KEYS:
            return
        if not version:
            self._unknown(component, f"it lists the package {printable(purl.name)} without version")
            return
        epoch = purl.qualifiers.get("epoch", "0")
        if epoch not in ("", "0") and not version.startswith(f"{epoch}:"):
            version = f"{epoch}:{version}"
        package = OsPackage(
            name=printable(purl.name),
            version=printable(version),
            architecture=printable(purl.qualifiers.get("arch", "")),
            kind=kind,
        )
        self.packages[kind, package.name, package.architecture, package.version] = package
        self._distros.add(purl.qualifiers.get("distro", ""))

    def _unknown(self, component: Component, reason: str) -> None:
        subject = printable(component.name or component.purl or component.where)
        self.undetermined.append(
            Undetermined(
                subject=f"{subject} ({component.where})" if component.where else subject,
                reason=reason,
                hint="make the bill of materials again with another tool or setting",
            )
        )

    def environments(self) -> tuple[PythonEnvironment, ...]:
        """Return where the distributions lie; the one that has most counts as the active one."""
        counts = Counter(item.environment for item in self.distributions.values())
        full = {version for version in self._pythons if _FULL.fullmatch(version)}
        python = full.pop() if len(full) == 1 else ""
        most = max(sorted(counts), key=counts.__getitem__, default="")
        return tuple(
            PythonEnvironment(
                prefix=prefix,
                kind="other",
                python=self._python(python, self._shorts.get(prefix, "")),
                active=prefix == most,
            )
            for prefix in sorted(counts)
        )

    def _python(self, full: str, short: str) -> str:
        return full if f"{full}.".startswith(f"{short}.") or not short else short

    def system(self, releases: Iterable[Release]) -> dict[str, Fact]:
        """Return the facts on the operating system, of ``releases`` or else of the packages."""
        release = next(iter(releases), None) or self._distro()
        if release is None:
            return {}
        told = {"os.id": release.id, "os.version": release.version, "os.name": release.name}
        return {key: Fact(value=printable(value)) for key, value in told.items() if value}

    def _distro(self) -> Release | None:
        """Return what all packages' own qualifiers say (``distro=debian-12``)."""
        if len(self._distros) != 1:
            return None
        name, dash, version = next(iter(self._distros)).partition("-")
        return Release(id=name, version=version) if dash and version[:1].isdigit() else None

    def covers(self) -> frozenset[Aspect]:
        """Return the aspects that the list can speak of, beside the system's release."""
        aspects: list[tuple[Aspect, object]] = [
            ("python", self.distributions),
            ("os", self.packages),
        ]
        return frozenset(aspect for aspect, held in aspects if held)


def text_of(value: object) -> str:
    """Return a text of a document, empty for anything else."""
    return value if isinstance(value, str) else ""
