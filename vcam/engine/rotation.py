"""Shows another picture of the gallery every few minutes."""

import logging
import threading
import time
from collections.abc import Callable

from vcam.backgrounds import Background
from vcam.errors import VcamError
from vcam.settings import Settings

log = logging.getLogger(__name__)

STOP_S = 1.0
"""Longest time that stopping waits for a picture that is being opened."""


class Rotation:
    """Calls ``step`` when a background has been chosen for as long as the settings say.

    ``settings`` and ``live`` are asked by its own thread, ``vcam-rotation``: the settings
    in effect, and whether there is anything to be seen.  Whatever chooses another
    background begins the time anew.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        live: Callable[[], bool],
        step: Callable[[], None],
        minute_s: float = 60.0,
    ) -> None:
        self._settings, self._live, self._step = settings, live, step
        self._minute_s = minute_s
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, if it has not; also after :meth:`stop`."""
        if self._thread is None:
            self._stopping = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._stopping,), name="vcam-rotation", daemon=True
            )
            self._thread.start()

    def wake(self) -> None:
        """The settings have changed.  Any thread may call it."""
        self._wake.set()

    def stop(self) -> None:
        """End, and wait within bounds.  Safe to call twice, and before :meth:`start`."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        self._wake.set()
        if thread is not None:
            thread.join(STOP_S)

    def _run(self, stopping: threading.Event) -> None:
        shown: Background | None = None
        since_s = 0.0
        while not stopping.is_set():
            now_s, settings = time.monotonic(), self._settings()
            if settings.background != shown:
                shown, since_s = settings.background, now_s
            every_s = settings.gallery.every * self._minute_s
            left_s = since_s + every_s - now_s
            if every_s and left_s <= 0:
                since_s = now_s
                self._turn()
                continue
            # Without a time to wait for it sleeps until the settings change.
            self._wake.wait(left_s if every_s else None)
            self._wake.clear()

    def _turn(self) -> None:
        if not self._live():
            return
        try:
            self._step()
        except VcamError as error:
            log.warning("no other background: %s", error)
        except Exception:
            log.exception("a bug while showing another background")
