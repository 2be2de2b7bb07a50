"""Notifies the user when vcam ends before it has an icon and has no terminal."""

import contextlib
import logging
import sys
import threading

from vcam.tray.icon import picture
from vcam.tray.model import Mood

log = logging.getLogger(__name__)

SHOWN_S = 8.0
"""Time that the program stays on Windows and macOS, where a notification ends with it."""
ANSWER_S = 4.0
"""Longest wait for the notification service; the bus may have to start it first."""


def show_startup_error(title: str, text: str, *, platform: str = sys.platform) -> None:
    """Show a notification, within bounds; where that is not possible, nothing happens."""
    if platform == "linux":
        _by_bus(title, text)
    else:
        _by_tray(title, text, platform)


def _by_bus(title: str, text: str) -> None:
    from vcam.tray.dbus.bus import Bus, session_address
    from vcam.tray.dbus.errors import BusError
    from vcam.tray.notifications import Bubbles

    try:
        bus = Bus(session_address(), lambda: None)
    except BusError as error:
        log.info("no notification can be shown: %s", error)
        return
    with contextlib.closing(bus), contextlib.suppress(TimeoutError):
        Bubbles(lambda: picture(Mood.WAITING, 48)).show(bus, title, text).result(ANSWER_S)


def _by_tray(title: str, text: str, platform: str) -> None:
    from vcam.tray.factory import open_tray

    tray = open_tray(picture, platform=platform)
    tray.notify(title, text)
    end = threading.Timer(SHOWN_S, tray.stop)
    end.name, end.daemon = "vcam-startup-error", True
    end.start()
    try:
        tray.run(lambda path: None)
    finally:
        end.cancel()
        end.join()
