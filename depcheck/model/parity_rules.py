"""The rules of ``parity``: what can differ between what was tested and what runs.

An **error** can stop the program or make it do something else by itself. A **warning**
can change what it does under some input or load. A **note** is a trace that explains
other differences or is expected to differ. The order is that of how much a rule
matters among those of one severity.
"""

from __future__ import annotations

from depcheck.model.container_rules import RUNTIME
from depcheck.model.rule import Rule

_WHOLE = (
    Rule(
        "service-missing", "error", "service on one side only",
        "A service stands in one environment and not in the other.",
        "Nobody answers its calls, or it was never tested with the others.",
    ),
    Rule(
        "replica-differs", "error", "replicas differ",
        "Replicas of one service run different images.",
        "The same request gets another answer from one replica than from the next.",
    ),
    Rule(
        "side-unread", "warning", "side could not be read",
        "An image or a container could not be read, so nothing is known about it.",
        "What was not read may differ in anything; the exit status is 3.",
    ),
    Rule(
        "image-architecture", "error", "architecture",
        "The images are for different architectures or operating systems.",
        "Every native file differs; it does not start without emulation.",
    ),
)  # fmt: skip

_PYTHON = (
    Rule(
        "environment-missing", "error", "environment missing",
        "A Python environment that was tested is not there.",
        "Everything that was installed in it cannot be imported.",
    ),
    Rule(
        "environment-active", "error", "another environment is active",
        "The entrypoint or PATH leads to another Python environment.",
        "Other distributions are imported than those that were tested.",
    ),
    Rule(
        "python-implementation", "error", "Python implementation",
        "One side runs CPython, the other another implementation.",
        "Extension modules of one do not load in the other.",
    ),
    Rule(
        "python-version", "error", "Python version",
        "The interpreter is of another version. A minor release removes modules and changes the "
        "ABI; another patch release is a warning.",
        "The standard library behaves otherwise, and markers may choose other distributions.",
    ),
    Rule(
        "python-missing", "error", "interpreter missing",
        "An interpreter that was tested is not there.",
        "Scripts whose first line names it do not start.",
    ),
    Rule(
        "python-patched", "error", "standard library changed",
        "Files of the standard library that no package owns differ or are gone, in the same "
        "version of Python.",
        "Somebody changed Python itself in place: every program that it runs is changed.",
    ),
    Rule(
        "python-unowned", "error", "module of nobody",
        "A file that no distribution owns lies where Python imports from: `.pth`, sitecustomize "
        "and usercustomize are an error, other modules a warning, data a note.",
        "Some run at every start of Python; a stray module shadows another of its name.",
    ),
    Rule(
        "distribution-missing", "error", "distribution missing",
        "A distribution that was tested is not installed. pip, setuptools, wheel and uv: a note.",
        "Imports fail, or an optional feature silently falls back.",
    ),
    Rule(
        "distribution-major", "error", "distribution: major version",
        "A distribution is of another major version (or epoch).",
        "A major release may remove or change what the code calls.",
    ),
    Rule(
        "distribution-patched", "error", "distribution patched",
        "Name and version are the same, but files differ from what was installed (RECORD).",
        "Somebody changed code in place: no version tells of it and the next build loses it.",
    ),
    Rule(
        "distribution-files-missing", "error", "files of a distribution missing",
        "Files that RECORD lists are gone. Only data: a warning; only tests: a note.",
        "What imports or reads them fails, perhaps only when it is first needed.",
    ),
    Rule(
        "distribution-minor", "warning", "distribution: minor version",
        "A distribution is of another minor version, or of one that cannot be graded.",
        "New behaviour and deprecations; in 0.x releases also breaks.",
    ),
    Rule(
        "distribution-duplicate", "warning", "distribution installed twice",
        "A site folder holds metadata of more than one version of a distribution.",
        "The order in the folder decides which version tools and plug-ins see.",
    ),
    Rule(
        "distribution-leftover", "warning", "leftovers of a distribution",
        "Code of a distribution is left without its metadata, or an uninstall was cut short "
        "(`~name`).",
        "It can still be imported, but no tool tells its version or takes it away.",
    ),
    Rule(
        "distribution-source", "warning", "distribution: source",
        "The same version comes from another place: an index, a repository, a local folder.",
        "A version number alone does not say what a commit or a folder holds.",
    ),
    Rule(
        "distribution-rebuilt", "warning", "distribution: another build",
        "The same version was installed from another build: its RECORD differs.",
        "Another wheel may bundle other native libraries or lack compiled parts.",
    ),
    Rule(
        "distribution-patch", "warning", "distribution: patch version",
        "A distribution is of another patch, pre- or post-release or local version.",
        "Fixes change behaviour that code may rest on.",
    ),
    Rule(
        "distribution-added", "warning", "distribution added",
        "A distribution is installed that was not there in the test.",
        "Optional imports and plug-ins take effect that were never tested.",
    ),
    Rule(
        "environment-added", "warning", "environment added",
        "A Python environment is there that was not there in the test.",
        "Scripts may start in it instead of in the tested one.",
    ),
    Rule(
        "python-build", "warning", "Python build",
        "The same version in another build. Free-threaded or debug on one side, which have "
        "another ABI: an error.",
        "What is compiled into the interpreter differs.",
    ),
)  # fmt: skip

