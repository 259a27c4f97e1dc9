"""Picks made from a few words, as a resolution would have them."""

from __future__ import annotations

from depcheck.model.catalog import Distribution
from depcheck.model.report import Picked

LINUX = "cp311-cp311-manylinux_2_28_x86_64"


def pick(
    name: str, version: str = "1.0", *, tag: str = LINUX, size: int | None = None,
    requires: tuple[str, ...] = (),
) -> Picked:  # fmt: skip
    """Return a pick whose preferred file is a wheel with ``tag``, an sdist for ``sdist``."""
    stem = f"{name.replace('-', '_')}-{version}"
    filename = f"{stem}.tar.gz" if tag == "sdist" else f"{stem}-{tag}.whl"
    file = Distribution(filename=filename, url=f"https://index.example/{filename}", size=size)
    return Picked(name=name, version=version, distributions=(file,), requires_dist=requires)


def url(picked: Picked) -> str:
    return picked.distributions[0].url
