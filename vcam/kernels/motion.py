"""Where a picture moved, as :class:`vcam.masking.smoothing.Motion` measures it."""

from typing import NamedTuple

import numpy as np

from vcam.frames import Alpha, Mask, Size
from vcam.kernels import ADDRESS, FLOAT, INT, Kernel, Library
from vcam.kernels.arrays import address, apart, output

_MOTION = Kernel(
    *("vcam_motion", ADDRESS, ADDRESS, INT, INT, INT, INT, FLOAT, FLOAT),
    *(FLOAT, FLOAT, FLOAT, FLOAT, ADDRESS, ADDRESS, ADDRESS),
)


class Explained(NamedTuple):
    """What changes though nothing moves."""

    gain_limit: int
    """Grey levels by which all may change at most."""
    noise_limit: float
    """The most grey levels of noise."""
    noisy: float
    """Multiple of the noise that a change must exceed."""


class Ramp(NamedTuple):
    """How a change beyond that becomes 0.0 to 1.0."""

    threshold: float
    """The grey levels up to which it is 0."""
    span: float
    """The grey levels over which it goes to 1."""
    into: Mask
    """Where it is written."""


def find_motion(
    library: Library,
    now: Alpha,
    last: Alpha,
    radius: int,
    explained: Explained,
    moved: Ramp,
    gone: Ramp,
    scratch: Mask,
) -> None:
    """Compare two grey pictures, averaged over windows of ``radius``, which is 1 or 2.

    ``scratch`` has :func:`scratch_size` elements.
    """
    size, shape = Size.of(now), now.shape[:2]
    usual = radius in (1, 2) and now.size > 0 and 0 <= explained.gain_limit < 256
    if not usual or moved.span <= 0 or gone.span <= 0:
        raise ValueError(f"radius {radius}, {explained}, for a picture of {size}")
    apart(moved.into, gone.into)
    _MOTION(
        library,
        address(now, np.uint8, shape),
        address(last, np.uint8, shape),
        *(*size, radius, *explained),
        *(moved.threshold, moved.span, gone.threshold, gone.span),
        output(moved.into, np.float32, shape),
        output(gone.into, np.float32, shape),
        output(scratch, np.float32, (scratch_size(size),)),
    )


def scratch_size(size: Size) -> int:
    """How many elements of scratch pictures of this size need."""
    samples = -(-size.width // 4) * -(-size.height // 4)
    return 11 * (size.width + 4) + samples
