"""The desktop's portal, from which browsers get PipeWire's cameras."""

import time
from pathlib import Path

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from pipewire_desktop import WAIT_S, Desktop

PROGRAMS = tuple(
    Path("/usr/libexec") / name for name in ("xdg-desktop-portal", "xdg-permission-store")
)
STORE = "org.freedesktop.impl.portal.PermissionStore"
PORTAL = "org.freedesktop.portal.Desktop"


def missing() -> str:
    """What a test needs and is not installed; empty when all is there."""
    return ", ".join(program.name for program in PROGRAMS if not program.exists())


class Portal:
    """Runs in a desktop, and allows every program the camera; ended by the desktop."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._address = desktop.environment["DBUS_SESSION_BUS_ADDRESS"]

    def start(self) -> None:
        desktop = self._desktop
        folder = desktop.folder / "portals"
        folder.mkdir()
        # Without somebody who could ask, the portal offers no camera; nobody is asked,
        # since the answer is known.
        (folder / "test.portal").write_text(
            "[portal]\nDBusName=org.freedesktop.impl.portal.desktop.test\n"
            "Interfaces=org.freedesktop.impl.portal.Access;\nUseIn=test\n"
        )
        more = {"XDG_DESKTOP_PORTAL_DIR": str(folder), "XDG_CURRENT_DESKTOP": "test"}
        desktop.start_program([str(PROGRAMS[1])], more)
        self._wait_for(STORE)
        self._allow()
        # The session manager gives the permission on, and looks for the store at its start.
        desktop.kill_daemon("wireplumber")
        desktop.start_daemon("wireplumber")
        desktop.start_program([str(PROGRAMS[0])], more)
        self._wait_for(PORTAL)

    def _wait_for(self, name: str) -> None:
        deadline_s = time.monotonic() + WAIT_S
        with open_dbus_connection(bus=self._address) as bus:
            while not bus.send_and_get_reply(message_bus.NameHasOwner(name)).body[0]:
                assert time.monotonic() < deadline_s, f"{name} did not start"
                time.sleep(0.05)

    def _allow(self) -> None:
        store = DBusAddress("/" + STORE.replace(".", "/"), bus_name=STORE, interface=STORE)
        # For programs that are in no sandbox, and so have no name.
        asked = ("devices", True, "camera", "", ["yes"])
        with open_dbus_connection(bus=self._address) as bus:
            answer = bus.send_and_get_reply(
                new_method_call(store, "SetPermission", "sbssas", asked)
            )
        assert answer.header.message_type is not MessageType.error, answer.body
