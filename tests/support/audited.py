"""A compose file with every guard-rail, and how tests look at variants of it."""

from __future__ import annotations

GUARDED = """\
services:
  web:
    image: reg.example/web:1
    ports: ["443:8443"]
    networks: [front, call]
  recommender:
    image: reg.example/recommender:1
    mem_limit: 2g
    memswap_limit: 2g
    cpus: 1.5
    pids_limit: 128
    networks: [back]
    read_only: true
    tmpfs: ["/tmp:size=64m"]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    user: "10001:10001"
    healthcheck:
      test: [CMD, python, -c, "import health"]
      start_period: 60s
    restart: on-failure:5
    environment:
      MODEL: small
      API_KEY_FILE: /run/secrets/api_key
    secrets: [api_key]
    stop_grace_period: 30s
  gateway:
    image: reg.example/proxy/haproxy:3.2
    networks: [call, back]
networks:
  front:
  out:
  call:
  back:
    internal: true
secrets:
  api_key: {file: api_key.txt}
"""


def change(before, after=""):
    """Return the guarded file with one text replaced, which must be there."""
    assert GUARDED.count(before) == 1
    return GUARDED.replace(before, after)


def rails(found):
    return [finding.evidence.name for finding in found]
