"""Facts of the system: release, C library, certificates, time zone, locale, users."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from depcheck.images.contents.derived import (
    archive_locales,
    certificates,
    first_line,
    glibc_version,
    musl_version,
    people,
    zone_rule,
)
from depcheck.images.contents.unkept import unkept
from depcheck.images.table import Entry, Wanted
from depcheck.images.view import View
from depcheck.model.inventory import Fact, Provenance
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable

_KIB, _MIB = 1 << 10, 1 << 20
_RELEASES = ("etc/os-release", "usr/lib/os-release")
_BUNDLES = (
    "etc/ssl/certs/ca-certificates.crt",
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/ssl/ca-bundle.pem",
    "var/lib/ca-certificates/ca-bundle.pem",
    "etc/ssl/cert.pem",
)
_ZONES = ("usr/share/zoneinfo/tzdata.zi", "usr/share/zoneinfo/+VERSION")
_LOCALTIME, _TIMEZONE = "etc/localtime", "etc/timezone"
_LOCALE_SETTINGS = ("etc/default/locale", "etc/locale.conf")
_LOCALES = "usr/lib/locale/"
_ARCHIVE = f"{_LOCALES}locale-archive"
_ACCOUNTS = "etc/passwd"
_LIBRARIES = ("lib", "usr/lib")
_LARGEST_ARCHIVE = 16 * _MIB
_GLIBC = re.compile(
    r"(?:usr/)?lib(?:64|32)?/(?:[a-z0-9_]+-linux-[a-z0-9_]+/)?libc(?:\.so\.6|-2\.\d+\.so)"
)
_MUSL = re.compile(r"(?:usr/)?lib/ld-musl-[a-z0-9_]+\.so\.1")

_WANTED: Mapping[str, Wanted] = {
    **dict.fromkeys((*_RELEASES, *_LOCALE_SETTINGS, _TIMEZONE), Wanted(64 * _KIB)),
    **dict.fromkeys(_BUNDLES, Wanted(16 * _MIB, certificates)),
    **dict.fromkeys(_ZONES, Wanted(4 * _MIB, first_line)),
    _LOCALTIME: Wanted(_MIB, zone_rule),
    _ACCOUNTS: Wanted(4 * _MIB, people),
}
FACT_PATHS = frozenset((*_WANTED, _ARCHIVE))


@dataclass(frozen=True, slots=True)
class _Topic:
    """The facts that rest on ``paths``, where one of them is in scope."""

    paths: tuple[str, ...]
    read: Callable[[View], Mapping[str, Fact]]


def wanted_facts(path: str, size: int) -> Wanted | None:
    """Return how the file at ``path`` is kept for the facts, None for not at all."""
    if path == _ARCHIVE:  # the large ones, of every locale there is, are told by their names alone
        return Wanted(_LARGEST_ARCHIVE, archive_locales) if size <= _LARGEST_ARCHIVE else None
    if path.startswith(_LIBRARIES):
        if _GLIBC.fullmatch(path):
            return Wanted(64 * _MIB, glibc_version)
        if _MUSL.fullmatch(path):
            return Wanted(16 * _MIB, musl_version)
    return _WANTED.get(path)


def system_facts(view: View) -> tuple[Mapping[str, Fact], tuple[Undetermined, ...]]:
    """Return the facts on which a path in the view's scope bears, and what was not read.

    The keys are those of ``Inventory.system``: ``os.id``, ``os.version``, ``os.name``,
    ``libc``, ``ca-bundle``, ``tzdata``, ``timezone``, ``locale``, ``users``, ``superusers``.
    """
    scope = frozenset(view.scope)
    facts: dict[str, Fact] = {}
    unread: list[Undetermined] = []
    for topic in _TOPICS:
        touched = [path for path in topic.paths if path in scope]
        if touched:
            facts.update(topic.read(view))
            # where etc/localtime leads to, a zone's file, is not kept: its name is enough
            files = (path for path in touched if path != _LOCALTIME)
            unread += (miss for path in files for miss in unkept(view, path))
    facts.update(_libc(view))
    facts.update(_locale(view))
    return facts, tuple(unread)


def _release(view: View) -> Mapping[str, Fact]:
    path, content = _first(view, _RELEASES)
    fields = _assignments(content)
    keys = (("os.id", "ID"), ("os.version", "VERSION_ID"), ("os.name", "PRETTY_NAME"))
    return {key: _fact(view, path, fields[name]) for key, name in keys if fields.get(name)}


def _bundle(view: View) -> Mapping[str, Fact]:
    return _whole("ca-bundle", view, _BUNDLES)


def _tzdata(view: View) -> Mapping[str, Fact]:
    path, line = _first(view, _ZONES)
    version = line.removeprefix("# version").strip()
    return {"tzdata": _fact(view, path, version)} if version else {}


def _timezone(view: View) -> Mapping[str, Fact]:
    """The C library reads etc/localtime; etc/timezone is told where it says something else."""
    entry = view.entry(_LOCALTIME)
    if entry is not None and entry.kind == "link":
        zone = entry.link.partition("zoneinfo/")[2] or entry.link
    else:
        zone = _text(view.content(_LOCALTIME)) if entry is not None else ""
    named = _text(view.content(_TIMEZONE)).strip()
    if zone and named and zone != named:
        zone = f"{zone} (etc/timezone: {named})"
    # Where the link leads to is the base's: who set the link has set the zone.
    setters = [view.brought(at) for at in (_LOCALTIME, _TIMEZONE) if view.entry(at) is not None]
    last = max(filter(None, setters), key=_age, default=None)
    return {"timezone": Fact(value=zone or named, brought=last)} if zone or named else {}


def _age(by: Provenance) -> tuple[bool, int]:
    return by.layer == 0, by.layer  # 0 is a container's own, above all others


def _users(view: View) -> Mapping[str, Fact]:
    path, text = _first(view, (_ACCOUNTS,))
    people, _, roots = text.partition("\n")
    told = {"users": people, "superusers": printable(roots)}
    return {key: _fact(view, path, value) for key, value in told.items() if value}


_TOPICS = (
    _Topic(_RELEASES, _release),
    _Topic(_BUNDLES, _bundle),
    _Topic(_ZONES, _tzdata),
    _Topic((_LOCALTIME, _TIMEZONE), _timezone),
    _Topic((_ACCOUNTS,), _users),
)


def _libc(view: View) -> Mapping[str, Fact]:
    """Of several (an image that can run 32-bit programs, too) all that differ are told."""
    found: dict[str, str] = {}
    libraries = (path for path in view.scope if path.startswith(_LIBRARIES))
    for path in libraries:
        if _GLIBC.fullmatch(path) or _MUSL.fullmatch(path):
            text = _text(view.content(path))
            if text:
                found.setdefault(text, view.resolve(path))
    if not found:
        return {}
    return {"libc": _fact(view, min(found.values()), ", ".join(sorted(found)))}


def _locale(view: View) -> Mapping[str, Fact]:
    """The system's setting, and the locales that were generated, as far as in scope."""
    scope = frozenset(view.scope)
    settings = {
        name: value
        for path in _LOCALE_SETTINGS
        if path in scope
        for name, value in _assignments(_text(view.content(path))).items()
    }
    paths = [path for path in view.scope if path.startswith(_LOCALES)]
    generated = {name for path in paths for name in _generated(view, path)}
    parts = [f"{name}={settings[name]}" for name in sorted(settings)]
    parts += [", ".join(sorted(generated))] if generated else []
    origins = [*(path for path in _LOCALE_SETTINGS if path in scope), *paths]
    origin = next((path for path in origins if isinstance(view.known(path), Entry)), "")
    return {"locale": _fact(view, origin, "; ".join(parts))} if parts else {}


def _generated(view: View, path: str) -> list[str]:
    entry = view.entry(path)
    if entry is None:
        return []
    name, _, rest = path.removeprefix(_LOCALES).partition("/")
    if path == _ARCHIVE:
        content = view.content(path)
        return [name] if content is None else _text(content).split()
    return [name] if rest == "LC_CTYPE" else []


def _whole(key: str, view: View, paths: tuple[str, ...]) -> Mapping[str, Fact]:
    path, text = _first(view, paths)
    return {key: _fact(view, path, text)} if text else {}


def _first(view: View, paths: tuple[str, ...]) -> tuple[str, str]:
    """Return the first of the paths that has content, and its text."""
    for path in paths:
        content = view.content(path)
        if content is not None:
            return path, _text(content)
    return "", ""


def _fact(view: View, path: str, value: str) -> Fact:
    return Fact(value=value, brought=view.brought(view.resolve(path)) or view.brought(path))


def _text(content: bytes | None) -> str:
    return (content or b"").decode(errors="replace")


def _assignments(text: str) -> dict[str, str]:
    """Return the ``NAME=value`` lines of os-release(5) and locale.conf(5), unquoted."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, sign, value in pairs if sign}
