"""The path of a window over the frame: smooth, and never beyond where it is going.

It is that of a mass on a critically damped spring, written as two equal low-pass filters in
a row.  Each step is an average of where it was and where it is going, with weights that are
positive and add up to one.  So whatever is asked of it, and in whatever steps of time, the
window never passes its aim, and stays inside of a frame that its aims are in.
"""

import math
from typing import Final, NamedTuple, Self

import numpy as np

from vcam.frames import Size

ARRIVED_PX: Final = 0.1
"""Pixels from its aim within which the window has arrived."""


class Window(NamedTuple):
    """A part of the frame, in pixels of the frame, of about its shape."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def whole(cls, size: Size) -> Self:
        """All of a frame of ``size``."""
        return cls(0, 0, size.width, size.height)


class WindowPath:
    """Where one window is, and how it moves.  It begins where it is put."""

    def __init__(self, window: Window) -> None:
        """The window rests there."""
        self.window = window
        self._place = self._ahead = np.array(window, np.float64)

    def move(self, aim: Window, rate: float, passed_s: float) -> Window:
        """Move towards ``aim`` for ``passed_s`` seconds; returns the window.

        ``rate``, per second, is how fast; after 5 / rate seconds little is left of the way.
        """
        goal = np.array(aim, np.float64)
        left = rate * passed_s
        fading = math.exp(-left)
        self._place = (
            self._place * fading
            + self._ahead * (left * fading)
            + goal * (-math.expm1(-left) - left * fading)
        )
        self._ahead = self._ahead * fading + goal * -math.expm1(-left)
        off = max(np.abs(self._place - goal).max(), np.abs(self._ahead - goal).max())
        if off < ARRIVED_PX:
            self._place = self._ahead = goal
            self.window = aim
        else:
            self.window = Window(*self._place.tolist())
        return self.window
