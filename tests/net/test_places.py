"""Addresses that lead inside, however they are written."""

from __future__ import annotations

import pytest

from depcheck.net.connections import Connections
from depcheck.net.network import Network, network_from
from depcheck.net.places import is_inside, is_loopback


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]",
     "::ffff:127.0.0.1"],
)  # fmt: skip
def test_this_machine(host: str) -> None:
    assert is_loopback(host)
    assert is_inside(host)


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "::",
     "100.100.100.200", "fd00:ec2::254"],
)  # fmt: skip
def test_its_link_and_the_metadata_services(host: str) -> None:
    assert is_inside(host)
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "reg.example", "8.8.8.8", "", "x:y"])
def test_everywhere_else(host: str) -> None:
    assert not is_inside(host)


def test_odd_spellings_are_seen_through_by_looking_them_up() -> None:
    connections = Connections(Network())
    assert connections.addresses("http://2130706433/") in ([], ["127.0.0.1"])
    assert connections.addresses("http://127.0.0.1:5/") == ["127.0.0.1"]
    assert connections.addresses("https://reg.invalid/") == []
    behind = Connections(Network(proxies={"all": "http://127.0.0.1:1"}))
    assert behind.addresses("http://127.0.0.1:5/") == []


def test_what_variables_say_of_the_network() -> None:
    found = network_from(
        {
            "HTTPS_PROXY": "http://127.0.0.1:1",
            "no_proxy": "reg.example, .internal.example:443,",
            "REQUESTS_CA_BUNDLE": "/certs.pem",
        }
    )
    assert found.proxy_for("https", "other.example") == "http://127.0.0.1:1"
    assert found.proxy_for("https", "reg.example") is None
    assert found.proxy_for("https", "a.internal.example") is None
    assert found.proxy_for("http", "other.example") is None
    assert found.ca_file == "/certs.pem"
    assert network_from({"HTTP_PROXY": "http://127.0.0.1:1", "REQUEST_METHOD": "GET"}).proxies == {}
