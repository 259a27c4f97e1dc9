"""What real images hold, as entries for a layer: distributions, environments, databases.

    Layer({
        **debian("12", {"openssl": "3.0.16-1~deb12u1"}),
        **interpreter("3.11.2"),
        **venv("opt/venv", "3.11.2"),
        **distribution("PyJWT", "2.10.1", {"jwt/__init__.py": "..."}, site=SITE),
    })

Paths have no slash before them. Each function returns a new mapping.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence

from tests.support.oci import Entry, File, Folder, Symlink

SITE = "opt/venv/lib/python3.11/site-packages"
SYSTEM_SITE = "usr/lib/python3/dist-packages"


def distribution(
    name: str,
    version: str,
    files: Mapping[str, str | bytes] | None = None,
    *,
    site: str = SITE,
    requires: Sequence[str] = (),
    installer: str = "pip",
    direct_url: str = "",
    record: bool = True,
) -> dict[str, Entry]:
    """An installed distribution with its dist-info (PEP 376, 427, 610, 627).

    ``files`` are relative to ``site``; without any there is one ``NAME.py``. RECORD has
    the hash and size of each. ``direct_url`` is the text of direct_url.json.
    """
    module = re.sub(r"[-_.]+", "_", name)
    info = f"{module}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    held: dict[str, bytes] = {
        path: text.encode() if isinstance(text, str) else text
        for path, text in (files or {f"{module.lower()}.py": f"VERSION = {version!r}\n"}).items()
    }
    held[f"{info}/INSTALLER"] = f"{installer}\n".encode()
    held[f"{info}/METADATA"] = metadata.encode()
    held[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if direct_url:
        held[f"{info}/direct_url.json"] = direct_url.encode()
    lines = [f"{path},sha256={_hash(held[path])},{len(held[path])}" for path in sorted(held)]
    if record:
        held[f"{info}/RECORD"] = ("\n".join([*lines, f"{info}/RECORD,,"]) + "\n").encode()
    return {f"{site}/{path}": content for path, content in held.items()}


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def interpreter(version: str, prefix: str = "usr") -> dict[str, Entry]:
    """A CPython under a prefix: the program, its names, a file of the standard library."""
    short = version.rpartition(".")[0]
    return {
        f"{prefix}/bin/python{short}": File(f"\x7fELF stands for Python {version}\n", mode=0o755),
        f"{prefix}/bin/python3": Symlink(f"python{short}"),
        f"{prefix}/lib/python{short}/os.py": "# the standard library\n",
    }


def venv(prefix: str, version: str, home: str = "/usr/bin") -> dict[str, Entry]:
    """A virtual environment without distributions (PEP 405)."""
    short = version.rpartition(".")[0]
    told = f"home = {home}\ninclude-system-site-packages = false\nversion = {version}\n"
    return {
        f"{prefix}/pyvenv.cfg": told,
        f"{prefix}/bin/python": Symlink("python3"),
        f"{prefix}/bin/python3": Symlink(f"{home}/python{short}"),
        f"{prefix}/lib/python{short}/site-packages": Folder(),
    }


def debian(release: str, packages: Mapping[str, str]) -> dict[str, Entry]:
    """A Debian by its release file and the dpkg database of installed packages."""
    told = f'PRETTY_NAME="Debian GNU/Linux {release}"\nNAME="Debian GNU/Linux"\n'
    told += f'VERSION_ID="{release}"\nID=debian\n'
    return {
        "etc/os-release": Symlink("../usr/lib/os-release"),
        "usr/lib/os-release": told,
        "var/lib/dpkg/status": dpkg_status(packages),
    }


def dpkg_status(packages: Mapping[str, str], architecture: str = "amd64") -> str:
    """The text of a dpkg status file (deb-control, dpkg) with these packages installed."""
    return "".join(
        f"Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: libs\n"
        f"Installed-Size: 100\nMaintainer: Debian Team <team@example.org>\n"
        f"Architecture: {architecture}\nVersion: {version}\n"
        f"Description: {name}\n a longer text\n\n"
        for name, version in sorted(packages.items())
    )


def alpine(release: str, packages: Mapping[str, str]) -> dict[str, Entry]:
    """An Alpine by its release file and the apk database (installed, APKINDEX fields)."""
    told = f'NAME="Alpine Linux"\nID=alpine\nVERSION_ID={release}\n'
    database = "".join(
        f"C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:{name}\nV:{version}\nA:x86_64\nS:100\nI:200\n"
        f"T:{name}\nL:MIT\nF:usr/bin\nR:{name}\n\n"
        for name, version in sorted(packages.items())
    )
    return {"etc/os-release": told, "lib/apk/db/installed": database}
