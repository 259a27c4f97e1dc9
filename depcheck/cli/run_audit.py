"""What ``isolate --audit`` does: services read, the guard-rails that they lack told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.deliver import Wanted, canvas, deliver, observing, prefix
from depcheck.config import AuditSettings, load_audit_settings

if TYPE_CHECKING:
    from depcheck.model.isolation import AuditReport


def run_audit(
    targets: Sequence[str],
    services: Sequence[str],
    *,
    config: Path | None,
    fail_on: str | None,
    wanted: Wanted,
) -> int:
    """Audit, write the report, and return the exit status."""
    from depcheck.report.status import audit_exit_status

    settings = load_audit_settings(
        start=Path.cwd(), config=config, targets=targets, fail_on=fail_on
    )
    report = _observed(settings, services, wanted.quiet)
    deliver(_rendered(report, settings, wanted), wanted)
    return audit_exit_status(report, settings.fail_on)


def _observed(settings: AuditSettings, services: Sequence[str], quiet: bool) -> AuditReport:
    # Not before the settings are known to be right: an engine's client loads slowly.
    from depcheck.pipeline.auditing import audit

    with observing(quiet) as observer:
        return audit(
            settings.targets,
            root=settings.root,
            components=settings.components,
            services=services,
            environ=os.environ,
            observer=observer,
        )


def _rendered(report: AuditReport, settings: AuditSettings, wanted: Wanted) -> str:
    root = prefix(settings.root)
    if wanted.json:
        from depcheck.report.audit_json import render_audit_json

        return render_audit_json(report, root=root)
    from depcheck.report.audit_text import render_audit

    on = canvas(wanted)
    return render_audit(
        report,
        width=on.width,
        colour=on.colour,
        unicode=on.unicode,
        verbose=wanted.verbose,
        prefix=root,
    )
