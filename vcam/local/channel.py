"""Sockets, for this machine only.  No other file of vcam may import :mod:`socket`.

A Unix socket in the runtime folder, and nothing else if that is not possible; on Windows,
where Python has none, a port on the loopback interface.  Neither can be reached from
outside; who may speak is decided by the secret of :mod:`vcam.control.endpoint`.  The studio
listens for the user's browser, on the loopback interface as well, and so does what serves
the picture on air to programs of the user.
"""

import errno
import os
import socket
import stat
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vcam.errors import ControlError
from vcam.local import peers
from vcam.local.runtime_folder import VARIABLE
from vcam.translation import tr

Connection = socket.socket

BY_PORT = sys.platform == "win32"
NAME = "control"
"""Name of the socket in the runtime folder."""
LOOPBACK = "127.0.0.1"
LOOPBACK_6 = "::1"
WAITING = 64
"""Connections that the system queues until they are accepted."""
SENDS = 1 << 18
"""Bytes that the system may keep of what is sent to a program that reads pictures: more
than a usual picture, and so few that what a slow one sees is not seconds old."""
SOCK_DIAG, KERNEL_S, PIECE = 4, 0.05, 4096
"""How the kernel is asked about a connection: the number of that service, which answers
while it is asked, and most bytes of the answer."""
LONGEST_PATH = 103
"""Longest path of a Unix socket in bytes: 107 on Linux, 103 on macOS."""


def listen(folder: Path) -> tuple[Connection, int | None]:
    """Listen in ``folder``; returns the port, too, where it is one.

    The caller closes it.  A socket that is there is removed: the caller knows that nobody
    listens.  Raises :class:`OSError`, and :class:`~vcam.errors.ControlError` for a folder
    whose path is too long.
    """
    if BY_PORT:
        listener = _bound(socket.AF_INET, (LOOPBACK, 0))
        return listener, int(listener.getsockname()[1])
    remove_socket(folder)
    with _short(folder) as name:
        listener = _bound(socket.AF_UNIX, name)
    try:
        (folder / NAME).chmod(0o600)
    except BaseException:
        listener.close()
        raise
    return listener, None


def listen_for_browser(port: int = 0) -> list[Connection]:
    """Listen at ``port`` of the loopback interface; 0 takes a free one.

    A browser tries ``::1`` before ``127.0.0.1`` for names that end in ``localhost``.  Where
    the system has it, that is taken, too, so that nobody else can listen there.  The caller
    closes what is returned.  Raises :class:`OSError` when the port is taken.
    """
    for tries in range(8):
        first = _bound(socket.AF_INET, (LOOPBACK, port), again=True)
        taken = int(first.getsockname()[1])
        try:
            return [first, _bound(socket.AF_INET6, (LOOPBACK_6, taken), again=True)]
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return [first]  # this system has no IPv6
            first.close()
            if port or tries == 7:
                raise
    raise AssertionError


def remove_socket(folder: Path) -> None:
    """Remove the one in ``folder``, if there is one.

    Raises :class:`OSError`, also when there is something else of its name.
    """
    path = folder / NAME
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(
                errno.EEXIST, tr("{path!r} is in the way", path=str(path))
            )
        path.unlink()


def connect(folder: Path, port: int | None, timeout_s: float) -> Connection:
    """A connection to who listens in ``folder``, with that timeout for every call.

    ``port`` is what :func:`listen` returned.  Raises :class:`OSError`, and
    :class:`~vcam.errors.ControlError` when it is another user who listens there.
    """
    deadline_s = time.monotonic() + timeout_s
    while True:
        family = socket.AF_UNIX if port is None else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(timeout_s)
        try:
            if port is None:
                with _short(folder) as name:
                    connection.connect(name)
            else:
                connection.connect((LOOPBACK, port))
            if _of_another_user(connection):
                raise ControlError(  # noqa: TRY301 - closed below like every other
                    tr("Another user listens in the folder {path!r}", path=str(folder)),
                    tr("Remove it"),
                )
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


def possible(port: object) -> bool:
    """Whether ``port``, as a file says it, can be what :func:`listen` returned here."""
    if not BY_PORT:
        return port is None
    return type(port) is int and 0 < port < 1 << 16


