"""Credentials for registries from the configuration files of Docker and Podman.

Docker's ``config.json`` (auths, credHelpers, credsStore; the protocol of
docker-credential-helpers) and the ``auth.json`` of containers-auth.json(5).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from depcheck.images.reference import DEFAULT_HOST, Reference
from depcheck.model.text import printable

_DEFAULT_KEY = f"https://index.{DEFAULT_HOST}/v1/"
_LARGEST = 4 << 20
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HELPER_SECONDS = 20.0
_TOKEN_USER = "<token>"  # noqa: S105 (the protocol's own word for "no user")
_VERSION = re.compile(r"/v[12]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who to be: user and password, or a token that is changed for another, or one to show.

    ``identity`` is an OAuth 2 refresh token, ``bearer`` an Authorization value's token.
    """

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)


class Logins:
    """What the configuration files know. Nothing is read before it is asked for.

    ``problems`` says, without any secret, what could not be used: a broken file, a
    helper that is not installed.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._files: tuple[Mapping[str, Any], ...] | None = None
        self._known: dict[str, Login | None] = {}
        self.problems: list[str] = []

    def find(self, reference: Reference) -> Login | None:
        """Return the login for a repository, None to stay anonymous.

        The first file that knows one wins; in it a helper for the host, then the store,
        then the longest key of ``auths`` that fits.
        """
        if reference.name not in self._known:
            if self._files is None:
                self._files = tuple(self._read_all())
            found = (self._from_file(each, reference) for each in self._files)
            self._known[reference.name] = next((each for each in found if each), None)
        return self._known[reference.name]

    def _read_all(self) -> Iterator[Mapping[str, Any]]:
        for path in dict.fromkeys(_places(self._environ)):
            try:
                if path.is_file():
                    yield self._read(path)
            except (OSError, ValueError, RecursionError) as error:
                reason = error.strerror if isinstance(error, OSError) else "no JSON object"
                self.problems.append(f"{printable(str(path))} cannot be used: {reason}")

    def _read(self, path: Path) -> Mapping[str, Any]:
        with path.open("rb") as file:
            value = json.loads(file.read(_LARGEST))
        if not isinstance(value, dict):
            raise ValueError("no object")
        return value

    def _from_file(self, config: Mapping[str, Any], reference: Reference) -> Login | None:
        server = _DEFAULT_KEY if reference.host == DEFAULT_HOST else reference.host
        helpers = _table(config, "credHelpers")
        helper = next((helpers[key] for key in _aliases(reference.host) if key in helpers), None)
        for name in (helper, config.get("credsStore")):
            if name and (login := self._from_helper(str(name), server)):
                return login
        auths = {_plain_key(key): value for key, value in _table(config, "auths").items()}
        for key in _keys(reference):
            entry = auths.get(key)
            if isinstance(entry, dict) and (login := self._from_entry(entry, key)):
                return login
        return None

    def _from_entry(self, entry: Mapping[str, Any], key: str) -> Login | None:
        names = ("identitytoken", "registrytoken", "username", "password")
        identity, bearer, user, password = (str(entry.get(name) or "") for name in names)
        if packed := str(entry.get("auth") or ""):
            try:
                user, _, password = base64.b64decode(packed).decode().partition(":")
            except (binascii.Error, ValueError):
                self.problems.append(f"the entry of {printable(key)} is no base64 of user:password")
        password = password.rstrip("\0")
        login = Login(user=user, password=password, identity=identity, bearer=bearer)
        return login if identity or bearer or (user and password) else None

    def _from_helper(self, name: str, server: str) -> Login | None:
        """Ask a credential helper, which the user's own configuration names."""
        import shutil
        import subprocess

        program = f"docker-credential-{name}"
        path = shutil.which(program, path=self._environ.get("PATH")) if _is_helper(name) else None
        if path is None:
            self.problems.append(f"the credential helper {printable(program)} is not installed")
            return None
        try:
            told = subprocess.run(  # noqa: S603 (named by the user's own configuration)
                [path, "get"], input=server.encode(), capture_output=True, check=False,
                timeout=_HELPER_SECONDS, env=dict(self._environ),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            self.problems.append(f"the credential helper {program} did not answer")
            return None
        except OSError as error:
            self.problems.append(f"the credential helper {program} cannot run: {error.strerror}")
            return None
        return self._answer(program, told.returncode, told.stdout)

    def _answer(self, program: str, status: int, output: bytes) -> Login | None:
        """Return the login in a helper's answer; its output is never shown."""
        if status:
            if b"not found" not in output:
                self.problems.append(f"the credential helper {program} failed (status {status})")
            return None
        try:
            told = json.loads(output)
            user, secret = str(told["Username"]), str(told["Secret"])
        except (ValueError, TypeError, KeyError, RecursionError):
            self.problems.append(f"the answer of {program} cannot be understood")
            return None
        if user == _TOKEN_USER:
            return Login(identity=secret)
        return Login(user=user, password=secret) if secret else None


def _places(environ: Mapping[str, str]) -> Iterator[Path]:
    """Return where the files lie: the ones named by a variable, Docker's, Podman's."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if named := environ.get("REGISTRY_AUTH_FILE"):
        yield Path(named)
    if folder := environ.get("DOCKER_CONFIG"):
        yield Path(folder) / "config.json"
    elif home:
        yield Path(home) / ".docker" / "config.json"
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / "containers" / "auth.json"
    if settings := environ.get("XDG_CONFIG_HOME") or (home and str(Path(home) / ".config")):
        yield Path(settings) / "containers" / "auth.json"


def _is_helper(name: str) -> bool:
    return _HELPER.fullmatch(name) is not None


def _table(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = config.get(key)
    return found if isinstance(found, dict) else {}


def _aliases(host: str) -> tuple[str, ...]:
    if host == DEFAULT_HOST:
        return (_DEFAULT_KEY, f"index.{DEFAULT_HOST}", DEFAULT_HOST)
    return (host, f"https://{host}", f"http://{host}")


def _plain_key(key: str) -> str:
    """Return a key of ``auths`` as ``host[/namespace…]``: both tools' spellings meet here."""
    scheme, mark, rest = key.partition("://")
    bare = _VERSION.sub("", (rest if mark else scheme).rstrip("/"))
    host, slash, path = bare.partition("/")
    if mark:  # an address names a server, whatever its path is
        slash = path = ""
    host = host.lower()
    return (DEFAULT_HOST if host == f"index.{DEFAULT_HOST}" else host) + slash + path


def _keys(reference: Reference) -> Iterator[str]:
    """Return the keys that speak of a repository, the longest first."""
    key = reference.name
    while key:
        yield key
        key = key.rpartition("/")[0]
