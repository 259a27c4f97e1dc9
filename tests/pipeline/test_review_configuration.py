"""Whose configuration counts when a change is reviewed: never the change's own by itself."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from depcheck.config import CommandLine
from depcheck.config.against import load_against
from depcheck.errors import DepcheckError, SourceError, UsageError
from depcheck.revisions.repository import find_repository, open_revision
from tests.pipeline.shops import Shop, base_of, loosened_nothing, told, worsened
from tests.support.repositories import ENVIRON


def test_a_change_cannot_suppress_what_it_brings(shop: Shop):
    shop.proposed()
    worsened(shop)
    shop.write(
        "depcheck.toml", (shop.root / "depcheck.toml").read_text(), "[[suppress]]",
        'rule = "conflict-*"', 'package = "pydantic"', 'reason = "trust me\\u001b[0m"',
    )  # fmt: skip
    report = shop.reviewed()
    loosened_nothing(report)
    assert report.suppressed == ()
    assert base_of(report).altered == (
        'A suppression is added: conflict-* of pydantic, "trust me\\x1b[0m".',
    )


def test_a_change_cannot_raise_the_bar(shop: Shop):
    shop.proposed()
    worsened(shop)
    shop.configure('fail-on = "never"')
    found = find_repository(shop.root, ENVIRON)
    report = shop.reviewed()
    loosened_nothing(report)
    with open_revision(found, "HEAD^1") as revision:
        settings = load_against(
            start=shop.root, config=None, overrides=CommandLine(), reading=revision.tree
        ).settings
    assert settings.fail_on == "warning"
    assert base_of(report).altered == ('fail-on becomes "never" (it was "warning").',)


def test_a_change_cannot_choose_another_index(shop: Shop):
    shop.proposed()
    worsened(shop)
    shop.url = "https://user:secret@shop_index.example/simple"
    shop.configure()
    report = shop.reviewed()
    loosened_nothing(report)
    assert report.indexes[0].startswith("http://127.0.0.1")
    altered = base_of(report).altered[0]
    assert altered.startswith('index-url becomes "https://***@shop_index.example/simple"')
    assert "secret" not in altered


def test_a_change_cannot_take_a_component_out(shop: Shop):
    shop.proposed()
    worsened(shop)
    shop.write("depcheck.toml", "[components]", 'web = "web/requirements.txt"')
    report = shop.reviewed()
    loosened_nothing(report)
    assert 'The component "ai" is taken out.' in base_of(report).altered


@pytest.mark.parametrize("lines", [["[components"], ["componets = 1"]])
def test_a_change_cannot_break_the_configuration(shop: Shop, lines: list[str]):
    shop.proposed()
    worsened(shop)
    shop.write("depcheck.toml", *lines)
    report = shop.reviewed()
    loosened_nothing(report)
    assert "The configuration cannot be used: depcheck.toml:1" in base_of(report).altered[0]


def test_a_change_cannot_take_the_configuration_away(shop: Shop):
    shop.proposed()
    worsened(shop)
    (shop.root / "depcheck.toml").unlink()
    report = shop.reviewed()
    loosened_nothing(report)
    assert base_of(report).altered == ("The configuration (depcheck.toml) is taken away.",)


def test_a_nearer_configuration_of_the_change_does_not_count(shop: Shop):
    (shop.root / "depcheck.toml").rename(shop.root / "pyproject.toml")
    text = (
        (shop.root / "pyproject.toml")
        .read_text()
        .replace("[components", "[tool.depcheck.components")
    )
    shop.write("pyproject.toml", f"[tool.depcheck]\n{text}")
    shop.proposed()
    worsened(shop)
    shop.write("depcheck.toml", "[components]", 'web = "web/requirements.txt"')
    report = shop.reviewed()
    loosened_nothing(report)
    assert base_of(report).altered[0] == (
        "The configuration stands in depcheck.toml instead of pyproject.toml."
    )


def test_a_named_configuration_is_read_from_the_base_too(shop: Shop):
    (shop.root / "depcheck.toml").rename(shop.root / "check.toml")
    shop.proposed()
    worsened(shop)
    (shop.root / "check.toml").unlink()
    loosened_nothing(shop.reviewed(config="check.toml"))


def test_a_component_that_the_change_moves_away_is_told(shop: Shop):
    shop.proposed()
    shop.git("mv", "web", "site")
    shop.configure()
    text = (shop.root / "depcheck.toml").read_text().replace("web/", "site/")
    shop.write("depcheck.toml", text)
    with pytest.raises(
        SourceError, match=r"HEAD\^1:depcheck.toml:5: web/requirements.txt .* is gone"
    ) as caught:
        shop.reviewed()
    assert "--trust-head" in caught.value.hint
    trusting = shop.reviewed_as_it_lies("HEAD^1", trust_head=True)
    assert base_of(trusting).configuration == "head"
    assert told(trusting) == []


def test_with_trust_the_heads_configuration_counts(shop: Shop):
    shop.proposed()
    worsened(shop)
    shop.write(
        "depcheck.toml", (shop.root / "depcheck.toml").read_text(), "[[suppress]]",
        'rule = "conflict-*"', 'package = "pydantic"', 'reason = "being mended"',
    )  # fmt: skip
    report = shop.reviewed(trust_head=True)
    assert report.findings == ()
    assert [(s.finding.rule, s.by.reason) for s in report.suppressed] == [
        ("conflict-transitive", "being mended")
    ]
    assert base_of(report).configuration == "head"
    assert base_of(report).altered[0].startswith("A suppression is added")


def test_with_trust_the_base_is_read_as_it_was_configured(shop: Shop):
    shop.core("django>=4", "pydantic<2")
    shop.write("depcheck.toml", *[
        line for line in (shop.root / "depcheck.toml").read_text().splitlines()
        if "ai" not in line
    ])  # fmt: skip
    shop.proposed()
    shop.ai("langchain>=0.3")
    shop.configure()
    report = shop.reviewed(trust_head=True)
    assert told(report) == [("conflict-transitive", "new", True)]
    assert base_of(report).verdict == "compatible"


def test_without_a_configuration_of_the_base_the_heads_counts_and_it_is_said(shop: Shop):
    (shop.root / "depcheck.toml").unlink()
    shop.proposed()
    worsened(shop)
    shop.configure()
    report = shop.reviewed()
    assert told(report) == [("conflict-transitive", "new", True)]
    assert base_of(report).configuration == "head"
    assert "HEAD^1 has no configuration: that of the head counts." in base_of(report).notes


def test_components_of_the_command_line_stand_alone(shop: Shop):
    (shop.root / "depcheck.toml").unlink()
    shop.proposed()
    worsened(shop)
    shop.configure("prereleases = true")
    components = (("web", "core", "web/requirements.txt"), ("ai", "ai", "ai/requirements.txt"))
    report = shop.reviewed(components=components, index_url=shop.url)
    assert told(report) == [("conflict-transitive", "new", True)]
    assert base_of(report).configuration == "none"
    assert base_of(report).altered == ("A configuration is added: depcheck.toml.",)


def test_a_component_that_the_base_has_not_is_new(shop: Shop):
    (shop.root / "depcheck.toml").unlink()
    (shop.root / "ai/requirements.txt").unlink()
    shop.proposed()
    worsened(shop)
    components = (("web", "core", "web/requirements.txt"), ("ai", "ai", "ai/requirements.txt"))
    report = shop.reviewed(components=components, index_url=shop.url)
    assert told(report) == [("conflict-transitive", "new", True)]
    assert base_of(report).notes == ('The component "ai" is new: the base has no file for it.',)


def test_a_configuration_outside_of_the_repository_counts_for_both(shop: Shop, tmp_path: Path):
    shop.proposed()
    worsened(shop)
    text = (shop.root / "depcheck.toml").read_text()
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(UsageError, match="lies outside of the repository"):
        shop.reviewed(config=str(tmp_path / "policy.toml"))
    components = (("web", "core", "web/requirements.txt"), ("ai", "ai", "ai/requirements.txt"))
    report = shop.reviewed_as_it_lies(
        "HEAD^1", config=str(tmp_path / "policy.toml"), components=components
    )
    assert told(report) == [("conflict-transitive", "new", True)]


def test_a_broken_configuration_of_the_base_is_told_with_the_way_out(shop: Shop):
    shop.write("depcheck.toml", "python = 3.11")
    shop.proposed()
    shop.configure()
    with pytest.raises(DepcheckError, match=r"^HEAD\^1:depcheck.toml:1: python: must be") as caught:
        shop.reviewed()
    assert "--trust-head" in caught.value.hint
    report = shop.reviewed_as_it_lies("HEAD^1", trust_head=True)
    assert "cannot be used: HEAD^1:depcheck.toml:1: python" in base_of(report).notes[0]


def test_an_expired_suppression_of_the_base_is_known(shop: Shop):
    shop.core("django>=4", "pydantic<2")
    shop.ai("langchain>=0.3")
    shop.write(
        "depcheck.toml", (shop.root / "depcheck.toml").read_text(), "[[suppress]]",
        'rule = "conflict-*"', 'package = "pydantic"', 'reason = "being mended"',
        f"expires = {datetime.date(2020, 1, 1)}",
    )  # fmt: skip
    shop.proposed()
    shop.core("django>=4.1", "pydantic<2")
    assert told(shop.reviewed()) == [
        ("conflict-transitive", "known", False),
        ("suppression-expired", "known", False),
    ]


def test_a_project_may_lie_deeper_in_the_repository(shop: Shop):
    for name in ("web", "ai", "depcheck.toml"):
        (shop.root / "apps").mkdir(exist_ok=True)
        (shop.root / name).rename(shop.root / "apps" / name)
    shop.proposed()
    shop.write("apps/web/requirements.txt", "django>=4", "pydantic<2")
    shop.write("apps/ai/requirements.txt", "langchain>=0.3")
    report = shop.reviewed(config="apps/depcheck.toml")
    assert told(report) == [("conflict-transitive", "new", True)]
    assert set(base_of(report).changes) == {"web/requirements.txt", "ai/requirements.txt"}


def test_an_index_of_the_repository_that_the_change_alters_is_told(shop: Shop):
    for version in ("4.2", "5.0"):
        shop.write(f"index/django/{version}", "no index is asked for this: only its files count")
    shop.url = "index"
    shop.configure()
    shop.proposed()
    (shop.root / "index/django/5.0").unlink()
    report = shop.reviewed(index_url=None)
    assert base_of(report).altered == ("The index index is in the repository, and is altered.",)


def test_a_lock_that_the_change_takes_away_is_told(shop: Shop):
    shop.write("web/requirements.lock", "pydantic==1.10")
    text = (shop.root / "depcheck.toml").read_text()
    lock = 'role = "core"\nlock = "web/requirements.lock"'
    (shop.root / "depcheck.toml").write_text(text.replace('role = "core"', lock))
    shop.proposed()
    (shop.root / "web/requirements.lock").unlink()
    with pytest.raises(SourceError, match=r"web/requirements.lock of the component .* is gone"):
        shop.reviewed()


def test_a_configuration_of_the_base_that_leads_elsewhere_is_no_missing_one(shop: Shop):
    (shop.root / "depcheck.toml").unlink()
    (shop.root / "depcheck.toml").symlink_to("/etc/hostname")
    shop.proposed()
    (shop.root / "depcheck.toml").unlink()
    shop.configure('fail-on = "never"')
    with pytest.raises(DepcheckError, match="a link leads out of the repository"):
        shop.reviewed()


def test_an_environment_is_the_same_for_both_sides(shop: Shop):
    packages = "venv/lib/python3.11/site-packages/pydantic-1.10.dist-info"
    shop.write("venv/pyvenv.cfg", "version = 3.11.7")
    shop.write("venv/bin/python", "")
    shop.write(f"{packages}/METADATA", "Metadata-Version: 2.1", "Name: pydantic", "Version: 1.10")
    shop.write(".gitignore", "venv")
    text = (shop.root / "depcheck.toml").read_text()
    (shop.root / "depcheck.toml").write_text(text.replace("web/requirements.txt", "env:venv"))
    shop.ai("langchain>=0.2")
    shop.proposed()
    shop.ai("langchain>=0.3")
    report = shop.reviewed()
    assert told(report) == [("shift-major", "changed", True)]
    assert 'The environment of "web" is the same for both sides.' in base_of(report).notes
