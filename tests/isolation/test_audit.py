"""The guard-rails that an audit finds lacking, on compose files as a person writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.isolation.audit import audit, rails_kept, untold
from depcheck.model.isolation import Guarded
from depcheck.model.isolation_rules import GUARDRAILS
from depcheck.sources.compose_guardrails import read_guarded
from tests.support.audited import GUARDED, change, rails

INNER = "networks: [recommender-internal]"
LONG = """\
services:
  recommender:
    build: .
    memswap_limit: 2g
    deploy:
      resources:
        limits:
          memory: 2G
          cpus: "1.5"
          pids: 128
      restart_policy:
        condition: on-failure
        max_attempts: 5
    networks:
      back:
        aliases: [model]
    read_only: true
    volumes:
      - type: tmpfs
        target: /tmp
        tmpfs: {size: 64m}
    cap_drop:
      - all
    security_opt:
      - no-new-privileges
    user: "10001"
    healthcheck:
      test: python health.py
      start_period: 1m
    environment:
      - MODEL=small
    stop_grace_period: 1m30s
  own:
    image: reg.example/own:1
    labels: ["depcheck.gateway=true"]
    networks: [back]
networks:
  back:
    internal: true
"""


@pytest.mark.parametrize("text", [GUARDED, LONG], ids=["short", "long"])
def test_a_guarded_service_lacks_nothing(audited, text):
    assert audited(text) == []


def test_what_is_not_judged_is_not_told(audited):
    assert audited(GUARDED, judged=()) == []
    assert {finding.evidence.service for finding in audited(GUARDED, judged=("web",))} == {"web"}


@pytest.mark.parametrize(
    ("before", "after", "rail", "line", "wanted"),
    [
        ("    mem_limit: 2g\n", "", "memory", 6, "mem_limit: 2g"),
        ("    mem_limit: 2g\n", "    mem_reservation: 2g\n", "memory", 6, "mem_limit: 2g"),
        ("    mem_limit: 2g\n", "    mem_limit: 0\n", "memory", 8, "mem_limit: 2g"),
        ("memswap_limit: 2g", "memswap_limit: -1", "memory", 9, "memswap_limit: 2g"),
        ("    cpus: 1.5\n", "", "cpu", 6, "cpus: 2.0"),
        ("    pids_limit: 128\n", "", "pids", 6, "pids_limit: 256"),
        ("pids_limit: 128", "pids_limit: -1", "pids", 11, "pids_limit: 256"),
        ("    mem_limit: 2g\n", "    mem_limit: 2g\n    ports: [8000]\n", "ports", 9, "no ports"),
        ("networks: [back]\n", "networks: [back, out]\n", "network", 12, "networks: [back]"),
        ("networks: [back]\n", "network_mode: host\n", "network", 12, INNER),
        ("networks: [back]\n", "network_mode: bridge\n", "network", 12, INNER),
        ("    internal: true\n", "    driver: bridge\n", "network", 12, INNER),
        ("    read_only: true\n", "", "read-only", 6, "read_only: true"),
        ("    tmpfs: [\"/tmp:size=64m\"]\n", "", "tmpfs", 13, 'tmpfs: ["/tmp:size=64m"]'),
        ("/tmp:size=64m", "/run:size=1m", "tmpfs", 14, 'tmpfs: ["/tmp:size=64m"]'),
        ("/tmp:size=64m", "/tmp:mode=1777", "tmpfs", 14, 'tmpfs: ["/tmp:size=64m"]'),
        ('tmpfs: ["/tmp:size=64m"]', "tmpfs: /tmp", "tmpfs", 14, 'tmpfs: ["/tmp:size=64m"]'),
        ("    cap_drop: [ALL]\n", "", "capabilities", 6, "cap_drop: [ALL]"),
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "capabilities", 15, "cap_drop: [ALL]"),
        ("cap_drop: [ALL]", "cap_drop: [ALL]\n    cap_add: [SYS_ADMIN]", "capabilities", 16,
         "no cap_add"),
        ("    security_opt: [\"no-new-privileges:true\"]\n", "", "privileges", 6,
         'security_opt: ["no-new-privileges:true"]'),
        ("privileges:true", "privileges:false", "privileges", 16,
         'security_opt: ["no-new-privileges:true"]'),
        ("    read_only: true\n", "    read_only: true\n    privileged: true\n", "privileges", 14,
         "no privileged"),
        ("    read_only: true\n", "    read_only: true\n    pid: host\n", "privileges", 14,
         "no pid"),
        ("    read_only: true\n", "    read_only: true\n    ipc: host\n", "privileges", 14,
         "no ipc"),
        ("    read_only: true\n", "    read_only: true\n    userns_mode: host\n", "privileges", 14,
         "no userns_mode"),
        ("    read_only: true\n",
         "    read_only: true\n    volumes: [\"/var/run/docker.sock:/s:ro\"]\n", "privileges", 14,
         "no /var/run/docker.sock in volumes"),
        ("    read_only: true\n", "    read_only: true\n    devices: [/dev/sda]\n", "privileges",
         14, "no /dev/sda in devices"),
        ('["no-new-privileges:true"]', '["no-new-privileges:true", "seccomp=unconfined"]',
         "privileges", 16, "no seccomp:unconfined in security_opt"),
        ('["no-new-privileges:true"]', '["apparmor:unconfined", "no-new-privileges"]',
         "privileges", 16, "no apparmor:unconfined in security_opt"),
        ("    user: \"10001:10001\"\n", "", "user", 6, 'user: "10001:10001"'),
        ("10001:10001", "0:10001", "user", 17, 'user: "10001:10001"'),
        ("10001:10001", "root", "user", 17, 'user: "10001:10001"'),
        ("10001:10001", "app", "user", 17, 'user: "10001:10001"'),
        ("      start_period: 60s\n", "", "start-period", 19, "healthcheck.start_period: 60s"),
        ("test: [CMD, python, -c, \"import health\"]", "test: [NONE]", "health", 19,
         "healthcheck: {test: [CMD, …], start_period: 60s}"),
        ("      test: [CMD, python, -c, \"import health\"]\n", "", "health", 19,
         "healthcheck: {test: [CMD, …], start_period: 60s}"),
        ("[CMD, python, -c, \"import health\"]", "[CMD, \"true\"]", "health", 19,
         "healthcheck: {test: [CMD, …], start_period: 60s}"),
        ("[CMD, python, -c, \"import health\"]", "curl localhost || exit 0", "health", 19,
         "healthcheck: {test: [CMD, …], start_period: 60s}"),
        ("    restart: on-failure:5\n", "", "restart", 6, "restart: on-failure:5"),
        ("on-failure:5", "always", "restart", 21, "restart: on-failure:5"),
        ("on-failure:5", "on-failure", "restart", 21, "restart: on-failure:5"),
        ("on-failure:5", "\"no\"", "restart", 21, "restart: on-failure:5"),
        ("API_KEY_FILE: /run/secrets/api_key", "API_KEY: abc", "secrets", 24, "secrets: [api_key]"),
        ("    stop_grace_period: 30s\n", "", "stop-grace", 6, "stop_grace_period: 30s"),
    ],
)  # fmt: skip
def test_one_guard_rail_less_gives_that_finding_alone(audited, before, after, rail, line, wanted):
    (finding,) = audited(change(before, after))
    assert finding.rule == f"guardrail-{rail}"
    assert (finding.evidence.name, finding.evidence.set) == (rail, wanted)
    assert (finding.locations[0].path, finding.locations[0].line) in (
        ("compose.yaml", line),
        ("compose.yaml", line - 1),  # a mapping begins at its first key
    )
    assert finding.message.startswith("recommender ")
    assert "services.recommender" in finding.remedy


def test_the_whole_health_check_less_is_one_finding(audited):
    text = GUARDED.split("    healthcheck:")[0] + "    restart" + GUARDED.split("    restart")[1]
    (finding,) = audited(text)
    assert finding.rule == "guardrail-health"
    assert "one in its image is not seen" in finding.message


def test_every_rule_is_found_in_a_bare_service(audited):
    bare = audited("services: {recommender: {image: x, ports: [80], environment: [A_TOKEN=x]}}")
    others = audited("services: {recommender: {image: x, read_only: true, healthcheck: {test: x}}}")
    rules = {finding.rule for finding in (*bare, *others)}
    assert rules == {rule.id for rule in GUARDRAILS}
    assert all(finding.severity in ("error", "warning", "note") for finding in bare)


def test_what_it_says_to_set_is_what_mends_it(audited):
    """The fields of the findings, copied into the file, leave nothing to find but a gateway."""
    found = audited("services: {recommender: {environment: [A_TOKEN=x, B_KEY=x]}}")
    found += audited("services: {recommender: {read_only: true}}")
    lacks = [f.evidence for f in found if f.rule != "guardrail-gateway"]
    fields = "".join(f"    {field}\n" for field in sorted({lack.set for lack in lacks}))
    top = "\n".join({lack.also for lack in lacks})
    fields += "    memswap_limit: 2g\n"  # which the remedy of mem_limit names
    text = f"services:\n  recommender:\n    image: x\n{fields}{top}\n"
    (left,) = audited(text)
    assert (left.rule, left.evidence.set) == ("guardrail-gateway", "a gateway before it")
    proxy = "  front: {image: caddy, networks: [recommender-internal]}\n"
    assert audited(text.replace("services:\n", f"services:\n{proxy}", 1)) == []


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("    mem_limit: 2g\n", "    mem_limit: 2g\n    ports: ['127.0.0.1:80:80']\n", "warning"),
        ("    mem_limit: 2g\n", "    mem_limit: 2g\n    ports: ['80:80']\n", "error"),
        ("10001:10001", "app", "note"),
        ("10001:10001", "root", "warning"),
    ],
)
def test_what_is_half_as_bad_is_told_lower(audited, before, after, severity):
    assert audited(change(before, after))[0].severity == severity


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('tmpfs: ["/tmp:size=64m"]', 'volumes: ["scratch:/tmp"]'),
        ("networks: [back]\n", "network_mode: none\n"),
        ("cap_drop: [ALL]", "cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]"),
        ("    read_only: true\n", "    read_only: true\n    devices: [/dev/nvidia0, /dev/dri]\n"),
        ("    read_only: true\n", "    read_only: true\n    volumes: ['./model:/model:ro']\n"),
        ("mem_limit: 2g", "mem_limit: 2g\n    expose: [8000]"),
        ("cpus: 1.5", "cpuset: '0-1'"),
    ],
)
def test_what_is_as_good(audited, before, after):
    assert audited(change(before, after)) == []


class TestSharedNetworks:
    def test_those_of_the_service_that_lends_its_network(self, audited):
        text = change("networks: [back]\n", "network_mode: service:web\n")
        found = audited(text)
        assert rails(found) == ["ports", "network", "gateway"]
        assert [str(f.locations[0]) for f in found[:2]] == ["compose.yaml:4", "compose.yaml:5"]
        inner = text.replace('    ports: ["443:8443"]\n    networks: [front, call]\n',
                             "    networks: [back]\n")  # fmt: skip
        assert rails(audited(inner)) == ["gateway"]

    def test_a_ring_ends(self, audited):
        text = change("networks: [back]\n", "network_mode: service:recommender\n")
        assert audited(text) == []

    def test_that_of_another_container_cannot_be_told(self, audited, tmp_path):
        assert audited(change("networks: [back]\n", "network_mode: container:x\n")) == []
        services, _ = read_guarded([Path("compose.yaml")], root=tmp_path)
        (entry,) = untold(services, ["recommender"])
        assert (entry.subject, entry.harmless) == ("the guard-rail network of recommender", False)
        assert "network" not in rails_kept(services[1], [])


class TestUnknown:
    def test_what_cannot_be_told_is_no_finding(self, audited, tmp_path):
        assert audited(change("mem_limit: 2g", "mem_limit: ${M}")) == []
        services, _ = read_guarded([Path("compose.yaml")], root=tmp_path)
        (entry,) = untold(services, ["recommender"])
        assert entry.reason.startswith("mem_limit rests on the variable M, which has no default")
        assert str(entry.origin) == "compose.yaml:8"
        assert untold(services, ["web"]) == []

    def test_an_external_network(self, audited, tmp_path):
        text = change("    internal: true\n", "    external: true\n")
        assert audited(text) == []
        services, _ = read_guarded([Path("compose.yaml")], root=tmp_path)
        network, gateway = untold(services, ["recommender"])
        assert "whether the network back is internal" in network.reason
        assert "who else is in the network back" in gateway.reason
        assert str(network.origin) == str(gateway.origin) == "compose.yaml:12"

    def test_what_is_wrong_for_certain_is_told_all_the_same(self, audited):
        text = change("networks: [back]\n", "networks: [front, other]\n")
        (finding,) = audited(text.replace("  front:\n", "  front:\n  other: {external: true}\n"))
        assert finding.evidence.name == "network"


class TestContainers:
    BARE = Guarded(service="ai", where="container shop-ai-1", restart="no")

    def test_they_are_told_by_their_own_name_with_what_helps_at_once(self):
        found = {f.evidence.name: f for f in audit([self.BARE], ["ai"])}
        memory = found["memory"]
        assert memory.message.startswith("shop-ai-1 has no memory limit: ")
        assert (memory.evidence.service, memory.locations) == ("shop-ai-1", ())
        assert memory.remedy == (
            "at once: docker update --memory 2g --memory-swap 2g shop-ai-1; set mem_limit: 2g "
            "under services.ai in its compose file, and memswap_limit: 2g for no swap, and docker "
            "compose up -d ai"
        )
        assert "runs as root" in found["user"].message

    def test_one_that_no_compose_project_started(self):
        alone = Guarded(service="ai", where="container ai", restart="no", ports=("80:80/tcp",))
        found = {f.evidence.name: f for f in audit([alone], ["ai"])}
        assert found["cpu"].evidence.set == "--cpus 2.0"
        assert found["read-only"].remedy == "create the container anew with --read-only"
        assert found["ports"].remedy == "create the container anew with no --publish"

    def test_a_path_with_braces_stays_text(self):
        path = "/{0}/{x}/docker.sock"
        alone = Guarded(service="ai", where="container ai", binds=(path,))
        sockets = [f for f in audit([alone], ["ai"]) if f.evidence.found == path]
        assert [f.evidence.set for f in sockets] == [f"no {path} in volumes"]

    def test_replicas_are_told_apart(self):
        other = Guarded(service="ai", where="container shop-ai-2", memory=1, swap=1)
        found = audit([self.BARE, other], ["ai"])
        memory = [f.evidence.service for f in found if f.evidence.name == "memory"]
        assert memory == ["shop-ai-1"]
        assert "memory" in rails_kept(other, found)
        assert "memory" not in rails_kept(self.BARE, found)
