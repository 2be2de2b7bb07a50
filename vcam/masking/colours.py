"""The person's own colours at the edge, where the camera saw them mixed with the room.

Without this the old background glows in hair and along shoulders.  M. Forte,
"Approximate Fast Foreground Colour Estimation", ICIP 2021 ("blur fusion"): the colours of
person and room nearby are means weighted by alpha; then the mixing equation is solved for
the one that explains the pixel.  The means vary slowly, so they are taken at a fraction
of the frame's size; the rest is done for the pixels of the band only.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Mask, Size

_NEARBY: Final = 5
"""Radius of the means, in grid pixels."""
_LEAST: Final = np.float32(1e-6)


class Colours:
    """Estimates foregrounds for frames of one size."""

    def __init__(self, frame: Size) -> None:
        """A buffer of the frame's size."""
        self._foreground: Image = np.zeros((frame.height, frame.width, 3), np.uint8)

    def estimate(self, image: Image, alpha: Alpha, grid: Image) -> Image:
        """``image`` where ``alpha`` is 0 or 255, the person's own colours between.

        ``image`` and ``alpha`` are of the frame's size, ``grid`` is the frame made small.
        Valid until the next call; ``image`` itself when there is no edge.
        """
        band = np.flatnonzero(cv2.inRange(alpha, 1, 254))
        if not band.size:
            return image
        small = np.asarray(
            cv2.resize(alpha, Size.of(grid), interpolation=cv2.INTER_AREA), np.uint8
        )
        person = _mean_colour(grid, small)
        room = _mean_colour(grid, 255 - small)
        # Each band pixel takes the means of the grid pixel it lies in.
        rows, columns = np.divmod(band, alpha.shape[1])
        rows = rows * small.shape[0] // alpha.shape[0]
        columns = columns * small.shape[1] // alpha.shape[1]
        there = rows * small.shape[1] + columns
        near, far = person[there], room[there]
        share = alpha.reshape(-1)[band].astype(np.float32)[:, np.newaxis]
        share *= np.float32(1 / 255)
        seen = image.reshape(-1, 3)[band].astype(np.float32)
        unexplained = seen - share * near - (1 - share) * far
        clean = near + share * unexplained
        np.clip(clean, 0, 255, out=clean)
        np.copyto(self._foreground, image)
        self._foreground.reshape(-1, 3)[band] = clean
        return self._foreground


def _mean_colour(grid: Image, weight: Alpha) -> NDArray[np.float32]:
    """Mean colour nearby, by weight; shape (pixels, 3).

    Sure pixels count for nearly all; where there are none nearby, the doubtful decide.
    """
    trust: Mask = weight.astype(np.float32)
    trust *= np.float32(1 / 255)
    np.square(trust, out=trust)
    np.square(trust, out=trust)
    side = (2 * _NEARBY + 1, 2 * _NEARBY + 1)
    weighted = grid.astype(np.float32) * trust[:, :, np.newaxis]
    total = cv2.blur(trust, side)
    colour = cv2.blur(weighted, side)
    # Far from any: the pixel's own colour.
    colour = (colour + _LEAST * grid) / (total + _LEAST)[:, :, np.newaxis]
    return np.asarray(colour.reshape(-1, 3), np.float32)
