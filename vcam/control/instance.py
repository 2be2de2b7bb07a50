"""One vcam per user.  A lock decides whether one runs; only who runs is asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vcam.control.client import NotRunningError, ask
from vcam.control.endpoint import LOCK, endpoint_file
from vcam.errors import ControlError
from vcam.local.lock import is_held, locked
from vcam.local.runtime_folder import runtime_folder
from vcam.translation import tr


class AlreadyRunningError(ControlError):
    """Another vcam of this user runs."""


@contextmanager
def only_one() -> Iterator[None]:
    """Be the one vcam of this user inside the ``with`` block.

    When there is one, it is asked to show its tray, and
    :class:`AlreadyRunningError` is raised.
    """
    if is_held(LOCK, within_s=0.0):
        with suppress(NotRunningError):  # it is starting, or ending
            running = ask("show")
            remedy = tr("Its icon is in the tray") if running.get("tray") else ""
            raise AlreadyRunningError(
                tr("vcam is already running (process {pid})", pid=running.get("pid")),
                remedy or tr("End that one with: vcam quit"),
            )
    with exclusive():
        yield


@contextmanager
def exclusive() -> Iterator[None]:
    """Keep every other vcam from starting, and others from editing what it starts with."""
    busy = AlreadyRunningError(
        tr("Another vcam is just starting or ending"), tr("Try again")
    )
    with locked(LOCK, busy):
        # Who holds the lock knows that this is of one that was killed.
        with suppress(OSError):
            endpoint_file(runtime_folder()).unlink()
        yield
