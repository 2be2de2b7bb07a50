"""The loops of :mod:`vcam.appearance.denoise`."""

import numpy as np

from vcam.frames import Alpha, Image, Size
from vcam.kernels import ADDRESS, INT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_CHANGE = Kernel("vcam_denoise_change", ADDRESS, ADDRESS, ADDRESS, INT, INT, ADDRESS)
_MIX = Kernel(
    *("vcam_denoise_mix", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, INT, INT, INT),
    ADDRESS,
)


def find_change(
    library: Library, image: Image, last: Image, was: Alpha, into: Alpha
) -> None:
    """The mean change of every two by two pixels, in quarters of a grey level.

    Where one ``was`` not wholly the person it is 255, and ``last`` does not count.
    """
    width, height = Size.of(was)
    for given in (image, last, was):
        apart(into, given)
    _CHANGE(
        library,
        address(image, np.uint8, (height, width, 3)),
        address(last, np.uint8, (height, width, 3)),
        address(was, np.uint8, (height, width)),
        *(width, height),
        output(into, np.uint8, ((height + 1) // 2, (width + 1) // 2)),
    )


def mix(
    library: Library,
    image: Image,
    last: Image,
    was: Alpha,
    alpha: Alpha,
    weight: Alpha,
    most: int,
    into: Image,
) -> None:
    """Mix ``image`` and ``last`` by ``weight``, wherever ``alpha`` is above 0.

    ``weight`` is the share of ``image``, 0..255, of every two by two pixels; it is all
    where ``last`` ``was`` not wholly the person.  No value changes by more than ``most``.
    """
    width, height = Size.of(was)
    for given in (image, last, was, alpha, weight):
        apart(into, given)
    _MIX(
        library,
        address(image, np.uint8, (height, width, 3)),
        address(last, np.uint8, (height, width, 3)),
        address(was, np.uint8, (height, width)),
        address(alpha, np.uint8, (height, width)),
        address(weight, np.uint8, ((height + 1) // 2, (width + 1) // 2)),
        *(width, height, most),
        output(into, np.uint8, (height, width, 3)),
    )
