"""Who reads a v4l2loopback device: whether anybody watches, and which programs.

Nothing waits here: whoever wants to know asks, several times a second, and that costs next
to nothing while nothing changes.

* From 0.13 on the driver tells how many programs stream or read (:class:`Told`), to the
  one who subscribes.  A program that merely looks what the device can do is not counted.
* Older drivers tell nothing.  But the kernel counts how often the driver's devices are
  open, by us too; when that changes, it is looked up in ``/proc`` who it is
  (:class:`Counted`).  Who has the device's buffers mapped streams.  Who just has it open
  is probing, unless that lasts: then it is a program that uses ``read``, or one that
  this user may not look into.
"""

import os
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from vcam.v4l2.holders import Holder, holders
from vcam.v4l2.system import System, listed, read

VIDIOC_SUBSCRIBE_EVENT = 0x4020565A
VIDIOC_DQEVENT = 0x80885659
V4L2_EVENT_PRI_CLIENT_USAGE = 0x10E00001
"""v4l2loopback's own: the number of programs that read, as a 32-bit number."""
V4L2_EVENT_SUB_FL_SEND_INITIAL = 1

PROBE_S = 3.0
"""Having the device open without streaming for so long is reading, not probing."""
SETTLED_S = 1.0
"""How often it is looked at those who have it open, once it is known what they do."""
UNSEEN_S = 10.0
"""The same while somebody watches whom this user cannot see."""
RARELY = 10
"""A look at every process is followed by a pause so many times as long."""
HIDDEN = 0
"""Stands for the processes that cannot be seen, among those that can."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who watches at one moment."""

    watched: bool
    names: tuple[str, ...] | None
    """The programs, sorted; ``None`` where that cannot be known."""


UNKNOWN = Audience(True, None)
"""Where it cannot be known somebody may always be watching."""


class Viewers(Protocol):
    """The readers of one device.  Used by one thread."""

    def look(self) -> Audience:
        """Who watches now."""

    def close(self) -> None:
        """Stop looking."""


def open_viewers(
    system: System, path: str, clock: Callable[[], float] = time.monotonic
) -> Viewers:
    """The best way to know for the device at ``path``, which we publish to."""
    try:
        return Told(system, path, clock)
    except OSError:  # the driver is older, or lets nobody else open the device
        return Counted(system, path, clock)


class Told:
    """Asks the driver.  Keeps the device open, which counts against its ``max_openers``."""

    def __init__(self, system: System, path: str, clock: Callable[[], float]) -> None:
        """Raises :class:`OSError` when the driver does not tell."""
        self._system, self._path, self._clock = system, path, clock
        self._fd = system.kernel.open(path)
        wish = struct.pack(
            "3I20x", V4L2_EVENT_PRI_CLIENT_USAGE, 0, V4L2_EVENT_SUB_FL_SEND_INITIAL
        )
        try:
            system.kernel.ioctl(self._fd, VIDIOC_SUBSCRIBE_EVENT, bytearray(wish))
        except OSError:
            system.kernel.close(self._fd)
            raise
        self._readers = 0
        self._named_s = float("-inf")
        self._audience = Audience(False, ())

    def look(self) -> Audience:
        """See :class:`Viewers`."""
        news = False
        while (readers := self._next()) is not None:
            news, self._readers = True, readers
        now_s = self._clock()
        if not self._readers:
            self._audience = Audience(False, ())
        elif news or (self._audience.names is None and now_s >= self._named_s):
            self._named_s = now_s + UNSEEN_S
            found = _others(holders(self._system, self._path))
            streaming = [other for other in found if other.streaming]
            self._audience = Audience(True, _names(streaming or found) or None)
        return self._audience

    def close(self) -> None:
        """See :class:`Viewers`."""
        self._system.kernel.close(self._fd)

    def _next(self) -> int | None:
        event = bytearray(136)
        try:
            self._system.kernel.ioctl(self._fd, VIDIOC_DQEVENT, event)
        except OSError:  # no more, or the device is gone, which others notice
            return None
        (count,) = struct.unpack_from("I", event, 8)
        return int(count)


