"""The rules about suppressions: what the configuration says of findings that are not there."""

from __future__ import annotations

from depcheck.model.rule import Rule

SUPPRESSION = (
    Rule(
        "suppression-expired", "warning", "suppression expired",
        "An entry of `[[suppress]]` is past its date: it no longer suppresses anything.",
        "Somebody said until when the team lives with the finding. What it stood for counts "
        "again, and nobody may remember why it was let through.",
        "Heal the finding that it names, or ask the entry's owner and set a later date with the "
        "reason why. Where nothing of it is left, take the entry out.",
    ),
    Rule(
        "suppression-unused", "note", "suppression unused",
        "An entry of `[[suppress]]` matches no finding of this run.",
        "The finding may be healed, or the entry never met it because of a wrong name. If it "
        "stays, it hides the next finding that happens to look like it.",
        "Take the entry out, or mend its rule, package or component.",
    ),
)  # fmt: skip
