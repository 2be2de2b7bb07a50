"""The guided filter's coefficients, as :mod:`vcam.masking.edges` fits them in colour."""

from typing import Final

import numpy as np

from vcam.frames import Image, Mask, Size
from vcam.kernels import ADDRESS, COUNT, FLOAT, INT, Kernel, Library
from vcam.kernels.arrays import output, rows

_GUIDED_FIT = Kernel(
    "vcam_guided_fit",
    *(ADDRESS, COUNT, ADDRESS, COUNT, INT, INT, INT),
    *(FLOAT, FLOAT, FLOAT, ADDRESS, ADDRESS),
)
_PLANES: Final = 13
"""What is averaged over windows: values and products."""
_PART: Final = 16
"""Rows in scratch are as long as whole parts of this size."""
LARGEST_RADIUS: Final = 16


def guided_fit(
    library: Library,
    mask: Mask,
    guide: Image,
    radius: int,
    epsilon: float,
    low: float,
    gain: float,
    scratch: Mask,
) -> Mask:
    """How ``(mask - low) * gain`` follows the colours of ``guide``, which is of its size.

    Four planes: the slopes per grey level of blue, green and red, and the offset.
    They are in ``scratch``, which has at least :func:`scratch_size` elements.
    """
    size = Size.of(mask)
    needed, own = scratch_size(size, radius), 4 * mask.size
    if not 1 <= radius <= LARGEST_RADIUS or not mask.size:
        raise ValueError(f"no guided filter of radius {radius} for a mask of {size}")
    fit = scratch[:own].reshape(4, size.height, size.width)
    _GUIDED_FIT(
        library,
        *rows(mask, np.float32, (size.height, size.width)),
        *rows(guide, np.uint8, (size.height, size.width, 3)),
        *(size.width, size.height, radius, epsilon, low, gain),
        output(fit, np.float32, fit.shape),
        output(scratch[own:needed], np.float32, (needed - own,)),
    )
    return fit


def scratch_size(size: Size, radius: int) -> int:
    """How many elements of scratch a mask of this size needs."""
    length = -(-size.width // _PART) * _PART
    side = 2 * radius + 1
    rows_of_planes = (side + 1) * length + length + 2 * radius
    return 4 * size.width * size.height + _PLANES * rows_of_planes + 4 * side * length
