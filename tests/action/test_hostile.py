"""Names that strangers choose: nothing of them is a command, markup or a word of a shell."""

from __future__ import annotations

import json

import pytest

from action.commands import annotation_lines, data, fenced, property_value, say, tell
from action.job import Job, Refusal, at
from action.outcome import outcome
from tests.support.pull_request import CONFIG, pull_request
from tests.support.runner import Console, Run, parsed

NAMES = (
    "$(touch sprung)",
    "`touch sprung`",
    "::error::owned",
    "##[error]owned",
    "</details><img src=x>",
    "@everyone",
    "a b;touch sprung",
    "%0A::error::owned",
)


@pytest.fixture
def hostile(shop, tmp_path):
    """A pull request whose files, components and packages have the worst of names."""
    config = CONFIG.replace("ai/requirements.txt", "$(touch sprung)/::error::owned.txt")
    first = shop.commit("main", {"web/requirements.txt": "six\n", "depcheck.toml": config,
                                 "web/requirements.lock": "six==1.17.0\n",
                                 "$(touch sprung)/::error::owned.txt": "six\n"})  # fmt: skip
    shop.branch("topic", at=first)
    lines = [f"{name}>=1\n" for name in NAMES]
    head = shop.commit(
        "topic", {"$(touch sprung)/::error::owned.txt": "six\nPyJWT<1\nno-such-name\n" + lines[0],
                  "web/requirements.txt": "six\nPyJWT>=2\n" + "".join(lines[1:])})  # fmt: skip
    checkout = shop.checkout(shop.merge(first, head), tmp_path / "work")
    return checkout, pull_request(first, head)


def test_the_log_obeys_nothing_of_the_change(hostile, action, api):
    checkout, payload = hostile
    payload["pull_request"]["head"]["ref"] = "$(touch sprung);::error::owned"

    run = action(checkout, event="pull_request", payload=payload)

    assert run.status in (1, 2, 3), run.log
    assert "owned" in run.log
    assert not [a for a in run.annotations if a.message.startswith("owned")], run.annotations
    assert set(run.commands) <= {"stop-commands", "error", "warning", "notice"}
    assert not list(checkout.rglob("sprung"))
    for text in (run.summary, *api.bodies()):
        outside = text.split("</pre>")[-1] if "<pre>" in text else text
        assert "<img" not in outside
        assert "\n::" not in text


def test_a_workflow_may_pass_on_hostile_inputs(shop, action, tmp_path):
    commit = shop.commit("main", {"depcheck.toml": CONFIG, "web/requirements.txt": "six\n"})
    checkout = shop.checkout(commit, tmp_path / "work")

    run = action(
        checkout,
        inputs={"arguments": "--component=$(touch sprung)=x; touch sprung\n`touch sprung`",
                "config": "::error::owned\n::error::owned", "fail-on": '"; touch sprung; "'},
    )  # fmt: skip

    assert run.status == 2, run.log
    assert not [a for a in run.annotations if a.message.startswith("owned")]
    assert not list(tmp_path.rglob("sprung"))


def test_text_is_escaped_as_the_toolkit_does_it():
    assert data("100%\r\n::x") == "100%25%0D%0A::x"
    assert property_value("a:b,c%\n") == "a%3Ab%2Cc%25%0A"


def test_an_annotation_comes_out_as_it_went_in(capsys):
    run = Run()
    tell("error", "one\ntwo ::notice::x 100%", title="a, b: c")
    for line in capsys.readouterr().out.splitlines():
        Console(run).line(line)

    (error,) = run.annotations
    assert error.message == "one\ntwo ::notice::x 100%"
    assert error.properties == {"title": "a, b: c"}


def test_only_annotations_pass():
    lines = [
        "::error file=a,line=1::text", "::warning::", "::notice title=x::y",
        "::set-output name=x::y", "::add-mask::x", "text", " ::error::x", "::stop-commands::x",
        "::errors::x", "##[error]x", "::error::x\r::set-env name=A::b",
    ]  # fmt: skip

    assert annotation_lines("\n".join(lines)) == lines[:3]


