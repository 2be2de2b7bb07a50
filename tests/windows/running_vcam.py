"""``vcam run`` in a process of its own on Windows, and commands for it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil

VCAM = (sys.executable, "-P", "-m", "vcam")
LIMIT_S = 60.0
"""Seconds that anything may take: a program starts slowly where others run."""


class RunningVcam:
    """The process; :meth:`close` ends it however it is."""

    def __init__(self, device: str, *arguments: str) -> None:
        """Start it on the drawn presenter, publishing to ``device``."""
        size = ("--size", "640x360")
        self._process = subprocess.Popen(
            [*VCAM, "run", "--camera", "presenter", *size, "--device", device, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def is_live(self) -> bool:
        """Whether pictures of the presenter are on air."""
        assert self._process.poll() is None, self.said()
        done = command("status", "--json")
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return answer.get("state") == "live"

    def ended(self) -> int:
        """The exit status, once it ends."""
        return self._process.wait(LIMIT_S)

    def said(self) -> str:
        """What it has printed, once it ends."""
        said, _ = self._process.communicate(timeout=LIMIT_S)
        return said.decode(errors="replace")

    def crash(self) -> None:
        """What Task Manager, a log-off and a power failure have in common."""
        psutil.Process(self._process.pid).kill()
        self._process.wait(LIMIT_S)

    def close(self) -> None:
        """End it, and free what it holds."""
        with suppress(psutil.NoSuchProcess):
            self._process.kill()
        self._process.communicate(timeout=LIMIT_S)


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    """Another vcam command, and what it said."""
    return subprocess.run(
        [*VCAM, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LIMIT_S,
        check=False,
    )


def until(happened: Callable[[], object]) -> None:
    """Wait for it."""
    limit_s = time.monotonic() + LIMIT_S
    while not happened():
        assert time.monotonic() < limit_s, "it never happened"
        time.sleep(0.05)
