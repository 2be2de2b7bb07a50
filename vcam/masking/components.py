"""Strays: pieces of the mask that are detached from the person.

The model may take a poster or a jacket on a chair for a person.  A piece that is small
and far from the largest piece is removed.  A second person at the limit of that size must
not pop in and out, so the size needed to appear is larger than the size needed to stay.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Mask, Size

_CLAIMED: Final = 0.3
"""Confidence above which a pixel belongs to a piece."""
_TO_APPEAR: Final = 0.12
"""Share of the largest piece's area that a new piece needs to be shown."""
_TO_STAY: Final = 0.06
"""Share of the largest piece's area that a shown piece needs to stay."""
_NEAR: Final = 0.25
"""Distance from the largest piece, as a share of its size, at which pieces are kept:
hands may be so far away."""
_HALO: Final = np.ones((3, 3), np.uint8)
"""Neighbourhood of a stray that is removed with it: its soft edge."""


class StrayRemover:
    """Removes strays from masks of one size, and remembers what was shown."""

    def __init__(self, grid: Size) -> None:
        """Nothing shown yet."""
        self._grid = grid
        self._shown: Alpha = np.zeros(
            ((grid.height + 1) // 2, (grid.width + 1) // 2), np.uint8
        )

    def remove(self, mask: Mask) -> None:
        """Set the strays of ``mask`` to zero, in place."""
        # Every other pixel, each way, is enough to tell pieces apart.
        there: Alpha = (mask[::2, ::2] > _CLAIMED).astype(np.uint8)
        # Nearly always there is one piece; to count takes a fifth of measuring them.
        count, _ = cv2.connectedComponents(there, connectivity=4)
        if count > 2:
            _, labels, stats, _ = cv2.connectedComponentsWithStats(there, connectivity=4)
            for label in self._strays(
                np.asarray(labels, np.int32), np.asarray(stats, np.int32)
            ):
                stray = cv2.dilate((labels == label).astype(np.uint8), _HALO)
                large = cv2.resize(stray, self._grid, interpolation=cv2.INTER_NEAREST)
                mask[large > 0] = 0
                there[labels == label] = 0
        np.copyto(self._shown, there)

    def _strays(self, labels: NDArray[np.int32], stats: NDArray[np.int32]) -> list[int]:
        areas = stats[1:, cv2.CC_STAT_AREA]
        largest = int(areas.argmax()) + 1
        width, height = (
            stats[largest][cv2.CC_STAT_WIDTH],
            stats[largest][cv2.CC_STAT_HEIGHT],
        )
        # Distance from the piece itself: its bounding box may hold half of the room.
        away = cv2.distanceTransform((labels != largest).astype(np.uint8), cv2.DIST_L2, 3)
        reach = _NEAR * max(width, height)
        strays = []
        for label in range(1, len(stats)):
            piece = labels == label
            near = away[piece].min() < reach
            shown = self._shown[piece]
            stays = np.count_nonzero(shown) * 2 > shown.size
            needed = (_TO_STAY if stays else _TO_APPEAR) * areas[largest - 1]
            if label != largest and not near and shown.size < needed:
                strays.append(label)
        return strays
