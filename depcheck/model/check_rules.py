"""The rules of ``check``: what can be found where components are combined."""

from __future__ import annotations

from depcheck.model.rule import Rule

CHECK = (
    Rule(
        "conflict-direct",
        "error",
        "direct conflict",
        "Two or more lines ask for versions of one project that have no release in common.",
    ),
    Rule(
        "conflict-transitive",
        "error",
        "conflict through other packages",
        "The lines cannot hold together because of what the packages they name require.",
    ),
    Rule(
        "conflict-many",
        "error",
        "conflict of three or more",
        "Three or more lines cannot hold together, though any smaller set of them can.",
    ),
    Rule(
        "conflict-python",
        "error",
        "Python version ruled out",
        "A component, or every release that a line allows, rules out the target's Python.",
    ),
    Rule(
        "conflict-platform",
        "error",
        "no distribution for the platform",
        "No release that a line allows has a wheel for the target or an sdist.",
    ),
    Rule(
        "conflict-missing-project",
        "error",
        "project does not exist",
        "No index that was asked knows the project.",
    ),
    Rule(
        "conflict-missing-release",
        "error",
        "no release matches",
        "The project exists, but none of its releases is in the range.",
    ),
    Rule(
        "conflict-prerelease",
        "error",
        "only pre-releases match",
        "Only pre-releases are in the range, and no line opts in to them.",
    ),
    Rule(
        "conflict-yanked",
        "error",
        "only yanked releases match",
        "Every release in the range was yanked, and no line pins one exactly.",
    ),
    Rule(
        "conflict-hash",
        "error",
        "no file has the hash",
        "No file of the releases that a line allows has one of the hashes that it names.",
    ),
    Rule(
        "shift-major",
        "warning",
        "major shift",
        "The combination moves a package to another major version than the core has alone.",
    ),
    Rule(
        "shift-minor",
        "note",
        "minor shift",
        "The combination moves a package to another minor version.",
    ),
    Rule(
        "shift-patch",
        "note",
        "patch shift",
        "The combination moves a package by a patch or a build.",
    ),
    Rule(
        "shift-added",
        "note",
        "package added",
        "The combination brings a package into the core's environment.",
    ),
    Rule(
        "shift-gone",
        "note",
        "package gone",
        "The combination takes a package out of the core's environment.",
    ),
    Rule(
        "rollback",
        "warning",
        "rollback",
        "The combination pushes a package far back: another major, or more than a year.",
    ),
    Rule(
        "unknown-extra",
        "warning",
        "extra does not exist",
        "A line asks for an extra that the chosen release does not have; installs ignore it.",
    ),
    Rule(
        "needs-build",
        "note",
        "has to be built",
        "A chosen release has no wheel for the target: an install would build its sdist.",
    ),
    Rule(
        "undetermined",
        "warning",
        "could not be checked",
        "Something could not be checked, so that the answer does not cover it.",
    ),
)
