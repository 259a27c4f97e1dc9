"""YAML (1.1, as compose and Kubernetes write it) as nodes with their lines.

Only the events of the parser are used, so that no tag can construct anything. A node
that is named by several aliases is the same object, so that aliases cannot multiply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from depcheck.errors import SourceError
from depcheck.model.text import printable

LARGEST = 4 << 20
_DEEPEST = 64
_MOST_MERGED = 200_000
_NULLS = ("", "~", "null", "Null", "NULL")
_STANDARD = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    f"{_STANDARD}{name}"
    for name in (
        *("str", "int", "float", "bool", "null", "map", "seq", "binary", "timestamp", "merge"),
        *("set", "omap"),
    )
) | {"!", "!reset", "!override"}
"""The tags of YAML itself, and those with which compose takes back what it merged."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scalar:
    """``text`` is unquoted; ``null`` says that nothing stands there.

    Of every node, ``shown`` is the file that it stands in, ``line`` where it begins.
    """

    text: str
    null: bool
    line: int
    shown: str = ""
    tag: str = ""

    @property
    def place(self) -> str:
        return f"{self.shown}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A mapping, merge keys (``<<``) resolved. ``lines`` says where its own keys stand."""

    items: Mapping[str, Node]
    line: int
    shown: str = ""
    tag: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.shown}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class List:
    items: tuple[Node, ...]
    line: int
    shown: str = ""
    tag: str = ""

    @property
    def place(self) -> str:
        return f"{self.shown}:{self.line}"


Node = Scalar | Table | List


def parse_yaml(text: str, *, shown: str) -> tuple[Node, ...]:
    """Return the documents of a YAML text, empty ones left out.

    Raises SourceError (``shown:line:``) for what is no YAML, duplicate keys, keys that
    are no texts, unknown tags, what is nested too deep, aliases that contain themselves.
    """
    import yaml

    # The parser in C where PyYAML was built with it: ten times as fast.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return tuple(_Composer(yaml, yaml.parse(text, Loader=loader), shown).documents())
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = f"{shown}:{mark.line + 1}" if mark else shown
        reason = printable(fault.problem or "it cannot be understood")
        raise SourceError(f"{place}: this is not YAML: {reason}") from None
    except yaml.YAMLError:
        raise SourceError(
            f"{shown}: this is not YAML: it has a character that is not allowed",
            hint="save it as UTF-8 text",
        ) from None


@dataclass(slots=True)
class _Composer:
    yaml: Any
    events: Iterator[Any]
    shown: str
    anchors: dict[str, Node | None] = field(default_factory=dict)
    merged: int = 0

    def documents(self) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, self.yaml.DocumentStartEvent):
                self.anchors = {}
                node = self._node(next(self.events), 0)
                if not (isinstance(node, Scalar) and node.null):
                    yield node

    def _node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        if isinstance(event, self.yaml.AliasEvent):
            return self._alias(event.anchor, line)
        if depth > _DEEPEST:
            raise self._fault(line, "it is nested too deep")
        tag = self._tag(event, line)
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, self.yaml.ScalarEvent):
            null = not event.style and event.value in _NULLS and tag in ("", "!reset")
            node: Node = Scalar(text=event.value, null=null, line=line, shown=self.shown, tag=tag)
        elif isinstance(event, self.yaml.SequenceStartEvent):
            items = tuple(self._items(depth))
            node = List(items=items, line=line, shown=self.shown, tag=tag)
        else:
            node = self._table(line, tag, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str, line: int) -> Node:
        if anchor not in self.anchors:
            raise self._fault(line, f"there is no anchor &{printable(anchor)} before it")
        node = self.anchors[anchor]
        if node is None:
            raise self._fault(line, f"*{printable(anchor)} contains itself")
        return node

    def _tag(self, event: Any, line: int) -> str:
        tag = event.tag or ""
        if tag and tag not in _KNOWN_TAGS:
            raise self._fault(line, f'the tag "{printable(tag)}" is not known', "take it out")
        return str(tag)

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, self.yaml.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _table(self, line: int, tag: str, depth: int) -> Table:
        own: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merges: list[Node] = []
        for event in self.events:
            if isinstance(event, self.yaml.MappingEndEvent):
                break
            key, at = self._key(self._node(event, depth + 1)), event.start_mark.line + 1
            value = self._node(next(self.events), depth + 1)
            if key == "<<" and not event.style:
                merges += value.items if isinstance(value, List) else (value,)
            elif key in own:
                raise self._fault(at, f'the key "{printable(key)}" stands here twice')
            else:
                own[key], lines[key] = value, at
        items = self._with_merged(own, merges, line)
        return Table(items=items, line=line, shown=self.shown, tag=tag, lines=lines)

    def _key(self, node: Node) -> str:
        if isinstance(node, Scalar):
            return node.text
        raise self._fault(node.line, "a key must be a text")

    def _with_merged(
        self, own: dict[str, Node], merges: list[Node], line: int
    ) -> Mapping[str, Node]:
        """Return ``own`` with what it lacks, of the first of ``merges`` that has it."""
        for merge in merges:
            if not isinstance(merge, Table):
                raise self._fault(merge.line, "<< takes a mapping, or a list of them")
            self.merged += len(merge.items)
            if self.merged > _MOST_MERGED:
                raise self._fault(line, "aliases bring in too much")
            for key, value in merge.items.items():
                own.setdefault(key, value)
        return own

    def _fault(self, line: int, message: str, hint: str = "") -> SourceError:
        return SourceError(f"{self.shown}:{line}: {message}", hint=hint)
