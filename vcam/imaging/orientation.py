"""Which way up a video is, and the shape of its pixels."""

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import cv2
import numpy as np

from vcam.frames import Image, Size

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

WIDEST = 8
"""Most times that a pixel is believed to be as wide as high, or as high as wide."""


class Orientation(NamedTuple):
    """How a decoded picture becomes an upright one: transposed first, then flipped."""

    transposed: bool = False
    flips_columns: bool = False
    flips_rows: bool = False

    @classmethod
    def of(cls, frame: "VideoFrame") -> "Orientation":
        """As its matrix says.  An angle alone is wrong for the mirrored ones of selfies."""
        for side in cast(Any, frame.side_data):
            if side.type.name == "DISPLAYMATRIX":
                content = bytes(side)
                if len(content) < 36:
                    break
                # The shown column is a·x + c·y, the shown row b·x + d·y.
                a, b, _, c, d, *_ = struct.unpack("9i", content[:36])
                if abs(b) > abs(a):
                    return cls(True, c < 0, b < 0)
                return cls(False, a < 0, d < 0)
        return cls()

    def size(self, size: Size) -> Size:
        """The size of the upright picture; or back."""
        return Size(size.height, size.width) if self.transposed else size

    def upright(self, image: Image) -> Image:
        """The picture turned upright, in memory of its own."""
        if self.transposed:
            image = np.asarray(cv2.transpose(image), np.uint8)
        if self.flips_columns or self.flips_rows:
            both = self.flips_columns and self.flips_rows
            axis = -1 if both else int(self.flips_columns)
            return np.asarray(cv2.flip(image, axis), np.uint8)
        return image if self.transposed else image.copy()


def square(size: Size, aspect: Fraction | None) -> Size:
    """The size with square pixels of a picture whose pixels have this shape.

    ``aspect`` is a pixel's width by its height.  The picture becomes larger.
    """
    if not aspect or not Fraction(1, WIDEST) < aspect < WIDEST:
        return size
    if aspect >= 1:
        return Size(round(size.width * aspect), size.height)
    return Size(size.width, round(size.height / aspect))
