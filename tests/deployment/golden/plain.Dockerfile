# Written by depcheck isolate, and again only as long as nobody changes it.
# Image web, for web: CPython 3.11.7 on linux/amd64.
# Built by compose.yaml, or in the folder above this one by: docker build -f web/Dockerfile .

# What a tag means changes. Pin it by the digest that you tested, as `base` in the
# configuration (NAME@sha256:...); `docker buildx imagetools inspect NAME` shows it.
ARG BASE=python:3.11-slim

FROM ${BASE} AS builder

# For other networks: --build-arg PIP_INDEX_URL=... and the like; it wins over a pip.conf of the
# base. The image that runs has no argument of this stage, but the build's history keeps them:
# a password does not belong here. BuildKit carries one safely: give the pip step below
#   --mount=type=secret,id=netrc,target=/root/.netrc
# and build with --secret id=netrc,src=$HOME/.netrc
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_TRUSTED_HOST
ARG PIP_CERT

# The lock holds for this Python and machine; another base would get other files, or none.
RUN python3 -c 'import platform, sys; \
    found = "%d.%d" % sys.version_info[:2], platform.machine(); \
    wanted = ("3.11", "x86_64"); \
    found == wanted or sys.exit("lock: Python %s on %s, base: %s on %s" % (wanted + found))'

# pip stands in a folder of its own, so that the environment holds the lock and nothing else.
# Debian and its kin need the package python3-venv in the base for this (pip 22.3 or later).
RUN python3 -m venv /opt/tools && python3 -m venv --without-pip /opt/venv

# Every file is checked against the lock's hashes, and nothing beside the lock is installed.
# Bytecode is compiled here, since the root of what runs is read-only.
COPY ["web/requirements.txt", "/opt/requirements.txt"]
RUN /opt/tools/bin/pip --python /opt/venv/bin/python install \
    --no-cache-dir --disable-pip-version-check --no-input \
    --no-deps --only-binary=:all: \
    --require-hashes --requirement /opt/requirements.txt

FROM ${BASE}

# At the same path as in the builder: scripts name their interpreter by it.
COPY --from=builder --chown=0:0 /opt/venv /opt/venv

# PYTHONUNBUFFERED: what is logged right before a crash gets out. PYTHONDONTWRITEBYTECODE: the
# root is read-only. HOME and LOGNAME: the user is a number without an account, and libraries
# that ask for a home or a name (caches of models) fail without; /tmp is the scratch space.
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED="1" \
    PYTHONDONTWRITEBYTECODE="1" \
    HOME="/tmp" \
    LOGNAME="app"

# Commands run where the project's folders stand as they do in the project.
WORKDIR /app

# A number: it is no root of the host either, and Kubernetes can check it.
USER 10001:10001

# No component has a `command` in the configuration: what the base starts runs,
# which is an interpreter that ends at once where the base is Python's.
