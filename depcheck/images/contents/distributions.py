"""Distributions as they are installed: metadata, source, and files against RECORD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from depcheck.images.contents.sites import Info, site_at
from depcheck.images.table import Entry
from depcheck.images.view import BELOW, View
from depcheck.model.inventory import Installed, Provenance
from depcheck.model.record import Row, direct_source, fingerprint, may_lack, rows
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable

_OWN_INSTALLERS = ("pip", "uv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A distribution that was read, the paths that it accounts for, and what could not be read."""

    info: Info
    installed: Installed
    files: frozenset[str] = frozenset()
    unread: tuple[Undetermined, ...] = ()


@dataclass(slots=True)
class _Checked:
    patched: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    brought: Provenance | None = None


def from_path(info: Info) -> Reading:
    """Return a distribution of which only the path is known."""
    site = site_at(info.folder)
    installed = Installed(
        name=info.name,
        version=info.version,
        environment=f"/{site.prefix}",
        folder=f"/{info.folder}",
        read=False,
    )
    return Reading(info=info, installed=installed)


def read_distribution(
    view: View, info: Info, *, upgraded: bool, prefixed: Mapping[str, str]
) -> Reading | Undetermined:
    """Read what lies at ``info``.

    ``upgraded`` says that it took the place of another version, whose files may lie in
    unread layers. ``prefixed`` are files that an installer may change, by path, with the
    SHA-256 (hex) that they then have, empty for any.
    """
    metadata = view.content(info.metadata(view))
    if metadata is None:
        return _unread(view, info)
    if info.kind == "egg-link":
        return _linked(view, info, metadata)
    unread: tuple[Undetermined, ...] = ()
    listed: list[Row] = []
    try:
        listed = _rows(view, info)
    except ValueError as error:
        unread = (Undetermined(subject=f"{_subject(info)}/RECORD", reason=str(error)),)
    name, version = metadata.decode(errors="replace").split("\n", 1)
    installer = _text(view, info, "INSTALLER", listed).strip()
    trusted = _is_trusted(info, installer)
    checked = _check(view, listed, upgraded, prefixed) if trusted else _Checked()
    installed = Installed(
        name=canonicalize_name(printable(name)),
        version=printable(version),
        environment=f"/{site_at(info.folder).prefix}",
        folder=f"/{info.folder}",
        source=_source(view, info, listed),
        installer=printable(installer),
        patched=checked.patched,
        missing=tuple(sorted(checked.missing)),
        record=fingerprint(listed),
        brought=checked.brought or view.brought(info.metadata(view)),
    )
    files = frozenset(row.at for row in listed)
    return Reading(info=info, installed=installed, files=files, unread=unread)


def listed_paths(view: View, info: Info) -> frozenset[str]:
    """Return the paths that the RECORD at ``info`` lists, as far as it is known."""
    path = f"{info.path}/RECORD"
    content = view.content(path) if isinstance(view.known(path), Entry) else None
    try:
        return frozenset(row.at for row in rows(content or b"", info.folder))
    except ValueError:
        return frozenset()


def _rows(view: View, info: Info) -> list[Row]:
    path = f"{info.path}/RECORD"
    if info.kind != "dist-info" or view.known(path) is None:
        return []
    content = view.content(path)
    if content is None and view.known(path) is not BELOW:
        raise ValueError(view.fault(path) or "it was not kept when its layer was read")
    return list(rows(content or b"", info.folder))


def _is_trusted(info: Info, installer: str) -> bool:
    """Tell whether RECORD still says what was installed.

    Builders of system packages strip libraries, move scripts and link other data after
    it was written; their own databases know the files.
    """
    site = site_at(info.folder)
    return not site.of_packages and (site.prefix != "usr" or installer in _OWN_INSTALLERS)


def _check(
    view: View, listed: Iterable[Row], upgraded: bool, prefixed: Mapping[str, str]
) -> _Checked:
    checked = _Checked()
    for row in listed:
        at = _led_to(view, row.at)
        state = view.known(at)
        if state is BELOW and upgraded:
            view.entry(at)  # what the older version left there, perhaps
        elif isinstance(state, Entry):
            if _differs(state, row, prefixed):
                checked.patched[_told(row)] = state.digest.hex()
                checked.brought = checked.brought or view.brought(at)
        elif not may_lack(row.path):
            checked.missing.append(_told(row))
            checked.brought = checked.brought or view.removed_by(at)
    return checked


def _told(row: Row) -> str:
    """Return a file's name: relative to the site folder, absolute where it lies elsewhere."""
    return printable(f"/{row.at}" if row.path.startswith(("..", "/")) else row.path)


def _led_to(view: View, at: str) -> str:
    """Return where ``at`` leads, if a link on the way or at the end leads elsewhere."""
    state = view.known(at)
    if isinstance(state, Entry) and state.kind != "link":
        return at
    return view.resolve(at)


def _differs(state: Entry, row: Row, prefixed: Mapping[str, str]) -> bool:
    if not row.digest or not state.digest or state.digest == row.digest:
        return False
    return prefixed.get(row.at) not in ("", state.digest.hex())


def _text(view: View, info: Info, name: str, listed: Iterable[Row]) -> str:
    """Return a small file of the metadata; one that RECORD does not list is not asked for."""
    path = f"{info.path}/{name}"
    if view.known(path) is BELOW and not any(row.at == path for row in listed):
        return ""
    return (view.content(path) or b"").decode(errors="replace")


def _source(view: View, info: Info, listed: Iterable[Row]) -> str:
    """Return what direct_url.json says (PEP 610), in one line, without credentials."""
    text = _text(view, info, "direct_url.json", listed)
    return direct_source(text) if text else ""


def _linked(view: View, info: Info, content: bytes) -> Reading | Undetermined:
    """Read the target of an egg-link: a folder with the source and its metadata."""
    folder = content.decode(errors="replace").strip().partition("\n")[0].strip()
    at = folder.strip("/")
    for stem in dict.fromkeys((info.stem, info.stem.replace("-", "_"))):
        metadata = view.content(f"{at}/{stem}.egg-info/PKG-INFO")
        if metadata is not None:
            break
    else:
        return Undetermined(
            subject=_subject(info), reason=f"there is no metadata in {printable(folder)}"
        )
    name, version = metadata.decode(errors="replace").split("\n", 1)
    installed = Installed(
        name=canonicalize_name(printable(name)),
        version=printable(version),
        environment=f"/{site_at(info.folder).prefix}",
        folder=f"/{info.folder}",
        source=f"editable file:///{printable(at)}",
        brought=view.brought(info.path),
    )
    return Reading(info=info, installed=installed)


def _unread(view: View, info: Info) -> Undetermined:
    path = info.metadata(view)
    reason = view.fault(path) or f"it has no {path.rpartition('/')[2]}"
    return Undetermined(subject=_subject(info), reason=reason)


def _subject(info: Info) -> str:
    return printable(f"/{info.path}")
