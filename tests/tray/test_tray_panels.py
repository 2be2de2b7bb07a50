"""vcam's icon and menu in real panels of XFCE, LXQt and MATE, with a real mouse.

``VCAM_DESKTOP_TESTS=1`` adds Plasma, GNOME and Cinnamon; ``VCAM_TRAY_PICTURES`` names a
folder that keeps the pictures.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL, Eventually
from fake_video import Video
from tray_desktop import Desktop, Picture, desktop, missing
from tray_host import Icon, Line

from vcam.app import App
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GALLERY, user_gallery
from vcam.frames import Frame
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings, save
from vcam.testing import FakeWorld
from vcam.tray.controller import Front
from vcam.tray.dbus.bus import Bus
from vcam.tray.dbus.errors import BusError
from vcam.tray.icon import COLORS, picture
from vcam.tray.menu_sources import Watch
from vcam.tray.model import Mood
from vcam.tray.notifier import Notifier

BUTTONS = {"lxqt-panel": 3, "mate-panel": 3}
"""That open the menu: MATE's panel, and LXQt's of 2022, leave the left one to programs."""

WHOLE_DESKTOPS = {
    "plasmashell": "kded5 kwin-x11 plasma-desktop plasma-workspace",
    "gnome-shell": "gjs gnome-shell gnome-shell-extension-appindicator",
    "cinnamon": "cinnamon muffin xapp-sn-watcher",
}
"""Debian's packages of what needs hundreds of megabytes; their tests run on demand."""
MENU = 15_000
"""Pixels; every menu is larger."""
CLICK_AGAIN_S = 5.0
"""A panel that has just closed a menu may miss a click."""


class Person:
    """Finds the icon with the mouse, and lines of the menu with the keys."""

    def __init__(self, screen: Desktop, bus: Bus, button: int, *, down: bool = False):
        self._screen, self._button = screen, button
        if down:
            screen.press("Escape")  # out of GNOME's overview
        self._down = down
        self.place = screen.find(COLORS[Mood.LIVE])
        self.closed = screen.wait_still()
        self.icon = _icon(bus)

    def open_backgrounds(self) -> Picture:
        """What is seen once the submenu is open; its first line is selected."""
        screen = self._screen
        if self._down:
            self.closed = screen.wait_still()  # GNOME's banners come and go
        screen.wait(lambda seen: different(seen, self.closed) < MENU, "the menu stays open")
        screen.wait_still()
        clicked_s = -CLICK_AGAIN_S

        def opens(seen: Picture) -> bool:
            nonlocal clicked_s
            if time.monotonic() > clicked_s + CLICK_AGAIN_S:
                clicked_s = time.monotonic()
                screen.click(self.place, self._button)
            return different(seen, self.closed) > MENU

        screen.wait(opens, "no menu opens")
        one = screen.wait_still()
        menu = self.icon.menu()
        lines = _selectable(menu)
        above = lines.index(menu.find("Background").label)
        keys = ["Down"] * (above + 1) if self._down else ["Up"] * (len(lines) - above)
        screen.press(*keys, "Right")
        screen.wait(lambda seen: different(seen, one) > MENU, "no submenu opens")
        return screen.wait_still()

    def choose(self, background: str) -> None:
        """Choose a line of the open submenu."""
        lines = _selectable(self.icon.menu().find("Background"))
        self._screen.press(*["Down"] * lines.index(background), "Return")


def _icon(bus: Bus) -> Icon:
    """Of this process; it has other connections to the bus, which have none."""
    for name in bus.daemon("ListNames")[0]:
        with suppress(BusError):
            if bus.daemon("GetConnectionUnixProcessID", "s", (name,))[0] == os.getpid():
                return Icon(bus, name)
    raise AssertionError("vcam has no icon")


def _selectable(menu: Line) -> list[str]:
    return [
        line.label
        for line in menu.children
        if line.properties.get("enabled", True) and "type" not in line.properties
    ]


@contextmanager
def vcam(app: App, address: str, watch: Watch) -> Iterator[None]:
    """vcam, running, with its icon on the session bus at ``address``."""
    front = Front(app, Notifier(picture, address=lambda: address), watch=watch)
    thread = threading.Thread(target=front.run, name="main")
    thread.start()
    try:
        yield
    finally:
        front.quit()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def peer(address: str) -> Iterator[Bus]:
    bus = Bus(address, lambda: None)
    try:
        yield bus
    finally:
        bus.close()


