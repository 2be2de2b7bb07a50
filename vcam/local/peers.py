"""Linux: who is at the other end of a connection on the loopback interface, and whether
what was sent has been read.

A port has no permissions, so every user of the machine can connect to it.  The kernel says
whose each end of a connection is: by ``sock_diag`` of one connection, and, where that is
missing, in ``/proc/net/tcp`` and ``/proc/net/tcp6`` of all; see
https://docs.kernel.org/networking/proc_net_tcp.html.
"""

import ipaddress
import struct
import sys
from pathlib import Path

KNOWN = sys.platform == "linux"
"""Whether the system says it."""
TABLES = Path("/proc/net/tcp"), Path("/proc/net/tcp6")
LOCAL, REMOTE, USER = 1, 2, 7
"""The columns of a table that are read."""
MAPPED = b"\0" * 10 + b"\xff\xff"
"""What an IPv4 address begins with in an IPv6 one: programs may use such for both."""

AF_INET, AF_INET6, TCP = 2, 10, 6
BY_FAMILY, REQUEST, ANY_STATE, NO_COOKIE = 20, 1, 0xFFFFFFFF, b"\xff" * 8
PORTS_AT, UNREAD_AT, USER_AT = 20, 72, 80
"""Of ``linux/sock_diag.h``, ``linux/netlink.h`` and ``linux/inet_diag.h``: the place of
``idiag_rqueue`` in an answer is behind the header of 16 bytes, four of one byte, the 48 of
both addresses, which begin with the ports, and one number.  ``idiag_wqueue``, ``idiag_uid``
and ``idiag_inode`` follow."""

Address = tuple[str, int]
"""An IP address and a port."""


def user_of(peer: Address, here: Address, tables: tuple[Path, ...] = TABLES) -> int | None:
    """The user whose end of the connection is ``peer``; ``here`` is ours.

    ``None`` when the kernel does not say: the connection may have ended.
    """
    wanted = set(zip(_written(peer), _written(here), strict=True))
    for table in tables:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:  # without IPv6 there is no table of it
            continue
        for line in lines:
            columns = line.split()
            if len(columns) > USER and (columns[LOCAL], columns[REMOTE]) in wanted:
                return int(columns[USER])
    return None


def _written(address: Address) -> tuple[str, ...]:
    """The ways in which the tables write an address."""
    packed = ipaddress.ip_address(address[0]).packed
    each = (packed,) if len(packed) == 16 else (packed, MAPPED + packed)
    return tuple(f"{_words(one)}:{address[1]:04X}" for one in each)


def _words(packed: bytes) -> str:
    """Groups of four bytes, each as a number of this machine's byte order."""
    starts = range(0, len(packed), 4)
    numbers = (int.from_bytes(packed[at : at + 4], sys.byteorder) for at in starts)
    return "".join(f"{number:08X}" for number in numbers)


def question(peer: Address, here: Address) -> bytes:
    """What asks the kernel about the other end, by ``sock_diag``; see its manual page.

    https://man7.org/linux/man-pages/man7/sock_diag.7.html
    """
    wide = ":" in peer[0]
    ends = [ipaddress.ip_address(end[0]).packed.ljust(16, b"\0") for end in (peer, here)]
    body = struct.pack(
        "=BBxxI2s2s16s16sI8s",
        AF_INET6 if wide else AF_INET,
        TCP,
        ANY_STATE,
        *(end[1].to_bytes(2, "big") for end in (peer, here)),
        *ends,
        0,
        NO_COOKIE,
    )
    return struct.pack("=IHHII", 16 + len(body), BY_FAMILY, REQUEST, 1, 0) + body


def is_answer(told: bytes) -> bool:
    """Whether the kernel has told of a connection, and not of an error."""
    return len(told) >= USER_AT + 8 and struct.unpack_from("=H", told, 4) == (BY_FAMILY,)


def user_in(answer: bytes, peer: Address, here: Address) -> int | None:
    """The user whose end of the connection is ``peer``, by the kernel's ``answer``.

    ``None`` when no program has that end any more.
    """
    ports = struct.unpack_from("!HH", answer, PORTS_AT)
    user, file = struct.unpack_from("=II", answer, USER_AT)
    # Asked about a connection that has ended, the kernel tells of who listens at its port,
    # or of an end that has no file and seems to be root's.
    return int(user) if file and ports == (peer[1], here[1]) else None


def unread_in(answer: bytes) -> int:
    """The bytes that the other end has not read yet; 0 when the kernel does not say."""
    if not is_answer(answer):
        return 0
    (unread,) = struct.unpack_from("=I", answer, UNREAD_AT)
    return int(unread)
