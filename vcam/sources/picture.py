"""A picture file as a source: one frame, or the same frame repeated like a webcam."""

import time
from pathlib import Path

from vcam.errors import SourceError
from vcam.frames import Frame, Image, Size
from vcam.sources import EndOfSource
from vcam.translation import tr


class PictureFile:
    """A still picture, ``image``, read from ``path``.

    Unpaced it is one frame.  ``paced`` repeats it at ``fps`` for ever and, like a webcam,
    skips frames that are late.
    """

    identity = negotiated = ""
    """Empty: a file is found by its path, and read as it is."""

    def __init__(
        self, image: Image, path: Path, *, fps: float = 30.0, paced: bool = False
    ) -> None:
        if fps <= 0:
            raise SourceError(
                tr(
                    "A picture cannot be shown at {rate} frames per second",
                    rate=f"{fps:g}",
                )
            )
        self._image, self._path, self._fps, self._paced = image, path, fps, paced
        self._index = 0
        self._begun_s = time.monotonic()

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def size(self) -> Size:
        """The size of the picture, upright."""
        return Size.of(self._image)

    @property
    def fps(self) -> float:
        """Frames per second when paced."""
        return self._fps

    @property
    def frame_count(self) -> int:
        """1; 0 when paced: it is then repeated for ever."""
        return 0 if self._paced else 1

    def read(self, timeout_s: float) -> Frame | None:
        """The picture."""
        captured_s = 0.0
        if self._paced:
            now_s = time.monotonic()
            self._index = max(self._index, int((now_s - self._begun_s) * self._fps))
            captured_s = self._begun_s + self._index / self._fps
            early_s = captured_s - now_s
            if early_s > 0:
                time.sleep(min(early_s, timeout_s))
                if early_s > timeout_s:
                    return None
        elif self._index:
            raise EndOfSource
        self._index += 1
        return Frame(self._image, self._index - 1, captured_s, live=self._paced)

    def close(self) -> None:
        """There is nothing to release."""
