"""The person's own colours at the edge, where the camera saw them mixed with the room.

Without this the old background glows in hair and along shoulders.  M. Forte,
"Approximate Fast Foreground Colour Estimation", ICIP 2021 ("blur fusion"): the colours of
person and room nearby are means weighted by alpha; then the mixing equation is solved for
the one that explains the pixel.  Done twice, the second time more closely.  The means vary
slowly, so they are taken at a fraction of the frame's size; the rest is done for the pixels
of the band only.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Size
from vcam.masking.working_sizes import scaled_to, shrink

_SMALL: Final = Size(128, 72)
"""Pixels are of this size's area when the means are taken."""
_FAR: Final = 3
_NEAR: Final = 1
"""Radii of the means, in those pixels."""
_LEAST: Final = np.float32(1e-6)


class Colours:
    """Estimates foregrounds for frames of one size."""

    def __init__(self, frame: Size) -> None:
        """A buffer of the frame's size."""
        self._foreground: Image = np.zeros((frame.height, frame.width, 3), np.uint8)
        self._band: Alpha = np.zeros((frame.height, frame.width), np.uint8)
        small = scaled_to(frame, _SMALL.width * _SMALL.height)
        self._image: Image = np.zeros((small.height, small.width, 3), np.uint8)
        self._alpha: Alpha = np.zeros((small.height, small.width), np.uint8)

    def estimate(
        self, image: Image, alpha: Alpha, less_image: Image, less_alpha: Alpha
    ) -> Image:
        """``image`` where ``alpha`` is 0 or 255, the person's own colours between.

        ``less_image`` and ``less_alpha`` are the same two, smaller, to take means of.
        Valid until the next call; ``image`` itself when there is no edge.
        """
        band = self._pixels_of_the_band(alpha)
        if not band.size:
            return image
        shrink(less_image, self._image)
        shrink(less_alpha, self._alpha)
        person, room = _nearby(self._image, self._alpha)
        # Each band pixel takes the means of the small pixel it lies in.
        (height, width), (down, across) = alpha.shape, self._alpha.shape
        rows, columns = np.divmod(band, np.int32(width))
        there = rows * down // height * across + columns * across // width
        near, far = person.take(there, axis=0), room.take(there, axis=0)
        share = alpha.reshape(-1).take(band).astype(np.float32)[:, np.newaxis]
        share *= np.float32(1 / 255)
        # clean = near + share * (seen - share * near - (1 - share) * far)
        clean = image.reshape(-1, 3).take(band, axis=0).astype(np.float32)
        clean -= far
        far -= near
        far *= share
        clean += far
        clean *= share
        clean += near
        np.clip(clean, 0, 255, out=clean)
        np.copyto(self._foreground, image)
        self._foreground.reshape(-1, 3)[band] = clean
        return self._foreground

    def _pixels_of_the_band(self, alpha: Alpha) -> NDArray[np.int32]:
        """The flat indices of what is neither person nor room."""
        cv2.inRange(alpha, 1, 254, dst=self._band)
        band = self._band.reshape(-1)
        if band.size % 8:
            return np.asarray(np.flatnonzero(band), np.int32)
        # Most of a frame is one or the other: eight pixels are ruled out at a time.
        eights = np.asarray(np.flatnonzero(band.view(np.uint64)), np.int32)
        pixels = np.asarray(
            eights[:, np.newaxis] * 8 + np.arange(8, dtype=np.int32), np.int32
        ).reshape(-1)
        chosen: NDArray[np.int32] = pixels[band.take(pixels) > 0]
        return chosen


def _nearby(image: Image, alpha: Alpha) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The person's and the room's colours round each pixel; shapes (pixels, 3).

    Far means first, and near means of what they make of each pixel.
    """
    share = alpha.astype(np.float32)[:, :, np.newaxis]
    share *= np.float32(1 / 255)
    rest = 1 - share
    seen = image.astype(np.float32)
    person, room = _mean(seen, share, _FAR), _mean(seen, rest, _FAR)
    # What the mixture of both leaves unexplained is divided between them.
    left = seen - share * person - rest * room
    person += share * left
    room += rest * left
    np.clip(person, 0, 255, out=person)
    np.clip(room, 0, 255, out=room)
    person, room = _mean(person, share, _NEAR), _mean(room, rest, _NEAR)
    return person.reshape(-1, 3), room.reshape(-1, 3)


def _mean(
    colours: NDArray[np.float32], weight: NDArray[np.float32], radius: int
) -> NDArray[np.float32]:
    """Mean colour by weight; where there is no weight nearby, the pixel's own."""
    side = (2 * radius + 1, 2 * radius + 1)
    total = cv2.blur(weight, side)[:, :, np.newaxis]
    mean = cv2.blur(colours * weight, side)
    return np.asarray((mean + _LEAST * colours) / (total + _LEAST), np.float32)
