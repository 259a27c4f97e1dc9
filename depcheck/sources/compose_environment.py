"""Variables of a service that look like secrets: names and lines, never the values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.requirement import Origin
from depcheck.model.secret_names import holds_secret
from depcheck.model.text import printable
from depcheck.sources.compose_files import as_table, is_null, origin_of
from depcheck.sources.compose_service import Fields
from depcheck.sources.files import Scope, open_source
from depcheck.sources.variables import variable_lines
from depcheck.sources.yaml_text import LARGEST, Node, Scalar, Table


@dataclass(slots=True, kw_only=True)
class EnvFiles:
    """Files that ``env_file`` names, each read once."""

    scope: Scope
    read: dict[Path, dict[str, Origin]] = field(default_factory=dict)

    def secrets(self, path: Path, by: str) -> dict[str, Origin]:
        """Return where a file sets what looks like a secret, by name. Raises SourceError."""
        if path not in self.read:
            file = open_source(self.scope, path, by=by, largest=LARGEST)
            self.read[path] = {
                printable(name): file.origin(line, f"{printable(name)}=***")
                for line, name, value, _ in variable_lines(file.text)
                if holds_secret(name, None if "$" in value else value)
            }
        return self.read[path]


def plain_secrets(fields: Fields, files: EnvFiles) -> tuple[str, ...]:
    """Return the names of variables that hold what looks like a secret, with their lines.

    A value that is filled in when the service starts (``${TOKEN}``, or ``TOKEN`` alone) is an
    environment variable of the container as well; an empty one is no secret.
    """
    lines = dict(_of_files(fields, files))
    for name, node in _written(fields).items():
        value = None if is_null(node) else node.text if isinstance(node, Scalar) else ""
        filled = value is None or "$" in value.replace("$$", "")
        fields.allowance.take(node, text=f"{name}{value}")
        shown = printable(name)
        if holds_secret(name, None if filled else value):
            lines[shown] = origin_of(fields.scope, node, f"{shown}: ***")
        else:
            lines.pop(shown, None)
    fields.lines.update({f"environment.{name}": origin for name, origin in lines.items()})
    return tuple(lines)


def _written(fields: Fields) -> dict[str, Node]:
    node = fields.node("environment")
    if node is None:
        return {}
    table = as_table(node)
    if table is None:
        raise SourceError(f"{node.place}: environment must be a list or a mapping")
    fields.note("environment", node, "environment:")
    fields.allowance.take(node, len(table.items))
    return dict(table.items)


def _of_files(fields: Fields, files: EnvFiles) -> Iterator[tuple[str, Origin]]:
    for item, text in fields.entries("env_file", "secrets"):
        name = fields.part(item, "path", "env_file", "secrets") if isinstance(item, Table) else text
        folder = fields.composed.folders[item.shown]
        try:
            found = files.secrets(folder / name, item.place)
        except SourceError as fault:
            if isinstance(item, Table) and fields.part(item, "required", "env_file") == "false":
                continue
            fields.unknown["secrets"] = f"env_file cannot be read: {fault.message}"
            continue
        fields.allowance.take(item, len(found))
        yield from found.items()
