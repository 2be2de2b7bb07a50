"""A desktop's side of the tray, without pixels: it owns the tray's and the notifications'
names on a private bus, reads menus and clicks in them as a panel would."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vcam.tray.dbus.bus import Bus
from vcam.tray.dbus.exports import PROPERTIES, Interface, Method, Property
from vcam.tray.status_item import ITEM, ITEM_PATH

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
MENU = "com.canonical.dbusmenu"
NOTIFICATIONS = "org.freedesktop.Notifications"
WAIT_S = 8.0


STARTS_NOTHING = """<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """A dbus-daemon of our own, at an address that outlives it.

    Without ``services`` it never starts a program of this machine's desktop, such as
    its notifications or its dialogs.
    """

    def __init__(self, folder: Path, *, services: bool = False) -> None:
        self.address = f"unix:path={folder / 'bus'}"
        self._config = "--session"
        if not services:
            config = folder / "bus.conf"
            config.write_text(STARTS_NOTHING)
            self._config = f"--config-file={config}"
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self, environment: dict[str, str] | None = None) -> None:
        """Start it; what it starts itself gets ``environment``."""
        self._daemon = subprocess.Popen(
            [
                "dbus-daemon",
                self._config,
                "--nofork",
                f"--address={self.address}",
                "--print-address",
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._daemon.stdout is not None
        assert self._daemon.stdout.readline(), "dbus-daemon did not start"

    def freeze(self) -> None:
        """Let it hang, until it is killed."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._daemon is not None:
            self._daemon.kill()
            # Not until its output ends: what it has started may write there.
            self._daemon.wait(WAIT_S)
            assert self._daemon.stdout is not None
            self._daemon.stdout.close()
            self._daemon = None
        Path(self.address.removeprefix("unix:path=")).unlink(missing_ok=True)


@dataclass
class Line:
    """One line of a menu, as a panel understands it."""

    number: int
    properties: dict[str, Any]
    children: "list[Line]"

    @property
    def label(self) -> str:
        """What is drawn: single underscores name a key, doubled ones are drawn."""
        whole = self.properties.get("label", "").replace("__", "\0")
        return str(whole).replace("_", "").replace("\0", "_")

    @property
    def checked(self) -> bool:
        return bool(self.properties.get("toggle-state") == 1)

    def labels(self) -> list[str]:
        return [
            "---" if line.properties.get("type") == "separator" else line.label
            for line in self.children
        ]

    def find(self, *labels: str) -> "Line":
        """The line with that label, or what the label is before the chosen value."""
        line = self
        for label in labels:
            found = [child for child in line.children if child.label == label]
            found += [c for c in line.children if c.label.startswith(f"{label}: ")]
            if not found:
                raise LookupError(f"no {label!r} among {line.labels()}")
            line = found[0]
        return line


def _line(layout: tuple[int, dict[str, tuple[str, Any]], list[Any]]) -> Line:
    number, properties, children = layout
    values = {name: value for name, (_, value) in properties.items()}
    return Line(number, values, [_line(child) for _, child in children])


class Icon:
    """One registered icon and its menu."""

    def __init__(self, bus: Bus, service: str) -> None:
        self._bus, self.service = bus, service
        self.signals: list[tuple[str, tuple[Any, ...]]] = []
        """What was told about the menu, in order."""
        self.item_signals: list[str] = []
        self._menu_path: str = self.property("Menu")
        owner = bus.daemon("GetNameOwner", "s", (service,))[0]
        for member in ("LayoutUpdated", "ItemsPropertiesUpdated"):
            bus.listen(
                lambda *arguments, member=member: self.signals.append((member, arguments)),
                sender=owner,
                interface=MENU,
                member=member,
            )
        for member in ("NewIcon", "NewToolTip"):
            bus.listen(
                lambda *_, member=member: self.item_signals.append(member),
                sender=owner,
                interface=ITEM,
                member=member,
            )

    def property(self, name: str) -> Any:
        wanted = (ITEM, name)
        ((_, value),) = self._bus.call(
            self.service, ITEM_PATH, PROPERTIES, "Get", "ss", wanted
        )
        return value

    def ask_menu(self, member: str, signature: str, *arguments: Any) -> tuple[Any, ...]:
        return self._bus.call(
            self.service, self._menu_path, MENU, member, signature, arguments
        )

    def activate(self) -> None:
        """Click on the icon itself, in a panel that opens no menu then."""
        self._bus.call(self.service, ITEM_PATH, ITEM, "Activate", "ii", (7, 7))

    def introspect(self, path: str) -> str:
        interface = "org.freedesktop.DBus.Introspectable"
        return str(self._bus.call(self.service, path, interface, "Introspect")[0])

    def menu(self) -> Line:
        """The whole menu, read as a panel does that opens it."""
        self.ask_menu("AboutToShow", "i", 0)
        return _line(self.ask_menu("GetLayout", "iias", 0, -1, [])[1])

    def revision(self) -> int:
        return int(self.ask_menu("GetLayout", "iias", 0, 0, [])[0])

    def click(self, *labels: str) -> None:
        number = self.menu().find(*labels).number
        self.ask_menu("Event", "isvu", number, "clicked", ("i", 0), 0)

    def wait(self, holds: Callable[[Line], object]) -> Line:
        """Read the menu until it ``holds``; what cannot be found is not there yet."""
        until_s = time.monotonic() + WAIT_S
        while True:
            menu = self.menu()
            try:
                if holds(menu):
                    return menu
            except LookupError as error:
                complaint = str(error)
            else:
                complaint = str(menu)
            assert time.monotonic() < until_s, complaint
            time.sleep(0.01)


class TrayHost:
    """The watcher, the host and the notification service of a desktop."""

    def __init__(
        self,
        address: str,
        *,
        tray: bool = True,
        panel: bool = True,
        notifications: bool = True,
    ) -> None:
        self._panel = panel
        self.bus = Bus(address, lambda: None)
        self.services: list[str] = []
        self.bubbles: list[dict[str, Any]] = []
        self.capabilities = ["body", "body-markup"]
        self._news = threading.Condition()
        self.bus.listen(
            self._owner_changed, sender="org.freedesktop.DBus", member="NameOwnerChanged"
        )
        if tray:
            self.bus.export(WATCHER_PATH, self._watcher())
            assert self.bus.own(WATCHER)
        if notifications:
            self.bus.export("/org/freedesktop/Notifications", self._notifications())
            assert self.bus.own(NOTIFICATIONS)

    def close(self) -> None:
        self.bus.close()

    def put_up_panel(self) -> None:
        """Somebody adds the tray to a panel."""
        self._panel = True
        self.bus.emit(WATCHER_PATH, WATCHER, "StatusNotifierHostRegistered")

    def wait_icon(self) -> Icon:
        self._wait(lambda: self.services, "no icon came")
        return Icon(self.bus, self.services[-1])

    def wait_gone(self) -> None:
        self._wait(lambda: not self.services, "the icon stayed")

    def wait_bubble(self, count: int = 1) -> dict[str, Any]:
        self._wait(lambda: len(self.bubbles) >= count, "no notification came")
        return self.bubbles[-1]

    def wait_told(self, title: str) -> None:
        """Wait for that notification, whatever else is told meanwhile."""
        self._wait(
            lambda: any(bubble["title"] == title for bubble in self.bubbles),
            f"{title!r} was not told",
        )

    def click_bubble(self, number: int, action: str) -> None:
        path = "/org/freedesktop/Notifications"
        self.bus.emit(path, NOTIFICATIONS, "ActionInvoked", "us", (number, action))

    def _wait(self, holds: Callable[[], object], complaint: str) -> None:
        with self._news:
            assert self._news.wait_for(holds, WAIT_S), complaint

    def _watcher(self) -> Interface:
        return Interface(
            WATCHER,
            {
                "RegisterStatusNotifierItem": Method("s", "", self._register, True),
                "RegisterStatusNotifierHost": Method("s", "", lambda name: ()),
            },
            {
                "RegisteredStatusNotifierItems": Property("as", lambda: self.services),
                "IsStatusNotifierHostRegistered": Property("b", lambda: self._panel),
                "ProtocolVersion": Property("i", lambda: 0),
            },
        )

    def _register(self, sender: str, path: str) -> tuple[()]:
        assert path == ITEM_PATH
        with self._news:
            self.services.append(sender)
            self._news.notify_all()
        return ()

    def _owner_changed(self, name: str, old: str, new: str) -> None:
        with self._news:
            if not new and name in self.services:
                self.services.remove(name)
            self._news.notify_all()

    def _notifications(self) -> Interface:
        def notify(*arguments: Any) -> tuple[int]:
            names = (
                "app",
                "replaces",
                "icon",
                "title",
                "text",
                "actions",
                "hints",
                "expires",
            )
            with self._news:
                self.bubbles.append(dict(zip(names, arguments, strict=True)))
                self._news.notify_all()
            return (arguments[1] or len(self.bubbles),)

        return Interface(
            NOTIFICATIONS,
            {
                "GetCapabilities": Method("", "as", lambda: (self.capabilities,)),
                "Notify": Method("susssasa{sv}i", "u", notify),
            },
        )


@contextmanager
def tray_host(address: str, **parts: bool) -> Iterator[TrayHost]:
    host = TrayHost(address, **parts)
    try:
        yield host
    finally:
        host.close()
