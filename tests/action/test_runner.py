"""The tests' own runner: what it makes of expressions, commands and files."""

from __future__ import annotations

import pytest

from tests.support.expressions import condition, evaluated, interpolated
from tests.support.runner import Console, Run, parsed, run_action

CONTEXTS = {
    "inputs": {"a-b": "x", "empty": "", "yes": "true"},
    "steps": {"one": {"outputs": {"path": "p"}}},
    "job": {"ok": True},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("inputs.a-b", "x"),
        ("inputs.empty || '3.13'", "3.13"),
        ("inputs.nothing.at.all == ''", True),
        ("inputs.yes == 'TRUE' && steps.one.outputs.path != ''", True),
        ("!(inputs.a-b == 'x') || 'it''s'", "it's"),
        ("format('depcheck-{0}', inputs.a-b)", "depcheck-x"),
        ("startsWith('Hello', 'he') && contains('abc', 'B')", True),
        ("1 == '1'", True),
        ("success() && !failure()", True),
    ],
)
def test_an_expression(text, value):
    assert evaluated(text, CONTEXTS) == value


@pytest.mark.parametrize("text", ["a b", "'open", "shout()", "(a"])
def test_what_is_no_expression_is_refused(text):
    with pytest.raises((ValueError, IndexError)):
        evaluated(text, CONTEXTS)


def test_text_with_expressions_in_it():
    assert interpolated("a ${{ inputs.a-b }}${{ inputs.none }}!", CONTEXTS) == "a x!"


def test_after_a_failure_only_those_run_that_ask_for_it():
    failed = {**CONTEXTS, "job": {"ok": False}}

    assert not condition("inputs.yes == 'true'", failed)
    assert condition("always()", failed)
    assert condition("${{ failure() && inputs.yes == 'true' }}", failed)


@pytest.mark.parametrize("text", ["a<<E\nx\n", "nothing\n"])
def test_files_that_the_runner_refuses(text):
    with pytest.raises(ValueError, match=r"not (end|a value)"):
        parsed(text)


def test_commands_of_both_forms_masks_and_the_fence():
    run = Run()
    console = Console(run)
    for line in (
        "::add-mask::hush", "hush now", "::warning file=a%3Ab,line=3::100%25", "x ##[error]old",
        "::stop-commands::word", "::error::no", "##[error]no", "::word::", "::notice::yes",
    ):  # fmt: skip
        console.line(line)

    assert [a.message for a in run.annotations] == ["100%", "old", "yes"]
    assert run.annotations[0].properties == {"file": "a:b", "line": "3"}
    assert "hush" not in run.log.replace("::add-mask::", "").replace("***", "")


def test_an_action_of_its_own(tmp_path):
    (tmp_path / "action.yml").write_text(
        "inputs: {word: {default: hello}}\n"
        "outputs: {said: {value: '${{ steps.a.outputs.said }}'}}\n"
        "runs:\n"
        "  using: composite\n"
        "  steps:\n"
        "    - {id: a, shell: bash, env: {W: '${{ inputs.word }}'},\n"
        '       run: \'echo "said=$W" >>"$GITHUB_OUTPUT"; echo A=1 >>"$GITHUB_ENV"\'}\n'
        "    - {id: b, uses: some/one@v1, with: {x: '${{ inputs.word }}'},\n"
        "       continue-on-error: true}\n"
        "    - {if: steps.b.outcome == 'failure', shell: bash, run: 'echo $A; false | true'}\n"
        "    - {shell: bash, run: 'echo never'}\n"
    )
    run = run_action(
        tmp_path, workspace=tmp_path, temporary=tmp_path, inputs={"word": "$(x)"},
        answers={"some/one": None},
    )  # fmt: skip

    assert (run.status, run.outputs, run.environment) == (1, {"said": "$(x)"}, {"A": "1"})
    assert run.used[0].given == {"x": "$(x)"}
    assert run.log == "1\n"
