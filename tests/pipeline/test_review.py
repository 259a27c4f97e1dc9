"""What a change brings: two revisions of a real repository over an index on loopback."""

from __future__ import annotations

import pytest

from tests.pipeline.shops import Shop, base_of, told
from tests.support.index_server import IndexServer


def test_a_conflict_that_the_change_brings_is_new(shop: Shop):
    shop.proposed()
    shop.core("django>=4", "pydantic>=1,<2")
    shop.ai("langchain>=0.3")
    report = shop.reviewed()
    assert told(report) == [("conflict-transitive", "new", True)]
    assert report.findings[0].novelty is not None
    assert report.findings[0].novelty.touched
    base = base_of(report)
    assert (base.named, base.verdict, base.configuration) == ("HEAD^1", "shifts", "base")
    assert base.revision == shop.git("rev-parse", "HEAD^1")
    assert base.changes == {"web/requirements.txt": ((2, 2),), "ai/requirements.txt": ((1, 1),)}
    assert (base.fault, base.altered) == ("", ())


def test_a_conflict_that_was_there_is_known(shop: Shop):
    shop.core("django>=4", "pydantic<2")
    shop.ai("langchain>=0.3")
    shop.proposed()
    shop.core("# a line more", "django>=4.1", "pydantic<2")
    report = shop.reviewed()
    assert told(report) == [("conflict-transitive", "known", False)]
    assert base_of(report).verdict == "conflict"


def test_a_conflict_that_the_change_heals_is_fixed(shop: Shop):
    shop.core("django>=4", "pydantic<2")
    shop.ai("langchain>=0.3")
    shop.proposed()
    shop.core("django>=4", "pydantic>=2")
    report = shop.reviewed()
    assert told(report) == []
    assert [finding.rule for finding in base_of(report).fixed] == ["conflict-transitive"]


def test_a_shift_that_goes_further_is_worse(shop: Shop):
    shop.write("web/requirements.lock", "pyjwt==1.7")
    shop.core("pyjwt")
    shop.configure()
    text = (shop.root / "depcheck.toml").read_text()
    lock = 'role = "core"\nlock = "web/requirements.lock"'
    (shop.root / "depcheck.toml").write_text(text.replace('role = "core"', lock))
    shop.ai("langchain")
    shop.proposed()
    shop.ai("langchain", "mcp")
    report = shop.reviewed()
    moved = next(f for f in report.findings if f.rule == "shift-major")
    assert moved.novelty is not None
    assert (moved.novelty.status, moved.novelty.worse) == ("changed", True)
    assert moved.novelty.brought


def test_without_a_change_of_dependencies_nothing_is_new(shop: Shop, shop_index: IndexServer):
    shop.core("django>=4", "pydantic<2")
    shop.ai("langchain>=0.3")
    shop.proposed()
    shop.write("web/app.py", "import django")
    shop.core("# only a comment", "django>=4", "pydantic<2")
    report = shop.reviewed()
    assert told(report) == [("conflict-transitive", "known", False)]
    base = base_of(report)
    assert base.notes == ("Nothing that is checked here has changed since HEAD^1.",)
    assert base.verdict == "conflict"
    assert base.changes == {"web/requirements.txt": ((1, 1),)}


def test_each_page_of_the_index_is_asked_for_once(shop: Shop, shop_index: IndexServer):
    shop.proposed()
    shop.core("django>=4", "pydantic>=1,<2")
    shop_index.counts.clear()
    report = shop.reviewed()
    pages = {path: n for path, n in shop_index.counts.items() if path.endswith("/")}
    assert len(pages) >= 3
    assert set(pages.values()) == {1}
    assert report.requests >= len(pages)


def test_what_is_not_committed_counts_for_the_head(shop: Shop):
    shop.commit("main")
    shop.core("django>=4", "pydantic<2")
    shop.write("web/new.txt", "mcp")
    shop.ai("-r ../web/new.txt", "langchain>=0.3")
    report = shop.reviewed_as_it_lies()
    assert told(report) == [("conflict-transitive", "new", True)]
    assert base_of(report).changes["web/new.txt"] == ((1, 2),)


@pytest.mark.parametrize("broken", ["django >= >= 4", "-r missing.txt", "-r ../../outside.txt"])
def test_a_base_that_cannot_be_read_makes_nothing_new_and_nothing_clean(shop: Shop, broken: str):
    shop.core(broken, "pydantic<2")
    shop.ai("langchain>=0.3")
    shop.proposed()
    shop.core("django>=4", "pydantic<2")
    report = shop.reviewed()
    assert told(report) == [("conflict-transitive", "unknown", False)]
    base = base_of(report)
    assert base.verdict is None
    assert base.fault.startswith("web/requirements.txt:1")
    assert base.fixed == ()
    assert "/tmp" not in base.fault


def test_a_change_that_mends_a_broken_base_is_clean(shop: Shop):
    shop.core("django >= >= 4")
    shop.proposed()
    shop.core("django>=4")
    report = shop.reviewed()
    assert told(report) == []
    assert base_of(report).fault != ""


def test_a_page_that_fails_for_the_base_alone_leaves_doubt(shop: Shop, shop_index: IndexServer):
    shop.core("django>=4", "flaky")
    shop.proposed()
    shop.core("django>=4", "pydantic<2")
    shop.ai("langchain>=0.3")
    shop_index.misbehave("/flaky/", status=500)
    report = shop.reviewed()
    assert told(report) == [("conflict-transitive", "unknown", False)]
    notes = base_of(report).notes
    assert any("could not be read (flaky" in note for note in notes)
