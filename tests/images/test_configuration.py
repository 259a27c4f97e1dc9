"""Configurations as settings, and build steps without their secrets."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from depcheck.errors import ImageError
from depcheck.images.configuration import clean_step, masked_command, parse_configuration
from tests.support import oci

A, B = oci.Layer({"a": "a"}, "COPY a ."), oci.Layer({"b": "b"}, "COPY b .")


def settings(config: dict[str, Any], **more: Any) -> dict[str, tuple[str, bool]]:
    found = parse_configuration(oci.Image((A,), config=config, **more).config_blob).settings
    return {name: (fact.value, fact.secret) for name, fact in found.items()}


def test_every_setting_has_its_name() -> None:
    found = settings(
        {
            "User": "app", "WorkingDir": "/srv", "StopSignal": "SIGINT",
            "Entrypoint": ["/init"], "Cmd": ["serve", "é"], "Shell": ["/bin/bash", "-c"],
            "OnBuild": ["RUN x"], "ExposedPorts": {"8080/tcp": {}}, "Volumes": {"/data": {}},
            "Env": ["PATH=/opt/venv/bin:/bin", "EMPTY=", "A=b=c"],
            "Labels": {"team": "shop", "org.opencontainers.image.version": "1.2",
                       "org.opencontainers.image.base.name": "reg.example/base:1",
                       "org.opencontainers.image.base.digest": "sha256:ab"},
            "Healthcheck": {"Test": ["CMD-SHELL", "curl -f x"], "Interval": 30_000_000_000,
                            "Timeout": 1_500_000_000, "Retries": 3},
        },
        platform="linux/arm/v6",
    )  # fmt: skip
    assert found == {
        "architecture": ("arm", False), "variant": ("v6", False), "os": ("linux", False),
        "created": ("2026-11-01T12:00:00Z", False), "workdir": ("/srv", False),
        "user": ("app", False), "stopsignal": ("SIGINT", False),
        "base": ("reg.example/base:1@sha256:ab", False),
        "port.8080/tcp": ("8080/tcp", False), "volume./data": ("/data", False),
        "entrypoint": ('["/init"]', False), "command": ('["serve", "é"]', False),
        "shell": ('["/bin/bash", "-c"]', False), "onbuild": ('["RUN x"]', False),
        "healthcheck": ("CMD curl -f x interval=30s timeout=1.5s retries=3", False),
        "label.team": ("shop", True), "label.org.opencontainers.image.version": ("1.2", False),
        "label.org.opencontainers.image.base.name": ("reg.example/base:1", False),
        "label.org.opencontainers.image.base.digest": ("sha256:ab", False),
        "env.PATH": ("/opt/venv/bin:/bin", False), "env.EMPTY": ("", True),
        "env.A": ("b=c", True),
    }  # fmt: skip


def test_a_variant_that_goes_without_saying_is_none() -> None:
    assert settings({}, platform="linux/arm64/v8") == settings({}, platform="linux/arm64")


def test_what_leads_to_the_interpreter() -> None:
    config = {"Entrypoint": ["/init"], "Cmd": ["serve"], "Env": ["PATH=/a", "PATH=/b"]}
    found = parse_configuration(oci.Image((A,), config=config).config_blob)
    assert (found.path, found.command) == ("/b", ("/init", "serve"))
    assert (found.platform, found.created) == ("linux/amd64", "2026-11-01T12:00:00Z")
    bare = parse_configuration(oci.Image((A,), config={"Cmd": "serve", "Env": None}).config_blob)
    assert (bare.path, bare.command) == ("", ("serve",))


def test_a_command_with_a_secret_is_one() -> None:
    found = settings({"Cmd": ["serve", "--token", "abc"], "Entrypoint": ["sh", "-c", "A=1 x"]})
    assert found["command"] == ('["serve", "--token", "abc"]', True)
    assert found["entrypoint"][1] is False


def test_history_and_layers() -> None:
    image = oci.Image((A, oci.Step("ENV X=1"), B))
    found = parse_configuration(image.config_blob).layers
    assert [(each.position, each.diff_id, each.step) for each in found] == [
        (1, A.diff_id, "COPY a ."),
        (2, B.diff_id, "COPY b ."),
    ]
    assert found[0].created == "2026-11-01T12:00:00Z"


@pytest.mark.parametrize("history", [[], [{"created_by": "x"}], [{"empty_layer": True}] * 2])
def test_a_history_that_does_not_fit_tells_nothing(history: Any) -> None:
    image = oci.Image((A, B), extra={"history": history})
    assert [each.step for each in parse_configuration(image.config_blob).layers] == ["", ""]


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"rootfs": None}, "lists no layers"),
        ({"rootfs": {"type": "other", "diff_ids": []}}, "lists no layers"),
        ({"rootfs": {"type": "layers", "diff_ids": ["x"]}}, "no sha256"),
        ({"config": {"Env": [1]}}, "no list of texts"),
        ({"config": {"Env": {}}}, "no list"),
        ({"config": {"Labels": {"a": 1}}}, "no text"),
        ({"config": {"User": 5}}, "no text"),
        ({"history": "x"}, "no list"),
        ({"created": 5}, "no text"),
        ({"config": {"User": "\ud800"}}, "no JSON"),
    ],
)
def test_a_broken_configuration(extra: dict[str, Any], reason: str) -> None:
    with pytest.raises(ImageError) as caught:
        parse_configuration(oci.Image((A,), extra=extra).config_blob, "the configuration of shop:1")
    assert reason in caught.value.message
    assert caught.value.message.startswith("the configuration of shop:1")


@pytest.mark.parametrize(
    ("step", "shown"),
    [
        ("/bin/sh -c #(nop)  CMD [\"gunicorn\" \"shop.wsgi\"]", 'CMD ["gunicorn" "shop.wsgi"]'),
        ("/bin/sh -c #(nop) COPY dir:ab in /srv ", "COPY dir:ab in /srv"),
        ("/bin/sh -c apt-get   update", "RUN apt-get update"),
        ("RUN /bin/sh -c pip install x # buildkit", "RUN pip install x"),
        ("COPY . . # buildkit", "COPY . ."),
        ("|1 A=s3cret /bin/sh -c make", "RUN make"),
        ("RUN |2 A=s3cret B=s3cret with spaces /bin/bash -o pipefail -c make # buildkit",
         "RUN make"),
        ("|1 A=s3cret no shell at all", "RUN …"),
        ("ENV A=s3cret B=\"s3cret s3cret\"", "ENV A=*** B=***"),
        ("/bin/sh -c #(nop)  ENV PASS=correct s3cret=s3cret", "ENV PASS=***"),
        ("ENV KEY s3cret", "ENV KEY=***"),
        ("ARG TOKEN", "ARG TOKEN"),
        ("ARG TOKEN=s3cret", "ARG TOKEN=***"),
        ("LABEL a.b=s3cret c=\"s3cret\"", "LABEL a.b=*** c=***"),
        ("RUN /bin/sh -c x --password=s3cret -y", "RUN x --password=*** -y"),
        ("RUN /bin/sh -c x --token 's3cret s3cret' -y", "RUN x --token *** -y"),
        ("RUN /bin/sh -c API_TOKEN=\"s3cret s3cret\" x", "RUN API_TOKEN=*** x"),
        ("RUN /bin/sh -c curl -H 'Authorization: Bearer s3crets3cret' x",
         "RUN curl -H 'Authorization: *** ***' x"),
        ("RUN /bin/sh -c curl -u me:s3cret x", "RUN curl -u *** x"),
        ("RUN /bin/sh -c pip install -i https://me:s3cret@index.example/simple?t=s3cret x",
         "RUN pip install -i https://***@index.example/simple?*** x"),
        ('CMD ["x" "--token" "s3cret s3cret"]', 'CMD ["x" "--token" ***]'),
        ('CMD ["x","--token","s3cret s3cret","y"]', 'CMD ["x","--token",***,"y"]'),
        ('RUN x --token "s3cret s3cret', "RUN x --token ***"),
        ("a\nb\x1b[0m", "a b\\x1b[0m"),
        ("", ""),
    ],
)  # fmt: skip
def test_steps(step: str, shown: str) -> None:
    assert clean_step(step) == shown


def test_a_long_step_is_short_and_keeps_its_secrets() -> None:
    for secret in ("x " * 1990 + "https://me:s3cret@index.example/", "A=" + "s3cret" * 2000):
        shown = clean_step(f"ENV A={secret}")
        assert "s3cret" not in shown
        assert len(shown) <= 200


def test_an_ordinary_command_is_left_alone() -> None:
    for text in ("gunicorn shop.wsgi -b 0.0.0.0:80", "A=1 x --bind=b -u me", "tar -x -C /p -f a"):
        assert masked_command(text) == text


def test_reading_steps_takes_linear_time() -> None:
    began = time.process_time()
    parts = ("-a", "A", "TOKEN=", '"\\', "://", " -u", "|1  /sh", "--a ,", "/sh -x ", "='", "a:")
    for part in parts:
        masked_command(part * (100_000 // len(part)))
        clean_step("RUN |1 " + part * 100_000)
    assert time.process_time() - began < 5


def test_a_step_of_json_is_no_configuration() -> None:
    with pytest.raises(ImageError, match="no JSON object"):
        parse_configuration(json.dumps([]).encode())


def test_numbers_and_commands_that_are_made_to_break_their_reader() -> None:
    check = {"Test": ["CMD", "x"], "Interval": 10**400}
    with pytest.raises(ImageError, match='"Interval" is no count'):
        settings({"Healthcheck": check})
    began = time.process_time()
    assert settings({"Cmd": ["--token " * 200_000]})["command"][1]
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("PATH=/usr/bin", False),
        ("LC_ALL=C.UTF-8", False),
        ("PYTHON_VERSION=3.11.2", False),
        ("HOME=https://me:s3cret@index.example/", True),
        ("PYTHONPATH=/app?token=s3cret TOKEN=s3cret", True),
        ("PYTHONPATHS=/app", True),
        ("LOG_LEVEL=debug", True),
    ],
)
def test_only_variables_that_hold_no_secret_by_what_they_are_for_are_open(
    variable: str, secret: bool
) -> None:
    found = settings({"Env": [variable]})
    assert found[f"env.{variable.partition('=')[0]}"][1] is secret


@pytest.mark.parametrize(
    "step",
    [
        "RUN export GITHUB_PAT=tok-S05 && make",
        "RUN mysql -u root -ptok-S05 shop < dump.sql",
        "RUN sshpass -p tok-S05 scp a b",
        'RUN echo "machine h login u password tok-S05" > ~/.netrc',
    ],
)
def test_passwords_of_well_known_programs_are_hidden(step: str) -> None:
    assert "S05" not in clean_step(step)


def test_a_path_is_no_personal_access_token() -> None:
    step = "RUN PATH=/opt/venv/bin:$PATH cp -p patch.diff /srv && mkdir -p /srv/x"
    assert clean_step(step) == step
