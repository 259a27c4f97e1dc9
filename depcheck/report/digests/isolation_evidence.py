"""What the reasons of walls rest on, in a digest."""

from __future__ import annotations

from depcheck.model.findings import Finding
from depcheck.model.isolation import Boundary, IsolationReport
from depcheck.model.walls import Budget, GpuNeed, Labels, NativeClash, NativeUse, PythonNeed, Weight
from depcheck.report.text.isolation_walls import objections, price
from depcheck.report.text.isolation_wishes import would_cost
from depcheck.report.text.isolation_words import STRENGTHS, bulk

_LARGEST = 10

Facts = tuple[tuple[str, str], ...]


def facts_of(finding: Finding) -> Facts:
    """Return what a reason that is neither conflict nor shift rests on."""
    match finding.evidence:
        case PythonNeed(wanted=wanted, found=found, because=because):
            return (
                ("wanted", f"Python {wanted}"),
                ("resolves for", f"Python {found}" if found else ""),
                ("why", because),
            )
        case NativeClash(left=left, right=right):
            return (_use(left), _use(right))
        case Weight(added=added, core=core, largest=largest):
            named = (f"{name} {bulk(size)}" for name, size in largest[:_LARGEST])
            return (
                ("brings", f"{bulk(added)} beside the core's {bulk(core)}"),
                ("the largest", ", ".join(named)),
            )
        case GpuNeed(distributions=brought):
            return (("brings", ", ".join(brought)),)
        case Labels(values=values):
            return values
        case Budget(wanted=wanted, given=given, max_connections=most, reserved=kept):
            return (
                ("wanted", str(wanted)),
                ("given", str(given)),
                ("there are", f"{most - kept} ({most} less {kept} kept back)"),
            )
    return ()


def _use(use: NativeUse) -> tuple[str, str]:
    library = use.path if use.path.endswith(use.library) else f"{use.library} {use.path}".strip()
    return use.component, f"{use.distribution} {use.version}: {library}"


def wall_facts(report: IsolationReport, wall: Boundary) -> Facts:
    """Return how strong a wall must be, what it costs, and what speaks against it."""
    return (
        ("strength", f"{STRENGTHS[wall.strength]}. {wall.because}"),
        ("costs", cost_of(report, wall)),
        ("against it", " ".join(objections([wall]))),
    )


def cost_of(report: IsolationReport, wall: Boundary) -> str:
    """Return what a wall costs, or would cost where it does not stand."""
    return price(report, [wall]) if wall.stands else would_cost(report, wall)
