"""Configurations of HAProxy that a compose file mounts, and what they have no words for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.isolation import ProxyFile
from depcheck.model.proxy_words import lacking_words
from depcheck.model.text import printable
from depcheck.sources.compose_files import found, origin_of
from depcheck.sources.compose_mounts import Mounts
from depcheck.sources.compose_service import Fields
from depcheck.sources.files import open_source
from depcheck.sources.yaml_text import List, Node, Scalar, Table

_LARGEST = 1 << 20
_MOST = 20


def read_proxies(fields: Fields, mounts: Mounts) -> tuple[ProxyFile, ...]:
    """Return the files of HAProxy in the project that are mounted into a service.

    They are known by their place in the container: by ``haproxy`` in it, or by ``.cfg`` where
    the image or the command says HAProxy. One that cannot be read has a ``fault``. Those outside
    of the project are left out.
    """
    proxy = _is_proxy(fields)
    named = [*mounts.files, *_configs(fields)]
    wanted = [
        (printable(source), node)
        for source, target, node in named
        if _may_be_its_own(target, proxy=proxy)
    ]
    found = [file for source, node in wanted[:_MOST] for file in _read(fields, source, node)]
    return (*found, *_inline(fields, proxy=proxy))


def _may_be_its_own(target: str, *, proxy: bool) -> bool:
    """Return whether a file, or a folder (without a suffix), may be what HAProxy is told."""
    suffix = os.path.splitext(target)[1]
    named = "haproxy" in target.lower()
    return (suffix in (".cfg", ".conf") and (named or proxy)) or (named and not suffix)


def _is_proxy(fields: Fields) -> bool:
    for key in ("image", "command", "entrypoint"):
        node = fields.table.items.get(key)
        words = node.items if isinstance(node, List) else (node,)
        if any(isinstance(word, Scalar) and "haproxy" in word.text.lower() for word in words):
            return True
    return False


def _configs(fields: Fields) -> Iterator[tuple[str, str, Node]]:
    for _, target, table in _named(fields):
        file = found(table, "file")
        if isinstance(file, Scalar):
            yield fields.loose(file, "configs"), target, file


def _inline(fields: Fields, *, proxy: bool) -> Iterator[ProxyFile]:
    for name, target, table in _named(fields):
        content = found(table, "content")
        if isinstance(content, Scalar) and _may_be_its_own(target, proxy=proxy):
            origin = origin_of(fields.scope, content, f"configs: {printable(name)}")
            text = fields.loose(content, "configs")
            yield ProxyFile(origin=origin, lacking=lacking_words(text))


def _named(fields: Fields) -> Iterator[tuple[str, str, Table]]:
    """Yield the configs of a service: name, target, and what the file says of each."""
    for item, text in fields.entries("configs"):
        name = fields.part(item, "source", "configs") if isinstance(item, Table) else text
        target = fields.part(item, "target", "configs") if isinstance(item, Table) else ""
        table = fields.composed.configs.get(name)
        if isinstance(table, Table):
            yield name, target or f"/{name}", table


def _read(fields: Fields, source: str, node: Node) -> Iterator[ProxyFile]:
    root = fields.scope.root
    path = fields.composed.folders[node.shown] / source
    path = path.relative_to(root) if path.is_absolute() and path.is_relative_to(root) else path
    if path.is_absolute() or not _is_inside(root, path):
        return
    folder = root / path
    files = sorted(folder.glob("*.cfg"))[:_MOST] if os.path.isdir(folder) else [folder]
    for each in files:
        try:
            file = open_source(
                fields.scope, each.relative_to(root), by=node.place, largest=_LARGEST
            )
        except SourceError as fault:
            origin = origin_of(fields.scope, node, f"volumes: {printable(source)}")
            yield ProxyFile(origin=origin, fault=fault.message)
        else:
            yield ProxyFile(origin=file.origin(None, ""), lacking=lacking_words(file.text))


def _is_inside(root: Path, path: Path) -> bool:
    real = Path(os.path.realpath(root / path))
    return real.is_relative_to(os.path.realpath(root))
