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
from vcam.tray.model import Page

log = logging.getLogger(__name__)

NOTIFICATIONS, NOTIFICATIONS_PATH = (
    "org.freedesktop.Notifications",
    "/org/freedesktop/Notifications",
)
PAGE = "page"
"""What a click on the button of a page is called."""


class Bubbles:
    """One bubble at a time, in place of the former; one with a page has a place of its own.

    Nobody waits for the service, which the bus may have to start first.
    """

    def __init__(
        self,
        picture: Callable[[], Image.Image],
        visit: Callable[[str], None] = lambda address: None,
    ) -> None:
        """``picture`` draws the RGBA icon of a bubble, ``visit`` opens the page that one
        offers; both are called on the bus's thread."""
        self._picture, self._visit = picture, visit
        self._numbers: dict[Page | None, int] = {}
        self._reported = False

    def follow(self, bus: Bus) -> None:
        """Hear what is clicked in bubbles.  Raises :class:`BusError`."""
        bus.listen(
            self._clicked,
            interface=NOTIFICATIONS,
            member="ActionInvoked",
            path=NOTIFICATIONS_PATH,
        )

    def show(
        self, bus: Bus, title: str, text: str, page: Page | None = None
    ) -> Future[None]:
        """Show a bubble.  Returns at once; without a service nothing happens.

        What is returned is done when the bubble is there, or never will be.
        """
        over: Future[None] = Future()

        def known(answer: Future[Any]) -> None:
            error = answer.exception()
            if error is None:
                self._show(bus, title, text, page, answer.result()[0]).add_done_callback(
                    shown
                )
            else:
                self._miss(error)
                over.set_result(None)

        def shown(answer: Future[Any]) -> None:
            self._shown(page, answer)
            over.set_result(None)

        self._ask(bus, "GetCapabilities").add_done_callback(known)
        return over

    # From here on: on the bus's thread.

    def _show(
        self, bus: Bus, title: str, text: str, page: Page | None, capabilities: list[str]
    ) -> Future[Any]:
        markup, clicks = (name in capabilities for name in ("body-markup", "actions"))
        picture = self._picture()
        width, height = picture.size
        image = (width, height, 4 * width, True, 8, 4, picture.tobytes())
        hints = {"image-data": ("(iiibiiay)", image), "desktop-entry": ("s", "vcam")}
        body = "\n".join(map(printable, text.split("\n")))
        arguments: tuple[Any, ...] = (
            "vcam",
            self._numbers.get(page, 0),
            "",
            printable(title),
            html.escape(body, quote=False) if markup else body,
            # The first is a click on the bubble itself.
            ["default", page.label, PAGE, page.label] if page and clicks else [],
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

    def _clicked(self, number: int, action: str) -> None:
        for page, shown in self._numbers.items():
            if page is not None and shown == number and action in ("default", PAGE):
                self._visit(page.address)

    def _shown(self, page: Page | None, answer: Future[Any]) -> None:
        error = answer.exception()
        if error is None:
            (self._numbers[page],) = answer.result()
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
