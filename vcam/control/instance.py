"""One vcam per user: a lock that ends with its process, so a crash leaves no obstacle."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from vcam.control.client import NotRunningError, ask
from vcam.errors import ControlError
from vcam.local.runtime_folder import VARIABLE, runtime_folder
from vcam.reasons import reason
from vcam.translation import tr

LOCK_S = 1.0
"""Seconds to wait for the lock: another vcam may be ending, or a command may be editing
the settings file."""
RETRY_S = 0.02
"""Seconds between two tries to lock it."""


class AlreadyRunningError(ControlError):
    """Another vcam of this user runs."""


@contextmanager
def only_one() -> Iterator[None]:
    """Be the one vcam of this user inside the ``with`` block.

    When there is one, it is asked to show its tray, and
    :class:`AlreadyRunningError` is raised.
    """
    try:
        running = ask("show")
    except NotRunningError:
        pass
    else:
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
    with locked("lock", busy):
        yield


@contextmanager
def locked(name: str, busy: ControlError) -> Iterator[None]:
    """Hold the lock ``name`` of the runtime folder; raises ``busy`` if others keep it."""
    path = runtime_folder() / name
    try:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError as error:
        raise ControlError(
            tr(
                "The file {path!r} cannot be opened: {error}",
                path=str(path),
                error=reason(error),
            ),
            tr("Remove it"),
        ) from error
    with file:
        deadline_s = time.monotonic() + LOCK_S
        while not _locked(file, path):
            if time.monotonic() > deadline_s:
                raise busy
            time.sleep(RETRY_S)
        yield  # closing the file unlocks it


def _locked(file: IO[bytes], path: Path) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:  # some network drives have no locks
        raise ControlError(
            tr(
                "The file {path!r} cannot be locked: {error}",
                path=str(path),
                error=reason(error),
            ),
            tr(
                "Set {variable} to a folder of yours on this machine's own disk",
                variable=VARIABLE,
            ),
        ) from error
    return True
