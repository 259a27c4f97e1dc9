"""Two inventories compared: every difference once, the gravest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from depcheck.model.findings import Drift, Finding
from depcheck.model.inventory import ASPECTS, Aspect, Inventory, Provenance
from depcheck.model.parity import Summary
from depcheck.model.text import printable
from depcheck.parity.environments import is_image
from depcheck.parity.facts import RUNTIME_TABLE, SYSTEM_TABLE, compare_facts, compare_settings
from depcheck.parity.files import compare_files, explained_by
from depcheck.parity.folding import fold_packages, fold_system
from depcheck.parity.inplace import with_package_files, with_python_files
from depcheck.parity.layers import layer_findings
from depcheck.parity.native import Told, compare_native
from depcheck.parity.packages import compare_packages
from depcheck.parity.parts import Part
from depcheck.parity.python import compare_python
from depcheck.parity.telling import Teller
from depcheck.parity.verdict import ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two inventories give.

    ``findings`` have a Drift each. ``summaries`` are of the aspects that both sides
    speak of, ``left_out`` those that only one does.
    """

    findings: tuple[Finding, ...]
    summaries: tuple[Summary, ...]
    left_out: tuple[Aspect, ...] = ()


def compare(
    left: Inventory,
    right: Inventory,
    *,
    service: str = "",
    left_name: str = "",
    right_name: str = "",
    show_values: bool = False,
    files: bool = False,
) -> Comparison:
    """Return what differs between ``left``, which was tested, and ``right``, which runs.

    ``left_name`` and ``right_name`` stand in sentences (``staging``), else what the
    sides were named as. Secret values appear only with ``show_values``. ``files``
    tells of every file, where both inventories hold all.
    """
    names = _names(left_name or left.subject, right_name or right.subject)
    teller = Teller(left=names[0], right=names[1], service=service, show_values=show_values)
    comparing = _Comparing(teller=teller, left=left, right=right, files=files)
    spoken = left.covers & right.covers
    aspects = [aspect for aspect in ASPECTS if aspect in spoken]
    for aspect in aspects:
        comparing.add(aspect)
    whole = left.whole and right.whole
    return Comparison(
        findings=ranked(comparing.findings()),
        summaries=tuple(
            Summary(aspect=aspect, same=part.same if whole else None, different=part.different)
            for aspect, part in comparing.parts.items()
        ),
        left_out=tuple(a for a in ASPECTS if a in (left.covers | right.covers) - spoken),
    )


def _names(left: str, right: str) -> tuple[str, str]:
    if left == right or not (left and right):
        return "the left side", "the right side"
    return printable(left), printable(right)


@dataclass(slots=True, kw_only=True)
class _Comparing:
    """The parts as they come together, in the order of ASPECTS.

    ``python`` comes first, then ``os``: what they tell explains native libraries,
    facts of the system and files, which is why these come later.
    """

    teller: Teller
    left: Inventory
    right: Inventory
    files: bool
    parts: dict[Aspect, Part] = field(default_factory=dict)

    def add(self, aspect: Aspect) -> None:
        sides = (self.teller, self.left, self.right)
        compared: dict[Aspect, Callable[[], Part]] = {
            "python": lambda: with_python_files(compare_python(*sides), *sides),
            "os": lambda: with_package_files(compare_packages(*sides), *sides),
            "native": self._native,
            "system": self._system,
            "settings": self._settings,
            "runtime": lambda: compare_facts(
                self.teller, RUNTIME_TABLE, self.left.runtime, self.right.runtime
            ),
            "files": self._files,
        }
        self.parts[aspect] = compared[aspect]()

    def findings(self) -> tuple[Finding, ...]:
        told = self._told(ASPECTS)
        return tuple(map(self._of_container, fold_system(fold_packages(told))))

    def _of_container(self, finding: Finding) -> Finding:
        """Say of what was changed in a container that its image still has it as it was."""
        drift = finding.evidence
        if not isinstance(drift, Drift) or drift.aspect in ("settings", "runtime"):
            return finding
        if drift.right is None and drift.right_by is None and self._is_own_image():
            drift = replace(drift, right_by=Provenance(layer=0))
        if drift.right_by is None or drift.right_by.layer:
            return finding
        remedy = printable(f"recreate {self.right.subject} from its image")
        return replace(finding, evidence=drift, remedy=remedy)

    def _is_own_image(self) -> bool:
        """Tell whether the right side is a container of the very image on the left."""
        left, right = self.left.identity, self.right.identity
        same = bool(left.config) and left.config == right.config
        return same and bool(right.container) and not left.container

    def _told(self, aspects: Iterable[Aspect]) -> tuple[Finding, ...]:
        parts: Sequence[Part] = [self.parts[a] for a in aspects if a in self.parts]
        return tuple(finding for part in parts for finding in part.findings)

    def _native(self) -> Part:
        told = Told(findings=self._told(("python", "os")), other_architecture=self._architectures())
        part, explained = compare_native(self.teller, self.left, self.right, told)
        self._replace(explained)
        return part

    def _replace(self, findings: Sequence[Finding]) -> None:
        for aspect in ("python", "os"):
            part = self.parts.get(aspect)
            if part is not None:
                mine = tuple(f for f in findings if _aspect(f) == aspect)
                self.parts[aspect] = Part(findings=mine, same=part.same, different=part.different)

    def _architectures(self) -> bool:
        sides = [side.settings.get("architecture") for side in (self.left, self.right)]
        return sides[0] is not None and sides[1] is not None and sides[0].value != sides[1].value

    def _system(self) -> Part:
        """Compare facts; a list of components speaks only of those that it has."""
        left, right = self.left.system, self.right.system
        if not all(is_image(side) for side in (self.left, self.right)):
            left = {key: fact for key, fact in left.items() if key in right}
            right = {key: fact for key, fact in right.items() if key in left}
        return compare_facts(self.teller, SYSTEM_TABLE, left, right)

    def _settings(self) -> Part:
        both = all("runtime" in side.covers for side in (self.left, self.right))
        part = compare_settings(
            self.teller, self.left.settings, self.right.settings, containers=both
        )
        lineage = tuple(layer_findings(self.teller, self.left, self.right))
        return Part(
            findings=(*part.findings, *lineage),
            same=part.same,
            different=part.different + len(lineage),
        )

    def _files(self) -> Part:
        explained = explained_by(
            self._told(("python", "os")), self.left.accounted | self.right.accounted
        )
        return compare_files(self.teller, self.left, self.right, explained, each=self.files)


def _aspect(finding: Finding) -> Aspect | None:
    return finding.evidence.aspect if isinstance(finding.evidence, Drift) else None
