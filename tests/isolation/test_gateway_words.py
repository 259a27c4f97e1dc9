"""The file of a gateway: what it has no words for, and what cannot be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from depcheck.deployment.gateway import gateway_files
from depcheck.isolation.audit import audit, rails_kept, untold
from depcheck.model.proxy_words import BREAKER, CAP, RATE, TIMES, lacking_words
from depcheck.sources.compose_guardrails import read_guarded
from tests.support.audited import change
from tests.support.plans import plan

(WRITTEN,) = gateway_files(plan()).values()
MOUNT = "volumes: ['./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro']"
BY_COUNT = """\
frontend f
    stick-table type ipv6 size 10k expire 10s store gpc0_rate(1s)
    http-request track-sc0 src
    http-request return status 429 if { sc0_gpc0_rate ge 20 }
    http-request sc-inc-gpc0(0)
"""
BY_NAME = """\
backend b
    stick-table type ip size 1m expire 10s store http_req_rate(10s)
    http-request track-sc0 src
    acl busy sc_http_req_rate(0) gt 20
    http-request deny deny_status 429 if busy
"""


def without(pattern):
    """Return the file that is written, less what a pattern matches, which is in it."""
    text, count = re.subn(pattern, "", WRITTEN, flags=re.MULTILINE)
    assert count
    return text


def test_what_is_written_has_words_for_all():
    assert lacking_words(WRITTEN) == ()


@pytest.mark.parametrize(
    ("pattern", "guard"),
    [
        (r"^.*\b429\b.*\n", RATE),
        (r"^.*\bstick-table\b.*\n", RATE),
        (r"^.*\btrack-sc0\b.*\n", RATE),
        (r"(?<=ipv4) maxconn \d+", CAP),
        (r"^ *timeout server.*\n", TIMES),
        (r"^ *timeout queue.*\n", TIMES),
        (r" observe layer7", BREAKER),
        (r" on-error mark-down", BREAKER),
        (r"(?<=\d) check(?= inter)", BREAKER),
    ],
)
def test_each_guard_that_is_taken_out(pattern, guard):
    assert lacking_words(without(pattern)) == (guard,)


def test_words_in_comments_are_none():
    assert lacking_words(re.sub("^", "# ", WRITTEN, flags=re.MULTILINE)) == (
        RATE, CAP, TIMES, BREAKER,
    )  # fmt: skip
    assert lacking_words(WRITTEN.replace(" maxconn", " # maxconn")) == (CAP, BREAKER)


@pytest.mark.parametrize("limit", [BY_COUNT, BY_NAME])
def test_other_ways_to_limit_a_rate(limit):
    assert RATE not in lacking_words(limit)
    assert RATE in lacking_words(limit.replace("429", "200").replace("deny", "allow"))


def test_a_count_that_nothing_counts_up():
    assert RATE in lacking_words(BY_COUNT.replace("    http-request sc-inc-gpc0(0)\n", ""))


@pytest.mark.parametrize(
    ("servers", "guard"),
    [
        ("server a a:1 maxconn 4\n server b b:1\n", True),
        ("server a a:1 maxconn 0\n", True),
        ("server a a:1 maxconn 4\n server b b:1 maxconn 9\n", False),
        ("default-server maxconn 4\n server b b:1\n", False),
    ],
)
def test_each_server_has_its_cap(servers, guard):
    assert (CAP in lacking_words(servers)) == guard


class TestMounted:
    @pytest.fixture
    def read(self, tmp_path):
        def run(text, mount=MOUNT, more=""):
            if text is not None:
                (tmp_path / "haproxy.cfg").write_text(text, encoding="utf-8")
            gateway = "    networks: [call, back]\n"
            compose = change(gateway, f"{gateway}    {mount}\n") + more
            (tmp_path / "compose.yaml").write_text(compose, encoding="utf-8")
            return read_guarded([Path("compose.yaml")], root=tmp_path)[0]

        return run

    def test_one_that_has_all(self, read):
        services = read(WRITTEN)
        assert [len(each.proxies) for each in services] == [0, 0, 1]
        assert audit(services, ["recommender"]) == []
        assert untold(services, ["recommender"]) == []

    def test_one_that_lacks_something(self, read):
        services = read(without(r"^.*\b429\b.*\n"))
        (finding,) = audit(services, ["recommender"])
        assert (finding.rule, finding.severity) == ("guardrail-gateway", "warning")
        assert "is behind gateway, whose haproxy.cfg has no words for a rate limit" in (
            finding.message
        )
        assert [str(place) for place in finding.locations] == ["haproxy.cfg"]
        assert "429" in finding.remedy

    @pytest.mark.parametrize(
        ("mount", "more"),
        [
            ("volumes: ['.:/usr/local/etc/haproxy']", ""),
            ("configs: [{source: c, target: /etc/haproxy.cfg}]",
             "configs: {c: {file: haproxy.cfg}}\n"),
            ("configs: [{source: c, target: /etc/haproxy.cfg}]",
             "configs: {c: {content: 'listen x'}}\n"),
        ],
    )  # fmt: skip
    def test_other_ways_to_mount_it(self, read, mount, more):
        (finding,) = audit(read("listen x\n", mount, more), ["recommender"])
        assert "a circuit breaker" in finding.message

    def test_one_that_is_not_there_is_never_guarded(self, read):
        services = read(None)
        assert audit(services, ["recommender"]) == []
        (entry,) = untold(services, ["recommender"])
        assert (entry.subject, entry.harmless) == ("the guard-rail gateway of recommender", False)
        assert "haproxy.cfg: no such file" in entry.reason
        assert "gateway" not in rails_kept(services[1], [], services)

    @pytest.mark.parametrize(
        "mount",
        [
            "volumes: ['./haproxy.cfg:/usr/local/etc/haproxy/errors/503.http']",
            "volumes: ['.:/var/log/nginx']",
            'configs: [{source: c, target: /haproxy.cfg}]\n    labels: {"a": b}',
        ],
    )
    def test_other_files_are_left_alone(self, read, mount):
        more = 'configs: {c: {file: "x\\0y"}}\n'
        proxies = read("listen x\n", mount, more)[2].proxies
        assert all(each.fault for each in proxies)

    def test_one_outside_of_the_project_is_not_read(self, read):
        services = read(None, "volumes: ['/etc/haproxy:/usr/local/etc/haproxy']")
        assert services[2].proxies == ()
