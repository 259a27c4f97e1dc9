"""Where the engine is: DOCKER_HOST, a context of the Docker configuration, or the usual socket."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from depcheck.errors import ImageError
from depcheck.model.text import did_you_mean, printable

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
_DEFAULT_PIPE = "npipe:////./pipe/docker_engine"
_SCHEMES = ("unix", "tcp", "http", "https", "ssh", "npipe", "http+unix")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An engine's address and how to trust it.

    ``url`` is as configured (``unix:///…``, ``tcp://host:2376``, ``ssh://user@host``).
    ``ca``, ``cert`` and ``key`` are paths, empty for none. ``tls`` says whether a
    ``tcp`` address is spoken to over TLS, ``verify`` whether its certificate counts.
    """

    url: str
    context: str = ""
    tls: bool = False
    verify: bool = True
    ca: str = ""
    cert: str = ""
    key: str = ""

    @property
    def shown(self) -> str:
        """Return the address safe to show, with the context that it comes from."""
        url = printable(self.url)
        return f"{url} (context {printable(self.context)})" if self.context else url

    @property
    def ssh(self) -> bool:
        return self.url.startswith("ssh://")


def find_endpoint(environ: Mapping[str, str]) -> Endpoint:
    """Return the engine that the ``docker`` command would speak to.

    ``DOCKER_HOST`` comes first, then ``DOCKER_CONTEXT``, then ``currentContext`` of the
    Docker configuration, then the default socket. Raises ImageError where a context is
    not there or its files, or the configuration, cannot be read.
    """
    if host := environ.get("DOCKER_HOST", "").strip():
        return _checked(_with_environment_tls(host, environ), "DOCKER_HOST")
    folder = configuration_folder(environ)
    name = environ.get("DOCKER_CONTEXT", "") or _current_context(folder)
    if name in ("", "default"):
        default = _DEFAULT_PIPE if sys.platform == "win32" else DEFAULT_SOCKET
        return _with_environment_tls(default, environ)
    return _checked(_from_context(name, folder), f"context {printable(name)}")


def configuration_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of the Docker configuration, None where no home folder is known."""
    if chosen := environ.get("DOCKER_CONFIG", ""):
        return Path(chosen)
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(home) / ".docker" if home else None


def _with_environment_tls(url: str, environ: Mapping[str, str]) -> Endpoint:
    folder = environ.get("DOCKER_CERT_PATH", "")
    verify = bool(environ.get("DOCKER_TLS_VERIFY", ""))
    if not (folder or verify) or url.startswith(("unix:", "ssh:", "npipe:", "http+unix:")):
        return Endpoint(url=url, tls=url.startswith("https:"))
    place = Path(folder) if folder else configuration_folder(environ)
    return _with_files(Endpoint(url=url, tls=True, verify=verify), place)


def _with_files(endpoint: Endpoint, folder: Path | None) -> Endpoint:
    names = ("ca.pem", "cert.pem", "key.pem")
    paths = [folder / name if folder else None for name in names]
    ca, cert, key = (str(path) if path and path.is_file() else "" for path in paths)
    if bool(cert) != bool(key):
        raise ImageError(
            f"{printable(str(folder))}: of cert.pem and key.pem only one is there",
            hint="an engine over TLS wants both, or neither",
        )
    return Endpoint(
        url=endpoint.url,
        context=endpoint.context,
        tls=endpoint.tls,
        verify=endpoint.verify,
        ca=ca,
        cert=cert,
        key=key,
    )


def _checked(endpoint: Endpoint, source: str) -> Endpoint:
    scheme, separator, rest = endpoint.url.partition("://")
    if separator and scheme not in _SCHEMES:
        raise ImageError(
            f"{source}: {printable(endpoint.url)} is no address of an engine",
            hint="unix:///path, tcp://host:port and ssh://user@host are",
        )
    if endpoint.ssh and rest.rpartition("@")[2].startswith("-"):
        raise ImageError(f"{source}: {printable(endpoint.url)} is no host name")
    return endpoint


def _current_context(folder: Path | None) -> str:
    document = _document(folder / "config.json") if folder else None
    name = document.get("currentContext", "") if document else ""
    return name if isinstance(name, str) else ""


def _from_context(name: str, folder: Path | None) -> Endpoint:
    meta = folder / "contexts" / "meta" / _folder_name(name) / "meta.json" if folder else None
    document = _document(meta) if meta else None
    if document is None or folder is None:
        raise _unknown(name, folder)
    endpoints = document.get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    if not isinstance(docker, dict) or not isinstance(host, str) or not host:
        raise ImageError(
            f"the Docker context {printable(name)} names no engine",
            hint="docker context inspect shows it; or set DOCKER_HOST",
        )
    certificates = folder / "contexts" / "tls" / _folder_name(name) / "docker"
    tls = certificates.is_dir() or host.startswith("https:")
    verify = not docker.get("SkipTLSVerify", False)
    endpoint = Endpoint(url=host, context=name, tls=tls, verify=verify)
    return _with_files(endpoint, certificates) if tls else endpoint


def _unknown(name: str, folder: Path | None) -> ImageError:
    known = _known_contexts(folder)
    hint = did_you_mean(name, known) or "docker context ls shows those that there are"
    return ImageError(f"there is no Docker context {printable(name)}", hint=hint)


def _known_contexts(folder: Path | None) -> list[str]:
    if folder is None:
        return []
    names = []
    for path in sorted((folder / "contexts" / "meta").glob("*/meta.json"))[:100]:
        document = _document(path)
        if document and isinstance(document.get("Name"), str):
            names.append(document["Name"])
    return names


def _folder_name(context: str) -> str:
    return hashlib.sha256(context.encode()).hexdigest()


def _document(path: Path) -> dict[str, Any] | None:
    """Return a JSON object, None where there is no such file."""
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "not valid JSON"
        raise ImageError(
            f"{printable(str(path))}: {reason}", hint="it is part of the Docker configuration"
        ) from failure
    return document if isinstance(document, dict) else {}
