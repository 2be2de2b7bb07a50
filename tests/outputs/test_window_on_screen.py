"""A window of vcam's on a real screen, under a real window manager."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import Eventually
from tray_desktop import Desktop, Picture, desktop, missing

from vcam.cli.welcome_pages import SIZE
from vcam.errors import OutputError
from vcam.frames import Size
from vcam.outputs.x11_window import X11Window

LAPTOP = (1280, 800)
NOISE = np.random.default_rng(1).integers(0, 256, (240, 400, 3), np.uint8)
NEXT_AT, BEACH_AT = (930, 532), (904, 290)
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


@pytest.fixture
def window(screen: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[X11Window]:
    """One of this process, which shows :data:`NOISE` at its own size."""
    monkeypatch.setenv("DISPLAY", screen.display)
    window = X11Window(Size.of(NOISE), "Grün")
    window.send(NOISE)
    yield window
    window.close()


def in_front(screen: Desktop) -> str:
    (found,) = asked(screen, "search", "--onlyvisible", "--class", "^vcam$")
    return found


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


def test_every_pixel_of_the_picture_is_on_the_screen(
    screen: Desktop, window: X11Window
) -> None:
    asked(screen, "mousemove", "0", "0")  # the pointer is in the picture of the screen

    def is_shown(seen: Picture) -> bool:
        difference = cv2.matchTemplate(seen[..., ::-1].copy(), NOISE, cv2.TM_SQDIFF)
        _, _, (left, top), _ = cv2.minMaxLoc(difference)
        height, width, _ = NOISE.shape
        part = seen[top : top + height, left : left + width, ::-1]
        return np.array_equal(part, NOISE)

    screen.wait(is_shown, "another picture is seen")


def test_the_title_is_shown_and_changes(screen: Desktop, window: X11Window) -> None:
    assert asked(screen, "getwindowname", in_front(screen)) == ["Grün"]
    window.rename("Blau")
    window.send(NOISE)
    assert asked(screen, "getwindowname", in_front(screen)) == ["Blau"]


@pytest.mark.parametrize(
    ("pressed", "key"),
    [
        ("m", "m"),
        ("shift+m", "m"),
        ("2", "2"),
        ("Return", "\r"),
        ("BackSpace", "\b"),
        ("KP_2", "2"),
    ],
)
def test_a_key_is_told_once(
    screen: Desktop, window: X11Window, pressed: str, key: str, eventually: Eventually
) -> None:
    keys: list[str] = []

    def is_heard() -> bool:
        window.send(NOISE)
        keys.append(window.key)
        return key in keys

    asked(screen, "windowfocus", "--sync", in_front(screen), "key", pressed)
    eventually(is_heard)
    for _ in range(5):
        window.send(NOISE)
        keys.append(window.key)
    assert [each for each in keys if each] == [key]
    assert not window.closed


def test_of_two_keys_pressed_quickly_none_is_lost(
    screen: Desktop, window: X11Window, eventually: Eventually
) -> None:
    """In the welcome: a number, and Enter to go on."""
    keys: list[str] = []

    def are_heard() -> bool:
        window.send(NOISE)
        keys.append(window.key)
        return [each for each in keys if each] == ["2", "\r"]

    asked(screen, "windowfocus", "--sync", in_front(screen), "key", "2", "Return")
    eventually(are_heard)


@pytest.mark.parametrize(
    ("layout", "code", "key"), [("ru", "58", "m"), ("fr", "24", "a"), ("de", "29", "z")]
)
def test_a_layout_that_is_chosen_while_the_window_is_open_counts(
    screen: Desktop,
    window: X11Window,
    layout: str,
    code: str,
    key: str,
    eventually: Eventually,
) -> None:
    """On a Russian keyboard the Latin letters are printed beside its own."""
    if not shutil.which("setxkbmap"):
        pytest.skip("not installed: setxkbmap")
    subprocess.run(["setxkbmap", layout], env=screen.environment, check=True, timeout=20)
    asked(screen, "windowfocus", "--sync", in_front(screen), "key", code)

    def is_heard() -> bool:
        window.send(NOISE)
        return window.key == key

    eventually(is_heard)


def test_a_picture_of_another_size_is_shown_whole_in_the_same_window(
    screen: Desktop, window: X11Window, eventually: Eventually
) -> None:
    """The size may be changed while the preview is open."""
    larger = np.full((540, 960, 3), (0, 200, 0), np.uint8)
    larger[:, -96:] = (200, 0, 0)

    def is_whole() -> bool:
        window.send(larger)
        seen = screen.picture()
        blue = int((seen == (0, 0, 200)).all(axis=2).sum())
        green = int((seen == (0, 200, 0)).all(axis=2).sum())
        return blue >= 39 * 220 and 8 * blue < green < 10 * blue

    eventually(is_whole)


@pytest.mark.parametrize(("dpi", "width"), [(96, 400), (144, 600), (192, 800), (900, 1024)])
def test_on_a_scaled_desktop_the_window_opens_larger_and_still_fits(
    screen: Desktop, monkeypatch: pytest.MonkeyPatch, dpi: int, width: int
) -> None:
    if not shutil.which("xrdb"):
        pytest.skip("not installed: xrdb")
    subprocess.run(
        ["xrdb", "-nocpp", "-merge", "-"],
        input=f"Xft.antialias:\t1\nXft.dpi:\t{dpi}\n".encode(),
        env=screen.environment,
        check=True,
        timeout=20,
    )
    monkeypatch.setenv("DISPLAY", screen.display)
    with closing(X11Window(Size.of(NOISE), "Grün")) as window:
        window.send(NOISE)
        shell = asked(screen, "getwindowgeometry", "--shell", in_front(screen))
    place = dict(line.split("=") for line in shell)
    assert int(place["WIDTH"]) == width


def test_escape_closes_it_and_so_does_the_window_manager(
    screen: Desktop, window: X11Window, eventually: Eventually
) -> None:
    def is_closed() -> bool:
        window.send(NOISE)
        return window.closed

    asked(screen, "windowfocus", "--sync", in_front(screen), "key", "alt+F4")
    eventually(is_closed)
    window.closed = False
    asked(screen, "windowfocus", "--sync", in_front(screen), "key", "Escape")
    eventually(is_closed)


def test_a_larger_window_shows_the_whole_picture_in_its_middle(
    screen: Desktop, window: X11Window, eventually: Eventually
) -> None:
    """And a click is told in the picture's own pixels."""
    green = np.full_like(NOISE, (0, 200, 0))
    asked(screen, "windowsize", "--sync", in_front(screen), "1000", "480")
    asked(screen, "windowmove", "--sync", in_front(screen), "50", "50")

    def is_in_the_middle() -> bool:
        window.send(green)
        seen = (screen.picture() == (0, 200, 0)).all(axis=2)
        rows, columns = np.nonzero(seen)
        if seen.sum() < 800 * 480:
            return False
        assert int(np.ptp(rows)) == 479 and int(np.ptp(columns)) == 799
        return True

    eventually(is_in_the_middle)
    at = ("mousemove", "--window", in_front(screen), "500", "120")
    asked(screen, *at, "click", "1")

    def is_clicked() -> bool:
        window.send(green)
        return window.click == (200, 60)

    eventually(is_clicked)
    window.send(green)
    assert window.click is None


def test_without_a_display_it_is_said_that_no_window_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(OutputError, match="A preview window does not open here"):
        X11Window(Size(320, 180), "vcam")
