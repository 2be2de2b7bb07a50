"""The noise of a camera, measured on what changes between two frames."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image

ROWS, COLUMNS = slice(4, None, 24), slice(3, None, 20)
"""The pixels that are compared; only green ones: the other channels are like it."""
STILL: Final = 0.75
"""Share of them that counts, those that changed least: the others may have moved."""
TO_SIGMA: Final = 1.373
"""Standard deviation of the noise, by the mean change of so many."""
NEW: Final = 0.1
"""What the newest frame counts."""


class Noise:
    """Measures the noise of one video.  Used by one thread.

    One frame alone does not tell: compression blurs its noise, and three quarters of it
    would be missed.
    """

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.level: float | None = None
        """Grey levels, as a standard deviation; ``None`` before the second frame."""
        self._last: NDArray[np.int16] | None = None

    def reset(self) -> None:
        """Forget what was seen."""
        self.level = self._last = None

    def see(self, image: Image) -> None:
        """Take in the next frame."""
        few = image[ROWS, COLUMNS, 1].astype(np.int16)
        last, self._last = self._last, few
        if last is None or last.shape != few.shape:
            return
        change = np.abs(few - last).reshape(-1)
        count = max(1, int(STILL * change.size))
        level = TO_SIGMA * float(np.partition(change, count - 1)[:count].mean())
        # A frame that is shown twice says nothing of noise.
        if level or self.level is None:
            self.level = (
                level if self.level is None else self.level + NEW * (level - self.level)
            )
