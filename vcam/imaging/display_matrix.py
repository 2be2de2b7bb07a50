"""What a video file says about its frames: which way up, and the shape of the pixels."""

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from vcam.frames import Size
from vcam.imaging.orientation import AS_IT_IS, Orientation

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

WIDEST = 8
"""Most times that a pixel is believed to be as wide as high, or as high as wide."""


def orientation_of(frame: "VideoFrame") -> Orientation:
    """What makes the decoded picture an upright one.

    It is as the matrix says.  An angle alone is wrong for the mirrored ones of selfies.
    """
    for side in cast(Any, frame.side_data):
        if side.type.name == "DISPLAYMATRIX":
            content = bytes(side)
            if len(content) < 36:
                break
            # The shown column is a·x + c·y, the shown row b·x + d·y.
            a, b, _, c, d, *_ = struct.unpack("9i", content[:36])
            if abs(b) > abs(a):
                return Orientation(True, flips=b < 0, mirrors=c < 0)
            return Orientation(False, flips=d < 0, mirrors=a < 0)
    return AS_IT_IS


def square(size: Size, aspect: Fraction | None) -> Size:
    """The size with square pixels of a picture whose pixels have this shape.

    ``aspect`` is a pixel's width by its height.  The picture becomes larger.
    """
    if not aspect or not Fraction(1, WIDEST) < aspect < WIDEST:
        return size
    if aspect >= 1:
        return Size(round(size.width * aspect), size.height)
    return Size(size.width, round(size.height / aspect))
