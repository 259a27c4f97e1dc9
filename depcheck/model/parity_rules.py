"""The rules of ``parity``: what can differ between what was tested and what runs.

An **error** can stop the program or make it do something else by itself. A **warning**
can change what it does under some input or load. A **note** is a trace that explains
other differences or is expected to differ. The order is that of how much a rule
matters among those of one severity.
"""

from __future__ import annotations

from depcheck.model.container_rules import RUNTIME
from depcheck.model.image_rules import FILES, IMAGE
from depcheck.model.python_rules import PYTHON
from depcheck.model.rule import Rule
from depcheck.model.system_rules import SYSTEM

WHOLE = (
    Rule(
        "service-missing", "error", "service on one side only",
        "A service stands in one environment and not in the other.",
        "Nobody answers its calls, or it was never tested with the others.",
        "Start the service where it is missing, or test it where it was not. If it belongs on one "
        "side only (a mail catcher, a profiler), say so under `[[expected]]` with `service` and a "
        "reason.",
    ),
    Rule(
        "replica-differs", "error", "replicas differ",
        "Replicas of one service run different images.",
        "The same request gets another answer from one replica than from the next.",
        "Roll the replicas out again from one digest (`image@sha256:…`) instead of a tag. If a "
        "rollout is under way, wait for its end and compare again.",
    ),
    Rule(
        "side-unread", "warning", "side could not be read",
        "An image or a container could not be read, so nothing is known about it.",
        "What was not read may differ in anything; the exit status is 3.",
        "Do what the hint says: start the engine, log in to the registry, correct the name, or "
        "give `--insecure-registry HOST`. This cannot be expected by policy.",
    ),
    Rule(
        "image-architecture", "error", "architecture",
        "The images are for different architectures or operating systems.",
        "Every native file differs; it does not start without emulation.",
        "Build and test for the platform that runs: one multi-platform image, and `--platform "
        "linux/arm64` to compare the same one of it on both sides.",
    ),
)  # fmt: skip

TRACES = (
    Rule(
        "python-location", "note", "location of Python",
        "An interpreter or environment lies at another path.",
        "Scripts that name the path do not start.",
        "Nothing as a rule; let scripts use `/usr/bin/env python3`.",
    ),
    Rule(
        "python-added", "note", "interpreter added",
        "An interpreter is there that was not there in the test.",
        "`python` may lead to it where PATH does.",
        "Nothing as a rule; leave it out of what runs, or see that `PATH` names the other one "
        "first.",
    ),
    Rule(
        "distribution-installer", "note", "installer",
        "Distributions were installed by another tool.",
        "The result is meant to be the same; it explains differences in RECORD.",
        "Nothing as a rule; build both sides with the same tool.",
    ),
    Rule(
        "native-digest", "note", "native library: build",
        "A native library has the same version and another content.",
        "Another build of the same version, perhaps with a distributor's fix.",
        "Nothing as a rule; install the same package or wheel file on both sides where the bytes "
        "matter.",
    ),
)  # fmt: skip

POLICY = (
    Rule(
        "policy-expired", "warning", "expected difference expired",
        "An entry of the policy is past its date and no longer excuses anything.",
        "What was to be temporary has stayed, or the entry can go.",
        "Heal the difference (ask the owner that the entry names), set a later `expires`, or, "
        "where nothing is left of it, take the entry out.",
    ),
    Rule(
        "policy-unused", "warning", "expected difference unused",
        "An entry of the policy matches no difference.",
        "It would hide the difference when it comes back unnoticed.",
        "Take the entry out, or mend its patterns: `rule` is an id, `name` what differs, and `*` "
        "stands for anything.",
    ),
)  # fmt: skip

PARITY = (*WHOLE, *PYTHON, *SYSTEM, *IMAGE, *RUNTIME, *FILES, *TRACES, *POLICY)
