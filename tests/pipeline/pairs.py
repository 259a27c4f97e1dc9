"""A story in a few words: what staging has, what production has, what the pipeline tells.

    story(staging, production, expected)

runs it three times: as it is, with both sides changed over, and with all layers of each
image made one, so that nothing is shared. All three have to tell the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from depcheck.model.findings import Drift
from depcheck.model.observer import Silent
from depcheck.model.parity import Named, ParityReport, ParitySettings, SideKind
from depcheck.pipeline.compare import parity
from tests.support.contents import SITE, debian, distribution, interpreter, venv
from tests.support.oci import (
    WHITEOUT,
    Entry,
    Image,
    Index,
    Layer,
    write_layout,
)
from tests.support.oci_layers import Mark

CONFIG = {
    "Env": ["PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin"],
    "Entrypoint": ["python", "-m", "shop"],
}
PACKAGES = {"bash": "5.2.15-2", "curl": "7.88.1-10", "zlib1g": "1:1.2.13"}
BETA = {"beta/__init__.py": "V = '1.0'\n", "beta/core.py": "x = 1\n", "beta/old.py": "y = 1\n"}

BASE = Layer({
    **debian("12", PACKAGES),
    **interpreter("3.11.2"),
    **venv("opt/venv", "3.11.2"),
    **distribution("alpha", "1.2.3"),
    **distribution("beta", "1.0", BETA),
    "srv/app/main.py": "import alpha\n",
}, "debootstrap")  # fmt: skip

Told = tuple[str, str, "str | None", "str | None"]
Run = Callable[..., ParityReport]
_TURNED = {"missing": "added", "added": "missing", "removed": "added"}
_CHAIN = "image-layers"


def compared(root: Path, left: Any, right: Any, **options: Any) -> ParityReport:
    """Run the pipeline over two sides."""
    settings = ParitySettings(
        root=root,
        left=left,
        right=right,
        **{"cache_dir": root / "cache", "today": datetime.date(2026, 11, 23), **options},
    )
    return parity(settings, environ={"HOME": str(root)}, observer=Silent())


def layout(folder: Path, image: Image | Index, kind: SideKind = "oci") -> Named:
    write_layout(folder, {"it": image})
    return Named(kind=kind, value=str(folder), written=folder.name)


def image(*tops: Mapping[str, Entry], config: Mapping[str, Any] = CONFIG, **facts: Any) -> Image:
    """The base and these layers."""
    layers = (Layer(top, f"RUN step {n}") for n, top in enumerate(tops, 1))
    return Image((BASE, *layers), config, **facts)


def squashed(one: Image) -> Image:
    """The same content in a single layer (OCI image-spec, layer: whiteouts are applied)."""
    files: dict[str, Entry] = {}
    for each in one.layers:
        hidden = [path for path, entry in each.entries.items() if isinstance(entry, Mark)]
        for path in hidden:
            inside = [p for p in files if p.startswith(f"{path}/")]
            for gone in (*inside, *([path] if each.entries[path] == WHITEOUT else [])):
                files.pop(gone, None)
        for path, entry in each.entries.items():
            if path not in hidden:
                files.pop(path, None)
                files[path] = entry
    return replace(one, steps=(Layer(files, "COPY / /"),))


def serious(report: ParityReport) -> set[Told]:
    """Rule, name and both values of all that is told above a note."""
    return {told for told, severity in _told(report) if severity != "note"}


def notes(report: ParityReport) -> set[str]:
    """Rules of the notes, but for the one about the chain of layers."""
    return {told[0] for told, severity in _told(report) if severity == "note"} - {_CHAIN}


def everything(report: ParityReport) -> set[Told]:
    return {told for told, _ in _told(report) if told[0] != _CHAIN}


def _told(report: ParityReport) -> Iterable[tuple[Told, str]]:
    for finding in report.findings:
        drift = finding.evidence
        assert isinstance(drift, Drift), finding
        yield (finding.rule, drift.name, drift.left, drift.right), finding.severity


def turned(told: Iterable[Told]) -> set[Told]:
    """What is told when both sides change over."""
    return {(_other(rule), name, right, left) for rule, name, left, right in told}


def _other(rule: str) -> str:
    begin, _, end = rule.rpartition("-")
    if rule.startswith("file-") and end == "added":
        return "file-removed"
    if rule == "distribution-files-missing":
        return rule
    return f"{begin}-{_TURNED[end]}" if end in _TURNED else rule


def story(
    compare: Run,
    staging: Image,
    production: Image,
    expected: set[Told],
    noted: Iterable[str] = (),
    **options: Any,
) -> ParityReport:
    """Tell a story in all its forms; ``expected`` is above a note, ``noted`` are rules of notes."""
    report = compare(staging, production, **options)
    assert not report.undetermined
    assert serious(report) == expected
    assert notes(report) == set(noted)
    whole = compare(squashed(staging), squashed(production), **options)
    assert everything(whole) == everything(report)
    back = compare(production, staging, **options)
    assert everything(back) == turned(everything(report))
    return report


def moved(name: str, old: str, new: str, site: str = SITE, **facts: Any) -> dict[str, Entry]:
    """A layer that installs another version in the place of an old one, as pip does."""
    return {
        f"{site}/{name}-{old}.dist-info": WHITEOUT,
        **distribution(name, new, site=site, **facts),
    }
