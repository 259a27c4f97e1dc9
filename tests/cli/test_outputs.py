"""Which reports are asked for, and which places are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depcheck.cli.formats import Format
from depcheck.cli.outputs import Output, check_inputs, check_places, outputs
from depcheck.errors import OutputError, UsageError


def asked(format: str | None, *given: str) -> list[tuple[str, str]]:
    chosen = None if format is None else Format(format)
    return [(each.format.value, str(each.path or "-")) for each in outputs(chosen, given)]


@pytest.mark.parametrize(
    ("format", "given", "expected"),
    [
        (None, [], [("text", "-")]),
        ("json", [], [("json", "-")]),
        # An output without a format takes the place of the report on stdout.
        (None, ["r.txt"], [("text", "r.txt")]),
        (None, ["r.json"], [("json", "r.json")]),
        (None, ["r.sarif"], [("sarif", "r.sarif")]),
        (None, ["r.sarif.json"], [("sarif", "r.sarif.json")]),
        (None, ["R.MD"], [("markdown", "R.MD")]),
        (None, ["r.html"], [("html", "r.html")]),
        (None, ["report"], [("text", "report")]),
        ("html", ["r.json"], [("html", "r.json")]),
        (None, ["-"], [("text", "-")]),
        ("json", ["-"], [("json", "-")]),
        (None, ["a.json", "b.sarif"], [("json", "a.json"), ("sarif", "b.sarif")]),
        # One that names its format is one more.
        (None, ["json=r"], [("json", "r"), ("text", "-")]),
        ("github", ["json=r"], [("json", "r"), ("github", "-")]),
        (None, ["html=-"], [("html", "-")]),
        (None, ["html=-", "json=r"], [("html", "-"), ("json", "r")]),
        (None, ["json=r", "r.txt"], [("json", "r"), ("text", "r.txt")]),
        (None, ["json=r", "-"], [("json", "r"), ("text", "-")]),
        (None, ["./json=r"], [("text", "json=r")]),
        (None, ["json=a=b"], [("json", "a=b"), ("text", "-")]),
        (None, ["out-1=r.json"], [("json", "out-1=r.json")]),
    ],
)
def test_what_is_asked_for(
    format: str | None, given: list[str], expected: list[tuple[str, str]]
) -> None:
    assert asked(format, *given) == expected


@pytest.mark.parametrize(
    ("format", "given", "message", "hint"),
    [
        (None, ["sairf=r"], "sairf is not a format", 'did you mean "sarif"?'),
        (None, ["x=r"], "x is not a format", "is written ./x=r"),
        (None, ["json="], "names no file", "report.json"),
        (None, [""], "names no file", "report.json"),
        (None, [" "], "names no file", "report.json"),
        (None, ["html=-", "json=-"], "more than one report would go to stdout", ""),
        (None, ["-", "-"], "more than one report would go to stdout", ""),
        ("text", ["html=-"], "more than one report would go to stdout", ""),
        (None, ["json=r", "html=r"], "r: two outputs would be written there", ""),
        (None, ["json=r", "html=x/../r"], "x/../r: two outputs would be written there", ""),
        (None, ["x\x1b[31m"] * 2, "x\\x1b[31m: two outputs", ""),
    ],
)
def test_what_makes_no_sense(format: str | None, given: list[str], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        asked(format, *given)
    assert message in error.value.message
    assert hint in error.value.hint


def to(*paths: Path) -> list[Output]:
    return [Output(format=Format.TEXT, path=path) for path in paths]


def test_an_input_is_not_overwritten(tmp_path: Path) -> None:
    read = tmp_path / "requirements.txt"
    read.write_text("django\n")
    (tmp_path / "folder").mkdir()
    os.link(read, tmp_path / "same")
    (tmp_path / "link").symlink_to("requirements.txt")
    for name in ("requirements.txt", "folder/../requirements.txt", "same", "link"):
        with pytest.raises(UsageError, match="would overwrite what this run reads"):
            check_inputs(to(tmp_path / name), [read])
    check_inputs(to(tmp_path / "other"), [read])


def test_nor_one_that_is_not_there_yet(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="would overwrite"):
        check_inputs(to(tmp_path / "a" / ".." / "b"), [tmp_path / "b"])


def test_a_lock_has_a_place_of_its_own(tmp_path: Path) -> None:
    lock = tmp_path / "pylock.toml"
    with pytest.raises(UsageError, match="two outputs would be written there"):
        check_places(to(lock), [], lock=lock)


def test_a_folder_that_is_not_there_is_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"there is no folder .*missing"):
        check_places(to(tmp_path / "missing" / "r.txt"), [])
    with pytest.raises(OutputError, match="it is a folder"):
        check_places(to(tmp_path), [])
    check_places(to(tmp_path / "r.txt"), [])


def test_no_report_goes_where_files_are_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is in the folder that --write fills"):
        check_places(to(tmp_path / "deploy" / "compose.yaml"), [], made=tmp_path / "deploy")
    check_places(to(tmp_path / "r.txt"), [], made=tmp_path / "deploy")


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="a device of POSIX")
def test_a_device_takes_any_number_of_reports() -> None:
    assert len(outputs(None, ["json=/dev/null", "html=/dev/null", "/dev/null"])) == 3
    check_places(to(Path("/dev/null")), [Path("/dev/null")])
