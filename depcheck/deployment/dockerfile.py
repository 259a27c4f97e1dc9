"""The Dockerfile of one image, and what its build leaves out of the context.

Two stages on one base: the first makes a virtual environment from the lock, the last takes
it and the code, and nothing that built them. It needs no BuildKit: Docker 20.10 builds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from depcheck.deployment.guardrails import RUN_AS, SCRATCH
from depcheck.deployment.locks import Locked
from depcheck.deployment.plan import ImagePlan, Plan, ServicePlan
from depcheck.deployment.quoting import (
    comment,
    dockerfile_word,
    exec_form,
    image_reference,
    path_below,
)
from depcheck.deployment.secrets import FOLDER as SECRETS
from depcheck.errors import OutputError
from depcheck.model.text import printable

_LOCK = "requirements.txt"
_WHOLE = "."
# Of a working copy, or secret: none of it belongs into an image.
_LEFT_OUT = (
    ".git", ".hg", ".svn", ".env", ".env.*", ".venv", ".tox",
    "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache",
)  # fmt: skip

_ARGUMENTS = """\
# For other networks: --build-arg PIP_INDEX_URL=... and the like; it wins over a pip.conf of the
# base. The image that runs has no argument of this stage, but the build's history keeps them:
# a password does not belong here. BuildKit carries one safely: give the pip step below
#   --mount=type=secret,id=netrc,target=/root/.netrc
# and build with --secret id=netrc,src=$HOME/.netrc"""

_CHECK = """\
# The lock holds for this Python and machine; another base would get other files, or none.
RUN python3 -c 'import platform, sys; \\
    found = "%d.%d" % sys.version_info[:2], platform.machine(); \\
    wanted = {wanted}; \\
    found == wanted or sys.exit("lock: Python %s on %s, base: %s on %s" % (wanted + found))'"""

_TOOLS = """\
# pip stands in a folder of its own, so that the environment holds the lock and nothing else.
# Debian and its kin need the package python3-venv in the base for this (pip 22.3 or later).
RUN python3 -m venv /opt/tools && python3 -m venv --without-pip /opt/venv"""

_INSTALL = """\
# Every file is checked against the lock's hashes, and nothing beside the lock is installed.
# Bytecode is compiled here, since the root of what runs is read-only.
COPY {lock}
RUN /opt/tools/bin/pip --python /opt/venv/bin/python install \\
    --no-cache-dir --disable-pip-version-check --no-input \\
    --no-deps --only-binary=:all:{built} \\
    --require-hashes --requirement /opt/requirements.txt"""

_BUILT = """\
# These have no wheel and are built here from an sdist that the lock's hash covers; what
# builds them (setuptools and the like) the lock does not cover. Where a compiler is needed,
# install it here, in this stage:
#   RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev python3-dev"""

_CODE = """\
# Readable for the user that runs it, whatever the modes of the working copy; only root writes.
# What is secret or of the working copy goes: the classic builder reads no ignore file of ours."""

_CLEAN = """\
RUN find /app \\( {names} \\) \\
    -prune -exec rm -rf {{}} + \\
    && chmod -R u=rwX,go=rX /app"""

_ENVIRONMENT = """\
# PYTHONUNBUFFERED: what is logged right before a crash gets out. PYTHONDONTWRITEBYTECODE: the
# root is read-only. HOME and LOGNAME: the user is a number without an account, and libraries
# that ask for a home or a name (caches of models) fail without; {home} is the scratch space.
ENV PATH="/opt/venv/bin:$PATH" \\
    PYTHONUNBUFFERED="1" \\
    PYTHONDONTWRITEBYTECODE="1" \\
    HOME="{home}" \\
    LOGNAME="app"

# Commands run where the project's folders stand as they do in the project.
WORKDIR /app

# A number: it is no root of the host either, and Kubernetes can check it.
USER {user}"""


def dockerfile(
    image: ImagePlan, services: Sequence[ServicePlan], plan: Plan, locked: Locked
) -> str:
    """Return the text of the Dockerfile of ``image``; ``services`` are those that run from it.

    ``locked`` is what ``read_lock`` gives for the container's lock. Paths are relative to the
    build's context: the project root, or the written folder where ``plan.context`` is empty.
    Raises ConfigurationError for what cannot be carried as data, OutputError for a target that
    says no version or machine.
    """
    blocks = (
        _head(image, plan),
        _base(image),
        "FROM ${BASE} AS builder",
        _arguments(locked),
        _CHECK.format(wanted=_wanted(image)),
        _TOOLS,
        _install(image, plan, locked),
        *_code(image, plan),
        "FROM ${BASE}",
        _copied(image),
        _ENVIRONMENT.format(user=RUN_AS, home=SCRATCH),
        _command(services),
    )
    return "\n\n".join(blocks) + "\n"


def ignore_file(image: ImagePlan, plan: Plan) -> str:
    """Return ``Dockerfile.dockerignore``: only what the Dockerfile copies is sent to the builder.

    The last pattern that matches counts.
    """
    lines = [
        "# Written by depcheck: what the builder is sent. The last pattern that matches counts.",
        "# BuildKit reads it; the classic builder only a .dockerignore in the context's root.",
    ]
    if _WHOLE not in image.code:
        lines += ["**", *(f"!{_folder(image, folder)}" for folder in image.code)]
    lines += [f"**/{name}" for name in _LEFT_OUT] if image.code else []
    lines += _secrets(image, plan)
    return "\n".join((*lines, f"!{_below(image, plan, _LOCK)}")) + "\n"


