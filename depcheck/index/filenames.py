"""What a file's name says: project and version (wheel and sdist file name formats)."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from depcheck.model.requirement import normalise

SDIST_SUFFIXES = (".tar.gz", ".zip", ".tgz", ".tar.bz2")

SortKey = tuple[int, tuple[int, ...], tuple[int, int], int, float, tuple[tuple[int, int, str], ...]]
_FINAL = (9, 0)
_NO_DEV = float("inf")


class NameReader:
    """Reads the versions out of the names of one project's files.

    One page repeats a version in many files: each spelling is looked at once.
    """

    def __init__(self, project: str) -> None:
        self._project = project
        self._length = len(project)
        self._names: dict[str, bool] = {}

    def version_text(self, filename: str) -> str | None:
        """Return the version as spelt, or None where the name fits no format."""
        if filename.endswith(".whl"):
            dashes = filename.count("-")
            if dashes not in (4, 5):
                return None
            name, version, rest = filename.split("-", 2)
            if not self._is_ours(name):
                return None
            # PEP 427: a build number begins with a digit.
            return version if dashes == 4 or rest[:1].isdigit() else None
        for suffix in SDIST_SUFFIXES:
            if filename.endswith(suffix):
                return self._sdist_version(filename[: -len(suffix)])
        return None

    def _is_ours(self, name: str) -> bool:
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = normalise(name) == self._project
        return known

    def _sdist_version(self, stem: str) -> str | None:
        head, dash, tail = stem[: self._length], stem[self._length : self._length + 1], ""
        if dash == "-" and self._is_ours(head):
            tail = stem[self._length + 1 :]
            return tail or None
        # Runs of separators make a name longer than its normalised form.
        start = stem.find("-")
        while start != -1:
            if self._is_ours(stem[:start]):
                return stem[start + 1 :] or None
            start = stem.find("-", start + 1)
        return None


def read_version(text: str) -> tuple[SortKey, str] | None:
    """Return the PEP 440 sort key and the normalised text, or None where invalid.

    Most versions are plain numbers with dots, so these skip the full parser.
    """
    parts = text.split(".")
    if text.isascii() and len(text) < 64 and all(map(str.isdigit, parts)):
        numbers = list(map(int, parts))
        normal = ".".join(map(str, numbers))
        return (0, _stripped(numbers), _FINAL, -1, _NO_DEV, ()), normal
    try:
        version = Version(text)
    except (InvalidVersion, ValueError):
        return None
    return _full_key(version), str(version)


def sort_key(version: str) -> SortKey:
    """Return the sort key of a version that is known to be valid."""
    read = read_version(version)
    assert read is not None
    return read[0]


def is_prerelease(key: SortKey) -> bool:
    """Whether the key is that of a pre-release or development release."""
    return key[2] != _FINAL or key[4] != _NO_DEV


def _stripped(numbers: list[int]) -> tuple[int, ...]:
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return tuple(numbers)


def _full_key(version: Version) -> SortKey:
    """Return a key that orders like PEP 440 and is comparable with the quick one."""
    if version.pre is not None:
        pre = ("a", "b", "rc").index(version.pre[0]), version.pre[1]
    elif version.post is None and version.dev is not None:
        pre = (-1, 0)
    else:
        pre = _FINAL
    post = -1 if version.post is None else version.post
    dev = _NO_DEV if version.dev is None else version.dev
    local = tuple(
        (1, int(part), "") if part.isdigit() else (0, 0, part)
        for part in (version.local or "").split(".")
        if part
    )
    return version.epoch, _stripped(list(version.release)), pre, post, dev, local
