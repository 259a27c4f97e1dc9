"""References as people write them."""

from __future__ import annotations

import time

import pytest

from depcheck.errors import UsageError
from depcheck.images.reference import DEFAULT_HOST, is_digest, parse_reference

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "host", "repository", "tag"),
    [
        ("debian", DEFAULT_HOST, "library/debian", "latest"),
        ("debian:12", DEFAULT_HOST, "library/debian", "12"),
        ("team/shop", DEFAULT_HOST, "team/shop", "latest"),
        ("index." + DEFAULT_HOST + "/debian", DEFAULT_HOST, "library/debian", "latest"),
        ("localhost/shop", "localhost", "shop", "latest"),
        ("reg.example/shop:1", "reg.example", "shop", "1"),
        ("REG.example/shop:1", "reg.example", "shop", "1"),
        ("host:5000/a/b__c/d-e.f:Tag_1.x", "host:5000", "a/b__c/d-e.f", "Tag_1.x"),
        ("[::1]:5000/shop", "[::1]:5000", "shop", "latest"),
        ("127.0.0.1:65535/shop", "127.0.0.1:65535", "shop", "latest"),
    ],
)
def test_parts(text: str, host: str, repository: str, tag: str) -> None:
    found = parse_reference(text)
    assert (found.host, found.repository, found.tag, found.digest) == (host, repository, tag, "")
    assert parse_reference(str(found)) == found


def test_a_digest_decides() -> None:
    by_digest = parse_reference(f"reg.example/shop@{DIGEST}")
    assert (by_digest.tag, by_digest.digest, by_digest.target) == ("", DIGEST, DIGEST)
    both = parse_reference(f"reg.example/shop:1@{DIGEST}")
    assert (both.tag, both.target) == ("1", DIGEST)
    assert str(both) == f"reg.example/shop:1@{DIGEST}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("reg.example/", "no repository"),
        ("reg.example/Shop", "lower case"),
        ("reg.example/shop:", "the tag"),
        ("reg.example/shop:-x", "the tag"),
        ("reg.example/shop:" + "x" * 129, "the tag"),
        ("reg.example/shop@sha256:abc", "digest"),
        ("reg.example/shop@md5:" + "a" * 32, "digest"),
        ("reg.example/shop@" + DIGEST.upper(), "digest"),
        ("reg.example/a//b", "a-z"),
        ("reg.example/_a", "a-z"),
        ("reg.example/../../v2/x", "a-z"),
        ("reg.example/a b", "a-z"),
        ("reg.example:99999/shop", "no host name"),
        ("-reg.example/shop", "no host name"),
        ("me:pw@reg.example/shop", "digest"),
        ("https://reg.example/shop", "an address"),
        ("reg.example/" + "a" * 260, "255"),
        ("a" * 5000, "too long"),
    ],
)
def test_what_is_no_reference(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_reference(text)
    assert reason in caught.value.message
    assert caught.value.hint
    assert len(caught.value.message) < 400


def test_hostile_text_is_shown_inert_and_read_fast() -> None:
    with pytest.raises(UsageError) as caught:
        parse_reference("reg.example/\x1b]0;x\n::error::y")
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message
    began = time.process_time()
    for text in ("a" * 500 + "!", "a-" * 500, "a." * 500, "a/" * 400 + "A", "a.b:" * 250):
        with pytest.raises(UsageError):
            parse_reference(text)
    assert time.process_time() - began < 0.5


def test_digests() -> None:
    assert is_digest(DIGEST)
    assert is_digest("sha512:" + "0" * 128)
    assert not is_digest(DIGEST + "\n")
    assert not is_digest("sha512:" + "0" * 64)
