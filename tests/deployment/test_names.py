"""Service names: valid everywhere, and never two for one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.deployment.names import (
    LONGEST,
    RESERVED,
    gateway_name,
    service_name,
)
from depcheck.errors import ConfigurationError

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
REPOSITORY = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("web", "web"),
        ("Web.App", "web-app"),
        ("--rm", "rm"),
        ("a__b..c", "a-b-c"),
        ("Café", "cafe"),
        ("7zip", "7zip"),
        ("web\n$(id)", "web-id"),
        ("gateway", "app-gateway"),
        ("Gateway-web", "app-gateway-web"),
        ("LocalHost", "app-localhost"),
    ],
)
def test_a_name_is_made_valid(text: str, name: str) -> None:
    assert service_name(text) == name


@pytest.mark.parametrize("text", ["", "...", "日本", "12", "0x7f", "١٢"])
def test_nothing_valid_is_left(text: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be made a service and image name"):
        service_name(text)


@given(st.text(max_size=200))
def test_every_name_is_a_label_a_repository_and_itself_again(text: str) -> None:
    try:
        name = service_name(text)
    except ConfigurationError:
        return
    assert LABEL.fullmatch(name)
    assert REPOSITORY.fullmatch(name)
    assert len(name) <= LONGEST
    assert name not in RESERVED
    assert not name.startswith("gateway-")
    assert service_name(name) == name


def test_long_names_that_begin_alike_stay_apart() -> None:
    first, second = service_name("a" * 80), service_name("a" * 81)
    assert first != second
    assert len(first) == len(second) == LONGEST


def test_gateways_are_told_apart_and_are_called_like_no_service() -> None:
    services = ["a", "app", "b" * 63, f"{'b' * 62}c"]
    names = [gateway_name(service) for service in services]
    assert len(set(names)) == len(names)
    assert all(LABEL.fullmatch(name) and len(name) <= LONGEST for name in names)
    assert all(service_name(name) != name for name in names)
