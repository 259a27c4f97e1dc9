"""The rules of ``parity`` about an image's configuration and its files."""

from __future__ import annotations

from depcheck.model.rule import Rule

IMAGE = (
    Rule(
        "image-entrypoint", "error", "entrypoint",
        "The entrypoint differs.",
        "Another program starts.",
        "Set the entrypoint as it was tested. If the two sides are meant to start different "
        "programs, say so under `[[expected]]`.",
    ),
    Rule(
        "image-command", "error", "command",
        "The default command differs.",
        "Another program starts, or the same one with other arguments.",
        "Set the command as it was tested, or say under `[[expected]]` why it differs (the number "
        "of workers, say).",
    ),
    Rule(
        "image-environment", "warning", "environment variable",
        "An environment variable of the image differs or stands on one side only. What decides "
        "which code is loaded (PATH, LD_*, PYTHONPATH, PYTHONHOME ...) is an error; what a base "
        "image notes about itself (PYTHON_VERSION, GPG_KEY) a note.",
        "What a program reads from its environment changes what it does.",
        "Set the variable as it was tested. What has to differ between environments (a log level, "
        "an address) goes under `[[expected]]` with its `name`, such as `env.LOG_LEVEL`.",
    ),
    Rule(
        "image-user", "warning", "user",
        "The image runs as another user.",
        "Files that could be read or written no longer can, or the other way round.",
        "Set the same `USER` in the build of both sides, as a number.",
    ),
    Rule(
        "image-workdir", "warning", "working directory",
        "The working directory differs.",
        "Relative paths and imports from the current folder resolve elsewhere.",
        "Set the same `WORKDIR`, or use absolute paths.",
    ),
    Rule(
        "image-variant", "warning", "variant of the architecture",
        "The CPU variant differs (arm v7, v8).",
        "Instructions may be missing on one of them.",
        "Build and test for the variant that runs (`--platform linux/arm/v7`).",
    ),
    Rule(
        "image-volume", "warning", "volume",
        "A declared volume stands on one side only.",
        "Data written there survives on one side and is lost on the other.",
        "Declare the same `VOLUME` on both sides, or none, and mount what has to stay.",
    ),
    Rule(
        "image-healthcheck", "warning", "health check",
        "The health check differs.",
        "A broken container is replaced on one side and kept on the other.",
        "Set the same `HEALTHCHECK`, or leave it to what starts the containers, on both sides.",
    ),
    Rule(
        "image-stopsignal", "warning", "stop signal",
        "The signal that stops the container differs.",
        "Without the signal it waits for, a server drops requests at each deploy.",
        "Set the same `STOPSIGNAL`.",
    ),
    Rule(
        "image-port", "note", "exposed port",
        "An exposed port stands on one side only.",
        "It documents; only published ports connect.",
        "Nothing as a rule; state the same `EXPOSE` on both sides so that it says what is true.",
    ),
    Rule(
        "image-label", "note", "label",
        "A label differs or stands on one side only.",
        "Labels steer tools around the container, not the program in it.",
        "Nothing as a rule. Labels that differ with each build (a revision, a date) can go under "
        "`[[expected]]`.",
    ),
    Rule(
        "image-other", "note", "image configuration",
        "Something else of the image's configuration differs.",
        "Its effect is not known to depcheck.",
        "Set it in what runs as it was tested, or say under `[[expected]]` why it differs.",
    ),
    Rule(
        "image-layers", "note", "layers",
        "The chains of layers differ, or the images were built at different times.",
        "What the layers change is told by itself; this says from where on they differ.",
        "Nothing as a rule. To run exactly what was tested, deploy its digest (`image@sha256:…`) "
        "and build no second image.",
    ),
)  # fmt: skip

FILES = (
    Rule(
        "file-removed", "warning", "file removed",
        "With `--files`: a file that was tested is not there. What a package or distribution that "
        "is told by itself explains, caches and logs: a note.",
        "Code and data that are read at run time are gone.",
        "Put the file into what runs as it was tested. Look at `.dockerignore` and at what a "
        "build step removes.",
    ),
    Rule(
        "file-changed", "warning", "file changed",
        "With `--files`: a file has another content, link target or kind. Notes as for "
        "file-removed.",
        "Code or configuration differs.",
        "Put the file into what runs as it was tested. Configuration that has to differ goes "
        "under `[[expected]]` with its path as `name`.",
    ),
    Rule(
        "file-added", "warning", "file added",
        "With `--files`: a file is there that was not there in the test. Notes as for "
        "file-removed.",
        "A module or a setting takes effect that was not tested.",
        "Leave the file out of what runs (`.dockerignore`), or test with it.",
    ),
    Rule(
        "file-owner", "warning", "file owner",
        "With `--files`: a file belongs to another user or group.",
        "The program cannot read or write it, or others can.",
        "Set the owner in the build, the same on both sides (`COPY --chown`).",
    ),
    Rule(
        "file-mode", "warning", "file mode",
        "With `--files`: a file has other permissions.",
        "A script cannot be executed, a file not be written.",
        "Set the permissions in the build, the same on both sides (`COPY --chmod`); a checkout on "
        "another system may lose them.",
    ),
    Rule(
        "application-files", "note", "application files",
        "Files outside of all packages differ. `--files` tells each.",
        "The application itself differs, which is often what is to be deployed.",
        "Nothing if this is the change that is to be deployed. Else `--files` tells each file.",
    ),
)  # fmt: skip
