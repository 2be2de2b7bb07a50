"""The person's own colours; see :mod:`vcam.masking.foreground`."""

import numpy as np

from vcam.frames import Alpha, Image, Mask, Size
from vcam.kernels import ADDRESS, INT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_COLOURS = Kernel(
    "vcam_foreground_colours", ADDRESS, ADDRESS, INT, INT, ADDRESS, ADDRESS, ADDRESS
)
_FOREGROUND = Kernel(
    *("vcam_foreground", ADDRESS, ADDRESS, INT, INT, ADDRESS, ADDRESS, INT, INT, ADDRESS),
    returns=INT,
)
_MOST = (1 << 31) - 1
"""The largest number that an INT can be."""


class Colours:
    """The person's and the room's colours around each pixel of a small picture."""

    def __init__(self, size: Size) -> None:
        """Nothing seen yet, of pictures of this size."""
        self._size = size
        width, height = size
        self._person: Mask = np.zeros((height, width, 3), np.float32)
        self._room: Mask = np.zeros((height, width, 3), np.float32)
        self._scratch = np.zeros(4 * (width + 6) + 6 * width * height, np.float32)

    def find(self, library: Library, image: Image, alpha: Alpha) -> None:
        """Take in a picture."""
        width, height = self._size
        _COLOURS(
            library,
            address(image, np.uint8, (height, width, 3)),
            address(alpha, np.uint8, (height, width)),
            *(width, height, self._person.ctypes.data, self._room.ctypes.data),
            self._scratch.ctypes.data,
        )

    def clean(self, library: Library, image: Image, alpha: Alpha, into: Image) -> int:
        """Fill ``into`` with ``image``, and the person's own colour where alpha is soft.

        The picture may be larger.  Returns the number of pixels where it is soft.
        """
        shape = (*alpha.shape[:2], 3)
        if shape[1] * self._size.width > _MOST:
            raise ValueError(f"a kernel cannot compute with {shape[1]} columns")
        for given in (image, alpha):
            apart(into, given)
        count: int = _FOREGROUND(
            library,
            address(image, np.uint8, shape),
            address(alpha, np.uint8, shape[:2]),
            *Size.of(alpha),
            *(self._person.ctypes.data, self._room.ctypes.data, *self._size),
            output(into, np.uint8, shape),
        )
        return count
