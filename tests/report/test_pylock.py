"""The lock: valid under PEP 751, complete, and free of secrets."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from packaging.pylock import Pylock

from depcheck.errors import OutputError
from depcheck.model.catalog import Distribution
from depcheck.model.report import Picked
from depcheck.report.pylock import render, render_picked
from tests.report import samples

WHEEL = "demo-1.0-py3-none-any.whl"
URL = "https://files.index.example/packages"


def distribution(filename: str, **values: object) -> Distribution:
    given: dict[str, object] = {"hashes": (("sha256", "ab" * 32),)}
    return Distribution(filename, f"{URL}/{filename}", **(given | values))  # type: ignore[arg-type]


def pick(*distributions: Distribution, version: str = "1.0") -> Picked:
    return Picked(name="demo", version=version, distributions=distributions, index=samples.INDEX)


def lock(*picks: Picked) -> dict[str, object]:
    return tomllib.loads(render(samples.report(combined=picks)))


def test_it_is_a_lock() -> None:
    data = tomllib.loads(render(samples.SHIFTS))
    parsed = Pylock.from_dict(data)
    assert data["lock-version"] == "1.0"
    assert [p.name for p in parsed.packages] == sorted(p.name for p in samples.COMBINED)


def test_it_installs_on_its_target_and_no_other() -> None:
    parsed = Pylock.from_dict(tomllib.loads(render(samples.SHIFTS)))
    from packaging.tags import parse_tag

    tags = list(parse_tag("py3-none-any"))
    environment = dict(samples.TARGET.environment)
    chosen = list(parsed.select(environment=environment, tags=tags))  # type: ignore[arg-type]
    assert len(chosen) == len(samples.COMBINED)
    environment["sys_platform"] = "win32"
    with pytest.raises(Exception, match="environment"):
        list(parsed.select(environment=environment, tags=tags))  # type: ignore[arg-type]


@pytest.mark.parametrize("time", ["soon", "0001-01-01T00:00:00+23:59"])
def test_an_upload_time_that_is_none_is_left_out(time: str) -> None:
    text = render(samples.report(combined=(pick(distribution(WHEEL, upload_time=time)),)))
    assert "upload-time" not in text
    assert WHEEL in text


def test_files_are_in_order_whatever_order_they_come_in() -> None:
    wheels = (
        distribution("demo-1.0-py3-none-any.whl"),
        distribution("demo-1.0-cp311-cp311-linux_x86_64.whl"),
        distribution("demo-1.0.tar.gz", size=12),
    )
    assert render(samples.report(combined=(pick(*wheels),))) == render(
        samples.report(combined=(pick(*reversed(wheels)),))
    )


def test_upload_times_are_utc() -> None:
    stamped = distribution("demo-1.0.tar.gz", upload_time="2024-11-28T05:43:27+02:00")
    package = lock(pick(stamped))["packages"][0]  # type: ignore[index]
    assert package["sdist"]["upload-time"].isoformat() == "2024-11-28T03:43:27+00:00"


def test_secrets_of_addresses_stay_out() -> None:
    file = replace(
        distribution("demo-1.0.tar.gz"),
        url="https://user:hunter2@index.example/demo-1.0.tar.gz?X-Amz-Signature=abcdef#sha256=1",
    )
    text = render(
        samples.report(
            combined=(replace(pick(file), index="https://user:hunter2@index.example/simple/"),)
        )
    )
    assert "hunter2" not in text
    assert "abcdef" not in text
    assert 'url = "https://index.example/demo-1.0.tar.gz"' in text


def test_a_file_without_a_hash_is_named() -> None:
    with pytest.raises(OutputError, match=r"no hash for demo-1\.0\.tar\.gz"):
        lock(pick(distribution("demo-1.0.tar.gz", hashes=())))


def test_a_release_without_files_is_named() -> None:
    with pytest.raises(OutputError, match=r"demo 1\.0 has no file"):
        lock(pick(distribution("demo-1.0.egg")))


def test_a_file_of_another_release_is_refused() -> None:
    with pytest.raises(OutputError, match="not consistent"):
        lock(pick(distribution("demo-2.0-py3-none-any.whl")))


def test_no_lock_of_what_may_be_incomplete() -> None:
    with pytest.raises(OutputError, match="might be incomplete"):
        render(samples.UNDETERMINED)


def test_no_lock_without_a_combined_set() -> None:
    with pytest.raises(OutputError, match="no combined set"):
        render(samples.CONFLICT)


def test_a_container_is_locked_as_a_combined_set_is() -> None:
    text = render(samples.SHIFTS)
    assert render_picked(tuple(reversed(samples.COMBINED)), samples.TARGET) == text
    assert tomllib.loads(render_picked((), samples.TARGET))["packages"] == []
