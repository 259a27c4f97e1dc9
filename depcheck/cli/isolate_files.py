"""The files of a recommendation: made whole, or refused, and written."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.errors import OutputError, together
from depcheck.model.text import printable

if TYPE_CHECKING:
    from depcheck.deployment.plan import Plan
    from depcheck.model.isolation import IsolationReport, IsolationSettings
    from depcheck.model.requirement import Origin
    from depcheck.model.settings import Settings

_UNWRITTEN = "deploy"
"""Where files that are proven without being written would lie, below the project root."""


class Refused(OutputError):
    """The recommendation is not what was asked for, or not known to be whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Files by path below ``folder``, and the plan that they were made from."""

    plan: Plan
    folder: Path
    files: Mapping[str, str]


def check_folder(folder: Path, root: Path) -> None:
    """Raise OutputError for a folder that cannot be written to, before minutes are spent.

    So for one that lies below ``root`` by its name, and elsewhere by a link: whoever may change
    the project could commit that link, and have files overwritten that are not the project's.
    """
    _check_links(folder, root)
    place = folder
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise OutputError(f"{printable(str(folder))}: cannot be written: {place} is no folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise OutputError(f"{printable(str(folder))}: cannot be written: permission denied")


def _check_links(folder: Path, root: Path) -> None:
    named, real = Path(os.path.abspath(folder)), Path(os.path.realpath(folder))
    project = Path(os.path.realpath(root))
    inside = named.is_relative_to(os.path.abspath(root)) or named.is_relative_to(project)
    if inside and not real.is_relative_to(project):
        raise OutputError(
            f"{printable(str(folder))}: a link on the way leads out of the project, to "
            f"{printable(str(real))}",
            hint="remove the link, or name the folder that it leads to",
        )


def make(report: IsolationReport, settings: IsolationSettings) -> Made:
    """Return the files of a recommendation; raises Refused and other DepcheckErrors."""
    from depcheck.deployment.files import make_files
    from depcheck.deployment.planning import plan

    folder = settings.folder or settings.settings.root / _UNWRITTEN
    _check_granted(report)
    locks = _locks(report)
    planned = plan(report, settings, folder=folder)
    return Made(plan=planned, folder=folder, files=make_files(planned, locks))


def _check_granted(report: IsolationReport) -> None:
    from depcheck.report.status import isolation_unchecked

    for finding in report.findings:
        if finding.rule == "wish-impossible":
            raise Refused(finding.message)
    for entry in isolation_unchecked(report):
        if not entry.harmless:
            where = f"{entry.origin}: " if entry.origin else ""
            raise Refused(
                f"{where}{printable(entry.subject)} could not be checked, so that the lock of "
                f"{_container_of(report, entry.origin)} might lack something"
            )


def _container_of(report: IsolationReport, origin: Origin | None) -> str:
    """Return the container that a statement's component is in, as far as it is known."""
    for container in report.containers:
        if origin is not None and origin.component in container.components:
            return f"the container {container.name}"
    return "a container"


def _locks(report: IsolationReport) -> dict[str, str]:
    """Return each container's lock; raises OutputError with every one that cannot be made."""
    from depcheck.report.pylock import render_picked

    locks: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    for container in report.containers:
        try:
            locks[container.name] = render_picked(container.picked, container.target)
        except OutputError as fault:
            faults.append((f"the container {container.name}: {fault.message}", fault.hint))
    if faults:
        raise together(OutputError, faults)
    return locks


def check_code(settings: IsolationSettings) -> None:
    """Raise ConfigurationError for code that is not there, before anything is resolved."""
    from depcheck.deployment.images import readable_code

    readable_code(settings.settings.root.resolve(), settings.settings.components)


def write(
    report: IsolationReport, made: Made, settings: Settings, *, force: bool
) -> IsolationReport:
    """Write the files and return the report that names them; raises OutputError.

    It also tells what is not configured, and what a person has to do next. What the
    ``settings`` name to be read is never overwritten.
    """
    from depcheck.deployment.remarks import remarks
    from depcheck.deployment.writing import notes, write_files

    partition = [container.components for container in report.containers]
    done = write_files(
        made.folder,
        made.files,
        partition=partition,
        force=force,
        inputs=tuple(_inputs(settings)),
    )
    shown = _shown(made.folder, settings.root)
    return replace(
        report,
        written=tuple(f"{shown}/{path}" for path in done.written),
        next_steps=tuple(_steps(made.plan, made.folder)),
        notes=(*report.notes, *notes(done, shown), *remarks(made.plan)),
    )


def _inputs(settings: Settings) -> Iterator[Path]:
    """Give the files and folders that are read, or copied into an image."""
    if settings.config_path is not None:
        yield settings.config_path
    for component in settings.components:
        named = (component.source, component.lock, component.serving.code)
        yield from (settings.root / path for path in named if path is not None)


def stopped(report: IsolationReport) -> IsolationReport:
    """Return the report of a run that could not do all: what was written stays told."""
    again = "mend what the error says, and run the same command again"
    return replace(report, next_steps=(again, *report.next_steps))


def _steps(plan: Plan, folder: Path) -> Iterator[str]:
    """Give what is left to do until the stack runs, in order."""
    from depcheck.deployment.guardrails import RUN_AS
    from depcheck.deployment.networks import joined_networks
    from depcheck.deployment.secrets import FOLDER, secret_names

    here = _from_here(folder)
    if secrets := secret_names(plan):
        names = " and ".join(_below(here, f"{FOLDER}/{name}") for name in secrets)
        yield (
            f"make {names}, readable for user {RUN_AS}, with the secret as its content: without "
            f"{'it' if len(secrets) == 1 else 'them all'} nothing starts, the core neither"
        )
    if networks := joined_networks(plan):
        yield f"see that the networks exist that services join: {', '.join(networks)}"
    enter = "" if here == "." else f"cd {shlex.quote(here)} && "
    yield f"{enter}docker compose --project-name {plan.project} up --detach --build"


def _from_here(folder: Path) -> str:
    """Return a folder as a shell in the current one names it."""
    way = os.path.relpath(folder.resolve(), Path.cwd().resolve())
    return str(folder.resolve()) if way.startswith(os.path.join("..", "..")) else way


def _below(folder: str, path: str) -> str:
    return path if folder == "." else f"{folder}/{path}"


def _shown(folder: Path, root: Path) -> str:
    """Return a folder as reports name it: from the project root where it lies below."""
    below = folder.is_relative_to(root)
    return folder.relative_to(root).as_posix() if below else folder.as_posix()
