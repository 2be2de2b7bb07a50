"""vcam as a call on Windows has it: another process, with what OBS's camera reads."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.frames import Image
from vcam.outputs.windows_cameras import OBS_NAME, installed
from windows.obs_memory import ObsMemory
from windows.running_vcam import RunningVcam, command, until

Run = Callable[..., RunningVcam]
GREEN = np.array((0x40, 0xB1, 0x00))
"""#00b140, as blue, green, red."""
BLUE = np.array((0xFF, 0x00, 0x00))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        OBS_NAME not in [each.name for each in installed()],
        reason="OBS's camera is not registered",
    ),
]


def corners(picture: Image) -> NDArray[np.float64]:
    """Where nobody sits: the mean colours of the two upper corners."""
    both = np.stack([picture[:40, :40], picture[:40, -40:]])
    return np.asarray(both.mean(axis=(1, 2)), np.float64)


def is_before(colour: NDArray[np.int_], picture: Image) -> bool:
    return bool(np.abs(corners(picture) - colour).max() < 8)


def test_a_call_sees_the_background_and_never_the_room(run: Run) -> None:
    vcam = run("obs", "--background", "#00b140")
    seen: list[Image] = []

    def green_is_seen() -> bool:
        with suppress(FileNotFoundError), ObsMemory() as memory:
            if memory.is_ready:
                seen.append(memory.picture())
        return bool(seen) and is_before(GREEN, seen[-1])

    until(green_is_seen)
    until(vcam.is_live)
    with ObsMemory() as memory:
        before = memory.count
        until(lambda: memory.count > before + 20)
        assert memory.picture().shape == (360, 640, 3)
    assert command("set", "background=#0000ff").returncode == 0
    with ObsMemory() as memory:
        until(lambda: is_before(BLUE, memory.picture()))
    # First there were cards, which are grey.  The room is neither grey nor green.
    for picture in seen:
        for colour in corners(picture):
            assert np.ptp(colour) < 24 or np.abs(colour - GREEN).max() < 8, colour
    assert command("quit").returncode == 0
    assert vcam.ended() == 0


def test_after_a_crash_it_starts_again(run: Run) -> None:
    first = run("obs", "--background", "#00b140")
    until(first.is_live)
    first.crash()

    assert "Not running" in command("status").stdout
    assert "not running" in command("quit").stderr

    second = run("obs", "--background", "#00b140")
    until(second.is_live)
    assert command("quit").returncode == 0
    assert second.ended() == 0


def test_a_second_one_says_that_one_runs(run: Run) -> None:
    first = run("obs", "--background", "#00b140")
    until(first.is_live)
    again = command("run", "--camera", "presenter", "--background", "#00b140")
    assert again.returncode == 1
    assert "already running" in again.stderr
    assert first.is_live()
