"""A dialog to choose pictures and videos, shown by the desktop's own portal.

A program of its own, ``python -m vcam.tray.portal``, so that whoever started it may end
the dialog by ending it.  Prints the chosen paths, NUL after each; exit status 0 chosen,
1 nothing chosen, 3 the desktop has no such portal.

The protocol: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html
"""

import os
import queue
import re
import sys
from collections.abc import Mapping
from typing import Any

from vcam.translation import tr
from vcam.tray.dbus.bus import Bus, session_address
from vcam.tray.dbus.errors import BusError

PORTAL, PORTAL_PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
CHOOSER, REQUEST = "org.freedesktop.portal.FileChooser", "org.freedesktop.portal.Request"
START_S = 20.0
"""Longest time that the portal may take to answer; the bus may have to start it first."""
KINDS = ("image/png", "image/jpeg", "image/webp", "image/gif", "video/*")
TOKEN = "vcam"


def main() -> int:
    """Show the dialog and wait for the answer."""
    answers: queue.SimpleQueue[tuple[int, Mapping[str, Any]] | None] = queue.SimpleQueue()
    try:
        bus = Bus(session_address(), lambda: answers.put(None))
    except BusError:
        return 3
    try:
        sender = bus.name.removeprefix(":").replace(".", "_")
        bus.listen(
            lambda code, results: answers.put((code, results)),
            interface=REQUEST,
            member="Response",
            path=f"{PORTAL_PATH}/request/{sender}/{TOKEN}",
        )
        by_type = 1
        pictures = (tr("Pictures and videos"), [(by_type, kind) for kind in KINDS])
        options = {
            "handle_token": ("s", TOKEN),
            "multiple": ("b", True),
            "filters": ("a(sa(us))", [pictures]),
        }
        asked = ("", tr("Add pictures and videos"), options)
        bus.call(
            *(PORTAL, PORTAL_PATH, CHOOSER, "OpenFile"), "ssa{sv}", asked, timeout_s=START_S
        )
        answer = answers.get()
    except BusError:
        return 3
    finally:
        bus.close()
    if answer is None or answer[0] != 0:
        return 1
    _, uris = answer[1].get("uris", ("as", []))
    sys.stdout.buffer.writelines(os.fsencode(f"{path_of(uri)}\0") for uri in uris)
    return 0


def path_of(uri: str) -> str:
    """The path in a ``file:`` address."""
    _, slash, path = uri.removeprefix("file://").partition("/")
    escaped = os.fsencode(slash + path)
    whole = re.sub(
        rb"%([0-9a-fA-F]{2})", lambda hit: bytes.fromhex(hit[1].decode()), escaped
    )
    return os.fsdecode(whole)


if __name__ == "__main__":
    sys.exit(main())
