"""PipeWire and WirePlumber of the test's own, and readers that are real programs.

A test with the fixture ``desktop`` skips where they are not installed.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from tray_host import PrivateBus

from vcam.frames import Size

PROGRAMS = ("dbus-daemon", "pipewire", "wireplumber", "pw-cli", "gst-launch-1.0")
WAIT_S = 20.0


@cache
def missing() -> str:
    """What a test needs and is not installed; empty when all is there."""
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if not lacking:
        words = ["gst-inspect-1.0", "pipewiresrc"]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            lacking = ["gstreamer1.0-pipewire"]
    return ", ".join(lacking)


class Desktop:
    """A session with PipeWire, in a folder of its own; nothing of the machine's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bus = PrivateBus(folder)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PIPEWIRE_RUNTIME_DIR": str(folder),
            "PIPEWIRE_REMOTE": "pipewire-0",
            "DBUS_SESSION_BUS_ADDRESS": self._bus.address,
            # WirePlumber must not ask the machine's own bus for its devices.
            "DBUS_SYSTEM_BUS_ADDRESS": self._bus.address,
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._readers: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self._bus.start(self.environment)
        self.start_daemons()

    def start_daemons(self) -> None:
        """PipeWire, and once it listens, WirePlumber."""
        socket = self.folder / "pipewire-0"
        socket.unlink(missing_ok=True)  # of one that was killed
        self.start_daemon("pipewire")
        deadline_s = time.monotonic() + WAIT_S
        while not socket.exists():
            assert time.monotonic() < deadline_s, "pipewire did not start"
            time.sleep(0.02)
        self.start_daemon("wireplumber")

    def start_daemon(self, name: str) -> None:
        self._running[name] = self._start([name])

    def start_program(self, words: list[str], more: dict[str, str]) -> None:
        """Another one, with more in its environment; ended with the rest."""
        self._running[words[0]] = self._start(words, more=more)

    def kill_daemon(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        process.wait(WAIT_S)

    @contextmanager
    def hanging(self, name: str) -> Iterator[None]:
        """While this one neither answers nor ends."""
        self._running[name].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._running[name].send_signal(signal.SIGCONT)

    def nodes(self) -> str:
        """What PipeWire lists, as ``pw-cli`` writes it."""
        done = subprocess.run(
            ["pw-cli", "ls", "Node"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )
        return done.stdout

    def keep(self) -> None:
        """Start a reader that keeps every picture it gets, since nobody takes them."""
        self._readers.append(
            self._start(
                [
                    *("gst-launch-1.0", "-q", "pipewiresrc", "target-object=vcam"),
                    *("!", "video/x-raw,format=I420", "!", "queue"),
                    *("max-size-bytes=0", "max-size-time=0"),
                    *("!", "fdsink", "fd=1"),
                ],
                stdout=subprocess.PIPE,
            )
        )

    def read(self, name: str, pictures: int, target: str = "vcam") -> Path:
        """Start a reader that writes that many I420 pictures into a file."""
        file = self.folder / f"{name}.yuv"
        self._readers.append(
            self._start(
                [
                    *("gst-launch-1.0", "-q", "pipewiresrc", f"target-object={target}"),
                    *(f"num-buffers={pictures}", "!", "video/x-raw,format=I420"),
                    # It would keep the buffers of small pictures until there are more.
                    *("!", "filesink", f"location={file}", "buffer-mode=unbuffered"),
                ]
            )
        )
        return file

    @property
    def last_reader(self) -> subprocess.Popen[bytes]:
        return self._readers[-1]

    def stop(self) -> None:
        for process in (*self._readers, *self._running.values()):
            process.kill()
            process.wait(WAIT_S)
            if process.stdout is not None:
                process.stdout.close()
        self._bus.kill()

    def _start(
        self,
        words: list[str],
        stdout: int = subprocess.DEVNULL,
        more: dict[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            words,
            env={**self.environment, **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
        )


def pictures_in(file: Path, size: Size) -> int:
    """How many whole pictures a reader has written."""
    length = size.width * size.height * 3 // 2
    return file.stat().st_size // length if file.exists() else 0


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """Running, and what this process connects to."""
    if lacking := missing():
        pytest.skip(f"not installed: {lacking}")
    desktop = Desktop(tmp_path)
    for name, value in desktop.environment.items():
        monkeypatch.setenv(name, value)
    try:
        desktop.start()
        yield desktop
    finally:
        desktop.stop()
