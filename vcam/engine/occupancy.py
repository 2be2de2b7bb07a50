"""How long the producer was busy, and how many frames came meanwhile."""

import time
from collections.abc import Callable

from vcam.frames import Frame


class Occupancy:
    """Measures one source's frames for the governor.  Used by the producer's thread.

    Busy is all time in which the producer did not wait for the next frame.  So decoding
    counts where the producer does it itself, for a video file, and so does the time that a
    frame lies ready while others have the processor.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._free_s = self._begun_s = now_s()
        self._idle_s = 0.0
        self._came = 0
        self._index: int | None = None

    def free(self) -> None:
        """From now on the producer waits for a frame."""
        self._free_s = self._now_s()

    def taken(self, frame: Frame | None) -> None:
        """It got this frame, or none in time."""
        now_s = self._now_s()
        waited_until_s = now_s
        if frame is not None:
            begun_s = frame.captured_s if frame.begun_s is None else frame.begun_s
            waited_until_s = min(begun_s, now_s)
            self._came += 1 if self._index is None else frame.index - self._index
            self._index = frame.index
        self._idle_s += max(0.0, waited_until_s - self._free_s)

    def finished(self) -> tuple[float, int]:
        """Busy seconds, and the number of frames that came, since the last picture.

        Frames that the producer was too late for are among them.
        """
        now_s = self._now_s()
        busy_s, came = now_s - self._begun_s - self._idle_s, self._came
        self._begun_s, self._idle_s, self._came = now_s, 0.0, 0
        return max(0.0, busy_s), came

    def skip(self) -> None:
        """Leave out what has been since the last picture: nothing could be made of it."""
        self.finished()
        self._index = None
