"""The sizes the mask is made at, and the frame resized to them.

There are two, of about the frame's own shape:

* *detail*, about as many pixels as 640x360: where edges are refined;
* the *grid*, about as many as 256x144: where masks are fused and smoothed in time.  The
  fine grid, about 384x216, keeps more of what a close-up sees.

Detail and grid are exactly 5:2, or 5:3, to each other.  So a rectangle of the grid whose
sides are multiples of 2, or 3, is a whole rectangle of the detail size.

For a 16:9 frame the grid is exactly the input of the landscape model.  Other shapes are
stretched to it.  That is better than black borders (mean error 10.5 against 37 even for
portrait frames), because the models never saw borders in training.
"""

import math
from fractions import Fraction
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike

from vcam.frames import Image, Mask, Size
from vcam.imaging.resize import shrink

_UNITS: Final = 128 * 72
"""Units in a frame; a unit is 5x5 pixels of detail, and 2x2 or 3x3 of the grid."""


class Box(NamedTuple):
    """A rectangle in whole pixels of a picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows_and_columns(self) -> tuple[slice, slice]:
        """As an index into an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def scaled(self, scale: Fraction) -> "Box":
        """The box of the same part of a picture that is ``scale`` times as large."""
        return Box(*(int(side * scale) for side in self))


def box_around(there: MatLike, reach: int, step: int) -> Box | None:
    """The box around all that is not 0, and ``reach`` pixels more; ``None`` if all is 0.

    Its sides are multiples of ``step``.  The picture's sides must be, too.
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


class Resized(NamedTuple):
    """A frame at the sizes that the mask is made at."""

    full: Image
    """The frame as it is."""
    detail: Image
    """At :attr:`WorkingSizes.detail_size`."""
    grid: Image
    """At :attr:`WorkingSizes.grid_size`."""


class WorkingSizes:
    """Resizes frames of one size.  It owns the results, valid until the next call."""

    def __init__(self, frame: Size, *, fine_grid: bool = False) -> None:
        """Buffers for frames of this size."""
        scale = math.sqrt(_UNITS / (frame.width * frame.height))
        # A frame smaller than the detail size is not enlarged, except to whole units.
        scale = min(scale, 1 / 5)
        across = max(1, round(frame.width * scale))
        down = max(1, round(frame.height * scale))
        self.frame: Final = frame
        self.detail_size: Final = Size(5 * across, 5 * down)
        self.coarse_size: Final = Size(2 * across, 2 * down)
        """The size of the grid that is not fine."""
        unit = 3 if fine_grid else 2
        self.grid_size: Final = Size(unit * across, unit * down)
        self._coarse: Mask = np.zeros((2 * down, 2 * across), np.float32)
        self._detail = blank(self.detail_size)
        self.grid = blank(self.grid_size)
        """The last frame on the grid."""

    @property
    def last(self) -> Image:
        """The last frame at detail size, or on the grid if frames are of detail size."""
        return self.grid if self.detail_size == self.frame else self._detail

    def on_coarse_grid(self, mask: Mask) -> Mask:
        """A mask of the grid on the grid that is not fine, averaged over areas."""
        if self.grid_size == self.coarse_size:
            return mask
        size = self.coarse_size
        cv2.resize(mask, size, dst=self._coarse, interpolation=cv2.INTER_AREA)
        return self._coarse

    def edge_size(self, fine_edges: bool) -> Size:
        """The size that edges are drawn at."""
        return self.detail_size if fine_edges else self.grid_size

    def guide_size(self, fine_edges: bool) -> Size:
        """The size that edges are fitted at, which is less than :meth:`edge_size`."""
        width, height = self.grid_size
        return self.grid_size if fine_edges else Size(width // 2, height // 2)

    def resize(self, image: Image) -> Resized:
        """The frame at detail size and on the grid, averaged over areas.

        Averaging matters: a model fed with aliased pixels flickers with the noise.
        """
        detail = image
        if self.detail_size != self.frame:
            detail = shrink(image, self._detail)
        return Resized(image, detail, shrink(detail, self.grid))


def blank(size: Size) -> Image:
    """A black image."""
    return np.zeros((size.height, size.width, 3), np.uint8)
