"""Models that answer with an earlier frame's mask."""

from typing import Final

import numpy as np

from vcam.errors import SegmenterError
from vcam.frames import Image, Mask
from vcam.translation import tr

CLAIMED: Final = 0.3
"""Confidence above which a mask claims a person; a mask below it everywhere may repeat."""
MOVED: Final = 24
"""Grey levels of change beyond which it is neither noise nor brightness."""
MOVED_SHARE: Final = 0.005
"""Share of the picture that must have changed to be another picture."""


class Repeats:
    """Detects a model that answers with an earlier frame's mask.

    Two different pictures never have bit-identical masks.  A picture counts as different
    when something in it has moved; noise or a change of brightness may leave a mask as it
    was.  This outlives the engine, because the next one may fail in the same way.
    """

    _EVERY = np.s_[::8, ::8]

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._last: dict[str, tuple[Mask, Image]] = {}
        """The last mask of each view, and the first picture that had it, subsampled."""
        self._found: set[str] = set()
        """Views whose last mask was found to be another picture's."""

    def check(self, view: str, picture: Image, mask: Mask) -> None:
        """Check ``mask``, the answer to ``picture``, which is a ``view`` of the frame.

        Raises :class:`~vcam.errors.SegmenterError` if it is another picture's.
        """
        few = picture[self._EVERY]
        last, first = self._last.get(view, (None, few))
        # A few values nearly always differ; all are compared only if those are the same.
        if (
            last is None
            or last.shape != mask.shape
            or not np.array_equal(last[self._EVERY], mask[self._EVERY])
            or not np.array_equal(last, mask)
        ):
            self._last[view] = mask.copy(), few.copy()
            self._found.discard(view)
            return
        if mask.max() < CLAIMED or first.shape != few.shape:
            return
        change = few.astype(np.int16) - first
        change -= np.median(change, axis=(0, 1)).astype(np.int16)
        moved = np.abs(change).max(axis=2) > MOVED
        if np.count_nonzero(moved) > MOVED_SHARE * moved.size:
            self._found.add(view)
        if view in self._found:
            raise SegmenterError(
                tr("The mask engine repeats an earlier mask"),
                tr("vcam starts the mask engine again"),
            )
