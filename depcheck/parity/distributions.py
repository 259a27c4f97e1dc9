"""The distributions of two environments side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from depcheck.model.findings import Finding, Severity
from depcheck.model.inventory import Installed, Inventory
from depcheck.model.rules import PARITY_RULES
from depcheck.model.text import printable, redact
from depcheck.parity.environments import EnvironmentPair
from depcheck.parity.installs import content_findings
from depcheck.parity.telling import Teller, Value, lowered
from depcheck.parity.versions import grade, same, step_words

_NO_METADATA = Value(text="code without metadata")
TOOLS = frozenset(("pip", "setuptools", "wheel", "uv"))
"""What installs and builds: it stands in an environment without being run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One distribution on both sides; a side is empty where it is not installed.

    A side has more than one where a site folder holds leftovers of another version.
    """

    name: str
    left: tuple[Installed, ...]
    right: tuple[Installed, ...]


def beside(left: Sequence[Installed], right: Sequence[Installed]) -> Iterator[Beside]:
    """Pair the distributions of two environments by name, and within a name by folder."""
    lefts, rights = _by_name(left), _by_name(right)
    for name in sorted(lefts.keys() | rights.keys()):
        yield from _by_folder(name, lefts.get(name, {}), rights.get(name, {}))


_Folders = dict[str, list[Installed]]


def _by_name(distributions: Sequence[Installed]) -> dict[str, _Folders]:
    names: dict[str, _Folders] = defaultdict(lambda: defaultdict(list))
    for item in sorted(distributions, key=lambda d: (d.name, d.folder, d.version)):
        names[item.name][item.folder].append(item)
    return names


def _by_folder(name: str, lefts: _Folders, rights: _Folders) -> Iterator[Beside]:
    both = lefts.keys() & rights.keys()
    for folder in sorted(both):
        yield Beside(name=name, left=tuple(lefts[folder]), right=tuple(rights[folder]))
    # Another Python version has its site folder elsewhere: what is left over is paired.
    rest = [[items for f, items in side.items() if f not in both] for side in (lefts, rights)]
    for position in range(max(len(rest[0]), len(rest[1]))):
        sides = [side[position] if position < len(side) else [] for side in rest]
        yield Beside(name=name, left=tuple(sides[0]), right=tuple(sides[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    teller: Teller
    pair: EnvironmentPair
    left: Inventory
    right: Inventory

    def severity(self, rule: str, *steps: bool) -> Severity:
        """Return the rule's severity, lower by one for each that holds."""
        severity = PARITY_RULES[rule].severity
        for step in (not self.pair.active, *steps):
            severity = lowered(severity) if step else severity
        return severity

    def findings(self, item: Beside) -> Iterator[Finding]:
        if not item.left or not item.right:
            remains = any(each.remains for each in (*item.left, *item.right))
            yield self._leftover(item) if remains else self._one_sided(item)
        elif len(item.left) > 1 or len(item.right) > 1:
            yield from self._several(item)
        else:
            yield from self._one(item.left[0], item.right[0])

    def _leftover(self, item: Beside) -> Finding:
        lacking = self.teller.right if item.left else self.teller.left
        return self.teller.tell(
            "distribution-leftover",
            "python",
            item.name,
            _versions(item.left) or _NO_METADATA,
            _versions(item.right) or _NO_METADATA,
            severity=self.severity("distribution-leftover"),
            remedy=printable(f"install {item.name} anew in {lacking}, or remove its files"),
            place=self.pair.place,
        )

    def _one_sided(self, item: Beside) -> Finding:
        rule = "distribution-added" if not item.left else "distribution-missing"
        held, lacking = (item.left, self.right) if item.left else (item.right, self.left)
        slight = item.name in TOOLS or lacking.direct
        return self.teller.tell(
            rule,
            "python",
            item.name,
            _versions(item.left),
            _versions(item.right),
            absent="not installed",
            severity="note" if slight else self.severity(rule),
            remedy=self._mend(item, lacking),
            place=self.pair.place,
            removed_by=lacking.removed.get((held[-1].folder, item.name)),
        )

    def _mend(self, item: Beside, lacking: Inventory) -> str:
        if lacking.direct:
            return printable(
                f"{lacking.subject} names no dependencies of what it lists: compare with the "
                "output of pip freeze or uv pip compile"
            )
        if not item.left:
            return printable(f"take {item.name} out of {self.teller.right}, or test as it is there")
        version = item.left[-1].version
        pin = f"{item.name}=={version}" if version else item.name
        return printable(f"install {pin} in {self.teller.right}, as was tested")

    def _several(self, item: Beside) -> Iterator[Finding]:
        lefts, rights = [tuple(d.version for d in side) for side in (item.left, item.right)]
        if lefts == rights:
            for left, right in zip(item.left, item.right, strict=True):
                yield from self._one(left, right)
            return
        folder = (item.right or item.left)[0].folder
        yield self.teller.tell(
            "distribution-duplicate",
            "python",
            item.name,
            _versions(item.left),
            _versions(item.right),
            tail=": a site folder holds more than one version",
            severity=self.severity("distribution-duplicate"),
            remedy=printable(
                f"rebuild {self.teller.right} in an empty environment, with "
                f"{item.name}=={lefts[-1]} alone"
            ),
            place=self.pair.place,
            paths=(folder,) if folder else (),
        )

    def _one(self, left: Installed, right: Installed) -> Iterator[Finding]:
        if left.version and right.version and not same(left.version, right.version):
            yield self._version(left, right)
        elif left.read and right.read:
            if left.source != right.source:
                yield self._source(left, right)
            yield from content_findings(self.teller, self.pair, left, right, self.severity)

    def _version(self, left: Installed, right: Installed) -> Finding:
        step = grade(left.version, right.version)
        rule = {"major": "distribution-major", "minor": "distribution-minor"}.get(
            "minor" if step == "unknown" else step, "distribution-patch"
        )
        return self.teller.tell(
            rule,
            "python",
            left.name,
            _value(left, right.source),
            _value(right, left.source),
            tail=f": {step_words(left.version, right.version)}",
            severity=self.severity(rule, left.name in TOOLS),
            remedy=self._install(left),
            place=self.pair.place,
        )

    def _install(self, left: Installed) -> str:
        what = f"{left.name}=={left.version}"
        if left.source:
            what = f"{left.name} {left.version} from {redact(left.source)}"
        return printable(f"install {what} in {self.teller.right}, as was tested")

    def _source(self, left: Installed, right: Installed) -> Finding:
        # Many locks and lists do not tell where a version comes from.
        silent = self.pair.named and not (left.source and right.source)
        return self.teller.tell(
            "distribution-source",
            "python",
            left.name,
            _source(left),
            _source(right),
            subject=f"{left.name} {left.version}",
            severity=self.severity("distribution-source", silent or _is_local(left, right)),
            remedy=self._install(left),
            place=self.pair.place,
        )


def distribution_findings(
    teller: Teller,
    pair: EnvironmentPair,
    items: Sequence[Beside],
    left: Inventory,
    right: Inventory,
) -> dict[int, tuple[Finding, ...]]:
    """Return the findings of each pair of distributions that differs, by its position."""
    telling = _Telling(teller=teller, pair=pair, left=left, right=right)
    told = {number: tuple(telling.findings(item)) for number, item in enumerate(items)}
    return {number: findings for number, findings in told.items() if findings}


def _is_local(left: Installed, right: Installed) -> bool:
    """Tell whether both were built from folders: where the code lay says little of it."""
    return left.source.startswith("file:") and right.source.startswith("file:")


def _versions(items: Sequence[Installed]) -> Value | None:
    if not items:
        return None
    text = " and ".join(item.version or "unknown" for item in items)
    return Value(text=text, brought=items[-1].brought)


def _value(item: Installed, other_source: str) -> Value:
    origin = f" from {item.source}" if item.source and item.source != other_source else ""
    return Value(text=item.version + origin, brought=item.brought)


def _source(item: Installed) -> Value:
    return Value(text=item.source or "from an index", brought=item.brought)
