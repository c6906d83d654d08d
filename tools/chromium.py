"""Drive a headless Chromium over a pipe: for the tests of the viewer and the pictures of the documentation.

Comes in: pages as files, keys, clicks. Goes out: what the page then says, and screenshots. No package is needed and no port opened:
the protocol's messages end with a zero byte on file descriptors 3 and 4. Every request of a page is recorded.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync "
    "--disable-extensions --disable-default-apps --hide-scrollbars --force-color-profile=srgb --remote-debugging-pipe"
)
SECONDS = 60.0
_KEYS = {
    "/": 191,
    "Enter": 13,
    "Escape": 27,
    "Tab": 9,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
    " ": 32,
    "End": 35,
    "Home": 36,
}


def find() -> str | None:
    """The browser of this machine, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One browser with one page."""

    def __init__(self, program: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="coupling-chromium-", ignore_cleanup_errors=True)
        self._scripts = True
        self._number, self._buffer, self.events = 0, b"", []  # type: int, bytes, list[dict[str, Any]]
        self._pid, self._out, self._in = _start(program, self._profile.name)
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = ""
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its answer.

        Raises RuntimeError when the browser refuses it, or does not answer in time.
        """
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if getattr(self, "_session", ""):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def look(self, width: int = 1440, height: int = 900, scheme: str = "light", scale: float = 1) -> None:
        """The size of the window, the user's colour scheme, the zoom."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)
        media = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        self.send("Emulation.setEmulatedMedia", features=media)

    def open(self, file: Path, fragment: str = "") -> None:
        """Load a page and wait until it is done."""
        self.send("Page.navigate", url="about:blank")
        self.events.clear()
        url = file.absolute().as_uri()
        self.send("Page.navigate", url=url + fragment)
        end = time.monotonic() + SECONDS
        while not self._loaded(url):
            if time.monotonic() > end:
                raise RuntimeError(f"{file} does not load")
            self.events.append(self._next())
        self.settle()

    def _loaded(self, url: str) -> bool:
        """Whether the page at an address has been loaded; the empty one before it may end late."""
        shown = [n for n, event in enumerate(self.events) if event.get("method") == "Page.frameNavigated" and url in str(event)]
        return any(event.get("method") == "Page.loadEventFired" for event in self.events[shown[0] :]) if shown else False

    def scripts(self, wanted: bool) -> None:
        """Whether pages may run their scripts."""
        self._scripts = wanted
        self.send("Emulation.setScriptExecutionDisabled", value=not wanted)

    def settle(self) -> None:
        """Wait for the next frame."""
        if self._scripts:
            self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")

    def run(self, expression: str, *, strict: bool = False) -> Any:
        """The value of an expression in the page; ``strict`` obeys the page's policy, as its own script has to.

        Raises RuntimeError with the page's exception.
        """
        allow = {"allowUnsafeEvalBlockedByCSP": not strict}
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True, **allow)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "exception"))
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        """Keys as a person presses them; text that is no key's name is typed."""
        for key in keys:
            single = key if len(key) == 1 else "\r" if key == "Enter" else ""
            pressed = {
                "key": key,
                "code": key,
                "windowsVirtualKeyCode": _KEYS.get(key) or (ord(key.upper()) if len(key) == 1 and key.isalnum() else 0),
            }
            self.send("Input.dispatchKeyEvent", type="keyDown", **pressed, **({"text": single} if single else {}))
            self.send("Input.dispatchKeyEvent", type="keyUp", **pressed)
        self.settle()

    def click(self, selector: str, number: int = 0) -> None:
        """The middle of an element, with the mouse."""
        middle = "const b = e.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]"
        element = f"document.querySelectorAll({json.dumps(selector)})[{number}]"
        x, y = self.run(f"(e => {{ e.scrollIntoView({{block: 'center', inline: 'center'}}); {middle}; }})({element})")
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def choose(self, selector: str, value: str) -> None:
        """An option of a select element."""
        change = "e.dispatchEvent(new Event('change', {bubbles: true}))"
        self.run(f"(e => {{ e.value = {json.dumps(value)}; {change}; }})(document.querySelector({json.dumps(selector)}))")
        self.settle()

    def screenshot(self) -> bytes:
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])

    def complaints(self) -> list[str]:
        """Errors, violations of the policy, exceptions and dialogs since the page was opened."""
        self.settle()
        out = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                out.append(str(params["exceptionDetails"]))
            elif method == "Log.entryAdded":
                out.append(params["entry"]["text"])
            elif method == "Runtime.consoleAPICalled":
                out.append(str(params["args"]))
            elif method == "Page.javascriptDialogOpening":
                out.append(params["message"])
        return out

    def requests(self) -> list[str]:
        """What the page asked for, itself included."""
        return [event["params"]["request"]["url"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]

    def close(self) -> None:
        self._session = ""
        try:
            self.send("Browser.close")
        except (OSError, RuntimeError):
            os.kill(self._pid, signal.SIGKILL)
        os.close(self._out)
        os.waitpid(self._pid, 0)
        os.close(self._in)
        self._profile.cleanup()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            if not select.select([self._in], [], [], SECONDS)[0]:
                raise RuntimeError("the browser does not answer")
            more = os.read(self._in, 1 << 16)
            if not more:
                raise RuntimeError("the browser is gone")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found


def _start(program: str, profile: str) -> tuple[int, int, int]:
    """The process, where to write to it and where to read from it."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    wires = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in (theirs_in, theirs_out)]
    os.close(theirs_in)
    os.close(theirs_out)
    actions = [(os.POSIX_SPAWN_DUP2, wires[0], 3), (os.POSIX_SPAWN_DUP2, wires[1], 4)]
    actions += [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [program, *FLAGS.split(), *root, f"--user-data-dir={profile}", "about:blank"]
    pid = os.posix_spawn(program, command, os.environ, file_actions=actions)
    for end in wires:
        os.close(end)
    return pid, ours_out, ours_in
