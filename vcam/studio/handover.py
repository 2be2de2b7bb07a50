"""One studio per user: its lock, and how others find its address.

The address has the token in it, and other users can read command lines.  So it is written
into two private files: one for a second ``vcam studio``, and one that the browser is told
to open, a page that leads to the address.
"""

import html
import json
import os
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager

from vcam import files
from vcam.control.instance import AlreadyRunningError
from vcam.errors import ControlError
from vcam.local.lock import locked
from vcam.local.runtime_folder import check_private, runtime_folder
from vcam.reasons import reason
from vcam.system import browser_page
from vcam.translation import tr

ADDRESS, PAGE = "studio.json", "studio.html"
"""Names of the two files."""
WELCOME = "studio-welcome"
"""Name of the file that is there while the next page is to begin with the welcome."""
START_S = 5.0
"""Longest time that a studio that is just starting may take to write its address."""
POLL_S = 0.05
LONGEST = 4096
"""Most bytes that are read of the file with the address."""


@contextmanager
def only_one() -> Iterator[None]:
    """Be the one studio of this user; raises AlreadyRunningError when there is one."""
    busy = AlreadyRunningError(tr("The studio is already running"), tr("Close that one"))
    with locked("studio.lock", busy):
        _forget()  # of one that was killed
        yield


@contextmanager
def published(address: str) -> Iterator[None]:
    """Keep ``address`` where a second ``vcam studio`` finds it, inside the block."""
    folder = runtime_folder()
    content = json.dumps({"address": address, "pid": os.getpid()})
    try:
        try:
            files.write(folder / ADDRESS, content)
            files.write(folder / PAGE, _page(address))
        except OSError as error:
            raise ControlError(
                tr(
                    "The address cannot be written to {folder!r}: {why}",
                    folder=str(folder),
                    why=reason(error),
                ),
                tr("Check the folder's permissions and space"),
            ) from error
        yield
    finally:
        _forget()


def running_address() -> str:
    """The address of the studio that runs, waiting for one that is just starting.

    Raises :class:`~vcam.errors.ControlError` when it does not say.
    """
    file = runtime_folder() / ADDRESS
    deadline_s = time.monotonic() + START_S
    while True:
        try:
            check_private(file)
            with file.open("rb") as opened:
                return str(json.loads(opened.read(LONGEST))["address"])
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            if time.monotonic() > deadline_s:
                raise ControlError(
                    tr("The studio is starting or ending, and has no address"),
                    tr("Try again"),
                ) from None
            time.sleep(POLL_S)


def want_welcome() -> None:
    """Let the next page of the studio that is opened begin with the welcome."""
    files.write(runtime_folder() / WELCOME, "")


def take_welcome() -> bool:
    """Whether that was wanted; true once for each time."""
    try:
        (runtime_folder() / WELCOME).unlink()
    except OSError:
        return False
    return True


def desktop() -> bool:
    """Whether there is one; other systems than Linux always have it."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def open_browser() -> bool:
    """Open the page that leads to the studio; false where there is no browser to open.

    On a Linux without a desktop nothing is opened: a browser for terminals would take the
    terminal.
    """
    if not desktop():
        return False
    try:
        return webbrowser.open(browser_page.readable(runtime_folder() / PAGE).as_uri())
    except (webbrowser.Error, OSError):
        return False


def _forget() -> None:
    (runtime_folder() / ADDRESS).unlink(missing_ok=True)
    browser_page.forget(runtime_folder() / PAGE)


def _page(address: str) -> str:
    there = html.escape(address)
    return (
        "<!doctype html><meta charset=utf-8><title>vcam studio</title>"
        f'<meta http-equiv=refresh content="0;url={there}">'
        f'<p><a href="{there}">{html.escape(tr("Open the vcam studio"))}</a>'
    )
