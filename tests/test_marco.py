"""The black-box enumeration that the benchmark compares with, against plain counting."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tests.bench.marco_uv import marco


@given(st.sets(st.frozensets(st.integers(1, 6), min_size=1, max_size=3), max_size=5))
def test_marco_finds_every_minimal_conflict_and_correction(forbidden: set[frozenset[int]]):
    conflicts, corrections = marco(6, lambda subset: not any(f <= subset for f in forbidden))
    assert conflicts == {f for f in forbidden if not any(g < f for g in forbidden)}
    subsets = [frozenset(c) for size in range(7) for c in combinations(range(1, 7), size)]
    hitting = [s for s in subsets if all(s & f for f in forbidden)]
    minimal = {s for s in hitting if s and not any(h < s for h in hitting)}
    assert corrections == minimal
