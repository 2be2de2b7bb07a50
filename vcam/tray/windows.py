"""The tray of Windows, through pystray.

Its messages were exercised with the Windows Python under wine, which has a taskbar of its
own; a real desktop has not shown it yet.
"""

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

from vcam.translation import tr
from vcam.tray.pystray_menu import Path
from vcam.tray.pystray_tray import PystrayTray

WAKE_S = 0.25
RETRY_S = 2.0
"""Interval at which an icon that was refused is offered again."""
STOP_S = 5.0
WM_QUERYENDSESSION = 0x0011


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
            offered_s = time.monotonic()
            while not self._stopping:
                time.sleep(WAKE_S)
                # At login the taskbar may come after vcam, or be too busy to answer.
                if self.absent and time.monotonic() - offered_s > RETRY_S:
                    offered_s = time.monotonic()
                    self._wake()
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

    @property
    def stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopping


def _icon_class(tray: WindowsTray) -> Any:
    """pystray's icon, with a message of ours and a menu on both mouse buttons.

    Its methods are called on the loop's thread, except :meth:`Icon.wake`.
    """
    import pystray
    from pystray._util import win32  # pystray offers no other way into its loop

    wake = win32.WM_USER + 20

    class Icon(pystray.Icon):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._message_handlers[wake] = lambda *_: self._woken()
            # What pystray does not know it answers with 0, which here means "do not end
            # the session".  vcam.cli.session_end has what is to be done.
            self._message_handlers[WM_QUERYENDSESSION] = lambda *_: 1

        def wake(self) -> None:
            """Have the loop catch up; any thread."""
            win32.PostMessage(self._hwnd, wake, 0, 0)

        def _woken(self) -> None:
            # An open menu runs a loop of its own, which hands out our messages, too.
            if tray.menu_open and tray.stopping:
                ctypes.windll.user32.EndMenu()  # type: ignore[attr-defined]
            else:
                tray.catch_up()

        def _on_notify(self, wparam: int, lparam: int) -> None:
            # Everything else that the mouse does over the icon is told here as well, also
            # while the menu is open.
            if lparam not in (win32.WM_LBUTTONUP, win32.WM_RBUTTONUP) or tray.menu_open:
                return
            tray.menu_open = True
            try:
                super()._on_notify(wparam, win32.WM_RBUTTONUP)
            finally:
                tray.menu_open = False
                # Also what the remarks on TrackPopupMenu ask for: without a message to
                # the window, the next menu would vanish at once.
                self.wake()

        def _on_taskbarcreated(self, wparam: int, lparam: int) -> None:
            # Explorer has started anew, and knows no icon.
            self._visible = False
            tray.show_anew()

        def _message(self, code: int, flags: int, **values: Any) -> None:
            """As pystray's, which does not look at the answer; raises OSError."""
            data = win32.NOTIFYICONDATAW(
                cbSize=ctypes.sizeof(win32.NOTIFYICONDATAW),
                hWnd=self._hwnd,
                uFlags=flags,
                **values,
            )
            if win32.Shell_NotifyIcon(code, data):
                return
            # A taskbar that answers too late has added the icon all the same; and before
            # it is added, pystray changes it.
            add, change = win32.NIM_ADD, win32.NIM_MODIFY
            if code == add and win32.Shell_NotifyIcon(change, data):
                return
            if code == add or (code == change and self._visible):
                self._visible = False
                raise OSError(tr("Windows shows no taskbar yet; vcam keeps trying"))

    return Icon
