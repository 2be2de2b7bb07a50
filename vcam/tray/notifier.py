"""The tray of Linux desktops: a StatusNotifierItem, in pure Python over D-Bus.

It needs neither GTK nor X nor a display.  KDE, XFCE, Cinnamon, MATE, LXQt, Budgie, waybar
and GNOME with its indicator extension show it.
The protocol: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

import itertools
import logging
import os
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PIL import Image

from vcam.printable import printable
from vcam.tray.dbus.bus import Bus, session_address
from vcam.tray.dbus.errors import ERROR, BusError
from vcam.tray.dbus.exports import PROPERTIES, Interface, Method, Property
from vcam.tray.dbusmenu import MENU, MENU_PATH, Dbusmenu, Path
from vcam.tray.icon import SIZES
from vcam.tray.model import Draw, Look, Mood
from vcam.tray.no_tray import NO_BUS, NO_HOST, NO_WATCHER, no_tray
from vcam.tray.notifications import Bubbles

log = logging.getLogger(__name__)

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
ITEM, ITEM_PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"
PATIENCE_S = 5.0
"""Time between two tries to find the bus, or a tray that did not answer."""
IDLE_S = 60.0

_count = itertools.count(1)


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
        self._menu = Dbusmenu(lambda path: self._jobs.put(lambda: self._clicked(path)))
        self._icons: dict[Mood, list[tuple[int, int, bytes]]] = {}
        self._bubbles = Bubbles(lambda: self._picture(self._shown.mood, 48))
        self._bus: Bus | None = None
        self._service = ""
        self._registering: Future[Any] | None = None
        self._registered = False
        self._seen = False
        """A tray has shown the icon since the bus came: it is there, though it may restart
        or hide behind a locked screen."""
        self._absent = ""
        self.number = next(_count)
        """Distinguishes several icons of one process."""

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

    def notify(self, title: str, text: str) -> None:
        """Show a bubble, in place of the former one, where a notification service runs."""

        def show() -> None:
            if self._bus is not None:
                self._bubbles.show(self._bus, title, text)

        self._jobs.put(show)

    def stop(self) -> None:
        """Make :meth:`run` return.  Any thread, and a signal handler too."""
        self._jobs.put(None)

    # From here on: only the thread in run(), but for what says otherwise.

    def _serve(self) -> None:
        try_s = 0.0
        while True:
            if not self._registered and time.monotonic() >= try_s:
                self._appear()
                try_s = time.monotonic() + self._patience_s
            try:
                job = self._jobs.get(
                    timeout=IDLE_S if self._registered else self._patience_s
                )
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
            self._miss(NO_BUS, error)
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
            bus.export(ITEM_PATH, self._item())
            bus.export(MENU_PATH, self._menu.interface)
            bus.follow_owner(WATCHER, self._watcher_changed)
            # Not when one goes: see _seen.
            bus.listen(
                lambda *_: self._jobs.put(self._look_for_host),
                interface=WATCHER,
                member="StatusNotifierHostRegistered",
                path=WATCHER_PATH,
            )
            self._service = self._own_name(bus)
        except BaseException:
            bus.close()
            raise
        return bus

    def _own_name(self, bus: Bus) -> str:
        """A name as the protocol has it; the unique one where none may be taken."""
        name = f"{ITEM}-{os.getpid()}-{self.number}"
        try:
            return name if bus.own(name) else bus.name
        except BusError as error:
            log.debug("the icon goes without a name of its own: %s", error)
            return bus.name

    def _register(self) -> None:
        if self._bus is None or (self._registering and not self._registering.done()):
            return
        place = (WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem")
        self._registering = self._bus.ask(*place, "s", (self._service,))
        self._then(self._answered, self._registering)

    def _then(self, heard: Callable[[Future[Any]], None], asked: Future[Any]) -> None:
        """Hear the answer on this thread."""
        asked.add_done_callback(lambda answer: self._jobs.put(lambda: heard(answer)))

    def _answered(self, answer: Future[Any]) -> None:
        if answer is not self._registering or self._bus is None:
            return
        if (error := answer.exception()) is None:
            self._registered = True
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
            self._miss(NO_BUS, None)

    def _miss_tray(self, error: BaseException | None) -> None:
        self._miss("" if self._seen else no_tray(NO_WATCHER), error)

    def _miss(self, absent: str, error: BaseException | None) -> None:
        if absent != self._absent:
            log.info("%s (%s)", absent, error or "it is gone")
        elif self._registered:
            log.info("the tray is gone for the moment")
        self._registered, self._absent = False, absent

    # What is shown.

    def _update(self) -> None:
        old, new = self._shown, self._look
        if new is old:
            return
        self._shown = new
        signals = self._menu.replace(new.menu)
        if self._bus is None:
            return
        for signal in signals:
            self._bus.emit(MENU_PATH, MENU, *signal)
        if new.mood is not old.mood:
            self._bus.emit(ITEM_PATH, ITEM, "NewIcon")
        if new.tooltip != old.tooltip:
            self._bus.emit(ITEM_PATH, ITEM, "NewToolTip")

    def _item(self) -> Interface:
        def fixed(signature: str, value: Any) -> Property:
            return Property(signature, lambda: value)

        # No Activate: panels then open the menu on a left click, too.
        return Interface(
            ITEM,
            {
                "ContextMenu": Method("ii", "", lambda x, y: ()),
                "SecondaryActivate": Method("ii", "", lambda x, y: ()),
                "Scroll": Method("is", "", lambda delta, orientation: ()),
                "ProvideXdgActivationToken": Method("s", "", lambda token: ()),
            },
            {
                "Category": fixed("s", "ApplicationStatus"),
                "Id": fixed("s", "vcam"),
                "Title": fixed("s", "vcam"),
                "Status": fixed("s", "Active"),
                "WindowId": fixed("i", 0),
                "IconName": fixed("s", ""),
                "IconThemePath": fixed("s", ""),
                "IconPixmap": Property("a(iiay)", self._pixmaps),
                "OverlayIconName": fixed("s", ""),
                "OverlayIconPixmap": fixed("a(iiay)", []),
                "AttentionIconName": fixed("s", ""),
                "AttentionIconPixmap": fixed("a(iiay)", []),
                "AttentionMovieName": fixed("s", ""),
                "ToolTip": Property("(sa(iiay)ss)", self._tooltip),
                "ItemIsMenu": fixed("b", True),
                "Menu": fixed("o", MENU_PATH),
            },
            {
                "NewTitle": "",
                "NewIcon": "",
                "NewAttentionIcon": "",
                "NewOverlayIcon": "",
                "NewToolTip": "",
                "NewStatus": "s",
            },
        )

    def _tooltip(self) -> tuple[str, list[Any], str, str]:
        # Some panels take what looks like a tag for one, others draw what is escaped.
        return "", [], printable(self._shown.tooltip).replace("<", "<\u200b"), ""

    def _pixmaps(self) -> list[tuple[int, int, bytes]]:
        """On the bus's thread: width, height, ARGB in network order, not premultiplied."""
        mood = self._shown.mood
        if mood not in self._icons:
            self._icons[mood] = [_argb(self._picture(mood, s)) for s in SIZES]
        return self._icons[mood]

    def _picture(self, mood: Mood, size: int) -> Image.Image:
        return self._draw(mood, size).convert("RGBA")


def _argb(picture: Image.Image) -> tuple[int, int, bytes]:
    red, green, blue, alpha = picture.split()
    data = Image.merge("RGBA", (alpha, red, green, blue)).tobytes()
    return picture.width, picture.height, data
