"""A set of distributions as a lock file that pip and uv install from (PEP 751)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from depcheck.errors import OutputError
from depcheck.model.catalog import Distribution
from depcheck.model.report import Picked, Report
from depcheck.model.requirement import normalise
from depcheck.model.target import Target
from depcheck.report.escape import plain
from depcheck.report.status import is_covered

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.pylock import Package, PackageSdist, PackageWheel
    from packaging.specifiers import SpecifierSet

_SDISTS = (".tar.gz", ".zip")
_ENVIRONMENT = ("implementation_name", "platform_machine", "sys_platform")


def render(report: Report) -> str:
    """Return ``pylock.toml`` of the combined set, for the target of ``report``.

    Raises OutputError where there is no combined set, where it may lack something that
    could not be checked, and as ``render_picked`` does.
    """
    if report.combined is None:
        raise OutputError("no lock can be made: there is no combined set")
    if not is_covered(report):
        raise OutputError(
            "no lock can be made: something could not be checked, so that it might be incomplete"
        )
    return render_picked(report.combined, report.target)


def render_picked(picked: Sequence[Picked], target: Target) -> str:
    """Return ``pylock.toml`` (PEP 751) of ``picked`` for ``target``: each file with its hashes.

    Packages are sorted by name, files by name. ``picked`` has to be a whole resolution: this
    cannot tell what is lacking. Raises OutputError where a file cannot be locked (no hash,
    no file).
    """
    import tomli_w
    from packaging.pylock import Pylock, PylockValidationError
    from packaging.version import Version

    ordered = sorted(picked, key=lambda pick: (normalise(pick.name), pick.version))
    lock = Pylock(
        lock_version=Version("1.0"),
        environments=_environments(target),
        requires_python=_requires_python(target),
        created_by="depcheck",
        packages=[_package(pick) for pick in ordered],
    )
    try:
        lock.validate()
    except PylockValidationError as fault:
        raise OutputError(f"no lock can be made: {plain(str(fault))}") from None
    return tomli_w.dumps(lock.to_dict())


def _environments(target: Target) -> list[Marker]:
    from packaging.markers import Marker

    terms = [
        f"{name} == '{target.environment[name]}'"
        for name in _ENVIRONMENT
        if target.environment.get(name)
    ]
    return [Marker(" and ".join(terms))]


def _requires_python(target: Target) -> SpecifierSet:
    """Return ``>=3.11.7,<3.12``: markers were decided for this version.

    A later patch release is let in, an earlier one not: ``python_full_version``
    markers mostly bring back-ports to earlier ones.
    """
    from packaging.specifiers import SpecifierSet

    major, minor = map(int, target.python.split(".")[:2])
    return SpecifierSet(f">={target.python},<{major}.{minor + 1}")


def _package(pick: Picked) -> Package:
    from packaging.pylock import Package
    from packaging.utils import canonicalize_name
    from packaging.version import Version

    wheels, sdist = _wheels(pick.distributions), _sdist(pick.distributions)
    if not wheels and sdist is None:
        raise OutputError(
            f"no lock can be made: {plain(pick.name)} {plain(pick.version)} has no file to install"
        )
    return Package(
        name=canonicalize_name(pick.name),
        version=Version(pick.version),
        requires_python=_specifier(pick.requires_python),
        index=_address(pick.index) or None,
        sdist=sdist,
        wheels=wheels or None,
    )


def _specifier(text: str | None) -> SpecifierSet | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(text) if text else None
    except InvalidSpecifier:
        return None  # It was passed over when resolving, as pip does.


def _wheels(distributions: Iterable[Distribution]) -> list[PackageWheel]:
    from packaging.pylock import PackageWheel

    return [
        PackageWheel(
            name=file.filename,
            url=_address(file.url),
            size=file.size,
            upload_time=_moment(file),
            hashes=_hashes(file),
        )
        for file in sorted(distributions, key=lambda file: file.filename)
        if file.is_wheel
    ]


def _sdist(distributions: Iterable[Distribution]) -> PackageSdist | None:
    from packaging.pylock import PackageSdist

    for file in distributions:
        if file.filename.endswith(_SDISTS):
            return PackageSdist(
                name=file.filename,
                url=_address(file.url),
                size=file.size,
                upload_time=_moment(file),
                hashes=_hashes(file),
            )
    return None


def _hashes(file: Distribution) -> dict[str, str]:
    if not file.hashes:
        raise OutputError(
            f"no lock can be made: the index gives no hash for {plain(file.filename)}",
            hint="use an index that lists hashes",
        )
    return dict(sorted(file.hashes))


def _moment(file: Distribution) -> datetime | None:
    if file.upload_time is None:
        return None
    try:
        moment = datetime.fromisoformat(file.upload_time)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None  # It is no ISO 8601 time: not known.


def _address(url: str) -> str:
    """Return ``url`` without what may be secret: a lock file is committed."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
