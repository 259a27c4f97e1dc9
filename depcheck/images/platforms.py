"""Platforms: ``os/architecture[/variant]`` (OCI image-spec, image-index, platform)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.errors import UsageError
from depcheck.model.text import printable

_PLATFORM = re.compile(r"[a-z0-9_.]+/[a-z0-9_.-]+(?:/[a-z0-9_.-]+)?")
_ARCHITECTURES = {
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "i386": ("386", ""),
    "i686": ("386", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armv7l": ("arm", "v7"),
    "armel": ("arm", "v6"),
    "armv6l": ("arm", "v6"),
}
_USUAL_VARIANTS = {"amd64": "v1", "arm64": "v8", "arm": "v7"}


def parse_platform(text: str) -> str:
    """Return a platform as asked for in its usual spelling. Raises UsageError."""
    if not _PLATFORM.fullmatch(text.lower()):
        raise UsageError(
            f'"{printable(text)}" is no platform',
            hint="write os/architecture or os/architecture/variant, as linux/amd64",
        )
    system, architecture, variant = (*text.lower().split("/"), "")[:3]
    return spelled(system, architecture, variant)


def spelled(system: str, architecture: str, variant: str = "") -> str:
    """Return one text for a platform; the variant that goes without saying is left out."""
    architecture, usual = _ARCHITECTURES.get(architecture, (architecture, ""))
    variant = variant or usual
    if _USUAL_VARIANTS.get(architecture) == variant:
        variant = ""
    return "/".join(part for part in (system, architecture, variant) if part)


def host_platform() -> str:
    """Return the platform of images that this machine would run: Linux on its own architecture."""
    import platform

    return spelled("linux", platform.machine().lower())


def fitting(wanted: str, offered: Sequence[str]) -> int | None:
    """Return the position of the platform in ``offered`` that serves ``wanted``, None for none.

    Exactly that one, else (no variant being asked for) the highest variant of its
    architecture, as 32-bit Arm runs what was made for older ones.
    """
    if wanted in offered:
        return offered.index(wanted)
    if wanted.count("/") > 1:
        return None
    variants = [each for each in offered if each.startswith(f"{wanted}/")]
    return offered.index(max(variants)) if variants else None
