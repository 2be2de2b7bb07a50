"""The last seconds of what was on air, kept in memory so that they can be shown again.

Only :class:`~vcam.pipeline.privacy.Gate` records: pictures that have just been sent, with
what they show of the room.  They are kept as JPEG, all with the same background, without a
gap, and dropped all at once.
"""

from collections import deque
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image, Size

SECONDS: Final = 10.0
"""What is kept."""
LEAST_S: Final = 3.0
"""The shortest loop."""
MOST_BYTES: Final = 48 << 20
"""Of all pictures together; usual are 20 to 35 MB at 1280x720."""
INTERVAL_S: Final = 0.025
"""Pictures that follow sooner are left out: of 60 a second every other one is kept."""
GAP_S: Final = 0.5
"""After so long without a picture the recording begins anew."""
QUALITY: Final = 85
"""Of the JPEGs."""
LEAST_QUALITY: Final = 50
"""Of those that would not fit: large pictures, noise."""
LESS: Final = 5
"""Steps between them."""
LONGEST_S: Final = 0.1
"""The interval at which pictures are kept that do not fit even so."""
SMALL_AGAIN, SPARE = 0.8, 0.4
"""Shares of their memory below which pictures are kept better, and more of them."""
SMALL: Final = Size(32, 16)
"""The size at which pictures are compared."""
STEP: Final = 8
"""Every so many pixels are enough for that."""

BLOCKS: Final = 4
"""Along each side of a picture."""

Shown = tuple[Any, ...]
"""How much of the room a picture shows: what :meth:`Choice.permits` is asked."""
Blocks = NDArray[np.int16]
"""(blocks, values of each)."""


class Kept(NamedTuple):
    """One picture."""

    jpeg: NDArray[np.uint8]
    small: Blocks
    captured_s: float

    @classmethod
    def of(cls, image: Image, captured_s: float, quality: int = QUALITY) -> "Kept":
        """Encode ``image``; takes about two milliseconds at 1280x720."""
        _, jpeg = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))
        return cls(np.asarray(jpeg, np.uint8), blocks_of(image), captured_s)

    def decoded(self) -> Image:
        """The picture again."""
        return np.asarray(cv2.imdecode(self.jpeg, cv2.IMREAD_COLOR), np.uint8)


def blocks_of(image: Image) -> Blocks:
    """``image`` as it is compared: small, and in blocks."""
    coarse = np.ascontiguousarray(image[::STEP, ::STEP])
    small = cv2.resize(coarse, SMALL, interpolation=cv2.INTER_AREA)
    parts = small.reshape(BLOCKS, SMALL.height // BLOCKS, BLOCKS, -1).swapaxes(1, 2)
    return np.asarray(parts.reshape(BLOCKS * BLOCKS, -1), np.int16)


class Recording:
    """Not safe to be used by several threads: :class:`Choice` has a lock for it."""

    def __init__(self) -> None:
        self._kept: deque[Kept] = deque()
        self._bytes = 0
        self.shown: Shown | None = None
        """What all of its pictures show; ``None`` without any."""
        self.quality = QUALITY
        """Of the JPEG that is added next."""
        self._interval_s = INTERVAL_S

    def wants(self, captured_s: float) -> bool:
        """Whether a picture of that time is not too soon after the last one."""
        return not self._kept or not (
            0 <= captured_s - self._kept[-1].captured_s < self._interval_s
        )

    def add(self, kept: Kept, shown: Shown) -> None:
        """Add the picture that follows."""
        if self._kept:
            passed_s = kept.captured_s - self._kept[-1].captured_s
            if shown != self.shown or not 0 < passed_s <= GAP_S:
                self.drop()
            else:
                self._adapt(kept.jpeg.nbytes * SECONDS / (MOST_BYTES * passed_s))
        self.shown = shown
        self._kept.append(kept)
        self._bytes += kept.jpeg.nbytes
        while self.seconds > SECONDS or self._bytes > MOST_BYTES:
            self._bytes -= self._kept.popleft().jpeg.nbytes

    def _adapt(self, filled: float) -> None:
        """``filled`` is the share of the memory that pictures like the last one need.

        First their quality is lowered, and then their number.
        """
        if filled > 1:
            if self.quality > LEAST_QUALITY:
                self.quality -= LESS
            else:
                self._interval_s = min(LONGEST_S, self._interval_s * 1.1)
        elif self._interval_s > INTERVAL_S:
            if filled < SPARE:  # twice as many would fit
                self._interval_s = max(INTERVAL_S, self._interval_s / 1.1)
        elif filled < SMALL_AGAIN and self.quality < QUALITY:
            self.quality += LESS

    @property
    def seconds(self) -> float:
        """From the first picture to the last."""
        if len(self._kept) < 2:
            return 0.0
        return self._kept[-1].captured_s - self._kept[0].captured_s

    @property
    def is_enough(self) -> bool:
        """Whether it is long enough for a loop."""
        return self.seconds >= LEAST_S

    @property
    def pictures(self) -> deque[Kept]:
        """All of them, in their order; emptied when they are dropped."""
        return self._kept

    def drop(self) -> None:
        """Keep nothing.  Whoever plays it has nothing any more, either."""
        self._kept.clear()
        self._bytes = 0
        self.shown = None
