"""What the trays of Windows and macOS have in common: an icon of pystray's.

pystray marshals nothing: whatever touches the icon must happen on the thread of its loop,
and not while its menu is open.  So front ends only leave word here, and :meth:`catch_up`,
on that thread, does what was asked.
"""

import logging
import queue
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from vcam.translation import tr
from vcam.tray.model import Draw, Look, Mood, Page
from vcam.tray.pystray_menu import Path, pystray_menu
from vcam.tray.text import cut

log = logging.getLogger(__name__)

ICON_PX = 64
TOOLTIP, TITLE, TEXT = 127, 63, 255
"""Longest texts that Windows accepts, in UTF-16 units; used on every system."""


class PystrayTray(ABC):
    """An icon with a menu; fulfils :class:`~vcam.tray.model.Tray`."""

    ampersand = "&"

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._look = Look(Mood.WAITING, "vcam", ())
        self._shown: Look | None = None
        self._notes: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._clicked: Callable[[Path], None] = lambda path: None
        self._icon: Any = None
        self._stopping = False
        self._absent = ""
        self.menu_open = False
        """Whether the menu is open, where that is known; it is not changed meanwhile."""

    @property
    def absent(self) -> str:
        """Why no icon can be seen; the log has the details."""
        return self._absent

    @abstractmethod
    def run(self, clicked: Callable[[Path], None]) -> None:
        """Show and serve until :meth:`stop`."""

    @abstractmethod
    def _wake(self) -> None:
        """Have :meth:`catch_up` called soon on the loop's thread.  Any thread; without
        effect before the loop runs."""

    @abstractmethod
    def _notify(self, title: str, text: str) -> None:
        """Show a notification; on the loop's thread."""

    def show(self, look: Look) -> None:
        """Show ``look`` from now on; of several, the newest."""
        self._look = look
        self._wake()

    def notify(self, title: str, text: str, page: Page | None = None) -> None:
        """Show a notification; pystray's have no buttons, for a ``page`` or anything."""
        self._notes.put((title, text))
        self._wake()

    def stop(self) -> None:
        """Make :meth:`run` return.  Any thread, and a signal handler too."""
        self._stopping = True
        self._wake()

    def _open(self, icon_class: Callable[..., Any]) -> None:
        """Make the icon, on the loop's thread."""
        self._icon = icon_class("vcam", icon=self._draw(self._look.mood, ICON_PX))

    def _loop(self) -> None:
        """Serve until stopped, on the loop's thread."""
        # pystray calls this on a thread of its own, and waits for its end when stopped.
        self._icon.run(setup=lambda icon: self._wake())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Around :meth:`_open` and :meth:`_loop`: when they fail, nothing else does."""
        try:
            yield
        except Exception:
            log.exception("the tray has ended")
            self._absent = tr(
                "The icon in the tray could not be shown. See the log for details."
            )
            with suppress(Exception):
                # A thread of pystray's waits for this, and would keep the program alive.
                self._icon._mark_ready()

    def catch_up(self) -> None:
        """Do what was asked since the last time, on the loop's thread."""
        if self._stopping:
            self._icon.stop()
            return
        if self.menu_open:
            return
        try:
            self._update()
            while not self._notes.empty():
                title, text = self._notes.get_nowait()
                self._notify(cut(title or "vcam", TITLE), cut(text, TEXT))
        except Exception as error:
            # For example, at login, before there is a taskbar; the next change tries again.
            absent = tr("The tray does not take the icon: {error}.", error=error)
            if absent != self._absent:
                log.exception("the tray did not take a change")
            self._shown, self._absent = None, absent

    def show_anew(self) -> None:
        """Show everything again, because nothing of it is seen any more; on the loop's
        thread."""
        self._shown = None
        self.catch_up()

    def _update(self) -> None:
        old, new = self._shown, self._look
        if new is old:
            return
        if old is None or new.mood is not old.mood:
            self._icon.icon = self._draw(new.mood, ICON_PX)
        self._icon.title = cut(new.tooltip, TOOLTIP)
        if old is None or new.menu != old.menu:
            self._icon.menu = pystray_menu(new.menu, self._clicked, self.ampersand)
        self._icon.visible = True
        self._shown, self._absent = new, ""
