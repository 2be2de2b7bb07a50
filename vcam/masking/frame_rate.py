"""How fast frames come, and how much a frame may therefore keep of the past.

A webcam that delivers 30 frames per second in daylight delivers 10 in the evening.  All
parameters that count per frame were tuned at 30 and are converted here for lower rates.
They are not converted for 60: longer smoothing there, or quicker reaction to motion, left
more ghosts, not fewer.
"""

import math
from typing import Final

_TUNED_S: Final = 1 / 30
"""Seconds between frames that all parameters were tuned at."""
_LONGEST_S: Final = 1 / 5
"""Longest time between frames that is believed: beyond that a frame was merely late."""
_MEMORY: Final = 8
"""Frames over which the time between them is averaged, because it jitters."""
_JITTER: Final = 0.1
"""Share of a frame by which a turn may come early."""
AWAY_S: Final = 1.0
"""Longest gap after which a frame can still be compared with the last one."""


class FrameRate:
    """Measures the time between frames."""

    def __init__(self) -> None:
        """No frame seen yet."""
        self._last_s: float | None = None
        self._passed_s = self._mean_s = _TUNED_S
        self._count = 1

    def update(self, captured_s: float) -> bool:
        """Take in the next frame; returns whether it continues the one before."""
        last_s, self._last_s = self._last_s, captured_s
        self._passed_s = self._mean_s
        if last_s is None or captured_s - last_s > AWAY_S:
            return False
        # A clock that stands still or goes back gives no information.
        if captured_s > last_s:
            self._passed_s = min(captured_s - last_s, _LONGEST_S)
            self._count = min(self._count + 1, _MEMORY)
            self._mean_s += (self._passed_s - self._mean_s) / self._count
        return True

    @property
    def interval_s(self) -> float:
        """Seconds from one frame to the next, averaged: 1/30 or more."""
        return max(self._mean_s, _TUNED_S)

    def keep(self, share: float) -> float:
        """The share of the last frame to keep, if ``share`` is right at 30 per second.

        A fixed number of *frames* to average over leaves ghosts for longer at low rates.
        A fixed number of *seconds* lets noise through, because there are few frames to
        average.  The best estimate of a value that drifts under noise (a Kalman filter in
        its steady state) lies in between: to within rounding, its exponent is the square
        root of the ratio.
        """
        return float(share ** math.sqrt(self.interval_s / _TUNED_S))

    def frames(self, frames: int) -> int:
        """How many frames last about as long as ``frames`` at 30 per second; 0 stays 0."""
        fewer = frames * _TUNED_S / max(self.interval_s, self._passed_s)
        return math.ceil(fewer - _JITTER)
