"""Services of compose files."""

from __future__ import annotations

import os

import pytest

from depcheck.errors import SourceError
from depcheck.model.parity import EnvironmentSettings, Named, Service
from depcheck.sources.services import read_services


@pytest.fixture
def services(write):
    def read(files, *names, **chosen):
        chosen.setdefault("compose", names or tuple(n for n in files if n.endswith("yaml")))
        return read_services(EnvironmentSettings(name="staging", **chosen), root=write(files))

    return read


@pytest.fixture
def fault(services):
    def read(*args, **chosen):
        with pytest.raises(SourceError) as caught:
            services(*args, **chosen)
        return caught.value

    return read


def images(read):
    return {service.name: str(service.replicas[0]) for service in read.services}


def test_images_with_their_lines(services):
    read = services({"compose.yaml": "services:\n  web:\n    image: reg.example/web:1\n"})
    (service,) = read.services
    assert service.replicas == (
        Named(kind="docker", value="reg.example/web:1", origin=service.origin),
    )
    assert (str(service.origin), service.origin.text) == (
        "compose.yaml:3",
        "image: reg.example/web:1",
    )
    assert read.undetermined == ()


def test_later_files_lie_over_earlier_ones(services):
    read = services(
        {
            "compose.yaml": "services: {web: {image: web:1}, db: {image: db:1}, old: {image: x}}",
            "prod.yaml": "services: {web: {image: web:2}, db: {ports: [1]}, old: !reset null,\n"
            " new: {image: new}}",
        }
    )
    assert images(read) == {"web": "docker:web:2", "db": "docker:db:1", "new": "docker:new"}


def test_anchors_merge_keys_and_extensions(services):
    read = services(
        {
            "compose.yaml": "x-base: &base {image: 'base:1', restart: always}\n"
            "services:\n  a: *base\n  b:\n    <<: [*base, {image: no}]\n"
            "  c: {<<: *base, image: own}\n"
        }
    )
    assert images(read) == {"a": "docker:base:1", "b": "docker:base:1", "c": "docker:own"}


def test_extends(services):
    read = services(
        {
            "compose.yaml": "services:\n  web: {extends: {file: lib/common.yaml, service: app}}\n"
            "  own: {extends: web, image: own:1}\n",
            "lib/common.yaml": "services:\n  app: {extends: base}\n  base: {image: 'base:1'}\n",
        },
        "compose.yaml",
    )
    assert images(read) == {"web": "docker:base:1", "own": "docker:own:1"}
    assert str(read.services[0].origin) == "lib/common.yaml:3"


@pytest.mark.parametrize(
    ("image", "env", "value"),
    [
        ("a:${TAG:-dev}", "", "a:dev"),
        ("a:${TAG:-dev}", "TAG=", "a:dev"),
        ("a:x${TAG-dev}", "TAG=", "a:x"),
        ("a:$TAG", "TAG=v1", "a:v1"),
        ("a:${TAG}-${N}", "export TAG='v1' # c\nN=\"2\"  # c\n# X=1", "a:v1-2"),
        ("${R:-${HOST:-reg.example}}/a", "", "reg.example/a"),
        ("a:1${X:+-slim}", "X=1", "a:1-slim"),
        ("a:1${X:+-${NONE}}", "", "a:1"),
        ("a:${TAG:?set it}", "TAG=1", "a:1"),
        ("a:${TAG:-${NONE}}", "TAG=1", "a:1"),
        ("a:$$x", "", "a:$x"),
        ("a:${TAG}", "V=1\nTAG=$V.2", "a:1.2"),
        ("a:${TAG}", "TAG='$V'", "a:$V"),
    ],
)
def test_variables(services, image, env, value):
    read = services({"compose.yaml": f"services: {{a: {{image: '{image}'}}}}", ".env": env})
    assert images(read) == {"a": f"docker:{value}"}


def test_variables_of_the_process_are_not_taken(services, monkeypatch):
    monkeypatch.setitem(os.environ, "TAG", "from-the-process")
    read = services({"compose.yaml": "services:\n  a:\n    image: a:${TAG}\n  b: {image: b}\n"})
    assert images(read) == {"b": "docker:b"}
    (note,) = read.undetermined
    assert (note.subject, str(note.origin)) == ("the service a", "compose.yaml:3")
    assert "variable TAG" in note.reason
    assert ".env" in note.hint
    assert not note.harmless


