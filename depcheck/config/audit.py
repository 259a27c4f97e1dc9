"""What ``isolate --audit`` is asked to do: the configuration and the command line together."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from depcheck.config.check import configuration, configured
from depcheck.config.command_line import repository, severity
from depcheck.config.values import FailOn
from depcheck.errors import UsageError
from depcheck.model.review import Suppression
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import did_you_mean, printable

_KINDS = ("container", "project")
_HINT = "name a compose file, container:NAME or project:NAME"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """One audit. Compose files in ``targets`` are relative to ``root``.

    ``components`` are those of the configuration, if there is one: they tell which
    services are AI components. ``today`` decides which suppressions have expired.
    """

    root: Path
    targets: tuple[str, ...]
    components: tuple[ComponentSettings, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    today: datetime.date | None = None
    fail_on: FailOn = "warning"


def load_audit_settings(
    *,
    start: Path,
    config: Path | None,
    targets: Sequence[str],
    fail_on: str | None,
    today: datetime.date | None = None,
) -> AuditSettings:
    """Return what an audit is asked to do; files in ``targets`` are relative to ``start``.

    ``today`` (default: the local date) is as for a check. Raises ConfigurationError and
    UsageError, as load_settings does.
    """
    start = Path(os.path.abspath(start))
    severity(fail_on)
    file = configuration(start, config)
    settings = configured(file, file.top()) if file else None
    if file:
        file.sound()
    root = settings.root if settings else repository(start)
    return AuditSettings(
        root=root,
        targets=tuple(_target(text, start, root) for text in targets),
        components=settings.components if settings else (),
        suppressions=settings.suppressions if settings else (),
        today=today or datetime.date.today(),
        fail_on=cast(FailOn, fail_on or (settings.fail_on if settings else "warning")),
    )


def _target(text: str, start: Path, root: Path) -> str:
    kind, colon, name = text.partition(":")
    if colon and kind in _KINDS:
        if not name.strip():
            raise UsageError(f'--audit "{printable(text)}" says nothing after the colon')
        return text
    if not text.strip() or (colon and not os.path.lexists(start / text)):
        near = did_you_mean(kind, _KINDS).replace('"?', f':{printable(name)}"?')
        raise UsageError(f'--audit "{printable(text)}" names nothing to read', hint=near or _HINT)
    return Path(os.path.relpath(start / text, root)).as_posix()
