"""The desktop's own dialog for files, from the desktop's side of a private bus."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tray_host import PrivateBus

from vcam.tray.dbus.bus import Bus
from vcam.tray.dbus.exports import Interface, Method
from vcam.tray.portal import CHOOSER, PORTAL, PORTAL_PATH, REQUEST, path_of


@contextmanager
def portal(bus: PrivateBus, code: int, *uris: str) -> Iterator[list[dict[str, Any]]]:
    """A desktop whose user answers every dialog with ``code`` and ``uris``."""
    asked: list[dict[str, Any]] = []
    desktop = Bus(bus.address, lambda: None)

    def open_file(parent: str, title: str, options: dict[str, Any]) -> tuple[str]:
        asked.append(options)
        # The caller is the only other peer; its unique name follows from ours.
        owner, _, number = desktop.name.removeprefix(":").rpartition(".")
        token = options["handle_token"][1]
        for peer in range(int(number) + 5):
            path = f"{PORTAL_PATH}/request/{owner}_{peer}/{token}"
            answer = (code, {"uris": ("as", list(uris))})
            desktop.emit(path, REQUEST, "Response", "ua{sv}", answer)
        return (f"{PORTAL_PATH}/request/handle",)

    methods = {"OpenFile": Method("ssa{sv}", "o", open_file)}
    desktop.export(PORTAL_PATH, Interface(CHOOSER, methods))
    assert desktop.own(PORTAL)
    try:
        yield asked
    finally:
        desktop.close()


def chosen() -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "vcam.tray.portal"]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    return done.returncode, os.fsdecode(done.stdout).split("\0")[:-1]


def test_what_the_user_chooses_in_the_dialog_is_printed(session_bus: PrivateBus) -> None:
    uris = ("file:///home/me/K%C3%BCche%201.jpg", "file:///tmp/caf%E9%0Ab.png")
    with portal(session_bus, 0, *uris) as asked:
        assert chosen() == (0, ["/home/me/Küche 1.jpg", "/tmp/caf\udce9\nb.png"])
    assert asked[0]["multiple"] == ("b", True)


def test_a_dialog_that_is_closed_chooses_nothing(session_bus: PrivateBus) -> None:
    with portal(session_bus, 1):
        assert chosen() == (1, [])


@pytest.mark.usefixtures("session_bus")
def test_without_a_portal_another_dialog_is_to_be_tried() -> None:
    assert chosen() == (3, [])


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b.jpg", "/a/b.jpg"),
        ("file://host/a%20b/100%25.jpg", "/a b/100%.jpg"),
        ("file:///%E6%97%A5.png", "/日.png"),
    ],
)
def test_addresses_become_paths(uri: str, path: str) -> None:
    assert path_of(uri) == path
