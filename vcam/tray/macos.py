"""The tray of macOS, through pystray.  Not run on a real desktop yet."""

import signal
import threading
from collections.abc import Callable
from typing import Any

from vcam.tray.pystray_menu import Path
from vcam.tray.pystray_tray import PystrayTray

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class MacTray(PystrayTray):
    """AppKit wants everything on the main thread, which is the loop's."""

    def run(self, clicked: Callable[[Path], None]) -> None:
        """Show and serve until :meth:`stop`."""
        self._clicked = clicked
        handlers = _handlers()
        try:
            with self._alone():
                _leave_the_dock()
                import pystray

                self._open(pystray.Icon)
                _soon(lambda: _forward(handlers))
                self._loop()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _wake(self) -> None:
        if self._icon is not None:
            _soon(self.catch_up)

    def _notify(self, title: str, text: str) -> None:
        # pystray waits for a program that shows it; the main thread must not.
        threading.Thread(
            target=self._icon.notify, args=(text, title), name="vcam-notify", daemon=True
        ).start()


def _leave_the_dock() -> None:
    """Show no icon of Python's in the Dock and in the list of programs, only ours.

    https://developer.apple.com/documentation/appkit/nsapplication/activationpolicy-swift.enum
    """
    from AppKit import NSApplication, NSApplicationActivationPolicyAccessory

    application = NSApplication.sharedApplication()
    application.setActivationPolicy_(NSApplicationActivationPolicyAccessory)


def _soon(do: Callable[[], None]) -> None:
    """Call ``do`` on the main thread when no menu is open.  Any thread."""
    from PyObjCTools import AppHelper

    # The first brings it to the main thread, even while a menu is open; the second waits
    # for the main loop's usual mode, in which no menu is.
    AppHelper.callAfter(AppHelper.callLater, 0, do)


def _handlers() -> dict[int, Any]:
    """What Python would do on a signal."""
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    found = {number: signal.getsignal(number) for number in numbers}
    return {number: handler for number, handler in found.items() if callable(handler)}


def _forward(handlers: dict[int, Any]) -> None:
    """Python sees no signal while AppKit's loop runs, and pystray ends the process on
    Ctrl-C: have the loop call our handlers.  On the main thread, once the loop runs."""
    from PyObjCTools import MachSignals

    for number, handler in handlers.items():
        MachSignals.signal(number, lambda n, handler=handler: handler(n, None))