_SYSTEM = (
    Rule(
        "package-kind", "error", "kind of OS packages",
        "The sides have packages of different systems (deb, apk, rpm).",
        "Another distribution of Linux: paths, C library and patches all differ.",
    ),
    Rule(
        "system-release", "warning", "OS release",
        "The OS or its release differs. Another OS or major release is an error.",
        "A release decides the versions of everything below Python.",
    ),
    Rule(
        "libc", "warning", "C library",
        "The C library differs in its version. Another family is an error.",
        "Compiled code that was built for the one need not load on the other.",
    ),
    Rule(
        "native-missing", "error", "native library missing",
        "A native library that was tested is not there.",
        "Extension modules that link it fail on import.",
    ),
    Rule(
        "native-version", "warning", "native library: version",
        "A native library is of another version. Another major of OpenSSL, CUDA, cuDNN or "
        "libstdc++ is an error.",
        "Symbols, defaults and results can change with it.",
    ),
    Rule(
        "package-patched", "error", "OS package patched",
        "Name and version of an OS package are the same, but its files differ. Neither programs "
        "nor libraries nor Python code: a warning.",
        "Somebody changed the system in place: no version tells of it.",
    ),
    Rule(
        "package-files-missing", "error", "files of an OS package missing",
        "Files that an OS package has on one side are gone on the other, in the same version. "
        "Neither programs nor libraries nor Python code: a warning.",
        "Commands are not found and libraries not loaded, perhaps only when first needed.",
    ),
    Rule(
        "package-missing", "warning", "OS package missing",
        "An OS package that was tested is not installed.",
        "Commands, libraries and data that code may call are gone.",
    ),
    Rule(
        "package-version", "warning", "OS package: version",
        "An OS package is of another version. Another series of the C library, OpenSSL or "
        "Python is an error.",
        "Behaviour, security fixes and linked libraries change.",
    ),
    Rule(
        "package-added", "warning", "OS package added",
        "An OS package is installed that was not there in the test.",
        "A command or library is found that code may prefer.",
    ),
    Rule(
        "native-added", "warning", "native library added",
        "A native library is there that was not there in the test.",
        "Two libraries of one kind in one process can clash.",
    ),
    Rule(
        "ca-bundle", "warning", "CA certificates",
        "The bundle of trusted authorities differs.",
        "TLS connections that work on one side are refused on the other.",
    ),
    Rule(
        "system-users", "warning", "user accounts",
        "The user accounts differ (those of the system itself left out).",
        "A user that the image or a mount names has another number, or none.",
    ),
    Rule(
        "timezone", "warning", "time zone",
        "The system's time zone differs.", "Local times and the days that reports cover shift.",
    ),
    Rule(
        "locale", "warning", "locale",
        "The locale differs.", "Text encoding, sorting and number formats change.",
    ),
    Rule(
        "tzdata", "warning", "time-zone data",
        "The time-zone database is of another release.",
        "Rules of some zones differ, so that local times are an hour off.",
    ),
    Rule(
        "system-superusers", "error", "accounts with uid 0",
        "Other accounts have uid 0 than in the test. None but such that are gone: a warning.",
        "Whoever gets at such an account is root.",
    ),
    Rule(
        "system-other", "warning", "system",
        "Something else of the system differs.", "Its effect is not known to depcheck.",
    ),
)  # fmt: skip

