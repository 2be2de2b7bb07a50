"""Resizing pictures (cover, contain, stretch, tile) and turning them."""

import math
from typing import Final

import cv2
import numpy as np

from vcam.frames import Image, Size
from vcam.imaging.orientation import Orientation

_ROTATIONS: Final = {
    Orientation(True, False, True): cv2.ROTATE_90_CLOCKWISE,
    Orientation(True, True, False): cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def fitted(image: Image, size: Size, fit: str = "cover") -> Image:
    """Return ``image`` at ``size``; the image itself if it has that size.

    ``cover`` fills the size and crops the rest, ``contain`` shows everything with black
    bars, ``stretch`` ignores the proportions, ``tile`` repeats the picture unscaled from
    the top left corner.
    """
    if Size.of(image) == size:
        return image
    if fit == "tile":
        down, across = -(-size.height // image.shape[0]), -(-size.width // image.shape[1])
        repeated = np.tile(image, (down, across, 1))[: size.height, : size.width]
        return np.ascontiguousarray(repeated)
    if fit == "stretch":
        return _resized(image, size)
    width, height = Size.of(image)
    if fit == "cover":
        # Cropped before scaling, so that only what is shown is computed.
        left, top, (across, down) = covering_part(Size(width, height), size)
        return _resized(image[top : top + down, left : left + across], size)
    scale = min(size.width / width, size.height / height)
    inner = Size(
        min(size.width, max(1, round(width * scale))),
        min(size.height, max(1, round(height * scale))),
    )
    canvas = np.zeros((size.height, size.width, 3), np.uint8)
    left, top = (size.width - inner.width) // 2, (size.height - inner.height) // 2
    canvas[top : top + inner.height, left : left + inner.width] = _resized(image, inner)
    return canvas


def covering_part(image: Size, size: Size) -> tuple[int, int, Size]:
    """Left, top and size of what ``cover`` shows of an image when it fills ``size``."""
    width, height = image
    scale = max(size.width / width, size.height / height)
    across = min(width, max(1, round(size.width / scale)))
    down = min(height, max(1, round(size.height / scale)))
    return (width - across) // 2, (height - down) // 2, Size(across, down)


def turned(image: Image, orientation: Orientation, into: Image | None = None) -> Image:
    """Return ``image`` with that orientation, in ``into`` if it is given.

    ``into`` must have the size that :meth:`Orientation.size` tells.
    """
    exchanges_sides, flips, mirrors = orientation
    if orientation in _ROTATIONS:
        return np.asarray(cv2.rotate(image, _ROTATIONS[orientation], into), np.uint8)
    if exchanges_sides:
        into = np.asarray(cv2.transpose(image, into), np.uint8)
        image = into
    if flips or mirrors:
        # 0 exchanges top and bottom, 1 left and right, -1 both; in place, too.
        code = -1 if flips and mirrors else int(mirrors)
        return np.asarray(cv2.flip(image, code, into), np.uint8)
    if exchanges_sides or into is None:
        return image
    np.copyto(into, image)
    return into


def scaled_to(frame: Size, pixels: int) -> Size:
    """A size of the frame's shape with about ``pixels`` pixels, or the frame's if less."""
    scale = min(1.0, math.sqrt(pixels / (frame.width * frame.height)))
    return Size(max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))


def shrink(image: Image, into: Image) -> Image:
    """Resize ``image`` to fill ``into``, averaging over areas; returns ``into``.

    Exact averages over more than two by two pixels are slow.  So the image is halved as
    often as possible, which is fast.  The rest, a factor below two, is interpolated, and
    every pixel still counts.
    """
    height, width = into.shape[:2]
    while image.shape[0] >= 2 * height and image.shape[1] >= 2 * width:
        if image.shape[0] == 2 * height and image.shape[1] == 2 * width:
            break
        even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
        halved = cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        image = np.asarray(halved, np.uint8)
    near = image.shape[0] < 2 * height and image.shape[1] < 2 * width
    method = cv2.INTER_LINEAR if near else cv2.INTER_AREA
    cv2.resize(image, (width, height), dst=into, interpolation=method)
    return into


def _resized(image: Image, size: Size) -> Image:
    # Halving averages four pixels, which is fast.  The remaining factor, less than two,
    # needs no averaging.  Averaging fractions of pixels takes five times as long.
    while image.shape[1] >= 2 * size.width and image.shape[0] >= 2 * size.height:
        half = image.shape[1] // 2, image.shape[0] // 2
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
