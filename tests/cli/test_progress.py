"""The progress line: drawn over itself, and gone at the end."""

from __future__ import annotations

import io
import time

from depcheck.cli.progress import Notes, ProgressLine


def test_the_line_fits_and_goes() -> None:
    stream = io.StringIO()
    progress = ProgressLine(stream, 40)
    progress.requested(1234)
    time.sleep(0.12)
    progress.stage("listing every minimal conflict \x1b[31m" + "x" * 100)
    progress.close()
    progress.answered(5)
    written = stream.getvalue()
    assert "\n" not in written
    assert written.endswith("\r\x1b[K")
    assert "\x1b[31m" not in written
    assert all(len(line.removesuffix("\x1b[K")) < 40 for line in written.split("\r"))


def test_it_is_not_drawn_for_every_answer() -> None:
    stream = io.StringIO()
    progress = ProgressLine(stream, 80)
    for total in range(10_000):
        progress.answered(total)
    assert stream.getvalue().count("\r") < 100


def test_notes_stay() -> None:
    for observer, stream in [
        (lambda s: ProgressLine(s, 80), io.StringIO()),
        (Notes, io.StringIO()),
    ]:
        told = observer(stream)
        told.note("the cache is read-only")
        told.close()
        assert "note: the cache is read-only\n" in stream.getvalue()
