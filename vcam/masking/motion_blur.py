"""Motion blur: what moves fast is soft in the picture, so its matte must be soft, too.

While the camera's shutter is open a moving edge sweeps over pixels, and each becomes a
mix of person and room.  Models and guide give a sharp edge somewhere in between, which
looks cut out and glows on another background.  The matte itself shows how fast an edge
moves: the pixels that it swept over have changed.
"""

from fractions import Fraction
from typing import Final

import cv2
import numpy as np

from vcam.frames import Alpha, Size
from vcam.masking.working_sizes import box_around

_NEARBY: Final = 9
"""Side of the window, in pixels of the grid, in which changed pixels are counted."""
_SLOW: Final = 0.3
"""Share of the window that has changed up to which an edge stays as it is."""
_FAST: Final = 0.6
"""Share of the window that has changed from which an edge is soft over the whole reach."""
_REACH: Final = Fraction(18, 5)
"""Pixels of the grid over which a fast edge is soft."""


class MotionBlur:
    """Softens mattes of one size where they move fast."""

    def __init__(self, grid: Size, size: Size) -> None:
        """For mattes of ``size``, which is a multiple of half the grid's size."""
        self._grid = grid
        self._scale = Fraction(size.width, grid.width)
        self._reach = round(_REACH * self._scale) // 2 * 2 + 1
        shape = (grid.height, grid.width)
        self._now: Alpha = np.zeros(shape, np.uint8)
        self._last: Alpha = np.zeros(shape, np.uint8)
        self._started = False

    def soften(self, matte: Alpha) -> None:
        """Soften ``matte``, in place, where it differs much from the one before."""
        self._now, self._last = self._last, self._now
        cv2.resize(matte, self._grid, dst=self._now, interpolation=cv2.INTER_LINEAR)
        started, self._started = self._started, True
        if not started:
            return
        changed = cv2.absdiff(self._now, self._last)
        swept = np.asarray(cv2.blur(changed, (_NEARBY, _NEARBY)), np.uint8)
        fast = cv2.inRange(swept, 255 * _SLOW, 255)
        part = box_around(fast, _NEARBY, 2)
        if part is None:
            return
        share = swept[part.rows_and_columns].astype(np.float32)
        share -= np.float32(255 * _SLOW)
        share *= np.float32(1 / 255 / (_FAST - _SLOW))
        np.clip(share, 0, 1, out=share)
        fine = part.scaled(self._scale)
        weight = cv2.resize(share, (fine.right - fine.left, fine.bottom - fine.top))
        # A view of the whole matte, so that the blur takes in what lies around the part.
        sharp = matte[fine.rows_and_columns]
        soft = cv2.blur(sharp, (self._reach, self._reach))
        change = cv2.multiply(cv2.subtract(soft, sharp, dtype=cv2.CV_32F), weight)
        sharp[...] = cv2.add(sharp, change, dtype=cv2.CV_8U)

    def reset(self) -> None:
        """Forget the last matte."""
        self._started = False
