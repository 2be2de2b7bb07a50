"""The sizes the mask is made at, and the frame shrunk to them.

Two sizes of about the frame's own shape, exactly 5:2 to each other, so that any even
rectangle of the one is a whole rectangle of the other:

* *detail*, about as many pixels as 640x360: where edges are refined;
* the *grid*, about as many as 256x144: where masks are fused and smoothed in time.

For a 16:9 frame the grid is just what the landscape model takes.  Other shapes are
stretched to it: better than black borders (mean error 10.5 against 37 even for portrait
frames), for the models never saw borders.
"""

import math
from fractions import Fraction
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike

from vcam.frames import Image, Size

_UNITS: Final = 128 * 72
"""A unit is 5x5 pixels of detail and 2x2 of the grid."""


class Box(NamedTuple):
    """A rectangle in whole pixels of some size."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows_and_columns(self) -> tuple[slice, slice]:
        """As an index into an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def scaled(self, scale: Fraction) -> "Box":
        """The same part of a picture so many times as large; sides stay whole pixels."""
        return Box(*(int(side * scale) for side in self))


def box_round(there: MatLike, reach: int, step: int) -> Box | None:
    """The box round all that is not 0, and ``reach`` pixels more; ``None`` if all is 0.

    Its sides are multiples of ``step``, as are the picture's.
    """
    left, top, width, height = cv2.boundingRect(there)
    if not width:
        return None
    rows, columns = there.shape
    return Box(
        max(left - reach, 0) // step * step,
        max(top - reach, 0) // step * step,
        min(left + width + reach + 1, columns) // step * step,
        min(top + height + reach + 1, rows) // step * step,
    )


class Fitting:
    """Shrinks frames of one size.  Its images are its own, valid until the next call."""

    def __init__(self, frame: Size) -> None:
        """Buffers for frames of this size."""
        scale = math.sqrt(_UNITS / (frame.width * frame.height))
        # A frame smaller than the detail size is taken as it is, to within a unit.
        scale = min(scale, 1 / 5)
        across = max(1, round(frame.width * scale))
        down = max(1, round(frame.height * scale))
        self.frame: Final = frame
        self.detail_size: Final = Size(5 * across, 5 * down)
        self.grid_size: Final = Size(2 * across, 2 * down)
        self._detail = blank(self.detail_size)
        self.grid = blank(self.grid_size)
        """The last frame on the grid."""

    def fit(self, image: Image) -> tuple[Image, Image]:
        """The frame at detail size and on the grid, averaged over areas.

        Averaging matters: a model fed with aliased pixels flickers with the noise.
        """
        detail = image
        if self.detail_size != self.frame:
            detail = shrink(image, self._detail)
        return detail, shrink(detail, self.grid)


def scaled_to(frame: Size, pixels: int) -> Size:
    """A size of the frame's shape with about so many pixels; never larger than it."""
    scale = min(1.0, math.sqrt(pixels / (frame.width * frame.height)))
    return Size(max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))


def shrink(image: Image, into: Image) -> Image:
    """Resize ``image`` to fill ``into``, averaging over areas; returns ``into``.

    Exact averages over more than two by two pixels are slow.  So it halves while it can,
    which is fast, and interpolates the rest, up to twice as small, where every pixel still
    counts.
    """
    height, width = into.shape[:2]
    while image.shape[0] >= 2 * height and image.shape[1] >= 2 * width:
        if image.shape[0] == 2 * height and image.shape[1] == 2 * width:
            break
        even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
        halved = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        image = np.asarray(halved, np.uint8)
    near = image.shape[0] < 2 * height and image.shape[1] < 2 * width
    way = cv2.INTER_LINEAR if near else cv2.INTER_AREA
    cv2.resize(image, (width, height), dst=into, interpolation=way)
    return into


def blank(size: Size) -> Image:
    """A black image."""
    return np.zeros((size.height, size.width, 3), np.uint8)
