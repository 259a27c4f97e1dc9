"""From the recommendation to what is to be written: images, services, what stands around."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from depcheck.deployment.images import image_plan, readable_code
from depcheck.deployment.names import service_name
from depcheck.deployment.plan import ImagePlan, Plan
from depcheck.deployment.services import service_plans
from depcheck.errors import ConfigurationError, OutputError
from depcheck.model.isolation import IsolationReport, IsolationSettings
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import printable

_NO_NAME = "stack"


def plan(report: IsolationReport, settings: IsolationSettings, *, folder: Path) -> Plan:
    """Return what is written to ``folder`` for the recommendation of ``report``.

    One image per container; per image one service for each component that has a ``command``,
    or a single one where at most one has. ``settings`` are those of the run that made
    ``report``. Raises ConfigurationError for a string that cannot be carried as data, for two
    bases in one container and for a code folder that is not there, OutputError where
    there is nothing to write, a target is no Linux, or code lies where a build in ``folder``
    does not reach.
    """
    if not report.containers:
        raise OutputError("there is nothing to write: no component resolves")
    members = {component.name: component for component in settings.settings.components}
    images = tuple(
        image_plan(container, [members[name] for name in container.components], settings)
        for container in report.containers
    )
    root = settings.settings.root.resolve()
    readable_code(root, members.values())
    context, here = _way(root, folder, images, members.values())
    return Plan(
        project=_project(root),
        images=images,
        services=service_plans(images, members, report.budget),
        gateway=settings.gateway,
        database=settings.database,
        budget=report.budget,
        context=context,
        here=here,
    )


def _project(root: Path) -> str:
    try:
        return service_name(root.name)
    except ConfigurationError:
        return _NO_NAME  # Any name does: compose only tells stacks apart by it.


def _way(
    root: Path,
    folder: Path,
    images: Sequence[ImagePlan],
    components: Iterable[ComponentSettings],
) -> tuple[str, str]:
    """Return the ways from ``folder`` to the project root and back, as ``Plan`` has them.

    Both are empty where no image copies code: then the folder itself is all that a
    build sees.
    """
    if not any(image.code for image in images):
        return "", ""
    here = folder.resolve()
    if not here.is_relative_to(root):
        first = next(component for component in components if component.serving.code)
        raise OutputError(
            f"{printable(str(folder))}: lies outside of the project, so that no build there "
            f'reaches the code of "{printable(first.name)}"',
            hint=f"write to a folder below {printable(str(root))}",
        )
    below = here.relative_to(root).parts
    return "/".join([".."] * len(below)) or ".", "/".join(below)
