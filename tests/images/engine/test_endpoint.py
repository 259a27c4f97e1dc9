"""Where the engine is: the environment, contexts, and what is wrong with them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from depcheck.errors import ImageError
from depcheck.images.engine.endpoint import DEFAULT_SOCKET, Endpoint, find_endpoint


def context(folder: Path, name: str, host: str, **more: object) -> Path:
    """Write a context as the ``docker`` command does, and return where its certificates go."""
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "contexts/meta" / key / "meta.json"
    meta.parent.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": False, **more}
    meta.write_text(
        json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}}),
        encoding="utf-8",
    )
    return folder / "contexts/tls" / key / "docker"


def found(folder: Path, **environ: str) -> Endpoint:
    return find_endpoint({"DOCKER_CONFIG": str(folder), **environ})


def test_with_nothing_set_it_is_the_usual_socket(tmp_path: Path) -> None:
    assert find_endpoint({}).url == DEFAULT_SOCKET
    assert found(tmp_path).url == DEFAULT_SOCKET


def test_docker_host_goes_before_a_context(tmp_path: Path) -> None:
    context(tmp_path, "remote", "ssh://deploy@far.example")
    both = found(tmp_path, DOCKER_HOST="unix:///here.sock", DOCKER_CONTEXT="remote")
    assert (both.url, both.context) == ("unix:///here.sock", "")


def test_the_current_context_is_that_of_the_configuration(tmp_path: Path) -> None:
    context(tmp_path, "remote", "ssh://deploy@far.example")
    context(tmp_path, "near", "unix:///near.sock")
    (tmp_path / "config.json").write_text('{"currentContext": "remote"}', encoding="utf-8")
    assert found(tmp_path).url == "ssh://deploy@far.example"
    assert found(tmp_path).ssh
    assert found(tmp_path, DOCKER_CONTEXT="near").url == "unix:///near.sock"
    assert found(tmp_path, DOCKER_CONTEXT="default").url == DEFAULT_SOCKET


def test_the_configuration_lies_in_the_home_folder(tmp_path: Path) -> None:
    context(tmp_path / ".docker", "near", "unix:///near.sock")
    environ = {"HOME": str(tmp_path), "DOCKER_CONTEXT": "near"}
    assert find_endpoint(environ).url == "unix:///near.sock"


def test_an_unknown_context_is_an_error_and_never_the_usual_socket(tmp_path: Path) -> None:
    context(tmp_path, "production", "unix:///p.sock")
    with pytest.raises(ImageError, match="no Docker context producton") as caught:
        found(tmp_path, DOCKER_CONTEXT="producton")
    assert 'did you mean "production"?' in caught.value.hint
    (tmp_path / "config.json").write_text('{"currentContext": "gone"}', encoding="utf-8")
    with pytest.raises(ImageError, match="no Docker context gone"):
        found(tmp_path)
    with pytest.raises(ImageError, match="no Docker context x"):
        find_endpoint({"DOCKER_CONTEXT": "x"})


@pytest.mark.parametrize("broken", ["{", '"x"', '{"Endpoints": {}}'])
def test_a_broken_context_is_named(tmp_path: Path, broken: str) -> None:
    context(tmp_path, "near", "unix:///near.sock")
    next(tmp_path.glob("contexts/meta/*/meta.json")).write_text(broken, encoding="utf-8")
    with pytest.raises(ImageError, match=r"meta\.json: not valid JSON|near names no engine"):
        found(tmp_path, DOCKER_CONTEXT="near")


def test_a_broken_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ImageError, match=r"config\.json: not valid JSON"):
        found(tmp_path)


def test_a_contexts_certificates_are_found(tmp_path: Path) -> None:
    place = context(tmp_path, "far", "tcp://far.example:2376")
    place.mkdir(parents=True)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (place / name).touch()
    endpoint = found(tmp_path, DOCKER_CONTEXT="far")
    assert (endpoint.tls, endpoint.verify) == (True, True)
    assert (endpoint.ca, endpoint.key) == (str(place / "ca.pem"), str(place / "key.pem"))
    (place / "key.pem").unlink()
    with pytest.raises(ImageError, match="only one is there"):
        found(tmp_path, DOCKER_CONTEXT="far")


def test_tls_is_for_addresses_alone(tmp_path: Path) -> None:
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    assert found(tmp_path, DOCKER_HOST="tcp://far.example:2376", **environ).tls
    assert not found(tmp_path, DOCKER_HOST="unix:///x.sock", **environ).tls
    unverified = found(
        tmp_path, DOCKER_HOST="tcp://far.example:2376", DOCKER_CERT_PATH=str(tmp_path)
    )
    assert (unverified.tls, unverified.verify) == (True, False)


@pytest.mark.parametrize("host", ["ftp://far.example", "ssh://-oProxyCommand=x", "ssh://a@-x"])
def test_what_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(ImageError, match="DOCKER_HOST"):
        find_endpoint({"DOCKER_HOST": host})