_IMAGE = (
    Rule(
        "image-entrypoint", "error", "entrypoint",
        "The entrypoint differs.", "Another program starts.",
    ),
    Rule(
        "image-command", "error", "command",
        "The default command differs.",
        "Another program starts, or the same one with other arguments.",
    ),
    Rule(
        "image-environment", "warning", "environment variable",
        "An environment variable of the image differs or stands on one side only. What decides "
        "which code is loaded (PATH, LD_*, PYTHONPATH, PYTHONHOME ...) is an error; "
        "what a base image notes about itself (PYTHON_VERSION, GPG_KEY) a note.",
        "What a program reads from its environment changes what it does.",
    ),
    Rule(
        "image-user", "warning", "user",
        "The image runs as another user.",
        "Files that could be read or written no longer can, or the other way round.",
    ),
    Rule(
        "image-workdir", "warning", "working directory",
        "The working directory differs.",
        "Relative paths and imports from the current folder resolve elsewhere.",
    ),
    Rule(
        "image-variant", "warning", "variant of the architecture",
        "The CPU variant differs (arm v7, v8).", "Instructions may be missing on one of them.",
    ),
    Rule(
        "image-volume", "warning", "volume",
        "A declared volume stands on one side only.",
        "Data written there survives on one side and is lost on the other.",
    ),
    Rule(
        "image-healthcheck", "warning", "health check",
        "The health check differs.",
        "A broken container is replaced on one side and kept on the other.",
    ),
    Rule(
        "image-stopsignal", "warning", "stop signal",
        "The signal that stops the container differs.",
        "Without the signal it waits for, a server drops requests at each deploy.",
    ),
    Rule(
        "image-port", "note", "exposed port",
        "An exposed port stands on one side only.", "It documents; only published ports connect.",
    ),
    Rule(
        "image-label", "note", "label",
        "A label differs or stands on one side only.",
        "Labels steer tools around the container, not the program in it.",
    ),
    Rule(
        "image-other", "note", "image configuration",
        "Something else of the image's configuration differs.",
        "Its effect is not known to depcheck.",
    ),
    Rule(
        "image-layers", "note", "layers",
        "The chains of layers differ, or the images were built at different times.",
        "What the layers change is told by itself; this says from where on they differ.",
    ),
)  # fmt: skip

_FILES = (
    Rule(
        "file-removed", "warning", "file removed",
        "With `--files`: a file that was tested is not there. What a package or distribution "
        "that is told by itself explains, caches and logs: a note.",
        "Code and data that are read at run time are gone.",
    ),
    Rule(
        "file-changed", "warning", "file changed",
        "With `--files`: a file has another content, link target or kind. Notes as for "
        "file-removed.",
        "Code or configuration differs.",
    ),
    Rule(
        "file-added", "warning", "file added",
        "With `--files`: a file is there that was not there in the test. Notes as for "
        "file-removed.",
        "A module or a setting takes effect that was not tested.",
    ),
    Rule(
        "file-owner", "warning", "file owner",
        "With `--files`: a file belongs to another user or group.",
        "The program cannot read or write it, or others can.",
    ),
    Rule(
        "file-mode", "warning", "file mode",
        "With `--files`: a file has other permissions.",
        "A script cannot be executed, a file not be written.",
    ),
    Rule(
        "application-files", "note", "application files",
        "Files outside of all packages differ. `--files` tells each.",
        "The application itself differs, which is often what is to be deployed.",
    ),
)  # fmt: skip

_TRACES = (
    Rule(
        "python-location", "note", "location of Python",
        "An interpreter or environment lies at another path.",
        "Scripts that name the path do not start.",
    ),
    Rule(
        "python-added", "note", "interpreter added",
        "An interpreter is there that was not there in the test.",
        "`python` may lead to it where PATH does.",
    ),
    Rule(
        "distribution-installer", "note", "installer",
        "Distributions were installed by another tool.",
        "The result is meant to be the same; it explains differences in RECORD.",
    ),
    Rule(
        "native-digest", "note", "native library: build",
        "A native library has the same version and another content.",
        "Another build of the same version, perhaps with a distributor's fix.",
    ),
)  # fmt: skip

_POLICY = (
    Rule(
        "policy-expired", "warning", "expected difference expired",
        "An entry of the policy is past its date and no longer excuses anything.",
        "What was to be temporary has stayed, or the entry can go.",
    ),
    Rule(
        "policy-unused", "warning", "expected difference unused",
        "An entry of the policy matches no difference.",
        "It would hide the difference when it comes back unnoticed.",
    ),
)  # fmt: skip

PARITY = (*_WHOLE, *_PYTHON, *_SYSTEM, *_IMAGE, *RUNTIME, *_FILES, *_TRACES, *_POLICY)