def _head(image: ImagePlan, plan: Plan) -> str:
    names = ", ".join(image.container.components)
    place = "the project root" if plan.context else "the folder above this one"
    path = _below(image, plan, "Dockerfile")
    return "\n".join(
        (
            "# Written by depcheck isolate, and again only as long as nobody changes it.",
            comment(f"Image {image.folder}, for {names}: {image.container.target}."),
            comment(f"Built by compose.yaml, or in {place} by: docker build -f {path} ."),
        )
    )


def _base(image: ImagePlan) -> str:
    base = image_reference(image.base, f'base of image "{image.folder}"')
    argument = f"ARG BASE={base}"
    if "@" in base:
        return f"# Pinned by digest: the same bytes in every build.\n{argument}"
    return (
        "# What a tag means changes. Pin it by the digest that you tested, as `base` in the\n"
        "# configuration (NAME@sha256:...); `docker buildx imagetools inspect NAME` shows it.\n"
        f"{argument}"
    )


def _arguments(locked: Locked) -> str:
    first, others = locked.indexes[:1], locked.indexes[1:]
    return "\n".join(
        (
            _ARGUMENTS,
            _argument("PIP_INDEX_URL", first),
            _argument("PIP_EXTRA_INDEX_URL", others),
            _argument("PIP_TRUSTED_HOST", ()),
            _argument("PIP_CERT", ()),
        )
    )


def _argument(name: str, values: Iterable[str]) -> str:
    text = " ".join(values)
    return f"ARG {name}={dockerfile_word(text, f'index for {name}')}" if text else f"ARG {name}"


def _wanted(image: ImagePlan) -> str:
    """Return the Python expression that the base is checked against."""
    target = image.container.target
    minor = ".".join(target.python.split(".")[:2])
    machine = target.environment.get("platform_machine")
    if not re.fullmatch(r"\d+\.\d+", minor) or (machine and not machine.isidentifier()):
        raise OutputError(f"no image can be made for {printable(str(target))}")
    return f'("{minor}", "{machine}")' if machine else f'("{minor}", platform.machine())'


def _install(image: ImagePlan, plan: Plan, locked: Locked) -> str:
    lock = exec_form((_below(image, plan, _LOCK), "/opt/requirements.txt"), "folder")
    built = f" --no-binary={','.join(locked.built)}" if locked.built else ""
    step = _INSTALL.format(lock=lock, built=built)
    return f"{_BUILT}\n{comment(', '.join(locked.built))}\n{step}" if locked.built else step


def _below(image: ImagePlan, plan: Plan, name: str) -> str:
    """Return the path of a file of the image's folder in the build's context."""
    path = "/".join(part for part in (plan.here, image.folder, name) if part)
    return path_below(path, "folder to write")


def _code(image: ImagePlan, plan: Plan) -> tuple[str, ...]:
    if not image.code:
        return ()
    copies = [
        f"COPY {exec_form((folder, f'/app/{folder}'.removesuffix('/.')), 'code')}"
        for folder in (_folder(image, folder) for folder in image.code)
    ]
    removed = (
        f"RUN {exec_form(('rm', '-rf', f'/app/{path}'), 'folder to write')}"
        for path in _secrets(image, plan)
    )
    return ("\n".join((_CODE, *copies, *removed, _CLEAN.format(names=_names()))),)


def _names() -> str:
    """Return what ``find`` is to find, four names on a line."""
    tests = [f"-name '{name}'" for name in _LEFT_OUT]
    lines = [" -o ".join(tests[start : start + 4]) for start in range(0, len(tests), 4)]
    return " -o \\\n        ".join(lines)


def _secrets(image: ImagePlan, plan: Plan) -> tuple[str, ...]:
    """Return the folder of secrets where it lies in code that is copied."""
    path = f"{plan.here}/{SECRETS}".removeprefix("/")
    inside = any(top == _WHOLE or path.startswith(f"{top}/") for top in image.code)
    return (path_below(path, "folder to write"),) if inside else ()


def _folder(image: ImagePlan, folder: str) -> str:
    return path_below(folder, f'code of image "{image.folder}"')


def _copied(image: ImagePlan) -> str:
    lines = [
        "# At the same path as in the builder: scripts name their interpreter by it.",
        "COPY --from=builder --chown=0:0 /opt/venv /opt/venv",
    ]
    if image.code:
        lines.append("COPY --from=builder --chown=0:0 /app /app")
    return "\n".join(lines)


def _command(services: Sequence[ServicePlan]) -> str:
    commands = [service for service in services if service.command]
    if not commands:
        return (
            "# No component has a `command` in the configuration: what the base starts runs,\n"
            "# which is an interpreter that ends at once where the base is Python's."
        )
    if len(commands) > 1:
        return "# Several services run from this image: compose.yaml gives each its command."
    words = exec_form(commands[0].command, f'command of service "{commands[0].name}"')
    told = "# Exec form: the process gets the signals itself, and no shell reads the words."
    return f"{told}\nCMD {words}"
