"""Where a scenario's own answer is not the one to compare with, and why.

``ON_LINUX``: universal scenarios ask for every platform and Python at once, which
depcheck never does. They are run for one target, CPython 3.12 on linux/amd64, and
the answer for it was derived by hand from the scenario: drop each requirement
whose marker does not hold there, take the newest set of what is left. None means
that nothing satisfies it. A universal answer that is satisfiable is so on each
target; one that is not may well be on this one.
"""

from __future__ import annotations

from collections.abc import Mapping

ON_LINUX: Mapping[str, Mapping[str, str] | None] = {
    "conflict-in-fork": {},
    "fork-basic": {"a": "2.0.0"},
    "fork-conflict-unsatisfiable": None,
    "fork-filter-sibling-dependencies": {"a": "4.4.0", "b": "1.0.0", "d": "1.0.0"},
    "fork-incomplete-markers": {"a": "1.0.0", "b": "1.0.0"},
    "fork-marker-accrue": {"a": "1.0.0", "c": "1.0.0"},
    "fork-marker-disjoint": None,
    "fork-marker-inherit": {"a": "2.0.0"},
    "fork-marker-inherit-combined": {"a": "2.0.0"},
    "fork-marker-inherit-combined-allowed": {"a": "2.0.0"},
    "fork-marker-inherit-combined-disallowed": {"a": "2.0.0"},
    "fork-marker-inherit-isolated": {"a": "2.0.0", "b": "1.0.0"},
    "fork-marker-limited-inherit": {"a": "2.0.0", "b": "1.0.0", "c": "1.0.0"},
    "fork-marker-track": {"a": "4.3.0", "b": "2.8"},
    "fork-non-fork-marker-transitive": {"a": "1.0.0", "b": "1.0.0", "c": "2.0.0"},
    "fork-non-local-fork-marker-direct": {"a": "1.0.0", "c": "1.0.0"},
    "fork-non-local-fork-marker-transitive": {"a": "1.0.0", "b": "1.0.0", "c": "1.0.0"},
    "fork-overlapping-markers-basic": {"a": "1.2.0"},
    "fork-remaining-universe-partitioning": {},
    "fork-requires-python": {},
    "fork-requires-python-full": {},
    "fork-requires-python-full-prerelease": {},
    "fork-upgrade": {"foo": "2.0.0", "bar": "2.0.0"},
    "preferences-dependent-forking": {"cleaver": "1.0.0", "foo": "1.0.0", "bar": "2.0.0"},
    "preferences-dependent-forking-bistable": {
        "cleaver": "2.0.0",
        "fork-sys-platform": "1.0.0",
        "reject-cleaver2": "1.0.0",
        "reject-cleaver2-proxy": "1.0.0",
    },
    "preferences-dependent-forking-conflicting": {
        "cleaver": "1.0.0",
        "foo": "1.0.0",
        "bar": "2.0.0",
    },
    "preferences-dependent-forking-tristable": {
        "cleaver": "2.0.0",
        "a": "1.0.0",
        "b": "1.0.0",
        "unrelated-dep": "1.0.0",
        "unrelated-dep3": "1.0.0",
        "foo": "2.0.0",
        "bar": "2.0.0",
    },
    "requires-python-subset": {},
    "requires-python-wheels": {"a": "1.0.0"},
    "unreachable-package": {},
    "unreachable-wheels": {"b": "1.0.0"},
}

NOT_APPLICABLE: Mapping[str, str] = {
    "no-wheels-no-build": "needs an option that forbids one project's sdists; depcheck never "
    "builds, reads an sdist's static metadata, and has no such option",
    "python-less-than-current": "expects that upper bounds of Requires-Python are ignored, as one "
    "resolver does; the core metadata specification and pip keep to them, and so does depcheck",
}
