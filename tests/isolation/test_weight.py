"""What a component adds to the core's image."""

from __future__ import annotations

from depcheck.isolation.weight import heavy, size_of
from depcheck.model.report import Picked
from depcheck.model.walls import Weight
from tests.isolation.picking import pick

MB = 10**6
NUMPY = pick("numpy", size=20 * MB)
DJANGO = pick("django", size=8 * MB)
TORCH = pick("torch", size=500 * MB)
CUBLAS = pick("nvidia-cublas", size=600 * MB)
UNSIZED = pick("old")


def test_sizes_are_summed_and_unknown_ones_named() -> None:
    nothing = Picked(name="ghost", version="1")
    assert size_of([NUMPY, UNSIZED, DJANGO, nothing]) == (28 * MB, ("old", "ghost"))


def test_only_what_the_core_lacks_weighs() -> None:
    finding = heavy("ai", "web", [NUMPY, DJANGO], [NUMPY, TORCH, CUBLAS, UNSIZED], 1000 * MB)
    assert finding is not None
    assert finding.evidence == Weight(
        component="ai", added=1100 * MB, core=28 * MB,
        largest=(("nvidia-cublas", 600 * MB), ("torch", 500 * MB), ("old", 0)),
    )  # fmt: skip
    assert "ai would add 1.1 GB" in finding.message
    assert "28 MB alone" in finding.message
    assert "600 MB of it are libraries for a GPU" in finding.remedy


def test_below_the_threshold_or_with_a_core_that_has_it_there_is_no_wall() -> None:
    assert heavy("ai", "web", [], [TORCH], 500 * MB + 1) is None
    assert heavy("ai", "web", [TORCH, CUBLAS], [TORCH, CUBLAS, NUMPY], 100 * MB) is None


def test_a_heavy_stack_without_gpu_libraries_has_no_such_remedy() -> None:
    finding = heavy("ai", "web", [], [TORCH], 500 * MB)
    assert finding is not None
    assert finding.remedy == ""
