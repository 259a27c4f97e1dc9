"""A Docker Engine of the test session's own, or the one that ``DEPCHECK_ENGINE`` names.

    engine = stack.enter_context(engine_or_skip(folder))
    engine.url                                    # "unix:///..."
    engine.load(docker_archive(path, {"shop:staging": image}))
    engine.build("shop:web", "FROM shop:staging\\nENV A=1\\n", {"app.py": "x = 1\\n"})
    name = engine.create("shop:web", "--memory", "64m")     # a container, not started
    engine.run("push", f"{registry.host}/shop:web")         # any command of the client

The engine needs root on Linux, and Debian's ``docker.io``. Where it cannot run the test
is skipped with the reason, or fails where ``CI`` is set.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.running import cannot, running

NAMED = "DEPCHECK_ENGINE"
"""Environment variable: the socket (``unix:///path`` or a path) of an engine to use."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine by its address, spoken to with the ``docker`` client and its classic builder."""

    url: str

    @property
    def socket(self) -> Path:
        return Path(self.url.removeprefix("unix://"))

    def run(self, *words: str, stdin: Path | None = None) -> str:
        """Run a command of the client and return what it prints.

        Raises ``OSError`` with its last words where it fails.
        """
        environ = {**os.environ, "DOCKER_HOST": self.url, "DOCKER_BUILDKIT": "0"}
        environ.pop("DOCKER_CONTEXT", None)
        with open(stdin or os.devnull, "rb") as source:
            done = subprocess.run(
                ["docker", *words], stdin=source, capture_output=True, text=True, env=environ
            )
        if done.returncode:
            raise OSError(f"docker {words[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        return bool(self.run("images", "-q", image))

    def load(self, archive: Path) -> None:
        """Load an archive of ``docker save``'s form, made by ``oci.docker_archive``."""
        self.run("load", "-q", "-i", str(archive))

    def build(
        self, tag: str, dockerfile: str, files: Mapping[str, str] | Path | None = None,
        **arguments: str,
    ) -> str:  # fmt: skip
        """Build an image from a context of ``files`` by path, or a folder; return its id."""
        given = [w for key, value in arguments.items() for w in ("--build-arg", f"{key}={value}")]
        with tempfile.TemporaryDirectory() as folder:
            recipe = _written(Path(folder) / "Dockerfile", dockerfile)
            context = files if isinstance(files, Path) else Path(folder) / "context"
            context.mkdir(exist_ok=True)
            for name, content in files.items() if isinstance(files, Mapping) else ():
                _written(context / name, content)
            words = ["-q", "--network", "host", "-t", tag, "-f", str(recipe), *given]
            self.run("build", *words, str(context))
        return self.run("image", "inspect", "-f", "{{.Id}}", tag)

    def create(self, image: str, *options: str, command: tuple[str, ...] = ("/none",)) -> str:
        """Create a container without starting it and return its id."""
        return self.run("create", *options, image, *command)

    def remove(self, *containers: str) -> None:
        self.run("rm", "-f", *containers)


def _written(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@contextmanager
def engine_or_skip(folder: Path) -> Iterator[Engine]:
    """Give the engine that ``DEPCHECK_ENGINE`` names, or start one that ends with the block.

    ``folder`` takes its data and log; its file system must bear overlayfs, else the
    slow ``vfs`` driver is used.
    """
    if named := os.environ.get(NAMED):
        url = named if "://" in named else f"unix://{named}"
        if not answers(url.removeprefix("unix://")):
            cannot(f"the engine that {NAMED} names does not answer: {url}")
        yield Engine(url)
        return
    if reason := lacking():
        cannot(f"no Docker Engine for this test: {reason}")
    # A socket's path has at most 107 bytes, which a test's folder can exceed.
    with tempfile.TemporaryDirectory(prefix="depcheck-engine-") as short:
        try:
            yield from _started(folder, Path(short))
        finally:
            unmount(folder, Path(short))


def _started(folder: Path, short: Path) -> Iterator[Engine]:
    place = short / "engine.sock"
    for driver in ("overlay2", "vfs"):
        command = command_line(folder / driver, short, place, driver)
        log = folder / f"dockerd-{driver}.log"
        try:
            with running(command, log, lambda: answers(str(place))):
                yield Engine(f"unix://{place}")
                return
        except OSError as error:
            if "is not ready" not in str(error):
                raise
            last = str(error)
    cannot(f"dockerd does not start: {last}")


def unmount(*folders: Path) -> None:
    """Unmount what an engine leaves behind, so that its folders can be removed.

    It keeps the host's network namespace mounted once a container has used it.
    """
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    for place in (line.split(" ")[1] for line in reversed(lines)):
        if any(Path(place).is_relative_to(folder) for folder in folders):
            subprocess.run(["umount", place], check=True)


def command_line(
    data: Path, short: Path, place: Path, driver: str, *, packet_filter: bool = False
) -> list[str]:
    """Return dockerd's command line; without ``packet_filter`` the host's rules stay untouched."""
    return [
        _dockerd() or "", "-H", f"unix://{place}", "--data-root", str(data),
        "--exec-root", str(short / "exec"), "--pidfile", str(short / "pid"),
        "--storage-driver", driver, "--ip6tables=false", "--bridge=none",
        f"--iptables={'true' if packet_filter else 'false'}",
    ]  # fmt: skip


def lacking() -> str:
    """Say why an engine cannot be started here, in a few words; empty where it can."""
    if sys.platform != "linux":
        return "it needs Linux"
    if os.geteuid() != 0:
        return f"dockerd needs root (or name a running engine in {NAMED})"
    if not _dockerd():
        return "dockerd is not installed (apt-get install docker.io)"
    return "" if shutil.which("docker") else "the docker client is not installed"


def _dockerd() -> str | None:
    return shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def answers(place: str) -> bool:
    """Return whether an engine answers a ping on this socket."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(place)
            line.sendall(b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n")
            return b" 200 " in line.recv(64)
    except OSError:
        return False
