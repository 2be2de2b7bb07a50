"""Reads the picture for the card of a break on a thread of its own: no card waits for a
file."""

import logging
import threading
from pathlib import Path

from vcam.frames import Size
from vcam.pipeline.card_picture import CardPicture

log = logging.getLogger(__name__)


class _Reading:
    """One picture being read."""

    def __init__(self, path: Path, size: Size) -> None:
        self.wanted = path, size
        self.picture: CardPicture | None = None
        self.trouble = ""
        self.thread = threading.Thread(target=self._run, name="vcam-card", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.picture = CardPicture(*self.wanted)
        except Exception as error:  # whatever a decoder raises: the plain card will do
            self.trouble = str(error)
            log.warning("a break without its picture: %s", error)


class CardPictureLoader:
    """Has the chosen picture ready for the publisher, whose thread alone uses it."""

    def __init__(self) -> None:
        self._reading: _Reading | None = None

    def picture(self, path: Path | None, size: Size) -> CardPicture | None:
        """The picture for cards of ``size``; ``None`` while there is none to be shown.

        The first call begins to read it.
        """
        if path is None:
            self._reading = None
            return None
        if self._reading is None or self._reading.wanted != (path, size):
            self._reading = _Reading(path, size)
        return self._reading.picture

    @property
    def trouble(self) -> str:
        """Why the chosen picture is not shown; empty while it is, or may soon be."""
        return self._reading.trouble if self._reading else ""

    def try_again(self) -> None:
        """Read a picture again that could not be read."""
        if self.trouble:
            self._reading = None

    def close(self, timeout_s: float) -> None:
        """Wait for the reading to end; a file that hangs keeps its thread."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.thread.join(timeout_s)
            if reading.thread.is_alive():
                log.warning("the picture %s is still read; left behind", reading.wanted[0])
