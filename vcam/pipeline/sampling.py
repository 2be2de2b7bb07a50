"""Which rows and columns of a picture the privacy check reads."""

import itertools
import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vcam.errors import VcamError
from vcam.frames import Alpha, Size

ROWS: Final = 18
"""Rows that are read of a picture.  Whole rows are faster to read than single pixels, and
miss no upright edge."""
COLUMNS: Final = 16
"""Distance between the columns in which alpha is compared with the evidence."""


class Withheld(VcamError):  # noqa: N818 - a decision, not a malfunction
    """This picture must not be sent; a card is sent instead."""


def rows_read(height: int, index: int) -> slice:
    """The rows to read: evenly spaced, and evenly spread over the last frames, too."""
    every, step = _spacing(height)
    return slice(index * step % every, None, every)


@lru_cache
def _spacing(height: int) -> tuple[int, int]:
    """The distance between two rows, and by how much they are moved from frame to frame."""
    every = max(1, height // ROWS)
    # The golden ratio spreads best.  Without a common divisor no row is left out.
    steps = itertools.count(round(0.618034 * every))
    return every, next(each for each in steps if math.gcd(each, every) == 1)


def at_places(limit: Alpha, size: Size, rows: slice) -> Alpha:
    """``limit`` at these rows and at every few columns of a picture of ``size``."""
    down, across = limit.shape
    y = _places(size.height, down)[rows]
    x = _places(size.width, across)[::COLUMNS]
    # The largest of a pixel and its neighbours, because a place may lie between two.
    near = np.maximum(limit[np.maximum(y - 1, 0)], limit[np.minimum(y + 1, down - 1)])
    np.maximum(near, limit[y], out=near)
    most = np.maximum(near[:, np.maximum(x - 1, 0)], near[:, np.minimum(x + 1, across - 1)])
    return np.asarray(np.maximum(most, near[:, x]), np.uint8)


@lru_cache
def _places(count: int, fewer: int) -> NDArray[np.int64]:
    """Where each of ``count`` rows or columns is when there are only ``fewer``."""
    places = np.arange(count) * fewer // count
    places.flags.writeable = False
    return places


def is_plane(array: object) -> bool:
    """Whether it is one byte per place."""
    return isinstance(array, np.ndarray) and array.dtype == np.uint8 and array.ndim == 2
