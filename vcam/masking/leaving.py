"""Who leaves the picture is seen until they are out of it.

The models know people by heads: of somebody who walks out they lose the last shoulder
while it still fills a corner.  People do not vanish at once; so when most of the person
does, what was person a moment ago and does not show the room stays, for a moment.  Only
where the room is known, so that nothing of it is held; and little, so that the matte
stays one of its frame's mask.
"""

from typing import Final

import cv2
import numpy as np

from vcam.frames import Alpha, Mask, Size

_FRAMES: Final = 10
"""For so long: a third of a second."""
_SURE: Final = 0.8
"""Confidence from which it was a person."""
_VANISHED: Final = 0.6
"""Share of their size below which somebody is on the way out."""
_FORGET: Final = 0.93
"""What is remembered of that size, from frame to frame."""
_MOST: Final = 0.08
"""Share of the frame; more is nobody's last shoulder."""
_SPECKS: Final = np.ones((5, 5), np.uint8)


class Leaving:
    """Who was in the last frames, on the grid."""

    def __init__(self, grid: Size) -> None:
        """Nobody."""
        self._frames: Alpha = np.zeros((grid.height, grid.width), np.uint8)
        self._size = 0.0

    def hold(self, mask: Mask, strange: Alpha) -> None:
        """Keep in ``mask``, in place, who is leaving; ``strange`` is 255 where the
        picture surely shows no room."""
        size = float(np.count_nonzero(mask > 0.5)) / mask.size
        self._size = max(size, self._size * _FORGET)
        cv2.subtract(self._frames, np.ones(4), dst=self._frames)
        self._frames[mask > _SURE] = _FRAMES
        if size >= _VANISHED * self._size:
            return
        there = cv2.bitwise_and(strange, cv2.inRange(self._frames, 1, 255))
        there = cv2.morphologyEx(there, cv2.MORPH_OPEN, _SPECKS)
        if not 0 < cv2.countNonZero(there) < _MOST * mask.size:
            return
        mask[np.asarray(there) > 0] = 1.0
