"""A video file as a source: frame by frame for rendering, or in real time like a webcam."""

import time
from pathlib import Path

import cv2
import numpy as np

from vcam.errors import SourceError
from vcam.frames import Frame, Size
from vcam.sources import EndOfSource


class VideoFile:
    """The frames of a video file, upright, in order.

    Unpaced, every frame is handed out once and ``captured_s`` is its position in the
    file.  ``paced`` plays in real time: frames that come too late are skipped, as a
    webcam would, and ``captured_s`` is on the monotonic clock.  ``loop`` starts again at
    the end instead of raising :class:`~vcam.sources.EndOfSource`.

    Raises :class:`~vcam.errors.SourceError` for a file that is missing or no video.
    """

    def __init__(self, path: Path, *, paced: bool = False, loop: bool = False) -> None:
        self._path, self._paced, self._loop = path, paced, loop
        if not path.is_file():
            raise SourceError(f"There is no video {str(path)!r}", "Check the path")
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._fps = rate if 0.5 <= rate <= 1000 else 30.0
        ok, first = self._capture.read()
        if not ok or first is None:
            self._capture.release()
            raise SourceError(
                f"{str(path)!r} is not a video that vcam can read",
                "Choose another file, or convert it to MP4",
            )
        self._next = np.asarray(first, np.uint8)
        self._size = Size.of(self._next)
        self._index = self._position = 0
        self._ended = False
        self._begun_s = time.monotonic()

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def size(self) -> Size:
        """The size of the frames, upright."""
        return self._size

    @property
    def fps(self) -> float:
        """Frames per second, as the file says; 30 when it does not."""
        return self._fps

    @property
    def frame_count(self) -> int:
        """How many frames the file says it has; 0 when it does not.  An estimate."""
        return max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame; ``None`` when, paced, it is not due within ``timeout_s``."""
        if self._ended:
            raise EndOfSource
        captured_s = self._position / self._fps
        if self._paced:
            captured_s = self._begun_s + self._index / self._fps
            early_s = captured_s - time.monotonic()
            if early_s > 0:
                time.sleep(min(early_s, timeout_s))
                if early_s > timeout_s:
                    return None
            else:
                for _ in range(int(-early_s * self._fps)):
                    self._advance()
                    self._index += 1
                captured_s = self._begun_s + self._index / self._fps
        if self._ended:
            raise EndOfSource
        frame = Frame(self._next, self._index, captured_s)
        self._advance()
        self._index += 1
        return frame

    def close(self) -> None:
        """Close the file."""
        self._capture.release()

    def _advance(self) -> None:
        ok, image = self._capture.read()
        self._position += 1
        if not ok and self._loop:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            ok, image = self._capture.read()
            self._position = 0
        if not ok or image is None:
            self._ended = True
            return
        self._next = np.asarray(image, np.uint8)
        if Size.of(self._next) != self._size:
            raise SourceError(
                f"The video {str(self._path)!r} changes its size to "
                f"{Size.of(self._next)} in the middle",
                "Convert it to one size",
            )
