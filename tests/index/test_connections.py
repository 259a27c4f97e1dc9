"""Connections: certificates, proxies, deadlines, and how many of them there are."""

from __future__ import annotations

import gzip
import importlib.util
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from depcheck.index.transport import Transport, TransportError
from depcheck.model.catalog import Project, Unavailable
from depcheck.net.credentials import Credentials
from depcheck.net.network import Network
from tests.support.catalogs import ask, catalog_of
from tests.support.certificates import needs_openssl, self_signed
from tests.support.index_server import IndexServer

LIB = {"lib": {"1.0": ["x>1"]}}
ONCE = {"PIP_RETRIES": "0"}


def page_of(url: str, folder: Path, **environ: str) -> Any:
    with catalog_of(url, folder, environ=environ) as catalog:
        return ask(catalog, "lib")


@needs_openssl
def test_certificates_are_checked(tmp_path: Path) -> None:
    pem = str(self_signed(tmp_path, "server", "IP:127.0.0.1"))
    with IndexServer(LIB, certificate=pem) as server, IndexServer(LIB) as plain:
        refused = page_of(server.url, tmp_path, **ONCE)
        assert "cannot connect" in refused.reason
        assert "certificate" in refused.reason
        assert isinstance(page_of(server.url, tmp_path, SSL_CERT_FILE=pem), Project)
        assert isinstance(page_of(server.url, tmp_path, PIP_TRUSTED_HOST="127.0.0.1"), Project)
        server.misbehave("/simple/", status=302, headers={"Location": f"{plain.url}lib/"})
        assert "https to http" in page_of(server.url, tmp_path, SSL_CERT_FILE=pem).reason


@needs_openssl
def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    pem = str(self_signed(tmp_path, "server", "IP:127.0.0.1"))
    ours = str(self_signed(tmp_path, "client", "DNS:client.example"))
    with IndexServer(LIB, certificate=pem, client_authority=ours) as server:
        environ = {"PIP_CERT": pem, **ONCE}
        assert isinstance(page_of(server.url, tmp_path, **environ), Unavailable)
        answer = page_of(server.url, tmp_path, PIP_CLIENT_CERT=ours, **environ)
        assert isinstance(answer, Project)
        (tmp_path / "broken.pem").write_text("no certificate")
        environ["PIP_CLIENT_CERT"] = str(tmp_path / "broken.pem")
        assert "certificates" in page_of(server.url, tmp_path, **environ).reason


@needs_openssl
def test_https_goes_through_a_tunnel(tmp_path: Path) -> None:
    pem = str(self_signed(tmp_path, "server", "DNS:index.example"))
    with (
        IndexServer(LIB, certificate=pem) as server,
        IndexServer({}, tunnel_to=server) as proxy,
    ):
        environ = {"PIP_PROXY": proxy.root.replace("//", "//me:pw@"), "PIP_CERT": pem, **ONCE}
        answer = page_of("https://index.example/simple/", tmp_path, **environ)
        assert isinstance(answer, Project)
        path, headers = proxy.log[0]
        assert path == "/CONNECT/index.example:443"
        assert headers["proxy-authorization"].startswith("Basic ")
        assert "proxy-authorization" not in server.log[0][1]
        other = page_of("https://other.example/simple/", tmp_path, **environ)
        assert "certificate" in other.reason
        proxy.misbehave("/CONNECT/", status=407)
        refused = page_of("https://index.example/simple/", tmp_path, **environ)
        assert "through the proxy" in refused.reason
        assert "407" in refused.reason
        assert "pw" not in refused.reason


@pytest.mark.parametrize("proxy", ["ftp://me:pw@127.0.0.1:1", "http://[", "socks9://h:1"])
def test_a_proxy_that_makes_no_sense_is_told(tmp_path: Path, proxy: str) -> None:
    answer = page_of("http://index.example/simple/", tmp_path, PIP_PROXY=proxy, **ONCE)
    assert isinstance(answer, Unavailable)
    assert "the proxy" in answer.reason
    assert "pw" not in answer.reason


@pytest.mark.skipif(importlib.util.find_spec("socks") is not None, reason="SOCKS is there")
def test_a_socks_proxy_names_what_is_missing(tmp_path: Path) -> None:
    answer = page_of("http://index.example/simple/", tmp_path, ALL_PROXY="socks5://127.0.0.1:1")
    assert "urllib3[socks]" in answer.reason


@pytest.mark.parametrize("host", ["a" * 80 + ".example", "b\u00fccher.invalid"])
def test_names_that_cannot_be_looked_up_are_told(tmp_path: Path, host: str) -> None:
    answer = page_of(f"http://{host}/simple/", tmp_path, **ONCE)
    assert isinstance(answer, Unavailable)
    assert "understood" not in answer.reason


def test_connections_are_kept_and_names_looked_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = []
    real = socket.getaddrinfo

    def counting(host: Any, *args: Any, **more: Any) -> Any:
        looked_up.append(host)
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", counting)
    names = [f"p{number}" for number in range(40)]
    with IndexServer({name: {"1.0": []} for name in names}) as server:
        with catalog_of(server.url.replace("127.0.0.1", "localhost"), tmp_path) as catalog:
            answers = ask(catalog, *names)
        assert {type(answer) for answer in answers} == {Project}
        assert server.connections <= 8
        assert looked_up.count("localhost") == 1


def test_a_compressed_page_that_was_cut_is_no_answer(tmp_path: Path) -> None:
    body = gzip.compress(b"<html><a href='lib-1.0.tar.gz'>x</a><a href='lib-2.0.tar.gz'>")
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", body=body[:-12], headers={"Content-Encoding": "gzip"})
        answer = page_of(server.url, tmp_path, **ONCE)
    assert "compressed" in answer.reason


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_a_server_that_drips_meets_the_deadline(start: bytes, drop: bytes) -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            sock, _ = listening.accept()
            with sock:
                sock.sendall(start)
                while not over.wait(0.05):
                    sock.sendall(drop)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        transport = Transport(
            Network(retries=0), Credentials((), None, False), user_agent="test", deadline=0.4
        )
        begin = time.monotonic()
        with pytest.raises(TransportError, match="in time"):
            transport.get(f"http://127.0.0.1:{listening.getsockname()[1]}/", {}, 1 << 20)
        assert time.monotonic() - begin < 10
        over.set()
        transport.close()
        thread.join(2)
