"""Sockets, for this machine only.  No other file of vcam may import :mod:`socket`.

A Unix socket in the runtime folder; where there are none (Windows, or a folder whose path
is too long for one), a port on the loopback interface.  Neither can be reached from
outside; who may speak is decided by the secret of :mod:`vcam.control.endpoint`.
"""

import os
import socket
import struct
import time
from contextlib import suppress
from pathlib import Path

Connection = socket.socket
Address = str | int
"""The path of a Unix socket, or a port on the loopback interface."""

LOOPBACK = "127.0.0.1"
WAITING = 64
"""Connections that the system keeps for us until they are accepted."""
LONGEST_PATH = 103
"""Bytes of a Unix socket's path: 107 on Linux, 103 on macOS."""


def listen(path: Path) -> tuple[Connection, Address]:
    """Listen at ``path`` or on a port, without blocking.  The caller closes it.

    What is at ``path`` is removed: the caller knows that nobody listens there.
    """
    if hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) <= LONGEST_PATH:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # some file systems have no sockets
            listener = _bound(socket.AF_UNIX, str(path))
            path.chmod(0o600)
            return listener, str(path)
    listener = _bound(socket.AF_INET, (LOOPBACK, 0))
    return listener, int(listener.getsockname()[1])


def connect(address: Address, timeout_s: float) -> Connection:
    """A connection to who listens at ``address``, with that timeout for every call."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        if isinstance(address, str):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        else:
            connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(timeout_s)
        try:
            connection.connect(address if isinstance(address, str) else (LOOPBACK, address))
        except BlockingIOError:  # a Unix socket's queue is full
            connection.close()
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.01)
        except BaseException:
            connection.close()
            raise
        else:
            return connection


def accept(listener: Connection) -> Connection | None:
    """The next connection, without blocking; ``None`` when there is none of this user."""
    try:
        connection, _ = listener.accept()
    except OSError:  # none there, gone again, or no descriptors left
        return None
    connection.setblocking(False)
    if _of_another_user(connection):
        connection.close()
        return None
    return connection


def bell() -> tuple[Connection, Connection]:
    """Two ends of a wire; a byte into the second one makes the first one readable."""
    rings, hand = socket.socketpair()
    rings.setblocking(False)
    return rings, hand


def _bound(family: socket.AddressFamily, where: str | tuple[str, int]) -> Connection:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # On Windows others could listen at the same port, and hear the secret.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listener.bind(where)
        listener.listen(WAITING)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _of_another_user(connection: Connection) -> bool:
    if not hasattr(socket, "SO_PEERCRED") or connection.family != socket.AF_UNIX:
        return False
    with suppress(OSError):
        found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        return bool(struct.unpack("3i", found)[1] != os.geteuid())
    return True
