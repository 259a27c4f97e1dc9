"""Audit reports as a run would give them: a web shop with its recommender."""

from __future__ import annotations

from dataclasses import replace

from depcheck.isolation.audit import audit, called, rails_idle, rails_kept, untold
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.requirement import Origin, Undetermined
from tests.report.samples import EVIL

NAMED = "They are the AI components of the configuration."
ALL = (
    "Nothing says which services are AI components, so all were judged; --service NAME says which."
)


def origin(line: int, text: str, path: str = "deploy/compose.yaml") -> Origin:
    return Origin(component="", path=path, line=line, text=text)


SAFE = Guarded(
    service="recommender", where="deploy/compose.yaml", origin=origin(12, "recommender:"),
    image="reg.example/recommender:1.4", ai=True, memory=2 << 30, swap=2 << 30, cpus=1.5, pids=128,
    networks={"back": True}, read_only=True, tmpfs=("/tmp",), dropped=("ALL",),
    no_new_privileges=True, user="10001:10001", health=True, start_period=60.0,
    restart="on-failure", restart_attempts=5, stop_grace=30.0,
)  # fmt: skip
WEB = Guarded(
    service="web", where="deploy/compose.yaml", origin=origin(2, "web:"), image="reg.example/web:1",
    ports=("443:8443",), networks={"front": False}, restart="always",
    lines={
        "ports.443:8443": origin(4, "ports: 443:8443"),
        "networks.front": origin(5, "networks: front"),
        "restart": origin(6, "restart: always"),
    },
)  # fmt: skip
OPEN = replace(
    SAFE, memory=None, swap=None, ports=("127.0.0.1:8000:8000", "9000"),
    plain_secrets=("HF_TOKEN", "DB_URL"),
    start_period=None, restart="always", restart_attempts=None, binds=("/var/run/docker.sock",),
    lines={
        "ports.127.0.0.1:8000:8000": origin(15, "ports: 127.0.0.1:8000:8000"),
        "ports.9000": origin(16, "ports: 9000"),
        "environment.HF_TOKEN": origin(18, "HF_TOKEN: ***"),
        "environment.DB_URL": origin(19, "DB_URL: ***"),
        "healthcheck": origin(21, "healthcheck:"), "restart": origin(24, "restart: always"),
        "volumes./var/run/docker.sock": origin(27, "volumes: /var/run/docker.sock:/s"),
    },
)  # fmt: skip
UNTOLD = replace(
    SAFE, memory=None, swap=None, unknown={"memory": "mem_limit rests on the variable M"},
    unknown_at={"memory": origin(14, "mem_limit: ${M}")},
)  # fmt: skip
ROUND = replace(
    WEB, networks={"front": False, "back": True},
    lines={**WEB.lines, "networks.back": origin(6, "networks: back")},
)  # fmt: skip
WEAK = replace(SAFE, unbounded=("/tmp",), unconfined=("seccomp:unconfined",), hollow_health="true")
GATEWAY = Guarded(
    service="gateway", where="deploy/compose.yaml", origin=origin(40, "gateway:"),
    image="reg.example/haproxy:3", networks={"call": True, "back": True},
)  # fmt: skip
RUNNING = Guarded(
    service="ai", where="container shop-ai-1", image="reg.example/ai:1", ai=True, restart="no",
    networks={"shop_default": False}, plain_secrets=("HF_TOKEN",),
)  # fmt: skip


def report(*services: Guarded, because: str = NAMED, **more: object) -> AuditReport:
    judged = {service.service for service in services if service.ai}
    findings = tuple(audit(services, judged, (GATEWAY,)))
    every = (*services, GATEWAY)
    found = AuditReport(
        version="0.1.0", audited="deploy/compose.yaml", services=services, because=because,
        kept={called(each): rails_kept(each, findings, every) for each in services if each.ai},
        idle={called(each): rails_idle(each, findings, every) for each in services if each.ai},
        findings=findings, undetermined=tuple(untold(services, judged)), seconds=0.042,
    )  # fmt: skip
    return replace(found, **more)


INCLUDED = Undetermined(
    subject="include in deploy/compose.yaml",
    reason="files that a compose file includes are not read",
    hint="name them too, beside this one",
    origin=origin(1, "include"),
)
EXPOSED = report(WEB, OPEN)
REPORTS = {
    "exposed": EXPOSED,
    "guarded": report(WEB, SAFE),
    "weak": report(ROUND, WEAK),
    "untold": report(UNTOLD, undetermined=(*untold([UNTOLD], ["recommender"]), INCLUDED)),
    "all": report(
        replace(WEB, ai=True), OPEN, because=ALL, undetermined=(INCLUDED,),
        notes=("compose.override.yaml lies beside it and was not read.",),
    ),
    "container": report(RUNNING, audited="container:shop-ai-1", because="It is named."),
}  # fmt: skip


def hostile() -> AuditReport:
    """A report in which every text is a stranger's."""
    bad = replace(
        OPEN, service=EVIL, where=EVIL, image=EVIL, ports=(EVIL,), networks={EVIL: False},
        plain_secrets=(EVIL,), volumes=(EVIL,), user=EVIL, added=(EVIL,), dropped=(EVIL,),
        devices=(EVIL,), binds=(EVIL,), tmpfs=(EVIL,), host_namespaces=("pid",),
        origin=origin(1, EVIL, EVIL), unknown={"cpu": EVIL},
        unknown_at={"cpu": origin(4, EVIL, EVIL)}, unbounded=(EVIL,), unconfined=(EVIL,),
        hollow_health=EVIL,
        lines={f"ports.{EVIL}": origin(2, EVIL, EVIL),
               f"environment.{EVIL}": origin(3, EVIL, EVIL)},
    )  # fmt: skip
    container = replace(bad, origin=None, where=f"container {EVIL}", lines={})
    other = replace(bad, service=f"{EVIL}2")
    return report(
        bad, container, other, because=EVIL, audited=EVIL, notes=(EVIL,),
        undetermined=(Undetermined(subject=EVIL, reason=EVIL, hint=EVIL, origin=origin(1, EVIL)),),
    )  # fmt: skip
