"""Logins from the files and helpers of Docker and Podman."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from depcheck.images.docker_config import Login, Logins
from depcheck.images.reference import DEFAULT_HOST, parse_reference

SECRET = "tr0ub4dor"


def packed(user: str, password: str = SECRET) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def docker(home: Path, **config: Any) -> dict[str, str]:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return {"HOME": str(home)}


def found(environ: dict[str, str], text: str = "reg.example/shop") -> tuple[Login | None, str]:
    logins = Logins(environ)
    login = logins.find(parse_reference(text))
    told = "; ".join(logins.problems)
    assert SECRET not in told
    assert SECRET not in repr(login)
    return login, told


def user(environ: dict[str, str], text: str = "reg.example/shop") -> str | None:
    login = found(environ, text)[0]
    return login.user if login else None


def test_nothing_is_known(tmp_path: Path) -> None:
    assert found({}) == (None, "")
    assert found({"HOME": str(tmp_path)}) == (None, "")
    assert found(docker(tmp_path, auths={"reg.example": {}})) == (None, "")


@pytest.mark.parametrize(
    "key", ["reg.example", "https://reg.example", "https://reg.example/v2/", "reg.example/v1/"]
)
def test_every_spelling_of_a_host(tmp_path: Path, key: str) -> None:
    environ = docker(tmp_path, auths={key: packed("me")})
    assert found(environ)[0] == Login(user="me", password=SECRET)
    assert user(environ, "reg.example:5000/shop") is None
    assert user(environ, "other.example/reg.example") is None


def test_the_default_host_has_names_of_its_own(tmp_path: Path) -> None:
    for key in (f"https://index.{DEFAULT_HOST}/v1/", DEFAULT_HOST, f"index.{DEFAULT_HOST}"):
        assert user(docker(tmp_path, auths={key: packed("me")}), "debian") == "me"


def test_the_longest_namespace_wins(tmp_path: Path) -> None:
    keys = {"reg.example": "host", "reg.example/team": "team", "reg.example/team/shop": "shop"}
    environ = docker(tmp_path, auths={key: packed(name) for key, name in keys.items()})
    assert user(environ, "reg.example/team/shop") == "shop"
    assert user(environ, "reg.example/team/other") == "team"
    assert user(environ, "reg.example/teams/shop") == "host"


def test_the_places_of_the_files(tmp_path: Path) -> None:
    environ = docker(tmp_path, auths={"reg.example": packed("home")})
    for name in ("named", "runtime/containers", "docker"):
        (tmp_path / name).mkdir(parents=True)
    runtime = tmp_path / "runtime" / "containers" / "auth.json"
    runtime.write_text(json.dumps({"auths": {"other.example": packed("podman")}}))
    environ["XDG_RUNTIME_DIR"] = str(tmp_path / "runtime")
    assert user(environ) == "home"
    assert user(environ, "other.example/x") == "podman"
    (tmp_path / "docker" / "config.json").write_text(
        json.dumps({"auths": {"reg.example": packed("d")}})
    )
    environ["DOCKER_CONFIG"] = str(tmp_path / "docker")
    assert user(environ) == "d"
    named = tmp_path / "named" / "auth.json"
    named.write_text(json.dumps({"auths": {"reg.example": packed("named")}}))
    environ["REGISTRY_AUTH_FILE"] = str(named)
    assert user(environ) == "named"


def test_tokens_instead_of_a_password(tmp_path: Path) -> None:
    environ = docker(tmp_path, auths={"reg.example": {"identitytoken": SECRET}})
    assert found(environ)[0] == Login(identity=SECRET)
    environ = docker(tmp_path, auths={"reg.example": {"registrytoken": SECRET}})
    assert found(environ)[0] == Login(bearer=SECRET)


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, "\udcff"])
def test_a_broken_file_is_told_and_is_not_fatal(tmp_path: Path, text: str) -> None:
    environ = docker(tmp_path)
    path = tmp_path / ".docker" / "config.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    login, told = found(environ)
    assert login is None
    assert "config.json cannot be used" in told


@pytest.mark.parametrize(
    "config",
    [
        {"auths": []},
        {"auths": {"reg.example": "x"}},
        {"auths": {"reg.example": {"auth": 5}}},
        {"auths": {"reg.example": {"auth": SECRET + "é"}}},
        {"credHelpers": [], "credsStore": 5},
    ],
)
def test_odd_entries_are_passed_over(tmp_path: Path, config: dict[str, Any]) -> None:
    assert found(docker(tmp_path, **config))[0] is None


@pytest.fixture
def helper(tmp_path: Path) -> Any:
    """Install a helper of the name ``test`` and return the environment that finds it."""
    if sys.platform == "win32":
        pytest.skip("a helper of this test is a script with a first line that names Python")

    def install(body: str) -> dict[str, str]:
        path = tmp_path / "bin" / "docker-credential-test"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{sys.executable}\nimport sys, json\nhost = sys.stdin.read()\n{body}\n")
        path.chmod(0o755)
        return docker(tmp_path, credsStore="test") | {"PATH": str(path.parent)}

    return install


ANSWER = f"print(json.dumps({{'Username': sys.argv[1] + ' ' + host, 'Secret': '{SECRET}'}}))"


def test_a_helper_is_asked(helper: Any, tmp_path: Path) -> None:
    environ = helper(ANSWER)
    assert found(environ)[0] == Login(user="get reg.example", password=SECRET)
    assert user(environ, "debian") == f"get https://index.{DEFAULT_HOST}/v1/"
    environ |= docker(tmp_path, credHelpers={"reg.example": "test"}, credsStore="absent")
    assert user(environ) == "get reg.example"
    token = helper(f"print(json.dumps({{'Username': '<token>', 'Secret': '{SECRET}'}}))")
    assert found(token)[0] == Login(identity=SECRET)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("print('credentials not found in native keychain'); sys.exit(1)", ""),
        (f"print('{SECRET}'); sys.exit(3)", "failed (status 3)"),
        (f"print('{SECRET}')", "cannot be understood"),
        ("print('[]')", "cannot be understood"),
    ],
)
def test_a_helper_that_does_not_help(helper: Any, body: str, told: str) -> None:
    assert found(helper(body)) == (None, found(helper(body))[1])
    assert told in found(helper(body))[1]
    assert bool(told) == bool(found(helper(body))[1])


def test_a_helper_that_hangs(helper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("depcheck.images.docker_config._HELPER_SECONDS", 0.2)
    login, told = found(helper("import time; time.sleep(20)"))
    assert login is None
    assert "did not answer" in told


@pytest.mark.parametrize("name", ["absent", "../../bin/x", "a b", "/bin/sh"])
def test_a_helper_that_is_not_there(tmp_path: Path, name: str) -> None:
    environ = docker(tmp_path, credsStore=name, auths={"reg.example": packed("me")})
    login, told = found(environ | {"PATH": "/bin:/usr/bin"})
    assert login == Login(user="me", password=SECRET)
    assert f"docker-credential-{name} is not installed" in told
