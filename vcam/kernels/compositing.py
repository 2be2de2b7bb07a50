"""The blend of :class:`vcam.pipeline.compositing.Compositor`."""

import numpy as np

from vcam.frames import Alpha, Image
from vcam.kernels import ADDRESS, COUNT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_COMPOSITE = Kernel("vcam_composite", ADDRESS, ADDRESS, ADDRESS, ADDRESS, COUNT)


def composite(
    library: Library, person: Image, background: Image, alpha: Alpha, result: Image
) -> None:
    """Fill ``result`` with ``person`` over ``background``."""
    shape = (*alpha.shape[:2], 3)
    for given in (person, background, alpha):
        apart(result, given)
    _COMPOSITE(
        library,
        address(person, np.uint8, shape),
        address(background, np.uint8, shape),
        address(alpha, np.uint8, shape[:2]),
        output(result, np.uint8, shape),
        alpha.size,
    )
