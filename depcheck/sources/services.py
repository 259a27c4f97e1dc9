"""The services of a named environment: those listed, and those that files name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from depcheck.model.parity import EnvironmentSettings, Service
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable
from depcheck.sources.files import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What an environment consists of; ``undetermined`` is what could not be read."""

    services: tuple[Service, ...]
    undetermined: tuple[Undetermined, ...] = ()


def read_services(settings: EnvironmentSettings, *, root: Path) -> Services:
    """Return the services that ``settings`` list, then those of its files.

    ``root`` is the project root: no file outside of it is read. What is listed counts
    before what a file says of the same name. Raises SourceError (``path:line:``).
    """
    scope = Scope(component=settings.name, root=root, environment={})
    by = str(settings.origin or "")
    found: list[Service] = []
    unread: list[Undetermined] = []
    if settings.compose:
        from depcheck.sources.compose import read_compose

        services, rest = read_compose(scope, settings.compose, kind=settings.via, by=by)
        found += services
        unread += rest
    if settings.kubernetes:
        from depcheck.sources.kubernetes import read_kubernetes

        services, rest = read_kubernetes(scope, settings.kubernetes, kind=settings.via, by=by)
        found += services
        unread += rest
    listed = {service.name for service in settings.services}
    others, twins = _single(service for service in found if service.name not in listed)
    told = (item for item in unread if not _is_listed(item, listed))
    return Services(services=(*settings.services, *others), undetermined=(*told, *twins))


def _single(services: Iterable[Service]) -> tuple[tuple[Service, ...], tuple[Undetermined, ...]]:
    """Return one service of each name, and a note for another image of the same name."""
    found: dict[str, Service] = {}
    twins = []
    for service in services:
        first = found.setdefault(service.name, service)
        if [str(named) for named in first.replicas] != [str(named) for named in service.replicas]:
            twins.append(
                Undetermined(
                    subject=f"the service {printable(service.name)}",
                    reason=f"{first.origin} names another image for it",
                    hint="list it in the configuration, with the image that runs",
                    origin=service.origin,
                )
            )
    return tuple(found.values()), tuple(twins)


def _is_listed(item: Undetermined, listed: set[str]) -> bool:
    """Tell whether what a file does not say of a service, the configuration does."""
    name = item.subject.removeprefix("the service ").removeprefix("the container ")
    return name != item.subject and name in listed
