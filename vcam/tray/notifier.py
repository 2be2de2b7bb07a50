"""The tray of Linux desktops: a StatusNotifierItem, in pure Python over D-Bus.

It needs neither GTK nor X nor a display.  KDE, XFCE, Cinnamon, MATE, LXQt, Budgie, waybar
and GNOME with its indicator extension show it.
The protocol: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

import logging
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PIL import Image

from vcam.translation import tr
from vcam.tray.dbus.bus import Bus, session_address
from vcam.tray.dbus.errors import ERROR, BusError
from vcam.tray.dbus.exports import PROPERTIES
from vcam.tray.dbusmenu import MENU, MENU_PATH, Dbusmenu, Path, Signal
from vcam.tray.desktop import desktops
from vcam.tray.desktop import show as open_in_desktop
from vcam.tray.icon import SIZES
from vcam.tray.model import Draw, Look, Mood, Page
from vcam.tray.no_tray import NO_BUS, NO_HOST, NO_WATCHER, no_tray
from vcam.tray.notifications import Bubbles
from vcam.tray.status_item import ITEM, ITEM_PATH, NO_MENU, Pixmap, argb, item

log = logging.getLogger(__name__)

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
PATIENCE_S = 5.0
"""Time between two tries to find the bus, or a tray that did not answer."""
IDLE_S = 60.0
SETTLED_S = 3.0
"""After this time a new icon is told once more: GNOME's indicator extension passes over
one that comes while it still loads the one before."""


class Notifier:
    """An icon with a menu; fulfils :class:`~vcam.tray.model.Tray`.

    The thread in :meth:`run` owns everything; the bus's thread serves what it has exported.
    """

    def __init__(
        self,
        draw: Draw,
        *,
        address: Callable[[], str] = session_address,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._draw = draw
        self._look = self._shown = Look(Mood.WAITING, "vcam", ())
        self._address, self._patience_s = address, patience_s
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._clicked: Callable[[Path], None] = lambda path: None
        self._menu = Dbusmenu(self._click, self._tell)
        self._icons: dict[Mood, list[Pixmap]] = {}
        self._bubbles = Bubbles(
            lambda: self._picture(self._shown.mood, 48),
            lambda address: self._jobs.put(lambda: self._visit(address)),
        )
        self._bus: Bus | None = None
        self._registering: Future[Any] | None = None
        self._registered = False
        self._seen = False
        """A tray has shown the icon since the bus came: it is there, though it may restart
        or hide behind a locked screen."""
        self._absent = ""
        self._tell_again_s = float("inf")

    @property
    def absent(self) -> str:
        """Why no icon can be seen: no bus, no tray on it, or no panel that shows it."""
        return self._absent

    def run(self, clicked: Callable[[Path], None]) -> None:
        """Show and serve until :meth:`stop`, with or without a bus or a tray."""
        self._clicked = clicked
        self._update()
        try:
            self._serve()
        finally:
            bus, self._bus = self._bus, None
            if bus is not None:
                bus.close()

    def show(self, look: Look) -> None:
        """Show ``look`` from now on; of several, the newest."""
        self._look = look
        self._jobs.put(self._update)

    def notify(self, title: str, text: str, page: Page | None = None) -> None:
        """Show a bubble, in place of the former one, where a notification service runs.

        One with a page has a place of its own.
        """

        def show() -> None:
            if self._bus is not None:
                self._bubbles.show(self._bus, title, text, page)

        self._jobs.put(show)

    def stop(self) -> None:
        """Make :meth:`run` return.  Any thread, and a signal handler too."""
        self._jobs.put(None)

    # From here on: only the thread in run(), but for what says otherwise.

    def _serve(self) -> None:
        try_s = 0.0
        while True:
            now_s = time.monotonic()
            if not self._registered and now_s >= try_s:
                self._appear()
                try_s = time.monotonic() + self._patience_s
            if now_s >= self._tell_again_s:
                self._tell_again_s = float("inf")
                self._tell_icon()
            wait_s = IDLE_S if self._registered else self._patience_s
            try:
                job = self._jobs.get(timeout=min(wait_s, self._tell_again_s - now_s))
            except queue.Empty:
                continue
            if job is None:
                return
            try:
                job()
            except Exception:
                log.exception("a bug in the tray")

    def _appear(self) -> None:
        """Find the bus, if there is none, and ask the tray to take the icon."""
        try:
            if self._bus is None:
                self._bus = self._connect()
            self._register()
        except BusError as error:
            self._miss(tr(NO_BUS), error)
            if self._bus is not None:
                self._bus.close()
                self._bus = None

    def _connect(self) -> Bus:
        address = self._address()
        if not address:
            raise BusError(
                ERROR + "NoServer", "neither the environment nor systemd names one"
            )
        bus: Bus | None = None

        def lost() -> None:
            self._jobs.put(lambda: self._lose(bus))

        bus = Bus(address, lost)
        try:
            activate = None if NO_MENU.isdisjoint(desktops()) else self._activate
            bus.export(ITEM_PATH, item(lambda: self._shown, self._pixmaps, activate))
            bus.export(MENU_PATH, self._menu.interface)
            bus.follow_owner(WATCHER, self._watcher_changed)
            self._bubbles.follow(bus)
            # Not when one goes: see _seen.
            bus.listen(
                lambda *_: self._jobs.put(self._look_for_host),
                interface=WATCHER,
                member="StatusNotifierHostRegistered",
                path=WATCHER_PATH,
            )
        except BaseException:
            bus.close()
            raise
        return bus

    def _register(self) -> None:
        if self._bus is None or (self._registering and not self._registering.done()):
            return
        place = (WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem")
        # By its path: the watcher knows who asks.
        self._registering = self._bus.ask(*place, "s", (ITEM_PATH,))
        self._then(self._answered, self._registering)

    def _then(self, heard: Callable[[Future[Any]], None], asked: Future[Any]) -> None:
        """Hear the answer on this thread."""
        asked.add_done_callback(lambda answer: self._jobs.put(lambda: heard(answer)))

    def _answered(self, answer: Future[Any]) -> None:
        if answer is not self._registering or self._bus is None:
            return
        if (error := answer.exception()) is None:
            self._registered = True
            self._tell_again_s = time.monotonic() + SETTLED_S
            self._look_for_host()
        else:
            self._miss_tray(error)

    def _look_for_host(self) -> None:
        """The watcher keeps a list; it knows whether a panel shows what is on it."""
        if self._bus is not None and self._registered:
            wanted = (WATCHER, "IsStatusNotifierHostRegistered")
            place = (WATCHER, WATCHER_PATH, PROPERTIES, "Get")
            self._then(self._host_known, self._bus.ask(*place, "ss", wanted))

    def _host_known(self, answer: Future[Any]) -> None:
        if not self._registered:
            return
        # A watcher that cannot say is one with a panel of its own.
        if answer.exception() is None and answer.result()[0][1] is False:
            self._absent = "" if self._seen else no_tray(NO_HOST)
            log.info("the tray has taken the icon, and no panel shows it yet")
        else:
            self._seen, self._absent = True, ""
            log.info("the tray shows the icon")

    def _watcher_changed(self, name: str, old: str, new: str) -> None:
        """On the bus's thread: the tray came, went or was replaced."""

        def again() -> None:
            self._registering = None
            if new:
                self._register()
            else:
                self._miss_tray(None)

        self._jobs.put(again)

    def _lose(self, bus: Bus | None) -> None:
        if bus is not None and bus is self._bus:
            bus.close()
            self._bus, self._seen = None, False
            self._miss(tr(NO_BUS), None)

    def _miss_tray(self, error: BaseException | None) -> None:
        self._miss("" if self._seen else no_tray(NO_WATCHER), error)

    def _miss(self, absent: str, error: BaseException | None) -> None:
        if absent != self._absent:
            log.info("%s (%s)", absent, error or "it is gone")
        elif self._registered:
            log.info("the tray is gone for the moment")
        self._registered, self._absent = False, absent

    def _visit(self, address: str) -> None:
        if not open_in_desktop(address):
            self.notify(tr("Open it yourself, please"), address)

    # What is shown.

    def _update(self) -> None:
        old, new = self._shown, self._look
        if new is old:
            return
        self._shown = new
        signals = self._menu.replace(new.menu)
        if self._bus is None:
            return
        _emit(self._bus, signals)
        if new.mood is not old.mood:
            self._tell_icon()
            self._tell_again_s = time.monotonic() + SETTLED_S
        if new.tooltip != old.tooltip:
            self._bus.emit(ITEM_PATH, ITEM, "NewToolTip")

    def _tell_icon(self) -> None:
        if self._bus is not None:
            self._bus.emit(ITEM_PATH, ITEM, "NewIcon")

    def _click(self, path: Path) -> None:
        """On the bus's thread, as the next two."""
        self._jobs.put(lambda: self._clicked(path))

    def _activate(self) -> None:
        if path := self._shown.clicked:
            self._click(path)

    def _tell(self, signals: list[Signal]) -> None:
        bus = self._bus
        if bus is not None:
            bus.afterwards(lambda: _emit(bus, signals))

    def _pixmaps(self) -> list[Pixmap]:
        """On the bus's thread."""
        mood = self._shown.mood
        if mood not in self._icons:
            self._icons[mood] = [argb(self._picture(mood, s)) for s in SIZES]
        return self._icons[mood]

    def _picture(self, mood: Mood, size: int) -> Image.Image:
        return self._draw(mood, size).convert("RGBA")


def _emit(bus: Bus, signals: list[Signal]) -> None:
    for signal in signals:
        bus.emit(MENU_PATH, MENU, *signal)
