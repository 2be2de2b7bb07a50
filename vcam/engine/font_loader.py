"""Reads the user's font on a thread of its own: no card waits for a file."""

import logging
import threading
from pathlib import Path

from vcam.errors import FontError
from vcam.imaging.lettering import Face, read_face

log = logging.getLogger(__name__)

PATIENCE_S = 0.2
"""Longest time that the first card waits for its font; then it goes out in vcam's own."""
STOP_S = 0.2
"""Longest time that stopping waits for one that is still being read."""


class _Reading:
    """One font being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.face: Face | None = None
        self.trouble = ""
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._run, name="vcam-font", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.face = read_face(self.path)
        except FontError as error:
            self.trouble = str(error)
            log.warning("in vcam's own font: %s", error)
        self.done.set()


class FontLoader:
    """Has the chosen font ready for cards.  Used by the publisher's thread alone."""

    def __init__(self) -> None:
        self._reading: _Reading | None = None

    def look(self, path: Path | None, patience_s: float = 0.0) -> None:
        """Read the font at ``path``, unless that is done; wait for it so long at most."""
        reading = self._reading
        if path is None:
            self._reading = None
        elif reading is None or reading.path != path:
            self._reading = _Reading(path)
        if self._reading is not None:
            self._reading.done.wait(patience_s)

    @property
    def face(self) -> Face | None:
        """The font that was looked for; ``None`` for vcam's own, and until it is read."""
        return self._reading.face if self._reading else None

    @property
    def trouble(self) -> str:
        """Why the chosen font is not used; empty while it is, or may soon be."""
        return self._reading.trouble if self._reading else ""

    def close(self) -> None:
        """Wait for a reading to end; a file that hangs keeps its thread."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.thread.join(STOP_S)
            if reading.thread.is_alive():
                log.warning("the font %s is still being read; left behind", reading.path)
