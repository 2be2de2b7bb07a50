"""Keeps the administrator's policy as its file changes, and profiles of who watches."""

import logging
import threading
from collections.abc import Callable

from vcam.errors import VcamError

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Interval at which the policy and the viewers are looked at."""
STOP_S = 1.0
"""Longest time that stopping waits for a profile that is being put on air."""


class Rules:
    """Calls ``obey`` every second, and ``watched_by`` with programs that begin to watch.

    ``watchers`` tells who watches; ``None`` where that cannot be known.  All three are
    called by its own thread, ``vcam-rules``.
    """

    def __init__(
        self,
        obey: Callable[[], None],
        watchers: Callable[[], tuple[str, ...] | None],
        watched_by: Callable[[tuple[str, ...]], None],
        every_s: float = EVERY_S,
    ) -> None:
        self._obey, self._watchers, self._watched_by = obey, watchers, watched_by
        self._every_s = every_s
        self._seen: tuple[str, ...] = ()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, if it has not; also after :meth:`stop`."""
        if self._thread is None:
            self._stopping = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._stopping,), name="vcam-rules", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End, and wait within bounds.  Safe to call twice, and before :meth:`start`."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join(STOP_S)

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.wait(self._every_s):
            try:
                self._obey()
                self._look()
            except VcamError as error:
                log.warning("%s", error)
            except Exception:
                log.exception("a bug in the rules")

    def _look(self) -> None:
        now = self._watchers() or ()
        new = tuple(each for each in now if each not in self._seen)
        self._seen = now
        if new:
            self._watched_by(new)
