"""Suppressions of a configuration, in each job: what counts, what stays, what is told."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from depcheck.model.isolation import AuditReport, IsolationReport, IsolationSettings, Wish
from depcheck.model.observer import Silent
from depcheck.model.report import Report
from depcheck.model.review import Suppression
from depcheck.model.settings import ComponentSettings, IndexSettings, Settings
from depcheck.pipeline.auditing import audit
from depcheck.pipeline.combine import check
from depcheck.pipeline.divide import isolate
from depcheck.report.status import (
    audit_exit_status,
    exit_status,
    is_all_known,
    is_all_told,
    isolation_exit_status,
)
from tests.support.catalogs import FAST
from tests.support.index_server import IndexServer, Release

TODAY = datetime.date(2026, 11, 23)
PROJECTS = {
    "jwt": {"1.7": Release(), "2.8": Release()},
    "split": {"1.0": Release(), "2.0": Release()},
}
COMPOSE = """\
services:
  web: {image: shop}
  rec: {image: rec, build: .}
  db: {image: db}
"""


@pytest.fixture(scope="module")
def index():
    with IndexServer(PROJECTS) as running:
        yield running


def entry(rule: str, **rest: Any) -> Suppression:
    return Suppression(**({"rule": rule, "reason": "the team knows"} | rest))


@pytest.fixture
def settings(tmp_path: Path, index: IndexServer):
    """Settings for a web core and a recommender, of a line each."""

    def made(web: str, ai: str, *entries: Suppression) -> Settings:
        (tmp_path / "web.txt").write_text(web, encoding="utf-8")
        (tmp_path / "ai.txt").write_text(ai, encoding="utf-8")
        return Settings(
            root=tmp_path,
            components=(
                ComponentSettings(name="web", role="core", source="web.txt"),
                ComponentSettings(name="ai", role="ai", source="ai.txt"),
            ),
            python="3.11",
            platform="linux/amd64",
            index=IndexSettings(index_url=index.url, no_cache=True),
            suppressions=entries,
            today=TODAY,
        )

    return made


def checked(given: Settings) -> Report:
    return check(given, environ={"HOME": str(given.root), **FAST}, observer=Silent())


def divided(given: Settings, **more: Any) -> IsolationReport:
    asked = IsolationSettings(settings=given, **more)
    return isolate(asked, environ={"HOME": str(given.root), **FAST}, observer=Silent())


def rules(report: Report | IsolationReport | AuditReport) -> list[str]:
    return [finding.rule for finding in report.findings]


class TestCheck:
    def test_a_conflict_that_is_accepted(self, settings):
        lines = ("split<2", "split>=2")
        plain = checked(settings(*lines))
        assert (rules(plain), exit_status(plain, "warning")) == (["conflict-direct"], 1)
        report = checked(settings(*lines, entry("conflict-*", package="split", component="ai")))
        assert (rules(report), report.verdict) == ([], "conflict")
        assert [each.finding for each in report.suppressed] == list(plain.findings)
        assert exit_status(report, "note") == 0

    def test_a_gap_that_is_accepted(self, settings):
        lines = ("jwt\ndark @ git+https://git.example/dark", "jwt")
        assert exit_status(checked(settings(*lines)), "never") == 3
        report = checked(settings(*lines, entry("undetermined", package="dark")))
        assert (rules(report), report.verdict) == ([], "undetermined")
        assert [each.subject for each in report.undetermined] == [
            "dark @ git+https://git.example/dark"
        ]
        assert exit_status(report, "note") == 0

    def test_an_entry_that_meets_nothing(self, settings):
        report = checked(settings("jwt", "jwt", entry("shift-major", package="jwt")))
        assert rules(report) == ["suppression-unused"]
        assert exit_status(report, "warning") == 0


class TestIsolate:
    def test_a_wall_that_is_accepted_stands_and_does_not_count(self, settings):
        lines = ("split<2", "split>=2")
        assert isolation_exit_status(divided(settings(*lines)), "error") == 1
        report = divided(settings(*lines, entry("wall-conflict", package="split")))
        assert isolation_exit_status(report, "note") == 0
        assert rules(report) == []
        assert [f.rule for wall in report.boundaries for f in wall.reasons] == ["wall-conflict"]
        assert [each.finding.rule for each in report.suppressed] == ["wall-conflict"]

    def test_what_stands_in_the_way_of_a_wish_is_accepted_with_the_wish(self, settings):
        wish = Wish(kind="together", components=("web", "ai"))
        both = [entry("wall-conflict", component="ai"), entry("wish-impossible", component="ai")]
        lines = ("split<2", "split>=2")
        report = divided(settings(*lines, *both), asked=(wish,))
        assert isolation_exit_status(report, "warning") == 0
        assert {each.finding.rule for each in report.suppressed} == {
            "wall-conflict", "wish-impossible",
        }  # fmt: skip
        report = divided(settings(*lines, both[0]), asked=(wish,))
        assert isolation_exit_status(report, "warning") == 1

    def test_a_gap_that_is_accepted(self, settings):
        lines = ("jwt\ndark @ git+https://git.example/dark", "jwt")
        assert isolation_exit_status(divided(settings(*lines)), "never") == 3
        report = divided(settings(*lines, entry("undetermined", package="dark")))
        assert isolation_exit_status(report, "note") == 0
        assert not is_all_known(report)
        assert report.undetermined

    def test_entries_for_a_check_are_not_unused_here(self, settings):
        report = divided(settings("jwt", "jwt", entry("shift-major"), entry("*", package="x")))
        assert rules(report) == []
        report = divided(settings("jwt", "jwt", entry("wall-trust")))
        assert rules(report) == ["suppression-unused"]


class TestAudit:
    @pytest.fixture
    def audited(self, tmp_path):
        def run(*entries: Suppression, text: str = COMPOSE) -> AuditReport:
            (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
            named = ComponentSettings(name="recommender", role="ai", source="x", container="rec")
            return audit(
                ["compose.yaml"],
                root=tmp_path,
                components=[named],
                suppressions=entries,
                today=TODAY,
                environ={},
                observer=Silent(),
            )

        return run

    def test_a_guard_rail_that_is_accepted_is_not_kept_either(self, audited):
        plain, report = audited(), audited(entry("guardrail-memory", component="recommender"))
        assert "guardrail-memory" in rules(plain)
        assert "guardrail-memory" not in rules(report)
        assert report.kept == plain.kept
        assert [each.finding.rule for each in report.suppressed] == ["guardrail-memory"]

    def test_all_of_a_component_by_its_name_though_its_service_has_another(self, audited):
        report = audited(entry("guardrail-*", component="recommender"))
        assert rules(report) == []
        assert audit_exit_status(report, "note") == 0

    def test_a_gap_that_is_accepted(self, audited):
        text = COMPOSE.replace("image: rec,", "image: rec, mem_limit: $LIMIT,")
        every = [entry("guardrail-*")]
        assert audit_exit_status(audited(*every, text=text), "note") == 3
        report = audited(*every, entry("undetermined", component="recommender"), text=text)
        assert audit_exit_status(report, "note") == 0
        assert not is_all_told(report)
        assert any("memory" in each.subject for each in report.undetermined)
        assert "undetermined" not in rules(report)

    def test_a_gap_is_no_finding_of_an_audit(self, audited):
        text = COMPOSE.replace("image: rec,", "image: rec, mem_limit: $LIMIT,")
        assert "undetermined" not in rules(audited(text=text))

    def test_an_entry_that_has_expired(self, audited):
        past = entry("guardrail-memory", expires=TODAY - datetime.timedelta(days=1))
        report = audited(past, entry("shift-major", expires=past.expires))
        assert rules(report).count("suppression-expired") == 1
        assert "guardrail-memory (rec)" in report.findings[-1].message

    def test_no_entries_no_difference(self, audited):
        assert replace(audited(), seconds=0) == replace(audited(entry("shift-*")), seconds=0)
