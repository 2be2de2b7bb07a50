"""The last step of :class:`vcam.appearance.soft_skin.SoftSkin`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image, Mask, Size
from vcam.kernels import ADDRESS, FLOAT, INT, Kernel, Library
from vcam.kernels.adding import PARTS
from vcam.kernels.arrays import address, output

_SOFTEN = Kernel(
    *("vcam_soften", ADDRESS, INT, ADDRESS, ADDRESS, INT, INT, INT, INT, FLOAT),
    *(ADDRESS, ADDRESS),
)


def soften(
    library: Library,
    picture: Image,
    slope: Mask,
    offset: Mask,
    left: int,
    top: int,
    most: float,
    more: NDArray[np.int16],
) -> None:
    """Fill a part of ``more`` with ``slope * brightness + offset``, within ``most``.

    The part begins at ``left`` and ``top``, and is twice as large as ``slope`` and
    ``offset``, which are enlarged.  ``more`` is of the size of ``picture``, in
    :data:`~vcam.kernels.adding.PARTS` of a grey level.
    """
    size, part = Size.of(picture), Size.of(slope)
    inside = left + 2 * part.width <= size.width and top + 2 * part.height <= size.height
    if not (inside and left >= 0 and top >= 0 and 0 <= most * PARTS < 1 << 15):
        raise ValueError(f"{part} at {left}, {top} is not in a picture of {size}")
    scratch = np.zeros(5 * part.width + 2, np.float32)
    shape: tuple[Any, ...] = (part.height, part.width)
    _SOFTEN(
        library,
        address(picture, np.uint8, (size.height, size.width, 3)),
        size.width,
        address(slope, np.float32, shape),
        address(offset, np.float32, shape),
        *(*part, left, top, most),
        output(more, np.int16, (size.height, size.width)),
        output(scratch, np.float32, scratch.shape),
    )
