"""Light of the background on the person's edge, as if they stood in front of it.

How near the room is, the colours of the background and those of the person are found at a
fraction of the picture's size, where all three vary slowly.  A part of the difference of
the two colours is then enlarged and added, so the person's detail stays.  The person's
colours are means weighted by alpha: the room's do not count.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Size
from vcam.imaging.resize import scaled_to
from vcam.kernels.adding import Adding, in_parts

MOST: Final = 40
"""Grey levels by which it changes a pixel at most."""
_SMALL: Final = 96 * 54
"""Pixels of the size that it works at."""
_REACH: Final = 0.012
"""Standard deviation, as a share of the picture's width, of how far light reaches."""
_WIDER: Final = 3.0
"""How much wider the background is blurred: its light comes from all around."""
_DARKER: Final = 0.5
"""Share of what is taken away where the background is darker: dark walls send no darkness,
and a person whose edge is dark looks cut out."""
_LEAST: Final = 2.0
"""Alpha, 0 to 255, that the person's mean needs around it to count."""


class LightWrap:
    """For pictures of one size."""

    def __init__(self, size: Size) -> None:
        """Nothing is kept from picture to picture."""
        self._small = small = scaled_to(size, _SMALL)
        self._few = Size(2 * small.width, 2 * small.height)
        self._sigma = max(0.7, _REACH * small.width)
        self._adding = Adding(small, size, 3)

    def apply(self, picture: Image, alpha: Alpha, behind: Image, strength: float) -> None:
        """Change ``picture``, of the person, where ``alpha`` is above 0.

        ``behind`` is what is behind the person; ``strength`` is 0 to 1.  No pixel changes
        by more than :data:`MOST`.
        """
        who = _few(alpha, self._few)
        # What is beside the person may be of an earlier picture, even in a mean of four.
        who[_few(np.asarray(cv2.inRange(alpha, 0, 0), np.uint8), self._few) > 0] = 0
        weight = cv2.cvtColor(who, cv2.COLOR_GRAY2BGR)
        seen = _few(picture, self._few)
        own = np.asarray(cv2.multiply(seen, weight, scale=1 / 255), np.uint8)
        there = self._shrunk(who, self._sigma)
        if not there.any():
            return
        person = self._shrunk(own, self._sigma) * 255
        person /= np.maximum(there, _LEAST)[..., np.newaxis]
        light = self._shrunk(_few(behind, self._few), self._sigma * _WIDER)
        # Nowhere more than half, so that a finger, which is all edge, stays a finger.
        near = np.minimum(255 - there, 127.5)
        near *= np.float32(strength / 255)
        more = light - person
        more *= near[..., np.newaxis]
        more[more < 0] *= np.float32(_DARKER)
        # Smoothly limited: an edge where the limit begins would be seen.
        more *= np.float32(1 / MOST)
        np.tanh(more, out=more)
        more *= np.float32(MOST)
        self._adding.add(in_parts(more), picture, alpha)

    def _shrunk(self, few: Image, sigma: float) -> NDArray[np.float32]:
        small = cv2.resize(few, self._small, interpolation=cv2.INTER_AREA)
        blurred = cv2.GaussianBlur(small.astype(np.float32), (0, 0), sigma)
        return np.asarray(blurred, np.float32)


def _few(image: Image, size: Size) -> Image:
    # Four pixels for each are enough: all that is made of them is blurred.
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
