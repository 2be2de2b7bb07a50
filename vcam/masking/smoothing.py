"""Smoothing in time: what rests is held still, what moves is followed at once.

A plain running mean trades flicker for ghosts.  Here its weight is a picture: where the
camera image did not change beyond its noise, the new mask counts little; where it
changed, the new mask counts fully.  So smoothing costs no latency.
"""

import cv2
import numpy as np

from vcam.frames import Alpha, Image, Mask, Size

_PATCH = np.ones((5, 5), np.uint8)


class Motion:
    """Where the picture moved since the last call, on the grid."""

    def __init__(self, grid: Size) -> None:
        """Buffers for pictures of this size."""
        shape = (grid.height, grid.width)
        self._grey: Alpha = np.zeros(shape, np.uint8)
        self._last: Alpha = np.zeros(shape, np.uint8)
        self._change: Alpha = np.zeros(shape, np.uint8)
        self._weight: Mask = np.ones(shape, np.float32)
        self._seen = False

    def weigh(self, grid: Image, threshold: float, span: float) -> Mask | None:
        """0.0 rests .. 1.0 moves, per pixel; ``None`` when there is nothing to compare.

        A pixel moves when its grey level changed by ``threshold`` more than noise and
        exposure explain (the median change); over the next ``span`` levels it goes to 1.
        """
        self._grey, self._last = self._last, self._grey
        cv2.cvtColor(grid, cv2.COLOR_BGR2GRAY, dst=self._grey)
        cv2.GaussianBlur(self._grey, (5, 5), 0, dst=self._grey)
        if not self._seen:
            self._seen = True
            return None
        cv2.absdiff(self._grey, self._last, dst=self._change)
        usual = float(np.median(self._change[::4, ::4]))
        cv2.blur(self._change, (5, 5), dst=self._change)
        start = 1.5 * usual + threshold
        np.multiply(self._change, np.float32(1 / span), out=self._weight)
        np.subtract(self._weight, np.float32(start / span), out=self._weight)
        np.clip(self._weight, 0.0, 1.0, out=self._weight)
        return cv2.dilate(self._weight, _PATCH, dst=self._weight)  # type: ignore[return-value]

    def reset(self) -> None:
        """Forget the last picture."""
        self._seen = False


class Smoothing:
    """The running mask on the grid."""

    def __init__(self, grid: Size) -> None:
        """Buffers for masks of this size."""
        shape = (grid.height, grid.width)
        self._mask: Mask = np.zeros(shape, np.float32)
        self._gain: Mask = np.zeros(shape, np.float32)
        self._started = False

    def smooth(self, mask: Mask, moved: Mask | None, keep: float) -> Mask:
        """``mask`` where it moved, elsewhere ``keep`` of the earlier one. Own buffer."""
        if moved is None or not self._started:
            np.copyto(self._mask, mask)
            self._started = True
            return self._mask
        np.multiply(moved, np.float32(keep), out=self._gain)
        np.add(self._gain, np.float32(1.0 - keep), out=self._gain)
        difference = cv2.subtract(mask, self._mask)
        np.multiply(difference, self._gain, out=self._gain)
        np.add(self._mask, self._gain, out=self._mask)
        return self._mask

    def reset(self) -> None:
        """Forget the earlier mask."""
        self._started = False
