"""An image's inventory, put together from what its files and its configuration say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from depcheck.images.contents.application import application_files
from depcheck.images.contents.native import native_contents
from depcheck.images.contents.packages import os_packages
from depcheck.images.contents.python import PythonContents, python_contents
from depcheck.images.contents.system import system_facts
from depcheck.images.values import Image, Layer
from depcheck.images.view import View
from depcheck.model.inventory import Aspect, Inventory, LayerInfo, OsPackage
from depcheck.model.requirement import Undetermined

_OF_IMAGES: frozenset[Aspect] = frozenset(("python", "os", "native", "system", "settings", "files"))


@dataclass(frozen=True, slots=True)
class Side:
    """An image, how it was named, its files as far as they were read, Python and packages.

    ``unread`` is what could not be read of the latter.
    """

    image: Image
    named: str
    view: View
    python: PythonContents
    packages: tuple[OsPackage, ...]
    unread: tuple[Undetermined, ...]


def side_of(image: Image, named: str, view: View) -> Side:
    """Return a side with its Python environments and its packages analysed."""
    python = python_contents(view, path=image.path, command=image.command)
    return Side(image, named, view, python, *os_packages(view))


def inventory_of(side: Side, *, owned: frozenset[str], files: bool, whole: bool) -> Inventory:
    """Return the inventory of a side as far as its view shows it.

    ``owned`` are the files of Python distributions, of a pair those of both sides.
    ``files`` takes every path in, not the application's own alone. ``whole`` is False
    where the view is limited to what differing layers touch.
    """
    image, view, python = side.image, side.view, side.python
    system, unread_system = system_facts(view)
    covers = _OF_IMAGES - {"os"} if side.unread else _OF_IMAGES
    inventory = Inventory(
        subject=side.named,
        covers=covers,
        identity=image.identity,
        whole=whole,
        interpreters=python.interpreters,
        environments=python.environments,
        distributions=python.distributions,
        packages=(*side.packages, *python.packages),
        libraries=native_contents(view, python.distributions),
        system=system,
        settings=image.settings,
        files=application_files(view, owned, everything=files),
        layers=tuple(_layer_info(layer) for layer in image.layers),
        undetermined=(*python.undetermined, *side.unread, *unread_system),
    )
    if image.runtime is None:
        return inventory
    return replace(inventory, runtime=image.runtime, covers=covers | {"runtime"})


def _layer_info(layer: Layer) -> LayerInfo:
    return LayerInfo(
        diff_id=layer.diff_id,
        digest=layer.digest,
        size=layer.size,
        step=layer.step,
        created=layer.created,
    )
