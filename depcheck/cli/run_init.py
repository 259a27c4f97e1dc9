"""What ``init`` does: a repository in, a configuration out."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path

from depcheck.cli import terminal
from depcheck.cli.formats import Colour
from depcheck.cli.guard import tell
from depcheck.cli.output import write_file, write_stdout
from depcheck.config.file import find_file, open_file
from depcheck.discovery.drafting import draft
from depcheck.discovery.values import Discovery
from depcheck.errors import ConfigurationError, OutputError, UsageError
from depcheck.model.text import printable

_NAME = "depcheck.toml"


def run_init(
    folder: Path, *, output: Path | None, force: bool, stdout: bool, colour: Colour
) -> int:
    """Find components below ``folder`` and write the configuration, or print it.

    Raises UsageError where there is no component, OutputError where a configuration stands in
    the way.
    """
    if not folder.is_dir():
        raise UsageError(
            f"{printable(str(folder))} is no folder", hint="name the folder of the repository"
        )
    target = output or folder / _NAME
    root = _root(folder, target)
    if not stdout:
        _check(folder, target, force)
    discovery = _found(folder, root)
    text = draft(discovery)
    if stdout:
        write_stdout(text)
        _tell_how()
        return 0
    write_file(target, text)
    _tell_above(folder)
    _report(discovery, folder, target, colour)
    return 0


def _root(folder: Path, target: Path) -> Path:
    """Return the folder that paths of the configuration are relative to."""
    root = Path(os.path.abspath(target)).parent
    if not Path(os.path.abspath(folder)).is_relative_to(root):
        raise UsageError(
            f"--output {printable(str(target))} lies beside what it would describe",
            hint=f"a configuration reads files below its own folder only: write it to "
            f"{printable(str(folder / _NAME))}",
        )
    return root


def _check(folder: Path, target: Path, force: bool) -> None:
    """Raise OutputError where writing would hide or replace what is there."""
    shown = printable(str(target))
    if target.name == "pyproject.toml":
        raise UsageError(
            "--output pyproject.toml: a file that others write too is not written to",
            hint="print the configuration with --stdout, and put it below [tool.depcheck]",
        )
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise OutputError(f"{shown}: it is a link or no file, and is not written to")
    if force:
        return
    if target.exists():
        hint = "--force writes it anew, --stdout prints what would be written"
        raise OutputError(f"{shown} is there already", hint=hint)
    if (project := folder / "pyproject.toml").is_file() and _configures(project):
        raise OutputError(
            f"{printable(str(project))} has a [tool.depcheck] already",
            hint="--stdout prints what would be written; with --force depcheck.toml is written, "
            "and counts instead of it",
        )


def _configures(project: Path) -> bool:
    try:
        return open_file(project, Path.cwd()).table is not None
    except ConfigurationError:
        return False


def _found(folder: Path, root: Path) -> Discovery:
    from depcheck.pipeline.initialise import discover

    discovery = discover(folder)
    if not discovery.proposals:
        seen = discovery.mentions[:1]
        raise UsageError(
            f"no component was found in {printable(str(folder.resolve()))}",
            hint=f"{seen[0].path}: {seen[0].why}"
            if seen
            else "a component is a requirements file, a pyproject.toml or a lock; check what "
            "is installed with depcheck check --core env:.venv/bin/python",
        )
    return discovery if _same(folder, root) else _below(discovery, folder, root)


def _same(folder: Path, root: Path) -> bool:
    return Path(os.path.abspath(folder)) == root


def _below(discovery: Discovery, folder: Path, root: Path) -> Discovery:
    """Return a discovery with its paths relative to ``root``, a folder above."""
    way = Path(os.path.relpath(os.path.abspath(folder), root)).as_posix()
    proposals = (
        replace(
            each,
            candidate=replace(
                each.candidate,
                source=f"{way}/{each.candidate.source}",
                lock=each.candidate.lock and f"{way}/{each.candidate.lock}",
            ),
        )
        for each in discovery.proposals
    )
    mentions = (replace(each, path=f"{way}/{each.path}") for each in discovery.mentions)
    return replace(
        discovery,
        proposals=tuple(proposals),
        mentions=tuple(mentions),
        composes=tuple(f"{way}/{path}" for path in discovery.composes),
    )


def _tell_how() -> None:
    tell("note", "nothing was written: put this into depcheck.toml, or below [tool.depcheck]")


def _tell_above(folder: Path) -> None:
    """Say that a configuration further up does not count here any more."""
    here = Path(os.path.abspath(folder))
    try:
        above = None if (here / ".git").exists() else find_file(here.parent)
    except ConfigurationError:
        return
    if above is not None:
        tell("note", f"{above.path} stands above, and no longer counts in {here}")


def _report(discovery: Discovery, folder: Path, target: Path, colour: Colour) -> None:
    from depcheck.cli.init_text import render_init

    write_stdout(
        render_init(
            discovery,
            written=_shown(target),
            command=(command := _command(target)),
            audited=_audit(discovery, command, target),
            width=terminal.width(sys.stdout, os.environ),
            colour=terminal.colour(sys.stdout, os.environ, colour),
            unicode=terminal.unicode(sys.stdout),
        )
    )


def _command(target: Path) -> str:
    """Return the check that reads ``target`` from here."""
    try:
        found = find_file(Path.cwd())
    except ConfigurationError:
        found = None
    if found is not None and found.path.resolve() == target.resolve():
        return "depcheck check"
    return f"depcheck check --config {shlex.quote(_shown(target))}"


def _audit(discovery: Discovery, command: str, target: Path) -> str:
    """Return the audit of the first compose file, empty where there is nothing to judge."""
    if not discovery.composes or all(each.role != "ai" for each in discovery.proposals):
        return ""
    compose = shlex.quote(_shown(target.parent / discovery.composes[0]))
    return command.replace(" check", f" isolate --audit {compose}")


def _shown(target: Path) -> str:
    """Return a path as it is shortest from here."""
    shorter = os.path.relpath(target)
    return str(target) if shorter.startswith("..") else shorter
