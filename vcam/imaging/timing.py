"""When each frame of a video file is shown, whatever the file says."""

from typing import TYPE_CHECKING

from vcam.imaging.filters import fraction

if TYPE_CHECKING:
    from fractions import Fraction

    from av.video.frame import VideoFrame

FASTEST = 250.0
"""Most frames per second that are believed: a larger number is the tick of a clock."""
STEADY = 30.0
"""Frames per second of a file that states none."""
JITTER_S = 1.0
"""Times that go back by less are in the wrong order; by more, they start anew."""
LONGEST_S = 86400.0
"""Longest time for which a frame is shown: a larger step in the times is an error."""


def rate(stated: "Fraction | None") -> float:
    """A rate in frames per second if it can be believed; else 0."""
    value = float(stated) if stated else 0.0
    return value if 1 / LONGEST_S <= value <= FASTEST else 0.0


class Timeline:
    """The times of a file's frames in seconds, from 0, always increasing."""

    def __init__(self, begins_s: float | None, step_s: float, unit: "Fraction") -> None:
        """``begins_s`` is the time in the file that counts as 0, for pictures and sound;
        ``None`` is the first frame's.  ``unit`` is the track's unit of time.
        """
        self._begins_s, self._unit = begins_s, unit
        self.step_s = step_s
        """How long a frame lasts whose end is not known otherwise."""
        self._last_s: float | None = None

    @property
    def next_s(self) -> float:
        """About when the next frame is shown."""
        return 0.0 if self._last_s is None else self._last_s + self.step_s

    def at_s(self, frame: "VideoFrame") -> float:
        """When ``frame``, which follows the last one, is shown."""
        unit = fraction(frame.time_base) or self._unit  # what a decoder had left has none
        lasts_s = float(frame.duration * unit) if frame.duration else 0.0
        if 1 / FASTEST <= lasts_s <= LONGEST_S:
            self.step_s = lasts_s
        last_s = self._last_s
        if frame.pts is None:
            at_s = self.next_s
        else:
            at_s = self._mended(float(frame.pts * unit), last_s)
        self._last_s = at_s
        return at_s

    def _mended(self, stated_s: float, last_s: float | None) -> float:
        if self._begins_s is None:
            self._begins_s = stated_s
        at_s = stated_s - self._begins_s
        if last_s is None:
            # Of a short Matroska file FFmpeg may take the sound's beginning for the
            # picture's, too: nothing is shown before the beginning.
            if not 0 <= at_s <= LONGEST_S:
                self._begins_s, at_s = stated_s, 0.0
            return at_s
        if at_s > last_s + LONGEST_S or at_s < last_s - JITTER_S:
            # A recorder that started its clock anew: go on from here.
            at_s = self.next_s
            self._begins_s = stated_s - at_s
        return at_s if at_s > last_s else last_s + 1 / FASTEST