@pytest.mark.parametrize("panel", ["xfce4-panel", "lxqt-panel", "plasmashell", "cinnamon"])
def test_a_background_is_chosen_with_the_mouse_and_an_open_menu_stays_open(
    panel: str, tmp_path: Path, world: FakeWorld, eventually: Eventually
) -> None:
    skip_without(panel)
    pictures = Path(os.environ.get("VCAM_TRAY_PICTURES", tmp_path))
    save(
        Settings(background=Blur(50), output=OutputOptions(size=SMALL)),
        tmp_path / "settings.toml",
    )
    world.faults["read"] = like_a_webcam()
    app = App(tmp_path / "settings.toml", world.devices)
    with (
        desktop(panel, tmp_path / "home") as screen,
        vcam(app, screen.address, Watch(Video(tmp_path).system)),
        peer(screen.address) as bus,
    ):
        person = Person(screen, bus, BUTTONS.get(panel, 1))
        person.icon.wait(
            lambda menu: "icon-data" in menu.find("Background", "Studio").properties
        )
        before = person.open_backgrounds()
        screen.save(pictures / f"{panel}-before.png")
        menus = before[(before != person.closed).any(axis=2)]
        assert colourful(menus) > 200, "the thumbnails are not shown"
        person.choose("Beach")
        eventually(lambda: "beach" in app.status.background)

        opened = person.open_backgrounds()
        screen.save(pictures / f"{panel}-after.png")
        user_gallery().mkdir(parents=True)
        shutil.copy(GALLERY / "beach.jpg", user_gallery() / "holiday.jpg")
        person.icon.wait(lambda menu: menu.find("Background", "Holiday"))
        more = screen.wait_still()
        screen.save(pictures / f"{panel}-more.png")
        assert different(more, person.closed) > 0.8 * different(opened, person.closed), (
            "it was closed"
        )
        screen.press("Escape", "Escape", "Escape")

        person.open_backgrounds()
        person.choose("Show my room")
        assert screen.find(COLORS[Mood.ROOM]) == pytest.approx(person.place, abs=6)
        screen.save(pictures / f"{panel}-room.png")


def test_in_mate_the_right_button_opens_the_menu_and_the_left_one_the_preview(
    tmp_path: Path,
    world: FakeWorld,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    skip_without("mate-panel")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "MATE")
    noted, program = tmp_path / "noted", tmp_path / "vcam-of-this-test"
    program.write_text(f'#!/bin/sh\necho "$@" > "{noted}"\n')
    program.chmod(0o755)
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    save(
        Settings(background=Blur(50), output=OutputOptions(size=SMALL)),
        tmp_path / "settings.toml",
    )
    world.faults["read"] = like_a_webcam()
    app = App(tmp_path / "settings.toml", world.devices)
    with (
        desktop("mate-panel", tmp_path / "home") as screen,
        vcam(app, screen.address, Watch(Video(tmp_path).system)),
        peer(screen.address) as bus,
    ):
        person = Person(screen, bus, BUTTONS["mate-panel"])
        person.open_backgrounds()
        person.choose("Beach")
        eventually(lambda: "beach" in app.status.background)
        screen.click(person.place, 1)
        eventually(lambda: noted.exists() and noted.read_text() == "preview\n")


def test_gnome_unfolds_the_backgrounds_in_the_menu_and_shows_every_mood(
    tmp_path: Path, world: FakeWorld, eventually: Eventually
) -> None:
    skip_without("gnome-shell")
    pictures = Path(os.environ.get("VCAM_TRAY_PICTURES", tmp_path))
    save(
        Settings(background=Blur(50), output=OutputOptions(size=SMALL)),
        tmp_path / "settings.toml",
    )
    world.faults["read"] = like_a_webcam()
    app = App(tmp_path / "settings.toml", world.devices)
    with (
        desktop("gnome-shell", tmp_path / "home") as screen,
        vcam(app, screen.address, Watch(Video(tmp_path).system)),
        peer(screen.address) as bus,
    ):
        person = Person(screen, bus, 1, down=True)
        for line, mood in (("Beach", Mood.LIVE), ("Show my room", Mood.ROOM)):
            person.open_backgrounds()
            person.choose(line)
            screen.find(COLORS[mood])
            screen.save(pictures / f"gnome-{mood.value}.png")
        eventually(lambda: app.status.shows_room)


def skip_without(panel: str) -> None:
    if panel in WHOLE_DESKTOPS and not os.environ.get("VCAM_DESKTOP_TESTS"):
        pytest.skip(f"on demand: VCAM_DESKTOP_TESTS=1, with {WHOLE_DESKTOPS[panel]}")
    if lacking := missing(panel):
        pytest.skip(f"not installed: {', '.join(lacking)}")


def like_a_webcam() -> Callable[[Frame], Frame]:
    """Thirty frames a second; more would take the processor from the panel."""
    due_s = 0.0

    def wait(frame: Frame) -> Frame:
        nonlocal due_s
        now_s = time.monotonic()
        due_s = max(due_s + 1 / 30, now_s)
        time.sleep(due_s - now_s)
        return frame

    return wait


def colourful(seen: Picture) -> int:
    """How many different colours there are, without greys."""
    colours = np.unique(seen.reshape(-1, 3), axis=0).astype(int)
    return int((np.ptp(colours, axis=1) > 8).sum())


def different(one: Picture, other: Picture) -> int:
    """How many pixels are."""
    return int((one != other).any(axis=2).sum())
