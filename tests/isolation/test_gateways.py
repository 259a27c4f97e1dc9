"""Ways past a gateway, and the line of each entry that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.isolation.audit import audit, rails_kept
from depcheck.model.isolation import Guarded
from depcheck.sources.compose_guardrails import read_guarded
from tests.support.audited import GUARDED, change, rails


class TestGateways:
    def test_a_way_round_it(self, audited):
        (finding,) = audited(change("networks: [front, call]", "networks: [front, back]"))
        assert finding.rule == "guardrail-gateway"
        assert "shares the network back with web, past gateway" in finding.message
        assert [str(place) for place in finding.locations] == ["compose.yaml:5"]
        assert (finding.evidence.found, finding.evidence.set) == (
            "web in networks.back",
            "no web in networks.back",
        )
        assert "take web out of networks.back" in finding.remedy

    def test_each_caller_has_its_line(self, audited):
        text = change("networks: [front, call]", "networks: {front: , back: }")
        text = text.replace(
            "  gateway:\n", "  job:\n    image: x\n    networks:\n    - back\n  gateway:\n"
        )
        (finding,) = audited(text)
        assert [str(place) for place in finding.locations] == ["compose.yaml:5", "compose.yaml:30"]
        assert "with web, job, past gateway" in finding.message

    def test_none_between_the_core_and_it(self, audited):
        text = change("networks: [front, call]", "networks: [front, back]")
        (finding,) = audited(text.replace("haproxy", "shop").replace("gateway:", "pricing:"))
        assert "with web, pricing, and no gateway stands between" in finding.message
        assert (finding.severity, finding.evidence.set) == (
            "warning",
            "a gateway between web, pricing and it",
        )
        assert "depcheck.gateway" in finding.remedy

    def test_the_service_alone(self, audited):
        (finding,) = audited(change("    networks: [call, back]\n", ""))
        assert (finding.severity, finding.rule) == ("note", "guardrail-gateway")
        assert "with nobody" in finding.message

    def test_a_job_alone_is_called_by_nobody(self, audited):
        text = change("    networks: [call, back]\n", "").split("    healthcheck:")
        (finding,) = audited(text[0] + "    restart" + text[1].split("    restart")[1])
        assert finding.rule == "guardrail-health"

    def test_published_without_one(self, audited):
        found = audited(change("    networks: [back]\n", "    ports: ['80:80']\n"))
        assert rails(found) == ["ports", "network", "gateway"]
        assert "published with no gateway" in found[-1].message

    @pytest.mark.parametrize(
        ("port", "severity"), [("9001:9001", "warning"), ("127.0.0.1:9001:9001", "note")]
    )
    def test_one_that_publishes_its_port(self, audited, port, severity):
        joined = "networks: [call, back]\n"
        text = change(joined, f"{joined}    ports: ['{port}']\n")
        (finding,) = audited(text)
        assert (finding.rule, finding.severity) == ("guardrail-gateway", severity)
        assert [str(place) for place in finding.locations] == ["compose.yaml:30"]
        assert finding.evidence.set == "no ports in gateway"

    @pytest.mark.parametrize(
        "image",
        [
            "nginx",
            "x/nginx-unprivileged:1",
            "x/envoy@sha256:0",
            "reg.example:5000/caddy",
        ],
    )
    def test_images_that_are_known(self, audited, image):
        text = GUARDED.replace("reg.example/proxy/haproxy:3.2", image)
        assert audited(text.replace("  gateway:", "  front:")) == []

    @pytest.mark.parametrize("image", ["nginx-exporter", "shop/nginx/app", "haproxyx"])
    def test_images_that_are_not(self, audited, image):
        text = GUARDED.replace("reg.example/proxy/haproxy:3.2", image)
        assert rails(audited(text.replace("  gateway:", "  front:"))) == ["gateway"]

    def test_a_queue_that_it_works_from(self, audited):
        """Nobody calls what sits alone with its queue, and a queue calls nobody."""
        text = GUARDED.replace("reg.example/proxy/haproxy:3.2", "redis:7")
        assert audited(text.replace("  gateway:", "  queue:")) == []

    def test_it_stands_only_where_one_is_seen(self, audited, tmp_path):
        audited(GUARDED)
        services, _ = read_guarded([Path("compose.yaml")], root=tmp_path)
        assert "gateway" in rails_kept(services[1], [], services)
        assert "gateway" not in rails_kept(services[1], [], services[:2])

    def test_containers_around_those_that_were_asked_about(self):
        ai = Guarded(service="ai", where="container ai", networks={"n": True})
        web = Guarded(service="web", where="container web", networks={"n": True})
        gateway = Guarded(service="proxy", where="container p", networks={"n": True}, gateway=True)
        found = {f.rule: f for f in audit([ai], ["ai"], [gateway])}
        assert "guardrail-gateway" not in found
        found = {f.rule: f for f in audit([ai], ["ai"], [gateway, web])}
        assert "with web, past proxy" in found["guardrail-gateway"].message


class TestEntries:
    """Of several entries of one field, each has its own line."""

    def test_volumes(self, audited):
        text = change(
            "    read_only: true\n",
            "    read_only: true\n    volumes:\n      - /var/run/docker.sock:/s\n      - /:/host\n",
        )
        socket, root = audited(text)
        assert (str(socket.locations[0]), socket.evidence.found) == (
            "compose.yaml:15",
            "volumes: /var/run/docker.sock:/s",
        )
        assert (str(root.locations[0]), root.evidence.found) == (
            "compose.yaml:16",
            "volumes: /:/host",
        )
        assert root.evidence.set == "no / in volumes"

    def test_ports(self, audited):
        ports = "    ports:\n      - 80:80\n      - 81:81\n"
        (finding,) = audited(change("    mem_limit: 2g\n", f"    mem_limit: 2g\n{ports}"))
        assert [place.line for place in finding.locations] == [10, 11]
        assert finding.evidence.found == "ports: 80:80, 81:81"

    def test_networks(self, audited):
        networks = "networks:\n      - back\n      - out\n"
        (finding,) = audited(change("networks: [back]\n", networks))
        assert [place.line for place in finding.locations] == [14]
        assert finding.evidence.found == "networks: out"

    def test_secrets(self, audited):
        secrets = "A_KEY: abc\n      B_TOKEN: abc"
        (finding,) = audited(change("API_KEY_FILE: /run/secrets/api_key", secrets))
        assert [place.line for place in finding.locations] == [24, 25]
        assert finding.evidence.found == "environment: A_KEY, B_TOKEN"
        assert finding.evidence.set == "secrets: [a_key, b_token]"
        assert finding.evidence.also == (
            "secrets: {a_key: {file: ./secrets/a_key}, b_token: {file: ./secrets/b_token}}"
        )
