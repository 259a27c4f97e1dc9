"""Words to the runner: workflow commands on stdout, and what must not become one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

_STRANGE = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ANNOTATION = re.compile(r"::(error|warning|notice)( [^\r\n]*?)?::[^\r\n]*")


def data(text: str) -> str:
    """Return ``text`` as the message of a command, as the runner's own toolkit escapes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_value(text: str) -> str:
    """Return ``text`` as the value of a command's property."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def tell(kind: str, message: str, *, title: str = "depcheck") -> None:
    """Print an annotation: ``kind`` is ``error``, ``warning`` or ``notice``."""
    print(f"::{kind} title={property_value(title)}::{data(message)}", flush=True)


def say(text: str) -> None:
    """Print one line that is no command, whatever is in it."""
    line = " ".join(plain(text).split())
    print("depcheck:", line.replace("##[", "## ["), flush=True)


def plain(text: str) -> str:
    """Return ``text`` without colours and other control characters but newlines and tabs."""
    return _STRANGE.sub("", text)


@contextmanager
def fenced() -> Iterator[None]:
    """Let nothing that is printed meanwhile be taken for a command.

    The word that ends it is not to be guessed, and begins a line of its own whatever was
    printed last.
    """
    word = secrets.token_hex(32)
    print(f"::stop-commands::{word}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{word}::", flush=True)


def annotation_lines(text: str) -> list[str]:
    """Return the lines of ``--format github`` that are annotations, and no other command."""
    return [line for line in text.split("\n") if _ANNOTATION.fullmatch(line)]
