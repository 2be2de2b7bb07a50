"""Motion blur: what moves fast is soft in the picture, so its matte is soft, too.

While the shutter is open a moving edge sweeps over pixels, and each becomes a mix of
person and room.  Models and guide answer with a sharp edge somewhere in between, which
on another background looks cut out and glows.  How fast an edge moves is seen from the
matte itself: the pixels that it swept over have changed.
"""

from fractions import Fraction
from typing import Final

import cv2
import numpy as np

from vcam.frames import Mask, Size
from vcam.masking.fitting import Box

_NEARBY: Final = 9
"""Side of the window, in pixels of the grid, in which changed pixels are counted."""
_SLOW: Final = 0.3
_FAST: Final = 0.6
"""Share of the window that has changed: up to the one an edge stays as it is, from the
other it is soft over the whole reach."""
_REACH: Final = Fraction(18, 5)
"""Pixels of the grid over which a fast edge is soft."""


class Shutter:
    """Softens mattes of one size where they move fast."""

    def __init__(self, grid: Size, size: Size) -> None:
        """For mattes of ``size``, at which the grid has a whole number of halves."""
        shape = (size.height, size.width)
        self._grid = grid
        self._scale = Fraction(size.width, grid.width)
        self._reach = round(_REACH * self._scale) // 2 * 2 + 1
        self._last: Mask = np.zeros(shape, np.float32)
        self._soft: Mask = np.zeros(shape, np.float32)
        self._started = False

    def soften(self, matte: Mask) -> Mask:
        """``matte``, 0.0..255.0, soft where it differs much from the one before.

        Returns ``matte`` itself when nothing is fast, else a buffer of its own, to be
        read only and valid until the next call.
        """
        started, self._started = self._started, True
        changed = cv2.absdiff(matte, self._last, dst=self._soft)
        np.copyto(self._last, matte)
        if not started:
            return matte
        less = cv2.resize(changed, self._grid, interpolation=cv2.INTER_AREA)
        swept = np.asarray(cv2.blur(less, (_NEARBY, _NEARBY)), np.float32)
        part = self._round_what_is_fast(swept)
        if part is None:
            return matte
        share = swept[part.rows_and_columns]
        share = (share - np.float32(255 * _SLOW)) * np.float32(1 / 255 / (_FAST - _SLOW))
        share = np.clip(share, 0, 1, out=share)
        fine = Box(*(int(side * self._scale) for side in part))
        where = fine.rows_and_columns
        weight = cv2.resize(share, (fine.right - fine.left, fine.bottom - fine.top))
        np.copyto(self._soft, matte)
        # A view of the whole: what lies around the part counts.
        soft = np.asarray(cv2.blur(matte[where], (self._reach, self._reach)), np.float32)
        self._soft[where] += (soft - matte[where]) * weight
        return self._soft

    def _round_what_is_fast(self, swept: Mask) -> Box | None:
        """A part of the grid, with even sides."""
        fast = cv2.inRange(swept, 255 * _SLOW, 256)
        left, top, width, height = cv2.boundingRect(fast)
        if not width:
            return None
        more = _NEARBY
        return Box(
            max(left - more, 0) // 2 * 2,
            max(top - more, 0) // 2 * 2,
            min(left + width + more + 1, self._grid.width) // 2 * 2,
            min(top + height + more + 1, self._grid.height) // 2 * 2,
        )
