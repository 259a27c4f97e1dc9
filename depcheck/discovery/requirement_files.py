"""Which requirements file of a folder is the component, and what the others are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from depcheck.discovery.values import Mention

_NAME = re.compile(r"(requirements?|reqs)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(txt|in|lock)$", re.IGNORECASE)
_BETWEEN = re.compile(r"[-_. ]+")

_TOOLS = frozenset(
    {
        "dev", "develop", "development", "devel", "test", "tests", "testing", "doc", "docs",
        "lint", "linting", "format", "ci", "cd", "build", "typing", "types", "mypy", "style",
        "tools", "tooling", "bench", "benchmark", "benchmarks", "example", "examples", "local",
        "debug", "release", "packaging", "notebook", "notebooks", "pre", "commit", "coverage",
    }
)  # fmt: skip
_MAIN: tuple[tuple[str, ...], ...] = (
    ("prod",), ("production",), ("deploy",), (), ("runtime",), ("base",), ("main",), ("common",),
    ("core",), ("default",), ("app",), ("install",), ("all",),
)  # fmt: skip
"""What the main file of a folder may be called, the one that is deployed first."""

_VARIANT = re.compile(
    r"cpu|gpu|cuda|cu\d+|rocm|linux|windows|win|win32|macos|darwin|osx|arm64?|aarch64|x86|py\d+"
    r"|python\d*|3|\d+|min|minimum|minimal|latest|full|extra|extras|optional|constraints?"
)
_LOCKED = frozenset(("lock", "locked", "pinned", "frozen", "freeze", "compiled"))


@dataclass(slots=True)
class Kin:
    """Files of one purpose: what a person writes, and what a tool locked of it."""

    written: str = ""
    listed: str = ""
    locked: str = ""

    @property
    def source(self) -> str:
        return self.written or self.listed or self.locked

    @property
    def lock(self) -> str | None:
        """Return what holds the versions, where that is another file than the source."""
        for path in (self.locked, self.listed):
            if path and path != self.source:
                return path
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The requirements files of one folder: its main one, and those of other components."""

    main: Kin | None = None
    others: Mapping[str, Kin] = field(default_factory=dict)
    mentions: tuple[Mention, ...] = ()


def is_for_tools(name: str) -> bool:
    """Tell whether a name (of an extra, say) is that of tools, tests or documents."""
    return not _TOOLS.isdisjoint(_BETWEEN.split(name.lower()))


def choose(paths: Iterable[str]) -> Chosen:
    """Return which of ``paths`` (requirements files that belong to one folder) are what."""
    kin: dict[tuple[str, ...], Kin] = {}
    mentions: list[Mention] = []
    for path in sorted(paths):
        words = _words(path)
        if _TOOLS & set(words):
            mentions.append(Mention(path=path, why="for tools, as the name says"))
        elif any(_VARIANT.fullmatch(word) for word in words):
            mentions.append(Mention(path=path, why="a variant, as the name says"))
        else:
            _add(kin.setdefault(tuple(w for w in words if w not in _LOCKED), Kin()), path, words)
    mains = [words for words in _MAIN if words in kin]
    mentions += _twins(kin, mains)
    others = {"-".join(words): each for words, each in kin.items() if words not in _MAIN}
    return Chosen(main=kin[mains[0]] if mains else None, others=others, mentions=tuple(mentions))


def _words(path: str) -> tuple[str, ...]:
    stem = _SUFFIX.sub("", path.rpartition("/")[2])
    words = _BETWEEN.split(_NAME.sub("-", stem).lower())
    return tuple(word for word in words if word)


def _add(kin: Kin, path: str, words: tuple[str, ...]) -> None:
    if path.lower().endswith(".in"):
        kin.written = kin.written or path
    elif path.lower().endswith(".lock") or _LOCKED & set(words):
        kin.locked = kin.locked or path
    else:
        kin.listed = kin.listed or path


def _twins(kin: Mapping[tuple[str, ...], Kin], mains: list[tuple[str, ...]]) -> Iterator[Mention]:
    for words in mains[1:]:
        taken = kin[mains[0]].source
        yield Mention(path=kin[words].source, why=f"{taken} was taken, which is what is deployed")
