"""Linux: who reads a v4l2loopback device, and whether anybody does.

Nothing waits here: the owner polls several times a second, which costs very little while
nothing changes.

* From 0.13 on the driver sends an event with the number of programs that stream or read
  (:class:`EventMonitor`).  A program that only queries what the device can do is not
  counted.
* Older drivers send none.  But the kernel counts how often the driver's devices are open,
  by vcam too; when that changes, ``/proc`` shows which programs it is
  (:class:`ProcMonitor`).  A program that has the device's buffers mapped streams.  One that
  only has it open is probing, unless that lasts: then it uses ``read``, or this user may
  not inspect it.
"""

import os
import struct
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from vcam.outputs.viewers import UNKNOWN, Viewers
from vcam.v4l2.holders import Holder, holders
from vcam.v4l2.system import System, listed, read

VIDIOC_SUBSCRIBE_EVENT = 0x4020565A
VIDIOC_DQEVENT = 0x80885659
V4L2_EVENT_PRI_CLIENT_USAGE = 0x10E00001
"""Event of v4l2loopback: the number of programs that read, as a 32-bit number."""
V4L2_EVENT_SUB_FL_SEND_INITIAL = 1

PROBE_S = 3.0
"""The time after which a program that has the device open without streaming counts as a
reader; a shorter time is probing."""
SETTLED_S = 1.0
"""The time between two checks of the programs that have the device open, once it is known
what each does."""
UNSEEN_S = 10.0
"""The same time while a program watches that this user may not inspect."""
SEARCH_PAUSE = 10
"""The pause after a search through all processes, as a multiple of the search's time."""
HIDDEN = 0
"""The process id that stands for the processes that this user may not inspect."""


class Monitor(Protocol):
    """The readers of one device.  Used by one thread."""

    def viewers(self) -> Viewers:
        """Who watches now."""

    def close(self) -> None:
        """Release what was opened."""


def open_monitor(
    system: System, path: str, clock: Callable[[], float] = time.monotonic
) -> Monitor:
    """The better monitor that works for the device at ``path``, which vcam publishes to."""
    try:
        return EventMonitor(system, path, clock)
    except OSError:  # the driver is older, or lets nobody else open the device
        return ProcMonitor(system, path, clock)


class EventMonitor:
    """Asks the driver.  Keeps the device open, which counts against its ``max_openers``."""

    def __init__(self, system: System, path: str, clock: Callable[[], float]) -> None:
        """Raises :class:`OSError` when the driver sends no events."""
        self._system, self._path, self._clock = system, path, clock
        self._fd = system.kernel.open(path)
        subscription = struct.pack(
            "3I20x", V4L2_EVENT_PRI_CLIENT_USAGE, 0, V4L2_EVENT_SUB_FL_SEND_INITIAL
        )
        try:
            system.kernel.ioctl(self._fd, VIDIOC_SUBSCRIBE_EVENT, bytearray(subscription))
        except OSError:
            system.kernel.close(self._fd)
            raise
        self._readers = 0
        self._named_s = float("-inf")
        self._viewers = Viewers(False, ())

    def viewers(self) -> Viewers:
        """See :class:`Monitor`."""
        news = False
        while (readers := self._next()) is not None:
            news, self._readers = True, readers
        now_s = self._clock()
        if not self._readers:
            self._viewers = Viewers(False, ())
        elif news or (self._viewers.names is None and now_s >= self._named_s):
            self._named_s = now_s + UNSEEN_S
            found = _others(holders(self._system, self._path))
            streaming = [other for other in found if other.streaming]
            self._viewers = Viewers(True, _names(streaming or found) or None)
        return self._viewers

    def close(self) -> None:
        """See :class:`Monitor`."""
        self._system.kernel.close(self._fd)

    def _next(self) -> int | None:
        event = bytearray(136)
        try:
            self._system.kernel.ioctl(self._fd, VIDIOC_DQEVENT, event)
        except OSError:  # no more, or the device is gone, which others notice
            return None
        (count,) = struct.unpack_from("I", event, 8)
        return int(count)


class ProcMonitor:
    """Polls the driver's use count, and reads ``/proc`` when it has changed."""

    def __init__(self, system: System, path: str, clock: Callable[[], float]) -> None:
        self._system, self._path, self._clock = system, path, clock
        self._uses = ""
        self._everywhere: tuple[Holder, ...] = ()
        """The programs that have any device of the driver open, including vcam."""
        self._hidden = 0
        """How often the driver's devices are open in processes that cannot be inspected."""
        self._since_s: dict[int, float] = {}
        # A program that has streamed and stopped may have it open, but does not watch.
        self._streamed: set[int] = set()
        self._next_s = self._next_search_s = float("-inf")
        self._viewers = Viewers(False, ())

    def viewers(self) -> Viewers:
        """See :class:`Monitor`."""
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
        return self._viewers

    def close(self) -> None:
        """See :class:`Monitor`."""

    def _count(self) -> str:
        return read(self._system.sys / "module" / "v4l2loopback" / "refcnt")

    def _search(self, uses: str) -> None:
        """Search all processes."""
        begun_s = self._clock()
        self._everywhere = holders(self._system, *self._loopbacks())
        ended_s = self._clock()
        self._next_search_s = ended_s + SEARCH_PAUSE * (ended_s - begun_s)
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
        self._viewers = Viewers(bool(watching), None if unknown else names)
        settled = pids <= stay | streaming
        pause_s = UNSEEN_S if self._hidden else SETTLED_S
        self._next_s = now_s + (pause_s if settled else 0.0)


def _others(found: Iterable[Holder]) -> tuple[Holder, ...]:
    return tuple(each for each in found if each.pid != os.getpid() and not each.write_only)


def _handles(found: Iterable[Holder]) -> list[tuple[int, str, int]]:
    return [(each.pid, each.path, each.handles) for each in found]


def _names(found: Iterable[Holder]) -> tuple[str, ...]:
    return tuple(sorted({holder.name for holder in found}))