def test_a_listed_service_needs_no_variable(services):
    listed = Service(name="a", replicas=(Named(kind="docker", value="mine"),))
    files = {"compose.yaml": "services: {a: {image: 'a:${TAG}'}, b: {image: b}}"}
    read = services(files, services=(listed,))
    assert images(read) == {"a": "docker:mine", "b": "docker:b"}
    assert read.undetermined == ()


def test_built_images(services):
    built = "services: {web: {build: .}, api: {build: ., image: 'api:1'}}\n"
    assert images(services({"compose.yaml": f"name: shop\n{built}"})) == {
        "web": "docker:shop-web",
        "api": "docker:api:1",
    }
    unnamed = services({"compose.yaml": built})
    assert images(unnamed) == {"api": "docker:api:1"}
    assert "name the image" in unnamed.undetermined[0].hint
    assert images(services({"compose.yaml": f"name: shop\n{built}"}, via="registry")) == {
        "api": "registry:api:1"
    }


def test_profiles_start_only_where_they_are_active(services):
    files = {"compose.yaml": "services: {a: {image: a}, b: {image: b, profiles: [debug]}}"}
    read = services(files)
    assert images(read) == {"a": "docker:a"}
    assert read.undetermined[0].harmless
    assert images(services({**files, ".env": "COMPOSE_PROFILES=x,debug"})) == {
        "a": "docker:a",
        "b": "docker:b",
    }


def test_included_files_are_told(services):
    read = services({"compose.yaml": "include: [other.yaml]\nservices: {a: {image: a}}"})
    assert (read.undetermined[0].harmless, str(read.undetermined[0].origin)) == (
        False,
        "compose.yaml:1",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services:\n  a: {image: x}\n  a: {image: y}\n", 'compose.yaml:3: the key "a" stands'),
        ("services: [a\nb: c", "compose.yaml:2: this is not YAML"),
        ("services: [a]", "compose.yaml:1: services must be a mapping"),
        ("services:\n  a: b", "compose.yaml:2: the service a must be a mapping"),
        ("services:\n  a:\n    image: [x]", "compose.yaml:3: image must be a text"),
        ("services:\n  a:\n    image: 'x y'", 'compose.yaml:3: "x y" is no image'),
        ("services:\n  a:\n    image: ${", "compose.yaml:3: a ${ is followed by no name"),
        ("services:\n  a:\n    image: ${A/b/c}", "compose.yaml:3: compose knows ${NAME}"),
        ("services:\n  a:\n    image: ${A:-b", "compose.yaml:3: a ${ has no }"),
        ("services: {a: {extends: b}}", "compose.yaml:1: compose.yaml has no service b"),
        ("services: {a: {extends: b}, b: {extends: a}}", "extend each other in a ring"),
        ("services: {a: !!python/name:os.system x}", "compose.yaml:1: the tag"),
        ("services: &a {b: *a}", "compose.yaml:1: *a contains itself"),
        ("kind: Pod\napiVersion: v1\n", "this is a Kubernetes manifest"),
        ("services: {a: {extends: {file: ../../x.yaml, service: b}}}", "lies outside the project"),
        ("[" * 100_000, "compose.yaml:1: it is nested too deep"),
        ("# " + "x" * (4 << 20), "larger than 4 MiB"),
    ],
)
def test_bad_files(fault, text, message):
    assert message in fault({"compose.yaml": text}).message


def test_aliases_cannot_multiply(services):
    lines = ["x-a: &a0 {image: x}"]
    lines += [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    read = services({"compose.yaml": "\n".join([*lines, "services: {a: *a0}"])})
    assert images(read) == {"a": "docker:x"}
    keys = ", ".join(f"k{n}: 1" for n in range(5000))
    many = "\n".join(f"x-{n}: {{<<: *a}}" for n in range(100))
    with pytest.raises(SourceError, match="aliases bring in too much"):
        services({"compose.yaml": f"x-a: &a {{{keys}}}\n{many}"})
