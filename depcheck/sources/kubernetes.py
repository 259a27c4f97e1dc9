"""Workloads of Kubernetes manifests: each container is a service."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.parity import Named, Service
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable
from depcheck.sources.compose import Kind
from depcheck.sources.files import Scope, SourceFile, open_source
from depcheck.sources.yaml_text import LARGEST, List, Node, Scalar, Table, parse_yaml

_SUFFIXES = (".yaml", ".yml", ".json")
_MOST_FILES = 1000
_DEEPEST_LIST = 3
_TEMPLATE = ("spec", "template", "spec")
_PODS = {"Pod": ("spec",), "CronJob": ("spec", "jobTemplate", *_TEMPLATE)}
_OVERLAYS = ("Kustomization", "Component")
_RENDER_HELM = "render it first (helm template …), and name what comes out"
_RENDER_KUSTOMIZE = "render it first (kubectl kustomize …), and name what comes out"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workload:
    file: SourceFile
    kind: str
    namespace: str
    name: str
    pod: Table
    line: int

    @property
    def place(self) -> str:
        return f"{self.file.shown}:{self.line}"


def read_kubernetes(
    scope: Scope, paths: tuple[str, ...], *, kind: Kind, by: str = ""
) -> tuple[tuple[Service, ...], tuple[Undetermined, ...]]:
    """Return a service for each container of each workload in manifests.

    Paths are files, or folders with ``.yaml``, ``.yml`` and ``.json`` in them, relative to
    the project root. A workload is whatever has a pod template. A service is called
    like its workload where that has one container, else ``workload/container``; an init
    container ``workload/init/container``; where workloads share a name, their kinds or
    namespaces stand before it. ``kind`` is what images are named as, ``by`` the
    ``path:line`` that names the files. Raises SourceError.
    """
    workloads: list[_Workload] = []
    for path in paths:
        for file in _files(scope, Path(path), by):
            workloads += _workloads(file)
    prefixes = _prefixes(workloads)
    reader = _Reader(kind)
    services = [
        service
        for workload in workloads
        for service in reader.services(workload, prefixes[id(workload)])
    ]
    return tuple(services), tuple(reader.undetermined)


def _files(scope: Scope, path: Path, by: str) -> Iterator[SourceFile]:
    folder = scope.root / path
    real = Path(os.path.realpath(folder))
    if not folder.is_dir() or not real.is_relative_to(os.path.realpath(scope.root)):
        yield open_source(scope, path, by=by, largest=LARGEST)
        return
    names = sorted(name for name in os.listdir(folder) if name.endswith(_SUFFIXES))
    if not names or len(names) > _MOST_FILES:
        place = f"{by}: {scope.shown(path)}" if by else scope.shown(path)
        what = f"more than {_MOST_FILES}" if names else "no"
        raise SourceError(f"{place}: {what} manifests (*.yaml, *.yml, *.json) in this folder")
    for name in names:
        yield open_source(scope, path / name, by=by, largest=LARGEST)


def _workloads(file: SourceFile) -> Iterator[_Workload]:
    try:
        documents = parse_yaml(file.text, shown=file.shown)
    except SourceError:
        # A template is seldom YAML, and the YAML fault would not tell why.
        if line := _template_line(file.text):
            raise _unrendered(f"{file.shown}:{line}") from None
        raise
    for document in documents:
        yield from _of_document(file, document, 0)


def _template_line(text: str) -> int:
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if "{{" in line.partition("#")[0]), 0)


def _unrendered(place: str) -> SourceError:
    return SourceError(f"{place}: this is a template, not a manifest", hint=_RENDER_HELM)


def _of_document(file: SourceFile, node: Node, depth: int) -> Iterator[_Workload]:
    place = f"{file.shown}:{node.line}"
    if not isinstance(node, Table) or not (kind := _text(node, "kind")):
        raise SourceError(
            f"{place}: a Kubernetes manifest is a mapping with a kind",
            hint="name compose files as compose",
        )
    if kind in _OVERLAYS and "kustomize" in _text(node, "apiVersion"):
        raise SourceError(f"{place}: this is a kustomization", hint=_RENDER_KUSTOMIZE)
    items = node.items.get("items")
    if kind.endswith("List") and isinstance(items, List) and depth < _DEEPEST_LIST:
        for item in items.items:
            yield from _of_document(file, item, depth + 1)
        return
    pod = _at(node, _PODS.get(kind, _TEMPLATE))
    if pod is None or "containers" not in pod.items:
        if kind in _PODS:
            raise SourceError(f"{place}: this {printable(kind)} has no containers")
        return
    metadata = _at(node, ("metadata",)) or Table(items={}, line=node.line)
    name = _text(metadata, "name") or _text(metadata, "generateName").rstrip("-")
    if not name:
        raise SourceError(f"{place}: this {printable(kind)} has no name")
    if "{{" in name:
        raise _unrendered(place)
    yield _Workload(
        file=file,
        kind=kind,
        namespace=_text(metadata, "namespace"),
        name=name,
        pod=pod,
        line=node.line,
    )


def _at(node: Table, keys: tuple[str, ...]) -> Table | None:
    found: Node = node
    for key in keys:
        inner = found.items.get(key) if isinstance(found, Table) else None
        if inner is None:
            return None
        found = inner
    return found if isinstance(found, Table) else None


def _text(node: Table, key: str) -> str:
    value = node.items.get(key)
    return value.text if isinstance(value, Scalar) and not value.null else ""


def _prefixes(workloads: list[_Workload]) -> dict[int, str]:
    """Return what each workload is called by, by its identity. Raises SourceError for twins."""
    seen: dict[tuple[str, str, str], _Workload] = {}
    for workload in workloads:
        key = (workload.kind, workload.namespace, workload.name)
        if twin := seen.get(key):
            raise SourceError(
                f"{workload.place}: {printable(workload.kind)} {printable(workload.name)} "
                f"is defined in {twin.place} too",
                hint=f"keep one; if one is an overlay, {_RENDER_KUSTOMIZE}",
            )
        seen[key] = workload
    names = Counter(workload.name for workload in workloads)
    kinds = Counter((workload.name, workload.kind) for workload in workloads)
    found: dict[int, str] = {}
    for workload in workloads:
        parts = [workload.name]
        if names[workload.name] > 1:
            if kinds[workload.name, workload.kind] < names[workload.name]:
                parts.insert(0, workload.kind.lower())
            if kinds[workload.name, workload.kind] > 1 and workload.namespace:
                parts.insert(0, workload.namespace)
        found[id(workload)] = "/".join(parts)
    return found


@dataclass(slots=True)
class _Reader:
    kind: Kind
    undetermined: list[Undetermined] = field(default_factory=list)

    def services(self, workload: _Workload, called: str) -> Iterator[Service]:
        containers = self._containers(workload, "containers")
        for container in containers:
            name = called if len(containers) == 1 else f"{called}/{self._name(workload, container)}"
            yield from self._service(workload, name, container)
        for container in self._containers(workload, "initContainers"):
            name = f"{called}/init/{self._name(workload, container)}"
            yield from self._service(workload, name, container)

    def _containers(self, workload: _Workload, key: str) -> list[Table]:
        listed = workload.pod.items.get(key, List(items=(), line=workload.line))
        if isinstance(listed, Scalar) and listed.null:
            return []
        items = listed.items if isinstance(listed, List) else ()
        found = [item for item in items if isinstance(item, Table)]
        if not isinstance(listed, List) or len(found) != len(items):
            raise SourceError(
                f"{workload.file.shown}:{listed.line}: {key} must be a list of mappings"
            )
        return found

    def _name(self, workload: _Workload, container: Table) -> str:
        if name := _text(container, "name"):
            return name
        raise SourceError(f"{workload.file.shown}:{container.line}: a container has no name")

    def _service(self, workload: _Workload, name: str, container: Table) -> Iterator[Service]:
        image = container.items.get("image")
        if not isinstance(image, Scalar) or image.null or not image.text.strip():
            self._without(workload, name, image or container)
            return
        value = image.text.strip()
        place = f"{workload.file.shown}:{image.line}"
        if "{{" in value:
            raise _unrendered(place)
        if any(char.isspace() for char in value):
            raise SourceError(f'{place}: "{printable(value)}" is no image')
        if "$" in value:
            raise SourceError(
                f'{place}: "{printable(value)}" has a variable, which Kubernetes does not know',
                hint="render it first (envsubst …), and name what comes out",
            )
        origin = workload.file.origin(image.line, printable(f"image: {value}"))
        named = Named(kind=self.kind, value=value, origin=origin)
        yield Service(name=name, replicas=(named,), origin=origin)

    def _without(self, workload: _Workload, name: str, node: Node) -> None:
        self.undetermined.append(
            Undetermined(
                subject=f"the container {printable(name)}",
                reason="it has no image",
                hint="if this is a part of an overlay, " + _RENDER_KUSTOMIZE,
                origin=workload.file.origin(node.line, printable(workload.name)),
            )
        )
