"""What can go wrong in an exchange, in plain words instead of urllib3's."""

from __future__ import annotations

from http.client import HTTPException, IncompleteRead

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    SSLError,
    TimeoutError,
)


class Broken(Exception):
    """The exchange failed: cut short, late, or not HTTP. Worth another try."""


class NoConnection(Broken):
    """The other side could not be reached at all. ``cause`` is the system's error."""

    def __init__(self, text: str, cause: BaseException | None = None) -> None:
        super().__init__(text)
        self.cause = cause


def broken(error: HTTPError, host: str) -> Broken:
    """Return what urllib3's error means. Its own text is not shown: it holds addresses."""
    cause = _cause(error)
    if isinstance(error, ProxyError):
        return NoConnection(f"cannot connect to {host} through the proxy: {_plain(cause)}", cause)
    if isinstance(error, NewConnectionError | ConnectTimeoutError | SSLError):
        return NoConnection(f"cannot connect to {host}: {_plain(cause)}", cause)
    if isinstance(error, TimeoutError):
        return Broken("no complete answer in time")
    if isinstance(cause, IncompleteRead):
        return Broken("the answer was cut short")
    if isinstance(cause, OSError):
        return Broken(f"connection lost: {_plain(cause)}")
    return Broken(f"the answer cannot be understood ({type(cause).__name__})")


def _cause(error: BaseException) -> BaseException:
    """Return the error of the system or of the protocol that others are wrapped around."""
    while not isinstance(error, OSError | HTTPException):
        wrapped = [each for each in error.args if isinstance(each, BaseException)]
        inner = wrapped[0] if wrapped else error.__cause__
        if inner is None:
            break
        error = inner
    return error


def _plain(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
