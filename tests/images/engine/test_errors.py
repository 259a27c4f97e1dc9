"""What goes wrong on the way to an engine, met on real sockets."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from depcheck.errors import ImageError
from depcheck.images.engine import Engines, client, open_container, open_engine_image
from depcheck.model.observer import Silent
from tests.images.engine.answering import VERSION, Answering, Refusal
from tests.support.certificates import needs_openssl, self_signed


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Answering]:
    with Answering() as engine:
        yield engine


def fault(url: str, image: str = "shop:1", **environ: str) -> ImageError:
    environ = {"DOCKER_CONFIG": "/nowhere", **environ}
    with pytest.raises(ImageError) as caught, Engines({"DOCKER_HOST": url, **environ}) as engines:
        open_engine_image(image, platform=None, engines=engines, observer=Silent())
    assert caught.value.exit_status == 3
    return caught.value


def test_a_socket_that_does_not_exist(tmp_path: Path) -> None:
    error = fault(f"unix://{tmp_path}/none.sock")
    assert "the socket does not exist" in error.message
    assert "DOCKER_HOST" in error.hint


def test_a_socket_that_nobody_listens_at(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "x.sock"))
    assert "nothing listens at unix://" in fault(f"unix://{tmp_path}/x.sock").message


def test_a_file_that_is_no_socket(tmp_path: Path) -> None:
    (tmp_path / "x.sock").touch()
    assert "nothing listens" in fault(f"unix://{tmp_path}/x.sock").message


@pytest.mark.skipif(os.name != "posix", reason="needs owners of files")
def test_a_socket_of_somebody_else(tmp_path: Path) -> None:
    import docker  # noqa: F401 - later it could not be read by the other user

    fault(f"unix://{tmp_path}/none.sock")  # the same for all else that is imported late
    with Answering(tmp_path / "x.sock") as engine:
        tmp_path.joinpath("x.sock").chmod(0)
        other = os.geteuid() == 0
        if other:
            os.seteuid(65534)
        try:
            error = fault(engine.url)
        finally:
            if other:
                os.seteuid(0)
    assert "permission denied" in error.message
    assert "group docker" in error.hint


def test_a_port_that_nobody_listens_at() -> None:
    with socket.socket() as taken:  # bound and not listening
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert "nothing listens" in fault(f"tcp://127.0.0.1:{port}").message


def test_an_engine_that_hangs_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            line, _ = server.accept()
            line.recv(100)
            line.close()

        threading.Thread(target=hang_up, daemon=True).start()
        error = fault(f"tcp://127.0.0.1:{server.getsockname()[1]}")
    assert "closed the connection" in error.message


def test_an_engine_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        error = fault(f"tcp://127.0.0.1:{server.getsockname()[1]}")
    assert "did not answer in time" in error.message


def test_an_address_without_a_port() -> None:
    assert "port is required" in fault("tcp://engine.example").message


def test_a_host_that_nobody_knows() -> None:
    assert "is not known" in fault("tcp://engine.invalid:2376").message


def test_an_unknown_image_and_container(answering: Answering) -> None:
    error = fault(answering.url)
    assert "has no image shop:1" in error.message
    assert "registry:shop:1" in error.hint
    with (
        pytest.raises(ImageError, match="has no container web") as caught,
        Engines({"DOCKER_HOST": answering.url}) as engines,
    ):
        open_container("web", engines=engines, observer=Silent())
    assert "docker ps --all" in caught.value.hint


def test_an_engine_that_is_too_old(answering: Answering) -> None:
    answering.answers["/version"] = {**VERSION, "ApiVersion": "1.12"}
    assert "too old" in fault(answering.url).message


@pytest.mark.parametrize("answer", [{}, {"Name": "x"}, [1], b"<html>", b"", Refusal(404, "no")])
def test_something_else_than_an_engine(answering: Answering, answer: object) -> None:
    answering.answers["/version"] = answer
    assert answering.url in fault(answering.url).message


def test_what_an_engine_says_is_made_printable(answering: Answering) -> None:
    answering.answers["/images/shop:1/json"] = Refusal(
        500, "\x1b[31mno\n::error::https://user:secret@reg.example/x"
    )
    message = fault(answering.url).message
    assert "answered 500" in message
    assert "\x1b" not in message
    assert "\n" not in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "answer",
    [
        [1], b"{", {}, {"Id": 3}, {"Id": "sha256:x", "RootFS": {"Layers": ["../x"]}},
        {"Id": "sha256:x", "Config": [], "RootFS": {"Layers": []}},
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense(answering: Answering, answer: object) -> None:
    answering.answers["/images/shop:1/json"] = answer
    answering.answers["/images/sha256:x/history"] = []
    assert fault(answering.url).message


@needs_openssl
def test_tls_with_and_without_trust(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, "engine", "IP:127.0.0.1")
    with Answering(certificate=certificate) as engine:
        untrusted = fault(engine.url, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(tmp_path))
        assert "no trusted connection" in untrusted.message
        assert "self-signed" in untrusted.message
        (tmp_path / "ca.pem").write_bytes((tmp_path / "engine.crt").read_bytes())
        trusted = fault(engine.url, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(tmp_path))
        assert "has no image shop:1" in trusted.message  # it was asked
        asked = len(engine.asked)
        assert fault(engine.url).message
        assert len(engine.asked) == asked


@needs_openssl
def test_tls_to_an_engine_without_it(answering: Answering, tmp_path: Path) -> None:
    error = fault(answering.url, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(tmp_path))
    assert "unset DOCKER_TLS_VERIFY" in error.hint


def test_tls_wanted_by_the_engine(answering: Answering) -> None:
    answering.answers["/version"] = Refusal(400, "Client sent an HTTP request to an HTTPS server.")
    assert "wants TLS" in fault(answering.url).message


def test_one_connection_is_kept_for_an_endpoint(answering: Answering) -> None:
    with Engines({"DOCKER_HOST": answering.url}) as engines:
        assert engines.get() is engines.get()
    assert answering.asked == ["/version"]


def ssh_command(folder: Path, script: str) -> str:
    """Put an ``ssh`` ahead of all others and return the search path that has it."""
    command = folder / "ssh"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


BRIDGE = """exec python3 -c '
import os, select, socket
far = socket.socket(socket.AF_UNIX); far.connect("{socket}")
while True:
    for side in select.select([0, far], [], [])[0]:
        block = os.read(0, 65536) if side == 0 else far.recv(65536)
        if not block: os._exit(0)
        far.sendall(block) if side == 0 else os.write(1, block)
'"""


def test_over_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("paramiko", reason="docker-py wants it for ssh")
    with Answering(tmp_path / "x.sock"):
        script = BRIDGE.format(socket=tmp_path / "x.sock")
        monkeypatch.setenv("PATH", ssh_command(tmp_path, script))
        assert "has no image shop:1" in fault("ssh://deploy@far.example").message
    monkeypatch.setenv("PATH", ssh_command(tmp_path, "exit 255"))
    assert "ssh ended without an answer" in fault("ssh://deploy@far.example").message
    monkeypatch.setenv("PATH", "/nowhere")
    assert "no ssh command" in fault("ssh://deploy@far.example").message


def test_over_ssh_without_its_package() -> None:
    try:
        import paramiko  # noqa: F401 - only whether it is there
    except ImportError:
        assert "docker[ssh]" in fault("ssh://deploy@far.example").hint
    else:
        pytest.skip("paramiko is installed")
