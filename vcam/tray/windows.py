"""The tray of Windows, through pystray.  Not run on a real desktop yet."""

import threading
import time
from collections.abc import Callable
from typing import Any

from vcam.tray.pystray_menu import Path
from vcam.tray.pystray_tray import PystrayTray

WAKE_S = 0.25
STOP_S = 5.0


class WindowsTray(PystrayTray):
    """The loop has a thread of its own, ``vcam-tray``: Ctrl-C does not reach a thread that
    waits for Windows' messages."""

    ampersand = "&&"

    def run(self, clicked: Callable[[Path], None]) -> None:
        """Show and serve until :meth:`stop`."""
        self._clicked = clicked
        loop = threading.Thread(target=self._serve, name="vcam-tray", daemon=True)
        loop.start()
        try:
            while not self._stopping:
                time.sleep(WAKE_S)
        finally:
            self.stop()
            loop.join(STOP_S)

    def _serve(self) -> None:
        with self._alone():
            self._open(_icon_class(self))
            self._loop()

    def _wake(self) -> None:
        if self._icon is not None:
            self._icon.wake()

    def _notify(self, title: str, text: str) -> None:
        self._icon.notify(text, title)


def _icon_class(tray: PystrayTray) -> Any:
    """pystray's icon, with a message of ours and a menu on both mouse buttons."""
    import pystray
    from pystray._util import win32  # pystray offers no other way into its loop

    wake = win32.WM_USER + 20

    class Icon(pystray.Icon):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._message_handlers[wake] = lambda *_: tray.catch_up()

        def wake(self) -> None:
            """Have the loop catch up; any thread."""
            win32.PostMessage(self._hwnd, wake, 0, 0)

        def _on_notify(self, wparam: int, lparam: int) -> None:
            if lparam == win32.WM_LBUTTONUP:
                lparam = win32.WM_RBUTTONUP
            # An open menu runs a loop of its own, which hands out our message, too.
            tray.menu_open = lparam == win32.WM_RBUTTONUP
            try:
                super()._on_notify(wparam, lparam)
            finally:
                tray.menu_open = False
                tray.catch_up()

    return Icon
