"""Core metadata, as far as resolving needs it (PyPA core metadata specification).

A reader of its own because a run reads hundreds of these: the standard library's
email parser takes a millisecond for each, this takes some tens of microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from depcheck.model.requirement import normalise

_WANTED = frozenset(
    ("metadata-version", "name", "version", "requires-dist", "requires-python",
     "provides-extra", "dynamic")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The fields of a METADATA or PKG-INFO file that resolving needs.

    Texts are as written, unfolded; ``dynamic`` is in lower case, ``level`` the
    metadata version as (major, minor).
    """

    level: tuple[int, int]
    name: str
    version: str
    requires_dist: tuple[str, ...]
    requires_python: str | None
    provides_extra: tuple[str, ...]
    dynamic: frozenset[str]

    @property
    def static(self) -> bool:
        """Whether an sdist promises its dependencies (PEP 643)."""
        return self.level >= (2, 2) and "requires-dist" not in self.dynamic


def read_headers(content: bytes) -> Headers | None:
    """Return the headers, or None where ``content`` is no core metadata.

    Only the header block is read: it ends at the first empty line (RFC 822). A
    line that begins with white space continues the one before it.
    """
    block = content.partition(b"\n\n")[0]
    if b"\r\n" in block:
        block = block.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    text = block.decode("utf-8", "replace")
    fields: dict[str, list[str]] = {key: [] for key in _WANTED}
    if "\n " in text or "\n\t" in text:
        text = text.replace("\n ", " ").replace("\n\t", " ")
    for line in text.split("\n"):
        key, colon, value = line.partition(":")
        if colon and (found := fields.get(key.lower())) is not None:
            found.append(value.strip())
    if not fields["metadata-version"] or not fields["name"]:
        return None
    return Headers(
        level=_level(fields["metadata-version"][0]),
        name=fields["name"][0],
        version=fields["version"][0] if fields["version"] else "",
        requires_dist=tuple(fields["requires-dist"]),
        requires_python=fields["requires-python"][0] if fields["requires-python"] else None,
        provides_extra=tuple(map(normalise, fields["provides-extra"])),
        dynamic=frozenset(value.lower() for value in fields["dynamic"]),
    )


def _level(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        return (0, 0)
    return int(major[:4]), int(minor[:4])


def requires_txt(content: bytes) -> tuple[str, ...]:
    """Return setuptools' ``requires.txt`` as PEP 508 strings.

    Its sections are ``[extra]``, ``[:marker]`` and ``[extra:marker]``; what stands
    before the first section applies always.
    """
    marker = ""
    found = []
    for raw in content.decode("utf-8", "replace").splitlines():
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            marker = _section_marker(line[1:-1])
        elif line and not line.startswith("#"):
            found.append(f"{line} ; {marker}" if marker else line)
    return tuple(found)


def _section_marker(section: str) -> str:
    extra, _, condition = section.partition(":")
    parts = []
    if condition.strip():
        parts.append(f"({condition.strip()})")
    if extra.strip():
        parts.append(f'extra == "{normalise(extra.strip())}"')
    return " and ".join(parts)


def extras_of(content: bytes) -> tuple[str, ...]:
    """Return the extras that a ``requires.txt`` has sections for, normalised."""
    names = []
    for raw in content.decode("utf-8", "replace").splitlines():
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            extra = line[1:-1].partition(":")[0].strip()
            if extra and normalise(extra) not in names:
                names.append(normalise(extra))
    return tuple(names)
