"""A recorded slice of an index on disk: pages, metadata and files as they came.

    STORE/pages/NAME.json        the page as the upstream index served it (PEP 691)
    STORE/pages/NAME.missing     the upstream index does not know NAME
    STORE/metadata/FILE.metadata core metadata of the wheel FILE
    STORE/files/FILE             a whole distribution, where a tool asked for it
    STORE/stand-ins/FILE         a stand-in for the wheel FILE: the names of its native files

Pages are kept whole and with their upstream addresses; what is served from them
(``page``) has addresses relative to the page.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

JSON_TYPE = "application/vnd.pypi.simple.v1+json"

RESOLVING = {
    b"metadata-version",
    b"name",
    b"version",
    b"dynamic",
    b"requires-dist",
    b"requires-python",
    b"provides-extra",
}

Page = dict[str, Any]


class Store:
    """Pages, metadata and files below ``root``; ``put`` is atomic."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, kind: str, name: str) -> bytes | None:
        try:
            return (self.root / kind / name).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, kind: str, name: str) -> bool:
        return (self.root / kind / name).exists()

    def put(self, kind: str, name: str, content: bytes) -> None:
        folder = self.root / kind
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".part-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, folder / name)

    def names(self, kind: str) -> Iterator[str]:
        folder = self.root / kind
        if folder.is_dir():
            yield from sorted(e.name for e in folder.iterdir() if not e.name.startswith(".part-"))

    def projects(self) -> list[str]:
        return [name[:-5] for name in self.names("pages") if name.endswith(".json")]

    def metadata_hashes(self) -> dict[str, str]:
        """Map the name of each wheel whose metadata is recorded to its sha256."""
        found = {}
        for name in self.names("metadata"):
            content = self.get("metadata", name) or b""
            found[name.removesuffix(".metadata")] = hashlib.sha256(content).hexdigest()
        return found


def page(recorded: Page, hashes: Mapping[str, str], *, base: str = "../../files/") -> Page:
    """Return the page as it is served: relative addresses, PEP 714 metadata for wheels.

    ``hashes`` are the sha256 of the metadata known so far, by filename.
    """
    files = [_file(file, hashes, base) for file in recorded["files"]]
    versions = {"versions": recorded["versions"]} if "versions" in recorded else {}
    return {"meta": {"api-version": "1.1"}, "name": recorded["name"], "files": files, **versions}


def _file(file: Page, hashes: Mapping[str, str], base: str) -> Page:
    name = file["filename"]
    kept = ("filename", "hashes", "requires-python", "size", "upload-time", "yanked")
    served = {key: file[key] for key in kept if file.get(key) not in (None, False)}
    served["url"] = base + name
    if name.endswith(".whl"):
        served["core-metadata"] = {"sha256": hashes[name]} if name in hashes else True
    return served


FOREIGN_TAGS = re.compile(r"-(win|macosx|android|ios|emscripten|wasi|pyodide)[^-]*\.whl$")
FOREIGN_MACHINE = re.compile(
    r"_(aarch64|armv7l|armv6l|i686|ppc64le?|s390x|riscv64|loongarch64)\.whl$"
)


def matters(file: Page, interpreter: str | None = None) -> bool:
    """Say whether a file can matter on linux/amd64: an sdist, or a wheel that may fit.

    ``interpreter`` (``cp311``) leaves out wheels for other versions of CPython.
    """
    name = file["filename"]
    if not name.endswith(".whl"):
        return name.endswith((".tar.gz", ".zip"))
    if FOREIGN_TAGS.search(name) or FOREIGN_MACHINE.search(name) or "musllinux" in name:
        return False
    python, abi = name[:-4].split("-")[-3:-1]
    if interpreter is None or python.startswith("py") or "none" in abi:
        return True
    limit = int(interpreter[3:])
    minors = [int(tag[3:]) for tag in python.split(".") if re.fullmatch(r"cp3\d+", tag)]
    return interpreter in python or ("abi3" in abi and any(minor <= limit for minor in minors))


def export_slice(
    store: Store,
    destination: Path,
    *,
    interpreter: str | None = "cp311",
    asked: Container[str] | None = None,
) -> int:
    """Write the slice as a static index of directories; return its size in bytes.

    ``DESTINATION/NAME/index.json`` is the page, with the files that matter on
    linux/amd64, and beside it lie the recorded ``FILE.metadata``, sdists and stand-ins.
    Metadata is kept without descriptions, authors and links, most of its size,
    and the page declares the hash of what is kept. ``asked`` limits it to these
    projects. The same store gives the same bytes.
    """
    return sum(
        _export(store, destination / name, name, interpreter)
        for name in store.projects()
        if asked is None or name in asked
    )


def _export(store: Store, folder: Path, name: str, interpreter: str | None) -> int:
    recorded: Page = json.loads(store.get("pages", f"{name}.json") or b"{}")
    recorded["files"] = _needed(recorded["files"], interpreter)
    recorded.pop("versions", None)
    beside: dict[str, bytes] = {}
    hashes = {}
    for file in recorded["files"]:
        filename = file["filename"]
        metadata = store.get("metadata", f"{filename}.metadata")
        if metadata is not None:
            beside[f"{filename}.metadata"] = fields = for_resolvers(metadata)
            hashes[filename] = hashlib.sha256(fields).hexdigest()
        elif (sdist := store.get("files", filename)) is not None and filename[-4:] != ".whl":
            beside[filename] = sdist
        stand_in = store.get("stand-ins", filename)
        if stand_in is not None:
            beside[filename] = stand_in
    served = page(recorded, hashes, base="")
    text = json.dumps(served, separators=(",", ":"), sort_keys=True) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for filename, content in ({"index.json": text.encode()} | beside).items():
        (folder / filename).write_bytes(content)
    return len(text.encode()) + sum(map(len, beside.values()))


def _needed(files: list[Page], interpreter: str | None) -> list[Page]:
    """The files that matter; of a release with such a wheel, its wheels alone."""
    kept = [file for file in files if matters(file, interpreter)]
    wheels = {_version(file) for file in kept if file["filename"].endswith(".whl")}
    return [f for f in kept if f["filename"].endswith(".whl") or _version(f) not in wheels]


def _version(file: Page) -> str:
    name = file["filename"]
    if name.endswith(".whl"):
        return name.split("-")[1]
    return re.sub(r"(\.tar\.gz|\.zip)$", "", name).rpartition("-")[2]


def stand_in_wheel(paths: Iterable[str]) -> bytes:
    """Return a zip with empty members of these paths; the same paths give the same bytes.

    It says which native files a wheel has, and nothing else: it has neither the size nor the
    hash that the page declares of the wheel, no metadata, and nothing to install.
    """
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path), b"")
    return body.getvalue()


def for_resolvers(metadata: bytes) -> bytes:
    """Return core metadata with the fields alone that resolving reads."""
    head = metadata.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    fields = re.split(rb"\n(?![ \t])", head)
    kept = [field for field in fields if field.partition(b":")[0].lower() in RESOLVING]
    return b"\n".join(kept) + b"\n"
