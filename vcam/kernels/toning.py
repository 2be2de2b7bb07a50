"""The table of :func:`vcam.appearance.toning.apply_table`."""

import numpy as np

from vcam.frames import Alpha, Image
from vcam.kernels import ADDRESS, COUNT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_TONE = Kernel("vcam_tone", ADDRESS, ADDRESS, ADDRESS, ADDRESS, COUNT)


def tone(library: Library, image: Image, alpha: Alpha, table: Image, into: Image) -> None:
    """Look ``image`` up in ``table``, of shape ``(256, 3)``, where alpha is above 0."""
    shape = (*alpha.shape[:2], 3)
    for given in (image, alpha, table):
        apart(into, given)
    _TONE(
        library,
        address(image, np.uint8, shape),
        address(alpha, np.uint8, shape[:2]),
        address(table, np.uint8, (256, 3)),
        output(into, np.uint8, shape),
        alpha.size,
    )
