"""Links, the prefix, and the command that reports show: strangers may have set the variables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.cli.context import command, context, docs, links, prefix

HEAD, MERGE = "a" * 40, "b" * 40
GITHUB = {
    "GITHUB_SERVER_URL": "https://git.example",
    "GITHUB_REPOSITORY": "shop/web.site_1",
    "GITHUB_SHA": MERGE,
}


def event(folder: Path, data: object) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return {**GITHUB, "GITHUB_EVENT_PATH": str(path)}


def test_links_lead_to_the_commit() -> None:
    assert links(GITHUB) == f"https://git.example/shop/web.site_1/blob/{MERGE}/"
    assert links({**GITHUB, "GITHUB_SERVER_URL": "https://git.example:8443"}).startswith(
        "https://git.example:8443/shop/"
    )


def test_links_of_a_pull_request_lead_to_its_branch(tmp_path: Path) -> None:
    environ = event(tmp_path, {"pull_request": {"head": {"sha": HEAD}}})
    assert links(environ) == f"https://git.example/shop/web.site_1/blob/{HEAD}/"


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        "null",
        "{",
        "[" * 100_000,
        "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"),
        {"pull_request": None},
        {"pull_request": {"head": []}},
        {"pull_request": {"head": {"sha": 1}}},
        {"pull_request": {"head": {"sha": "../../x"}}},
        {"pull_request": {"head": {"sha": HEAD + "\n"}}},
        {"pull_request": {"head": {"sha": HEAD.upper()}}},
    ],
)
def test_an_event_that_tells_no_commit_counts_for_nothing(data: object, tmp_path: Path) -> None:
    assert links(event(tmp_path, data)).endswith(f"/{MERGE}/")


def test_an_event_file_that_is_not_there_counts_for_nothing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        assert links({**GITHUB, "GITHUB_EVENT_PATH": str(path)}).endswith(f"/{MERGE}/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_SERVER_URL", ""),
        ("GITHUB_SERVER_URL", "http://git.example"),
        ("GITHUB_SERVER_URL", "javascript:alert(1)//"),
        ("GITHUB_SERVER_URL", "https://user:secret@git.example"),
        ("GITHUB_SERVER_URL", "https://git.example/x)"),
        ("GITHUB_SERVER_URL", "https://git.example\n"),
        ("GITHUB_REPOSITORY", "shop"),
        ("GITHUB_REPOSITORY", "shop/.."),
        ("GITHUB_REPOSITORY", "../web"),
        ("GITHUB_REPOSITORY", "shop/web/x"),
        ("GITHUB_REPOSITORY", 'shop/"onclick='),
        ("GITHUB_SHA", "main"),
        ("GITHUB_SHA", "a" * 39),
    ],
)
def test_what_is_not_of_its_form_makes_no_link(name: str, value: str) -> None:
    assert links({**GITHUB, name: value}) == ""


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://docs.example/rules.md", True),
        ("https://docs.example", True),
        ("http://docs.example/rules.md", False),
        ("javascript:alert(1)", False),
        ("https://docs.example/a b", False),
        ('https://docs.example/"><b>', False),
        ("https://user:secret@docs.example/", False),
        ("https://docs.example/?token=x", False),
        ("https://docs.example/\n", False),
        ("", False),
    ],
)
def test_the_page_of_rules(address: str, kept: bool) -> None:
    assert docs({"DEPCHECK_DOCS_URL": address}) == (address if kept else "")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("check --core a.txt", "check --core a.txt"),
        ("check --format json --core a.txt", "check --core a.txt"),
        ("check --format=json --output x --output=html=y --color never", "check"),
        ("check --cache-dir /tmp/c --no-cache --cache-dir=x --base main", "check --base main"),
        ("check --no-progress --quiet --exit-zero -q -qv", "check -v"),
        (
            "check --verbose --fail-on error --base main",
            "check --verbose --fail-on error --base main",
        ),
        ("parity -- --format x", "parity -- --format x"),
        ("check --format", "check"),
        (
            "check --index-url https://user:hunter2@index.example/simple/?sig=hunter2",
            "check --index-url https://***@index.example/simple/?***",
        ),
        (
            "check --index-url=https://hunter2@index.example/",
            "check --index-url=https://***@index.example/",
        ),
    ],
)
def test_the_command_to_run_again(given: str, kept: str) -> None:
    assert command(given.split()) == ("depcheck", *kept.split())


def test_the_prefix_leads_from_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = tmp_path / "repo" / "apps" / "shop"
    shop.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert prefix(shop) == "repo/apps/shop/"
    (tmp_path / "repo" / ".git").mkdir()
    assert prefix(shop) == "apps/shop/"
    (shop / ".git").write_text("gitdir: elsewhere\n")  # a worktree's
    assert prefix(shop) == ""
    monkeypatch.chdir(shop)
    (shop / ".git").unlink()
    assert prefix(shop) == "apps/shop/"


def test_a_root_elsewhere_has_no_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert prefix(tmp_path / "there") == ""


def test_all_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = context(tmp_path, {}, ["check", "--format", "html"])
    assert (made.prefix, made.links, made.docs, made.command) == ("", "", "", ("depcheck", "check"))


BASE = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("given", "branch", "told"),
    [
        ("--base HEAD^1", "main", "--base origin/main"),
        ("--base=HEAD~1", "feature/a.b", "--base=origin/feature/a.b"),
        ("--base HEAD^1", "", f"--base {BASE}"),
        ("--base HEAD~3", "main", f"--base {BASE}"),
        ("--base FETCH_HEAD", "main", f"--base {BASE}"),
        ("--base main", "other", "--base main"),
        ("--base v1.0^", "main", "--base v1.0^"),
        ("--base", "main", "--base"),
        *(
            ("--base HEAD^1", branch, f"--base {BASE}")
            for branch in ("-x", "a b", "a..b", "a;b", "/a", "a/", "a//b", ".a", "a\n", "`a`", "ä")
        ),
    ],
)
def test_the_base_is_the_same_commit_on_every_machine(
    given: str, branch: str, told: str, tmp_path: Path
) -> None:
    environ = {"GITHUB_BASE_REF": branch}
    made = context(tmp_path, environ, ["check", *given.split()], base=BASE)
    assert made.command == ("depcheck", "check", *told.split())


def test_a_base_that_is_not_known_stays_as_it_was_given(tmp_path: Path) -> None:
    made = context(tmp_path, {}, ["check", "--base", "HEAD^1"])
    assert made.command[-1] == "HEAD^1"


def test_the_configuration_lies_below_the_root(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "ci/depcheck.toml", "ci/depcheck.toml"), (Path("/x.toml"), "")):
        assert context(tmp_path, {}, [], config=path).config == told
