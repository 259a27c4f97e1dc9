"""What an environment holds, read from an image, a container, an interpreter or a lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from depcheck.model.requirement import Undetermined

Aspect = Literal["python", "os", "native", "system", "settings", "runtime", "files"]
"""A part of an environment. ``settings`` is an image's configuration, ``runtime`` a container's."""

ASPECTS: tuple[Aspect, ...] = (
    "python",
    "os",
    "native",
    "system",
    "settings",
    "runtime",
    "files",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The layer and the build step that brought something in.

    ``layer`` counts from 1, the bottom first; 0 is a container's writable layer.
    ``diff_id`` is the digest of the layer's uncompressed tar (OCI image-spec,
    config). ``step`` is the instruction as the image's history has it, with the
    values of arguments, variables and labels hidden; empty where there is none.
    """

    layer: int
    diff_id: str = ""
    step: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python interpreter. ``path`` is absolute. ``version`` is full (``3.11.2``) or empty.

    ``implementation`` is ``cpython`` or ``pypy``. ``build`` tells one build of a
    version from another (``free-threaded``, ``debug``, a distributor's revision).
    """

    path: str
    version: str = ""
    implementation: str = "cpython"
    build: str = ""
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonEnvironment:
    """A place with distributions of its own.

    ``prefix`` is absolute (``/usr``, ``/opt/venv``), empty for a lock. ``python``
    is the version as far as known (``3.11`` or ``3.11.2``). ``active`` marks the
    one whose interpreter the entrypoint, the command or ``PATH`` lead to.
    """

    prefix: str
    kind: Literal["system", "virtual", "user", "conda", "lock", "other"]
    python: str = ""
    active: bool = False
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A Python distribution in an environment.

    ``name`` is normalised, ``version`` as its metadata has it. ``environment`` is
    the prefix of a PythonEnvironment and ``folder`` the site folder. ``source`` is
    empty for an index, else what direct_url.json says (PEP 610):
    ``git+https://…@commit``, ``editable file:///…``. ``patched`` are files whose
    content differs from RECORD, as ``path`` → SHA-256 of what is there (hex);
    ``missing`` are files that RECORD has and the environment has not.
    ``read`` is False where only name and version are known (from a path).
    ``record`` is a SHA-256 of what RECORD says was brought, empty where there is none.
    ``remains`` says that its files are on the other side of a pair without its metadata.
    """

    name: str
    version: str
    environment: str
    folder: str = ""
    source: str = ""
    installer: str = ""
    patched: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    record: str = ""
    read: bool = True
    remains: bool = False
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OsPackage:
    """A package of dpkg (``deb``), apk or rpm."""

    name: str
    version: str
    architecture: str = ""
    kind: Literal["deb", "apk", "rpm", "other"]
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeLibrary:
    """A shared library that decides whether Python code runs.

    ``name`` is of the field's own (``openssl``, ``libstdc++``, ``cuda``, ``cudnn``,
    ``openmp``). ``version`` is from the file's name or content, empty where neither
    tells. ``owner`` is the distribution inside whose wheel it lies, empty for the
    system's. ``digest`` is the SHA-256 of the file (hex).
    """

    name: str
    path: str
    version: str = ""
    owner: str = ""
    digest: str = ""
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A value with its origin. ``secret`` values are shown only when asked for."""

    value: str
    secret: bool = False
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """A file as ``--files`` compares it. ``digest`` is a SHA-256 (hex), of regular files alone.

    ``mode`` has the permission bits; ``link`` is a symbolic link's target.
    """

    kind: Literal["file", "folder", "link", "device"]
    mode: int
    uid: int
    gid: int
    size: int = 0
    digest: str = ""
    link: str = ""
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """A file that differs between two sides, though what brought it is the same on both.

    ``path`` is absolute. ``of`` says whose it is: of an OS package, of an interpreter that
    no package brought (``python``, its standard library), of nobody but in a folder from
    which Python imports (``site``), or what an uninstall left there (``leftover``).
    ``name`` is the package, the interpreter's prefix, or the folder; ``version`` is of the
    first two, as far as it is known. ``state`` is what is there: a SHA-256 (hex),
    ``a link to …``, empty for nothing.
    """

    path: str
    of: Literal["package", "python", "site", "leftover"]
    name: str
    version: str = ""
    state: str = ""
    brought: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerInfo:
    """A layer of an image. ``digest`` is the blob's (compressed), empty where unknown."""

    diff_id: str
    digest: str = ""
    size: int | None = None
    step: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What names an image for good, as far as known.

    ``manifest`` is the digest of the platform's manifest, ``index`` of the index
    that lists it, ``config`` of the configuration. ``repositories`` are references
    by digest where it can be had (``reg.example/shop@sha256:…``). ``container`` is
    the id of a container.
    """

    manifest: str = ""
    index: str = ""
    config: str = ""
    platform: str = ""
    created: str = ""
    repositories: tuple[str, ...] = ()
    container: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What one side holds.

    ``subject`` is the side as it was named. ``covers`` are the aspects that it can
    speak of: a lock has no OS packages. Where two images share lower layers, both
    their inventories leave out what only those layers decide (``whole`` is False):
    it is the same on both sides. ``system`` has ``os.id``, ``os.name``, ``os.version``,
    ``libc``, ``ca-bundle``, ``timezone``, ``tzdata``, ``locale``, ``users``, ``superusers``.
    ``settings`` has the image's configuration (``architecture``, ``entrypoint``,
    ``env.PATH``, ``label.x``, ``port.8080/tcp``), ``runtime`` a container's (``memory``,
    ``restart``, ``mount./data``). ``files`` are absolute paths: all of them where files are
    compared, else only those outside of everything else that is compared (the application's
    own), without folders. ``layers`` are in order, the bottom first. Of two images read
    together, ``changed`` are the files that were changed in place on one of them, and, where
    files are compared, ``accounted`` are those that packages and distributions list which
    are not the same on both (absolute paths).
    ``removed`` are the layers that took distributions away which the other side of a pair
    has, by site folder and name. ``direct`` marks a list that names no dependencies of what
    it lists, as far as can be seen. ``undetermined`` is what could not be read.
    """

    subject: str
    covers: frozenset[Aspect]
    identity: Identity = field(default_factory=Identity)
    whole: bool = True
    interpreters: tuple[Interpreter, ...] = ()
    environments: tuple[PythonEnvironment, ...] = ()
    distributions: tuple[Installed, ...] = ()
    packages: tuple[OsPackage, ...] = ()
    libraries: tuple[NativeLibrary, ...] = ()
    system: Mapping[str, Fact] = field(default_factory=dict)
    settings: Mapping[str, Fact] = field(default_factory=dict)
    runtime: Mapping[str, Fact] = field(default_factory=dict)
    files: Mapping[str, FileState] = field(default_factory=dict)
    changed: tuple[ChangedFile, ...] = ()
    accounted: frozenset[str] = frozenset()
    layers: tuple[LayerInfo, ...] = ()
    removed: Mapping[tuple[str, str], Provenance] = field(default_factory=dict)
    direct: bool = False
    undetermined: tuple[Undetermined, ...] = ()
