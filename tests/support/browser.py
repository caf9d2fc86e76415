"""A real browser for the tests: headless Chromium, told what to do over its own protocol (DevTools, a web socket)."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
NO_BROWSER = "no browser on this machine (Debian package chromium)"
WAIT = 60.0
"""Seconds until what a page is waited for has to be there: the machine may be busy."""
_KEYS = {"Enter": 13, "Tab": 9, "Escape": 27, "Backspace": 8, "F2": 113, "ArrowRight": 39}
CTRL, SHIFT = 2, 8


class Tab:
    """A page in a window of its own: nothing in it (cookies) is shared with other tabs."""

    def __init__(self, address: str) -> None:
        self._socket: ClientConnection = connect(address, max_size=None, open_timeout=WAIT)
        self._number = 0
        self.call("Page.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Asks the browser for something; returns what it says."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._socket.recv(timeout=WAIT))
            if said.get("id") == self._number:
                assert "error" not in said, said
                return dict(said["result"])

    def goto(self, url: str) -> None:
        """Opens a page, and waits until it and its scripts are there."""
        self.js("window.leaving = true")
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && !window.leaving")

    def js(self, script: str) -> Any:
        """What an expression of JavaScript is on the page; of a promise what it becomes."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, script: str, seconds: float = WAIT) -> Any:
        """Waits until an expression is true; returns what it is."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = self.js(script)
            except AssertionError:  # the page is being changed for another one
                found = None
            if found:
                return found
            time.sleep(0.01)
        raise AssertionError(f"in vain for {seconds} s: {script}; the page says: {self.text()[:800]}")

    def text(self) -> str:
        return str(self.js("document.body.innerText"))

    def press(self, key: str, modifiers: int = 0) -> None:
        """Presses a key: a character, or the name of a key (Enter)."""
        event: dict[str, Any] = {"key": key, "modifiers": modifiers}
        if key in _KEYS:
            event |= {"code": key, "windowsVirtualKeyCode": _KEYS[key]}
        if key == "Enter" or (len(key) == 1 and not modifiers):
            event["text"] = "\r" if key == "Enter" else key
        self.call("Input.dispatchKeyEvent", type="keyDown" if "text" in event else "rawKeyDown", **event)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, modifiers=modifiers)

    def type(self, text: str) -> None:
        for character in text:
            self.press(character)

    def photograph(self, target: Path, width: int, height: int) -> None:
        """Writes a picture (PNG) of the page in a window of that size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        time.sleep(0.3)
        target.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


class Browser:
    """A running browser; each tab is a person's own."""

    def __init__(self, profile: Path) -> None:
        self._port, way = (profile / "DevToolsActivePort").read_text().splitlines()
        self._control = Tab.__new__(Tab)
        self._control._socket = connect(f"ws://127.0.0.1:{self._port}{way}", max_size=None, open_timeout=WAIT)
        self._control._number = 0

    def tab(self) -> Tab:
        context = self._control.call("Target.createBrowserContext")["browserContextId"]
        made = self._control.call("Target.createTarget", url="about:blank", browserContextId=context)
        return Tab(f"ws://127.0.0.1:{self._port}/devtools/page/{made['targetId']}")


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile in that folder; ended after."""
    assert BROWSER is not None
    profile = folder / "profile"
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={profile}",
        "--window-size=1280,800", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + WAIT
        while (
            not (profile / "DevToolsActivePort").exists() or not (profile / "DevToolsActivePort").read_text()
        ):
            assert process.poll() is None and time.monotonic() < end, "the browser does not start"
            time.sleep(0.05)
        yield Browser(profile)
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    """Whether a server answers there."""
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
