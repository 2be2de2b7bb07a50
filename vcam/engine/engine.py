"""The worker: start it, give it settings, read its status, stop it.

Wishes come in as whole :class:`~vcam.settings.Settings`, news goes out as whole
:class:`~vcam.status.Status`; both are immutable and swapped.  The work is done by the
threads of :mod:`vcam.engine.publisher` and :mod:`vcam.engine.producer`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from vcam.engine.factories import Devices, Patience
from vcam.engine.publisher import Publisher
from vcam.frames import Image
from vcam.settings import Settings
from vcam.status import Hold, Status

APPLY_S = 0.5


class Worker:
    """Any thread may call any of it."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._devices = devices or Devices()
        self._patience = patience or Patience()
        self._hold = Hold.NOTHING
        self._publisher: Publisher | None = None
        self._changing = threading.Lock()

    @property
    def settings(self) -> Settings:
        """What is wished for."""
        return self._settings

    @property
    def status(self) -> Status:
        """What is."""
        publisher = self._publisher
        return publisher.status if publisher else Status()

    def apply(self, settings: Settings) -> None:
        """Use ``settings`` from the next frame on.

        Once it has returned, no further picture goes out that shows more of the room than
        these settings choose; only a picture that is inside a hanging driver at that
        moment cannot be called back.  Returns within half a second even then; the driver's
        next picture is compared with these settings.
        """
        with self._between_pictures():
            self._settings = settings

    def hold(self, hold: Hold) -> None:
        """Keep a card or the last picture on air, with the camera released; or go on.

        Once it has returned, no new picture goes out until ``Hold.NOTHING``; with the same
        exception as for :meth:`apply`, and as promptly.
        """
        with self._between_pictures():
            self._hold = hold

    @property
    def held(self) -> Hold:
        """What was asked for with :meth:`hold`."""
        return self._hold

    @property
    def picture(self) -> Image | None:
        """What is on air, card or picture; not to be written into."""
        publisher = self._publisher
        return publisher.picture if publisher else None

    def start(self) -> None:
        """Begin, unless it has; the status tells how it goes."""
        with self._changing:
            if self._publisher is None:
                self._publisher = Publisher(
                    lambda: self._settings,
                    lambda: self._hold,
                    self._devices,
                    self._patience,
                )
                self._publisher.start()

    def stop(self) -> None:
        """Stop and wait, within bounds.  Safe to call twice, and before ``start``."""
        with self._changing:
            publisher, self._publisher = self._publisher, None
            if publisher is not None:
                publisher.stop()

    @contextmanager
    def _between_pictures(self) -> Iterator[None]:
        """No picture goes out while the wish changes; then the publisher looks at it."""
        publisher = self._publisher
        if publisher is None:
            yield
            return
        with publisher.choice.changing(APPLY_S):
            yield
        publisher.wake()
