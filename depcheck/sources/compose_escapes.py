"""Fields of a compose file's service that give the host away (Compose Specification)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from depcheck.model.guarding import is_grave, is_socket
from depcheck.model.text import printable
from depcheck.sources.compose_files import found
from depcheck.sources.compose_service import Fields
from depcheck.sources.compose_units import switch
from depcheck.sources.yaml_text import Node, Scalar, Table

_ORDERS = "can give the engine orders"


def read_escapes(fields: Fields) -> dict[str, str]:
    """Return field → what the service then is or can, as ``escapes`` in Guarded."""
    return dict(_escapes(fields))


def _escapes(fields: Fields) -> Iterator[tuple[str, str]]:
    if fields.flag("use_api_socket", "privileges"):
        yield "use_api_socket", _ORDERS
    if fields.node("provider") is not None:
        yield "provider", "is run by a program on the host, not in a container"
    for _, text in fields.entries("device_cgroup_rules", "privileges"):
        yield "device_cgroup_rules", f"may use devices of the host ({printable(text)})"
    for hook in ("post_start", "pre_stop"):
        yield from _hook(fields, hook)
    yield from _build(fields)
    yield from _files(fields, "secrets", fields.composed.secrets)
    yield from _files(fields, "configs", fields.composed.configs)


def _hook(fields: Fields, hook: str) -> Iterator[tuple[str, str]]:
    for item, _ in fields.entries(hook):
        if isinstance(item, Table) and _is_on(fields, found(item, "privileged"), hook):
            fields.note(hook, item, f"{hook}: privileged")
            yield hook, f"runs a privileged command ({hook})"


def _build(fields: Fields) -> Iterator[tuple[str, str]]:
    if not isinstance(fields.node("build"), Table):
        return
    if fields.flag("build.privileged", "privileges"):
        yield "build.privileged", "is built privileged"
    for _, text in fields.entries("build.entitlements", "privileges"):
        if text == "security.insecure":
            yield "build.entitlements", "is built privileged"


def _is_on(fields: Fields, node: Node | None, path: str) -> bool:
    """Return whether a switch is on; one that rests on a variable is told as not known."""
    return isinstance(node, Scalar) and switch(fields.loose(node, path, "privileges")) is True


def _files(fields: Fields, kind: str, known: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    """Yield the secrets and configs that are files of the host which no service should have."""
    for item, text in fields.entries(kind):
        name = fields.part(item, "source", kind) if isinstance(item, Table) else text
        node = known.get(name)
        file = found(node, "file") if isinstance(node, Table) else None
        if not isinstance(file, Scalar):
            continue
        path = fields.host_path(file, fields.loose(file, kind, "privileges"))
        field = f"{kind}.{printable(name)}"
        if is_socket(path) or is_grave(path):
            fields.note(field, file, f"file: {path}")
            says = _ORDERS if is_socket(path) else f"has {printable(path)} of the host"
            yield field, says
