"""The text of a report that judges a change, or has suppressed findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.model.findings import Finding, Rollback, Suppressed
from depcheck.report.digest import Context
from depcheck.report.digests.check import digest_check
from depcheck.report.digests.isolation import digest_isolation
from depcheck.report.html.page import render_html
from depcheck.report.markdown.comment import render_comment
from depcheck.report.markdown.summary import render_markdown
from depcheck.report.text import check as console
from depcheck.report.text.audit import render_audit
from depcheck.report.text.isolation import render_isolation
from tests.report import audit_samples, review_samples, samples
from tests.report.test_golden import compare
from tests.report.test_hostile import ANSI, COMMAND, FORBIDDEN
from tests.support import isolation_reports

TRANSITIVE = samples.CONFLICT.findings[0]


def text(report, width=90, **more):
    return console.render(report, width=width, colour=False, unicode=True, **more)


def flat(report, **more):
    return " ".join(text(report, **more).split())


@pytest.mark.parametrize("name", review_samples.ALL)
def test_golden(name):
    compare(f"review-{name}-80.txt", text(review_samples.ALL[name], 80))


def test_golden_verbose():
    compare("review-brought-verbose-80.txt", text(review_samples.BROUGHT, 80, verbose=True))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("brought", "CONFLICT: this change brings 1 conflict: web and recommender cannot share"),
        ("shifted", "SHIFTS: this change moves pyjwt 1.7.1 → 2.10.1, urllib3 2.5.0 → 1.26.20."),
        ("nothing-new", "NOTHING NEW: all of it was there before: 1 conflict and 1 warning."),
        ("fixed", "FIXED: this change fixes 1 conflict; web and recommender resolve together."),
        ("fixed-one", "FIXED: this change fixes 1 conflict; the other conflict was there before."),
        ("unknown", "CONFLICT: web and recommender cannot share one environment: 1 conflict."),
        ("dark", "UNDETERMINED: whether web and recommender can share one environment is not"),
        ("small", "NOTHING GRAVE: this change brings only 1 small shift; the shift was there"),
        ("accepted", "CONFLICT: web and recommender cannot share one environment: 1 conflict, all"),
        ("accepted-shift", "SHIFTS: web and recommender resolve together; what moves is small, or"),
    ],
)
def test_the_first_line_tells_what_the_change_brings(name, first):
    assert text(review_samples.ALL[name], 200).startswith(first)


class TestBase:
    def test_what_is_new_is_told_in_full_and_what_was_there_in_a_line(self):
        told = text(review_samples.BROUGHT)
        chain = "every langchain 0.3.0 to 1.5.0 (112 releases) needs pydantic"
        assert "error[conflict-transitive] new, on a changed line: web's pydantic<2" in told
        assert chain in told
        assert "Already there: 1 conflict and 1 warning (--verbose tells all)" in told
        assert "every transformers 4.46.0" not in told

    def test_verbose_tells_all_in_full(self):
        told = text(review_samples.BROUGHT, verbose=True)
        assert "every transformers 4.46.0" in told
        assert "error[conflict-transitive] already there:" in told
        assert "Already there: 1" not in told

    def test_what_it_fixes_is_told(self):
        told = flat(review_samples.BROUGHT)
        assert "Fixed by this change: 1 conflict error[conflict-hash]: No file of" in told

    def test_the_base_is_named_with_its_revision_and_configuration(self):
        told = flat(review_samples.BROUGHT)
        assert "Compared with origin/main (1f2e3d4c5b6a)." in told
        assert "The configuration used is that of the base; the change alters it:" in told
        assert "`fail-on` of depcheck.toml goes from warning to never." in told
        assert "Note: The lock of web was not compared." in told
        assert "This change alters the configuration, which does not count in this run" in told

    def test_a_base_that_could_not_be_analysed_is_told_with_its_fault(self):
        told = flat(review_samples.UNKNOWN)
        assert "What of it this change brings is not known: origin/main could not be analysed." in (
            told
        )
        assert "It could not be analysed: web/requirements.txt:3: this is no requirement" in told
        assert "new" not in told.split("What it was compared with")[0].split()

    def test_a_gap_is_told_in_full_though_it_was_there_before(self):
        told = text(review_samples.DARK)
        assert "What could not be checked" in told
        assert "a VCS requirement is never fetched" in told
        assert "Already there" not in told

    def test_what_is_worse_tells_what_it_was(self):
        assert "worse (was: urllib3 2.5.0 → 2.0.7)" in flat(review_samples.SHIFTED)

    def test_without_a_base_nothing_of_it_is_told(self):
        told = text(samples.CONFLICT)
        assert "Compared" not in told
        assert "Already there" not in told

    @pytest.mark.parametrize("name", review_samples.ALL)
    def test_ascii_has_its_own_arrows(self, name):
        told = console.render(review_samples.ALL[name], width=90, colour=False, unicode=False)
        assert told.isascii()
        assert "\\u" not in told

    @pytest.mark.parametrize("name", review_samples.ALL)
    def test_colour_changes_no_word(self, name):
        report = review_samples.ALL[name]
        coloured = console.render(report, width=90, colour=True, unicode=True)
        assert ANSI.sub("", coloured) == text(report)
        assert coloured != text(report)


SHA = "89abcdef0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("main", "main (89abcdef0123)"),
        ("HEAD^1", "HEAD^1 (89abcdef0123)"),
        (SHA, "89abcdef0123"),
        (SHA.upper(), "89abcdef0123"),
        (SHA[:7], "89abcdef0123"),
        ("89", "89 (89abcdef0123)"),
    ],
)
def test_the_base_is_told_once(given: str, told: str) -> None:
    report = replace(review_samples.BROUGHT, base=review_samples.base(named=given, revision=SHA))
    assert f"Compared with {told}." in flat(report)
    digest = digest_check(report, Context(), fail_on="warning")
    for render in (render_markdown, render_comment, render_html):
        assert render(digest).count(SHA[:12]) == 1
        assert SHA[12:] not in render(digest)


def test_the_same_line_of_two_components_is_one_to_change() -> None:
    best = samples.CONFLICT.corrections[0]
    (edit,) = best.edits
    again = replace(edit, origin=replace(edit.origin, component="recommender"))
    report = replace(samples.CONFLICT, corrections=(replace(best, edits=(edit, again)),))
    assert "To heal it, change 1 line:" in flat(report)
    assert "1. change 1 line" in flat(report)
    (cure,) = digest_check(report, Context(), fail_on="warning").cures
    assert len(cure.changes) == 1


def test_two_components_that_change_one_line_differently_are_two() -> None:
    best = samples.CONFLICT.corrections[0]
    (edit,) = best.edits
    other = replace(edit, origin=replace(edit.origin, component="recommender"), after="pydantic")
    report = replace(samples.CONFLICT, corrections=(replace(best, edits=(edit, other)),))
    assert "To heal it, change 2 lines:" in flat(report)


@pytest.mark.parametrize("name", ["conflict", "isolation"])
def test_the_cut_off_of_uploads_is_told(name: str) -> None:
    if name == "conflict":
        report = replace(samples.CONFLICT, exclude_newer="2026-11-01")
        told, digest = flat(report), digest_check(report, Context(), fail_on="warning")
    else:
        division = replace(isolation_reports.ALL["two"], exclude_newer="2026-11-01")
        told = " ".join(render_isolation(division, width=90, colour=False, unicode=True).split())
        digest = digest_isolation(division, Context(), fail_on="warning")
    assert "simple/, nothing newer than 2026-11-01" in told
    assert ("nothing newer than", "2026-11-01") in digest.facts


class TestSuppressed:
    def test_they_are_counted(self):
        assert "2 findings are suppressed (--show-suppressed lists them)." in text(
            review_samples.ACCEPTED
        )

    def test_they_are_listed_with_reason_owner_expiry_and_place(self):
        told = flat(review_samples.ACCEPTED, show_suppressed=True, prefix="shop/")
        assert "Suppressed: 2 findings" in told
        assert "error[conflict-transitive]: web's pydantic<2" in told
        reason = "web is rewritten until the spring (platform)"
        assert f"because: {reason}, until 2027-01-31 shop/depcheck.toml:14" in told
        assert f"because: {reason} shop/depcheck.toml:14" in told

    def test_a_part_of_the_conflicts(self):
        some = replace(review_samples.ACCEPTED, findings=(review_samples.OWN,))
        assert text(some).startswith(
            "CONFLICT: recommender cannot be installed, not even alone: 1 conflict (1 more is"
        )

    def test_no_cure_is_offered_for_what_is_accepted(self):
        assert "To heal it" not in text(review_samples.ACCEPTED)

    @pytest.mark.parametrize("show", [False, True])
    def test_isolation(self, show):
        finding = isolation_reports.ALL["two"].boundaries[0].reasons[0]
        report = replace(
            isolation_reports.ALL["two"], suppressed=(review_samples.suppressed(finding),)
        )
        told = render_isolation(report, width=90, colour=False, unicode=True, show_suppressed=show)
        assert told.count("suppressed: web is rewritten until the spring (platform)") == 1
        assert (
            "Reasons of walls are told above all the same, marked; they do not count."
            in " ".join(told.split())
        )
        assert ("1 finding is suppressed (--show-suppressed lists it)." in told) is not show

    def test_audit(self):
        report = _audit(1)
        told = render_audit(report, width=90, colour=False, unicode=True, show_suppressed=True)
        assert told.startswith("EXPOSED: recommender lacks 6 of 16 guard-rails.")
        assert "web is rewritten until the spring" in told

    def test_an_audit_with_all_suppressed_is_still_exposed(self):
        told = render_audit(_audit(0), width=90, colour=False, unicode=True)
        assert told.startswith("EXPOSED: recommender lacks 6 of 16 guard-rails, all suppressed.")

    def test_an_audit_tells_what_the_configuration_needs(self):
        report = replace(audit_samples.REPORTS["guarded"], findings=(review_samples.EXPIRED,))
        told = render_audit(report, width=90, colour=False, unicode=True)
        assert told.startswith("GUARDED: ")
        assert "warning[suppression-expired]: The suppression of shift-* of urllib3" in told


def _audit(kept: int):
    """Return an audit of which all but the first ``kept`` findings are suppressed."""
    found = audit_samples.EXPOSED.findings
    accepted = tuple(review_samples.suppressed(f, rule="guardrail-*") for f in found[kept:])
    return replace(audit_samples.EXPOSED, findings=found[:kept], suppressed=accepted)


class TestHostile:
    @pytest.mark.parametrize("verbose", [False, True])
    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_the_text_is_inert(self, width, verbose):
        shown = text(review_samples.hostile(), width, verbose=verbose, show_suppressed=True)
        assert not FORBIDDEN.search(shown)
        assert not COMMAND.search(shown)
        assert "hunter2" not in shown
        assert "abcdef" not in shown
        assert "[bold red]markup[/]" in " ".join(shown.split())

    def test_the_only_escapes_in_colour_are_our_own(self):
        shown = console.render(
            review_samples.hostile(), width=80, colour=True, unicode=True, show_suppressed=True
        )
        assert not FORBIDDEN.search(ANSI.sub("", shown))

    def test_a_suppressed_guard_rail(self):
        evil = samples.EVIL
        bad = Suppressed(
            finding=Finding(rule="guardrail-cpu", severity="warning", message=evil),
            by=review_samples.hostile().suppressed[0].by,
        )
        report = replace(audit_samples.REPORTS["guarded"], suppressed=(bad,))
        shown = render_audit(report, width=80, colour=False, unicode=True, show_suppressed=True)
        assert not FORBIDDEN.search(shown)
        assert "hunter2" not in shown


@pytest.mark.parametrize(("days", "older"), [(614, "614 days older"), (None, "pushed back")])
def test_a_rollback_that_fails_the_run_is_told_with_its_small_shift(days, older):
    shift = samples.shifted("httpx", "0.23.3", "0.18.1", "note", grade="minor")
    evidence = Rollback(name="httpx", component="web", before="0.23.3", after="0.18.1", days=days)
    back = Finding(
        rule="rollback", severity="warning", message="httpx falls back.", evidence=evidence
    )
    report = replace(
        review_samples.SHIFTED, findings=tuple(map(review_samples.novel, (shift, back)))
    )
    told = flat(report)
    assert "warning[rollback] httpx 0.23.3 → 0.18.1" in told
    assert f"{older}, new" in told
    grave = replace(shift, severity="warning", rule="shift-major")
    told = flat(replace(report, findings=(review_samples.novel(grave), report.findings[1])))
    assert "warning[shift-major] httpx" in told
    assert f"{older} (warning[rollback])" in told


def test_every_finding_that_fails_the_run_has_its_rule():
    for report in (review_samples.SHIFTED, samples.SHIFTS, samples.PRICES):
        told = text(report)
        for finding in report.findings:
            known = finding.novelty is not None and finding.novelty.status == "known"
            if finding.severity != "note" and not known:
                assert f"{finding.severity}[{finding.rule}]" in told


def test_a_line_that_two_components_have_is_there_once():
    (first, *rest) = TRANSITIVE.evidence.statements
    other = replace(first, origin=replace(first.origin, component="other"))
    twice = replace(TRANSITIVE.evidence, statements=(first, other, *rest))
    report = replace(samples.CONFLICT, findings=(replace(TRANSITIVE, evidence=twice),))
    where = text(report, 200).partition("  where\n")[2].partition("  why\n")[0]
    assert where.count(str(first.origin)) == 1
    (entry,) = digest_check(report, Context(), fail_on="warning").entries
    (place,) = [each for each in entry.places if str(each) == str(first.origin)]
    assert place.component == "web, other"
