"""Reads the picture for the card of a break on a thread of its own: no card waits for a
file."""

import logging
import threading
from pathlib import Path

from vcam.frames import Size
from vcam.pipeline.card_picture import CardPicture

log = logging.getLogger(__name__)


class _Reading:
    """One picture being read; one that an ``earlier`` reading has, if its file changed."""

    def __init__(self, path: Path, size: Size, earlier: "_Reading | None" = None) -> None:
        self.wanted = path, size
        self.picture: CardPicture | None = earlier.picture if earlier else None
        self.version: object = earlier.version if earlier else None
        self.trouble = ""
        self.thread = threading.Thread(target=self._run, name="vcam-card", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            now = self.wanted[0].stat()
            version = now.st_ino, now.st_size, now.st_mtime_ns
            if self.picture is None or version != self.version:
                self.picture, self.version = CardPicture(*self.wanted), version
        except Exception as error:  # whatever a decoder raises: the plain card will do
            log.warning("a break without its picture: %s", error)
            if self.picture is None:
                self.trouble = str(error)


class CardPictureLoader:
    """Has the chosen picture ready for the publisher, whose thread alone uses it."""

    def __init__(self) -> None:
        self._reading: _Reading | None = None
        self._looks_again = False

    def picture(self, path: Path | None, size: Size) -> CardPicture | None:
        """The picture for cards of ``size``; ``None`` while there is none to be shown.

        The first call begins to read it.
        """
        if path is None:
            self._reading = None
            return None
        reading = self._reading
        if reading is None or reading.wanted != (path, size):
            reading, self._looks_again = _Reading(path, size), False
        elif self._looks_again and not reading.thread.is_alive():
            # Meanwhile it is the earlier one.
            reading, self._looks_again = _Reading(path, size, reading), False
        self._reading = reading
        return reading.picture

    @property
    def trouble(self) -> str:
        """Why the chosen picture is not shown; empty while it is, or may soon be."""
        return self._reading.trouble if self._reading else ""

    def look_again(self) -> None:
        """With the next call of :meth:`picture`, read a file again that has changed, or
        that could not be read."""
        self._looks_again = True

    def close(self, timeout_s: float) -> None:
        """Wait for the reading to end; a file that hangs keeps its thread."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.thread.join(timeout_s)
            if reading.thread.is_alive():
                log.warning("the picture %s is still read; left behind", reading.wanted[0])
