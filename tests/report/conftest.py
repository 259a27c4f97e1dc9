"""What the tests of the page in a browser share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from depcheck.report.digest import Digest
from depcheck.report.html.page import render_html
from tests.support.browser import Browser, Page, running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


class Opener:
    """Opens digests as pages, one at a time."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._file = folder / "report.html"
        self.page: Page | None = None

    def __call__(self, digest: Digest, **how: object) -> Page:
        self.check()
        self._file.write_text(render_html(digest), encoding="utf-8")
        self.page = Page(self._browser, **how)  # type: ignore[arg-type] # the options of a page
        self.page.open(self._file)
        return self.page

    def check(self) -> None:
        """Close the page; whatever was done, nothing may have gone wrong or been fetched."""
        if self.page is not None:
            page, self.page = self.page, None
            troubles, requests = page.troubles, page.requests
            page.close()
            assert troubles == []
            assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Give what opens a digest, and look for troubles at the end."""
    opener = Opener(browser, tmp_path)
    yield opener
    opener.check()
