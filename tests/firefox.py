"""A headless Firefox, driven over its Marionette protocol.

https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

PROGRAM = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
START_S = 40.0
ANSWER_S = 60.0
PREFERENCES: dict[str, object] = {
    "media.webrtc.camera.allow-pipewire": True,
    # Nobody is there to be asked.
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
}


class Firefox:
    """The browser with one page, from its start to the end of the ``with`` block."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in {**PREFERENCES, "marionette.port": port}.items()
        ]
        (folder / "user.js").write_text("".join(lines))
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [
                PROGRAM,
                "--headless",
                "--marionette",
                "--no-remote",
                "--profile",
                str(folder),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        try:
            self._socket = self._connect(port)
        except BaseException:
            self._end()
            raise
        self._answers = self._socket.makefile("rb")
        self._answer()  # its greeting
        self.do("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})
        self.do("WebDriver:SetTimeouts", {"script": int(ANSWER_S * 1000)})

    def go(self, url: str) -> None:
        self.do("WebDriver:Navigate", {"url": url})

    def js(self, code: str) -> Any:
        """The value of an expression in the page; of a promise, what it resolves to."""
        script = f"const done = arguments[0]; Promise.resolve({code}).then(done);"
        answer = self.do("WebDriver:ExecuteAsyncScript", {"script": script, "args": []})
        return answer["value"]

    def do(self, command: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The result of one command of the protocol."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._answer()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return dict(result)

    def _answer(self) -> Any:
        length = b""
        while (digit := self._answers.read(1)) != b":":
            assert digit, "Firefox has ended"
            length += digit
        return json.loads(self._answers.read(int(length)))

    def _connect(self, port: int) -> socket.socket:
        deadline_s = time.monotonic() + START_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), ANSWER_S)
            except OSError:
                assert self._process.poll() is None, "Firefox does not start"
                assert time.monotonic() < deadline_s, "Firefox does not answer"
                time.sleep(0.1)

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._socket.close()
        self._end()
