"""The icon and its menu in real panels of two families (GTK and Qt), with a real mouse.

``VCAM_TRAY_PICTURES`` names a folder that keeps the pictures.
"""

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tray_desktop import PANELS, Desktop, Picture, desktop, missing

from vcam.tray.model import Entry, Look, Mood
from vcam.tray.notifier import Notifier

GREEN, ORANGE, CYAN = (40, 200, 80), (240, 140, 20), (20, 190, 220)
OPENS_MENU = {"xfce4-panel": 1, "lxqt-panel": 3}
"""The mouse button: LXQt's panel of 2022 leaves the left one to programs."""
TO_BACKGROUND = ("Up", "Up", "Up", "Right")
Eventually = Callable[[Callable[[], object]], None]


def draw(mood: Mood, size: int) -> Image.Image:
    image = Image.new("RGBA", (size, size))
    color = GREEN if mood is Mood.LIVE else ORANGE
    ImageDraw.Draw(image).ellipse((0, 0, size - 1, size - 1), fill=color)
    return image


def thumbnail(color: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 32), color).save(file, "PNG")
    return file.getvalue()


def look(mood: Mood, chosen: str, *pictures: str) -> Look:
    beach = thumbnail(CYAN)
    background = tuple(
        Entry(f"{name}_1.jpg", name, name == chosen, radio=True, thumbnail=beach)
        for name in pictures
    )
    menu = (
        Entry("Live", enabled=False),
        Entry("", separator=True),
        Entry(
            "Background", children=(Entry("Blur", checked=False, radio=True), *background)
        ),
        Entry("Mirror", checked=True),
        Entry("Quit"),
    )
    return Look(mood, "vcam", menu)


@pytest.mark.parametrize("panel", PANELS)
def test_a_background_is_chosen_with_the_mouse_and_an_open_menu_stays_open(
    panel: str, tmp_path: Path, eventually: Eventually
) -> None:
    if lacking := missing(panel):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    pictures = Path(os.environ.get("VCAM_TRAY_PICTURES", tmp_path))
    clicks: list[tuple[str, ...]] = []
    with desktop(panel, tmp_path / "home") as screen:
        tray = Notifier(draw, address=lambda: screen.address)
        tray.show(look(Mood.LIVE, "", "beach", "wall"))
        thread = threading.Thread(target=tray.run, args=(clicks.append,), name="tray")
        thread.start()
        try:
            icon = screen.find(GREEN)
            closed = screen.wait_still()
            choose(screen, icon, panel)
            screen.save(pictures / f"{panel}-before.png")
            assert sees(screen.picture(), CYAN), "the thumbnails are not shown"
            screen.press("Down", "Return")
            eventually(lambda: clicks)
            assert clicks == [("Background", "beach")]

            tray.show(look(Mood.ROOM, "beach", "beach", "wall"))
            assert screen.find(ORANGE) == pytest.approx(icon, abs=2)

            choose(screen, icon, panel)
            screen.save(pictures / f"{panel}-after.png")
            opened = screen.picture()
            tray.show(look(Mood.ROOM, "beach", "beach", "forest", "wall"))
            changed = screen.wait(
                lambda seen: not np.array_equal(seen, opened), "the open menu never changed"
            )
            screen.wait_still()
            assert sees(changed, CYAN), "the open menu was closed"
            screen.save(pictures / f"{panel}-more.png")
            assert different(screen.picture(), closed) > 0.8 * different(opened, closed)
        finally:
            tray.stop()
            thread.join(10)


def choose(screen: Desktop, icon: tuple[int, int], panel: str) -> None:
    """Open the menu and its submenu of backgrounds."""
    screen.click(icon, OPENS_MENU[panel])
    screen.wait_still()
    screen.press(*TO_BACKGROUND)
    screen.wait_still()


def sees(picture: Picture, color: tuple[int, int, int]) -> bool:
    return bool((np.abs(picture.astype(int) - color).max(axis=2) < 24).sum() > 60)


def different(one: Picture, other: Picture) -> int:
    return int((one != other).any(axis=2).sum())