def test_the_fence_cannot_be_left_from_inside(capsys):
    with fenced():
        print("::error::owned")
        print("::end::\n##[error]owned", end="")
    print("::notice::after")
    run = Run()
    console = Console(run)
    for line in capsys.readouterr().out.splitlines():
        console.line(line)

    assert [annotation.message for annotation in run.annotations] == ["after"]


def test_no_fence_has_the_word_of_another(capsys):
    for _ in range(2):
        with fenced():
            pass
    words = [line for line in capsys.readouterr().out.splitlines() if "stop" in line]
    assert len(set(words)) == 2


def test_a_line_of_the_log_is_one_line_and_no_command(capsys):
    say("a\n::error::owned\r##[error]owned")
    run = Run()
    (line,) = capsys.readouterr().out.splitlines()
    Console(run).line(line)

    assert run.annotations == []


def test_an_output_cannot_begin_another(tmp_path):
    path = tmp_path / "output"
    job = Job({"GITHUB_OUTPUT": str(path)})
    job.output({"a": "1\nb=2\nend_\nEOF", "c": ""})

    assert parsed(path.read_text()) == {"a": "1\nb=2\nend_\nEOF", "c": ""}


@pytest.mark.parametrize("verdict", ["clean\nstatus=0", "$(x)", "", None, 3, ["a"], "x" * 99])
def test_of_a_strange_report_only_numbers_and_words_are_taken(tmp_path, verdict):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"verdict": verdict, "findings": [{"severity": "error"}, 3, None]}))

    told = outcome(path, 1)

    assert (told["verdict"], told["errors"], told["status"]) == ("failed", "1", "3")


@pytest.mark.parametrize(
    ("ended", "report", "status"),
    [
        (0, "{}", "3"), (1, "{}", "3"), (2, "{}", "2"), (-9, "{}", "3"), (0xC0000100, "{}", "3"),
        (0, '{"verdict": "compatible"}', "0"), (1, '{"verdict": "shifts"}', "1"),
        (0, "[" * 100_000, "3"),
    ],
)  # fmt: skip
def test_without_a_report_nothing_is_clean(tmp_path, ended, report, status):
    path = tmp_path / "report.json"
    path.write_text(report)

    assert outcome(path, ended)["status"] == status


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', '{"findings": {"a": 1}, "base": []}'])
def test_what_is_no_report_counts_nothing(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_text(text)

    assert set(outcome(path, 3).values()) == {"failed", "3", "0"}


def test_of_a_report_each_finding_counts_once(tmp_path):
    path = tmp_path / "report.json"
    found = [
        {"severity": "error", "novelty": {"status": "new"}},
        {"severity": "warning", "novelty": {"status": "known"}},
        {"severity": "note", "novelty": {"status": "changed"}},
        {"severity": "note", "novelty": None},
    ]
    data = {"verdict": "shifts", "findings": found, "suppressed": [1], "base": {"fixed": [1, 2]}}
    path.write_text(json.dumps(data))

    assert outcome(path, 1) == {
        "verdict": "shifts", "status": "1", "new": "1", "changed": "1", "known": "1",
        "fixed": "2", "suppressed": "1", "errors": "1", "warnings": "1", "notes": "2",
    }  # fmt: skip


def test_an_input_is_read_as_it_is():
    job = Job({"INPUT_ARGUMENTS": " --a=1 2\r\n\n$(x)\n", "INPUT_EXIT_ZERO": "True"})

    assert job.lines("arguments") == ("--a=1 2", "$(x)")
    assert job.switch("exit-zero") is True
    assert job.switch("trust-head") is False
    with pytest.raises(Refusal, match="true or false"):
        Job({"INPUT_EXIT_ZERO": "1"}).switch("exit-zero")


def test_an_event_that_is_none_is_empty(tmp_path):
    for text in ("[]", "", "{", "\0", "[" * 100_000, '"pull_request"'):
        (tmp_path / "event.json").write_text(text)

        assert Job({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}).payload == {}
    assert Job({}).payload == {}
    assert at({"a": {"b": 1}}, "a", "b", "c") is None
