"""Less noise of a dark room on the person, where nothing moves.

Each pixel is mixed with what was shown there in the last picture.  How much of the last one
stays follows from how much the pixels around it have changed: where noise explains the
change, much; where it does not, nothing, so that what moves never smears.

Of the last picture only what was wholly the person is used, neither for the mixture nor to
see what has moved: elsewhere there may have been room.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Image, Size
from vcam.kernels.denoising import find_change, mix

MOST: Final = 12
"""Grey levels by which a pixel changes at most."""
KEPT: Final = 0.75
"""Share of the last picture that stays where nothing moves."""
LOW: Final = (0.9, 0.6)
HIGH: Final = (1.6, 2.5)
"""Mean change in grey levels up to which noise explains it, and from which on it does not:
by each level of noise, and besides."""
REST: Final = 0.6
"""Share of the noise that is left, where nothing moves."""
AROUND: Final = (5, 5)
"""Cells of two by two pixels over which the change is averaged."""
UNITS: Final = 4
"""Of the change, in a grey level."""


class Denoise:
    """Takes noise off one video, of one size.  Used by one thread."""

    def __init__(self, size: Size) -> None:
        """Nothing seen yet."""
        width, height = size
        self._images = tuple(np.zeros((height, width, 3), np.uint8) for _ in range(2))
        self._newest: int | None = None
        """Which of them is the last picture; ``None`` without one."""
        self._was = np.zeros((height, width), np.uint8)
        """Its alpha."""
        self._change = np.zeros(((height + 1) // 2, (width + 1) // 2), np.uint8)

    def reset(self) -> None:
        """Forget the last picture."""
        self._newest = None

    def applied(self, image: Image, alpha: Alpha, noise: float) -> Image:
        """``image`` with less noise, wherever ``alpha`` is above 0.

        ``noise`` is its standard deviation in grey levels.  The result is valid until the
        call after the next one.
        """
        last = self._images[self._newest or 0]
        into = self._images[1 - (self._newest or 0)]
        if self._newest is None:
            np.copyto(into, image)
        else:
            library = kernels.active()
            if library is not None:
                find_change(library, image, last, self._was, self._change)
            else:
                _find_change(image, last, self._was, self._change)
            weight = cv2.LUT(cv2.blur(self._change, AROUND), _weights(noise))
            if library is not None:
                mix(library, image, last, self._was, alpha, np.asarray(weight), MOST, into)
            else:
                _mix(image, last, self._was, np.asarray(weight, np.uint8), into)
        self._newest = 1 - (self._newest or 0)
        np.copyto(self._was, alpha)
        return into


def _weights(noise: float) -> Alpha:
    """The share of the new picture, 0..255, by the change around."""
    low, high = (factor * noise + offset for factor, offset in (LOW, HIGH))
    change = np.arange(256) / UNITS
    moved = np.clip((change - low) / (high - low), 0, 1)
    new = 1 - KEPT + KEPT * moved * moved * (3 - 2 * moved)
    return np.asarray(np.rint(new * 255), np.uint8)


def _find_change(image: Image, last: Image, was: Alpha, into: Alpha) -> None:
    """What :func:`vcam.kernels.denoising.find_change` does."""
    change = cv2.absdiff(image, last).astype(np.uint16).sum(axis=2, dtype=np.uint16)
    change[was < 255] = 4096
    height, width = into.shape
    rows = np.minimum(np.arange(2 * height), was.shape[0] - 1)
    columns = np.minimum(np.arange(2 * width), was.shape[1] - 1)
    cells = change[rows][:, columns].reshape(height, 2, width, 2)
    summed: NDArray[np.uint32] = cells.sum(axis=(1, 3), dtype=np.uint32)
    np.minimum(summed // 3, 255, out=into, casting="unsafe")


def _mix(image: Image, last: Image, was: Alpha, weight: Alpha, into: Image) -> None:
    """What :func:`vcam.kernels.denoising.mix` does, everywhere."""
    height, width = was.shape
    share = weight.repeat(2, axis=0)[:height].repeat(2, axis=1)[:, :width]
    new = np.where(was < 255, 255, share).astype(np.int32)[..., np.newaxis]
    mixed = (image * new + last * (255 - new) + 127) // 255
    now = image.astype(np.int32)
    np.copyto(into, np.clip(mixed, now - MOST, now + MOST), casting="unsafe")
