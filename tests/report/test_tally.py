"""How many findings there are, in a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.model.review import Novelty
from depcheck.report.tally import standing, verdict_line
from tests.report.digests import BASE, CHECK, CONFLICT, KNOWN, SHIFT, SUPPRESSED

ALONE = replace(CHECK, base=None, suppressed=(), fixed=(), status=1, failing=0)
UNREAD = replace(BASE, verdict=None)


@pytest.mark.parametrize(
    ("found", "failing", "told"),
    [
        (0, 0, "0 findings."),
        (2, 0, "2 findings."),
        (1, 1, "1 finding, which fails the check."),
        (3, 3, "3 findings, which all fail the check."),
        (3, 1, "3 findings, of which 1 fails the check."),
        (3, 2, "3 findings, of which 2 fail the check."),
    ],
)
def test_without_a_base(found: int, failing: int, told: str) -> None:
    assert standing(replace(ALONE, entries=(CONFLICT,) * found, failing=failing)) == told


def test_with_a_base() -> None:
    digest = replace(ALONE, base=BASE, entries=(CONFLICT, SHIFT, KNOWN), fixed=(KNOWN,))
    assert standing(digest) == (
        "This change brings 1 new finding and makes 1 worse; 1 already there, 1 fixed."
    )
    assert standing(replace(digest, entries=(SHIFT,), fixed=())) == (
        "This change makes 1 finding worse."
    )
    altered = replace(SHIFT, novelty=Novelty(status="changed"))
    assert standing(replace(digest, entries=(altered,), fixed=())) == (
        "This change brings no new finding; 1 changed."
    )
    assert standing(replace(digest, entries=(CONFLICT,), fixed=())) == (
        "This change brings 1 new finding."
    )
    report = replace(digest, base=replace(BASE, revision=""), entries=(KNOWN,))
    assert standing(report) == "Since then: no new finding; 1 already there, 1 fixed."
    grown = replace(report, entries=(CONFLICT, SHIFT), fixed=())
    assert standing(grown) == "Since then: 1 new finding, 1 worse."


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (0, "; nothing was found."),
        (1, ", so it is not known whether the finding is new."),
        (3, ", so it is not known which of the 3 findings are new."),
    ],
)
def test_with_a_base_that_could_not_be_analysed(found: int, told: str) -> None:
    digest = replace(ALONE, base=UNREAD, entries=(CONFLICT,) * found)
    assert standing(digest) == f"The base could not be analysed{told}"


def test_what_else_is_said() -> None:
    digest = replace(ALONE, entries=(), suppressed=(SUPPRESSED,), status=3)
    assert standing(digest) == "0 findings. 1 finding suppressed. Not everything could be checked."


def test_the_first_sentence() -> None:
    assert verdict_line(CHECK) == f"CONFLICT: {CHECK.summary}"
    assert verdict_line(replace(CHECK, summary="")) == "CONFLICT"


def test_what_does_not_fail_for_exit_zero_alone() -> None:
    excused = replace(ALONE, entries=(CONFLICT, SHIFT), failing=2, status=0)
    assert standing(excused) == "2 findings, which all would fail the check (--exit-zero)."
    assert standing(replace(excused, failing=1)) == (
        "2 findings, of which 1 would fail the check (--exit-zero)."
    )
