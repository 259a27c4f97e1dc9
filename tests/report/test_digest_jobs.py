"""The reports of parity, isolate and audit digested."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.model.requirement import Origin
from depcheck.report.digest import Context
from depcheck.report.digests.audit import digest_audit
from depcheck.report.digests.isolation import digest_isolation
from depcheck.report.digests.parity import digest_parity
from tests.report import audit_samples, parity_samples, review_samples
from tests.report.test_digest_check import texts
from tests.support import isolation_reports

SHOP = Context(prefix="shop/")
JOBS = {
    **{f"parity-{k}": (digest_parity, v) for k, v in parity_samples.ALL.items()},
    **{f"isolate-{k}": (digest_isolation, v) for k, v in isolation_reports.ALL.items()},
    **{f"audit-{k}": (digest_audit, v) for k, v in audit_samples.REPORTS.items()},
}
HOSTILE = {
    "parity": (digest_parity, parity_samples.hostile()),
    "isolate": (digest_isolation, isolation_reports.hostile()),
    "audit": (digest_audit, audit_samples.hostile()),
}


def made(entry):
    function, report = entry
    return function(report, SHOP, fail_on="warning")


def table(told, name):
    return next(each for each in told.tables if each.id == name)


def column(told, name, title):
    found = table(told, name)
    position = found.columns.index(title)
    return [row[position].text for row in found.rows]


@pytest.mark.parametrize("name", JOBS)
def test_shape(name):
    told = made(JOBS[name])
    assert told.verdict
    assert not told.verdict.endswith(":")
    assert told.summary[-1] == "."
    assert all(line.endswith((".", "?")) for line in told.advice)
    for each in told.tables:
        assert {len(row) for row in each.rows} == {len(each.columns)}
    if told.picture:
        assert all(len(line) <= 100 for line in told.picture.text.splitlines())


@pytest.mark.parametrize("name", [*JOBS, *HOSTILE])
def test_every_text_is_one_line_but_the_picture(name):
    told = replace(made((JOBS | HOSTILE)[name]), picture=None)
    assert all(len(text.splitlines()) <= 1 for text in texts(told))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_secret_is_in_it(name):
    every = " ".join(texts(made(HOSTILE[name])))
    assert "hunter2" not in every
    assert "abcdef" not in every.replace("0123456789abcdef", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_the_picture_has_no_controls(name):
    picture = made(HOSTILE[name]).picture
    if picture:
        assert all(character.isprintable() for character in picture.text.replace("\n", ""))


class TestParity:
    def test_differences_with_the_step_that_brought_them_in(self):
        told = made(JOBS["parity-drift"])
        assert (told.verdict, told.tone, told.status) == ("DRIFT", "bad", 1)
        assert column(told, "differences", "what")[:2] == ["django", "sentry-sdk"]
        assert column(told, "differences", "brought in by")[0].startswith("layer 7 of what runs:")

    def test_what_is_expected_has_its_reason_and_expiry(self):
        told = made(JOBS["parity-drift"])
        assert column(told, "expected", "expires") == ["2027-01-31"]
        reason = table(told, "expected").rows[0][4]
        assert reason.text == "production is watched during the roll-out"
        assert reason.place.path.startswith("shop/")

    def test_hidden_values_stay_hidden(self):
        told = made(JOBS["parity-drift"])
        rows = table(told, "differences").rows
        hidden = [row for row in rows if row[4].text == "env.DATABASE_URL"]
        assert [cell.text for cell in hidden[0][5:7]] == ["(hidden)", "(hidden)"]
        assert "--show-values" in table(told, "differences").note

    def test_both_sides_are_told_with_their_identity(self):
        facts = dict(made(JOBS["parity-drift"]).facts)
        assert facts["tested"].startswith("docker:shop:staging: debian 12, linux/amd64, 9 layers")
        assert "sha256:2222" in facts["runs"]

    def test_the_way_back(self):
        told = made(JOBS["parity-drift"])
        assert column(told, "rollback", "pins") == ["django==5.0.1 sqlalchemy==2.1.2"]
        assert column(told, "rollback", "available") == ["the registry still has it"]

    def test_what_has_no_file_stands_where_the_configuration_names_its_service(self):
        def line(number):
            return Origin(component="", path="depcheck.toml", line=number, text="web = …")

        named = {"": (line(3),), "web": (line(8), line(5))}
        report = parity_samples.DRIFT
        drift = report.findings[0]
        of_web = replace(drift, evidence=replace(drift.evidence, service="web"), locations=())
        of_none = replace(drift, locations=())
        placed = replace(of_web, locations=(replace(line(2), path="a.lock"),))
        found = replace(report, findings=(of_web, of_none, placed))
        told = digest_parity(found, SHOP, fail_on="warning", named=named)
        places = {tuple(map(str, entry.places)) for entry in told.entries}
        toml = "shop/depcheck.toml"
        assert places == {(f"{toml}:8", f"{toml}:5"), (f"{toml}:3",), ("shop/a.lock:2",)}

    @pytest.mark.parametrize("job", [digest_parity, digest_audit, digest_isolation])
    def test_the_configuration_is_at_home(self, job):
        (report,) = [each[1] for each in HOSTILE.values() if each[0] is job]
        told = job(report, replace(SHOP, config="ci/depcheck.toml"), fail_on="warning")
        if job is not digest_audit:  # its services have files of their own
            assert str(told.home) == "shop/ci/depcheck.toml"
        told = job(report, replace(SHOP, config="../up.toml"), fail_on="warning")
        assert told.home is None or told.home.inside


class TestIsolation:
    def test_the_verdict_is_the_count(self):
        told = made(JOBS["isolate-two"])
        assert (told.verdict, told.tone) == ("TWO CONTAINERS", "bad")

    def test_what_cannot_be_installed_comes_before_the_count(self):
        told = made(JOBS["isolate-impossible"])
        assert told.verdict == "1 OF 3 COMPONENTS"
        assert "legacy. The other 2: TWO CONTAINERS:" in told.summary

    def test_a_wall_has_its_reasons_and_demands(self):
        picture = made(JOBS["isolate-two"]).picture
        (line,) = picture.lines
        assert (line.kind, line.boxes) == ("wall", ("web", "recommender"))
        assert dict(line.demands) == {"web": "pydantic<2", "recommender": "pydantic>=2.7.4"}
        assert "pydantic<2 ║ pydantic>=2.7.4" in picture.text
        assert picture.boxes[0].lines[0] == "web (core)"

    def test_advice_names_what_would_move(self):
        told = made(JOBS["isolate-one"]).picture
        assert [line.text for line in told.lines] == ["web ║ recommender: core moved (pyjwt)"]

    def test_all_walls_are_in_the_picture(self):
        report = JOBS["isolate-five"][1]
        told = made(JOBS["isolate-five"])
        reasons = [f for wall in report.boundaries if wall.stands for f in wall.reasons]
        assert len([line for line in told.picture.lines if line.kind == "wall"]) == len(reasons)

    def test_what_an_entry_of_a_wall_costs(self):
        facts = dict(made(JOBS["isolate-two"]).entries[0].facts)
        assert facts["costs"] == "one more image to build and deploy, 11 MB more, no network hop"
        assert facts["strength"].startswith("an environment of its own.")

    def test_cures_say_what_they_would_allow(self):
        (cure,) = made(JOBS["isolate-two"]).cures
        assert cure.changes[0].after == "pydantic>=2.7.4"
        assert cure.remark == "web and recommender could then share one container."

    def test_what_comes_next_is_advice(self):
        assert made(JOBS["isolate-five"]).advice[-1].startswith("Next: depcheck isolate --write")

    def test_tables(self):
        told = made(JOBS["isolate-five"])
        assert [each.id for each in told.tables] == ["containers", "walls", "budget"]
        assert column(told, "containers", "distributions")[0] == "48"
        wished = made(JOBS["isolate-wished"])
        assert "impossible" in column(wished, "wishes", "answer")[0]

    def test_suppressed_findings_are_entries_with_their_reason(self):
        report = JOBS["isolate-impossible"][1]
        accepted = review_samples.suppressed(report.findings[0], rule="component-*")
        told = made((digest_isolation, replace(report, suppressed=(accepted,))))
        assert told.suppressed[0].suppression.rule == "component-*"


class TestAudit:
    def test_a_row_for_each_lack(self):
        told = made(JOBS["audit-exposed"])
        assert (told.verdict, told.summary) == ("EXPOSED", "recommender lacks 6 of 16 guard-rails.")
        assert column(told, "guard-rails", "guard-rail")[:2] == ["memory", "ports"]
        assert column(told, "guard-rails", "to set")[0] == "mem_limit: 2g"

    def test_why_these_are_judged_is_advice(self):
        advice = made(JOBS["audit-exposed"]).advice
        assert "Judged of shop/deploy/compose.yaml: recommender." in advice

    def test_entries_have_the_line_and_what_to_do(self):
        entry = made(JOBS["audit-exposed"]).entries[0]
        assert str(entry.places[0]) == "shop/deploy/compose.yaml:12"
        assert dict(entry.facts)["to set"] == "mem_limit: 2g"

    def test_all_suppressed_is_a_warning(self):
        report = JOBS["audit-exposed"][1]
        accepted = tuple(review_samples.suppressed(f) for f in report.findings)
        told = made((digest_audit, replace(report, findings=(), suppressed=accepted)))
        assert (told.verdict, told.tone, told.status) == ("EXPOSED", "warn", 0)
        assert len(told.suppressed) == len(accepted)
