"""A preview window.  Opened, shown and closed on the main thread, as desktops require."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

import cv2

from vcam.errors import OutputError
from vcam.frames import Image, Size
from vcam.outputs.x11_identity import Icon, name_windows
from vcam.translation import tr

PROBE = "import cv2; cv2.namedWindow('vcam'); cv2.destroyAllWindows()"
PROBE_S = 20.0
LARGEST = Size(1024, 576)
"""As windows open: with its frame and a panel one fits on a screen of 1280x800.  It may be
made larger."""
APPEAR_S = 1.0
"""Longest time that the window manager may take to show the window."""
PAINT_MS = 200


def window_opens() -> bool:
    """Whether a window can be expected to open here."""
    if not sys.platform.startswith("linux"):
        return True
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    # On a display that does not answer Qt aborts the whole process: let it be another.
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PROBE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


class Window:
    """Shows pictures in a window; :attr:`closed` once the user has closed it."""

    def __init__(self, size: Size, title: str) -> None:
        self._size, self._title = size, title
        self._appeared = False
        self.icons: Sequence[Icon] = ()
        """The icon in several sizes, to be set before the first picture."""
        self.closed = False
        self.key = ""
        """The key pressed since the last picture, as a small letter, or empty."""
        try:
            kind = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL
            cv2.namedWindow(title, kind)
            shown = min(1.0, LARGEST.width / size.width, LARGEST.height / size.height)
            cv2.resizeWindow(title, round(size.width * shown), round(size.height * shown))
        except cv2.error as error:
            raise OutputError(
                tr("A preview window does not open here"),
                tr("Run in a desktop session, or write files with --output DIR"),
            ) from error

    @property
    def name(self) -> str:
        """Where it goes."""
        return tr("window {title}", title=repr(self._title))

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    def send(self, image: Image) -> None:
        """Show one picture and note what the user did."""
        cv2.imshow(self._title, image)
        if not self._appeared:
            self._appear()
        pressed = cv2.waitKey(1) & 0xFF
        self.key = chr(pressed).lower() if pressed != 0xFF else ""
        visible = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        self.closed = self.key in ("q", "\x1b") or not visible

    def _appear(self) -> None:
        """Wait, within bounds, until the window shows its first picture.

        The next one may be seconds away, and until then the window would stay white.
        """
        self._appeared = True
        if sys.platform.startswith("linux"):
            until_s = time.monotonic() + APPEAR_S
            while time.monotonic() < until_s:
                cv2.waitKey(20)
                if name_windows("vcam", self.icons):
                    break
        cv2.waitKey(PAINT_MS)

    def rename(self, title: str) -> None:
        """Show another title."""
        cv2.setWindowTitle(self._title, title)

    def close(self) -> None:
        """Close the window."""
        cv2.destroyAllWindows()
