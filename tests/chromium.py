"""A headless Chromium, driven over its DevTools protocol, with a drawn person as webcam.

https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from vcam.frames import Image

PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
START_S = 40.0
ANSWER_S = 60.0
FLAGS = [
    *("--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu"),
    *("--disable-dev-shm-usage", "--mute-audio", "--remote-debugging-port=0"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--disable-quic", "--use-fake-ui-for-media-stream"),
]
DRAWN_WEBCAM = ["--use-fake-device-for-media-stream"]
PIPEWIRE_WEBCAMS = ["--enable-features=WebRtcPipeWireCamera"]
"""What ``chrome://flags/#enable-webrtc-pipewire-camera`` switches on."""

needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed")


def write_y4m(path: Path, images: Iterable[Image], fps: int = 30) -> None:
    """A raw video that Chromium takes for its webcam, and repeats."""
    with path.open("wb") as file:
        for number, image in enumerate(images):
            if number == 0:
                height, width = image.shape[:2]
                file.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420\n".encode())
            file.write(b"FRAME\n")
            file.write(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).tobytes())


class Chromium:
    """The browser, from its start to the end of the ``with`` block."""

    def __init__(
        self,
        folder: Path,
        webcam: Path | None = None,
        webcams: Sequence[str] = DRAWN_WEBCAM,
    ) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        clip = [f"--use-file-for-fake-video-capture={webcam}"] if webcam else []
        assert PROGRAM is not None
        self._log = (folder / "chromium.log").open("wb")
        self._process = subprocess.Popen(
            [
                *(PROGRAM, *FLAGS, *webcams),
                *(f"--user-data-dir={folder}", *clip, "about:blank"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        self._tabs: list[Tab] = []
        self._port = self._wait_for_port()

    def _wait_for_port(self) -> int:
        file = self._folder / "DevToolsActivePort"
        until_s = time.monotonic() + START_S
        while not (file.exists() and file.read_text().count("\n")):
            if self._process.poll() is not None or time.monotonic() > until_s:
                log = (self._folder / "chromium.log").read_text(errors="replace")
                raise RuntimeError(f"Chromium does not start: {log[-2000:]}")
            time.sleep(0.05)
        return int(file.read_text().split()[0])

    def tab(
        self, url: str, size: tuple[int, int] = (1280, 800), dark: bool = False
    ) -> "Tab":
        new = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/json/new?about:blank", method="PUT"
        )
        with urllib.request.urlopen(new, timeout=20) as answer:
            tab = Tab(json.load(answer)["webSocketDebuggerUrl"])
        self._tabs.append(tab)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.do(f"{domain}.enable")
        tab.resize(*size)
        tab.set_dark(dark)
        tab.do("Page.navigate", url=url)
        return tab

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for tab in self._tabs:
            tab.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


class Tab:
    """One page."""

    def __init__(self, address: str) -> None:
        self._stack = ExitStack()
        self._socket: ClientConnection = self._stack.enter_context(
            connect(
                address,
                max_size=64 << 20,
                compression=None,
                open_timeout=20,
                close_timeout=1,
            )
        )
        self._number = 0
        self.events: list[dict[str, Any]] = []
        """What the browser has told so far."""

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of one command of the protocol."""
        self._number += 1
        number = self._number
        self._socket.send(
            json.dumps({"id": number, "method": method, "params": parameters})
        )
        while True:
            message = json.loads(self._socket.recv(timeout=ANSWER_S))
            if message.get("id") != number:
                self.events.append(message)
                continue
            if "error" in message:
                raise RuntimeError(f"{method}: {message['error']}")
            result: dict[str, Any] = message["result"]
            return result

    def js(self, code: str) -> Any:
        """The value of an expression in the page; of a promise, what it resolves to."""
        found = self.do(
            "Runtime.evaluate",
            expression=code,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"])[:800])
        return found["result"].get("value")

    def until(self, code: str, timeout_s: float = 20.0) -> None:
        """Wait until an expression is true; one that cannot be evaluated yet is not."""
        until_s = time.monotonic() + timeout_s
        while True:
            try:
                if self.js(f"!!({code})"):
                    return
            except RuntimeError:
                pass
            if time.monotonic() > until_s:
                raise TimeoutError(f"it never became true: {code}; {self.said()}")
            time.sleep(0.05)

    def said(self) -> list[str]:
        """Errors and messages of the page's scripts, and what the browser refused."""
        found = []
        for event in self.events:
            details = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                found.append(json.dumps(details["exceptionDetails"])[:400])
            elif event["method"] == "Log.entryAdded":
                entry = details["entry"]
                found.append(f"{entry['text']} {entry.get('url', '')}")
            elif event["method"] == "Runtime.consoleAPICalled":
                found.append(json.dumps(details["args"])[:400])
        return found

    def requested(self) -> list[str]:
        """The addresses that the page has asked for, WebSockets included."""
        self.js("0")  # takes in what was told meanwhile
        return [
            event["params"]["url"]
            if "url" in event["params"]
            else event["params"]["request"]["url"]
            for event in self.events
            if event["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")
        ]

    def choose_files(self, selector: str, *paths: Path) -> None:
        """Choose files in an ``<input type=file>``."""
        root = self.do("DOM.getDocument")["root"]["nodeId"]
        node = self.do("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.do("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def resize(self, width: int, height: int) -> None:
        self.do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )

    def set_dark(self, dark: bool) -> None:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.do("Emulation.setEmulatedMedia", features=[scheme])

    def screenshot(self) -> Image:
        png = self.do("Page.captureScreenshot", format="png")["data"]
        return decoded(base64.b64decode(png))

    def canvas(self, selector: str) -> Image:
        """The pixels of a canvas."""
        url = self.js(f"document.querySelector({selector!r}).toDataURL('image/png')")
        return decoded(base64.b64decode(url.partition(",")[2]))

    def close(self) -> None:
        """Close the page, and the connection without waiting until the browser does.

        Its threads would otherwise live until a busy browser gets round to it.
        """
        with suppress(ConnectionClosed, TimeoutError, RuntimeError):
            self.do("Page.close")
        self._stack.close()


def decoded(content: bytes) -> Image:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)
