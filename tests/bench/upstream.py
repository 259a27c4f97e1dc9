"""Ask the real index: its pages, and the metadata of a wheel without the wheel.

The index is the one that pip itself would use (its configuration, otherwise its
built-in default), so that no address is written down here.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from urllib.parse import urljoin

import urllib3

from depcheck.index.archive import Source
from depcheck.index.contents import native_names
from tests.bench.store import JSON_TYPE, stand_in_wheel

TAIL = 32 * 1024
MOST_BYTES = 4_000_000
"""Whole files above this size are not recorded: a slice is for metadata."""
_PIP_DEFAULT = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


def pip_index_url(python: str = sys.executable) -> str:
    """Return the index that the pip of ``python`` asks when nobody says otherwise."""
    for key in ("global.index-url", "install.index-url"):
        found = _output(python, "-m", "pip", "config", "get", key)
        if found:
            return found
    return _output(python, "-c", _PIP_DEFAULT)


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


class Upstream:
    """A client of the index at ``url``; usable from many threads."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") + "/"
        retries = urllib3.Retry(4, backoff_factor=0.3, status_forcelist=(429, 500, 502, 503, 504))
        authority = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
        self._http = urllib3.PoolManager(16, maxsize=16, retries=retries, ca_certs=authority)

    def page(self, name: str) -> bytes | None:
        """Return the PEP 691 page of a project, None where the index has none."""
        answer = self._http.request(
            "GET", urljoin(self.url, f"{name}/"), headers={"Accept": JSON_TYPE}, timeout=60
        )
        if answer.status == 404:
            return None
        _expect(answer, 200)
        if not answer.headers.get("content-type", "").startswith(JSON_TYPE):
            raise OSError(f"the index has no PEP 691 page for {name}")
        return answer.data

    def metadata(self, name: str, url: str) -> bytes | None:
        """Return the METADATA of the wheel at ``url`` (PEP 658, otherwise byte ranges).

        ``url`` may be relative to the page of ``name``. None where there is none.
        """
        address = urljoin(urljoin(self.url, f"{name}/"), url)
        beside = self._http.request("GET", address + ".metadata", timeout=60)
        if beside.status == 200:
            return beside.data
        return self._metadata_by_ranges(address)

    def _metadata_by_ranges(self, address: str) -> bytes | None:
        with zipfile.ZipFile(_Remote(self._http, address)) as archive:
            for member in archive.namelist():
                if member.count("/") == 1 and member.endswith(".dist-info/METADATA"):
                    return archive.read(member)
        return None

    def stand_in(self, name: str, url: str) -> bytes:
        """Return a stand-in for the wheel at ``url``, of which only the end is read."""
        remote = _Remote(self._http, urljoin(urljoin(self.url, f"{name}/"), url))
        return stand_in_wheel(native_names(remote.source()))

    def file(self, name: str, url: str) -> bytes | None:
        """Return a whole distribution, None where it is too large to be recorded."""
        address = urljoin(urljoin(self.url, f"{name}/"), url)
        answer = self._http.request("GET", address, timeout=300, preload_content=False)
        _expect(answer, 200)
        content = answer.read(MOST_BYTES + 1)
        answer.close()
        return content if len(content) <= MOST_BYTES else None


def _expect(answer: urllib3.BaseHTTPResponse, *statuses: int) -> None:
    if answer.status not in statuses:
        raise OSError(f"the index answered {answer.status}")


class _Remote(io.RawIOBase):
    """A remote file, read by ranges; its tail is fetched at once."""

    def __init__(self, http: urllib3.PoolManager, address: str) -> None:
        self._http, self._address, self._at = http, address, 0
        answer = self._range(f"-{TAIL}")
        self._tail = answer.data
        described = answer.headers.get("content-range", f"/{len(answer.data)}")
        self._size = int(described.rsplit("/", 1)[1])

    def source(self) -> Source:
        """Return it as what depcheck reads archives from."""
        return Source(
            self._size, self._tail, lambda start, stop: self._range(f"{start}-{stop - 1}").data
        )

    def _range(self, span: str) -> urllib3.BaseHTTPResponse:
        headers = {"Range": f"bytes={span}", "Accept-Encoding": "identity"}
        answer = self._http.request("GET", self._address, headers=headers, timeout=60)
        _expect(answer, 200, 206)
        return answer

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._at + size, self._size)
        start, first = self._at, self._size - len(self._tail)
        self._at = end
        if start >= first:
            return self._tail[start - first : end - first]
        return self._range(f"{start}-{end - 1}").data if start < end else b""


def pip_environment(configured: dict[str, str]) -> dict[str, str]:
    """Return an environment in which pip and uv know no index but the one they are told."""
    kept = {k: v for k, v in configured.items() if not k.startswith(("PIP_", "UV_", "DEPCHECK_"))}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
