"""A video file as a source: frame by frame for rendering, or in real time like a webcam."""

import threading
import time
from pathlib import Path

from vcam.errors import PictureError, SourceError
from vcam.frames import Frame, Size
from vcam.imaging.videos import OpenVideo, SteadyVideo
from vcam.sources import EndOfSource

SKIP_S = 0.05
"""Seconds that one read spends on skipping late frames; the rest is played later."""


class VideoFile:
    """The frames of a video file, upright, in order.

    Unpaced, every frame is returned once and ``captured_s`` is its position in the file.
    ``paced`` plays in real time: late frames are skipped, as a webcam would do, and
    ``captured_s`` is on the monotonic clock.  ``loop`` starts again at the end instead of
    raising :class:`~vcam.sources.EndOfSource`.

    Raises :class:`~vcam.errors.SourceError` if the file is missing or not a video.
    """

    identity = negotiated = ""
    """Empty: a file is found by its path, and read as it is."""

    def __init__(self, path: Path, *, paced: bool = False, loop: bool = False) -> None:
        self._path, self._paced, self._loop = path, paced, loop
        # Held while OpenCV is in use: releasing it during a read crashes the process.
        self._using = threading.Lock()
        self._closed = False
        try:
            self._video = OpenVideo(path)
            first = self._video.retrieve()
        except PictureError as error:
            raise SourceError(error.what, error.remedy) from error
        assert first is not None, "OpenVideo has just checked the first picture"
        self._pictures = (
            self._video if self._video.steady else SteadyVideo(self._video, first)
        )
        self._next = first
        self._size = Size.of(first)
        self._fps, self._count = self._video.fps, self._video.count
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
        """Frames per second as stated in the file, or 30."""
        return self._fps

    @property
    def frame_count(self) -> int:
        """The number of frames that the file claims to have; 0 when it plays for ever."""
        return 0 if self._loop else self._count

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame; ``None`` if it is paced and not due within ``timeout_s``."""
        try:
            with self._using:
                if self._closed:
                    raise SourceError(f"The video {str(self._path)!r} is closed")
                return self._read(timeout_s)
        finally:
            self._release_if_closed()

    def close(self) -> None:
        """Close the file now, or at the end of a read on another thread."""
        self._closed = True
        self._release_if_closed()

    def _release_if_closed(self) -> None:
        if self._closed and self._using.acquire(blocking=False):
            try:
                self._video.release()
            finally:
                self._using.release()

    def _read(self, timeout_s: float) -> Frame | None:
        captured_s = self._position / self._fps
        if self._paced:
            late_s = time.monotonic() - self._begun_s - self._index / self._fps
            if late_s < 0:
                time.sleep(min(-late_s, timeout_s))
                if -late_s > timeout_s:
                    return None
            else:
                self._skip(int(late_s * self._fps), min(timeout_s, SKIP_S))
            captured_s = self._begun_s + self._index / self._fps
        if self._ended:
            raise EndOfSource
        frame = Frame(self._next, self._index, captured_s, live=self._paced)
        self._advance()
        return frame

    def _skip(self, count: int, limit_s: float) -> None:
        """Skip late frames, for at most ``limit_s`` seconds."""
        deadline_s = time.monotonic() + limit_s
        for left in range(count, 0, -1):
            if self._ended:
                return
            if time.monotonic() > deadline_s:
                # Decoding is slower than playing, or the machine was asleep.
                self._begun_s += left / self._fps
                return
            self._advance()

    def _advance(self) -> None:
        self._index += 1
        self._position += 1
        try:
            image = self._pictures.read()
            if image is None and self._loop:
                image = self._pictures.restart()
                self._position = 0
        except PictureError as error:
            raise SourceError(error.what, error.remedy) from error
        if image is None:
            self._ended = True
        else:
            self._next = image
