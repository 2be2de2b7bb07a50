"""A throw-away desktop with a real panel: Xvfb, a session bus, openbox and the panel.

Pictures are taken of it and the mouse is moved in it.  Every process is ended by its id.
"""

import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageGrab
from tray_host import WATCHER, PrivateBus

from vcam.tray.dbus.bus import Bus

START_S = 20.0
SEEN_S = 20.0
SCREEN = "900x520x24"
WIDE = "1280x800x24"


@dataclass(frozen=True)
class Shell:
    """What shows a tray: the programs that are started, in this order."""

    programs: tuple[tuple[str, ...], ...]
    environment: dict[str, str] = field(default_factory=dict)
    window_manager: tuple[str, ...] = ("openbox",)
    screen: str = SCREEN
    looks_for_logind: bool = False
    """It waits for names on the system bus: it gets an empty one."""
    services: tuple[str, ...] = ()
    """Started last, from libexec or a folder of libraries."""


SHELLS = {
    "xfce4-panel": Shell((("xfce4-panel", "--disable-wm-check"),)),
    "lxqt-panel": Shell((("lxqt-panel",),)),
    "mate-panel": Shell((("mate-panel",),)),
    "plasmashell": Shell(
        (("kded5",), ("plasmashell", "--no-respawn")),
        {
            "XDG_CURRENT_DESKTOP": "KDE",
            "KDE_FULL_SESSION": "true",
            "KDE_SESSION_VERSION": "5",
            "QT_QUICK_BACKEND": "software",
        },
        ("kwin_x11", "--no-kactivities"),
        WIDE,
    ),
    "gnome-shell": Shell(
        (("gnome-shell", "--x11"),),
        {
            "XDG_CURRENT_DESKTOP": "GNOME",
            "XDG_SESSION_DESKTOP": "gnome",
            "XDG_SESSION_CLASS": "user",
            "XDG_SESSION_TYPE": "x11",
            "GNOME_SHELL_SESSION_MODE": "user",
        },
        (),
        WIDE,
        looks_for_logind=True,
    ),
    "cinnamon": Shell(
        (("cinnamon", "--replace"),),
        {"XDG_CURRENT_DESKTOP": "X-Cinnamon", "CINNAMON_2D": "1"},
        (),
        WIDE,
        looks_for_logind=True,
        services=("sn-watcher/xapp-sn-watcher",),
    ),
}
"""By the program that somebody who has the desktop has installed."""
XFCE = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="22"/>
      <property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"""
LXQT = """panels=panel1

[panel1]
plugins=taskbar, statusnotifier
position=Top
panelSize=30
iconSize=22

[taskbar]
type=taskbar

[statusnotifier]
alignment=Right
type=statusnotifier
"""

KWIN = """[General]
screenEdge=false
[Compositing]
Enabled=false
"""
# Of GSettings, as its "keyfile" backend reads them.
GNOME = """[org/gnome/shell]
welcome-dialog-last-shown-version='999'
enabled-extensions=['ubuntu-appindicators@ubuntu.com']

[org/gnome/desktop/interface]
enable-animations=false

