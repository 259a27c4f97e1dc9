"""A change that leaves an older commit: what main says now counts, not what it said then."""

from __future__ import annotations

import pytest

from depcheck.errors import SourceError
from tests.pipeline.shops import Shop, base_of, told, worsened

SUPPRESSED = ("[[suppress]]", 'rule = "conflict-*"', 'package = "pydantic"', 'reason = "mine"')


def went_on(shop: Shop, *lines: str) -> None:
    """Commit the change as it lies there, then a new configuration on main."""
    shop.commit("topic")
    shop.git("switch", "--quiet", "main")
    shop.configure(*lines)
    shop.commit("stricter")
    shop.git("switch", "--quiet", "topic")


def test_a_change_cannot_leave_where_the_configuration_was_weaker(shop: Shop):
    shop.write("depcheck.toml", (shop.root / "depcheck.toml").read_text(), *SUPPRESSED)
    shop.proposed()
    worsened(shop)
    went_on(shop)
    report = shop.reviewed_as_it_lies("main")
    assert told(report) == [("conflict-transitive", "new", True)]
    assert report.suppressed == ()
    base = base_of(report)
    assert base.revision == shop.git("merge-base", "main", "topic")
    assert base.notes[1].startswith("main has changed its configuration since this change left")
    assert base.altered == ()  # that is what main did, not the change


def test_a_change_cannot_leave_where_there_was_no_configuration(shop: Shop):
    text = (shop.root / "depcheck.toml").read_text()
    (shop.root / "depcheck.toml").unlink()
    shop.proposed()
    worsened(shop)
    shop.write("depcheck.toml", text, *SUPPRESSED)
    went_on(shop)
    report = shop.reviewed_as_it_lies("main")
    assert told(report) == [("conflict-transitive", "new", True)]
    assert base_of(report).configuration == "base"
    assert base_of(report).altered == ("A configuration is added: depcheck.toml.",)


def test_a_change_that_is_older_than_a_component_is_told_to_come_up_to_date(shop: Shop):
    shop.proposed()
    worsened(shop)
    went_on(shop, "[components.jobs]", 'source = "jobs/requirements.txt"')
    with pytest.raises(SourceError, match=r'^main:.* "jobs" is not in this branch') as caught:
        shop.reviewed_as_it_lies("main")
    assert caught.value.hint == "bring the branch up to date: git merge main"


def test_a_component_that_main_names_since_may_be_new_with_the_change(shop: Shop):
    shop.proposed()
    worsened(shop)
    shop.write("jobs/requirements.txt", "django<5")
    went_on(shop, "[components.jobs]", 'source = "jobs/requirements.txt"')
    report = shop.reviewed_as_it_lies("main")
    assert ("conflict-transitive", "new", True) in told(report)
    assert base_of(report).fault == ""
    assert 'The component "jobs" is new: the base has no file for it.' in base_of(report).notes


def test_with_trust_the_base_is_read_as_it_was_where_the_change_left(shop: Shop):
    shop.proposed()
    worsened(shop)
    went_on(shop, "[components.jobs]", 'source = "jobs/requirements.txt"')
    report = shop.reviewed_as_it_lies("main", trust_head=True)
    assert told(report) == [("conflict-transitive", "new", True)]
    assert (base_of(report).fault, base_of(report).altered) == ("", ())
