"""What a ``check`` is asked to do, with or without something to compare with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.options import Change
from depcheck.config import CommandLine, load_settings
from depcheck.errors import UsageError
from depcheck.model.observer import Observer
from depcheck.model.settings import Settings

if TYPE_CHECKING:
    from depcheck.model.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Settings, and the check to be made by them. ``inputs`` are files that it reads besides."""

    settings: Settings
    check: Callable[[Observer], Report]
    inputs: tuple[Path, ...] = ()


@contextmanager
def asked(given: CommandLine, *, config: Path | None, change: Change) -> Iterator[Asked]:
    """Give what is asked for; the check must be made while the block runs.

    Raises UsageError and ConfigurationError.
    """
    if change.base is not None:
        if change.baseline is not None:
            raise UsageError("--base and --baseline exclude each other", hint="take one out")
        with _against_revision(given, config, change.base, change.trust_head) as found:
            yield found
        return
    if change.trust_head:
        raise UsageError("--trust-head says nothing without --base")
    settings = load_settings(start=Path.cwd(), config=config, overrides=given)
    yield _against_report(settings, change.baseline) if change.baseline else _plain(settings)


# The pipeline is not imported before the settings are known to be right: it is half of the
# time of a start.


def _plain(settings: Settings) -> Asked:
    def check(observer: Observer) -> Report:
        from depcheck.pipeline.combine import check

        return check(settings, environ=os.environ, observer=observer)

    return Asked(settings=settings, check=check)


def _against_report(settings: Settings, baseline: Path) -> Asked:
    def check(observer: Observer) -> Report:
        from depcheck.pipeline.review import review_earlier

        return review_earlier(settings, baseline, environ=os.environ, observer=observer)

    return Asked(settings=settings, check=check, inputs=(baseline,))


@contextmanager
def _against_revision(
    given: CommandLine, config: Path | None, base: str, trust_head: bool
) -> Iterator[Asked]:
    from depcheck.config.against import load_against
    from depcheck.revisions.repository import find_repository, open_revision

    here = Path.cwd()
    with open_revision(find_repository(here, os.environ), base) as revision:
        chosen = load_against(
            start=here,
            config=config,
            overrides=given,
            reading=revision.tree,
            trust_head=trust_head,
        )

        def check(observer: Observer) -> Report:
            from depcheck.pipeline.review import Against, review

            against = Against(
                revision=revision,
                settings=chosen.base,
                own=chosen.own,
                configuration=chosen.configuration,
                altered=chosen.altered,
                notes=chosen.notes,
            )
            return review(chosen.settings, against, environ=os.environ, observer=observer)

        yield Asked(settings=chosen.settings, check=check)
