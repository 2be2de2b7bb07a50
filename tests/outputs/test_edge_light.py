"""A bright frame on the screen: where it is, what it lets through, how it ends."""

import itertools
import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from conftest import Eventually
from tray_desktop import Desktop, Picture, desktop, missing

from vcam.cli import main
from vcam.errors import SettingsError
from vcam.frames import Size
from vcam.outputs import x11_frame
from vcam.outputs.edge_light import TONES, Box, EdgeLightOptions, strips
from vcam.outputs.x11_window import X11Window

ORANGE, RED = (255, 128, 0), (255, 0, 0)
COMMAND = [sys.executable, "-P", "-m", "vcam", "edge-light"]


@pytest.mark.parametrize("thickness", [1.0, 8.0, 30.0])
@pytest.mark.parametrize("screen", [Box(0, 0, 1920, 1080), Box(1920, -40, 900, 1600)])
def test_it_is_a_closed_frame_inside_the_screen(screen: Box, thickness: float) -> None:
    covered = np.zeros((screen.height, screen.width), int)
    for x, y, width, height in strips(screen, thickness):
        left, top = x - screen.x, y - screen.y
        assert left >= 0 and top >= 0
        assert left + width <= screen.width and top + height <= screen.height
        covered[top : top + height, left : left + width] += 1
    thick = round(min(screen.width, screen.height) * thickness / 100)
    expected = np.ones_like(covered)
    expected[thick:-thick, thick:-thick] = 0
    assert (covered == expected).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tone": "lamp"}, "warm, neutral, cool"),
        ({"tone": "rgb(0 0 0 / 50%)"}, "CSS"),
        ({"thickness": 0.0}, "1 to 30"),
        ({"thickness": float("nan")}, "1 to 30"),
        ({"screen": -1}, "main one"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        EdgeLightOptions(**options)  # type: ignore[arg-type]


def test_a_named_tone_is_a_colour() -> None:
    assert all(EdgeLightOptions(tone).rgb[0] > 200 for tone in TONES)
    assert EdgeLightOptions("#ff8000").rgb == ORANGE


def test_the_main_screen_comes_first_and_one_that_is_off_does_not_count() -> None:
    reply = bytearray(32)
    struct.pack_into("=I", reply, 12, 3)
    for primary, outputs, box in (
        (0, 1, Box(0, 0, 800, 600)),
        (0, 0, Box(0, 0, 0, 0)),
        (1, 2, Box(800, -20, 1920, 1080)),
    ):
        reply += struct.pack("=IBBHhhHH8x", 1, primary, 1, outputs, *box) + bytes(
            4 * outputs
        )
    left, right = Box(0, 0, 800, 600), Box(800, -20, 1920, 1080)
    assert x11_frame._monitors(bytes(reply)) == (right, left, right)
    assert x11_frame._monitors(bytes(32)) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="X11 is asked for")
def test_without_a_display_it_is_said_what_else_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":999")
    assert main(["edge-light"]) == 1
    assert "studio" in capsys.readouterr().err
    assert main(["edge-light", "--tone", "lamp"]) == 2
    assert main(["edge-light", "--off"]) == 0


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    if lacking := missing(""):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    with desktop("", tmp_path / "home", "1280x800x24") as screen:
        yield screen


@contextmanager
def lit(screen: Desktop, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([*COMMAND, *more], env=variables(screen)) as process:
        try:
            yield process
        finally:
            process.kill()


def variables(screen: Desktop) -> dict[str, str]:
    return screen.environment | {"PYTHONPATH": str(Path.cwd())}


def framed(seen: Picture, colour: tuple[int, int, int], thick: int) -> bool:
    """Whether there is a frame of just that thickness."""
    height, width = seen.shape[:2]
    there = (seen == colour).all(axis=2)
    rim = np.ones((height, width), bool)
    rim[thick:-thick, thick:-thick] = False
    # The pointer may be on it.
    return bool(there[rim].mean() > 0.99 and there[~rim].mean() < 0.01)


def test_it_is_shown_follows_the_settings_and_the_same_command_ends_it(
    screen: Desktop,
) -> None:
    settings = Path(screen.environment["HOME"]) / ".config" / "vcam" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[edge_light]\ntone = "#ff8000"\nthickness = 5.0\n')
    with lit(screen) as process:
        screen.wait(lambda seen: framed(seen, ORANGE, 40), "no frame is seen")
        settings.write_text('[edge_light]\ntone = "#ff0000"\nthickness = 10.0\n')
        screen.wait(lambda seen: framed(seen, RED, 80), "it does not follow the settings")
        settings.write_text("[edge_light]\nthickness = 99.0\n")
        again = subprocess.run(
            COMMAND, env=variables(screen), capture_output=True, timeout=20
        )
        assert again.returncode == 0 and b"goes out" in again.stdout
        assert process.wait(10) == 0
    screen.wait(lambda seen: not framed(seen, RED, 80), "it does not go")


def test_clicks_go_through_it_to_a_window_below_that_is_raised(
    screen: Desktop, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    if not shutil.which("xdotool"):
        pytest.skip("xdotool is not installed")
    monkeypatch.setenv("DISPLAY", screen.display)
    grey = np.full((576, 1024, 3), 90, np.uint8)
    with lit(screen, "--tone", "#ff8000", "--thickness", "30"):
        screen.wait(lambda seen: framed(seen, ORANGE, 240), "no frame is seen")
        window = X11Window(Size.of(grey), "below")
        try:
            window.send(grey)  # it comes up above everything else
            screen.wait(lambda seen: framed(seen, ORANGE, 240), "it stays below")
            clicks = []

            def clicked() -> bool:
                screen.click((640, 200))
                window.send(grey)
                clicks.append(window.click)
                return window.click is not None

            eventually(clicked)
        finally:
            window.close()
    assert any(itertools.chain(clicks))


def test_without_extensions_of_the_display_it_is_a_frame_that_a_click_ends(
    screen: Desktop, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    if not shutil.which("xdotool"):
        pytest.skip("xdotool is not installed")
    monkeypatch.setenv("DISPLAY", screen.display)
    monkeypatch.setattr(x11_frame._Display, "_library", lambda *_: None)
    frame = x11_frame.FrameOnScreen()
    try:
        frame.show(EdgeLightOptions("#ff8000", 5.0))
        screen.wait(lambda seen: framed(seen, ORANGE, 40), "no frame is seen")
        screen.click((20, 400))

        def clicked() -> bool:
            frame.wait(0.1)
            return frame.clicked

        eventually(clicked)
    finally:
        frame.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(screen: Desktop, number: signal.Signals) -> None:
    with lit(screen, "--tone", "#ff8000") as process:
        screen.wait(lambda seen: framed(seen, ORANGE, 64), "no frame is seen")
        os.kill(process.pid, number)
        assert process.wait(10) in (130, 128 + number)
    screen.wait(lambda seen: not framed(seen, ORANGE, 64), "it does not go")