def accept(listener: Connection, timeout_s: float) -> Connection | None:
    """The next connection; ``None`` when none of this user comes within ``timeout_s``."""
    try:
        listener.settimeout(timeout_s)
        connection, _ = listener.accept()
    except OSError:  # none came, it has gone again, or there are no descriptors left
        return None
    if _of_another_user(connection):
        connection.close()
        return None
    return connection


def accept_program(listener: Connection) -> Connection | None:
    """The next connection of a program of this user to the loopback interface, if any.

    Nothing that is done with it waits.  On Linux the programs of other users are refused;
    elsewhere the system does not say whose a program is.
    """
    try:
        listener.setblocking(False)
        connection, there = listener.accept()
    except OSError:  # none came, it has gone again, or there are no descriptors left
        return None
    try:
        connection.setblocking(False)
        here = connection.getsockname()
        if peers.KNOWN and _user_of(there[:2], here[:2]) != os.geteuid():
            connection.close()
            return None
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        connection.close()
        return None
    return connection


def pair() -> tuple[Connection, Connection]:
    """Two connected ends; a byte written to one wakes who waits for the other."""
    ours, other = socket.socketpair()
    ours.setblocking(False)
    other.setblocking(False)
    return ours, other


def write(connection: Connection, content: memoryview | bytes) -> int:
    """Send as much as the system takes without waiting; the number of bytes.

    Raises :class:`OSError` when the connection has ended.
    """
    try:
        return connection.send(content)
    except BlockingIOError:
        return 0


def read(connection: Connection, most: int) -> bytes | None:
    """What has come, at most so many bytes; ``None`` when nothing has.

    Empty when the other side has ended the connection, and so raises :class:`OSError`.
    """
    try:
        return connection.recv(most)
    except BlockingIOError:
        return None


def unread(connection: Connection) -> int:
    """The bytes that the program at the other end has not read yet, as far as is known.

    0 where the system does not say: on Linux, without ``tcp_diag``, and elsewhere.
    """
    if not peers.KNOWN:
        return 0
    try:
        there, here = connection.getpeername()[:2], connection.getsockname()[:2]
        return peers.unread_in(_told(there, here))
    except OSError:
        return 0


def disconnect(connection: Connection) -> None:
    """End ``connection`` without closing it.

    A thread that reads or writes there is not blocked any longer.
    """
    with suppress(OSError):  # the other side has gone already
        connection.shutdown(socket.SHUT_RDWR)


def closed_by_peer(connection: Connection) -> bool:
    """Whether the other side has closed ``connection``; discards what it has sent."""
    connection.setblocking(False)
    try:
        return not connection.recv(1 << 16)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _user_of(there: peers.Address, here: peers.Address) -> int | None:
    """Whose program is at the end ``there``; ``None`` when the kernel does not say."""
    with suppress(OSError):  # its tables are read only then: they list the whole machine
        answer = _told(there, here)
        if peers.is_answer(answer):
            return peers.user_in(answer, there, here)
    return peers.user_of(there, here)


def _told(there: peers.Address, here: peers.Address) -> bytes:
    """What the kernel says about the end ``there``; raises :class:`OSError`."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as kernel:
        kernel.settimeout(KERNEL_S)
        kernel.sendall(peers.question(there, here))
        return kernel.recv(PIECE)


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """The socket's path, or, where that is too long for one, another name for it.

    Linux gives every open folder a short name.  Elsewhere, or without ``/proc``, there is
    none: this raises :class:`~vcam.errors.ControlError`.
    """
    path = folder / NAME
    size = len(os.fsencode(path))
    if size <= LONGEST_PATH:
        yield str(path)
        return
    if not (sys.platform == "linux" and Path("/proc/self/fd").is_dir()):
        raise ControlError(
            tr(
                "The path of the folder {path!r} is too long for a socket in it: "
                "{size} bytes of {longest}",
                path=str(folder),
                size=size,
                longest=LONGEST_PATH,
            ),
            tr(
                "Set {variable} to a folder of yours with a shorter path", variable=VARIABLE
            ),
        )
    opened = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{opened}/{NAME}"
    finally:
        os.close(opened)


def _bound(
    family: socket.AddressFamily, where: str | tuple[str, int], again: bool = False
) -> Connection:
    """A listener; with ``again`` also where one has just ended, as servers do."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if again and sys.platform != "win32":  # where it would mean something else
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # On Windows others could listen at the same port, and hear the secret.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listener.bind(where)
        listener.listen(WAITING)
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
