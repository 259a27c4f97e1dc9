"""The rules of ``parity`` about the system below Python."""

from __future__ import annotations

from depcheck.model.rule import Rule

SYSTEM = (
    Rule(
        "package-kind", "error", "kind of OS packages",
        "The sides have packages of different systems (deb, apk, rpm).",
        "Another distribution of Linux: paths, C library and patches all differ.",
        "Build both sides on one base image.",
    ),
    Rule(
        "system-release", "warning", "OS release",
        "The OS or its release differs. Another OS or major release is an error.",
        "A release decides the versions of everything below Python.",
        "Pin the base image by digest on both sides. A move to a new release is a change to test "
        "like any other.",
    ),
    Rule(
        "libc", "warning", "C library",
        "The C library differs in its version. Another family is an error.",
        "Compiled code that was built for the one need not load on the other.",
        "Build on the base image that was tested. Wheels for another family (`musllinux` for "
        "Alpine, `manylinux` elsewhere) have to be installed there, not copied.",
    ),
    Rule(
        "native-missing", "error", "native library missing",
        "A native library that was tested is not there.",
        "Extension modules that link it fail on import.",
        "Install the OS package, or the wheel, that brings it, as it was tested.",
    ),
    Rule(
        "native-version", "warning", "native library: version",
        "A native library is of another version. Another major of OpenSSL, CUDA, cuDNN or "
        "libstdc++ is an error.",
        "Symbols, defaults and results can change with it.",
        "Install the same OS package or the same wheel on both sides; the finding names which one "
        "owns it.",
    ),
    Rule(
        "package-patched", "error", "OS package patched",
        "Name and version of an OS package are the same, but its files differ. Neither programs "
        "nor libraries nor Python code: a warning.",
        "Somebody changed the system in place: no version tells of it.",
        "Install the package anew. A change that is wanted belongs in the build of both sides.",
    ),
    Rule(
        "package-files-missing", "error", "files of an OS package missing",
        "Files that an OS package has on one side are gone on the other, in the same version. "
        "Neither programs nor libraries nor Python code: a warning.",
        "Commands are not found and libraries not loaded, perhaps only when first needed.",
        "Install the package anew, or take the same files out in the build of both sides.",
    ),
    Rule(
        "package-missing", "warning", "OS package missing",
        "An OS package that was tested is not installed.",
        "Commands, libraries and data that code may call are gone.",
        "Install it in the build of what runs, in the version that was tested.",
    ),
    Rule(
        "package-version", "warning", "OS package: version",
        "An OS package is of another version. Another series of the C library, OpenSSL or Python "
        "is an error.",
        "Behaviour, security fixes and linked libraries change.",
        "Build both sides from the same base image digest, and pin packages that matter (`apt-get "
        "install name=version`), or install them from a snapshot of the archive.",
    ),
    Rule(
        "package-added", "warning", "OS package added",
        "An OS package is installed that was not there in the test.",
        "A command or library is found that code may prefer.",
        "Leave it out (`--no-install-recommends` keeps many out), or test with it.",
    ),
    Rule(
        "native-added", "warning", "native library added",
        "A native library is there that was not there in the test.",
        "Two libraries of one kind in one process can clash.",
        "Leave it out of what runs, or test with it.",
    ),
    Rule(
        "ca-bundle", "warning", "CA certificates",
        "The bundle of trusted authorities differs.",
        "TLS connections that work on one side are refused on the other.",
        "Install the same ca-certificates package and the same private authorities on both sides. "
        "If production trusts a proxy of its own, say so under `[[expected]]`.",
    ),
    Rule(
        "system-users", "warning", "user accounts",
        "The user accounts differ (those of the system itself left out).",
        "A user that the image or a mount names has another number, or none.",
        "Create the account with the same fixed number in the build of both sides (`useradd --uid "
        "10001`).",
    ),
    Rule(
        "timezone", "warning", "time zone",
        "The system's time zone differs.",
        "Local times and the days that reports cover shift.",
        "Set the same zone on both sides, best UTC, and convert where times are shown.",
    ),
    Rule(
        "locale", "warning", "locale",
        "The locale differs.",
        "Text encoding, sorting and number formats change.",
        "Set the same `LANG` on both sides, best `C.UTF-8`.",
    ),
    Rule(
        "tzdata", "warning", "time-zone data",
        "The time-zone database is of another release.",
        "Rules of some zones differ, so that local times are an hour off.",
        "Install the same tzdata (the OS package or the distribution) on both sides.",
    ),
    Rule(
        "system-superusers", "error", "accounts with uid 0",
        "Other accounts have uid 0 than in the test. None but such that are gone: a warning.",
        "Whoever gets at such an account is root.",
        "Take the account out, or give it a number of its own. Nobody but root needs uid 0.",
    ),
    Rule(
        "system-other", "warning", "system",
        "Something else of the system differs.",
        "Its effect is not known to depcheck.",
        "Build on the base and the packages that were tested.",
    ),
)  # fmt: skip
