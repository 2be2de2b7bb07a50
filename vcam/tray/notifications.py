"""Notifications as Linux desktops show them: ``org.freedesktop.Notifications``.

The protocol: https://specifications.freedesktop.org/notification-spec/1.2/
"""

import html
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PIL import Image

from vcam.printable import printable
from vcam.tray.dbus.bus import Bus
from vcam.tray.dbus.errors import ERROR, BusError

log = logging.getLogger(__name__)

NOTIFICATIONS, NOTIFICATIONS_PATH = (
    "org.freedesktop.Notifications",
    "/org/freedesktop/Notifications",
)


class Bubbles:
    """One bubble at a time, in place of the former.  Nobody waits for the service, which
    the bus may have to start first."""

    def __init__(self, picture: Callable[[], Image.Image]) -> None:
        """``picture`` draws the RGBA icon of a bubble; called on the bus's thread."""
        self._picture = picture
        self._number = 0
        self._reported = False

    def show(self, bus: Bus, title: str, text: str) -> Future[None]:
        """Show a bubble.  Returns at once; without a service nothing happens.

        What is returned is done when the bubble is there, or never will be.
        """
        over: Future[None] = Future()

        def known(answer: Future[Any]) -> None:
            error = answer.exception()
            if error is None:
                markup = "body-markup" in answer.result()[0]
                self._show(bus, title, text, markup).add_done_callback(shown)
            else:
                self._miss(error)
                over.set_result(None)

        def shown(answer: Future[Any]) -> None:
            self._shown(answer)
            over.set_result(None)

        self._ask(bus, "GetCapabilities").add_done_callback(known)
        return over

    # From here on: on the bus's thread.

    def _show(self, bus: Bus, title: str, text: str, markup: bool) -> Future[Any]:
        picture = self._picture()
        width, height = picture.size
        image = (width, height, 4 * width, True, 8, 4, picture.tobytes())
        hints = {"image-data": ("(iiibiiay)", image), "desktop-entry": ("s", "vcam")}
        body = "\n".join(map(printable, text.split("\n")))
        arguments: tuple[Any, ...] = (
            "vcam",
            self._number,
            "",
            printable(title),
            html.escape(body, quote=False) if markup else body,
            [],
            hints,
            -1,  # as long as the service likes
        )
        return self._ask(bus, "Notify", "susssasa{sv}i", arguments)

    def _ask(
        self, bus: Bus, member: str, signature: str = "", arguments: tuple[Any, ...] = ()
    ) -> Future[Any]:
        return bus.ask(
            NOTIFICATIONS, NOTIFICATIONS_PATH, NOTIFICATIONS, member, signature, arguments
        )

    def _shown(self, answer: Future[Any]) -> None:
        error = answer.exception()
        if error is None:
            (self._number,) = answer.result()
            self._reported = False
        else:
            self._miss(error)

    def _miss(self, error: BaseException) -> None:
        unknown = isinstance(error, BusError) and error.name == ERROR + "ServiceUnknown"
        log.log(
            logging.DEBUG if self._reported else logging.INFO,
            "notifications are not shown: %s",
            "no notification service runs" if unknown else error,
        )
        self._reported = True
