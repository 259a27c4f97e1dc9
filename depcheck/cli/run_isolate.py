"""What ``isolate`` does: settings in, a recommendation out, and the files that build it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.deliver import Canvas, Telling, Wanted, conclude, leaving, observing, prefix
from depcheck.cli.guard import tell
from depcheck.cli.inputs import of_check, of_report
from depcheck.cli.isolate_arguments import Asked, build_arguments
from depcheck.cli.isolate_files import Made, Refused, check_code, check_folder, make, stopped, write
from depcheck.cli.outputs import check_inputs, check_places
from depcheck.config import IsolationCommandLine, load_isolation_settings
from depcheck.errors import DepcheckError

if TYPE_CHECKING:
    from depcheck.model.isolation import IsolationReport, IsolationSettings
    from depcheck.model.observer import Observer
    from depcheck.report.digest import Context, Digest


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
    check_places(wanted.outputs, of_check(settings.settings), made=_folder(settings, asked))
    settings = _with_previous(settings)
    with observing(wanted) as observer:
        report = _divided(settings, observer)
        check_inputs(wanted.outputs, of_report(report.components, settings.settings.root))
        report, fault = _carried_out(report, settings, asked, arguments, observer)
    found = isolation_exit_status(report, settings.settings.fail_on)
    status = _status(found, fault, wanted)
    conclude(_telling(report, settings, wanted, status), found, wanted)
    if fault is None:
        return status
    if not isinstance(fault, Refused):
        raise fault
    tell("error", f"nothing was {'written' if asked.write else 'proven'}: {fault.message}")
    return status


def _status(found: int, fault: DepcheckError | None, wanted: Wanted) -> int:
    """Return the exit status that the run leaves with; what stopped its work has its own."""
    if fault is None or isinstance(fault, Refused):
        return leaving(found, wanted, lacking=fault is not None)
    return fault.exit_status


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


def _folder(settings: IsolationSettings, asked: Asked) -> Path | None:
    """Return the folder that this run fills."""
    return settings.folder if asked.write else None


def _telling(
    report: IsolationReport, settings: IsolationSettings, wanted: Wanted, status: int
) -> Telling:
    root, fail_on = prefix(settings.settings.root), settings.settings.fail_on

    def text(on: Canvas) -> str:
        from depcheck.report.text.isolation import render_isolation

        return render_isolation(
            report,
            width=on.width,
            colour=on.colour,
            unicode=on.unicode,
            verbose=wanted.verbose,
            prefix=root,
            status=status,
            fail_on=fail_on,
            show_suppressed=wanted.show_suppressed,
        )

    def json() -> str:
        from depcheck.report.json.isolation import render_isolation_json

        return render_isolation_json(report, root=root, fail_on=fail_on)

    def digested(context: Context) -> Digest:
        from depcheck.report.digests.isolation import digest_isolation

        return digest_isolation(report, context, fail_on=fail_on)

    return Telling(
        root=settings.settings.root,
        status=status,
        text=text,
        json=json,
        digested=digested,
        config=settings.settings.config_path,
    )
