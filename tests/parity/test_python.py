"""Interpreters and environments."""

from __future__ import annotations

import pytest

from tests.parity.stories import (
    dist,
    drift,
    image,
    only,
    python,
    rules,
    tell,
    told,
    venv,
)


@pytest.mark.parametrize(
    ("staging", "production", "severity"),
    [("3.11.2", "3.12.1", "error"), ("3.11.2", "3.11.7", "warning"), ("2.7.18", "3.7.18", "error")],
)
def test_another_version(staging, production, severity):
    left, right = (
        image(
            interpreters=(python(v, f"/usr/bin/python{v[:4].rstrip('.')}"),),
            environments=(venv(python=v),),
        )
        for v in (staging, production)
    )
    version = tell(left, right).findings[0]
    assert (version.rule, version.severity) == ("python-version", severity)
    assert version.message == f"Python is {staging} in staging, {production} in production."
    assert rules(tell(left, right)).count("python-version") == 1


def test_one_interpreter_with_two_names_is_told_once():
    left, right = (
        image(interpreters=(python(v), python(v, "/usr/local/bin/python3")))
        for v in ("3.11.2", "3.11.7")
    )
    assert rules(tell(left, right)) == ["python-version"]


def test_the_python_of_an_environment_is_told_where_no_interpreter_tells_it():
    left, right = (image(environments=(venv(python=v),)) for v in ("3.11.2", "3.12.0"))
    finding = only(tell(left, right))
    assert finding.message == "Python of /opt/venv is 3.11.2 in staging, 3.12.0 in production."


def test_a_short_version_is_no_difference():
    left, right = (image(environments=(venv(python=v),)) for v in ("3.11.2", "3.11"))
    assert tell(left, right).findings == ()


def test_another_implementation():
    finding = only(tell(image(), image(interpreters=(python("7.3", implementation="pypy"),))))
    assert (finding.rule, finding.severity) == ("python-implementation", "error")


@pytest.mark.parametrize(
    ("build", "severity"),
    [("free-threaded", "error"), ("debug, GCC 12", "error"), ("GCC 12.2.0", "warning")],
)
def test_another_build(build, severity):
    finding = only(tell(image(), image(interpreters=(python(build=build),))))
    assert (finding.rule, finding.severity) == ("python-build", severity)
    assert "plain in staging" in finding.message


def test_another_location_is_a_note():
    finding = only(tell(image(), image(interpreters=(python(path="/opt/py/bin/python3.11"),))))
    assert (finding.rule, finding.severity) == ("python-location", "note")


def test_an_interpreter_on_one_side():
    more = image(interpreters=(python(), python("3.12.1", "/usr/local/bin/python3.12")))
    assert told(tell(more, image())) == [("python-missing", "error", "/usr/local/bin/python3.12")]
    assert told(tell(image(), more)) == [("python-added", "note", "/usr/local/bin/python3.12")]


def test_an_environment_on_one_side_is_told_once_not_for_each_distribution():
    tools = venv("/opt/tools", active=False)
    names = [f"d{n}" for n in range(9)]
    more = image(
        environments=(venv(), tools),
        distributions=tuple(
            dist(name, "1", environment="/opt/tools", folder="/opt/tools/x") for name in names
        ),
    )
    finding = only(tell(more, image()))
    assert (finding.rule, finding.severity) == ("environment-missing", "warning")
    assert "an environment of 9 distributions in staging" in finding.message
    assert told(tell(image(), more)) == [("environment-added", "note", "/opt/tools")]


def test_the_active_environment_missing_is_an_error():
    finding = tell(image(), image(environments=())).findings[0]
    assert (finding.rule, finding.severity) == ("environment-missing", "error")


def test_where_only_differing_layers_were_read_nothing_is_counted():
    more = image(whole=False, distributions=(dist("orjson", "3"),))
    less = image(whole=False)
    assert rules(tell(more, less)) == ["distribution-missing"]
    assert all(s.same is None for s in tell(more, less).summaries)


def test_an_environment_that_moved():
    moved = image(
        environments=(venv("/app/.venv"),),
        distributions=(dist("a", "2", environment="/app/.venv", folder="/app/.venv/x"),),
    )
    comparison = tell(image(distributions=(dist("a", "1"),)), moved)
    assert rules(comparison) == ["distribution-major", "python-location"]


def test_another_environment_is_active():
    def side(active):
        return image(
            environments=(
                venv(active=active == "/opt/venv"),
                venv("/usr", kind="system", active=active == "/usr"),
            )
        )

    finding = only(tell(side("/opt/venv"), side("/usr")))
    assert (finding.rule, finding.severity) == ("environment-active", "error")
    assert (drift(finding).left, drift(finding).right) == ("/opt/venv", "/usr")


def test_where_nobody_knows_what_runs_everything_counts():
    def side(version):
        return image(environments=(venv(active=False),), distributions=(dist("a", version),))

    assert only(tell(side("1"), side("2"))).severity == "error"
