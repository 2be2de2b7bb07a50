"""How fast frames come, and how much of the past a frame may therefore keep.

A webcam that gives 30 pictures a second at noon gives 10 in the evening.  All that counts
per frame was chosen at 30; here it is turned into what is right for rarer frames.  At 60
it is right as it is: to smooth longer there, or to be quicker to see motion, left more
ghosts, not fewer.
"""

import math
from typing import Final

_TUNED_S: Final = 1 / 30
_LONGEST_S: Final = 1 / 5
"""A frame that came later counts no more: it was late, the camera is not that slow."""
_MEMORY: Final = 8
"""Frames over which the time between them is averaged, for they jitter."""
_JITTER: Final = 0.1
"""Share of a frame by which a turn may come early."""
AWAY_S: Final = 1.0
"""After so long it is not known what moved since."""


class Pace:
    """The time between frames."""

    def __init__(self) -> None:
        """No frame seen yet."""
        self._last_s: float | None = None
        self._passed_s = self._mean_s = _TUNED_S
        self._count = 1

    def follow(self, captured_s: float) -> bool:
        """Another frame; returns whether it goes on from the one before."""
        last_s, self._last_s = self._last_s, captured_s
        self._passed_s = self._mean_s
        if last_s is None or captured_s - last_s > AWAY_S:
            return False
        # A clock that stands still, or goes back, tells nothing.
        if captured_s > last_s:
            self._passed_s = min(captured_s - last_s, _LONGEST_S)
            self._count = min(self._count + 1, _MEMORY)
            self._mean_s += (self._passed_s - self._mean_s) / self._count
        return True

    @property
    def usual_s(self) -> float:
        """Seconds from one frame to the next, evened out: 1/30 or more."""
        return max(self._mean_s, _TUNED_S)

    def kept(self, share: float) -> float:
        """What a frame keeps of the one before, if ``share`` is right at 30 a second.

        To average over so many *frames* leaves ghosts for longer when they are rare; over
        so many *seconds* lets the noise through, for then there are few to average.  The
        best estimate of what drifts under noise (a Kalman filter in its steady state) lies
        between: to within rounding, its exponent is the root.
        """
        return float(share ** math.sqrt(self.usual_s / _TUNED_S))

    def turns(self, frames: int) -> int:
        """How many frames last about as long as ``frames`` of 30 a second; 0 stays 0."""
        fewer = frames * _TUNED_S / max(self.usual_s, self._passed_s)
        return math.ceil(fewer - _JITTER)
