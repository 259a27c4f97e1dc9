"""The configuration: ``depcheck.toml``, ``[tool.depcheck]`` and the command line together.

Whatever the command line names beats the configuration; components named on the
command line take the place of all configured ones.
"""

from __future__ import annotations

from depcheck.config.audit import AuditSettings, load_audit_settings
from depcheck.config.check import load_settings
from depcheck.config.command_line import CommandLine
from depcheck.config.isolation import IsolationCommandLine, load_isolation_settings
from depcheck.config.parity import ParityCommandLine, load_parity_settings

__all__ = [
    "AuditSettings",
    "CommandLine",
    "IsolationCommandLine",
    "ParityCommandLine",
    "load_audit_settings",
    "load_isolation_settings",
    "load_parity_settings",
    "load_settings",
]
