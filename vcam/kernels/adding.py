"""Small differences, enlarged and added to a picture; see :mod:`vcam.appearance`."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Image, Size
from vcam.kernels import ADDRESS, INT, Kernel
from vcam.kernels.arrays import address, apart, output
from vcam.kernels.enlarging import mixture

_ADD = Kernel(
    *("vcam_add_enlarged", ADDRESS, INT, INT, ADDRESS, ADDRESS, INT, INT),
    *[ADDRESS] * 5,
)
PARTS: Final = 128
"""Parts of a grey level that differences are in: what changes slowly shows no steps."""
_MIDDLE: Final = 128
MOST: Final = 127
"""Grey levels that a difference may have."""


class Adding:
    """Adds differences of one size to pictures of another."""

    def __init__(self, small: Size, large: Size, channels: int) -> None:
        """``channels``: 1, the same for blue, green and red, or 3, one for each."""
        self._small, self._large, self._channels = small, large, channels
        tables = *mixture(small.width, large.width), *mixture(small.height, large.height)
        for table in tables:
            table.flags.writeable = False
        self._tables = tables
        self._scratch = np.zeros((2, 3 * large.width), np.int16)
        # They stay where they are as long as this object, which never replaces them.
        self._addresses = (*(t.ctypes.data for t in tables), self._scratch.ctypes.data)

    def add(self, more: NDArray[np.int16], picture: Image, alpha: Alpha) -> None:
        """Add ``more``, in :data:`PARTS`, each at most :data:`MOST` levels, to ``picture``.

        Pixels whose ``alpha`` is 0 may be changed or not: nobody sees them.
        """
        height, width = self._small.height, self._small.width
        large = self._large.height, self._large.width
        wanted = (height, width) if self._channels == 1 else (height, width, 3)
        library = kernels.active()
        if library is None:
            if (more.shape, picture.shape, alpha.shape) != (wanted, (*large, 3), large):
                raise ValueError(f"{more.shape} cannot be added to {picture.shape}")
            _add(more, picture, alpha)
            return
        apart(picture, alpha)
        _ADD(
            library,
            address(more, np.int16, wanted),
            width,
            self._channels,
            output(picture, np.uint8, (*large, 3)),
            address(alpha, np.uint8, large),
            self._large.width,
            self._large.height,
            *self._addresses,
        )


def in_parts(more: NDArray[np.float32]) -> NDArray[np.int16]:
    """Grey levels in :data:`PARTS`."""
    return np.asarray(np.rint(more * np.float32(PARTS)), np.int16)


def _add(more: NDArray[np.int16], picture: Image, alpha: Alpha) -> None:
    """The same with OpenCV, in whole grey levels."""
    left, top, width, height = cv2.boundingRect(alpha)
    if not width:
        return
    box = np.s_[top : top + height, left : left + width]
    # From 128, so that they fit into bytes.
    levels = cv2.convertScaleAbs(more.astype(np.float32), alpha=1 / PARTS, beta=_MIDDLE)
    enlarged = cv2.resize(levels, Size.of(picture))[box]
    if enlarged.ndim == 2:
        enlarged = cv2.cvtColor(enlarged, cv2.COLOR_GRAY2BGR)
    cv2.addWeighted(picture[box], 1, enlarged, 1, -_MIDDLE, dst=picture[box])
