"""The real room out of focus as behind a lens: discs instead of a Gaussian."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.resize import fitted
from vcam.kernels.disc import disc_mean, scratch_of
from vcam.kernels.enlarging import Enlarging

WIDEST_PX = 9.0
"""The frame is halved until a disc is smaller than this: a large one costs no more."""
SMALLEST_PX = 3.0
"""A disc reaches further than the margin round the person, or it has their colours."""
WEIGHT = 256
"""Of a pixel of the room that is not bright.  A pixel of the person has 1."""
HIGHLIGHT = 4.0
"""By how much more the brightest pixels weigh.  A camera clips lamps: what is missing of
their light is what makes their discs stand out behind a lens."""
DARKEST, BRIGHTEST = 0.72, 0.98
"""Where the further weight begins and ends, as shares of white."""


class BokehPainter:
    """The mean over a disc, in linear light, without the person.

    As in :class:`~vcam.backgrounds.blur_painter.BlurPainter` the person's pixels have next
    to no weight (normalised convolution), so the room has no halo of their colours.  Bright
    pixels have more weight, not more light: a lamp fills its disc, and white stays white.
    """

    def __init__(self, size: Size, radius_px: float) -> None:
        self._size = size
        factor = 1
        while radius_px / factor >= WIDEST_PX:
            factor *= 2
        self._small = Size(max(8, size.width // factor), max(8, size.height // factor))
        self._half = disc(max(SMALLEST_PX, radius_px / factor))
        self._weigh = _weights()
        # Edge pixels are part person: a margin of the mask's own softness keeps them out.
        margin = max(1, round(3 / factor * size.height / 720))
        self._margin = cv2.getStructuringElement(
            cv2.MORPH_ELLIPSE, (2 * margin + 1, 2 * margin + 1)
        )
        for constant in (self._half, self._weigh, self._margin):
            constant.flags.writeable = False
        shape = self._small.height, self._small.width, 3
        self._mean = np.zeros(shape, np.uint8)
        self._scratch = scratch_of(self._small.width, len(self._half) - 1)
        self._result = np.zeros((size.height, size.width, 3), np.uint8)
        self._enlarging = Enlarging(self._small, size)

    def paint(self, frame: Frame, alpha: Alpha) -> Image:
        person = fitted(alpha, self._small, "stretch")
        person = np.asarray(cv2.dilate(person, self._margin), np.uint8)
        seen = frame.image if frame.small is None else frame.small
        image = np.ascontiguousarray(fitted(seen, self._small, "stretch"))
        library = kernels.active()
        if library is not None:
            disc_mean(
                *(library, image, person, self._half, self._weigh),
                *(self._scratch, self._mean),
            )
        else:
            self._mean[:] = mean_over_disc(image, person, self._half, self._weigh)
        # A lens has no stairs.
        smooth = np.asarray(cv2.GaussianBlur(self._mean, (3, 3), 0), np.uint8)
        if library is not None:
            self._enlarging.image(library, smooth, self._result)
        else:
            cv2.resize(smooth, self._size, self._result)
        return self._result

    def close(self) -> None:
        pass


def disc(radius_px: float) -> NDArray[np.int32]:
    """How many pixels a disc reaches to both sides, from the row of its middle outwards."""
    reach = radius_px + 0.35  # a pixel that is mostly inside belongs to it
    rows = np.arange(int(reach) + 1)
    return np.asarray(np.sqrt(reach**2 - rows**2), np.int32)


def mean_over_disc(
    image: Image, person: Alpha, half: NDArray[np.int32], weigh: NDArray[np.int32]
) -> Image:
    """The same as :func:`vcam.kernels.disc.disc_mean`, with OpenCV."""
    hidden = np.minimum(person.astype(np.int32) * 8, 256)
    hidden[person > 31] = 256
    weight = weigh[image.max(axis=2)] * (256 - hidden) >> 8
    weight = np.maximum(weight, 1)
    total = _sums(weight, half).astype(np.float32)
    result = np.zeros_like(image)
    for channel in range(3):
        light = (image[:, :, channel].astype(np.int32) ** 2 + 8) >> 4
        mean = _sums(light * weight, half).astype(np.float32) / total
        result[:, :, channel] = np.minimum(np.sqrt(mean) * 4 + 0.5, 255)
    return result


def _sums(plane: NDArray[np.int32], half: NDArray[np.int32]) -> NDArray[np.int32]:
    """The sums over the disc: those of rectangles, whose size costs nothing."""
    total = np.zeros_like(plane)
    for row, reach in enumerate(half):
        last = row + 1 == len(half)
        if last or half[row + 1] < reach:  # the highest rectangle of this width
            total += _sum(plane, reach, row)
            if not last:
                total -= _sum(plane, half[row + 1], row)
    return total


def _sum(plane: NDArray[np.int32], across: int, down: int) -> NDArray[np.int32]:
    window = 2 * int(across) + 1, 2 * down + 1
    border = cv2.BORDER_REFLECT_101
    sums = cv2.boxFilter(plane, cv2.CV_32S, window, normalize=False, borderType=border)
    return np.asarray(sums, np.int32)


def _weights() -> NDArray[np.int32]:
    level = np.arange(256) / 255
    share = np.clip((level - DARKEST) / (BRIGHTEST - DARKEST), 0, 1)
    more = HIGHLIGHT * share * share * (3 - 2 * share)
    return np.rint(WEIGHT * (1 + more)).astype(np.int32)
