"""Small alphas and pictures enlarged, bilinear, as ``cv2.resize`` does."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Size
from vcam.kernels import ADDRESS, INT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_TILE: Final = 8
"""TILE in C."""
_ONE: Final = 1 << 11
"""ONE in C."""
_TYPES = (ADDRESS, INT, ADDRESS, INT, INT, *[ADDRESS] * 5)
_ENLARGE_ALPHA = Kernel("vcam_enlarge_alpha", *_TYPES)
_ENLARGE_IMAGE = Kernel("vcam_enlarge_image", *_TYPES)


class Enlarging:
    """From one size to another."""

    def __init__(self, small: Size, large: Size) -> None:
        """Finds which pixels of ``small`` every pixel of ``large`` is mixed of."""
        self._small, self._large = small, large
        self._column, self._share = mixture(small.width, large.width)
        self._row, self._row_share = mixture(small.height, large.height)
        tiles = np.arange(-(-small.width // _TILE) + 1) * _TILE
        self._tile = np.searchsorted(self._column, tiles).astype(np.int32)
        self._scratch = np.zeros((2, 3 * large.width), np.int16)
        tables = self._column, self._share, self._row, self._row_share
        for table in (*tables, self._tile):
            table.flags.writeable = False
        # They stay where they are as long as this object, which never replaces them.
        self._addresses = tuple(table.ctypes.data for table in tables)
        self._tile_address = self._tile.ctypes.data
        self._scratch_address = self._scratch.ctypes.data

    def alpha(self, library: Library, small: Alpha, large: Alpha) -> None:
        """Fill ``large`` with ``small``."""
        apart(large, small)
        _ENLARGE_ALPHA(
            library,
            address(small, np.uint8, (self._small.height, self._small.width)),
            self._small.width,
            output(large, np.uint8, (self._large.height, self._large.width)),
            *self._large,
            *self._addresses,
            self._tile_address,
        )

    def image(self, library: Library, small: Image, large: Image) -> None:
        """Fill ``large`` with ``small``."""
        apart(large, small)
        _ENLARGE_IMAGE(
            library,
            address(small, np.uint8, (self._small.height, self._small.width, 3)),
            self._small.width,
            output(large, np.uint8, (self._large.height, self._large.width, 3)),
            *self._large,
            *self._addresses,
            self._scratch_address,
        )


def mixture(small: int, large: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For each of ``large`` pixels, the first of the two it is mixed of, and the share of
    the second, which is 0 at the end.
    """
    place = np.clip((np.arange(large) + 0.5) * (small / large) - 0.5, 0, small - 1)
    first = np.floor(place).astype(np.int32)
    share = np.rint((place - first) * _ONE).astype(np.int32)
    # The next pixel, when all of it is meant.
    return first + share // _ONE, share % _ONE
