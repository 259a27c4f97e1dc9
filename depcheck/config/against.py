"""What a ``check`` against a base is asked to do, and whose configuration says so.

A pull request must not loosen its own check: the configuration of the base counts, unless the
command line says otherwise.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from depcheck.config.altered import altered
from depcheck.config.check import combined, configured
from depcheck.config.command_line import CommandLine
from depcheck.config.file import ConfigurationFile, find_file, open_file
from depcheck.config.reading import Past, Proposed, Reading
from depcheck.errors import ConfigurationError
from depcheck.model.settings import Settings
from depcheck.model.text import in_one_line

_TRUST = "the base's configuration counts; --trust-head uses that of the working tree"


_GONE_ON = (
    "{named} has changed its configuration since this change left it: what counts is the newest."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Settings of a check against a base.

    ``settings`` are those of the run. ``base`` are those that the base's files are read by:
    other ones only where the head's configuration counts and the base has one of its own.
    ``own`` is True where ``base`` names what the base must have; where it is False, a component
    that the base does not have yet is new. ``configuration``, ``altered`` and ``notes`` are as
    a report's ``Base`` has them.
    """

    settings: Settings
    base: Settings
    own: bool
    configuration: Literal["base", "head", "none"]
    altered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def load_against(
    *,
    start: Path,
    config: Path | None,
    overrides: CommandLine,
    reading: Past,
    trust_head: bool = False,
) -> Chosen:
    """Return what a check against the base that ``reading`` reads is asked to do.

    Paths and messages are those of the working tree. Without ``trust_head`` the base's
    configuration counts, and where the base has gone on since the change left it, the newest:
    whoever proposes a change chooses where it leaves. Where it has none,
    components of the command line stand alone, and without these the head's configuration
    counts. One that lies outside of the repository is nobody's to change, and counts for both.
    Raises as load_settings does, for faults of the configuration that counts.
    """
    start = Path(os.path.abspath(start))
    if config is not None and not reading.holds(start / config):
        outside = configured_file(open_file(start / config, start).required())
        settings = combined(outside, start, overrides, command="check")
        return Chosen(settings=settings, base=settings, own=False, configuration="head")
    head, fault = _head(start, config, Proposed(reading))
    base, note = _base(start, config, reading if trust_head else reading.newest(), trust_head)
    if trust_head or (base is None and not overrides.components):
        return _by_head(start, overrides, reading, head, fault, base, note)
    settings = combined(base, start, overrides, command="check")
    left = _left(start, config, reading, base)
    return Chosen(
        settings=settings,
        base=settings,
        own=base is not None and left == base and not overrides.components,
        configuration="none" if base is None else "base",
        altered=_altered(left, head, fault),
        notes=() if left == base else (_GONE_ON.format(named=reading.named),),
    )


def _by_head(
    start: Path,
    overrides: CommandLine,
    reading: Reading,
    head: Settings | None,
    fault: ConfigurationError | None,
    base: Settings | None,
    note: str,
) -> Chosen:
    if fault is not None:
        raise fault
    settings = combined(head, start, overrides, command="check")
    if base is None or not base.components:
        notes = (note or f"{reading.named} has no configuration: that of the head counts.",)
        without = replace(settings, suppressions=())  # its entries are the change's own
        return Chosen(settings=settings, base=without, own=False, configuration="head", notes=notes)
    then = combined(base, start, overrides, command="check")
    return Chosen(
        settings=settings,
        base=replace(
            settings,
            root=then.root,
            components=then.components,
            suppressions=then.suppressions,
        ),
        own=not overrides.components,
        configuration="head",
        altered=_altered(base, head, None),
    )


def configured_file(file: ConfigurationFile) -> Settings:
    """Return what a configuration file says; raises ConfigurationError with all its faults."""
    settings = configured(file, file.top())
    file.sound()
    return settings


def _head(
    start: Path, config: Path | None, reading: Reading
) -> tuple[Settings | None, ConfigurationError | None]:
    """Return what the head's configuration says, or what is wrong with it."""
    try:
        if config is not None and not os.path.lexists(start / config):
            raise ConfigurationError(f"{config}: no such file", hint="check --config")
        return _recorded(start, config, reading), None
    except ConfigurationError as fault:
        return None, fault


def _base(
    start: Path, config: Path | None, reading: Reading, trust_head: bool
) -> tuple[Settings | None, str]:
    """Return what the base's configuration says, or a sentence where it cannot be used."""
    try:
        return _recorded(start, config, reading), ""
    except ConfigurationError as fault:
        if trust_head:
            why = in_one_line(fault.message)
            return None, f"The configuration of {reading.named} cannot be used: {why}."
        hint = f"{fault.hint}; {_TRUST}" if fault.hint else _TRUST
        raise ConfigurationError(fault.message, hint=hint) from None


def _left(
    start: Path, config: Path | None, reading: Past, base: Settings | None
) -> Settings | None:
    """Return the configuration that the change started from; ``base`` where it is of no use."""
    if reading.newest() is reading:
        return base
    try:
        return _recorded(start, config, reading)
    except ConfigurationError:
        return base


def _recorded(start: Path, config: Path | None, reading: Reading) -> Settings | None:
    if config is None:
        file = find_file(start, reading)
    elif reading.is_file(start / config):
        file = open_file(start / config, start, reading).required()
    else:
        file = None
    return configured_file(file) if file else None


def _altered(
    base: Settings | None, head: Settings | None, fault: ConfigurationError | None
) -> tuple[str, ...]:
    if fault is not None:
        what = "A configuration is added that" if base is None else "The configuration"
        return (f"{what} cannot be used: {in_one_line(fault.message)}.",)
    if base is None:
        return () if head is None else (f"A configuration is added: {_name(head)}.",)
    if head is None:
        return (f"The configuration ({_name(base)}) is taken away.",)
    return altered(base, head)


def _name(settings: Settings) -> str:
    return settings.config_path.name if settings.config_path else "none"
