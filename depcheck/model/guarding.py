"""What compose files and engines say alike of guard-rails, and what is worth nothing of it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

GATEWAY_LABEL = "depcheck.gateway"
"""A label of a service (``true``): it is a gateway, though neither name nor image tells."""

UNCONFINED = frozenset(
    ("seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined")
)
"""Security options that switch off what confines a container, with a colon."""

_GRAVE = frozenset(
    ("/", "/boot", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/usr", "/var")
) | {"/var/run", "/var/lib", "/var/lib/docker", "/var/lib/containerd", "~"}
_GRAVE_BELOW = re.compile(
    r"/etc/(?:g?shadow-?|sudoers(?:\.d)?|cron[^/]*|ssh|docker)(?:/.*)?|/root/.+|/boot/.+"
    r"|/var/lib/(?:docker|containerd)/.+|(?:~|/home/[^/]+)/\.(?:ssh|docker|aws|kube)(?:/.*)?"
)
_SOCKETS = re.compile(r".*/(?:docker|podman|containerd|crio)\.sock")
_SHELLS = re.compile(r"(?:/usr)?(?:/bin/)?(?:ba|da|a)?sh")
_PASSES = re.compile(r"(?:(?:/usr)?/bin/)?true|:|exit(?:\s+0)?")
_ECHO = re.compile(r"echo(?:\s[^|&;$`<>()]*)?")
_ENDS = re.compile(r"\bexit\b|\bset\s+-\w*e|\breturn\b|\b(?:then|do|else)\b")


def is_sized(options: str) -> bool:
    """Return whether the options of a tmpfs (``size=64m,mode=1777``) bound it."""
    sizes = [each.removeprefix("size=") for each in options.split(",") if each[:5] == "size="]
    return bool(sizes) and sizes[-1].strip("0") not in ("", "b", "k", "m", "g", "%")


def is_socket(path: str) -> bool:
    """Return whether a path is, by its name, where an engine takes orders."""
    return _SOCKETS.fullmatch(path) is not None


def is_grave(path: str) -> bool:
    """Return whether who has this path of the host (``/``, ``/etc/shadow``) has the host."""
    plain = posixpath.normpath(path)
    plain = f"/{plain.lstrip('/')}" if plain.startswith("/") else plain
    return plain in _GRAVE or _GRAVE_BELOW.fullmatch(plain) is not None


def passes_always(test: Sequence[str]) -> str:
    """Return what makes a health check pass (``true``, ``… || exit 0``), empty where it asks.

    ``test`` is a check as compose and the engine have it: ``CMD`` and its words, or
    ``CMD-SHELL`` and a text. Only what passes for certain is told.
    """
    kind, *words = test or ("",)
    if kind == "CMD-SHELL":
        return _shell(" ".join(words))
    if kind != "CMD" or not words:
        return ""
    if _SHELLS.fullmatch(words[0]) and words[1:2] == ["-c"]:
        return _shell(" ".join(words[2:3]))
    name = words[0].rpartition("/")[2]
    return name if name in ("true", "echo") else ""


def _shell(text: str) -> str:
    text = text.strip().rstrip(";").strip()
    if _PASSES.fullmatch(text):
        return text
    if _ECHO.fullmatch(text):
        return "echo"
    return _tail(text)


def _tail(text: str) -> str:
    """Return the end of ``… || true`` and ``…; exit 0``, unless the text may end before it."""
    cut = max(text.rfind("||"), text.rfind(";"))
    if cut < 0:
        return ""
    joined = "||" if text.startswith("||", cut) else ";"
    before, last = text[:cut], text[cut + len(joined) :].strip()
    if not _PASSES.fullmatch(last) or _ENDS.search(before):
        return ""
    return f"… {joined} {last}" if joined == "||" else f"…; {last}"
