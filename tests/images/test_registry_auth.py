"""Token servers, safe and unsafe ones, and what goes over the wire to them."""

from __future__ import annotations

import base64
import json
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from depcheck.errors import ImageError
from depcheck.images.docker_config import Logins
from depcheck.images.reference import parse_reference
from depcheck.images.registry import open_registry
from depcheck.images.registry_auth import Authority, challenges
from depcheck.images.wire import Answer, Request, Wire
from depcheck.model.observer import Silent
from depcheck.net.failures import Broken
from depcheck.net.network import Network
from tests.support import oci
from tests.support.fake_registry import FakeRegistry, Rule, write_login

IMAGE = oci.Image((oci.Layer({"a": "a"}),))
SECRET = "tr0ub4dor"


def asked_for_a_token(
    realm: str, folder: Path, *, insecure: tuple[str, ...] = (), base: str = "https://reg.example"
) -> ImageError:
    """What comes of a registry's wish that we log in there, with a login at hand."""
    packed = base64.b64encode(f"me:{SECRET}".encode()).decode()
    environ = write_login(
        folder / "docker", json.dumps({"auths": {"reg.example": {"auth": packed}}})
    )
    wire = Wire(Network(timeout=0.5))
    reference = parse_reference("reg.example/shop:1")
    authority = Authority(reference, base, wire, Logins(environ), insecure)
    header = {"www-authenticate": f'Bearer realm="{realm}",service="x"'}
    try:
        with pytest.raises(ImageError) as caught:
            authority.renew(Answer(401, header, b""))
    finally:
        wire.close()
    assert SECRET not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "realm",
    [
        "https://169.254.169.254/token",
        "https://[fe80::1]/token",
        "https://127.0.0.1/token",
        "https://[::ffff:127.0.0.1]/token",
        "https://localhost:8443/token",
        "https://0.0.0.0/token",
        "https://[fd00:ec2::254]/token",
        "https://100.100.100.200/token",
        "http://auth.reg.example/token",
        "http://reg.example/token",
    ],
)
def test_an_unsafe_token_server_gets_nothing(realm: str, tmp_path: Path) -> None:
    error = asked_for_a_token(realm, tmp_path)
    assert "which is refused" in error.message
    assert "insecure" in error.hint


@pytest.mark.parametrize("realm", ["", "ftp://reg.example/", "https://", "https://[::1", "//x"])
def test_a_token_server_without_an_address(realm: str, tmp_path: Path) -> None:
    assert "no usable token server" in asked_for_a_token(realm, tmp_path).message


def test_a_listed_token_server_is_spoken_to(tmp_path: Path) -> None:
    with FakeRegistry() as server:
        realm = f"http://{server.host}/token"
        assert "refused" in asked_for_a_token(realm, tmp_path).message
        assert not server.log
        told = asked_for_a_token(realm, tmp_path, insecure=(server.host,))
        assert "answered with status 404" in told.message
        assert server.log


def test_a_token_is_asked_for_with_the_login_and_shown_to_the_registry(tmp_path: Path) -> None:
    word = base64.b64encode(f"me:{SECRET}".encode()).decode()
    with FakeRegistry(auth="Bearer good.token") as server:
        server.add("team/shop", "1", IMAGE)
        server.challenge = (
            f'Bearer realm="http://{server.host}/token?x=1",service="reg",scope="other:*"'
        )
        token = Rule(status=200, body=b'{"token": "good.token", "expires_in": 60}')
        server.rules["/token"] = [token]
        login = {"auths": {server.host: {"auth": word}}}
        environ = write_login(tmp_path / "docker", json.dumps(login))
        value = f"{server.host}/team/shop:1"
        found = open_registry(value, environ=environ, observer=Silent())
        assert found.image.identity.config == IMAGE.id
        (asked,) = [each for each in server.log if each[1].startswith("/token")]
        assert asked[2]["authorization"] == f"Basic {word}"
        query = parse_qs(urlsplit(asked[1]).query)
        assert query == {"x": ["1"], "service": ["reg"], "scope": ["repository:team/shop:pull"]}


