"""Locks that end with the process that holds them, so a crash leaves no obstacle."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from vcam.errors import ControlError
from vcam.local.runtime_folder import VARIABLE, runtime_folder
from vcam.reasons import reason
from vcam.translation import tr

LOCK_S = 1.0
"""Seconds to wait for a lock: another vcam may be ending, or a command may be editing
the settings file.  To free those of a process that has ended takes a moment, too."""
RETRY_S = 0.02
"""Seconds between two tries to lock it."""
LOCK_VIOLATION = 33
"""``ERROR_LOCK_VIOLATION`` of Windows."""


@contextmanager
def locked(name: str, busy: ControlError, within_s: float | None = None) -> Iterator[None]:
    """Hold the lock ``name`` of the runtime folder; raises ``busy`` if others keep it.

    They have ``within_s`` to let go of it, by default :data:`LOCK_S`.
    """
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
        deadline_s = time.monotonic() + (LOCK_S if within_s is None else within_s)
        while not _locked(file, path):
            if time.monotonic() >= deadline_s:
                raise busy
            time.sleep(RETRY_S)
        yield  # closing the file unlocks it


def is_held(name: str, within_s: float | None = None) -> bool:
    """Whether somebody keeps the lock ``name`` for ``within_s``, by default LOCK_S."""
    busy = ControlError("")
    try:
        with locked(name, busy, within_s):
            return False
    except ControlError as error:
        if error is busy:
            return True
        raise


def _locked(file: IO[bytes], path: Path) -> bool:
    try:
        if sys.platform == "win32":
            _lock_on_windows(file)
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


def _lock_on_windows(file: IO[bytes]) -> None:
    """Lock the first byte; raises PermissionError if it is locked, or another OSError.

    Microsoft's documentation of ``LockFile``: it returns at once, and the system unlocks
    what a process that has ended had locked.  Python's ``msvcrt.locking`` locks the same
    byte; under wine it does not say why it fails.
    """
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        lock = ctypes.WinDLL("kernel32", use_last_error=True).LockFile
        lock.argtypes = ctypes.c_void_p, *[ctypes.c_uint32] * 4
        if not lock(msvcrt.get_osfhandle(file.fileno()), 0, 0, 1, 0):
            code = ctypes.get_last_error()
            if code == LOCK_VIOLATION:
                raise PermissionError
            raise ctypes.WinError(code)
