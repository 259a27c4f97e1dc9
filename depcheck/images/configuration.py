"""An image's configuration (OCI image-spec, config) as settings, layers and build steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from depcheck.errors import ImageError
from depcheck.images.documents import Document, read_document
from depcheck.images.platforms import spelled
from depcheck.images.reference import is_digest
from depcheck.images.steps import clean_step, masked_command
from depcheck.images.values import Layer
from depcheck.model.inventory import Fact
from depcheck.model.text import printable, redact

__all__ = ["Configuration", "clean_step", "masked_command", "parse_configuration"]

_LABEL = "org.opencontainers.image."
_OPEN_LABELS = frozenset(
    _LABEL + name
    for name in (
        "revision", "version", "created", "source", "title", "base.name", "base.digest",
        "licenses", "ref.name",
    )
)  # fmt: skip
_OPEN_VARIABLES = frozenset(
    (
        "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "PYTHON_VERSION", "PYTHONPATH",
        "PYTHONUNBUFFERED",
    )
)  # fmt: skip
"""Variables that hold no secrets by what they are for, as do those that begin with ``LC_``."""
_LONGEST_COMMAND = 64 << 10
_DURATIONS = (
    ("Interval", "interval"),
    ("Timeout", "timeout"),
    ("StartPeriod", "start-period"),
    ("StartInterval", "start-interval"),
)


class Configuration(NamedTuple):
    """What a configuration says; the fields are as in Image.

    ``layers`` have position, diff_id, step and created alone. ``platform`` is
    ``os/architecture[/variant]``, ``created`` as written (RFC 3339).
    """

    settings: Mapping[str, Fact]
    layers: tuple[Layer, ...]
    path: str
    command: tuple[str, ...]
    platform: str
    created: str


def parse_configuration(data: bytes, what: str = "the image configuration") -> Configuration:
    """Return what an image's configuration says. ``what`` names it in messages.

    A variable or a label is secret unless it is one of the few that are meant to be
    public, and looks like holding no secret; a command is so if it holds what looks like
    one. Values are never masked here: two that differ must not look alike. Raises ImageError.
    """
    document = read_document(data, what)
    config = document.object("config")
    variables = _variables(config)
    platform = spelled(*(document.text(key) for key in ("os", "architecture", "variant")))
    return Configuration(
        settings=_settings(document, config, variables, platform),
        layers=_layers(document),
        path=variables.get("PATH", ""),
        command=config.texts("Entrypoint") + config.texts("Cmd"),
        platform=printable(platform),
        created=document.text("created"),
    )


def _settings(
    document: Document, config: Document, variables: Mapping[str, str], platform: str
) -> Mapping[str, Fact]:
    labels = _labels(config)
    plain = {key: document.text(key) for key in ("architecture", "os", "created")}
    # Some builders write the variant that goes without saying, some leave it out.
    plain["variant"] = platform.partition("/")[2].partition("/")[2]
    plain["workdir"] = config.text("WorkingDir")
    plain["user"] = config.text("User")
    plain["stopsignal"] = config.text("StopSignal")
    plain["base"] = _base(labels)
    for prefix, key in (("port", "ExposedPorts"), ("volume", "Volumes")):
        plain |= {f"{prefix}.{name}": name for name in config.object(key).value}
    found = {key: Fact(value=value) for key, value in plain.items() if value}
    found |= {key: _command(value) for key, value in _commands(config).items() if value}
    for name, value in labels.items():
        found[f"label.{name}"] = Fact(
            value=value, secret=name not in _OPEN_LABELS or redact(value) != value
        )
    for name, value in variables.items():
        secret = not _is_open(name) or masked_command(value) != value
        found[f"env.{name}"] = Fact(value=value, secret=secret)
    return found


def _is_open(variable: str) -> bool:
    return variable in _OPEN_VARIABLES or variable.startswith("LC_")


def _commands(config: Document) -> dict[str, str]:
    listed = {"entrypoint": "Entrypoint", "command": "Cmd", "shell": "Shell", "onbuild": "OnBuild"}
    found = {name: _as_array(config.texts(key)) for name, key in listed.items()}
    return found | {"healthcheck": _health(config.object("Healthcheck"))}


def _command(value: str) -> Fact:
    # A longer one is a stranger's, made to be looked at for long.
    return Fact(value=value, secret=len(value) > _LONGEST_COMMAND or masked_command(value) != value)


def _as_array(words: tuple[str, ...]) -> str:
    return json.dumps(words, ensure_ascii=False) if words else ""


def _variables(config: Document) -> dict[str, str]:
    pairs = (each.partition("=") for each in config.texts("Env"))
    return {name: value for name, _, value in pairs if name}


def _labels(config: Document) -> dict[str, str]:
    labels = config.object("Labels")
    return {name: labels.text(name) for name in labels.value}


def _base(labels: Mapping[str, str]) -> str:
    name, digest = (labels.get(f"{_LABEL}base.{key}", "") for key in ("name", "digest"))
    return f"{name}@{digest}" if name and digest else name or digest


def _health(check: Document) -> str:
    """Return a health check as a Dockerfile has it; durations in it are nanoseconds."""
    test = check.texts("Test")
    if not test or test[0] == "NONE":
        return "".join(test)
    shown = test[1] if test[0] == "CMD-SHELL" and len(test) == 2 else _as_array(test[1:])
    parts = [f"CMD {shown}"]
    for key, name in _DURATIONS:
        if value := check.number(key):
            parts.append(f"{name}={value / 1e9:g}s")
    if retries := check.number("Retries"):
        parts.append(f"retries={retries}")
    return " ".join(parts)


def _layers(document: Document) -> tuple[Layer, ...]:
    files = document.object("rootfs")
    if not files.value or files.text("type") not in ("", "layers"):
        raise ImageError(f"{document.what} is not an image's: it lists no layers")
    diff_ids = files.texts("diff_ids")
    for diff_id in diff_ids:
        if not is_digest(diff_id):
            raise document.broken(f'"{printable(diff_id)}" is no sha256 or sha512 digest')
    steps = _steps(document, len(diff_ids))
    return tuple(
        Layer(position=position, diff_id=diff_id, step=step, created=created)
        for position, (diff_id, (step, created)) in enumerate(
            zip(diff_ids, steps, strict=True), start=1
        )
    )


def _steps(document: Document, count: int) -> list[tuple[str, str]]:
    """Return step and time of each layer, empty ones where the history does not fit."""
    history = [each for each in document.objects("history") if not each.value.get("empty_layer")]
    if len(history) != count:
        return [("", "")] * count
    return [
        (clean_step(each.text("created_by") or each.text("comment")), each.text("created"))
        for each in history
    ]
