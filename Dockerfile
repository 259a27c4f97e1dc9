# depcheck as an image: docker build -t depcheck . && docker run --rm -v "$PWD:/src:ro" depcheck check
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY depcheck ./depcheck
RUN python3 -m venv /opt/depcheck \
 && /opt/depcheck/bin/pip install --no-cache-dir --disable-pip-version-check . \
 && /opt/depcheck/bin/pip uninstall --yes pip

FROM ${BASE}
LABEL org.opencontainers.image.title="depcheck" \
      org.opencontainers.image.description="Can the core application and the AI component live together?" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/depcheck /opt/depcheck
# git is for `check --base`, and /src is the caller's, whoever owns it. No version is pinned: the base image's own is the one that fits.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
 && git config --system safe.directory /src \
 && mkdir --mode=0777 /cache
ENV PATH=/opt/depcheck/bin:$PATH XDG_CACHE_HOME=/cache PYTHONDONTWRITEBYTECODE=1
# By number, so that a cluster can see that it is not root. What is written goes where the
# caller's volumes are: the image itself needs no place to write but the cache.
USER 10001:10001
WORKDIR /src
ENTRYPOINT ["depcheck"]
CMD ["--help"]
