"""One reader for all who listen: what it read last is passed on to each of them."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Generic, TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Send

from vcam.errors import ControlError
from vcam.studio.answers import ask_in_thread
from vcam.translation import tr

log = logging.getLogger(__name__)

T = TypeVar("T")
LEAST_S = 0.02
"""Shortest rest between two readings: whoever is asked must not be kept busy."""
BUG_S = 5.0
"""Seconds of rest after a bug."""


class Feed(Generic[T]):
    """Calls ``read`` on a thread, again and again, while somebody listens.

    ``read`` returns within bounds, and says how many seconds after its beginning it is
    called again.  Whoever is slow misses what was read meanwhile.  Used on the event loop.
    """

    def __init__(self, read: Callable[[], tuple[T, float]], most: int) -> None:
        """``most``: listeners at once."""
        self._read, self._most = read, most
        self._listeners = 0
        self._reading: asyncio.Task[None] | None = None
        self._now: T | None = None
        self._number = 0
        """Counts what was read."""
        self._fresh, self._wake = asyncio.Condition(), asyncio.Event()
        self._closed = False

    def check(self) -> None:
        """Raise :class:`~vcam.errors.ControlError` when there is no room for a listener."""
        if self._listeners >= self._most:
            raise ControlError(
                tr("The studio is open too many times"), tr("Close some of its pages")
            )

    def hurry(self) -> None:
        """Read again at once."""
        self._wake.set()

    async def close(self) -> None:
        """Nobody can listen any more: what is streamed ends now."""
        self._closed = True
        async with self._fresh:
            self._fresh.notify_all()

    async def listen(self, repeat_s: float) -> AsyncGenerator[tuple[T, bool], None]:
        """What is read, and whether it is new; the last again when nothing is for a while.

        ``repeat_s`` is that while, in seconds.  Close it, so that the reading can end.
        """
        self._listeners += 1
        number = self._number - (self._now is not None)
        if self._reading is None:
            self._reading = asyncio.create_task(self._run())
        try:
            while not self._closed:
                fresh = await self._wait(number, repeat_s)
                number = self._number
                if self._now is not None and not self._closed:
                    yield self._now, fresh
        finally:
            self._listeners -= 1
            if not self._listeners and self._reading is not None:
                self._reading.cancel()
                self._reading = self._now = None

    async def _wait(self, number: int, within_s: float) -> bool:
        try:
            async with asyncio.timeout(within_s), self._fresh:
                await self._fresh.wait_for(lambda: self._closed or self._number > number)
        except TimeoutError:
            return False
        return True

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            begun_s = time.monotonic()
            try:
                self._now, interval_s = await ask_in_thread(self._read)
                self._number += 1
            except Exception:
                log.exception("a bug in what the page follows")
                interval_s = BUG_S
            async with self._fresh:
                self._fresh.notify_all()
            rest_s = max(begun_s + interval_s - time.monotonic(), LEAST_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await self._wake.wait()


class Stream(StreamingResponse):
    """Ends what it streams as soon as the browser has gone."""

    async def stream_response(self, send: Send) -> None:
        """As in the parent."""
        async with aclosing(self.body_iterator):  # type: ignore[type-var]
            await super().stream_response(send)
