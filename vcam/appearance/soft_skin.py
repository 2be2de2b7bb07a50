"""Softer skin: its finer structure is lowered; what is an edge stays.

In steps, at about 640x360 pixels:

1. *Where skin is*: the person's pixels whose colour is a skin's.  Brightness is left out:
   red and blue are compared with it, so dark and light skin are found alike.
2. *What is structure*: brightness minus a smooth version of it, by a guided filter (He,
   Sun, Tang 2010; at half of the size, as in He, Sun 2015).  It keeps what differs by more
   than a share of the brightness around it.  A fixed number of grey levels would keep the
   lines of a light face and wash away those of a dark one.
3. A part of the structure is taken away, from all channels alike.

Pores, which are finer than that size, stay, and so do eyes, lips, brows and beard.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Image, Size
from vcam.imaging.resize import scaled_to, shrink
from vcam.kernels.adding import Adding, in_parts
from vcam.kernels.softening import soften

MOST: Final = 12
"""Grey levels by which it changes a pixel at most."""
_HALF: Final = 640 * 360
"""Pixels of the size that it works at."""
_RADIUS: Final = 4
"""Of the filter's windows, in pixels of half that size."""
_STRUCTURE: Final = 0.055
"""What is structure and no edge: a standard deviation of up to this share of brightness."""
_NOISE: Final = 1.8
"""The same in grey levels, for very dark skin: changes of less are rounded away."""
_RED: Final = (1.00, 1.035, 1.55, 1.80)
"""Red over luma: none, all, all, none of it is skin."""
_BLUE: Final = (0.33, 0.46, 0.945, 1.00)
"""The same for blue."""
_BRIGHTNESS: Final = (8.0, 20.0, 240.0, 255.0)
"""The same for brightness; what is darker or brighter has no colour to go by."""
_UNIT: Final = 64
"""A ratio of 1 in bytes."""
_SEEN: Final = 24
"""Skin, 0 to 255, below which there is nothing to do."""


class SoftSkin:
    """For pictures of one size."""

    def __init__(self, size: Size) -> None:
        """Nothing is kept from picture to picture."""
        few = scaled_to(size, _HALF // 4)
        self._half: Image = np.zeros((2 * few.height, 2 * few.width, 3), np.uint8)
        self._few: Image = np.zeros((few.height, few.width, 3), np.uint8)
        self._who: Alpha = np.zeros((few.height, few.width), np.uint8)
        self._more = np.zeros(self._half.shape[:2], np.int16)
        self._adding = Adding(Size.of(self._half), size, 1)
        self._red, self._blue = _hill(_RED, _UNIT), _hill(_BLUE, _UNIT)
        self._brightness = _hill(_BRIGHTNESS, 1)

    def apply(self, picture: Image, alpha: Alpha, strength: float) -> None:
        """Change ``picture``, of the person, where ``alpha`` is above 0 and skin is.

        ``strength`` is 0 to 1.  No pixel changes by more than :data:`MOST`.
        """
        shrink(picture, self._half)
        shrink(self._half, self._few)
        shrink(alpha, self._who)
        skin = self._skin()
        there = cv2.threshold(skin, _SEEN, 255, cv2.THRESH_BINARY)[1]
        left, top, width, height = cv2.boundingRect(there)
        if not width:
            return
        reach = 2 * _RADIUS
        rows = slice(max(0, top - reach), min(top + height + reach, skin.shape[0]))
        columns = slice(max(0, left - reach), min(left + width + reach, skin.shape[1]))
        self._more[:] = 0
        self._soften(skin, (rows, columns), strength)
        self._adding.add(self._more, picture, alpha)

    def _skin(self) -> Alpha:
        """How much of each pixel is skin, 0 to 255."""
        colours = cv2.blur(self._few, (5, 5))  # colour varies slowly, its noise does not
        luma = cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY)
        blue, _, red = cv2.split(colours)
        parts = [
            cv2.LUT(cv2.divide(red, luma, scale=_UNIT), self._red),
            cv2.LUT(cv2.divide(blue, luma, scale=_UNIT), self._blue),
            cv2.LUT(luma, self._brightness),
        ]
        skin = cv2.erode(self._who, np.ones((3, 3), np.uint8))
        for part in parts:
            skin = cv2.min(skin, part)
        for _ in range(2):
            skin = cv2.blur(skin, (5, 5))
        return np.asarray(skin, np.uint8)

    def _soften(self, skin: Alpha, inside: tuple[slice, slice], strength: float) -> None:
        """What is to be added in these rows and columns of ``skin``."""
        few = _luma(self._few[inside])
        mean, square = _mean(few), _mean(few * few)
        limit = np.maximum(mean * np.float32(_STRUCTURE), np.float32(_NOISE))
        limit *= limit
        variance = square - mean * mean
        np.maximum(variance, 0, out=variance)
        # The smooth version is slope * luma + offset.
        slope = variance / (variance + limit)
        offset = mean - slope * mean
        share = skin[inside].astype(np.float32)
        share *= np.float32(strength / 255)
        slope, offset = (_mean(slope) - 1) * share, _mean(offset) * share
        top, left = (2 * each.start for each in inside)
        library = kernels.active()
        if library is not None:
            soften(library, self._half, slope, offset, left, top, MOST, self._more)
            return
        part = np.s_[top : 2 * inside[0].stop, left : 2 * inside[1].stop]
        luma = _luma(self._half[part])
        smoother = cv2.resize(slope, Size.of(luma)) * luma
        smoother += cv2.resize(offset, Size.of(luma))
        self._more[part] = in_parts(np.clip(smoother, -MOST, MOST))


def _luma(image: Image) -> NDArray[np.float32]:
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)


def _mean(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(plane, (2 * _RADIUS + 1,) * 2), np.float32)


def _hill(edges: tuple[float, float, float, float], unit: int) -> NDArray[np.uint8]:
    """A table that rises between the first two and falls between the last two edges."""
    x = np.arange(256) / unit
    rise, fall = edges[:2], edges[2:]
    up = (x - rise[0]) / (rise[1] - rise[0])
    down = (fall[1] - x) / (fall[1] - fall[0])
    return np.asarray(np.rint(np.clip(np.minimum(up, down), 0, 1) * 255), np.uint8)
