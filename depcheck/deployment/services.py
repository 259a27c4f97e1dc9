"""Which services run from an image, and what each of them may take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from depcheck.deployment.names import service_name
from depcheck.deployment.plan import ImagePlan, ServicePlan
from depcheck.errors import ConfigurationError
from depcheck.model.isolation import Container
from depcheck.model.settings import ComponentSettings, Serving
from depcheck.model.text import printable
from depcheck.model.walls import Budget

T = TypeVar("T")
N = TypeVar("N", int, float)


def service_plans(
    images: Iterable[ImagePlan], members: Mapping[str, ComponentSettings], budget: Budget | None
) -> tuple[ServicePlan, ...]:
    """Return the services of all images, the images' order kept.

    ``members`` maps a component's name to its settings. Raises ConfigurationError for
    two services with one name.
    """
    trusted = frozenset(
        component.trust
        for component in members.values()
        if component.role == "core" and component.trust is not None
    )
    services = [
        service
        for image in images
        for service in _of_image(image.container, members, budget, trusted)
    ]
    owners: dict[str, ServicePlan] = {}
    for service in services:
        first = owners.setdefault(service.name, service)
        if first is not service:
            raise _same_name(first, service)
    return tuple(services)


def _same_name(first: ServicePlan, second: ServicePlan) -> ConfigurationError:
    names = " and ".join(f'"{printable(", ".join(one.components))}"' for one in (first, second))
    return ConfigurationError(
        f'{names} would both be the service "{first.name}"', hint="rename one of them"
    )


def _of_image(
    container: Container,
    members: Mapping[str, ComponentSettings],
    budget: Budget | None,
    trusted: frozenset[str],
) -> list[ServicePlan]:
    components = [members[name] for name in container.components]
    starting = [component for component in components if component.serving.command]
    if len(starting) <= 1:
        return [_service(container.name, container, components, budget, trusted)]
    return [
        _service(service_name(component.name), container, [component], budget, trusted)
        for component in starting
    ]


def _service(
    name: str,
    container: Container,
    components: Sequence[ComponentSettings],
    budget: Budget | None,
    trusted: frozenset[str],
) -> ServicePlan:
    """Return the one process of ``components``: sizes add up, the longest time counts.

    ``trusted`` are the core's labels of trust.
    """
    servings = [component.serving for component in components]
    first = next((serving for serving in servings if serving.command), servings[0])
    role = container.role if len(components) > 1 else components[0].role
    wanted = [component.gpu for component in components if component.gpu is not None]
    return ServicePlan(
        name=name,
        image=container.name,
        components=tuple(component.name for component in components),
        role=role,
        guarded=role == "ai"
        or container.role != "core"
        or (role != "core" and _is_foreign(components, trusted)),
        command=first.command,
        port=_first(first, servings, lambda serving: serving.port),
        health=_first(first, servings, lambda serving: serving.health),
        replicas=first.replicas,
        memory=_sum(serving.memory for serving in servings),
        cpus=_sum(serving.cpus for serving in servings),
        pids=_sum(serving.pids for serving in servings),
        start_period=_longest(serving.start_period for serving in servings),
        stop_grace=_longest(serving.stop_grace for serving in servings),
        secrets=tuple(dict.fromkeys(name for serving in servings for name in serving.secrets)),
        pool=_pool(components, budget),
        networks=tuple(dict.fromkeys(name for serving in servings for name in serving.networks)),
        gpu=any(wanted) if wanted else container.gpu,
    )


def _is_foreign(components: Iterable[ComponentSettings], trusted: frozenset[str]) -> bool:
    """Tell whether code of another level of trust than the core's is among ``components``.

    Even in the core's image it is a process of its own, and needs neither the core's networks
    nor what these lead to. A missing label keeps nobody apart.
    """
    labels = {component.trust for component in components if component.trust is not None}
    return bool(trusted and labels - trusted)


def _first(
    first: Serving, servings: Iterable[Serving], value: Callable[[Serving], T | None]
) -> T | None:
    given = (value(serving) for serving in (first, *servings))
    return next((one for one in given if one is not None), None)


def _sum(values: Iterable[N | None]) -> N | None:
    given = [value for value in values if value is not None]
    return sum(given[1:], start=given[0]) if given else None


def _longest(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _pool(components: Iterable[ComponentSettings], budget: Budget | None) -> int | None:
    names = {component.name for component in components}
    shares = budget.shares if budget else ()
    return _sum(share.pool for share in shares if share.component in names)
