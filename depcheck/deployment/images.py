"""One image per container: its base and the code that is copied into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from depcheck.deployment.plan import ImagePlan
from depcheck.deployment.quoting import image_reference, path_below
from depcheck.errors import ConfigurationError, OutputError, together
from depcheck.model.isolation import Container, IsolationSettings
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import printable


def image_plan(
    container: Container, components: Sequence[ComponentSettings], settings: IsolationSettings
) -> ImagePlan:
    """Return the image of ``container``, whose components are ``components``.

    Raises ConfigurationError where two components want different bases, and where a base or
    folder cannot be written; OutputError where the container's target is no Linux.
    """
    if container.target.environment.get("sys_platform", "linux") != "linux":
        raise OutputError(
            f'container "{printable(container.name)}" was resolved for '
            f"{printable(container.target.platform)}, and its image runs Linux",
            hint="ask for --platform linux/amd64 or linux/arm64",
        )
    return ImagePlan(
        container=container,
        base=_base(container, components, settings.base),
        code=_code(components),
    )


def _base(container: Container, components: Sequence[ComponentSettings], default: str) -> str:
    named = [component for component in components if component.serving.base is not None]
    for component in named[1:]:
        if component.serving.base != named[0].serving.base:
            raise _two_bases(container, named[0], component)
    text = (named[0].serving.base if named else None) or default
    what = where(named[0], "base") if named else "base"
    minor = ".".join(container.target.python.split(".")[:2])
    return image_reference(text.replace("{python}", minor), what)


def _two_bases(
    container: Container, first: ComponentSettings, second: ComponentSettings
) -> ConfigurationError:
    return ConfigurationError(
        f'components "{printable(first.name)}" ({first.origin or "command line"}, base '
        f'{printable(str(first.serving.base))}) and "{printable(second.name)}" '
        f"({second.origin or 'command line'}, base {printable(str(second.serving.base))}) share "
        f'the container "{printable(container.name)}", which can have only one base',
        hint="give both the same base, or keep them apart",
    )


def _code(components: Iterable[ComponentSettings]) -> tuple[str, ...]:
    """Return the folders to copy, sorted, none of them below another."""
    folders = {
        path_below(component.serving.code, where(component, "code"))
        for component in components
        if component.serving.code is not None
    }
    return tuple(
        sorted(folder for folder in folders if not any(_below(folder, top) for top in folders))
    )


def _below(folder: str, top: str) -> bool:
    return folder != top and (top == "." or folder.startswith(f"{top}/"))


def readable_code(root: Path, components: Iterable[ComponentSettings]) -> None:
    """Raise ConfigurationError for each code folder that is not below ``root`` (resolved)."""
    faults: list[tuple[str, str]] = []
    for component in components:
        if component.serving.code is None:
            continue
        shown = f"{where(component, 'code')}: {printable(component.serving.code)}"
        path = root / component.serving.code
        if not path.exists():
            faults.append((f"{shown} is not there", "name a folder relative to the project root"))
        elif not path.resolve().is_relative_to(root):
            faults.append((f"{shown} leads out of the project", "name a folder in the project"))
    if faults:
        raise together(ConfigurationError, faults)


def where(component: ComponentSettings, key: str) -> str:
    """Return where a key of a component stands, for a message."""
    place = f"{component.origin}: " if component.origin else ""
    return f'{place}{key} of component "{component.name}"'
