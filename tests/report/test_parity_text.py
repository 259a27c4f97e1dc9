"""The parity report for people: what stands in it, and where."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from depcheck.model.inventory import Provenance
from depcheck.model.parity import Excused, Pair
from depcheck.report.text.layout import Span, width_of
from depcheck.report.text.parity import render_parity
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
        samples.drift("package-added", "os", f"p{n}", None, "1", remedy=f"do {n}") for n in range(6)
    )
    report = samples.report(verdict="drift", findings=findings)
    for verbose in (False, True):
        text = shown(report, verbose=verbose)
        assert "what to do: do 1\n    and likewise for the other 4\n" in text
        assert "do 2" not in text


def test_remedies_that_differ_in_the_name_alone_are_one():
    findings = tuple(
        samples.drift(
            "distribution-minor", "python", name, "1", "2",
            remedy=f"install {name}==1 in production, as was tested",
        )
        for name in ("a", "b-c")
    )  # fmt: skip
    text = shown(samples.report(verdict="drift", findings=findings))
    assert text.count("what to do") == 1
    assert "what to do: install a==1, b-c==1 in production, as was tested\n" in text


def test_variables_are_named_in_one_remedy():
    findings = tuple(
        samples.drift(
            "image-environment", "settings", f"env.V{n}", None, "2",
            remedy=f"take the variable V{n} out of production, or test with it",
        )
        for n in range(12)
    )  # fmt: skip
    text = flat(samples.report(verdict="drift", findings=findings))
    assert "take the variable V0, V1, V2, V3, V4, V5, V6, V7 and 4 more out of production" in text


def test_a_service_that_could_not_be_read_is_not_said_to_be_as_expected():
    unread = replace(samples.PAIR, service="api", compared=(), shared=0, traffic=())
    gone = replace(unread, service="db", right=None)
    calm = replace(samples.PAIR, service="search")
    report = samples.report(
        verdict="undetermined", pairs=(unread, gone, calm), undetermined=(samples.NO_ENGINE,)
    )
    text = shown(report)
    assert "Nothing unexpected in: search\n" in text
    assert "api: could not be compared\n" in text
    assert "db: could not be compared\n" in text


def test_two_services_of_the_same_images_are_told_once():
    twins = tuple(
        replace(samples.MAJOR, evidence=replace(samples.MAJOR.evidence, service=name))
        for name in ("web", "worker")
    )
    pairs = tuple(replace(samples.PAIR, service=name) for name in ("web", "worker"))
    report = samples.report(verdict="drift", pairs=pairs, findings=twins)
    text = shown(report)
    assert "worker: as web\n" in text
    assert text.count("error[distribution-major]") == 1
    assert shown(report, verbose=True).count("error[distribution-major]") == 2
    other = replace(pairs[1], right=replace(pairs[1].right, what="another"))
    assert ": as web" not in shown(replace(report, pairs=(pairs[0], other)))


def test_a_replica_is_told_by_its_name_and_counted_once():
    twin = replace(samples.MAJOR, evidence=replace(samples.MAJOR.evidence, service="web"))
    more = replace(
        samples.GONE, evidence=replace(samples.GONE.evidence, service="web", replica="r2")
    )
    same = replace(twin, evidence=replace(twin.evidence, replica="r2"))
    pairs = tuple(replace(samples.PAIR, service="web", replica=name) for name in ("", "r2"))
    text = shown(samples.report(verdict="drift", pairs=pairs, findings=(twin, same, more)))
    assert "2 differences that can break it" in " ".join(text.split())
    assert "Service web (r2)\n" in text


def test_long_values_stand_below_their_names_and_the_others_in_line():
    findings = tuple(
        samples.drift(
            "distribution-patched", "python", name, "as it was installed", text, place=place
        )
        for name, text, place in (
            ("requests", "changed in requests/hooks.py", "/tmp/a/very/long/path/to/a/venv"),
            ("click", "changed in click/u.py", "/opt/venv"),
        )
    )
    for width in (80, 200):
        lines = shown(samples.report(verdict="drift", findings=findings), width=width).splitlines()
        head = next(line for line in lines if line.startswith("    what"))
        row = next(line for line in lines if line.startswith("    click in"))
        assert head.index("tested") == row.index("as it was installed")
        assert head.index("runs") == row.index("changed in click/u.py")
    assert "        runs    changed in requests/hooks.py" in shown(
        samples.report(verdict="drift", findings=findings)
    )


def test_the_headline_stays_in_line_where_everything_is_listed():
    path = "/opt/venv/lib/python3.11/site-packages/requests/adapters/very/long/name.py"
    gone = samples.drift("file-removed", "files", path, "a file of 3 bytes", None, paths=(path,))
    text = shown(samples.report(verdict="drift", findings=(samples.MAJOR, gone)), verbose=True)
    lines = text.splitlines()
    assert lines[2].split() == ["error", "django", "4.2.16", "→", "5.0.1"]
    assert lines[3].endswith("a file of 3 bytes → absent")
    assert f"    {path}\n        a file of 3 bytes → absent\n" in text


def test_a_file_is_told_once():
    finding = samples.drift(
        "file-changed", "files", "/srv/app.py", "a file of 3 bytes", "a link to /x",
        message="/srv/app.py is a file of 3 bytes in staging, a link to /x in production.",
        paths=("/srv/app.py",),
    )  # fmt: skip
    text = shown(samples.report(verdict="identical", findings=(finding,)), verbose=True)
    assert text.count("/srv/app.py") == 1


@pytest.mark.parametrize("name", ["expected", "identical", "drift"])
def test_a_policy_that_needs_mending_is_in_the_headline(name):
    report = samples.ALL[name]
    unused = replace(report, findings=(*report.findings, samples.UNUSED))
    said = "But the policy itself needs mending: 1 entry matches nothing."
    assert said in flat(unused)
    assert said not in flat(report)
    assert flat(unused).split(":")[0] == flat(report).split(":")[0]
    expired = replace(samples.UNUSED, rule="policy-expired")
    both = replace(unused, findings=(*unused.findings, expired, expired))
    assert "1 entry matches nothing, 2 entries have expired." in flat(both)


def test_no_user_is_root():
    finding = samples.drift("image-user", "settings", "user", "app", None)
    assert "user  app → root (none set)" in shown(
        samples.report(verdict="drift", findings=(finding,))
    )


@pytest.mark.parametrize(
    ("aspect", "left", "right", "told"),
    [
        ("python", "1", None, "removed in the container itself, in what runs"),
        ("python", "1", "2", "changed in the container itself, in what runs"),
        ("runtime", None, "2", "set for the container itself, in what runs"),
    ],
)
def test_what_was_done_in_a_container(aspect, left, right, told):
    finding = samples.drift(
        "distribution-missing", aspect, "x", left, right,
        left_by=Provenance(layer=6, step="RUN pip") if left else None,
        right_by=Provenance(layer=0),
    )  # fmt: skip
    assert told in shown(samples.report(verdict="drift", findings=(finding,)))


def test_the_way_back_to_an_image_that_only_one_engine_has():
    way = replace(
        samples.WAY_BACK, reference="sha256:22", available=None,
        remark="no registry is known to have it: only this engine has it", caution="docker commit",
    )  # fmt: skip
    text = shown(replace(samples.DRIFT, ways_back=(way,)))
    assert "  image: sha256:22\n  no registry is known to have it: only this engine" in text
    assert "  docker commit\n" in text


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
