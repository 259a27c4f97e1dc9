"""The interpreter and platform that a check is made for.

Tags follow the platform compatibility tags specification (PEP 425, 600, 656),
the marker environment PEP 508.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from depcheck.errors import UsageError
from depcheck.model.target import Target
from depcheck.model.text import did_you_mean, printable

PLATFORMS = (
    "linux/amd64",
    "linux/arm64",
    "linux/amd64/musl",
    "linux/arm64/musl",
    "macos/amd64",
    "macos/arm64",
    "windows/amd64",
    "windows/arm64",
)
_TAG_OF_NAME = {
    "linux/amd64": "manylinux_2_36_x86_64",
    "linux/arm64": "manylinux_2_36_aarch64",
    "linux/amd64/musl": "musllinux_1_2_x86_64",
    "linux/arm64/musl": "musllinux_1_2_aarch64",
    "macos/amd64": "macosx_14_0_x86_64",
    "macos/arm64": "macosx_14_0_arm64",
    "windows/amd64": "win_amd64",
    "windows/arm64": "win_arm64",
}
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_LEGACY_GLIBC = {name: minor for minor, name in _LEGACY.items()}
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_PYTHON = re.compile(r"(?:(?:cp|cpython|python)-?)?3\.(\d{1,2})(?:\.(\d{1,2}))?", re.IGNORECASE)
_TAG = re.compile(
    r"(?P<linux>manylinux|musllinux)_(?P<major>\d{1,2})_(?P<minor>\d{1,3})_(?P<arch>\w{1,20})"
    r"|(?P<legacy>manylinux1|manylinux2010|manylinux2014)_(?P<legacy_arch>\w{1,20})"
    r"|macosx_(?P<mac_major>\d{1,2})_(?P<mac_minor>\d{1,2})_(?P<mac_arch>x86_64|arm64)"
    r"|(?P<windows>win32|win_amd64|win_arm64)"
)
_FIRST_MINOR, _LAST_MINOR = 8, 20


def build_target(python: str | None, platform: str | None) -> Target:
    """Return the target for a Python version and a platform, as a user names them.

    ``python`` is ``3.12`` or ``3.12.4`` (CPython); None is the running
    interpreter, with its full version. A minor version alone stands for ``X.Y.0``
    always, as for pip's ``--python-version``. ``platform`` is a
    name of ``PLATFORMS`` or a platform tag (``manylinux_2_28_x86_64``); None is
    the running platform. ``linux/*`` means glibc 2.36, ``macos/*`` macOS 14.

    Raises UsageError for what makes no sense.
    """
    version = _python_version(python)
    tag = None if platform is None else _platform_tag(platform)
    if version is None and tag is None:
        return _host()
    return _foreign(version or _host_python(), tag, platform)


def _host_python() -> tuple[int, int, int]:
    return sys.version_info.major, sys.version_info.minor, sys.version_info.micro


def _python_version(python: str | None) -> tuple[int, int, int] | None:
    """Return the version asked for, None for the host's own."""
    if python is None:
        return None
    match = _PYTHON.fullmatch(python.strip())
    if match is None or not _FIRST_MINOR <= int(match[1]) <= _LAST_MINOR:
        raise UsageError(_bad_python(python), hint="name it like 3.12 or 3.12.4")
    asked = 3, int(match[1]), int(match[2] or 0)
    is_host = asked == _host_python() and sys.implementation.name == "cpython"
    return None if is_host else asked


def _bad_python(python: str) -> str:
    shown = printable(python)
    if re.match(r"\s*(pypy|pp|graalpy|jython|ironpython)", python, re.IGNORECASE):
        return f'Python "{shown}" cannot be checked for: only CPython, or the running interpreter'
    return (
        f'"{shown}" is not a Python version that can be checked for '
        f"(3.{_FIRST_MINOR} to 3.{_LAST_MINOR})"
    )


def _near(name: str) -> str:
    """Return the platforms of a system that is named alone (``windows``), else a near name."""
    of_system = [f'"{each}"' for each in PLATFORMS if each.startswith(f"{name}/")]
    return f"did you mean {' or '.join(of_system)}?" if of_system else did_you_mean(name, PLATFORMS)


def _platform_tag(platform: str) -> str:
    name = platform.strip()
    tag = _TAG_OF_NAME.get(name.lower(), name)
    if _TAG.fullmatch(tag):
        return tag
    raise UsageError(
        f'unknown platform "{printable(platform)}"',
        hint=" ".join(
            part
            for part in (
                _near(name.lower()),
                f"known are {', '.join(PLATFORMS)}, or a platform tag such as "
                "manylinux_2_28_x86_64, musllinux_1_2_x86_64, macosx_14_0_arm64, win_amd64.",
            )
            if part
        ),
    )


def _host() -> Target:
    from packaging.tags import sys_tags

    environment = _host_system()
    return Target(
        python=environment["python_full_version"],
        implementation=environment["platform_python_implementation"],
        platform=_host_platform(environment),
        tags=tuple(str(tag) for tag in sys_tags()),
        environment=environment,
    )


def _host_platform(environment: dict[str, str]) -> str:
    system = {"Darwin": "macos"}.get(
        environment["platform_system"], environment["platform_system"].lower()
    )
    machine = environment["platform_machine"].lower()
    name = f"{system}/{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(machine, machine) }"
    return f"{name}/musl" if system == "linux" and _host_is_musl() else name


def _host_is_musl() -> bool:
    from packaging.tags import platform_tags

    return any(tag.startswith("musllinux") for tag in platform_tags())


def _foreign(version: tuple[int, int, int], tag: str | None, platform: str | None) -> Target:
    from packaging.tags import compatible_tags, cpython_tags, platform_tags

    minor = version[:2]
    interpreter = f"cp3{minor[1]}"
    platforms = list(platform_tags() if tag is None else _platforms(tag))
    # The ABI is named here because packaging would take the host's debug or
    # free-threaded ABI for the target's.
    tags = [
        *cpython_tags(minor, [interpreter], platforms),
        *compatible_tags(minor, interpreter, platforms),
    ]
    system = _host_system() if tag is None else _system(tag)
    full = ".".join(map(str, version))
    return Target(
        python=full,
        implementation="CPython",
        platform=_host_platform(system) if tag is None else _label(tag, platform),
        tags=tuple(dict.fromkeys(map(str, tags))),
        environment={**system, **_interpreter(full)},
    )


def _host_system() -> dict[str, str]:
    from packaging.markers import default_environment

    return {key: str(value) for key, value in default_environment().items()}


def _label(tag: str | None, platform: str | None) -> str:
    name = (platform or "").strip()
    return name.lower() if name.lower() in _TAG_OF_NAME else str(tag)


def _interpreter(full: str) -> dict[str, str]:
    return {
        "implementation_name": "cpython",
        "implementation_version": full,
        "platform_python_implementation": "CPython",
        "python_full_version": full,
        "python_version": full.rpartition(".")[0],
    }


def _system(tag: str) -> dict[str, str]:
    match = _TAG.fullmatch(tag)
    assert match is not None
    if arch := (match["linux"] and match["arch"]) or match["legacy_arch"]:
        names = ("posix", "linux", "Linux", arch)
    elif match["mac_arch"]:
        names = ("posix", "darwin", "Darwin", match["mac_arch"])
    else:
        machine = {"win32": "x86", "win_amd64": "AMD64", "win_arm64": "ARM64"}[match["windows"]]
        names = ("nt", "win32", "Windows", machine)
    keys = ("os_name", "sys_platform", "platform_system", "platform_machine")
    # What a foreign machine's kernel is called cannot be known.
    return {**dict(zip(keys, names, strict=True)), "platform_release": "", "platform_version": ""}


def _platforms(tag: str) -> Iterator[str]:
    """Yield the platform tags that a machine of the platform ``tag`` accepts, the best first."""
    match = _TAG.fullmatch(tag)
    assert match is not None
    if match["mac_arch"]:
        from packaging.tags import mac_platforms

        version = int(match["mac_major"]), int(match["mac_minor"])
        yield from mac_platforms(version, match["mac_arch"])
    elif match["windows"]:
        yield match["windows"]
    elif match["linux"] == "musllinux":
        yield f"linux_{match['arch']}"
        for minor in range(int(match["minor"]), -1, -1):
            yield f"musllinux_{match['major']}_{minor}_{match['arch']}"
    else:
        yield from _manylinux(match)


def _manylinux(match: re.Match[str]) -> Iterator[str]:
    """Yield manylinux tags down to glibc 2.5 (PEP 600), with the legacy names beside theirs."""
    arch = match["arch"] or match["legacy_arch"]
    newest = int(match["minor"]) if match["minor"] else _LEGACY_GLIBC[match["legacy"]]
    # Only x86 has manylinux tags older than glibc 2.17.
    oldest = 5 if arch in ("x86_64", "i686") else 17
    yield f"linux_{arch}"
    for minor in range(newest, oldest - 1, -1):
        yield f"manylinux_2_{minor}_{arch}"
        if minor in _LEGACY:
            yield f"{_LEGACY[minor]}_{arch}"
