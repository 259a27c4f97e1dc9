"""Image configuration and container settings; what stays hidden."""

from __future__ import annotations

import pytest

from depcheck.model.inventory import Identity
from tests.parity.stories import IMAGE, chain, drift, facts, image, only, rules, tell, told


def settings(values, *, secret=False):
    return image(settings=facts(values, secret=secret))


def running(values, *, secret=False):
    return image(covers=IMAGE | {"runtime"}, runtime=facts(values, secret=secret))


@pytest.mark.parametrize(
    ("key", "rule", "severity"),
    [
        ("architecture", "image-architecture", "error"),
        ("os", "image-architecture", "error"),
        ("variant", "image-variant", "warning"),
        ("entrypoint", "image-entrypoint", "error"),
        ("command", "image-command", "error"),
        ("workdir", "image-workdir", "warning"),
        ("user", "image-user", "warning"),
        ("port.8080/tcp", "image-port", "note"),
        ("volume./data", "image-volume", "warning"),
        ("healthcheck", "image-healthcheck", "warning"),
        ("stopsignal", "image-stopsignal", "warning"),
        ("label.org.example.tier", "image-label", "note"),
        ("env.LOG_LEVEL", "image-environment", "warning"),
        ("env.PATH", "image-environment", "error"),
        ("env.LD_PRELOAD", "image-environment", "error"),
        ("env.PYTHONPATH", "image-environment", "error"),
        ("env.PYTHON_VERSION", "image-environment", "note"),
        ("shell", "image-other", "note"),
    ],
)
def test_image_configuration(key, rule, severity):
    finding = only(tell(settings({key: "one"}), settings({key: "two"})))
    assert (finding.rule, finding.severity, drift(finding).name) == (rule, severity, key)
    assert finding.message.endswith("is one in staging, two in production.")
    alone = only(tell(settings({key: "one"}), settings({})))
    assert (alone.rule, alone.severity) == (rule, severity)
    assert alone.message.endswith("is one in staging, not set in production.")


@pytest.mark.parametrize(
    ("key", "rule", "severity"),
    [
        ("memory", "runtime-memory", "warning"),
        ("cpus", "runtime-cpus", "warning"),
        ("restart", "runtime-restart", "warning"),
        ("user", "runtime-user", "warning"),
        ("read-only", "runtime-read-only", "warning"),
        ("capability.NET_ADMIN", "runtime-capabilities", "warning"),
        ("port.80/tcp", "runtime-ports", "warning"),
        ("mount./data", "runtime-mounts", "warning"),
        ("network.backend", "runtime-networks", "warning"),
        ("env.LOG_LEVEL", "runtime-environment", "warning"),
        ("env.PATH", "runtime-environment", "error"),
        ("shm-size", "runtime-other", "warning"),
    ],
)
def test_container_settings(key, rule, severity):
    assert told(tell(running({key: "one"}), running({key: "two"}))) == [(rule, severity, key)]


def test_what_an_image_says_a_container_does_not_repeat():
    left, right = (
        image(
            covers=IMAGE | {"runtime"},
            settings=facts({"env.A": v, "user": v}, secret=True),
            runtime=facts({"env.A": v, "user": v}, secret=True),
        )
        for v in ("one", "two")
    )
    assert rules(tell(left, right)) == ["runtime-environment", "runtime-user"]


def test_an_image_says_nothing_of_run_time():
    comparison = tell(image(), running({"memory": "1 GiB"}))
    assert comparison.findings == ()
    assert comparison.left_out == ("runtime",)


def test_secret_values_are_not_shown():
    left, right = (settings({"env.TOKEN": v}, secret=True) for v in ("hunter2", "hunter3"))
    finding = only(tell(left, right))
    assert "hunter" not in str(finding)
    assert (drift(finding).left, drift(finding).right) == ("set", "set")
    assert drift(finding).hidden
    assert finding.message == (
        "the variable TOKEN has one value in staging and another in production."
    )


def test_a_secret_on_one_side_only():
    finding = only(tell(settings({"env.TOKEN": "hunter2"}, secret=True), settings({})))
    assert "hunter" not in str(finding)
    assert drift(finding).right is None
    assert finding.message == "the variable TOKEN is set in staging, not set in production."


def test_one_secret_side_hides_the_other():
    left, right = settings({"command": "a"}, secret=True), settings({"command": "plain"})
    assert "plain" not in str(only(tell(left, right)))


def test_secret_values_are_shown_where_asked_for():
    left, right = (settings({"env.TOKEN": v}, secret=True) for v in ("hunter2", "hunter3"))
    finding = only(tell(left, right, show_values=True))
    assert finding.message == "the variable TOKEN is hunter2 in staging, hunter3 in production."
    assert not drift(finding).hidden


def test_layers_base_and_time_are_one_note():
    left = image(
        layers=chain("a", "b", "c"), settings=facts({"base": "debian@1", "created": "2026-01-01"})
    )
    right = image(
        layers=chain("a", "b", "d", "e"),
        settings=facts({"base": "debian@1", "created": "2026-02-02"}),
    )
    finding = only(tell(left, right))
    assert (finding.rule, finding.severity) == ("image-layers", "note")
    assert finding.message == (
        "the image is of 3 layers, on debian@1, built 2026-01-01 in staging, of 4 layers, on "
        "debian@1, built 2026-02-02 in production: they share the lowest 2 layers."
    )


def test_a_port_is_named_once():
    finding = only(tell(settings({"port.80/tcp": "80/tcp"}), settings({})))
    assert finding.message == "the exposed port is 80/tcp in staging, not set in production."
    assert finding.remedy == "set the exposed port 80/tcp in production as it was tested"


def test_nothing_shared_and_only_the_time():
    assert "no layer is shared" in only(tell(image(layers=chain("a")), image())).message
    left, right = (image(identity=Identity(created=t)) for t in ("2026-01-01", "2026-02-02"))
    assert "the layers are the same" in only(tell(left, right)).message


def test_sides_without_a_name_of_their_own():
    from depcheck.parity.compare import compare

    left, right = settings({"user": "app"}), settings({"user": "root"})
    assert only(compare(left, right)).message == (
        "the user is app in the left side, root in the right side."
    )


def test_the_gravest_first_then_what_matters_more_then_by_name():
    left = settings({"env.B": "1", "env.A": "1", "env.PATH": "1", "label.x": "1", "user": "a"})
    right = settings({"env.B": "2", "env.A": "2", "env.PATH": "2", "label.x": "2", "user": "b"})
    assert [drift(f).name for f in tell(left, right).findings] == [
        "env.PATH", "env.A", "env.B", "user", "label.x",
    ]  # fmt: skip


def test_the_service_is_told():
    finding = only(tell(settings({"user": "a"}), settings({"user": "b"}), service="web"))
    assert drift(finding).service == "web"
