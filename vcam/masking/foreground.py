"""The person's own colours at the edge, where the camera saw them mixed with the room.

Without this the old background glows in hair and along shoulders.  The method is M.
Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021 ("blur fusion").  The
colours of person and room near a pixel are means weighted by alpha; the mixing equation
is then solved for the person's colour.  This is done twice, the second time with a
smaller radius.  The means vary slowly, so they are taken at a fraction of the frame's
size; the rest is computed only for the pixels of the band between person and room.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Image, Size
from vcam.imaging.resize import scaled_to, shrink
from vcam.kernels.foreground import Colours

_SMALL: Final = Size(128, 72)
"""Size whose area the picture is reduced to before the means are taken."""
_FAR: Final = 3
"""Radius of the first means, in pixels of that size."""
_NEAR: Final = 1
"""Radius of the second means, in pixels of that size."""
_LEAST: Final = np.float32(1e-6)
"""Weight of a pixel's own colour, for when nothing nearby has a weight."""


class Foreground:
    """Estimates foregrounds for frames of one size."""

    def __init__(self, frame: Size) -> None:
        """A buffer of the frame's size."""
        self._foreground: Image = np.zeros((frame.height, frame.width, 3), np.uint8)
        self._band: Alpha = np.zeros((frame.height, frame.width), np.uint8)
        small = scaled_to(frame, _SMALL.width * _SMALL.height)
        self._image: Image = np.zeros((small.height, small.width, 3), np.uint8)
        self._alpha: Alpha = np.zeros((small.height, small.width), np.uint8)
        self._colours = Colours(small)

    def estimate(
        self, image: Image, alpha: Alpha, small_image: Image, small_alpha: Alpha
    ) -> Image:
        """``image`` where ``alpha`` is 0 or 255, the person's own colours in between.

        ``small_image`` and ``small_alpha`` are smaller versions, to take means of.  The
        result is valid until the next call; it is ``image`` itself if there is no edge.
        """
        library = kernels.active()
        if library is not None:
            shrink(small_image, self._image)
            shrink(small_alpha, self._alpha)
            self._colours.find(library, self._image, self._alpha)
            soft = self._colours.clean(library, image, alpha, self._foreground)
            return self._foreground if soft else image
        band = self._band_pixels(alpha)
        if not band.size:
            return image
        shrink(small_image, self._image)
        shrink(small_alpha, self._alpha)
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

    def _band_pixels(self, alpha: Alpha) -> NDArray[np.int32]:
        """The flat indices of the pixels that are neither person nor room."""
        cv2.inRange(alpha, 1, 254, dst=self._band)
        band = self._band.reshape(-1)
        if band.size % 8:
            return np.asarray(np.flatnonzero(band), np.int32)
        # Most pixels are one or the other, so eight are ruled out at a time.
        eights = np.asarray(np.flatnonzero(band.view(np.uint64)), np.int32)
        pixels = np.asarray(
            eights[:, np.newaxis] * 8 + np.arange(8, dtype=np.int32), np.int32
        ).reshape(-1)
        chosen: NDArray[np.int32] = pixels[band.take(pixels) > 0]
        return chosen


def _nearby(image: Image, alpha: Alpha) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The person's and the room's colours around each pixel; shapes (pixels, 3).

    The first means give an estimate for each pixel; the second are means of those.
    """
    share = alpha.astype(np.float32)[:, :, np.newaxis]
    share *= np.float32(1 / 255)
    rest = 1 - share
    seen = image.astype(np.float32)
    person, room = _mean(seen, share, _FAR), _mean(seen, rest, _FAR)
    # The rest that the mixture of both does not explain is divided between them.
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
    """The weighted mean colour, or the pixel's own where nothing nearby has a weight."""
    side = (2 * radius + 1, 2 * radius + 1)
    total = cv2.blur(weight, side)[:, :, np.newaxis]
    mean = cv2.blur(colours * weight, side)
    return np.asarray((mean + _LEAST * colours) / (total + _LEAST), np.float32)
