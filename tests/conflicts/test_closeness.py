"""Which correction comes first, and what is said of one that goes far back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from depcheck.model.catalog import Arrival, Project
from depcheck.pipeline.combine import Options, examine
from tests.conflicts.stories import ai, ask, cures, plain, release, web
from tests.support.memory import MemoryCatalog, Projects, linux_target

FAST = {
    "fast": {
        "0.1.17": release(),
        "0.90": release("star<0.51", "pyd>=1.6"),
        "0.164": release("star", "pyd>=2"),
        "0.165": release("star", "pyd>=2.9"),
    },
    "star": plain("0.50", "0.51", "0.52"),
    "pyd": plain("1.10", "2.0", "2.9"),
}
TIMES = {
    "fast": ("2018-12", "2023-02", "2026-10", "2026-11"),
    "star": ("2025-11", "2025-12", "2026-10"),
    "pyd": ("2022-09", "2023-06", "2024-09"),
}


class Dated(MemoryCatalog):
    """Releases with the month of their upload, the oldest first."""

    def __init__(self, index: Projects, months: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(index)
        self._months = months

    def arrivals(self) -> Iterator[Arrival]:
        for wanted, answer in super().arrivals():
            if isinstance(answer, Project):
                files = tuple(
                    tuple(replace(f, upload_time=f"{month}-01T00:00:00Z") for f in files)
                    for month, files in zip(self._months[answer.name], answer.files, strict=True)
                )
                answer = replace(answer, files=files)
            yield wanted, answer


LINES = (web("pyd<2"), ai("fast>=0.90", "star>=0.51"))


def test_the_closest_in_time_comes_first_and_what_is_years_old_last():
    report = examine(LINES, linux_target(), Dated(FAST, TIMES), Options())
    assert cures(report) == [
        ["ai.txt:2: star>=0.51 -> star<0.51"],
        ["web.txt:1: pyd<2 -> pyd>=2.0"],
        ["ai.txt:1: fast>=0.90 -> fast<0.90"],
    ]
    assert [c.remark for c in report.corrections] == [
        "",
        "",
        "fast falls back by 8 years, from 0.165 to 0.1.17.",
    ]


def test_without_times_the_fewest_releases_come_first():
    index = {
        "fast": {f"0.{n}": release("pyd>=2") if n else release() for n in range(9)},
        "star": {"1.1": release(), "1.2": release("pyd<2")},
        "pyd": plain("1", "2"),
    }
    report = ask(index, web(), ai("fast>=0.1", "star>=1.2"))
    assert cures(report) == [
        ["ai.txt:2: star>=1.2 -> star<1.2"],
        ["ai.txt:1: fast>=0.1 -> fast<0.1"],
    ]


def test_another_major_is_said():
    index = {"x": plain("1.9", "2.0"), "y": {"1": release("x<2")}}
    report = ask(index, web("x>=2"), ai("y"))
    assert report.corrections[0].remark == "x falls back from 2.0 to 1.9, another major."
