"""Values of guard-rails that are worth nothing."""

from __future__ import annotations

import pytest

from depcheck.model.guarding import is_sized, passes_always


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (["CMD", "true"], "true"),
        (["CMD", "/bin/true"], "true"),
        (["CMD", "echo", "ok"], "echo"),
        (["CMD-SHELL", "exit 0"], "exit 0"),
        (["CMD-SHELL", " true ; "], "true"),
        (["CMD-SHELL", ":"], ":"),
        (["CMD-SHELL", "exit"], "exit"),
        (["CMD-SHELL", "echo ok"], "echo"),
        (["CMD", "sh", "-c", "exit 0"], "exit 0"),
        (["CMD", "/bin/bash", "-c", "curl x || true"], "… || true"),
        (["CMD-SHELL", "curl -f http://localhost || exit 0"], "… || exit 0"),
        (["CMD-SHELL", "curl -f http://localhost; exit 0"], "…; exit 0"),
    ],
)
def test_health_checks_that_pass_in_any_case(test, told):
    assert passes_always(test) == told


@pytest.mark.parametrize(
    "test",
    [
        [],
        ["NONE"],
        ["CMD"],
        ["CMD", "curl", "-f", "x"],
        ["CMD", "sh", "-c"],
        ["CMD", "sh", "check.sh"],
        ["CMD", "curl", "||", "true"],
        ["CMD-SHELL", ""],
        ["CMD-SHELL", "curl -f x || exit 1"],
        ["CMD-SHELL", "curl -f x && exit 0"],
        ["CMD-SHELL", "curl -f x && exit 0 || exit 1"],
        ["CMD-SHELL", "test -f x || exit 1; exit 0"],
        ["CMD-SHELL", "set -e; curl -f x; true"],
        ["CMD-SHELL", "if curl -f x; then true; else exit 1; fi"],
        ["CMD-SHELL", "while x; do true; done"],
        ["CMD-SHELL", "echo $(curl -f x) | grep ok"],
        ["CMD-SHELL", "exit $?"],
        ["CMD-SHELL", "grep 'a; true' x"],
    ],
)
def test_those_that_ask_something(test):
    assert passes_always(test) == ""


@pytest.mark.parametrize(
    ("options", "sized"),
    [
        ("size=64m", True),
        ("mode=1777,size=64m", True),
        ("size=50%", True),
        ("size=100", True),
        ("", False),
        ("mode=1777", False),
        ("size=0", False),
        ("size=", False),
        ("size=64m,size=0", False),
    ],
)
def test_sizes_of_a_tmpfs(options, sized):
    assert is_sized(options) is sized
