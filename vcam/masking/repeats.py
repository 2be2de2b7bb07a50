"""Models that answer with an earlier frame's mask."""

from typing import Final

import numpy as np

from vcam.errors import SegmenterError
from vcam.frames import Image, Mask

CLAIMED: Final = 0.3
"""A mask that is nowhere above this takes nobody for a person, and may repeat itself."""
MOVED: Final = 24
"""Grey levels of change that are neither noise nor brightness."""
MOVED_SHARE: Final = 0.005
"""Share of the picture that must have moved."""


class Repeats:
    """Finds a model that answers with an earlier frame's mask.

    No two pictures have the same mask to the bit.  A picture counts as another one when
    things in it have moved; noise and a change of brightness may leave a mask as it was.
    It outlives the engine, for the next one may do the same.
    """

    _EVERY = np.s_[::8, ::8]

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._last: dict[str, tuple[Mask, Image]] = {}
        """By the look, its last mask and, coarsely, the first picture that had it."""
        self._found: set[str] = set()
        """Looks whose last mask was found to be another picture's."""

    def check(self, look: str, picture: Image, mask: Mask) -> None:
        """``mask`` is the answer to ``picture``, of the kind ``look``.

        Raises :class:`~vcam.errors.SegmenterError` if it is another picture's.
        """
        few = picture[self._EVERY]
        last, first = self._last.get(look, (None, few))
        # A few of its values tell nearly always; all of them only when those are the same.
        if (
            last is None
            or last.shape != mask.shape
            or not np.array_equal(last[self._EVERY], mask[self._EVERY])
            or not np.array_equal(last, mask)
        ):
            self._last[look] = mask.copy(), few.copy()
            self._found.discard(look)
            return
        if mask.max() < CLAIMED or first.shape != few.shape:
            return
        change = few.astype(np.int16) - first
        change -= np.median(change, axis=(0, 1)).astype(np.int16)
        moved = np.abs(change).max(axis=2) > MOVED
        if np.count_nonzero(moved) > MOVED_SHARE * moved.size:
            self._found.add(look)
        if look in self._found:
            raise SegmenterError(
                "The mask engine repeats an earlier mask",
                "vcam starts the mask engine again",
            )
