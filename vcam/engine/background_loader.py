"""Opens backgrounds on threads of their own, so that no frame waits for a file."""

import logging
import threading
import time

from vcam.backgrounds import Background, Painter
from vcam.errors import BackgroundError
from vcam.frames import Size

log = logging.getLogger(__name__)


class _Job:
    """One background being opened, on its own thread."""

    def __init__(self, background: Background, size: Size) -> None:
        self.wanted = background, size
        self.begun_s = time.monotonic()
        self._lock = threading.Lock()
        self._unwanted = False
        self.painter: Painter | None = None
        self.error: Exception | None = None
        self.done = threading.Event()
        self.thread = threading.Thread(
            target=self._open, args=(background, size), name="vcam-background", daemon=True
        )
        self.thread.start()

    def _open(self, background: Background, size: Size) -> None:
        try:
            painter = background.open(size)
        except Exception as error:
            self.error = error  # raised where the painter is fetched
        else:
            with self._lock:
                unwanted = self._unwanted
                if not unwanted:
                    self.painter = painter
            if unwanted:  # otherwise whoever has it now closes it, once
                painter.close()
        finally:
            self.done.set()

    def discard(self) -> None:
        """Nobody will fetch it: close it now, or when it is opened at last."""
        with self._lock:
            self._unwanted = True
            painter, self.painter = self.painter, None
        if painter is not None:
            painter.close()


class Loading:
    """Keeps at most one background in the making: the one wanted last.

    Owned and used by one thread; :meth:`close` joins what is still loading, within
    ``timeout_s``: a file system that hangs keeps its daemon thread, not vcam.
    """

    def __init__(self) -> None:
        self._job: _Job | None = None

    def ready(self, background: Background, size: Size) -> bool:
        """Whether :meth:`fetch` would return at once; begins to load when it is new."""
        if self._job is None or self._job.wanted != (background, size):
            if self._job is not None:
                self._job.discard()
            self._job = _Job(background, size)
            # Most kinds need no file: they are there before the next frame is read.
            self._job.done.wait(0.02)
        return self._job.done.is_set()

    @property
    def waited_s(self) -> float:
        """Seconds since the background in the making was first wanted."""
        return time.monotonic() - self._job.begun_s if self._job else 0.0

    def fetch(self, background: Background, size: Size) -> Painter:
        """Hand over the opened background; raises what its opening raised."""
        if not self.ready(background, size) or self._job is None:
            raise BackgroundError("The background is still loading")
        painter, error = self._job.painter, self._job.error
        self._job = None
        if error is not None:
            raise error
        if painter is None:
            raise BackgroundError("The background was given up while loading")
        return painter

    def close(self, timeout_s: float = 1.0) -> None:
        """Close what was loaded for nothing."""
        if self._job is not None:
            self._job.discard()
            self._job.thread.join(timeout_s)
            if self._job.thread.is_alive():
                log.warning("a background is still loading; left behind")
