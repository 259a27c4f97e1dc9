"""The exit status: never 0 when something was not checked."""

from __future__ import annotations

import pytest

from depcheck.model.findings import Finding
from depcheck.model.report import Report
from depcheck.report.status import exit_status
from tests.report import samples

NOTE = samples.report(
    verdict="shifts", findings=(Finding(rule="shift-minor", severity="note", message="moves"),)
)
WARNING = samples.SHIFTS
ERROR = samples.CONFLICT
UNCHECKED = samples.UNDETERMINED
HARMLESS = samples.report(undetermined=samples.UNDETERMINED.undetermined[:1])
BOTH = samples.report(
    verdict="undetermined",
    findings=samples.SHIFTS.findings,
    undetermined=samples.UNDETERMINED.undetermined,
)
CUT_SHORT = samples.report(verdict="conflict", findings=ERROR.findings, complete=False)


@pytest.mark.parametrize(
    ("report", "note", "warning", "error", "never"),
    [
        pytest.param(samples.COMPATIBLE, 0, 0, 0, 0, id="compatible"),
        pytest.param(NOTE, 1, 0, 0, 0, id="note"),
        pytest.param(WARNING, 1, 1, 0, 0, id="warning"),
        pytest.param(ERROR, 1, 1, 1, 0, id="error"),
        pytest.param(UNCHECKED, 3, 3, 3, 3, id="unchecked"),
        pytest.param(HARMLESS, 0, 0, 0, 0, id="harmless gap"),
        pytest.param(BOTH, 1, 1, 3, 3, id="warning and unchecked"),
        pytest.param(CUT_SHORT, 1, 1, 1, 3, id="cut short"),
    ],
)
def test_exit_status(report: Report, note: int, warning: int, error: int, never: int) -> None:
    assert exit_status(report, "note") == note
    assert exit_status(report, "warning") == warning
    assert exit_status(report, "error") == error
    assert exit_status(report, "never") == never


def test_a_gap_that_only_a_component_tells_counts() -> None:
    from dataclasses import replace

    core = replace(samples.CORE, undetermined=samples.UNDETERMINED.undetermined)
    assert exit_status(samples.report(components=(core, samples.RECOMMENDER)), "error") == 3
