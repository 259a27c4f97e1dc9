"""The parity report for people: what stands in it, and where."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from depcheck.model.inventory import Provenance
from depcheck.model.parity import Excused, Pair
from depcheck.report.layout import Span, width_of
from depcheck.report.parity_text import render_parity
from tests.report import parity_samples as samples


def shown(report, *, width=80, **more):
    return render_parity(report, width=width, **{"colour": False, "unicode": True, **more})


def flat(report, **more):
    return " ".join(shown(report, **more).split())


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("drift", "DRIFT: docker:shop:production is not what was tested: 4 differences that can "),
        ("identical", "IDENTICAL: docker:shop:production is what was tested (docker:shop:staging)"),
        ("expected", "AS EXPECTED: 1 difference between docker:shop:staging and docker:shop:prod"),
        ("unread", "COULD NOT COMPARE: whether container:shop-web-1 is what was tested (docker:s"),
        ("notes-only", "DRIFT: docker:shop:production is not what was tested: 5 differences of n"),
    ],
)
def test_the_verdict_comes_first(name, first):
    assert flat(samples.ALL[name]).startswith(first)


def test_the_gravest_come_right_after_the_verdict():
    lines = shown(samples.DRIFT, width=120).splitlines()
    assert lines[2:4] == [
        "  error    django      4.2.16 → 5.0.1",
        "  error    sentry-sdk  2.75.0 → absent",
    ]
    assert "  and 9 more, below" in lines[:8]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_every_finding_is_somewhere(width, verbose):
    text = shown(samples.DRIFT, width=width, verbose=verbose)
    for finding in samples.GRAVE:
        assert f"{finding.severity}[{finding.rule}]" in text
        assert finding.evidence.name in text
        assert finding.remedy.partition(" ")[0] in text
    assert "4 image-label" in text or verbose
    assert ("note[image-label]" in text) == verbose


def test_findings_without_a_pair_are_told_too():
    for pairs in ((), (Pair(service="other", left=None, right=None),)):
        text = shown(replace(samples.DRIFT, pairs=pairs))
        assert "error[distribution-major]" in text


def test_a_service_without_a_difference_is_a_word():
    calm = replace(samples.PAIR, service="search")
    report = replace(samples.SERVICES, pairs=(*samples.SERVICES.pairs, calm))
    assert "Nothing unexpected in: search\n" in shown(report)
    assert "Service search" not in shown(report)
    assert "Service search" in shown(report, verbose=True)


def test_many_gaps_are_cut_unless_asked_for():
    gaps = tuple(replace(samples.NO_ENGINE, subject=f"gap-{n:02}") for n in range(20))
    report = replace(samples.UNREAD, undetermined=gaps)
    assert "gap-11" in shown(report)
    assert "gap-12" not in shown(report)
    assert "and 8 more; --verbose lists them" in shown(report)
    assert "gap-19" in shown(report, verbose=True)


def test_a_great_many_differences_are_told_in_time():
    findings = tuple(
        samples.drift("file-changed", "files", f"/srv/{n}", "0644", "0600" * (n % 9))
        for n in range(10_000)
    )
    report = samples.report(verdict="drift", findings=findings)
    begun = time.process_time()
    shown(report)
    assert time.process_time() - begun < 1
    assert "/srv/9999 " in shown(report, verbose=True)
    assert time.process_time() - begun < 20


def test_replicas_that_differ_are_told_as_a_sentence():
    text = "service web has 3 replicas of 2 images in production: a in x, b in y."
    finding = samples.drift(
        "replica-differs", "settings", "replicas", None, "a in x", message=text, service="web"
    )
    report = replace(samples.SERVICES, findings=(finding,))
    assert shown(report, width=120).splitlines()[1] == f"  error  {text}"
    assert f"error[replica-differs]: {text}" in shown(report, width=120)
    assert "Image configuration" not in shown(report)


def test_remedies_of_a_kind_are_not_all_told():
    findings = tuple(
        samples.drift("package-added", "os", f"p{n}", None, "1", remedy=f"take p{n} out")
        for n in range(6)
    )
    report = samples.report(verdict="drift", findings=findings)
    for verbose in (False, True):
        text = shown(report, verbose=verbose)
        assert "what to do: take p1 out\n    and likewise for the other 4\n" in text
        assert "take p2 out" not in text


def test_a_sentence_that_says_no_more_than_its_row_is_left_out():
    same = samples.drift("package-added", "os", "jq", None, "1.6", message="jq is 1.6 there.")
    more = samples.drift("timezone", "system", "zone", "UTC", "CET", message="An hour off.")
    text = shown(samples.report(verdict="drift", findings=(same, more)), verbose=True)
    assert "jq is 1.6 there." not in text
    assert "An hour off." in text


def test_a_path_is_not_told_twice():
    finding = replace(
        samples.PATCHED,
        message="requests is changed in a/b.py.",
        evidence=replace(samples.PATCHED.evidence, paths=("a/b.py", "c/d.py")),
    )
    text = shown(samples.report(verdict="identical", findings=(finding,)))
    assert text.count("a/b.py") == text.count("c/d.py") == 1


def test_notes_that_count_are_listed():
    assert "note[image-label]" in shown(samples.NOTES_ONLY, fail_on="note")


def test_both_values_layer_and_step_stand_in_one_row():
    text = shown(samples.DRIFT, width=120)
    row = next(line for line in text.splitlines() if line.startswith("    django"))
    assert row.split()[:3] == ["django", "4.2.16", "5.0.1"]
    assert "layer 7 of what runs: RUN pip install" in row
    assert "changed in the container itself" in text


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        (7, 8, "layer 8 of what runs: RUN right"),
        (7, None, "layer 7 of what was tested: RUN left"),
        (7, 1, "layer 7 of what was tested: RUN left"),  # a shared layer is behind no difference
        (1, 7, "layer 7 of what runs: RUN right"),
        (1, 2, "layer 2 of what runs: RUN right"),
        (7, 0, "changed in the container itself, in what runs"),
    ],
)
def test_the_layer_behind_a_difference(left, right, told):
    finding = samples.drift(
        "package-version", "os", "libpq5", "1", "2",
        left_by=Provenance(layer=left, step="RUN left"),
        right_by=None if right is None else Provenance(layer=right, step="RUN right"),
    )  # fmt: skip
    report = samples.report(verdict="drift", findings=(finding,))
    assert f"    libpq5  1       2     {told}\n" in shown(report)


def test_what_is_the_same_is_one_line():
    assert "The same: 6 lower layers (by digest), 74 distributions, 21 image settings." in shown(
        samples.DRIFT
    )


def test_hidden_values_are_said_to_be_hidden_once():
    text = shown(samples.DRIFT)
    assert text.count("--show-values") == 1
    assert "env.DATABASE_URL  (hidden)  (hidden)" in text
    assert "--show-values" not in shown(samples.MANY_PACKAGES)


def test_many_of_one_kind_are_cut_unless_asked_for():
    assert "and 8 more; --verbose lists them" in shown(samples.MANY_PACKAGES)
    assert "lib19" not in shown(samples.MANY_PACKAGES)
    assert "lib19" in shown(samples.MANY_PACKAGES, verbose=True)


def test_one_step_behind_all_is_told_once():
    assert shown(samples.MANY_PACKAGES).count("apt-get install") == 1


def test_pins_can_be_copied():
    lines = [line.strip() for line in shown(samples.DRIFT, width=40).splitlines()]
    assert {"django==5.0.1", "libpq5=15.14-0+deb12u1", "leftover"} <= set(lines)
    assert f"reg.example/shop@sha256:{'2' * 64}" in lines
    assert "the registry still has it" in lines


@pytest.mark.parametrize(
    ("available", "text"),
    [(False, "the registry no longer has it: gone"), (None, "is not known: gone")],
)
def test_what_the_registry_says_of_the_way_back(available, text):
    way = replace(samples.WAY_BACK, available=available, remark="gone")
    assert text in flat(replace(samples.DRIFT, ways_back=(way,)))


def test_reasons_of_the_policy():
    assert "Expected by policy: 1 difference (env.LOG_LEVEL)." in shown(samples.EXPECTED)
    text = flat(samples.EXPECTED, verbose=True, prefix="shop/")
    assert (
        "because: production is watched during the roll-out (platform), until 2027-01-31 "
        "shop/depcheck.toml:12" in text
    )


def test_the_way_taken_and_the_bytes_are_told():
    assert (
        "read 23.4 MB: 2 layers, manifests and configurations from the registry; 1 layer from "
        "the cache" in flat(samples.DRIFT)
    )


def test_never_identical_from_what_was_not_read():
    text = flat(samples.UNREAD)
    assert "IDENTICAL" not in text
    assert "no Docker Engine answers" in text
    assert "what to do: start it, or name another with DOCKER_HOST" in text
    half = replace(samples.IDENTICAL, undetermined=(samples.NO_ENGINE,))
    assert "Not everything could be read" in flat(half)


def test_a_side_that_could_not_be_read_is_told_once():
    message = f"{samples.NO_ENGINE.subject} could not be read: {samples.NO_ENGINE.reason}."
    finding = replace(samples.UNUSED, rule="side-unread", message=message)
    told = replace(samples.UNREAD, findings=(finding,))
    assert flat(told).count("no Docker Engine answers") == 1
    other = replace(finding, message="container:other could not be read: refused.")
    assert "container:other could not be read" in flat(replace(told, findings=(other,)))


def test_the_same_image_is_said_to_be_the_same():
    one = replace(samples.PAIR, right=samples.PAIR.left)
    same = samples.report(pairs=(one,))
    assert "Both are the same image, by digest." in shown(same)
    assert "by digest." not in shown(samples.IDENTICAL).splitlines()[1]


@pytest.mark.parametrize("name", samples.ALL)
@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_lines_fit(name, width, verbose):
    for line in shown(samples.ALL[name], width=width, verbose=verbose).splitlines():
        room = min(width, 120)
        # Only a word that is wider than the page sticks out.
        longest = max((width_of([Span(word)]) for word in line.split()), default=0)
        assert width_of([Span(line)]) <= room or longest > room - 16, line


@pytest.mark.parametrize("length", range(0, 260, 3))
def test_a_cut_text_shows_no_part_of_a_password(length):
    text = "x" * length + "https://user:hunter2secret@h.example/"
    step = Provenance(layer=1, step=f"RUN {text}")
    finding = samples.drift(
        "package-version", "os", text, text, f"{text}1", right_by=step, message=text, remedy=text
    )
    report = samples.report(
        verdict="drift",
        findings=(finding, replace(finding, severity="note"), replace(finding, evidence=None)),
        excused=(Excused(finding=finding, by=samples.BY),),
    )
    assert "hun" not in shown(report, width=120)


def test_ascii_is_ascii():
    for report in samples.ALL.values():
        assert shown(report, unicode=False, verbose=True).isascii()
