"""How a frame is fitted to the sizes the mask is made at.

Three sizes, all of the frame's own shape (to within a pixel), never larger than the frame:

* the *detail* size, as many pixels as 640x360: where edges are refined;
* the *grid*, as many pixels as 256x144: where the mask is smoothed in time;
* the model's input size, to which the whole frame is stretched.  Stretching is better
  than black borders even for portrait frames: mean error 10.5 against 37 (see
  ``docs/quality.md``), for the models never saw borders.
"""

import math
from typing import Final

import cv2
import numpy as np

from vcam.frames import Image, Size

GRID_PIXELS: Final = 256 * 144
DETAIL_PIXELS: Final = 640 * 360


def scaled_to(frame: Size, pixels: int) -> Size:
    """About ``pixels`` pixels in the frame's shape, or the frame's own size if smaller."""
    scale = min(1.0, math.sqrt(pixels / (frame.width * frame.height)))
    return Size(max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))


class Fitting:
    """Shrinks frames of one size.  Its images are its own, valid until the next call."""

    def __init__(self, frame: Size) -> None:
        """Buffers for frames of this size."""
        self.frame: Final = frame
        self.detail_size: Final = scaled_to(frame, DETAIL_PIXELS)
        self.grid_size: Final = scaled_to(frame, GRID_PIXELS)
        self._detail = _blank(self.detail_size)
        self._grid = _blank(self.grid_size)

    def fit(self, image: Image) -> tuple[Image, Image]:
        """The frame at detail size and on the grid, averaged over areas.

        Averaging matters: a model fed with aliased pixels flickers with the noise.
        """
        detail = image
        if self.detail_size != self.frame:
            detail = self._detail
            shrink(image, detail)
        grid = detail
        if self.grid_size != self.detail_size:
            grid = self._grid
            shrink(detail, grid)
        return detail, grid


def shrink(image: Image, into: Image) -> None:
    """Resize ``image`` to fill ``into``, averaging over areas."""
    cv2.resize(image, Size.of(into), dst=into, interpolation=cv2.INTER_AREA)


def _blank(size: Size) -> Image:
    return np.zeros((size.height, size.width, 3), np.uint8)
