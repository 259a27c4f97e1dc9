"""What ``parity`` does: settings in, a report out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.deliver import Wanted, canvas, deliver, observing, prefix
from depcheck.config import ParityCommandLine, load_parity_settings

if TYPE_CHECKING:
    from depcheck.model.parity import ParityReport, ParitySettings


def run_parity(given: ParityCommandLine, *, config: Path | None, wanted: Wanted) -> int:
    """Compare, write the report, and return the exit status."""
    from depcheck.report.status import parity_exit_status

    settings = load_parity_settings(start=Path.cwd(), config=config, overrides=given)
    report = _observed(settings, wanted.quiet)
    deliver(_rendered(report, settings, wanted), wanted)
    return parity_exit_status(report, settings.fail_on)


def _observed(settings: ParitySettings, quiet: bool) -> ParityReport:
    # Not before the settings are known to be right: an engine's client loads slowly.
    from depcheck.pipeline.compare import parity

    with observing(quiet) as observer:
        return parity(settings, environ=os.environ, observer=observer)


def _rendered(report: ParityReport, settings: ParitySettings, wanted: Wanted) -> str:
    if wanted.json:
        from depcheck.report.parity_json import render_parity as render_json

        return render_json(report, root=prefix(settings.root))
    from depcheck.report.parity_text import render_parity

    on = canvas(wanted)
    return render_parity(
        report,
        width=on.width,
        colour=on.colour,
        unicode=on.unicode,
        verbose=wanted.verbose,
        prefix=prefix(settings.root),
        fail_on=settings.fail_on,
    )
