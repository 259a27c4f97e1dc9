"""Build an image on an engine and run one command in it: what ``isolate --verify`` does.

    with build_context(root, folders=("web",), files={"deploy/Dockerfile": text}) as tar:
        built = build(engine, tar, dockerfile="deploy/Dockerfile", labels={PROOF: "web"})
    ran = run_once(engine, built.image, ["/opt/venv/bin/python", "--version"])

It is the only place where anything is executed: a build runs the steps of a Dockerfile
that depcheck wrote itself, in which pip installs files whose hashes the lock holds (where one
is an sdist, its own code builds it). It happens only where it was asked for, on an engine,
and never on the host itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from depcheck.errors import ImageError
from depcheck.images.engine.client import Engine
from depcheck.model.text import printable

PROOF = "depcheck.proof"
"""The label of what was built or run for a proof; its value is the container's name."""

LAST_LINES = 12
_MASK = "***"
_SHORTEST_SECRET = 4
# "Step 4/9 : RUN …"; Podman's builder writes "STEP 4/9: RUN …".
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_STEP = re.compile(r"step \d+(/\d+)?\s*: ", re.IGNORECASE)


# The builder's own bookkeeping between what the steps say.
_CHATTER = ("--->", "Removing intermediate container", "Removed intermediate container")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of a build: ``image`` is its id (``sha256:…``), empty where a step failed.

    ``step`` is the last step that was begun (``Step 4/9 : RUN …``); ``lines`` are the last
    lines that this step printed, made safe to show, without the values of build arguments.
    """

    image: str
    step: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a command: ``status`` is None where it was ended after its time."""

    status: int | None
    lines: tuple[str, ...] = ()
    killed: bool = False


def build(
    engine: Engine,
    context: IO[bytes],
    *,
    dockerfile: str,
    network: str | None = None,
    build_args: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    begun: Callable[[str], None] = lambda step: None,
) -> Built:
    """Build an image from the tar ``context``, in which ``dockerfile`` is a path.

    ``network`` is what the steps are connected to (``host``, ``none``; None: the engine's
    default). ``begun`` is told of each step as it begins. Raises ImageError where it could
    not be tried: no engine, no base image.
    """
    arguments = dict(build_args or {})
    output = _Output(deque(maxlen=LAST_LINES), _secrets(arguments), begun)
    messages = engine.build(
        context,
        dockerfile=dockerfile,
        network=network,
        arguments=arguments,
        labels=dict(labels or {}),
    )
    for message in messages:
        output.take(message)
    if output.error and output.fetching:
        raise _no_base(output)
    if output.error or not output.image:
        output.line(output.error or "the engine tells no image")
        return Built(image="", step=output.step, lines=tuple(output.lines))
    return Built(image=output.image, step=output.step, lines=tuple(output.lines))


@dataclass(slots=True)
class _Output:
    """What a build says, as far as it is of use."""

    lines: deque[str]
    secrets: tuple[str, ...]
    begun: Callable[[str], None]
    image: str = ""
    step: str = ""
    error: str = ""
    # a base image is being fetched: no other step was begun since the last FROM
    fetching: bool = False

    def take(self, message: Mapping[str, Any]) -> None:
        for line in _text(message, "stream").splitlines():
            self.line(line)
        if isinstance(aux := message.get("aux"), dict):
            self.image = _text(aux, "ID") or self.image
        self.error = _text(message, "error") or self.error

    def line(self, text: str) -> None:
        safe = self.safe(text)
        if _STEP.match(safe):
            self.step = safe
            self.fetching = self.instruction.upper().startswith("FROM ")
            self.lines.clear()
            self.begun(safe)
        elif safe and not safe.startswith(_CHATTER):
            self.lines.append(safe)

    @property
    def instruction(self) -> str:
        return _STEP.sub("", self.step)

    def safe(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, _MASK)
        return printable(_COLOUR.sub("", text).strip(), limit=500)


def _text(message: Mapping[str, Any], key: str) -> str:
    value = message.get(key)
    return value if isinstance(value, str) else ""


def _secrets(arguments: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values that are not to be shown, the longest first."""
    long = {value for value in arguments.values() if len(value) >= _SHORTEST_SECRET}
    return tuple(sorted(long, key=len, reverse=True))


def _no_base(output: _Output) -> ImageError:
    return ImageError(
        f"the engine cannot get the base image: {output.safe(output.error)}",
        hint="is the name right, and can the engine reach its registry? "
        "`base` in the configuration names another image",
    )


def run_once(
    engine: Engine,
    image: str,
    command: Sequence[str],
    *,
    files: Mapping[str, IO[bytes]] | None = None,
    timeout: int = 120,
    memory: int = 1 << 30,
    pids: int = 128,
    labels: Mapping[str, str] | None = None,
) -> Ran:
    """Run ``command`` in a container of its own, and remove that whatever comes of it.

    The container has no network, a read-only root, no capability and no way to new
    privileges; ``memory`` is in bytes, ``timeout`` in seconds. ``files`` are tars that are
    unpacked at absolute paths, each into a volume that goes with the container. Raises
    ImageError where the engine fails.
    """
    name = engine.create(
        image,
        list(command),
        volumes=list(files or ()),
        memory=memory,
        pids=pids,
        labels={PROOF: "", **(labels or {})},
    )
    try:
        for path, tar in (files or {}).items():
            engine.put(name, path, tar)
        status, killed = engine.run(name, timeout)
        lines = (printable(line.rstrip(), limit=500) for line in engine.logs(name, LAST_LINES))
        return Ran(status=status, lines=tuple(line for line in lines if line), killed=killed)
    finally:
        engine.remove_container(name)
