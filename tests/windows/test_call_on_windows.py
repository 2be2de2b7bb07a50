"""vcam as a call on Windows has it: another process, with what OBS's camera reads."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from vcam.frames import Image
from vcam.system.doctor import windows
from vcam.system.doctor.host import Host
from windows.obs_memory import ObsMemory

VCAM = (sys.executable, "-P", "-m", "vcam")
SIZE = "640x360"
LIMIT_S = 60.0
GREEN = np.array((0x40, 0xB1, 0x00))
"""#00b140, as blue, green, red."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Host().registry_value(windows.OBS, ""), reason="OBS's camera is not registered"
    ),
]


class Vcam:
    """``vcam run`` in a process of its own, and what another command says of it."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [*VCAM, "run", "--size", SIZE, "--device", "obs", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def is_live(self) -> bool:
        assert self._process.poll() is None, self.said()
        return status().get("state") == "live"

    def ended(self) -> int:
        return self._process.wait(LIMIT_S)

    def said(self) -> str:
        said, _ = self._process.communicate(timeout=LIMIT_S)
        return said.decode(errors="replace")

    def crash(self) -> None:
        """What Task Manager, a log-off and a power failure have in common."""
        psutil.Process(self._process.pid).kill()
        self._process.wait(LIMIT_S)

    def close(self) -> None:
        with suppress(psutil.NoSuchProcess):
            self._process.kill()
        self._process.communicate(timeout=LIMIT_S)


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*VCAM, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LIMIT_S,
        check=False,
    )


def status() -> dict[str, Any]:
    done = command("status", "--json")
    return json.loads(done.stdout) if done.returncode == 0 else {}


def until(happened: Callable[[], object]) -> None:
    limit_s = time.monotonic() + LIMIT_S
    while not happened():
        assert time.monotonic() < limit_s, "it never happened"
        time.sleep(0.05)


def corners(picture: Image) -> NDArray[np.float64]:
    """Where nobody sits: the mean colours of the two upper corners."""
    both = np.stack([picture[:40, :40], picture[:40, -40:]])
    return np.asarray(both.mean(axis=(1, 2)), np.float64)


@pytest.fixture
def run() -> Iterator[Callable[..., Vcam]]:
    with ExitStack() as running:

        def start(*arguments: str) -> Vcam:
            vcam = Vcam("--camera", "presenter", *arguments)
            running.callback(vcam.close)
            return vcam

        yield start


def test_a_call_sees_the_background_and_never_the_room(run: Callable[..., Vcam]) -> None:
    vcam = run("--background", "#00b140")
    seen: list[Image] = []

    def watch() -> bool:
        with suppress(FileNotFoundError), ObsMemory() as memory:
            if memory.is_ready:
                seen.append(memory.picture())
        return bool(seen) and bool(np.abs(corners(seen[-1]) - GREEN).max() < 8)

    until(watch)
    until(vcam.is_live)
    with ObsMemory() as memory:
        before = memory.count
        until(lambda: memory.count > before + 20)
        assert memory.picture().shape == (360, 640, 3)
    command("set", "background=#0000ff")
    with ObsMemory() as memory:
        until(lambda: np.abs(corners(memory.picture()) - (255, 0, 0)).max() < 8)
    # Before that there were cards, which are grey.  The room is neither grey nor green.
    for picture in seen:
        for colour in corners(picture):
            assert np.ptp(colour) < 24 or np.abs(colour - GREEN).max() < 8, colour
    assert command("quit").returncode == 0
    assert vcam.ended() == 0


def test_after_a_crash_it_starts_again(run: Callable[..., Vcam]) -> None:
    first = run("--background", "#00b140")
    until(first.is_live)
    first.crash()

    asked = command("status")
    assert "Not running" in asked.stdout
    assert "not running" in command("quit").stderr

    second = run("--background", "#00b140")
    until(second.is_live)
    assert command("quit").returncode == 0
    assert second.ended() == 0


def test_a_second_one_says_that_one_runs(run: Callable[..., Vcam]) -> None:
    first = run("--background", "#00b140")
    until(first.is_live)
    again = command("run", "--camera", "presenter", "--background", "#00b140")
    assert again.returncode == 1
    assert "already running" in again.stderr
    assert first.is_live()