def test_an_identity_token_is_changed_for_another(tmp_path: Path) -> None:
    with FakeRegistry(auth="Bearer good") as server:
        server.add("shop", "1", IMAGE)
        server.challenge = f'Bearer realm="http://{server.host}/token",service="reg"'
        server.rules["/token"] = [Rule(status=200, body=b'{"access_token": "good"}')]
        login = {"auths": {server.host: {"identitytoken": SECRET}}}
        environ = write_login(tmp_path / "docker", json.dumps(login))
        open_registry(f"{server.host}/shop:1", environ=environ, observer=Silent())
        (asked,) = [each for each in server.log if each[1].startswith("/token")]
        assert asked[0] == "POST"
        form = parse_qs(asked[2]["body"])
        assert form["grant_type"] == ["refresh_token"]
        assert form["refresh_token"] == [SECRET]


def test_an_identity_token_does_not_follow_a_redirect(tmp_path: Path) -> None:
    with FakeRegistry(auth="Bearer good") as server, FakeRegistry() as other:
        server.challenge = f'Bearer realm="http://{server.host}/token"'
        moved = {"Location": f"http://{other.host}/token"}
        server.rules["/token"] = [Rule(status=307, headers=moved)]
        login = {"auths": {server.host: {"identitytoken": SECRET}}}
        environ = write_login(tmp_path / "docker", json.dumps(login))
        with pytest.raises(ImageError, match="status 307"):
            open_registry(f"{server.host}/shop:1", environ=environ, observer=Silent())
        assert not other.log


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"[]", "without a token"),
        (b'{"token": 5}', "without a token"),
        (b'{"token": "a\\r\\nX: y"}', "none that can be sent"),
        (b"[" * 100_000, "without a token"),
    ],
)
def test_a_token_that_is_none(body: bytes, told: str) -> None:
    with FakeRegistry(auth="Bearer good") as server:
        server.challenge = f'Bearer realm="http://{server.host}/token"'
        server.rules["/token"] = [Rule(status=200, body=body)]
        with pytest.raises(ImageError, match=told):
            open_registry(f"{server.host}/shop:1", environ={}, observer=Silent())


def test_a_token_that_runs_out_is_renewed() -> None:
    with FakeRegistry(auth="Bearer first") as server:
        server.add("shop", "1", IMAGE)
        server.challenge = f'Bearer realm="http://{server.host}/token"'
        tokens = [
            Rule(status=200, body=b'{"token": "%s"}' % each) for each in (b"first", b"second")
        ]
        server.rules["/token"] = tokens
        found = open_registry(f"{server.host}/shop:1", environ={}, observer=Silent())
        server.auth = "Bearer second"
        (stream,) = found.backings[0].streams(found.image.layers)
        assert b"".join(stream.chunks) == IMAGE.layers[0].blob


def test_challenges_are_read() -> None:
    header = 'Basic realm="a, b=\\"c\\"", Bearer realm=https://reg.example/t,service="x y"'
    assert challenges(header) == {
        "basic": {"realm": 'a, b="c"'},
        "bearer": {"realm": "https://reg.example/t", "service": "x y"},
    }
    assert challenges("Negotiate, Basic realm=x") == {"negotiate": {}, "basic": {"realm": "x"}}
    began = time.process_time()
    challenges('a="' * 100_000)
    assert time.process_time() - began < 1


def a_wire(**more: Any) -> Wire:
    return Wire(Network(timeout=0.3, **more))


def test_a_server_that_stalls_is_given_up() -> None:
    with FakeRegistry() as server:
        server.rules["/v2/"] = [Rule(stall=5.0, body=b"late")]
        began = time.monotonic()
        with pytest.raises(Broken, match="in time"):
            a_wire().ask(Request(url=f"http://{server.host}/v2/"), 100, attempts=1)
        assert time.monotonic() - began < 4.5


def test_closing_ends_the_waiting() -> None:
    with FakeRegistry() as server:
        server.rules["/v2/"] = [Rule(status=429, headers={"Retry-After": "20"})] * 2
        wire = a_wire()
        threading.Timer(0.3, wire.close).start()
        began = time.monotonic()
        with pytest.raises(ImageError, match="the run is over"):
            wire.ask(Request(url=f"http://{server.host}/v2/"), 100)
        assert time.monotonic() - began < 15
