"""The lines that a change touches."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.revisions.changes import changed_lines
from depcheck.revisions.git import find_git
from tests.support.repositories import ENVIRON

GIT = find_git(ENVIRON)


def touched(before: str | None, after: str | None) -> tuple[tuple[int, int], ...] | None:
    sides = tuple(None if side is None else side.encode() for side in (before, after))
    return changed_lines(GIT, {"file": (sides[0], sides[1])}).get("file")


def test_added_and_edited_lines_are_touched():
    assert touched("a\nb\nc\n", "a\nx\nc\nd\ne\n") == ((2, 2), (4, 5))


def test_the_lines_around_a_gap_are_touched():
    assert touched("a\nb\nc\n", "a\nc\n") == ((1, 2),)
    assert touched("a\nb\n", "b\n") == ((1, 1),)
    assert touched("a\nb\n", "a\n") == ((1, 2),)


def test_what_is_the_same_is_left_out():
    assert touched("a\n", "a\n") is None
    assert touched("a\r\nb\r\n", "a\nb\n") is None


def test_a_new_file_is_touched_as_a_whole_and_a_missing_one_not_at_all():
    assert touched(None, "a\nb\n") == ((1, 3),)
    assert touched(None, "") == ((1, 1),)
    assert touched("a\n", None) is None


def test_a_last_line_may_lack_its_end():
    assert touched("a", "a\nb") == ((1, 2),)


def test_text_that_looks_like_a_diff_is_text():
    after = "a\ndiff --git a/before/7 b/after/7\n@@ -1 +99,5 @@\n++ b/after/0\n"
    assert touched("a\n", after) == ((2, 4),)
    assert touched("a\n-- x\n", "a\n") == ((1, 2),)


def test_bytes_that_are_no_text_are_compared_all_the_same():
    files = {"file": (b"a\n\0\xff\n", b"a\n\0\xfe\n"), "new\nname": (None, b"\xff")}
    assert changed_lines(GIT, files) == {"new\nname": ((1, 1),), "file": ((2, 2),)}


def test_several_files_keep_their_names():
    files = {name: (b"a\n", f"a\n{name}\n".encode()) for name in ("b", "../x", "::c", "0")}
    assert changed_lines(GIT, files) == dict.fromkeys(files, ((2, 2),))


LINES = st.lists(st.sampled_from("abc"), max_size=6)


@settings(max_examples=25, deadline=None)
@given(LINES, LINES)
def test_lines_that_are_not_touched_stood_there_before_in_their_order(before, after):
    text = ["".join(f"{line}\n" for line in side) for side in (before, after)]
    ranges = touched(*text) or ()
    kept = [
        line
        for number, line in enumerate(after, 1)
        if not any(first <= number <= last for first, last in ranges)
    ]
    rest = iter(before)
    assert all(line in rest for line in kept)


def test_a_hundred_thousand_gaps_cost_no_more_each_than_a_few():
    """Every second line changed: each is a range of its own."""
    before = [f"# {number}\n" for number in range(200_000)]
    after = [line.upper().replace("#", "##") if n % 2 else line for n, line in enumerate(before)]
    started = time.process_time()
    ranges = touched("".join(before), "".join(after))
    assert ranges is not None
    assert len(ranges) == 100_000
    assert time.process_time() - started < 10  # of quadratic work it was more than 30
