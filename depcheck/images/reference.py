"""Image references: ``HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]``, by distribution's grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from depcheck.errors import UsageError
from depcheck.model.text import printable

DEFAULT_HOST = "docker.io"
"""The host of a reference that names none."""
_DEFAULT_API = f"registry-1.{DEFAULT_HOST}"
_MOST_CHARACTERS = 1024
_MOST_IN_NAME = 255
_HOST = re.compile(
    r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5]?[0-9]{1,4}))?"
)
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+|/)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_FORM = "write HOST[:PORT]/REPOSITORY[:TAG] or HOST[:PORT]/REPOSITORY@sha256:…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where an image lies. With neither in the text, ``tag`` is ``latest``.

    ``host`` may have a port. Where ``digest`` is given it decides, and ``tag`` is only told.
    """

    host: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Host and repository."""
        return f"{self.host}/{self.repository}"

    @property
    def target(self) -> str:
        """What to ask the registry for: the digest if there is one, else the tag."""
        return self.digest or self.tag

    @property
    def api_host(self) -> str:
        """The host that answers: the default one has another for its interface."""
        return _DEFAULT_API if self.host == DEFAULT_HOST else self.host

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.name}{tag}{'@' if self.digest else ''}{self.digest}"


def parse_reference(text: str) -> Reference:
    """Return what a reference says, its host and tag filled in as Docker does.

    The first part is a host if it has a dot or a colon or is ``localhost``; else the
    default host is meant, where a single name stands for ``library/NAME``.
    Follows the grammar of distribution/reference. Raises UsageError.
    """
    if not text or len(text) > _MOST_CHARACTERS:
        raise _wrong(text, "it is empty" if not text else "it is too long")
    if "://" in text:
        raise _wrong(text, "it is an address", "leave out what stands before ://")
    rest, at, digest = text.partition("@")
    if at and not is_digest(digest):
        raise _wrong(text, "what follows @ is no sha256 or sha512 digest")
    host, rest = _split_host(rest)
    repository, colon, tag = rest.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise _wrong(text, "the tag may have letters, digits, _ . and -, at most 128")
    _check_repository(text, host, repository)
    if host == DEFAULT_HOST and "/" not in repository:
        repository = f"library/{repository}"
    tag = tag or ("" if digest else "latest")
    return Reference(host=host, repository=repository, tag=tag, digest=digest)


def is_digest(text: str) -> bool:
    """Whether ``text`` is a digest that can be verified (OCI image-spec, descriptor)."""
    return _DIGEST.fullmatch(text) is not None


def _split_host(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        return DEFAULT_HOST, text
    if not _HOST.fullmatch(first):
        raise _wrong(text, f'"{printable(first)}" is no host name')
    host = first.lower()
    return (DEFAULT_HOST if host == f"index.{DEFAULT_HOST}" else host), rest


def _check_repository(text: str, host: str, repository: str) -> None:
    if not repository:
        raise _wrong(text, "it names no repository")
    if len(host) + len(repository) >= _MOST_IN_NAME:
        raise _wrong(text, f"its name has more than {_MOST_IN_NAME} characters")
    if _REPOSITORY.fullmatch(repository):
        return
    if repository != repository.lower() and _REPOSITORY.fullmatch(repository.lower()):
        raise _wrong(text, "a repository's name is in lower case", f"write {repository.lower()}")
    raise _wrong(text, "a repository's name has a-z, 0-9, and . _ - / between them")


def _wrong(text: str, reason: str, hint: str = _FORM) -> UsageError:
    return UsageError(f'"{printable(text)}" is no image reference: {reason}', hint=hint)
