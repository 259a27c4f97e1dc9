"""The error tree: a message, a hint and an exit status.

Only the root of the command line turns an error into an exit status.
"""

from __future__ import annotations

from collections.abc import Sequence

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_UNCHECKED = 3


class DepcheckError(Exception):
    """Something that stops the run, told to a person.

    ``message`` says what and where, ``hint`` how to mend it (may be empty).
    """

    exit_status = EXIT_USAGE

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(DepcheckError):
    """The command line makes no sense."""


class ConfigurationError(DepcheckError):
    """A configuration file cannot be used."""


class BaselineError(ConfigurationError):
    """A report that is named as the baseline cannot be used."""


class SourceError(DepcheckError):
    """A component's file cannot be read or holds what cannot be understood.

    The message begins with ``path:line:`` where a line is known.
    """


class OutputError(DepcheckError):
    """An output that was asked for cannot be made or written."""


class IndexFailure(DepcheckError):
    """The index client cannot start (bad address, unusable certificate)."""

    exit_status = EXIT_UNCHECKED


class ImageError(DepcheckError):
    """A side of a comparison cannot be read: an engine, a registry, an image, a layer."""

    exit_status = EXIT_UNCHECKED


class RevisionError(DepcheckError):
    """A revision of the repository cannot be read: git fails, or the clone lacks a part."""

    exit_status = EXIT_UNCHECKED


def together(kind: type[DepcheckError], faults: Sequence[tuple[str, str]]) -> DepcheckError:
    """Return one error for all ``(message, hint)`` of a file, a line for each fault."""
    if len(faults) == 1:
        return kind(faults[0][0], hint=faults[0][1])
    lines = (f"{message} ({hint})" if hint else message for message, hint in faults)
    return kind("\n".join(lines))
