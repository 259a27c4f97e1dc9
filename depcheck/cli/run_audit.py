"""What ``isolate --audit`` does: services read, the guard-rails that they lack told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.deliver import Canvas, Telling, Wanted, conclude, leaving, observing, prefix
from depcheck.cli.inputs import of_audit
from depcheck.cli.outputs import check_places
from depcheck.config import AuditSettings, load_audit_settings

if TYPE_CHECKING:
    from depcheck.model.isolation import AuditReport
    from depcheck.report.digest import Context, Digest


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
    check_places(wanted.outputs, of_audit(settings))
    report = _observed(settings, services, wanted)
    found = audit_exit_status(report, settings.fail_on)
    return conclude(_telling(report, settings, wanted, leaving(found, wanted)), found, wanted)


def _observed(settings: AuditSettings, services: Sequence[str], wanted: Wanted) -> AuditReport:
    # Not before the settings are known to be right: an engine's client loads slowly.
    from depcheck.pipeline.auditing import audit

    with observing(wanted) as observer:
        return audit(
            settings.targets,
            root=settings.root,
            components=settings.components,
            services=services,
            suppressions=settings.suppressions,
            today=settings.today,
            environ=os.environ,
            observer=observer,
        )


def _telling(report: AuditReport, settings: AuditSettings, wanted: Wanted, status: int) -> Telling:
    root = prefix(settings.root)

    def text(on: Canvas) -> str:
        from depcheck.report.text.audit import render_audit

        return render_audit(
            report,
            width=on.width,
            colour=on.colour,
            unicode=on.unicode,
            verbose=wanted.verbose,
            prefix=root,
            status=status,
            show_suppressed=wanted.show_suppressed,
        )

    def json() -> str:
        from depcheck.report.json.audit import render_audit_json

        return render_audit_json(report, root=root, fail_on=settings.fail_on)

    def digested(context: Context) -> Digest:
        from depcheck.report.digests.audit import digest_audit

        return digest_audit(report, context, fail_on=settings.fail_on)

    return Telling(root=settings.root, status=status, text=text, json=json, digested=digested)
