"""Which file of a release a target installs, and why none does."""

from __future__ import annotations

import pytest

from depcheck.model.catalog import Distribution
from depcheck.resolve.select import Selector, Unfit, wheel_tags
from tests.support.memory import linux_target

SELECTOR = Selector(linux_target("3.11.7"))


def files(*names: str, python: str | None = None) -> tuple[Distribution, ...]:
    return tuple(
        Distribution(name, f"https://index.example/{name}", requires_python=python)
        for name in names
    )


def chosen(*names: str) -> str:
    choice = SELECTOR.choose(files(*names))
    assert isinstance(choice, Distribution)
    return choice.filename


def test_the_most_specific_wheel_is_preferred_and_an_sdist_comes_last():
    best = "x-1-cp311-cp311-manylinux_2_17_x86_64.whl"
    stable = "x-1-cp38-abi3-manylinux_2_17_x86_64.whl"
    anywhere = "x-1-py3-none-any.whl"
    assert chosen("x-1.tar.gz", anywhere, best) == best
    assert chosen("x-1.tar.gz", anywhere) == anywhere
    assert chosen("x-1.tar.gz", "x-1-cp311-cp311-win_amd64.whl") == "x-1.tar.gz"
    assert isinstance(SELECTOR.choose(files(stable)), Unfit)  # the target lists no cp38-abi3


def test_one_wheel_may_carry_many_tags():
    name = "x-1-cp310.cp311-cp310.cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
    assert chosen(name) == name
    assert len(wheel_tags(name)[1]) == 8


def test_a_higher_build_number_is_preferred():
    assert chosen("x-1-2-py3-none-any.whl", "x-1-10-py3-none-any.whl", "x-1-py3-none-any.whl") == (
        "x-1-10-py3-none-any.whl"
    )


def test_all_that_fit_are_listed_best_first():
    fitting = SELECTOR.fitting(
        files("x-1.tar.gz", "x-1-cp311-cp311-win_amd64.whl", "x-1-py3-none-any.whl")
    )
    assert [file.filename for file in fitting] == ["x-1-py3-none-any.whl", "x-1.tar.gz"]


@pytest.mark.parametrize(
    ("found", "reason", "detail"),
    [
        ((), "no-file", "has no wheel or sdist"),
        (files("x-1.tar.gz", python=">=3.12"), "python", "needs Python >=3.12"),
        (
            files("x-1-cp311-cp311-win_amd64.whl", "x-1-cp312-cp312-macosx_11_0_arm64.whl"),
            "platform",
            "has wheels only for cp311, cp312 on macosx_11_0_arm64, win_amd64",
        ),
    ],
)
def test_why_none_fits(found, reason, detail):
    unfit = SELECTOR.choose(found)
    assert isinstance(unfit, Unfit)
    assert (unfit.reason, unfit.detail) == (reason, detail)


@pytest.mark.parametrize(
    ("bound", "admitted"),
    [
        (None, True),
        ("", True),
        (">=3.8,<4", True),
        (">=3.11.8", False),
        ("==3.11.*", True),
        ("!=3.11.*", False),
        ("~=3.10", True),
        ("rubbish", True),  # pip takes what is no specifier as no bound
    ],
)
def test_requires_python(bound, admitted):
    assert SELECTOR.allows(bound) is admitted
