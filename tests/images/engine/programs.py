"""Programs of this machine as entries of a layer, so that a container without a base can run."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tests.support.oci import Entry, File
from tests.support.running import cannot

_LIBRARY = re.compile(r"(/\S+) \(0x")


def programs(*names: str) -> dict[str, Entry]:
    """Return programs as ``bin/NAME``, with the libraries that they need where they look."""
    entries: dict[str, Entry] = {}
    for name in names:
        found = shutil.which(name)
        if not found:
            cannot(f"{name} is not installed")
        entries[f"bin/{name}"] = File(Path(found).read_bytes(), mode=0o755)
        told = subprocess.run(["ldd", found], capture_output=True, text=True).stdout
        for library in _LIBRARY.findall(told):
            entries[library.lstrip("/")] = File(Path(library).read_bytes(), mode=0o755)
    return entries
