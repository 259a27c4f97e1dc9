"""``pip check`` of what an image has installed, with a pip that is brought along.

The image that is judged need hold no pip: its lock names none, and nothing that installs
belongs into what runs. So the pip of depcheck's own environment is unpacked beside it, in
a volume that goes with the container, and asked with the image's interpreter. What it
judges is the set that really lies in the image's last stage.
"""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from depcheck.errors import ImageError
from depcheck.images.engine.build import Ran, run_once
from depcheck.images.engine.client import Engine
from depcheck.images.engine.context import pack_folder

_PLACE = "/depcheck"
_QUIET = ("--disable-pip-version-check", "--no-cache-dir", "--no-input")


def pip_check(
    engine: Engine, image: str, python: str, *, labels: Mapping[str, str] | None = None
) -> Ran:
    """Run ``pip check`` in an image with its interpreter ``python`` (an absolute path).

    Status 0: every installed distribution has all that it requires. There is no network,
    and nothing of the image is changed. Raises ImageError where it cannot be tried.
    """
    # -I: neither variables of the image nor its user's folder change what is imported;
    # -B: the volume is the only place that may be written, and it is not worth it.
    command = [python, "-I", "-B", f"{_PLACE}/pip", "check", *_QUIET]
    with _own_pip() as tar:
        return run_once(engine, image, command, files={_PLACE: tar}, labels=labels)


@contextmanager
def _own_pip() -> Iterator[IO[bytes]]:
    """Give a tar of the package ``pip``, without the record that would list it as installed."""
    spec = find_spec("pip")
    if spec is None or not spec.submodule_search_locations:
        raise ImageError(
            "there is no pip beside depcheck to check the image with", hint="pip install pip"
        )
    folder = Path(spec.submodule_search_locations[0])
    with tempfile.TemporaryFile() as made:
        with tarfile.open(fileobj=made, mode="w") as tar:
            pack_folder(tar, folder, "pip")
        made.seek(0)
        yield made