class Counted:
    """Watches the driver's use count, and looks into ``/proc`` when it has changed."""

    def __init__(self, system: System, path: str, clock: Callable[[], float]) -> None:
        self._system, self._path, self._clock = system, path, clock
        self._uses = ""
        self._everywhere: tuple[Holder, ...] = ()
        """Who has a device of the driver open, whichever; we among them."""
        self._hidden = 0
        """How often a device of the driver is open by nobody that is seen."""
        self._since_s: dict[int, float] = {}
        # Who has streamed and stopped still has it open, but does not watch.
        self._streamed: set[int] = set()
        self._next_s = self._next_search_s = float("-inf")
        self._audience = Audience(False, ())

    def look(self) -> Audience:
        """See :class:`Viewers`."""
        uses = self._count()
        if not uses:
            return UNKNOWN
        now_s = self._clock()
        if uses != self._uses or (self._hidden and now_s >= self._next_s):
            if now_s >= self._next_search_s:
                self._search(uses)
                self._judge(now_s)
        elif now_s >= self._next_s:
            known = {holder.pid for holder in self._everywhere}
            found = holders(self._system, *self._loopbacks(), among=known)
            # One may have gone while another came: the count is as it was.
            if _handles(found) != _handles(self._everywhere):
                self._uses = ""
            self._everywhere = found
            self._judge(now_s)
        return self._audience

    def close(self) -> None:
        """See :class:`Viewers`."""

    def _count(self) -> str:
        return read(self._system.sys / "module" / "v4l2loopback" / "refcnt")

    def _search(self, uses: str) -> None:
        """Look at every process."""
        begun_s = self._clock()
        self._everywhere = holders(self._system, *self._loopbacks())
        ended_s = self._clock()
        self._next_search_s = ended_s + RARELY * (ended_s - begun_s)
        seen = sum(holder.handles for holder in self._everywhere)
        # Who came or went meanwhile is met next time.
        self._uses = uses if self._count() == uses else ""
        self._hidden = max(0, int(uses) - seen) if self._uses else 0

    def _loopbacks(self) -> set[str]:
        """The driver's devices, without opening any: they alone have no parent."""
        nodes = listed(self._system.sys / "class" / "video4linux")
        found = {node.name for node in nodes if not (node / "device").exists()}
        return {self._path, *(str(self._system.dev / name) for name in found)}

    def _judge(self, now_s: float) -> None:
        found = _others(each for each in self._everywhere if each.path == self._path)
        pids = {holder.pid for holder in found} | ({HIDDEN} if self._hidden else set())
        self._since_s = {pid: self._since_s.get(pid, now_s) for pid in pids}
        streaming = {holder.pid for holder in found if holder.streaming}
        self._streamed = (self._streamed & pids) | streaming
        stay = {pid for pid in pids if now_s - self._since_s[pid] >= PROBE_S}
        watching = streaming | (stay - self._streamed)
        names = _names(each for each in found if each.pid in watching)
        unknown = HIDDEN in watching and not names
        self._audience = Audience(bool(watching), None if unknown else names)
        settled = pids <= stay | streaming
        pause_s = UNSEEN_S if self._hidden else SETTLED_S
        self._next_s = now_s + (pause_s if settled else 0.0)


def _others(found: Iterable[Holder]) -> tuple[Holder, ...]:
    return tuple(each for each in found if each.pid != os.getpid() and not each.write_only)


def _handles(found: Iterable[Holder]) -> list[tuple[int, str, int]]:
    return [(each.pid, each.path, each.handles) for each in found]


def _names(found: Iterable[Holder]) -> tuple[str, ...]:
    return tuple(sorted({holder.name for holder in found}))
