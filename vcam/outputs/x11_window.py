"""A preview window on X11 and XWayland, for which no toolkit has to be there.

OpenCV's windows are Qt's, which needs libGL and GLib even where no window ever opens.
"""

import os
import time
from collections import deque
from collections.abc import Sequence

import cv2
import numpy as np

from vcam.errors import OutputError
from vcam.frames import Image, Size
from vcam.outputs import x11, x11_events
from vcam.outputs.x11_keys import AMERICAN
from vcam.translation import tr

LARGEST = Size(1024, 576)
"""As windows open where the desktop is not scaled: with its frame and a panel one fits on a
screen of 1280x720.  It may be made larger."""
MOST_OF_SCREEN = 0.8
"""Largest share of its width and of its height that a window has as it opens."""
SMALLEST = Size(320, 180)
APPEAR_S = 1.0
"""Longest time that the window manager may take to show the window."""
SETTLE_S = 0.2
"""Time for which the first picture is painted again whenever that is asked for: the next
one may be seconds away."""
MOST_WAITING = 8
"""Clicks, and keys, that wait while nothing is shown."""
CLASS = b"vcam\0vcam\0"
"""By which desktops group windows and find their icon."""

Icon = tuple[int, int, Sequence[int]]
"""Width, height and one 0xAARRGGBB for each pixel."""


