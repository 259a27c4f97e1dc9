"""The fields of one service of a compose file: found by path, with their lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from depcheck.errors import SourceError
from depcheck.model.requirement import Origin
from depcheck.model.text import printable
from depcheck.sources.compose_files import Composed, as_list, found, origin_of
from depcheck.sources.compose_units import switch
from depcheck.sources.files import Scope
from depcheck.sources.variables import MalformedError, UnsetError, interpolate
from depcheck.sources.yaml_text import List, Node, Scalar, Table

Value = TypeVar("Value")

_MOST_ENTRIES = 200_000
_MOST_TEXT = 20_000_000
_MOST_VARIABLES = 50


@dataclass(slots=True)
class Allowance:
    """What may still be read: aliases can make a short file name a long list often."""

    entries: int = _MOST_ENTRIES
    characters: int = _MOST_TEXT

    def take(self, node: Node, entries: int = 0, text: str = "") -> None:
        """Count what is read at a node. Raises SourceError where it gets too much."""
        self.entries -= entries
        self.characters -= len(text)
        if self.entries < 0 or self.characters < 0:
            raise SourceError(f"{node.place}: the fields of all services are too long together")


@dataclass(slots=True, kw_only=True)
class Fields:
    """A service's fields by their paths (``deploy.resources.limits.memory``).

    ``lines``, ``unknown`` and ``unknown_at`` are as in Guarded, and grow as fields are read.
    """

    scope: Scope
    composed: Composed
    name: str
    table: Table
    allowance: Allowance
    lines: dict[str, Origin] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    unknown_at: dict[str, Origin] = field(default_factory=dict)

    def node(self, path: str) -> Node | None:
        """Return what stands at a path, None for nothing; its line is noted."""
        node: Node = self.table
        keys = path.split(".")
        for depth, key in enumerate(keys):
            if not isinstance(node, Table):
                raise SourceError(f"{node.place}: {'.'.join(keys[:depth])} must be a mapping")
            below = found(node, key)
            if below is None:
                return None
            node = below
        shown = node.text if isinstance(node, Scalar) else ""
        self.allowance.take(node, text=shown)
        self.note(path, node, f"{keys[-1]}: {shown}".rstrip())
        return node

    def note(self, path: str, node: Node, text: str) -> None:
        """Note where a field stands; ``text`` is what is shown of it."""
        self.lines[path] = origin_of(self.scope, node, printable(text))

    def text(self, path: str, rail: str) -> str | None:
        """Return a text with its variables replaced; None for nothing or what is not known.

        ``rail`` is the guard-rail that cannot be told without it.
        """
        node = self.node(path)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            raise SourceError(f"{node.place}: {path} must be a single value")
        try:
            return self.filled(node)
        except UnsetError as fault:
            self.unset(rail, path, node, fault)
            return None

    def value(
        self, path: str, rail: str, parse: Callable[[str], Value | None], what: str
    ) -> Value | None:
        """Return a text as ``parse`` understands it; it must be ``what`` (``a size like 2g``)."""
        text = self.text(path, rail)
        if text is None:
            return None
        value = parse(text)
        if value is None:
            raise SourceError(f"{self.lines[path]}: {self.lines[path].text} is not {what}")
        return value

    def flag(self, path: str, rail: str) -> bool:
        return self.value(path, rail, switch, "true or false") is True

    def entries(self, path: str, rail: str = "") -> Iterator[tuple[Node, str]]:
        """Yield the entries of a list, each with its text; it is empty for a mapping.

        A variable without a value is ``…`` in the text, and noted for ``rail``.
        """
        node = self.node(path)
        if node is None:
            return
        if isinstance(node, Table):
            raise SourceError(f"{node.place}: {path} must be a list")
        items = as_list(node)
        self.allowance.take(node, len(items))
        if items and isinstance(node, List):
            self.note(path, items[0], self._shown(path, items))
        for item in items:
            if isinstance(item, List):
                raise SourceError(f"{item.place}: {path} holds a list in a list")
            yield item, self.loose(item, path, rail) if isinstance(item, Scalar) else ""

    def _shown(self, path: str, items: tuple[Node, ...]) -> str:
        texts = [item.text for item in items[:4] if isinstance(item, Scalar)]
        return f"{path}: {', '.join(texts)}{', …' if len(texts) < len(items) else ''}"

    def part(self, node: Table, key: str, path: str, rail: str = "") -> str:
        """Return a text of an entry's long form, empty for nothing."""
        value = found(node, key)
        if isinstance(value, Table | List):
            raise SourceError(f"{value.place}: {key} of {path} must be a single value")
        return self.loose(value, path, rail) if value is not None else ""

    def loose(self, node: Scalar, path: str, rail: str = "") -> str:
        """Return a text in which ``…`` stands for variables without a value."""
        values = self.composed.values
        for _ in range(_MOST_VARIABLES):
            try:
                return self.filled(node, values)
            except UnsetError as fault:
                values = {**values, fault.name: "…"}
                if rail:
                    self.unset(rail, path, node, fault)
        raise SourceError(f"{node.place}: too many variables in {path}")

    def filled(self, node: Scalar, values: Mapping[str, str] | None = None) -> str:
        """Return a text with its variables replaced. Raises UnsetError, SourceError."""
        self.allowance.take(node, text=node.text)
        if "$" not in node.text:
            return node.text
        try:
            return interpolate(node.text, self.composed.values if values is None else values)
        except MalformedError as fault:
            raise SourceError(f"{node.place}: {fault}") from None

    def unset(self, rail: str, path: str, node: Node, fault: UnsetError) -> None:
        """Note that a field, and so a guard-rail, rests on a variable without a value."""
        key = path.rpartition(".")[2]
        self.unsure(
            rail,
            f"{path} rests on the variable {fault.name}, which has no default and is not in "
            ".env; what a shell would set is not read",
            origin_of(self.scope, node, f"{key}: ${{{fault.name}}}"),
        )

    def unsure(self, rail: str, reason: str, origin: Origin) -> None:
        """Note why a guard-rail cannot be told; the first reason counts."""
        if rail not in self.unknown:
            self.unknown[rail], self.unknown_at[rail] = reason, origin

    def host_path(self, node: Node, written: str) -> str:
        """Return a path of the host; one that leads out of the project, as what it leads to."""
        if not written.startswith((".", "..")) or "\0" in written:
            return written
        root = os.path.realpath(self.scope.root)
        real = os.path.realpath(os.path.join(root, self.composed.folders[node.shown], written))
        return written if os.path.commonpath((root, real)) == root else real
