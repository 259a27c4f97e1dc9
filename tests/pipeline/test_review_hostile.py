"""What a stranger may put into a change so that its own check says less."""

from __future__ import annotations

import os
from pathlib import Path

from tests.pipeline.shops import Shop, base_of, loosened_nothing, told, worsened


def test_a_configuration_that_is_reached_by_another_link_is_read_from_the_base(
    shop: Shop, tmp_path: Path
):
    """One outside of the repository is trusted: a link must not make one of the change that."""
    shop.proposed()
    worsened(shop)
    lines = ("[[suppress]]", 'rule = "conflict-*"', 'package = "pydantic"', 'reason = "mine"')
    shop.write("depcheck.toml", (shop.root / "depcheck.toml").read_text(), *lines)
    (tmp_path / "link").symlink_to(shop.root)
    (tmp_path / "direct.toml").symlink_to(shop.root / "depcheck.toml")
    components = (("web", "core", "web/requirements.txt"), ("ai", "ai", "ai/requirements.txt"))
    shop.commit("topic")
    shop.merge("topic")
    for config in ("link/depcheck.toml", "direct.toml"):
        report = shop.reviewed_as_it_lies(
            "HEAD^1", config=str(tmp_path / config), components=components
        )
        loosened_nothing(report)
        assert report.suppressed == ()


def test_a_link_to_a_file_of_the_machine_is_not_read(shop: Shop, tmp_path: Path):
    (tmp_path / "credentials.toml").write_text('fail-on = "hunter2"\nhunter3 = 1\n')
    shop.proposed()
    worsened(shop)
    (shop.root / "depcheck.toml").unlink()
    (shop.root / "depcheck.toml").symlink_to(tmp_path / "credentials.toml")
    report = shop.reviewed()
    loosened_nothing(report)
    assert base_of(report).altered == (
        "The configuration cannot be used: depcheck.toml: a link leads out of the repository.",
    )


def test_a_link_to_a_pipe_holds_nothing_up(shop: Shop, tmp_path: Path):
    os.mkfifo(shop.root / "pipe")
    shop.write(".gitignore", "pipe")
    shop.proposed()
    worsened(shop)
    (shop.root / "depcheck.toml").unlink()
    (shop.root / "pyproject.toml").symlink_to("pipe")
    report = shop.reviewed()
    loosened_nothing(report)
    assert base_of(report).altered == ("The configuration (depcheck.toml) is taken away.",)


EXPIRED = (
    "[[suppress]]", 'rule = "conflict-*"', 'package = "pydantic"', 'reason = "soon"',
    "expires = 2020-01-01",
)  # fmt: skip


def test_an_expired_suppression_that_the_change_adds_is_new_where_it_is_trusted(shop: Shop):
    text = (shop.root / "depcheck.toml").read_text()
    shop.proposed()
    shop.write("depcheck.toml", text, *EXPIRED)
    report = shop.reviewed(trust_head=True)
    assert ("suppression-expired", "new", True) in told(report)


def test_an_expired_suppression_that_the_change_takes_out_is_fixed(shop: Shop):
    text = (shop.root / "depcheck.toml").read_text()
    shop.write("depcheck.toml", text, *EXPIRED)
    shop.proposed()
    shop.write("depcheck.toml", text)
    fixed = base_of(shop.reviewed(trust_head=True)).fixed
    assert [finding.rule for finding in fixed] == ["suppression-expired"]


def test_the_suppressions_of_the_first_configuration_are_the_changes_own(shop: Shop):
    text = (shop.root / "depcheck.toml").read_text()
    (shop.root / "depcheck.toml").unlink()
    shop.proposed()
    shop.write("depcheck.toml", text, *EXPIRED)
    report = shop.reviewed()
    assert ("suppression-expired", "new", True) in told(report)
    assert base_of(report).fixed == ()


def test_options_for_pip_that_the_change_adds_are_told(shop: Shop):
    shop.core("--prefer-binary", "django>=4", "pydantic>=1")
    shop.proposed()
    shop.core(
        "--prefer-binary", "django>=4", "pydantic>=1",
        "--extra-index-url https://me:secret@reg.example/simple",
    )  # fmt: skip
    assert base_of(shop.reviewed()).altered == (
        "--extra-index-url https://***@reg.example/simple stands on a line of the change "
        "(web/requirements.txt:4): pip follows it, and depcheck does not.",
    )


def test_a_suppression_cannot_hide_behind_many_components(shop: Shop):
    shop.proposed()
    names = [f"c{n}" for n in range(60)]
    more = [line for name in names for line in (f"[components.{name}]", 'source = "web/x.txt"')]
    shop.configure(*more)
    text = (shop.root / "depcheck.toml").read_text()
    suppressed = ("[[suppress]]", 'rule = "conflict-*"', 'package = "a"', 'reason = "mine"')
    shop.write("depcheck.toml", text, *suppressed)
    told_first, *_, told_last = base_of(shop.reviewed()).altered
    assert told_first == 'A suppression is added: conflict-* of a, "mine".'
    assert told_last == "There are 21 more differences."


def test_a_configuration_with_many_faults_is_told_in_a_few(shop: Shop):
    shop.proposed()
    shop.write("depcheck.toml", *[f"k{n} = 1" for n in range(900)])
    (told_once,) = base_of(shop.reviewed()).altered
    assert "depcheck.toml:3: k2" in told_once
    assert told_once.endswith("; 897 more.")
