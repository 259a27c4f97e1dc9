"""What goes wrong with an engine, told to a person.

The client library wraps its failures two or three deep (a missing socket, a refused one
and a broken TLS handshake all arrive as the same class), so the chain is walked.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Literal

from depcheck.errors import ImageError
from depcheck.images.engine.endpoint import Endpoint
from depcheck.model.text import printable

Wanted = Literal["engine", "image", "container"]


def image_error(
    failure: BaseException, endpoint: Endpoint, *, wanted: Wanted = "engine", name: str = ""
) -> ImageError:
    """Return the error for ``failure``, met while ``wanted`` (called ``name``) was asked for."""
    chain = tuple(_chain(failure))
    for each in chain:
        status = getattr(each, "status_code", None)
        if isinstance(status, int):
            text = str(getattr(each, "explanation", None) or each)
            return _answered(status, text, endpoint, wanted, name)
    for look in (_operating_system, _known):  # a refused port is a time-out to the library too
        for each in chain:
            if (known := look(each, endpoint)) is not None:
                return known
    if endpoint.ssh:
        return _ssh(endpoint)
    names = {kind.__name__ for each in chain for kind in type(each).__mro__}
    if names & {"ProtocolError", "IncompleteRead", "RemoteDisconnected", "ChunkedEncodingError"}:
        return ImageError(
            f"the engine at {endpoint.shown} closed the connection in the middle of an answer",
            hint="its log says why (journalctl -u docker); then run it again",
        )
    return ImageError(f"the engine at {endpoint.shown} cannot be used: {_text(failure)}")


def _chain(failure: BaseException) -> Iterator[BaseException]:
    """Yield a failure and all that it stands for, the outermost first."""
    waiting: list[object] = [failure]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]


def _answered(status: int, text: str, endpoint: Endpoint, wanted: Wanted, name: str) -> ImageError:
    said = printable(text.strip(), limit=300)
    shown = printable(name)
    if status == 404 and wanted == "image":
        return ImageError(
            f"the engine at {endpoint.shown} has no image {shown}",
            hint="docker images lists those that it has; "
            f"registry:{shown} reads it from its registry without pulling",
        )
    if status == 404 and wanted == "container":
        return ImageError(
            f"the engine at {endpoint.shown} has no container {shown}",
            hint="docker ps --all lists those that it has",
        )
    if "HTTP request to an HTTPS server" in text:
        return ImageError(
            f"the engine at {endpoint.shown} wants TLS",
            hint="set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH",
        )
    if status == 400 and "API version" in text:
        return ImageError(
            f"the engine at {endpoint.shown} speaks another version of the API: {said}",
            hint="upgrade the engine, or depcheck's docker package",
        )
    if status in (401, 403):
        return ImageError(f"the engine at {endpoint.shown} refuses: {said}")
    return ImageError(f"the engine at {endpoint.shown} answered {status}: {said}")


def _known(failure: BaseException, endpoint: Endpoint) -> ImageError | None:
    names = {kind.__name__ for kind in type(failure).__mro__}
    if "TLSParameterError" in names:
        return ImageError(f"TLS to the engine at {endpoint.shown}: {_text(failure)}")
    if isinstance(failure, TimeoutError) or names & {"Timeout", "TimeoutError", "ReadTimeoutError"}:
        return ImageError(
            f"the engine at {endpoint.shown} did not answer in time",
            hint="is it overloaded, or a firewall in between?",
        )
    if "InvalidVersion" in names:
        return ImageError(
            f"the engine at {endpoint.shown} is too old: {_text(failure)}",
            hint="upgrade the engine",
        )
    if "paramiko" in str(failure):
        return ImageError(
            f"the engine at {endpoint.shown} is reached over ssh, for which a package is missing",
            hint='pip install "docker[ssh]"',
        )
    return None


def _tls(failure: ssl.SSLError, endpoint: Endpoint) -> ImageError:
    reason = getattr(failure, "verify_message", "") or failure.reason or str(failure)
    hint = "DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem"
    if "WRONG_VERSION_NUMBER" in str(reason) or "RECORD_LAYER" in str(reason):
        hint = "does it speak TLS at this port? unset DOCKER_TLS_VERIFY and DOCKER_CERT_PATH if not"
    return ImageError(
        f"no trusted connection to the engine at {endpoint.shown}: {printable(str(reason))}",
        hint=hint,
    )


def _operating_system(failure: BaseException, endpoint: Endpoint) -> ImageError | None:
    if isinstance(failure, ssl.SSLError):
        return _tls(failure, endpoint)
    if not isinstance(failure, OSError):
        return None
    if isinstance(failure, socket.gaierror):
        return ImageError(
            f"the host of the engine at {endpoint.shown} is not known", hint="check DOCKER_HOST"
        )
    if failure.errno == errno.ENOENT and endpoint.ssh:
        return ImageError(
            f"the engine at {endpoint.shown} is reached over ssh, and there is no ssh command",
            hint="install the OpenSSH client",
        )
    if failure.errno in (errno.ENOENT, errno.ENOTDIR):
        return ImageError(
            f"there is no engine at {endpoint.shown}: the socket does not exist",
            hint="start Docker, or set DOCKER_HOST or DOCKER_CONTEXT "
            "(rootless Podman: DOCKER_HOST=unix://$XDG_RUNTIME_DIR/podman/podman.sock)",
        )
    if failure.errno in (errno.EACCES, errno.EPERM):
        return ImageError(
            f"permission denied on the engine's socket {endpoint.shown}",
            hint="join the group docker, or set DOCKER_HOST to an engine of your own",
        )
    if failure.errno == errno.ECONNREFUSED:
        return ImageError(
            f"nothing listens at {endpoint.shown}",
            hint="start the engine, or set DOCKER_HOST or DOCKER_CONTEXT",
        )
    if failure.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENOTSOCK):
        return ImageError(
            f"the engine at {endpoint.shown} cannot be reached: {printable(str(failure.strerror))}"
        )
    return None


def _ssh(endpoint: Endpoint) -> ImageError:
    return ImageError(
        f"the engine at {endpoint.shown} cannot be reached: ssh ended without an answer",
        hint="try: ssh HOST docker system dial-stdio (the key, the host's name, and "
        "docker on the other side)",
    )


def _text(failure: BaseException) -> str:
    return printable(str(failure) or type(failure).__name__, limit=300)
