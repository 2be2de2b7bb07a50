"""A preview window of OpenCV's, on Windows and macOS.

Opened, shown and closed on the main thread, as desktops require.
"""

from collections import deque
from collections.abc import Sequence

import cv2

from vcam.errors import OutputError
from vcam.frames import Image, Size
from vcam.outputs.x11_window import LARGEST, MOST_WAITING, Icon
from vcam.translation import tr

PAINT_MS = 200


class OpenCVWindow:
    """Shows pictures in a window; :attr:`closed` once the user has closed it."""

    def __init__(self, size: Size, title: str) -> None:
        self._size, self._title = size, title
        self._appeared = False
        self.icons: Sequence[Icon] = ()
        """Not shown: OpenCV gives its windows the icon of the program that runs."""
        self.closed = False
        self.key = ""
        """The key pressed since the last picture, as a small letter, or empty."""
        self.click: tuple[int, int] | None = None
        """Where it was clicked, in pixels of the picture: x and y; one for each picture."""
        self._clicks: deque[tuple[int, int]] = deque(maxlen=MOST_WAITING)
        try:
            kind = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL
            cv2.namedWindow(title, kind)
            shown = min(1.0, LARGEST.width / size.width, LARGEST.height / size.height)
            cv2.resizeWindow(title, round(size.width * shown), round(size.height * shown))
            cv2.setMouseCallback(title, self._note)
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
        self.click = self._clicks.popleft() if self._clicks else None
        visible = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        self.closed = self.key in ("q", "\x1b") or not visible

    def _note(self, event: int, x: int, y: int, *_: object) -> None:
        if event == cv2.EVENT_LBUTTONUP:
            self._clicks.append((x, y))

    def _appear(self) -> None:
        """Let the window show its first picture: the next one may be seconds away."""
        self._appeared = True
        cv2.waitKey(PAINT_MS)

    def rename(self, title: str) -> None:
        """Show another title."""
        cv2.setWindowTitle(self._title, title)

    def close(self) -> None:
        """Close the window."""
        cv2.destroyAllWindows()
