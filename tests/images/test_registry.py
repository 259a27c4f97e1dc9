"""Images from registries: a real one, and one that misbehaves."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from depcheck.errors import ImageError
from depcheck.images import wire
from depcheck.images.registry import is_available, open_registry
from depcheck.images.values import Layer, Opened
from depcheck.model.observer import Silent
from tests.support import oci
from tests.support.certificates import needs_openssl, self_signed
from tests.support.fake_registry import FakeRegistry, Rule, write_login
from tests.support.registry import Registry

NOISE = bytes(range(256)) * 4096  # 1 MiB that is not one chunk
BASE = oci.Layer({"etc/os-release": "ID=debian\n"}, "debootstrap")
APP = oci.Layer({"srv/data": NOISE}, "COPY . .", compression="none")
IMAGE = oci.Image((BASE, oci.Step("ENV A=1"), APP), config={"Env": ["A=1"]})
ARM = oci.Image((BASE,), platform="linux/arm64")


class Blobs(dict[str, bytes]):
    """A cache as short as it gets."""

    get_blob = dict.get
    put_blob = dict.__setitem__


def opened(value: str, **more: Any) -> Opened:
    return open_registry(value, **{"environ": {}, "observer": Silent(), **more})


def refused(value: str, **more: Any) -> ImageError:
    with pytest.raises(ImageError) as caught:
        opened(value, **more)
    return caught.value


def contents(found: Opened) -> list[bytes]:
    streams = found.backings[0].streams(found.image.layers)
    return [b"".join(stream.chunks) for stream in streams]


@pytest.fixture
def fake() -> Any:
    with FakeRegistry() as server:
        server.add("shop", "one", IMAGE)
        yield server


def test_an_image_of_a_real_registry(registry: Registry) -> None:
    layers = (BASE, APP, oci.Layer({"opt/x": "x"}, "RUN x", compression="zstd"))
    image = oci.Image(layers, config={"User": "app"})
    oci.push(image, registry.host, "team/shop", "staging")
    found = opened(f"{registry.host}/team/shop:staging")
    identity = found.image.identity
    assert (identity.manifest, identity.config) == (image.digest, image.id)
    assert (identity.index, identity.platform) == ("", "linux/amd64")
    assert identity.repositories == (f"{registry.host}/team/shop@{image.digest}",)
    assert [layer.diff_id for layer in found.image.layers] == image.diff_ids
    assert [layer.step for layer in found.image.layers] == ["debootstrap", "COPY . .", "RUN x"]
    assert contents(found) == [layer.blob for layer in layers]
    moved = [image.manifest, *image.blobs()]
    assert found.backings[0].bytes_read == sum(map(len, moved)) + len(b"{}")  # the first question


def test_only_wanted_layers_move(registry: Registry) -> None:
    oci.push(IMAGE, registry.host, "team/few", "1")
    found = opened(f"{registry.host}/team/few:1")
    before = found.backings[0].bytes_read
    foreign = Layer(position=1, diff_id="sha256:" + "0" * 64)
    streams = list(found.backings[0].streams([foreign, found.image.layers[0]]))
    assert [stream.diff_id for stream in streams] == [BASE.diff_id]
    assert b"".join(streams[0].chunks) == BASE.blob
    assert found.backings[0].bytes_read - before == len(BASE.blob)


def test_a_platform_of_an_index(registry: Registry) -> None:
    index = oci.Index((IMAGE, ARM), attested=True)
    oci.push(index, registry.host, "team/multi", "1")
    name = f"{registry.host}/team/multi"
    arm = opened(f"{name}:1", platform="linux/aarch64")
    assert arm.image.identity.manifest == ARM.digest
    assert arm.image.identity.index == index.digest
    by_digest = opened(f"{name}@{IMAGE.digest}")
    assert by_digest.image.identity.config == IMAGE.id
    lacking = refused(f"{name}:1", platform="linux/s390x")
    assert "linux/amd64, linux/arm64" in lacking.message
    assert "unknown" not in lacking.message
    other = refused(f"{name}@{IMAGE.digest}", platform="linux/arm64")
    assert "is for linux/amd64, not for linux/arm64" in other.message


def test_a_login_is_found_and_used(guarded_registry: Registry, tmp_path: Path) -> None:
    host = guarded_registry.host
    oci.push(IMAGE, host, "team/shop", "1", auth=guarded_registry.auth)
    value = f"{host}/team/shop:1"
    assert refused(value).hint == f"docker login {host}"
    assert "no login is stored" in refused(value).message
    assert guarded_registry.auth
    packed = base64.b64encode(":".join(guarded_registry.auth).encode()).decode()
    environ = write_login(tmp_path / "right", json.dumps({"auths": {host: {"auth": packed}}}))
    assert contents(opened(value, environ=environ)) == [BASE.blob, APP.blob]
    packed = base64.b64encode(b"user:wrong").decode()
    environ = write_login(tmp_path / "wrong", json.dumps({"auths": {host: {"auth": packed}}}))
    wrong = refused(value, environ=environ)
    assert "the stored login does not suffice" in wrong.message
    assert "wrong" not in wrong.message + wrong.hint.replace(str(tmp_path), "")


def test_whether_it_is_still_there(registry: Registry) -> None:
    oci.push(IMAGE, registry.host, "team/there", "1")
    name = f"{registry.host}/team/there"
    assert is_available(f"{name}@{IMAGE.digest}", environ={}) is True
    assert is_available(f"{name}@{ARM.digest}", environ={}) is False
    with pytest.raises(ImageError):
        is_available("127.0.0.1:1/x:1", environ={})


def test_what_is_not_there(registry: Registry) -> None:
    oci.push(IMAGE, registry.host, "team/absent", "1")
    error = refused(f"{registry.host}/team/absent:2")
    assert f"{registry.host} has no team/absent:2" in error.message
    assert "docker login" in error.hint


def test_what_a_digest_names_comes_from_the_cache(fake: FakeRegistry) -> None:
    cache = Blobs()
    fake.add("shop", "index", oci.Index((IMAGE, ARM)))
    first = opened(f"{fake.host}/shop:index", platform="linux/arm64", cache=cache)
    before = len(fake.log)
    second = opened(f"{fake.host}/shop:index", platform="linux/arm64", cache=cache)
    assert first.image == second.image
    assert fake.asked()[before:] == ["GET /v2/", "GET /v2/shop/manifests/index"]
    cache[ARM.id] = b"{}"  # spoilt
    assert (
        opened(f"{fake.host}/shop:index", platform="linux/arm64", cache=cache).image == first.image
    )
    assert f"GET /v2/shop/blobs/{ARM.id}" in fake.asked()[before + 2 :]


@pytest.mark.parametrize("kind", ["manifest", "told", "config"])
def test_other_bytes_than_the_digest_says(fake: FakeRegistry, kind: str) -> None:
    value = f"{fake.host}/shop:one"
    if kind == "manifest":
        value = f"{fake.host}/shop@{IMAGE.digest}"
        fake.rules[f"/v2/shop/manifests/{IMAGE.digest}"] = [Rule(body=ARM.manifest)]
    elif kind == "told":
        fake.rules["/v2/shop/manifests/one"] = [Rule(headers={"Docker-Content-Digest": ARM.digest})]
    else:
        fake.rules[f"/v2/shop/blobs/{IMAGE.id}"] = [Rule(body=ARM.config_blob)]
    assert "is not what its digest says" in refused(value).message


@pytest.mark.parametrize("ranges", [True, False])
def test_a_body_that_is_cut_goes_on_where_it_ended(fake: FakeRegistry, ranges: bool) -> None:
    blob = f"/v2/shop/blobs/{oci.digest_of(APP.blob)}"
    fake.rules[blob] = [Rule(cut=300_000), Rule(cut=500_000, ranges=ranges), Rule(ranges=ranges)]
    assert contents(opened(f"{fake.host}/shop:one"))[1] == APP.blob
    wanted = [headers.get("range") for _, path, headers in fake.log if path == blob]
    after = 800_000 if ranges else 500_000
    assert wanted == [None, "bytes=300000-", f"bytes={after}-"]


def test_a_body_that_is_cut_again_and_again(fake: FakeRegistry) -> None:
    blob = f"/v2/shop/blobs/{oci.digest_of(APP.blob)}"
    fake.rules[blob] = [Rule(cut=1000)] * 9
    found = opened(f"{fake.host}/shop:one")
    with pytest.raises(ImageError, match="cut short"):
        contents(found)
    assert len(fake.asked(blob)) == 4


def test_a_body_that_is_longer_or_goes_on_elsewhere(fake: FakeRegistry) -> None:
    blob = f"/v2/shop/blobs/{oci.digest_of(APP.blob)}"
    fake.rules[blob] = [Rule(body=APP.blob + b"more")]
    found = opened(f"{fake.host}/shop:one")
    with pytest.raises(ImageError, match="larger than announced"):
        contents(found)
    fake.rules[blob] = [Rule(cut=1000), Rule(headers={"Content-Range": "bytes 7-8/9"})]
    with pytest.raises(ImageError, match="another place"):
        contents(found)


def test_a_slow_body_ends_however_large_it_is_said_to_be(
    fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(IMAGE.manifest)
    told["layers"][-1]["size"] = 1 << 60
    manifest = json.dumps(told).encode()
    path = "/v2/shop/manifests/one"
    fake.files[path] = (IMAGE.media_type, manifest)
    fake.rules[f"/v2/shop/blobs/{told['layers'][-1]['digest']}"] = [Rule(stall=3)] * 4
    found = opened(f"{fake.host}/shop:one")
    monkeypatch.setattr(wire, "_DEADLINE", 0.2)
    with pytest.raises(ImageError, match="in time"):
        contents(found)


def test_one_connection_serves_for_all(fake: FakeRegistry) -> None:
    path = f"/v2/shop/blobs/{IMAGE.id}"
    fake.rules[path] = [Rule(status=307, headers={"Location": path}), Rule(status=503)]
    contents(opened(f"{fake.host}/shop:one"))
    assert len(fake.log) == 7
    assert fake.connections == 1


def test_patience_with_a_busy_registry(fake: FakeRegistry) -> None:
    manifest = "/v2/shop/manifests/one"
    fake.rules[manifest] = [Rule(status=429, headers={"Retry-After": "1"}), Rule(status=503)]
    began = time.monotonic()
    assert opened(f"{fake.host}/shop:one").image.identity.manifest == IMAGE.digest
    assert time.monotonic() - began >= 1.0
    fake.rules[manifest] = [Rule(status=429)] * 9
    assert "allows no more requests" in refused(f"{fake.host}/shop:one").message


def test_answers_that_make_no_sense(fake: FakeRegistry) -> None:
    manifest = "/v2/shop/manifests/one"
    for rule, told in (
        (Rule(status=418), "status 418"),
        (Rule(status=403), "may not be read"),
        (Rule(body=b"x" * (5 << 20)), "larger than"),
        (Rule(body=b"<html>", headers={"Docker-Content-Digest": ""}), "no JSON"),
        (Rule(status=302, headers={"Location": "ftp://reg.example/"}), "not http"),
        (Rule(status=302, headers={"Location": "http://[::1"}), "nonsense"),
    ):
        fake.rules[manifest] = [rule]
        assert told in refused(f"{fake.host}/shop:one").message
    fake.rules[manifest] = [Rule(status=307, headers={"Location": manifest})] * 9
    assert "redirects more than" in refused(f"{fake.host}/shop:one").message


def test_a_redirect_to_another_host_gets_no_credentials(fake: FakeRegistry, tmp_path: Path) -> None:
    word = "Basic " + base64.b64encode(b"me:pass").decode()
    path = f"/v2/shop/blobs/{IMAGE.id}"
    with FakeRegistry(auth=word) as guarded:
        guarded.add("shop", "one", IMAGE)
        guarded.rules[path] = [
            Rule(status=307, headers={"Location": f"http://{fake.host}{path}?signed=s3cret"})
        ]
        fake.files[f"{path}?signed=s3cret"] = fake.files[path]
        login = {"auths": {guarded.host: {"auth": word.removeprefix("Basic ")}}}
        environ = write_login(tmp_path / "docker", json.dumps(login))
        opened(f"{guarded.host}/shop:one", environ=environ)
        assert guarded.log[-1][2]["authorization"] == word
        assert "authorization" not in fake.log[-1][2]
        assert "signed=s3cret" in fake.log[-1][1]


def test_a_blob_is_never_asked_of_a_foreign_address(fake: FakeRegistry) -> None:
    told = json.loads(IMAGE.manifest)
    told["layers"][0]["urls"] = [f"http://{fake.host}/foreign"]
    told["layers"][0]["mediaType"] = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    manifest = oci.as_json(told)
    fake.files["/v2/shop/manifests/foreign"] = (IMAGE.media_type, manifest)
    contents(opened(f"{fake.host}/shop:foreign"))
    assert not fake.asked("/foreign")[1:]  # the manifest alone has that in its path


def test_nobody_there() -> None:
    error = refused("127.0.0.1:1/shop:one")
    assert "cannot connect to 127.0.0.1" in error.message
    assert "is the registry up" in error.hint


def test_a_name_that_leads_nowhere() -> None:
    error = refused("reg.invalid/shop:one")
    assert "cannot connect to reg.invalid" in error.message
    assert "check the host's name" in error.hint


@needs_openssl
def test_certificates_are_checked(tmp_path: Path) -> None:
    pem = str(self_signed(tmp_path, "server", "IP:127.0.0.1"))
    with FakeRegistry(certificate=pem) as server:
        server.add("shop", "one", IMAGE)
        value = f"{server.host}/shop:one"
        error = refused(value)
        assert "certificate" in error.message
        assert "SSL_CERT_FILE" in error.hint
        assert opened(value, environ={"SSL_CERT_FILE": pem}).image.identity.config == IMAGE.id
        assert opened(value, insecure=("127.0.0.1",)).image.identity.config == IMAGE.id
        moved = {"Location": "http://127.0.0.1:1/"}
        server.rules["/v2/shop/manifests/one"] = [Rule(status=302, headers=moved)]
        assert "https to http" in refused(value, environ={"SSL_CERT_FILE": pem}).message
        missing = refused(value, environ={"SSL_CERT_FILE": str(tmp_path / "none")})
        assert "cannot use the certificates" in missing.message


def test_a_proxy_is_used_and_plain_http_only_where_it_is_allowed(fake: FakeRegistry) -> None:
    environ = {"http_proxy": f"http://{fake.host}", "https_proxy": f"http://{fake.host}"}
    for path, file in list(fake.files.items()):
        fake.files[f"http://reg.example{path}"] = file
    error = refused("reg.example/shop:one", environ=environ)
    assert "through the proxy" in error.message
    assert set(fake.asked()) == {"CONNECT reg.example:443"}
    fake.files["http://reg.example/v2/"] = ("application/json", b"{}")
    found = opened("reg.example/shop:one", environ=environ, insecure=("reg.example",))
    assert found.image.identity.config == IMAGE.id
    inside = {"Location": "http://169.254.169.254/latest"}
    fake.rules["http://reg.example/v2/shop/manifests/one"] = [Rule(status=302, headers=inside)]
    error = refused("reg.example/shop:one", environ=environ, insecure=("reg.example",))
    assert "redirects to an address of this machine or its link" in error.message
    assert not fake.asked("169.254")
