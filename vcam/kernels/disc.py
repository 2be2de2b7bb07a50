"""The mean over a disc, of :class:`vcam.backgrounds.bokeh_painter.BokehPainter`."""

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image
from vcam.kernels import ADDRESS, INT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_DISC_MEAN = Kernel(
    "vcam_disc_mean", ADDRESS, ADDRESS, INT, INT, ADDRESS, INT, ADDRESS, ADDRESS, ADDRESS
)
_CHANNELS = 4
"""CHANNELS in C."""
_BRIGHTEST = (255 * 255 + 8) >> 4


def scratch_of(width: int, radius: int) -> NDArray[np.uint32]:
    """What :func:`disc_mean` needs as ``scratch`` for rows of ``width`` pixels."""
    return np.zeros(_CHANNELS * (2 * radius + 2) * (width + 2 * radius + 1), np.uint32)


def disc_mean(
    library: Library,
    image: Image,
    person: Alpha,
    half: NDArray[np.int32],
    weigh: NDArray[np.int32],
    scratch: NDArray[np.uint32],
    result: Image,
) -> None:
    """Fill ``result`` with the weighted means of ``image`` over discs, in linear light.

    ``half`` has how wide the disc is to both sides of its middle, from the row of its
    middle outwards.  ``weigh`` has the weight of each level of the brightest channel.
    """
    apart(result, image)
    height, width = person.shape
    radius = len(half) - 1
    if not 0 <= half.min() <= half.max() <= radius:
        raise ValueError(f"a kernel needs a disc within {radius} pixels, not {half}")
    pixels = 2 * int((2 * half + 1).sum()) - int(2 * half[0] + 1)
    if weigh.min() < 0 or pixels * int(weigh.max()) * _BRIGHTEST > np.iinfo(np.int32).max:
        raise ValueError(f"a kernel cannot sum a disc of {pixels} pixels")
    _DISC_MEAN(
        library,
        address(image, np.uint8, (height, width, 3)),
        address(person, np.uint8, (height, width)),
        width,
        height,
        address(half, np.int32, (radius + 1,)),
        radius,
        address(weigh, np.int32, (256,)),
        output(scratch, np.uint32, scratch_of(width, radius).shape),
        output(result, np.uint8, (height, width, 3)),
    )
