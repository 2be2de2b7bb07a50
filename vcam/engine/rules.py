"""Keeps the administrator's policy as its file changes, and profiles of who watches."""

import logging
import threading
import time
from collections.abc import Callable

from vcam.errors import VcamError

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""Interval at which the policy and the viewers are looked at."""
STOP_S = 1.0
"""Longest time that stopping waits for a profile that is being put on air."""


class Rules:
    """Calls ``obey`` every second, and ``watched_by`` with programs that begin to watch.

    ``watchers`` tells who watches; ``None`` where that cannot be known.  ``obey`` is called
    by a thread of its own, ``vcam-rules``: a profile may take long to open, or for ever,
    and the policy waits for nobody.  The other two are called by ``vcam-watchers``.
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
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin, if it has not; also after :meth:`stop`."""
        if self._threads:
            return
        stopping = self._stopping = threading.Event()
        obeying, looking = (self._obey, stopping), (self._look, stopping)
        self._threads = [
            threading.Thread(
                target=self._run, args=obeying, name="vcam-rules", daemon=True
            ),
            threading.Thread(
                target=self._run, args=looking, name="vcam-watchers", daemon=True
            ),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait within bounds.  Safe to call twice, and before :meth:`start`."""
        threads, self._threads = self._threads, []
        self._stopping.set()
        until_s = time.monotonic() + STOP_S
        for thread in threads:
            thread.join(max(0.0, until_s - time.monotonic()))

    def _run(self, look: Callable[[], None], stopping: threading.Event) -> None:
        while not stopping.wait(self._every_s):
            try:
                look()
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
