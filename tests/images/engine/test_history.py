"""Which build steps made a layer, told from an engine's account."""

from __future__ import annotations

import pytest

from depcheck.images.engine.history import oci_history


def full(steps: list[tuple[str, int]], layers: int) -> list[str]:
    """Return the steps that are taken to have made a layer; ``steps`` are the first first."""
    told = [{"CreatedBy": text, "Size": size, "Created": 1} for text, size in reversed(steps)]
    return [
        step["created_by"] for step in oci_history(told, layers) if step["empty_layer"] is False
    ]


RUN, NOP = "|1 A=ENV /bin/sh -c make", "/bin/sh -c #(nop) "


@pytest.mark.parametrize(
    ("steps", "made"),
    [
        ([("", 5), (f"{NOP}ENV A=1", 0), (RUN, 9)], ["", RUN]),
        ([("ADD x", 5), ("RUN true # buildkit", 0)], ["ADD x", "RUN true # buildkit"]),
        ([("ADD x", 5), ("WORKDIR /made", 0)], ["ADD x", "WORKDIR /made"]),
        ([("ADD x", 5), (f"{NOP}WORKDIR /there", 0), ("COPY y", 1)], ["ADD x", "COPY y"]),
        ([("bazel build ...", 5), ("nix", 0)], ["bazel build ..."]),
    ],
)
def test_steps_are_told_apart(steps: list[tuple[str, int]], made: list[str]) -> None:
    assert full(steps, len(made)) == made


def test_a_history_that_does_not_fit_gives_no_steps() -> None:
    assert oci_history([{"CreatedBy": "RUN x", "Size": 1}], 2) == []
    assert oci_history([], 1) == []


def test_times_are_as_in_a_configuration() -> None:
    (step,) = oci_history([{"CreatedBy": "RUN x", "Size": 1, "Created": 1793534400}], 1)
    assert step["created"] == "2026-11-01T12:00:00Z"
    (step,) = oci_history([{"CreatedBy": "RUN x", "Size": 1, "Created": 10**20}], 1)
    assert step["created"] == ""
