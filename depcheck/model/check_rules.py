"""The rules of ``check``: what can be found where components are combined."""

from __future__ import annotations

from depcheck.model.rule import Rule

CHECK = (
    Rule(
        "conflict-direct", "error", "direct conflict",
        "Two or more lines ask for versions of one project that have no release in common.",
        "No installer can satisfy both lines: the install fails, or, component by component into "
        "one environment, the last one wins and the other runs with a version that it rules out.",
        "Change one of the two lines to the edit that the report proposes (it was resolved before "
        "it was shown). If neither line can move, keep the components apart: `depcheck isolate` "
        "says how.",
        (
            "web/requirements.txt:8          pydantic<2",
            "recommender/requirements.txt:2  pydantic>=2.7.4",
            "healed by",
            "web/requirements.txt:8          pydantic>=2.7.4",
        ),
    ),
    Rule(
        "conflict-transitive", "error", "conflict through other packages",
        "The lines cannot hold together because of what the packages they name require.",
        "The install fails, or the resolver walks back for minutes to releases that are years "
        "old. Nothing in the lines themselves shows it, which is why it is found late.",
        "Apply the first of the proposed edits: it names file and line, and was resolved "
        "before it was shown. The chain below `why` tells which release brings the demand. If no "
        "line can move, keep the components apart with `depcheck isolate`.",
        (
            "web/requirements.txt:5          PyJWT<2",
            "recommender/requirements.txt:3  mcp>=1.23",
            "  every mcp 1.23.0 to 2.3.0 needs pyjwt>=2.10.1",
            "healed by",
            "recommender/requirements.txt:3  mcp<=1.19.0",
        ),
    ),
    Rule(
        "conflict-many", "error", "conflict of three or more",
        "Three or more lines cannot hold together, though any smaller set of them can.",
        "Each two of the components have been seen to work together, so that nobody expects it: "
        "the set breaks when the last of them is added.",
        "One of the lines has to change, and any of them will do: the report lists the edits that "
        "heal. If none can, one component has to move out, and `depcheck isolate` finds which.",
    ),
    Rule(
        "conflict-python", "error", "Python version ruled out",
        "A component, or every release that a line allows, rules out the target's Python.",
        "pip skips every such release, and the install fails on that Python; an interpreter that "
        "was forced upon it runs into syntax and modules that are not there.",
        "Resolve for the Python that is deployed (`python` in the configuration, or `--python "
        "3.12`), allow it in `requires-python`, or choose a release that supports it. With "
        "`depcheck isolate` a component may have a Python of its own (`python` in its table).",
    ),
    Rule(
        "conflict-platform", "error", "no distribution for the platform",
        "No release that a line allows has a wheel for the target or an sdist.",
        "The install fails on that platform, though it works on the machine where it was tried.",
        "Check that `platform` (or `--platform linux/amd64`) is the one that is deployed. Else "
        "allow a release that has a wheel for it, or publish a wheel on an index of your own and "
        "name it with `extra-index-urls`.",
    ),
    Rule(
        "conflict-missing-project", "error", "project does not exist",
        "No index that was asked knows the project.",
        "The install fails. A misspelt name, or a private one that a public index does not know, "
        "can also be registered there by a stranger.",
        "Correct the name, or name the index that has it: `index-url` or `extra-index-urls` in "
        "the configuration (`--index-url`, `--extra-index-url`). Register private names on public "
        "indexes before somebody else does.",
    ),
    Rule(
        "conflict-missing-release", "error", "no release matches",
        "The project exists, but none of its releases is in the range.",
        "The install fails: what the line asks for was never released, or was taken off the index.",
        "Change the range to one that has releases; the message names the newest. If "
        "`exclude-newer` hides the release, set a later date; if it is private, name its index.",
    ),
    Rule(
        "conflict-prerelease", "error", "only pre-releases match",
        "Only pre-releases are in the range, and no line opts in to them.",
        "pip takes no pre-release unless a line opts in, and the install fails. What opts in gets "
        "releases that may still change.",
        "Wait for the final release or allow older ones. To opt in for one project, name a "
        "pre-release in its line (`name>=2.0rc1`); to opt in for all, `prereleases = true` or "
        "`--pre`.",
        (
            "web/requirements.txt:3  shop-auth>=3     released: 2.4, 3.0rc1",
            "healed by",
            "web/requirements.txt:3  shop-auth>=3.0rc1",
        ),
    ),
    Rule(
        "conflict-yanked", "error", "only yanked releases match",
        "Every release in the range was yanked, and no line pins one exactly.",
        "The owners have withdrawn these releases, mostly because they are broken or unsafe. pip "
        "passes over them, and the install fails.",
        "Read why it was yanked, and move the range to a release that was not. Only an exact pin "
        "(`name==1.2.3`) takes a yanked release, and then somebody should have a reason.",
    ),
    Rule(
        "conflict-hash", "error", "no file has the hash",
        "No file of the releases that a line allows has one of the hashes that it names.",
        "Either the index has another file than the one that was locked, which can be an attack, "
        "or the hashes are of another platform's files. The install fails.",
        "Find out why the file is another one before you change anything. If the release is the "
        "right one, write the lock anew with the tool that made it, for all platforms that "
        "install from it.",
    ),
    Rule(
        "shift-major", "warning", "major shift",
        "The combination moves a package to another major version than the core has alone.",
        "The core was tested with the old major version. A new one may remove or change what the "
        "core calls, and the install reports success: this is how logins break in production.",
        "Add the pin that the report names, to keep the old version, or make the core ready for "
        "the new one and test it. If the shift is forced, `depcheck isolate` keeps the components "
        "apart. A shift that you have tested can be put into `[[suppress]]` with its reason.",
        (
            "web alone             pyjwt 1.7.1",
            "with the recommender  pyjwt 2.10.1",
            "kept by a line of the core",
            "PyJWT==1.7.1",
        ),
    ),
    Rule(
        "shift-minor", "note", "minor shift",
        "The combination moves a package to another minor version.",
        "Minor releases bring new behaviour and deprecations, and in 0.x releases breaks as well, "
        "under code that was tested with another one.",
        "Run the core's tests on the combined set (`--pylock pylock.toml` writes it). To keep the "
        "old version, add the pin that the report names.",
    ),
    Rule(
        "shift-patch", "note", "patch shift",
        "The combination moves a package by a patch or a build.",
        "Fixes change behaviour that code may rest on. It explains a difference; it rarely breaks "
        "anything.",
        "Nothing as a rule. To keep the old version, add the pin that the report names, or lock "
        "the combined set with `--pylock pylock.toml`.",
    ),
    Rule(
        "shift-added", "note", "package added",
        "The combination brings a package into the core's environment.",
        "Optional imports, plug-ins and entry points of the core may find it and take effect.",
        "Nothing as a rule. Test the core on the combined set (`--pylock pylock.toml` writes it); "
        "if the package must not be there, `depcheck isolate` keeps the components apart.",
    ),
    Rule(
        "shift-gone", "note", "package gone",
        "The combination takes a package out of the core's environment.",
        "Code of the core that imports it without naming it in its requirements fails.",
        "If the core imports the package, name it in the core's own requirements. Else nothing.",
    ),
    Rule(
        "rollback", "warning", "rollback",
        "The combination pushes a package far back: another major, or more than a year.",
        "An old release lacks fixes, security fixes among them, and was never tested with the "
        "core. Resolvers take such a set without a word, because it is a solution.",
        "Add the pins of the better set where the report names one. If there is none, change the "
        "line that holds it down (the report names the chain: often an upper bound), or keep the "
        "components apart with `depcheck isolate`. A version that is wanted is best pinned "
        "exactly: then this is a note.",
        (
            "web alone             kubernetes 31.0.0",
            "with the recommender  kubernetes 12.0.1",
            "healed by the pin of the better set",
            "kubernetes==31.0.0",
        ),
    ),
    Rule(
        "unknown-extra", "warning", "extra does not exist",
        "A line asks for an extra that the chosen release does not have; installs ignore it.",
        "Installers warn at best, and leave out what the extra was to bring: it fails at the "
        "first use.",
        "Correct the spelling (the report says what is near), or take the extra out and name what "
        "it was to bring. An extra that was removed stands in the project's release notes.",
    ),
    Rule(
        "needs-build", "note", "has to be built",
        "A chosen release has no wheel for the target: an install would build its sdist.",
        "A build runs code of the package, needs compilers and headers, takes time, and can give "
        "another result on each machine.",
        "Choose a release that has a wheel for the target, or build the wheel once, put it on an "
        "index of your own and name that in `extra-index-urls`. depcheck itself never builds.",
    ),
    Rule(
        "undetermined", "warning", "could not be checked",
        "Something could not be checked, so that the answer does not cover it.",
        "A gap is not a pass: what is there may conflict or shift. So the exit status is 3, or 1 "
        "where there are findings too, and never 0.",
        "Do what the hint of the finding says: name the index, run without `--offline`, replace a "
        "URL or a local path by a release. A gap that you accept goes into `[[suppress]]` with a "
        "reason; only then can the exit status be 0.",
    ),
)  # fmt: skip