[org/cinnamon/desktop/interface]
enable-animations=false
"""

Picture = npt.NDArray[np.uint8]
"""Of the screen: uint8, (height, width, 3), RGB."""


class Desktop:
    """The screen, the mouse and the keyboard; made by :func:`desktop`."""

    def __init__(self, display: str, environment: dict[str, str], address: str) -> None:
        self.display, self.environment = display, environment
        self.address = address
        """Of its session bus."""

    def picture(self) -> Picture:
        return np.array(ImageGrab.grab(xdisplay=self.display).convert("RGB"))

    def save(self, path: Path) -> None:
        Image.fromarray(self.picture()).save(path)

    def wait(self, holds: Callable[[Picture], object], complaint: str) -> Picture:
        """Look at the screen until it ``holds``."""
        until_s = time.monotonic() + SEEN_S
        while not holds(picture := self.picture()):
            if time.monotonic() > until_s:
                seen = Path(self.environment["HOME"], "seen.png")
                self.save(seen)
                raise AssertionError(f"{complaint}: {seen}")
            time.sleep(0.05)
        return picture

    def wait_still(self) -> Picture:
        """Wait for a moment without a change, but not long: figures always change."""
        before = self.picture()
        for _ in range(6):
            time.sleep(0.15)
            after = self.picture()
            if np.array_equal(before, after):
                break
            before = after
        return after

    def find(self, color: tuple[int, int, int]) -> tuple[int, int]:
        """The middle of what has a colour, (x, y) in pixels, once it is seen."""
        picture = self.wait(
            lambda seen: _where(seen, color).sum() > 60, f"{color} is nowhere to be seen"
        )
        rows, columns = np.nonzero(_where(picture, color))
        return int(np.median(columns)), int(np.median(rows))

    def click(self, place: tuple[int, int], button: int = 1) -> None:
        self._do("mousemove", *map(str, place), "click", str(button))
        # Away from the icon, whose tooltip would hide the menu, and from the menu.
        self._do("mousemove", "200", "300")

    def press(self, *keys: str) -> None:
        self._do("key", "--delay", "60", *keys)

    def _do(self, *words: str) -> None:
        subprocess.run(
            ["xdotool", *words], env=self.environment, check=True, timeout=SEEN_S
        )


def _where(picture: Picture, color: tuple[int, int, int]) -> npt.NDArray[np.bool_]:
    off = np.abs(picture.astype(int) - color).max(axis=2)
    return np.asarray(off < 24)


@contextmanager
def desktop(panel: str, folder: Path, screen: str = "") -> Iterator[Desktop]:
    """A desktop with ``panel``, or none, whose files are in ``folder``."""
    shell = SHELLS.get(panel, Shell(()))
    bus = PrivateBus(folder, services=True)
    environment = {
        # Not all: OpenCV tells Qt programs to take its own Qt plugins.
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / ".config"),
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "XDG_RUNTIME_DIR": str(folder),
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "NO_AT_BRIDGE": "1",
        "GDK_BACKEND": "x11",
        "QT_QPA_PLATFORM": "xcb",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "GSETTINGS_BACKEND": "keyfile",
        **shell.environment,
    }
    folder.mkdir(mode=0o700)
    _configure(folder / ".config")
    with ExitStack() as stack, (folder / "desktop.log").open("wb") as log:

        def start(*words: str, inherit: tuple[int, ...] = ()) -> None:
            process = subprocess.Popen(
                words, env=environment, stdout=log, stderr=log, pass_fds=inherit
            )
            stack.callback(_end, process)

        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        options = ("-screen", "0", screen or shell.screen, "-nolisten", "tcp", "-noreset")
        start("Xvfb", "-displayfd", str(writing), *options, inherit=(writing,))
        os.close(writing)
        display = f":{_first_line(reading)}"
        environment["DISPLAY"] = display
        if shell.looks_for_logind:
            system = folder / "system-bus"
            environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={system}"
            address = f"--address=unix:path={system}"
            start("dbus-daemon", "--session", "--nofork", address)
            _wait_for(system.exists, "the empty system bus did not start")
        bus.start(environment)
        stack.callback(bus.kill)
        if shell.window_manager:
            start(*shell.window_manager)
        for program in shell.programs:
            start(*program)
        for service in shell.services:
            start(_installed(service))
        if panel:
            _wait_for_tray(bus)
        yield Desktop(display, environment, bus.address)


def missing(panel: str) -> list[str]:
    """The programs of a desktop with ``panel``, or none, that are not installed."""
    shell = SHELLS.get(panel, Shell(()))
    programs = [*shell.programs, *filter(None, [shell.window_manager])]
    names = ["Xvfb", "dbus-daemon", "xdotool", *(program[0] for program in programs)]
    lacking = [name for name in names if not shutil.which(name)]
    return lacking + [name for name in shell.services if not _installed(name)]


def _installed(service: str) -> str:
    """The path of a program that is on no ``PATH``; empty when it is not there."""
    places = ("/usr/lib", "/usr/libexec")
    found = [path for place in places for path in Path(place).glob(f"*/{service}")]
    return str(found[0]) if found else ""


def _wait_for(holds: Callable[[], object], complaint: str) -> None:
    until_s = time.monotonic() + START_S
    while not holds():
        assert time.monotonic() < until_s, complaint
        time.sleep(0.05)


def _configure(folder: Path) -> None:
    for name, text in (
        ("xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", XFCE),
        ("lxqt/panel.conf", LXQT),
        ("kwinrc", KWIN),
        ("glib-2.0/settings/keyfile", GNOME),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _wait_for_tray(bus: PrivateBus) -> None:
    peer = Bus(bus.address, lambda: None)
    try:
        _wait_for(
            lambda: peer.daemon("NameHasOwner", "s", (WATCHER,))[0],
            "the panel offers no tray",
        )
    finally:
        peer.close()


def _first_line(reading: int) -> str:
    text = b""
    while not text.endswith(b"\n"):
        assert select.select([reading], [], [], START_S)[0], "Xvfb did not start"
        text += (more := os.read(reading, 32))
        assert more, "Xvfb did not start"
    return text.decode().strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
