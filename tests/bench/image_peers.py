"""What a comparison of two images costs by other ways, each as a command of its own.

    python tests/bench/image_peers.py layers HOST/REPOSITORY TAG TAG    # all, from a registry
    python tests/bench/image_peers.py save SOCKET IMAGE IMAGE           # the engine's save stream
    python tests/bench/image_peers.py syft SYFT IMAGE IMAGE             # two scans and a diff

Each prints what it did in one line. They are run as commands, so that wall time and
peak memory are of the same kind as depcheck's own.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tarfile
from typing import Any
from urllib.parse import urlencode

MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
)


def manifest(connection: http.client.HTTPConnection, repository: str, tag: str) -> Any:
    """Return an image's manifest from a registry on plain HTTP."""
    path = f"/v2/{repository}/manifests/{tag}"
    connection.request("GET", path, headers={"Accept": ", ".join(MANIFESTS)})
    answer = connection.getresponse()
    if answer.status != 200:
        raise OSError(f"{path}: {answer.status}")
    return json.load(answer)


def layers(place: str, *tags: str) -> str:
    """Read every layer of each image with zlib and tarfile, down to the last header."""
    host, _, repository = place.partition("/")
    connection = http.client.HTTPConnection(host)
    moved = members = 0
    for tag in tags:
        for layer in manifest(connection, repository, tag)["layers"]:
            connection.request("GET", f"/v2/{repository}/blobs/{layer['digest']}")
            answer = connection.getresponse()
            with tarfile.open(fileobj=answer, mode="r|gz") as tar:
                while tar.next():
                    members += 1
                    tar.members = []  # tarfile keeps them all, which is not what is measured
            answer.read()
            moved += layer["size"]
    return f"{moved / 1e6:.1f} MB, {members} members"


class _Engine(http.client.HTTPConnection):
    """HTTP over the engine's socket."""

    def __init__(self, place: str) -> None:
        super().__init__("engine")
        self._place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._place)


def save(place: str, *images: str) -> str:
    """Read one save stream of all images and throw it away."""
    connection = _Engine(place)
    connection.request("GET", f"/images/get?{urlencode([('names', i) for i in images])}")
    answer, moved, buffer = connection.getresponse(), 0, bytearray(1 << 20)
    if answer.status != 200:
        raise OSError(f"{answer.status} {answer.read(300)!r}")
    while size := answer.readinto(buffer):
        moved += size
    return f"{moved / 1e6:.1f} MB"


def syft(program: str, *images: str) -> str:
    """Scan both images and compare the packages that were found."""
    environ = {**os.environ, "SYFT_REGISTRY_INSECURE_USE_HTTP": "true"}
    environ |= {"SYFT_CHECK_FOR_APP_UPDATE": "false"}
    found = []
    for image in images:
        command = [program, "scan", "-q", image, "-o", "json"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environ)
        artifacts = json.loads(done.stdout)["artifacts"]
        found.append({(a["type"], a["name"], a["version"]) for a in artifacts})
    return f"{len(found[0] ^ found[1])} packages differ"


def main() -> None:
    ways = {"layers": layers, "save": save, "syft": syft}
    print(ways[sys.argv[1]](*sys.argv[2:]))


if __name__ == "__main__":
    main()
