"""Pictures in which a person can see an alpha: as grey, over the frame, cut out.

Every function returns a new array and changes nothing.  An image is ``uint8 (height,
width, 3)``, BGR; an alpha is ``uint8 (height, width)``, 0 room .. 255 person, of the same
size.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image

TINT: Final = (120, 0, 200)
"""Colour of the room in :func:`overlay`, BGR: one that rooms and skin seldom have."""
TINTED: Final = 0.6
"""Share of that colour; the rest is the room in shades of grey."""
SPREAD: Final = (9, 9)
"""Width and height over which :func:`spread_cut_out` averages colours."""
_TINTED_GREYS: Final = np.round(
    (1 - TINTED) * np.arange(256)[:, np.newaxis, np.newaxis] + TINTED * np.array(TINT)
).astype(np.uint8)
"""The colour of the room, by its brightness."""


def mask_picture(alpha: Alpha) -> Image:
    """The alpha as a grey image: the person white, the room black."""
    return np.asarray(cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR), np.uint8)


def overlay(image: Image, alpha: Alpha) -> Image:
    """The frame with its person as it is, and its room grey under a tint."""
    room = cv2.applyColorMap(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), _TINTED_GREYS)
    weight = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    person = cv2.multiply(image, weight, scale=1 / 255)
    cv2.bitwise_not(weight, weight)
    cv2.multiply(room, weight, room, 1 / 255)
    return np.asarray(cv2.add(person, room, person), np.uint8)


def cut_out(over_black: Image, alpha: Alpha) -> NDArray[np.uint8]:
    """The person alone, as ``uint8 (height, width, 4)``: BGR, then the alpha.

    ``over_black`` is the person composited over black, so its colours are multiplied by
    alpha; here they are divided by it again, as PNG and WebP store them.  A pixel whose
    alpha is 0 is black: nothing of the room is hidden below it.
    """
    divisor = np.maximum(alpha, 1)[:, :, np.newaxis].astype(np.uint16)
    colours = over_black.astype(np.uint16)
    colours *= 255
    colours += divisor // 2  # so that the division rounds; at most 65152 in 16 bits
    colours //= divisor
    cut = np.zeros((*alpha.shape, 4), np.uint8)
    cut[:, :, :3] = np.minimum(colours, 255)
    cut[:, :, :3][alpha == 0] = 0
    cut[:, :, 3] = alpha
    return cut


def spread_cut_out(over_black: Image, alpha: Alpha) -> NDArray[np.uint8]:
    """As :func:`cut_out`, for video: beside the person their colours go on a little.

    A video stores colour at half the size and rounds it over blocks, which would draw black
    around the person into them.  Still nothing of the room is in it.
    """
    cut = cut_out(over_black, alpha)
    shares = _summed_around(alpha)
    beside = (alpha == 0) & (shares >= 255)
    colours = _summed_around(over_black)[beside] * (255 / shares[beside, np.newaxis])
    cut[:, :, :3][beside] = np.minimum(np.round(colours), 255).astype(np.uint8)
    return cut


def _summed_around(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    summed = cv2.boxFilter(
        values, cv2.CV_32F, SPREAD, normalize=False, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(summed, np.float32)


def split(left: Image, right: Image) -> Image:
    """The left half of one image and the right half of the other, a line between them."""
    width = left.shape[1]
    line = max(1, width // 640)
    both = right.copy()
    both[:, : width // 2] = left[:, : width // 2]
    both[:, width // 2 : width // 2 + line] = 255
    return both
