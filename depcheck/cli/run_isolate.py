"""What ``isolate`` does: settings in, a recommendation out, and the files that build it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.deliver import Wanted, canvas, deliver, observing, prefix
from depcheck.cli.guard import tell
from depcheck.cli.isolate_arguments import Asked, build_arguments
from depcheck.cli.isolate_files import Made, Refused, check_code, check_folder, make, stopped, write
from depcheck.config import IsolationCommandLine, load_isolation_settings
from depcheck.errors import EXIT_FINDINGS, DepcheckError

if TYPE_CHECKING:
    from depcheck.model.isolation import IsolationReport, IsolationSettings
    from depcheck.model.observer import Observer


def run_isolate(
    given: IsolationCommandLine, asked: Asked, *, config: Path | None, wanted: Wanted
) -> int:
    """Divide, write and prove what is wanted, and return the exit status.

    The report is told also where nothing can be written: the error follows it.
    """
    from depcheck.report.status import isolation_exit_status

    arguments = build_arguments(asked.build_args, os.environ)
    settings = load_isolation_settings(start=Path.cwd(), config=config, overrides=given)
    if asked.write and settings.folder is not None:
        check_folder(settings.folder, settings.settings.root)
    check_code(settings)
    settings = _with_previous(settings)
    with observing(wanted.quiet) as observer:
        report = _divided(settings, observer)
        report, fault = _carried_out(report, settings, asked, arguments, observer)
    deliver(_rendered(report, settings, wanted), wanted)
    status = isolation_exit_status(report, settings.settings.fail_on)
    if fault is None:
        return status
    if not isinstance(fault, Refused):
        raise fault
    tell("error", f"nothing was {'written' if asked.write else 'proven'}: {fault.message}")
    return status or EXIT_FINDINGS


def _with_previous(settings: IsolationSettings) -> IsolationSettings:
    """Return the settings with the partition that was written last to their folder."""
    from depcheck.deployment.previous import previous_partition

    if settings.folder is None:
        return settings
    return replace(settings, previous=previous_partition(settings.folder))


def _divided(settings: IsolationSettings, observer: Observer) -> IsolationReport:
    # Not before the settings are known to be right: it is half of the time of a start.
    from depcheck.pipeline.divide import isolate

    return isolate(settings, environ=os.environ, observer=observer)


def _carried_out(
    report: IsolationReport,
    settings: IsolationSettings,
    asked: Asked,
    arguments: Mapping[str, str],
    observer: Observer,
) -> tuple[IsolationReport, DepcheckError | None]:
    """Return the report with what was written and proven, and what stopped that."""
    try:
        made = make(report, settings) if asked.write or asked.verify else None
        if made and asked.write:
            report = write(report, made, settings.settings, force=asked.force)
        if made and asked.verify:
            report = _proven(report, settings, made, asked, arguments, observer)
    except DepcheckError as fault:
        return stopped(report), fault
    return report, None


def _proven(
    report: IsolationReport,
    settings: IsolationSettings,
    made: Made,
    asked: Asked,
    arguments: Mapping[str, str],
    observer: Observer,
) -> IsolationReport:
    from depcheck.pipeline.prove import failures, prove

    verified = prove(
        report,
        settings,
        made.files,
        plan=made.plan,
        environ=os.environ,
        observer=observer,
        network=asked.network,
        build_args=arguments,
    )
    findings = (*report.findings, *failures(verified))
    return replace(report, verified=verified, findings=findings)


def _rendered(report: IsolationReport, settings: IsolationSettings, wanted: Wanted) -> str:
    root = prefix(settings.settings.root)
    if wanted.json:
        from depcheck.report.isolation_json import render_isolation_json

        return render_isolation_json(report, root=root)
    from depcheck.report.isolation_text import render_isolation

    on = canvas(wanted)
    return render_isolation(
        report,
        width=on.width,
        colour=on.colour,
        unicode=on.unicode,
        verbose=wanted.verbose,
        prefix=root,
        fail_on=settings.settings.fail_on,
    )
