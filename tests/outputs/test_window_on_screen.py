"""A window of vcam's on a real screen, under a real window manager."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Eventually
from tray_desktop import Desktop, Picture, desktop, missing

from vcam.cli.welcome_pages import SIZE

LAPTOP = (1280, 800)
NEXT_AT, BEACH_AT = (930, 532), (730, 290)
"""On the pages of the welcome."""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    if lacking := missing(""):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    width, height = LAPTOP
    with desktop("", tmp_path / "home", f"{width}x{height}x24") as screen:
        yield screen


@contextmanager
def shown(screen: Desktop, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    words = [sys.executable, "-m", "vcam", *command]
    with subprocess.Popen(
        words, env=screen.environment | {"PYTHONPATH": str(Path.cwd())}
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def asked(screen: Desktop, *words: str) -> list[str]:
    """What xdotool prints, in lines; nothing where it finds nothing."""
    done = subprocess.run(
        ["xdotool", *words],
        env=screen.environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout.splitlines()


def test_the_window_is_known_as_vcams_and_fits_on_a_small_laptops_screen(
    screen: Desktop, eventually: Eventually
) -> None:
    search = ("search", "--onlyvisible", "--class", "^vcam$")
    with shown(screen, "demo"):
        eventually(lambda: asked(screen, *search))
        (window,) = asked(screen, *search)
        shell = asked(screen, "getwindowgeometry", "--shell", window)
        place = dict(line.split("=") for line in shell)
        frame_px, panel_px = 40, 60
        assert int(place["WIDTH"]) < LAPTOP[0]
        assert int(place["HEIGHT"]) < LAPTOP[1] - frame_px - panel_px


def test_the_window_shows_a_card_while_the_presenter_is_drawn(screen: Desktop) -> None:
    """It would be white for seconds: nobody paints it meanwhile."""

    def shows_card(seen: Picture) -> bool:
        dark = (seen > 10).all(axis=2) & (seen < 60).all(axis=2)
        return bool(dark.mean() > 0.3)

    with shown(screen, "demo"):
        screen.wait(shows_card, "no card is seen")


@pytest.mark.parametrize("width", [1024, 1200])
def test_a_background_is_chosen_by_a_click_in_the_welcome_whatever_its_width(
    screen: Desktop, eventually: Eventually, width: int
) -> None:
    """A wider window shows the page in its middle."""
    home = Path(screen.environment["HOME"])
    settings = home / ".config" / "vcam" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[source]\ncamera = "presenter"\n')
    search = ("search", "--onlyvisible", "--class", "^vcam$")

    def click(window: str, x: int, y: int) -> None:
        place = str((width - SIZE.width) // 2 + x), str(y)
        asked(screen, "mousemove", "--window", window, *place, "click", "1")

    with shown(screen, "welcome", "--window") as process:
        eventually(lambda: asked(screen, *search))
        (window,) = asked(screen, *search)
        asked(screen, "windowsize", "--sync", window, str(width), str(SIZE.height))
        asked(screen, "windowmove", "--sync", window, "10", "40")

        def chosen() -> bool:
            click(window, *BEACH_AT)
            return "beach" in settings.read_text()

        click(window, *NEXT_AT)
        eventually(chosen)
        click(window, *NEXT_AT)
        click(window, *NEXT_AT)
        assert process.wait(10) == 0
