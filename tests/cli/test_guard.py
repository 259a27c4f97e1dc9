"""What an error becomes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from depcheck.cli.guard import guarded
from depcheck.errors import IndexFailure, SourceError


def raising(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


def test_what_the_action_returns_is_the_status() -> None:
    assert guarded(lambda: 3) == 3


def test_an_error_is_told_with_its_hint(capsys: pytest.CaptureFixture[str]) -> None:
    error = SourceError("a.txt:3: nonsense\na.txt:4: more", hint="mend it")
    assert guarded(raising(error)) == 2
    assert capsys.readouterr().err == (
        "error: a.txt:3: nonsense\nerror: a.txt:4: more\nhint: mend it\n"
    )


def test_an_index_that_cannot_be_asked_is_three() -> None:
    assert guarded(raising(IndexFailure("no index"))) == 3


def test_a_fault_of_our_own_is_short(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEPCHECK_TRACEBACK", raising=False)
    assert guarded(raising(KeyError("https://user:hunter2@h/\x1b"))) == 3
    told = capsys.readouterr().err
    assert told.startswith("error: internal error: KeyError: ")
    assert len(told.splitlines()) == 2
    assert "hunter2" not in told
    assert "\x1b" not in told


def test_its_traceback_is_shown_on_request_without_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPCHECK_TRACEBACK", "1")
    assert guarded(raising(ValueError("https://user:hunter2@h/"))) == 3
    told = capsys.readouterr().err
    assert "traceback: Traceback (most recent call last):" in told
    assert "hunter2" not in told
