"""How strong a wall has to be, why, and what speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from depcheck.model.findings import Conflict, Correction, Finding, Step
from depcheck.model.isolation import Strength, Wish
from depcheck.model.report import Picked

_REASONS: tuple[tuple[str, Strength, str], ...] = (
    (
        "wall-trust",
        "service",
        "Code of another trust must not share memory, files or a network address: it needs a "
        "service of its own, with its own user and network.",
    ),
    (
        "wall-gpu",
        "service",
        "What needs a GPU runs where one is, in a number of its own: it needs a service that is "
        "placed and scaled by itself.",
    ),
    (
        "wall-release",
        "service",
        "What is released in its own rhythm is deployed by itself: it needs a service of its own.",
    ),
    (
        "wall-python",
        "container",
        "Another Python is another base image, with packages of its own: it needs a container.",
    ),
    (
        "wall-native",
        "container",
        "Native libraries are found by path and name, which a container keeps apart, down to "
        "those of the system.",
    ),
    (
        "wall-heavy",
        "container",
        "Only an image of its own keeps the bytes out of the core's deploys and roll backs.",
    ),
    ("wall-apart", "container", "The team keeps them apart: a container of its own does it."),
)
"""The gravest first."""

_PURE = (
    "Only pure Python packages on one Python disagree: on one host a virtual environment and "
    "a process of its own are enough."
)
_COMPILED = (
    "Packages with compiled code, or to be built, are among those that disagree: a container "
    "keeps their libraries apart too."
)


def strength(reasons: Sequence[Finding], *, pure: bool) -> tuple[Strength, str]:
    """Return how strong a wall has to be, and the sentence that says why.

    ``environment``: a virtual environment of its own on one host; ``container``;
    ``service``: deployed, placed and scaled by itself. The gravest of the ``reasons``
    decides; for a conflict or a shift ``pure`` does (``is_pure``).
    """
    rules = {finding.rule for finding in reasons}
    for rule, kind, because in _REASONS:
        if rule in rules:
            return kind, because
    return ("environment", _PURE) if pure else ("container", _COMPILED)


def is_pure(picks: Iterable[Picked], names: Collection[str]) -> bool:
    """Return whether the distributions called ``names`` are wheels for any platform.

    They are those that the sides disagree on; where none of them is among ``picks``, what
    they hold is not known and False is returned.
    """
    concerned = [pick for pick in picks if pick.name in names]
    return bool(concerned) and all(_is_pure(pick) for pick in concerned)


def _is_pure(pick: Picked) -> bool:
    return bool(pick.distributions) and pick.distributions[0].filename.endswith("-none-any.whl")


def against(
    heals: Sequence[Correction],
    shared: Iterable[Wish],
    components: Sequence[str],
    reasons: Sequence[Finding] = (),
) -> tuple[str, ...]:
    """Return what speaks against a wall between ``components``, a sentence each.

    ``heals`` are corrections of its conflicts, ``shared`` the wishes of kind ``shares``,
    ``reasons`` its findings: where no edit heals, they tell which upstream release would.
    """
    edits = [correction for correction in heals if correction.edits]
    sentences = [_edit(edits[0], len(edits) - 1)] if edits else []
    if not edits:
        sentences += [_upstream(step) for step in _last_links(reasons)][:1]
    sentences += [
        _shared(wish, common)
        for wish in shared
        if len(common := [name for name in components if name in wish.components]) > 1
    ]
    return tuple(dict.fromkeys(sentences))


def _edit(correction: Correction, others: int) -> str:
    first = correction.edits[0]
    change = f"{first.before} → {first.after}" if first.after else f"without {first.before}"
    count = len(correction.edits)
    what = "An edit heals" if count == 1 else f"{count} edits heal"
    more = "" if count == 1 else f", and {count - 1} more"
    also = f" There are {others} other ways." if others > 1 else ""
    also = " There is another way." if others == 1 else also
    remark = f" {correction.remark}" if correction.remark else ""
    return f"{what} the conflict: {change} ({first.origin}){more}.{remark}{also}"


def _last_links(reasons: Iterable[Finding]) -> list[Step]:
    """The last step of each conflict that tells what releases need."""
    found = []
    for finding in reasons:
        if isinstance(finding.evidence, Conflict):
            links = [s for s in finding.evidence.steps if s.count and s.verb == "needs"]
            found += links[-1:]
    return found


def _upstream(step: Step) -> str:
    return f"A release of {step.subject} that no longer needs {step.object} would heal it."


def _shared(wish: Wish, common: Sequence[str]) -> str:
    names = f"{', '.join(common[:-1])} and {common[-1]}"
    because = f" ({wish.reason})" if wish.reason else ""
    return f"{names} share data or a transaction in one process{because}: a wall makes it a call."
