"""Targets: versions, platforms, tags and the marker environment."""

from __future__ import annotations

import sys

import pytest
from packaging.markers import Marker, default_environment
from packaging.tags import sys_tags

from depcheck.errors import UsageError
from depcheck.sources.target import PLATFORMS, build_target

HOST = ".".join(map(str, sys.version_info[:3]))
HOST_MINOR = ".".join(map(str, sys.version_info[:2]))


def test_the_host_is_the_default():
    target = build_target(None, None)
    assert target.tags == tuple(map(str, sys_tags()))
    assert target.environment == default_environment()
    assert build_target(HOST, None) == target


def test_a_minor_version_alone_is_never_the_hosts_own_release():
    target = build_target(HOST_MINOR, None)
    assert target.python == f"{HOST_MINOR}.0"
    assert target.environment["python_full_version"] == f"{HOST_MINOR}.0"
    assert target.tags == build_target(None, None).tags


@pytest.mark.parametrize(
    ("python", "full"),
    [("3.9", "3.9.0"), ("3.13.2", "3.13.2"), ("cp3.13", "3.13.0"), (f"{HOST_MINOR}.99", None)],
)
def test_versions(python, full):
    target = build_target(python, "linux/arm64")
    full = full or python
    assert target.python == full
    assert target.environment["python_full_version"] == full
    assert target.environment["python_version"] == full.rpartition(".")[0]
    assert target.environment["implementation_version"] == full
    assert target.tags[0].startswith(f"cp{full.rpartition('.')[0].replace('.', '')}-")


@pytest.mark.parametrize(
    ("platform", "first", "others", "never", "environment"),
    [
        (
            "linux/amd64",
            "cp312-cp312-linux_x86_64",
            [
                "cp312-cp312-manylinux_2_36_x86_64",
                "cp312-abi3-manylinux2014_x86_64",
                "cp37-abi3-manylinux1_x86_64",
                "py3-none-any",
            ],
            [
                "cp312-cp312-manylinux_2_37_x86_64",
                "cp311-cp311-manylinux_2_17_x86_64",
                "cp312-cp312-musllinux_1_2_x86_64",
            ],
            ("posix", "linux", "Linux", "x86_64"),
        ),
        (
            "linux/arm64",
            "cp312-cp312-linux_aarch64",
            ["cp312-cp312-manylinux2014_aarch64"],
            ["cp312-cp312-manylinux1_aarch64"],
            ("posix", "linux", "Linux", "aarch64"),
        ),
        (
            "linux/amd64/musl",
            "cp312-cp312-linux_x86_64",
            ["cp312-cp312-musllinux_1_2_x86_64", "cp312-cp312-musllinux_1_0_x86_64"],
            ["cp312-cp312-manylinux_2_17_x86_64"],
            ("posix", "linux", "Linux", "x86_64"),
        ),
        (
            "manylinux_2_28_x86_64",
            "cp312-cp312-linux_x86_64",
            ["cp312-cp312-manylinux_2_28_x86_64"],
            ["cp312-cp312-manylinux_2_29_x86_64"],
            ("posix", "linux", "Linux", "x86_64"),
        ),
        (
            "manylinux2014_x86_64",
            "cp312-cp312-linux_x86_64",
            ["cp312-cp312-manylinux2014_x86_64", "cp312-cp312-manylinux_2_17_x86_64"],
            ["cp312-cp312-manylinux_2_18_x86_64"],
            ("posix", "linux", "Linux", "x86_64"),
        ),
        (
            "macos/arm64",
            "cp312-cp312-macosx_14_0_arm64",
            ["cp312-cp312-macosx_11_0_universal2"],
            ["cp312-cp312-macosx_15_0_arm64", "cp312-cp312-macosx_11_0_x86_64"],
            ("posix", "darwin", "Darwin", "arm64"),
        ),
        (
            "macosx_12_0_x86_64",
            "cp312-cp312-macosx_12_0_x86_64",
            ["cp312-cp312-macosx_10_9_x86_64"],
            ["cp312-cp312-macosx_13_0_x86_64"],
            ("posix", "darwin", "Darwin", "x86_64"),
        ),
        (
            "windows/amd64",
            "cp312-cp312-win_amd64",
            ["cp312-none-any", "cp310-abi3-win_amd64"],
            ["cp312-cp312-win32"],
            ("nt", "win32", "Windows", "AMD64"),
        ),
    ],
)
def test_platforms(platform, first, others, never, environment):
    target = build_target("3.12", platform)
    assert target.platform == platform
    assert target.tags[0] == first
    assert set(others) <= set(target.tags)
    assert not set(never) & set(target.tags)
    assert len(set(target.tags)) == len(target.tags)
    keys = ("os_name", "sys_platform", "platform_system", "platform_machine")
    assert tuple(target.environment[key] for key in keys) == environment
    assert target.environment["platform_release"] == ""
    assert target.environment["platform_version"] == ""


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_named_platform_gives_a_whole_environment(platform):
    target = build_target("3.12", platform)
    assert set(target.environment) == set(default_environment())
    assert Marker("python_version >= '3.12' and platform_release == ''").evaluate(
        dict(target.environment)
    )


def test_the_order_is_the_interpreters_own():
    """Tags for the host, built as for a foreign target, stand in the host's own order."""
    if sys.implementation.name != "cpython":
        pytest.skip("the host is not CPython")
    foreign = build_target(f"{HOST_MINOR}.98", None).tags
    assert foreign == tuple(map(str, sys_tags()))


@pytest.mark.parametrize(
    "python",
    ["", "2.7", "3", "3.99", "3.7", "three", "3.12.x", "3.1.2.3", "pypy3.10", "3\n\x1b"],
)
def test_versions_that_make_no_sense(python):
    with pytest.raises(UsageError) as caught:
        build_target(python, None)
    assert "3.12" in caught.value.hint
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("platform", "meant"),
    [
        ("linux/amd46", 'did you mean "linux/amd64"'),
        ("Windows", 'did you mean "windows/amd64" or "windows/arm64"?'),
        ("Linux/x86_64", "known are"),
        ("", "known are"),
        ("manylinux_2_28_x86_64\nx", "known are"),
        ("win_amd65", "known are"),
    ],
)
def test_platforms_that_do_not_exist(platform, meant):
    with pytest.raises(UsageError) as caught:
        build_target("3.12", platform)
    assert meant in caught.value.hint
    assert "musllinux_1_2_x86_64" in caught.value.hint
