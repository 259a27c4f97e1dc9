"""What ``parity`` does: settings in, a report out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.deliver import Canvas, Telling, Wanted, conclude, leaving, observing, prefix
from depcheck.cli.inputs import of_parity
from depcheck.cli.outputs import check_places
from depcheck.config import ParityCommandLine, load_parity_settings
from depcheck.model.parity import EnvironmentSettings

if TYPE_CHECKING:
    from depcheck.model.parity import ParityReport, ParitySettings
    from depcheck.model.requirement import Origin
    from depcheck.report.digest import Context, Digest


def run_parity(given: ParityCommandLine, *, config: Path | None, wanted: Wanted) -> int:
    """Compare, write the report, and return the exit status."""
    from depcheck.report.status import parity_exit_status

    settings = load_parity_settings(start=Path.cwd(), config=config, overrides=given)
    check_places(wanted.outputs, of_parity(settings))
    report = _observed(settings, wanted)
    found = parity_exit_status(report, settings.fail_on)
    return conclude(_telling(report, settings, wanted, leaving(found, wanted)), found, wanted)


def _observed(settings: ParitySettings, wanted: Wanted) -> ParityReport:
    # Not before the settings are known to be right: an engine's client loads slowly.
    from depcheck.pipeline.compare import parity

    with observing(wanted) as observer:
        return parity(settings, environ=os.environ, observer=observer)


def _telling(
    report: ParityReport, settings: ParitySettings, wanted: Wanted, status: int
) -> Telling:
    root = prefix(settings.root)

    def text(on: Canvas) -> str:
        from depcheck.report.text.parity import render_parity

        return render_parity(
            report,
            width=on.width,
            colour=on.colour,
            unicode=on.unicode,
            verbose=wanted.verbose,
            prefix=root,
            status=status,
            fail_on=settings.fail_on,
        )

    def json() -> str:
        from depcheck.report.json.parity import render_parity

        return render_parity(report, root=root, fail_on=settings.fail_on)

    def digested(context: Context) -> Digest:
        from depcheck.report.digests.parity import digest_parity

        return digest_parity(report, context, fail_on=settings.fail_on, named=_named(settings))

    return Telling(
        root=settings.root,
        status=status,
        text=text,
        json=json,
        digested=digested,
        config=settings.config_path,
    )


def _named(settings: ParitySettings) -> dict[str, tuple[Origin, ...]]:
    """Return where the configuration names each service, of what runs first.

    The environments themselves stand under an empty name.
    """
    found: dict[str, tuple[Origin, ...]] = {}
    for side in (settings.right, settings.left):
        named = [("", side.origin)]
        if isinstance(side, EnvironmentSettings):
            named += [(service.name, service.origin) for service in side.services]
        for name, origin in named:
            found[name] = (*found.get(name, ()), *([origin] if origin else []))
    return found
