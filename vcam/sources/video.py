"""A video file as a source: frame by frame for rendering, or in real time like a webcam."""

import logging
import time
from pathlib import Path

from vcam.errors import PictureError, SourceError
from vcam.frames import Frame, Size
from vcam.imaging.videos import Moment, VideoReader
from vcam.sources import EndOfSource

log = logging.getLogger(__name__)

SKIP_S = 0.05
"""Seconds that one read spends on skipping late frames; the rest is played later."""
LONGEST_S = 10.0
"""Longest time that a frame is played: a larger jump in the file's times is an error."""
REPEAT_S = 0.5
"""Longest time between two pictures of a file that plays as a camera, whatever its rate: a
camera that is silent for seconds counts as lost."""


class VideoFile:
    """The frames of a video file, upright, in order.

    Unpaced, every frame is returned once; ``captured_s`` is its time in the file, and
    ``lasts_s`` how long it is shown.  ``paced`` plays in real time: late frames are
    skipped, as a webcam would do, one that is shown for long is repeated, and
    ``captured_s`` is on the monotonic clock.  ``loop`` starts again at the end instead of
    raising :class:`~vcam.sources.EndOfSource`.

    Raises :class:`~vcam.errors.SourceError` if the file is missing or not a video.
    """

    identity = negotiated = ""
    """Empty: a file is found by its path, and read as it is."""

    def __init__(self, path: Path, *, paced: bool = False, loop: bool = False) -> None:
        self._path, self._paced, self._loop = path, paced, loop
        self._told = False
        self._index = self._turn = 0
        """Numbers of frames returned, and read since the file began."""
        self._shown: Moment | None = None
        try:
            self._video = VideoReader(path, threads=0)
        except PictureError as error:
            raise SourceError(error.what, error.remedy) from error
        self._size = self._video.size
        self._fps, self._count = self._video.fps, self._video.count
        self._due_s = time.monotonic()
        """When the next picture is shown."""
        self._until_s = self._due_s
        """When the frame after the one that is shown is due."""

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
        """Frames per second on average as stated in the file, or 30."""
        return self._fps

    @property
    def frame_count(self) -> int:
        """The number of frames that the file claims to have; 0 when it plays for ever."""
        return 0 if self._loop else self._count

    @property
    def damage(self) -> str:
        """What was wrong with the file so far; empty if nothing was."""
        return self._video.damage

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame; ``None`` if it is paced and not due within ``timeout_s``."""
        try:
            if self._paced:
                return self._read_paced(timeout_s)
            moment = self._next()
        except PictureError as error:
            raise SourceError(error.what, error.remedy) from error
        index, self._index = self._index, self._index + 1
        image, at_s, lasts_s = moment
        return Frame(image, index, at_s, live=False, lasts_s=lasts_s)

    def close(self) -> None:
        """Close the file now, or at the end of a read on another thread."""
        self._video.close()

    def _read_paced(self, timeout_s: float) -> Frame | None:
        now_s = time.monotonic()
        begun_s = max(self._due_s, now_s)
        early_s = begun_s - now_s
        if early_s > 0:
            time.sleep(min(early_s, timeout_s))
            if early_s > timeout_s:
                return None
        deadline_s = time.monotonic() + min(timeout_s, SKIP_S)
        while self._shown is None or self._until_s <= self._due_s:
            self._advance()
            late_s = time.monotonic() - self._until_s
            if late_s <= 0:
                break
            if time.monotonic() > deadline_s:
                # Decoding is slower than playing, or the machine was asleep.  A camera
                # would have sent frames meanwhile.
                self._index += int(late_s * self._fps)
                self._due_s += late_s
                self._until_s += late_s
                break
            self._due_s = self._until_s
            self._index += 1
        assert self._shown is not None
        frame = Frame(self._shown.image, self._index, self._due_s, begun_s=begun_s)
        self._index += 1
        # A camera sends pictures even if nothing moves.
        step_s = min(1 / self._fps, REPEAT_S)
        again_s = self._due_s + step_s
        self._due_s = again_s if again_s < self._until_s - step_s / 2 else self._until_s
        return frame

    def _advance(self) -> None:
        """Show the next frame from when the one before it ends."""
        self._shown = self._next()
        self._until_s += min(self._shown.lasts_s, LONGEST_S)

    def _next(self) -> Moment:
        moment = self._video.read()
        if moment is None:
            self._tell_damage()
            if not self._loop:
                raise EndOfSource
            if self._turn == 1 and self._shown is not None:
                return self._shown  # a file of one frame is not opened for each
            self._video.restart()
            self._turn = 0
            moment = self._video.read()
            assert moment is not None, "a file without a frame is not opened"
        self._turn += 1
        return moment

    def _tell_damage(self) -> None:
        """Once, for a camera, which nobody asks."""
        if self._paced and not self._told and self._video.damage:
            self._told = True
            log.warning("%s: %s", self._path.name, self._video.damage)
