"""The rules of ``parity`` about Python: interpreters, environments and distributions."""

from __future__ import annotations

from depcheck.model.rule import Rule

PYTHON = (
    Rule(
        "environment-missing", "error", "environment missing",
        "A Python environment that was tested is not there.",
        "Everything that was installed in it cannot be imported.",
        "Build the environment into what runs as it was tested, from the same lock. If it moved, "
        "let it lie at the same path.",
    ),
    Rule(
        "environment-active", "error", "another environment is active",
        "The entrypoint or PATH leads to another Python environment.",
        "Other distributions are imported than those that were tested.",
        "Let `PATH`, `VIRTUAL_ENV` and the entrypoint lead to the environment that was tested.",
    ),
    Rule(
        "python-implementation", "error", "Python implementation",
        "One side runs CPython, the other another implementation.",
        "Extension modules of one do not load in the other.",
        "Run both sides on the same base image. If the change is wanted, test on it first.",
    ),
    Rule(
        "python-version", "error", "Python version",
        "The interpreter is of another version. A minor release removes modules and changes the "
        "ABI; another patch release is a warning.",
        "The standard library behaves otherwise, and markers may choose other distributions.",
        "Pin the base image by digest, or at least by its full version (`python:3.12.7-slim`), on "
        "both sides. If the new Python is wanted, test on it first.",
    ),
    Rule(
        "python-missing", "error", "interpreter missing",
        "An interpreter that was tested is not there.",
        "Scripts whose first line names it do not start.",
        "Install the interpreter as it was tested, or let the scripts that name it use the one "
        "that is there.",
    ),
    Rule(
        "python-patched", "error", "standard library changed",
        "Files of the standard library that no package owns differ or are gone, in the same "
        "version of Python.",
        "Somebody changed Python itself in place: every program that it runs is changed.",
        "Build on the Python that was tested and change nothing in it. A patch that is needed "
        "belongs in the build, for both sides.",
    ),
    Rule(
        "python-unowned", "error", "module of nobody",
        "A file that no distribution owns lies where Python imports from: `.pth`, sitecustomize "
        "and usercustomize are an error, other modules a warning, data a note.",
        "Some run at every start of Python; a stray module shadows another of its name.",
        "Find the build step that put it there (the report names the layer) and take it out. Code "
        "that is wanted belongs in a distribution, so that a version tells of it.",
    ),
    Rule(
        "distribution-missing", "error", "distribution missing",
        "A distribution that was tested is not installed. pip, setuptools, wheel and uv: a note.",
        "Imports fail, or an optional feature silently falls back.",
        "Install it in the version that was tested, from the same lock. If it is a tool of the "
        "test (pytest, coverage), say so under `[[expected]]`.",
    ),
    Rule(
        "distribution-major", "error", "distribution: major version",
        "A distribution is of another major version (or epoch).",
        "A major release may remove or change what the code calls.",
        "Install the version that was tested: build both sides from one lock (`pylock.toml`, "
        "`uv.lock`, pinned requirements). If the new one is wanted, test it first.",
    ),
    Rule(
        "distribution-patched", "error", "distribution patched",
        "Name and version are the same, but files differ from what was installed (RECORD).",
        "Somebody changed code in place: no version tells of it and the next build loses it.",
        "Reinstall it. If the change is wanted, publish it as a version of its own "
        "(`1.4.0+fix1`), test that, and install it on both sides.",
    ),
    Rule(
        "distribution-files-missing", "error", "files of a distribution missing",
        "Files that RECORD lists are gone. Only data: a warning; only tests: a note.",
        "What imports or reads them fails, perhaps only when it is first needed.",
        "Reinstall the distribution, or, where the build takes the files out on purpose, do the "
        "same on both sides.",
    ),
    Rule(
        "distribution-minor", "warning", "distribution: minor version",
        "A distribution is of another minor version, or of one that cannot be graded.",
        "New behaviour and deprecations; in 0.x releases also breaks.",
        "Build both sides from one lock. If the new version is wanted, test it first.",
    ),
    Rule(
        "distribution-duplicate", "warning", "distribution installed twice",
        "A site folder holds metadata of more than one version of a distribution.",
        "The order in the folder decides which version tools and plug-ins see.",
        "Uninstall the distribution until nothing of it is left, and install the one version. In "
        "an image, install once, in one step, into a fresh environment.",
    ),
    Rule(
        "distribution-leftover", "warning", "leftovers of a distribution",
        "Code of a distribution is left without its metadata, or an uninstall was cut short "
        "(`~name`).",
        "It can still be imported, but no tool tells its version or takes it away.",
        "Install it anew, or remove its files; best build the environment from nothing.",
    ),
    Rule(
        "distribution-source", "warning", "distribution: source",
        "The same version comes from another place: an index, a repository, a local folder.",
        "A version number alone does not say what a commit or a folder holds.",
        "Install from the same index, or pin a repository by its commit. A local folder (`-e .`) "
        "belongs in development only: build a wheel.",
    ),
    Rule(
        "distribution-rebuilt", "warning", "distribution: another build",
        "The same version was installed from another build: its RECORD differs.",
        "Another wheel may bundle other native libraries or lack compiled parts.",
        "Build the wheel once and install that same file on both sides; hashes in the lock "
        "(`--hash`) hold it to that.",
    ),
    Rule(
        "distribution-patch", "warning", "distribution: patch version",
        "A distribution is of another patch, pre- or post-release or local version.",
        "Fixes change behaviour that code may rest on.",
        "Build both sides from one lock. Fixes that are wanted are tested first.",
    ),
    Rule(
        "distribution-added", "warning", "distribution added",
        "A distribution is installed that was not there in the test.",
        "Optional imports and plug-ins take effect that were never tested.",
        "Leave it out of what runs, or test with it. An agent that operations add goes under "
        "`[[expected]]` with `name` and a reason.",
    ),
    Rule(
        "environment-added", "warning", "environment added",
        "A Python environment is there that was not there in the test.",
        "Scripts may start in it instead of in the tested one.",
        "Take it out, or test with it. In a build of several stages, copy only the environment "
        "that runs.",
    ),
    Rule(
        "python-build", "warning", "Python build",
        "The same version in another build. Free-threaded or debug on one side, which have "
        "another ABI: an error.",
        "What is compiled into the interpreter differs.",
        "Run both sides on the same base image, by digest. A free-threaded or debug build needs "
        "its own test.",
    ),
)  # fmt: skip
