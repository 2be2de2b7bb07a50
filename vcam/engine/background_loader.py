"""Opens backgrounds, each once and on a thread of its own: no frame waits for a file."""

import logging
import threading
import time

from vcam.backgrounds import Background, Painter
from vcam.errors import BackgroundError
from vcam.frames import Size
from vcam.memory import give_back
from vcam.translation import tr

log = logging.getLogger(__name__)

KEPT_S = 10.0
"""Time that an open background is kept if the producer does not fetch it."""
AT_ONCE_S = 0.02
"""Longest time that a frame waits for a background: most kinds need no file and open
faster."""


class _Opening:
    """One background being opened on a thread, which owns the painter until it is taken.

    A painter that is discarded, or kept for :data:`KEPT_S`, is closed by that thread.
    """

    def __init__(self, background: Background, size: Size) -> None:
        self.wanted = background, size
        self.begun_s = time.monotonic()
        self.done = threading.Event()
        """Set when it is open, or has failed."""
        self.error: Exception | None = None
        self._painter: Painter | None = None
        self._changed = threading.Condition()
        self._over = False
        self._expires_s = float("inf")
        self.thread = threading.Thread(
            target=self._run, args=(background, size), name="vcam-background", daemon=True
        )
        self.thread.start()

    def keep(self) -> bool:
        """Keep the painter for longer; ``False`` when it is taken or closed."""
        with self._changed:
            self._expires_s = max(self._expires_s, time.monotonic() + KEPT_S)
            return not self._over

    def take(self) -> Painter | None:
        """Hand over the painter, which the caller closes; ``None`` when there is none."""
        with self._changed:
            painter, self._painter = self._painter, None
            self._end()
            return painter

    def discard(self) -> None:
        """Have the painter closed, now or as soon as it is open."""
        with self._changed:
            self._end()

    def _end(self) -> None:
        self._over = True
        self._changed.notify_all()

    def _run(self, background: Background, size: Size) -> None:
        try:
            painter = background.open(size)
        except Exception as error:
            self.error = error  # raised where the painter is fetched
            self.done.set()
            give_back()
            return
        with self._changed:
            self._painter = painter
            self._expires_s = time.monotonic() + KEPT_S
            self.done.set()
        give_back()  # a large picture was decoded at full size
        with self._changed:
            while not self._over and (left_s := self._expires_s - time.monotonic()) > 0:
                self._changed.wait(left_s)
            self._over = True
            unused, self._painter = self._painter, None
        if unused is not None:
            unused.close()


class BackgroundLoader:
    """Opens backgrounds for the producer.  Any thread may call any method.

    Two are kept at most: the one that the producer wants, and the one that was prepared
    last.  A painter is handed over once, and only for the background and the size that it
    was opened for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: _Opening | None = None
        self._prepared: _Opening | None = None
        self._slow: list[_Opening] = []
        """Those that somebody has stopped waiting for."""

    def prepare(
        self, background: Background, size: Size, within_s: float | None = None
    ) -> None:
        """Open ``background`` before it is chosen; the producer gets what was opened.

        Takes as long as the opening, and raises what that raises.  With ``within_s`` it
        raises :class:`~vcam.errors.BackgroundError` after that time, and at once for a
        file that still opens since an earlier try.
        """
        with self._lock:
            self._slow = [each for each in self._slow if not each.done.is_set()]
            if within_s is not None and any(
                each.wanted[0] == background for each in self._slow
            ):
                raise _too_slow(background)
            opening = self._prepared
            if opening is None or not _serves(opening, background, size) or opening.error:
                if opening is not None:
                    opening.discard()
                opening = self._prepared = _Opening(background, size)
        if not opening.done.wait(within_s):
            with self._lock:
                self._slow.append(opening)
            raise _too_slow(background)
        if opening.error is not None:
            raise opening.error

    def ready(self, background: Background, size: Size) -> bool:
        """Whether :meth:`fetch` returns at once; starts to open it when that is new."""
        with self._lock:
            opening = self._wanted
            if opening is None or not _serves(opening, background, size):
                if opening is not None:
                    opening.discard()
                opening = self._wanted = self._take_prepared(background, size)
        opening.done.wait(max(0.0, opening.begun_s + AT_ONCE_S - time.monotonic()))
        return opening.done.is_set()

    def _take_prepared(self, background: Background, size: Size) -> _Opening:
        opening = self._prepared
        if opening is None or not _serves(opening, background, size) or opening.error:
            return _Opening(background, size)
        self._prepared = None
        return opening

    @property
    def waited_s(self) -> float:
        """Seconds since the background that is wanted now began to open."""
        opening = self._wanted
        return time.monotonic() - opening.begun_s if opening else 0.0

    def fetch(self, background: Background, size: Size) -> Painter:
        """Hand over the open painter; raises what its opening raised."""
        if not self.ready(background, size):
            raise BackgroundError(tr("The background is still loading"))
        with self._lock:
            opening, self._wanted = self._wanted, None
        if opening is None or opening.wanted != (background, size):
            raise BackgroundError(tr("Another background is being loaded"))
        if opening.error is not None:
            raise opening.error
        painter = opening.take()
        if painter is None:
            raise BackgroundError(tr("The background was closed before it was used"))
        return painter

    def close(self, timeout_s: float = 1.0) -> None:
        """Close backgrounds that were not fetched; a file that hangs keeps its thread."""
        with self._lock:
            openings = [each for each in (self._wanted, self._prepared) if each]
            self._wanted = self._prepared = None
        for opening in openings:
            opening.discard()
        until_s = time.monotonic() + timeout_s
        for opening in openings:
            opening.thread.join(max(0.0, until_s - time.monotonic()))
            if opening.thread.is_alive():
                log.warning("%s is still loading; left behind", opening.wanted[0])


def _too_slow(background: Background) -> BackgroundError:
    return BackgroundError(
        tr("{background!r} takes too long to open", background=str(background)),
        tr("Is it on a drive that hangs?"),
    )


def _serves(opening: _Opening, background: Background, size: Size) -> bool:
    return opening.wanted == (background, size) and opening.keep()