class X11Window:
    """Shows pictures in a window; :attr:`closed` once the user has closed it."""

    def __init__(self, size: Size, title: str) -> None:
        """Raises :class:`~vcam.errors.OutputError` where no window opens."""
        self._size, self._title = size, title
        self._shown = False
        self.icons: Sequence[Icon] = ()
        """The icon in several sizes, to be set before the first picture."""
        self.closed = False
        self.key = ""
        """The key that was pressed, as a small letter, or empty; one for each picture."""
        self._keys: deque[str] = deque(maxlen=MOST_WAITING)
        self.click: tuple[int, int] | None = None
        """Where it was clicked, in pixels of the picture: x and y; one for each picture."""
        self._clicks: deque[tuple[int, int]] = deque(maxlen=MOST_WAITING)
        self._painted: Size | None = None
        """The size of the window that was painted last."""
        try:
            self._x11 = x11.X11()
        except OSError as error:
            raise OutputError(
                tr("A preview window does not open here"),
                tr("Run in a desktop session, or write files with --output DIR"),
            ) from error
        self._room = self._first_room()
        """The size of the window as it is now."""
        self._window = self._x11.window(*self._room)
        self._brush = self._x11.brush(self._window)
        self._letters = self._x11.keys()
        self._describe()

    @property
    def name(self) -> str:
        """Where it goes."""
        return tr("window {title}", title=repr(self._title))

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    def send(self, image: Image) -> None:
        """Show one picture, of any size, and note what the user did."""
        if Size.of(image) != self._size:
            self._size, self._painted = Size.of(image), None
        if not self._shown:
            self._appear(image)
        self._hear()
        self._paint(image)
        self.key = self._keys.popleft() if self._keys else ""
        self.click = self._clicks.popleft() if self._clicks else None
        self.closed |= self.key in ("q", "\x1b") or self._x11.lost

    def rename(self, title: str) -> None:
        """Show another title."""
        self._title = title
        kind = self._x11.atom("UTF8_STRING")
        for name in (x11.WM_NAME, self._x11.atom("_NET_WM_NAME")):
            self._x11.say(self._window, name, kind, title.encode())

    def close(self) -> None:
        """Close the window."""
        self._x11.close()

    def _first_room(self) -> Size:
        """As large as the picture, and on a scaled desktop as much larger as the rest."""
        size, scale = self._size, self._x11.scale()
        limits = [scale, LARGEST.width * scale / size.width]
        limits += [LARGEST.height * scale / size.height]
        for whole, length in zip(self._x11.screen, size, strict=True):
            limits.append(MOST_OF_SCREEN * whole / length)
        part = min(limits)
        return Size(max(1, round(size.width * part)), max(1, round(size.height * part)))

    def _describe(self) -> None:
        """Tell the window manager whose it is, and that it may ask it to close."""
        self.rename(self._title)
        say, atom = self._x11.say, self._x11.atom
        say(self._window, x11.WM_CLASS, x11.STRING, CLASS)
        host = os.uname().nodename.encode()
        say(self._window, x11.WM_CLIENT_MACHINE, x11.STRING, host)
        say(self._window, atom("_NET_WM_PID"), x11.CARDINAL, [os.getpid()])
        self._ends = atom("WM_DELETE_WINDOW")
        say(self._window, atom("WM_PROTOCOLS"), x11.ATOM, [self._ends])
        hints = [x11.SMALLEST_HINT, 0, 0, 0, 0, *SMALLEST, *[0] * 11]
        say(self._window, x11.WM_NORMAL_HINTS, x11.WM_SIZE_HINTS, hints)

    def _appear(self, image: Image) -> None:
        """Wait, within bounds, until the window shows its first picture."""
        self._shown = True
        words = [word for w, h, pixels in self.icons for word in (w, h, *pixels)]
        icon = self._x11.atom("_NET_WM_ICON")
        self._x11.say(self._window, icon, x11.CARDINAL, words)
        self._x11.show(self._window)
        until_s = time.monotonic() + APPEAR_S
        while not self._hear(0.02) and time.monotonic() < until_s and not self._x11.lost:
            pass
        self._paint(image)
        until_s = time.monotonic() + SETTLE_S
        while time.monotonic() < until_s and not self._x11.lost:
            if self._hear(0.02):
                self._paint(image)

    def _hear(self, wait_s: float = 0.0) -> bool:
        """Take in what has happened; whether it has to be painted again."""
        again = False
        for event in self._x11.events(wait_s):
            again |= event.kind == x11_events.EXPOSE
            self._take(event)
        return again

    def _take(self, event: x11_events.Event) -> None:
        if event.kind == x11_events.KEY_PRESS:
            letter = self._letter(event)
            # One that is held down is repeated, faster than pictures are shown.
            if letter and letter != (self._keys[-1] if self._keys else ""):
                self._keys.append(letter)
        elif event.kind == x11_events.MAPPING:
            self._letters = self._x11.keys()
        elif (
            event.kind == x11_events.BUTTON_RELEASE
            and event.detail == x11_events.LEFT_BUTTON
        ):
            left, top, shown = self._place()
            x, y = event.place
            scale = self._size.width / shown.width
            self._clicks.append((round((x - left) * scale), round((y - top) * scale)))
        elif event.kind == x11_events.CONFIGURE:
            self._room = Size(*event.size)
        elif event.kind == x11_events.DESTROY or (
            event.kind == x11_events.MESSAGE and event.message == self._ends
        ):
            self.closed = True

    def _letter(self, event: x11_events.Event) -> str:
        """The letter of a key in the first layout that has one, or a digit with Shift.

        Keyboards for layouts without any, the Russian for example, have those of the
        American one printed beside their own.
        """
        letters = self._letters.get(event.detail, ())
        wanted = letters[1:2] if event.shift else ()
        printed = AMERICAN.get(event.detail, "")
        return next(filter(None, (*wanted, *letters, printed)), "").lower()

    def _place(self) -> tuple[int, int, Size]:
        """Where the picture is in the window: left, top and size; as large as fits."""
        room, size = self._room, self._size
        part = min(room.width / size.width, room.height / size.height)
        shown = Size(max(1, round(size.width * part)), max(1, round(size.height * part)))
        return (room.width - shown.width) // 2, (room.height - shown.height) // 2, shown

    def _paint(self, image: Image) -> None:
        if self._room != self._painted:
            self._painted = self._room
            self._x11.clear(self._window)
        left, top, shown = self._place()
        if shown != self._size:
            smaller = shown.width < self._size.width
            how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
            image = np.asarray(cv2.resize(image, shown, interpolation=how), np.uint8)
        pixels = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2BGRA), np.uint8)
        self._x11.put(self._window, self._brush, (left, top), pixels)
