"""Opens what lies over the picture on a thread of its own: no frame waits for a file."""

import logging
import threading
import time
from collections.abc import Callable

from vcam.errors import OverlayError
from vcam.frames import Size
from vcam.overlay.drawing import Overlay
from vcam.overlay.opening import OverlayChoice
from vcam.translation import tr

log = logging.getLogger(__name__)

PATIENCE_S = 0.8
"""Longest time that pictures wait for the first overlay; then they go out without it."""


class _Opening:
    """One overlay being opened."""

    def __init__(self, choice: OverlayChoice, size: Size) -> None:
        self.wanted = choice, size
        self.begun_s = time.monotonic()
        self.overlay: Overlay | None = None
        self.trouble = ""
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._run, name="vcam-overlay", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        choice, size = self.wanted
        try:
            self.overlay = choice.open(size)
        except Exception as error:  # whatever a decoder raises: the camera goes on
            self.trouble = str(error)
            log.warning("without the overlay: %s", error)
            # A name plate needs no file.
            self.overlay = OverlayChoice(plate=choice.plate, font=choice.font).open(size)
        self.done.set()


class OverlayLoader:
    """Has the chosen overlay ready for the producer, whose thread alone uses it.

    ``required`` tells whether no picture may leave without it.
    """

    def __init__(self, required: Callable[[], bool] = lambda: False) -> None:
        self._required = required
        self._opening: _Opening | None = None
        self._shown: Overlay | None = None

    def overlay(self, choice: OverlayChoice, size: Size) -> Overlay | None:
        """The overlay of ``choice`` for pictures of ``size``.

        While it opens, the former one of the same size; ``None`` without one, and when the
        chosen one cannot be shown.
        """
        if not choice:
            self._opening = self._shown = None
            return None
        opening = self._opening
        if opening is None or opening.wanted != (choice, size):
            if opening is not None and opening.wanted[1] != size:
                self._shown = None
            opening = self._opening = _Opening(choice, size)
        if opening.done.is_set():
            self._shown = opening.overlay
        return self._shown

    def holds_back(self, *, first: bool) -> bool:
        """Whether a picture should wait, the ``first`` one only for :data:`PATIENCE_S`."""
        opening = self._opening
        if opening is None or opening.done.is_set():
            return False
        if self._required():
            return True
        late = time.monotonic() - opening.begun_s >= PATIENCE_S
        return first and self._shown is None and not late

    def check(self) -> None:
        """Raise :class:`~vcam.errors.OverlayError` if a required one cannot be shown."""
        if self.trouble and self._required():
            trouble, self._opening = self.trouble, None  # another try
            raise OverlayError(trouble, tr("Tell your administrator"))

    @property
    def trouble(self) -> str:
        """Why the chosen overlay is not shown; empty while it is, or may soon be."""
        return self._opening.trouble if self._opening else ""

    def close(self, timeout_s: float) -> None:
        """Wait for an opening to end; a file that hangs keeps its thread."""
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.thread.join(timeout_s)
            if opening.thread.is_alive():
                log.warning(
                    "the overlay %s is still loading; left behind", opening.wanted[0]
                )
