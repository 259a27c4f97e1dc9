"""What fits the word at the cursor, and that nothing is offered that could do harm."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from depcheck.cli.completion import Known, Offer, offer
from depcheck.cli.formats import Format
from tests.support.command import depcheck

KNOWN = Known(
    components=lambda: ("web", "recommender", "search"),
    environments=lambda: ("staging",),
    rules=lambda: (("conflict-direct", "direct conflict"),),
    severities=("note", "warning"),
    platforms=("linux/amd64",),
    sides=lambda: ("docker:", "lock:"),
)


def offered(*words: str) -> Offer:
    from typer.main import get_command

    from depcheck.cli.app import app

    return offer(get_command(app), words, KNOWN)


def names(*words: str) -> list[str]:
    return [word for word, _ in offered(*words).choices]


def test_commands_with_what_they_do() -> None:
    assert ("check", "Report what does not go together.") in offered("").choices
    assert "complete" not in names("")
    assert names("cache", "") == ["info", "clear"]


def test_options_once_but_those_that_may_be_repeated() -> None:
    assert names("check", "--verb") == ["--verbose"]
    assert names("check", "--verbose", "--verb") == []
    assert names("check", "-v", "--verb") == []
    assert names("check", "--output", "a.json", "--outp") == ["--output"]
    assert "--help" in names("check", "--")


def test_every_format_and_colour() -> None:
    assert names("check", "--format", "") == list(Format)
    assert names("check", "--format=j") == ["--format=json"]
    assert names("check", "--color", "") == ["auto", "always", "never"]


@pytest.mark.parametrize(
    ("words", "kind", "skip"),
    [
        (["check", "--core", ""], "files", ""),
        (["check", "--core=x"], "files", "--core="),
        (["check", "--core", "env:/usr"], "files", "env:"),
        (["check", "--config", ""], "files", ""),
        (["check", "--cache-dir", ""], "folders", ""),
        (["check", "--component", "web=a"], "files", "web="),
        (["check", "--lock", "web=a"], "files", "web="),
        (["check", "--output", "sarif=a"], "files", "sarif="),
        (["check", "--output=sarif=a"], "files", "--output=sarif="),
        (["parity", "lock:a"], "files", "lock:"),
        (["isolate", "--write", ""], "folders", ""),
        (["check", "--index-url", ""], "words", ""),
        (["check", ""], "words", ""),
        (["chek", "--core", ""], "words", ""),
    ],
)
def test_files_and_folders(words: list[str], kind: str, skip: str) -> None:
    found = offered(*words)
    assert (found.kind, found.skip) == (kind, skip)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["check", "--fail-on", "w"], ["warning"]),
        (["check", "--platform", ""], ["linux/amd64"]),
        (["check", "--lock", ""], ["web=", "recommender=", "search="]),
        (["isolate", "--apart", "web,"], ["web,recommender", "web,search"]),
        (["isolate", "--apart", "web,search,re"], ["web,search,recommender"]),
        (["parity", ""], ["staging", "docker:", "lock:"]),
        (["parity", "staging", "d"], ["docker:"]),
        (["parity", "staging", "docker:x", ""], []),
        (["explain", "conflict-direct", ""], ["conflict-direct"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["check", "--", "--fo"], []),
    ],
)
def test_values(words: list[str], expected: list[str]) -> None:
    assert names(*words) == expected


@pytest.mark.parametrize(
    "name",
    ["$(touch x)", "`x`", "a b", "a\nb", "a\tb", "a;b", "a'b", 'a"b', "a\\b", "a\x1b[m", "é"],
)
def test_nothing_is_offered_that_needs_quotes(name: str) -> None:
    from typer.main import get_command

    from depcheck.cli.app import app

    known = Known(
        components=lambda: (name,),
        environments=lambda: (name,),
        rules=lambda: ((name, "x"),),
        severities=(),
        platforms=(),
        sides=lambda: (name,),
    )
    for words in (
        ["isolate", "--apart", ""],
        ["parity", ""],
        ["explain", ""],
        ["check", "--lock", ""],
    ):
        assert offer(get_command(app), words, known).choices == ()


def test_a_meaning_stays_on_its_line() -> None:
    lines = list(Offer(choices=(("word", "two\nlines\twide"),)).lines())
    assert lines == ["words\t", "word\ttwo lines wide"]


@pytest.mark.parametrize("text", ["[", "components = 3", "[components]\nweb = 1", "\xff"])
def test_a_configuration_at_fault_offers_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "depcheck.toml").write_text(text, encoding="latin-1")
    run = ask(tmp_path, "isolate", "--apart", "")
    assert (run.returncode, run.stderr) == (0, "")
    assert set(run.stdout.splitlines()) <= {"words\t", "web\t"}


def test_the_configuration_that_is_named_is_asked(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[components.shop]\nsource = "a.txt"\n')
    for named in (["--config", "other.toml"], ["--config=other.toml"]):
        run = ask(tmp_path, "isolate", *named, "--apart", "")
        assert run.stdout == "words\t\nshop\t\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed(shell: str, tmp_path: Path) -> None:
    run = depcheck("completion", shell, cwd=tmp_path)
    assert run.returncode == 0
    assert "depcheck complete -- " in run.stdout
    assert run.stdout.isascii()


def ask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return depcheck("complete", "--", *words, cwd=folder)
