"""The running mean of :class:`vcam.masking.smoothing.Smoothing`."""

import numpy as np

from vcam.frames import Mask
from vcam.kernels import ADDRESS, COUNT, FLOAT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_RUNNING_MEAN = Kernel("vcam_running_mean", ADDRESS, ADDRESS, ADDRESS, FLOAT, COUNT)


def running_mean(
    library: Library, shown: Mask, fresh: Mask, moved: Mask, keep: float
) -> None:
    """Move ``shown`` towards ``fresh``: all the way where ``moved`` is 1.

    Where it is 0, ``keep`` of the difference remains.
    """
    apart(shown, fresh)
    apart(shown, moved)
    _RUNNING_MEAN(
        library,
        output(shown, np.float32, shown.shape),
        address(fresh, np.float32, shown.shape),
        address(moved, np.float32, shown.shape),
        keep,
        shown.size,
    )
