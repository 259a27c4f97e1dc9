"""A real Chromium without a head, driven over the DevTools protocol on two pipes.

``--remote-debugging-pipe`` has the browser read commands from its descriptor 3 and write
answers and events to 4, as JSON ended by a zero byte: nothing listens on the network. Where
no Chromium is installed a test is skipped with the reason, or fails where ``CI`` is set.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_PATIENCE = 60.0
# The two ends become the descriptors 3 and 4; by way of high ones, since either may be 3 or 4.
_START = (
    "import os, sys, fcntl\n"
    "ends = [fcntl.fcntl(int(n), fcntl.F_DUPFD, 20) for n in sys.argv[1:3]]\n"
    "os.dup2(ends[0], 3); os.dup2(ends[1], 4)\n"
    "os.execvp(sys.argv[3], sys.argv[3:])\n"
)


def lacking(what: str) -> None:
    """Skip the test, or let it fail where ``CI`` is set."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def program() -> str:
    """Return the path of an installed Chromium."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    lacking(f"no {_NAMES[0]} is installed")
    raise AssertionError


class Browser:
    """A running browser. ``events`` are all that were told, the first one first."""

    def __init__(self, profile: Path) -> None:
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        flags = (
            "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu",
            "--hide-scrollbars", "--no-default-browser-check", "--disable-background-networking",
            "--disable-component-update", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
            # A container's root may not make the namespaces of the sandbox.
            *(("--no-sandbox",) if os.geteuid() == 0 else ()), "about:blank",
        )  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(to_read), str(to_write), program(), *flags],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._rest = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, session: str = "", **words: Any) -> dict[str, Any]:
        """Return the result of a command; an ``AssertionError`` where it fails."""
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": words}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while (answer := self._next()).get("id") != number:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _next(self, patience: float = _PATIENCE) -> dict[str, Any]:
        until = time.monotonic() + patience
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            got = os.read(self._read, 1 << 16)
            assert got, "the browser has ended"
            self._rest += got
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def wait(self, method: str, session: str) -> dict[str, Any]:
        """Return the first event ``method`` of a session that is told from now on, or was."""
        seen = 0
        while True:
            for event in self.events[seen:]:
                if event.get("method") == method and event.get("sessionId") == session:
                    return event
            seen = len(self.events)
            self.events.append(self._next())

    def close(self) -> None:
        with contextlib.suppress(AssertionError, OSError):
            self.ask("Browser.close")
        os.close(self._write)
        os.close(self._read)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def running(profile: Path) -> Iterator[Browser]:
    """Give a browser with its files in ``profile``."""
    browser = Browser(profile)
    try:
        yield browser
    finally:
        browser.close()


class Page:
    """A tab of its own. ``troubles`` are errors, warnings and violations, as texts."""

    def __init__(
        self, browser: Browser, *, width: int = 1280, height: int = 900, dark: bool = False,
        script: bool = True,
    ) -> None:  # fmt: skip
        self._browser = browser
        self._context = browser.ask("Target.createBrowserContext")["browserContextId"]
        target = browser.ask(
            "Target.createTarget", url="about:blank", browserContextId=self._context
        )["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.ask(f"{domain}.enable")
        self.scheme("dark" if dark else "light")
        self.resize(width, height)
        if not script:
            self.ask("Emulation.setScriptExecutionDisabled", value=True)

    def ask(self, method: str, **words: Any) -> dict[str, Any]:
        return self._browser.ask(method, self.session, **words)

    def resize(self, width: int, height: int = 900) -> None:
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=False,
        )  # fmt: skip

    def scheme(self, name: str) -> None:
        """Let the system ask for light or dark colours."""
        feature = {"name": "prefers-color-scheme", "value": name}
        self.ask("Emulation.setEmulatedMedia", features=[feature])

    def open(self, path: Path) -> None:
        """Open a file and wait until it is all there."""
        self.ask("Page.navigate", url=path.as_uri())
        self._browser.wait("Page.loadEventFired", self.session)

    def run(self, expression: str) -> Any:
        """Return the value of an expression (JSON); a promise is waited for."""
        result = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def settle(self) -> None:
        """Wait until what was asked for is drawn: in a page with a script that is in front."""
        self.run("new Promise(d => requestAnimationFrame(() => requestAnimationFrame(d)))")

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a mouse does."""
        self.run(
            f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block:'center'}})"
        )
        self.settle()
        box = self.run(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left",
                clickCount=1,
            )  # fmt: skip
        self.settle()

    def press(self, key: str, text: str = "") -> None:
        """Press and release a key; ``text`` is what it types."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "/": 191, " ": 32}
        words: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": codes.get(key, 0)}
        self.ask(
            "Input.dispatchKeyEvent", type="keyDown", **words, **({"text": text} if text else {})
        )
        self.ask("Input.dispatchKeyEvent", type="keyUp", **words)
        self.settle()

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self.ask("Input.insertText", text=text)
        self.settle()

    def screenshot(self, path: Path, *, whole: bool = True) -> None:
        import base64

        data = self.ask("Page.captureScreenshot", captureBeyondViewport=whole, **self._clip(whole))
        path.write_bytes(base64.b64decode(data["data"]))

    def _clip(self, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        return {
            "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        }

    def pdf(self) -> bytes:
        import base64

        return base64.b64decode(self.ask("Page.printToPDF", printBackground=False)["data"])

    def events(self, method: str) -> list[dict[str, Any]]:
        """Return what was told of this page under ``method``, in its order."""
        self.run("0")  # whatever was told before its answer is here now
        return [
            event["params"]
            for event in self._browser.events
            if event.get("sessionId") == self.session and event.get("method") == method
        ]

    @property
    def troubles(self) -> list[str]:
        """Errors, warnings and violations of the page's policy."""
        methods = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded",
                   "Audits.issueAdded", "Page.javascriptDialogOpening")  # fmt: skip
        return [json.dumps(told) for method in methods for told in self.events(method)]

    @property
    def requests(self) -> list[str]:
        """The addresses that were asked for, the page's own one first."""
        return [told["request"]["url"] for told in self.events("Network.requestWillBeSent")]

    def close(self) -> None:
        self._browser.ask("Target.disposeBrowserContext", browserContextId=self._context)
