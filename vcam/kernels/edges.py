"""The alpha of edges: levels, guided filter, clean plate and running mean in one pass."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from vcam.frames import Alpha, Image, Mask, Size
from vcam.kernels import ADDRESS, FLOAT, INT, Kernel, Library
from vcam.kernels.arrays import address, output

_EDGES = Kernel(
    "vcam_edges",
    *(ADDRESS, ADDRESS, INT, INT, INT, INT, FLOAT, FLOAT, FLOAT),
    *(ADDRESS, INT, INT, INT, INT, INT, INT),
    *(ADDRESS, ADDRESS, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT),
    *(ADDRESS, ADDRESS, ADDRESS),
)
_SCALES: Final = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5, 3))
"""Ratios of sizes that the kernel can enlarge by."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What a mask becomes: ``(mask - low) * gain``, within 0..255."""

    low: float
    gain: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How edges follow the picture in a part of it."""

    coefficients: Mask
    """Of :func:`vcam.kernels.guided_fit.guided_fit`."""
    left: int
    """Of the part, in the result."""
    top: int
    scale: Fraction
    """Pixels of the result for one pixel of ``coefficients``."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a picture shows the room."""

    difference: Alpha
    """Grey levels from the clean plate."""
    limit: float
    """The difference from which nothing is lowered."""
    steepness: float
    """Confidence that becomes 0, for each grey level below that."""
    most: float
    """The most confidence that becomes 0."""
    doubtful: tuple[float, float]
    """The confidence, 0..1, that may be lowered."""


def draw_edges(
    library: Library,
    mask: Mask,
    follow: Mask | None,
    keep: float,
    levels: Levels,
    fit: Fit | None,
    guide: Image,
    room: Room | None,
    shown: Mask,
    alpha: Alpha,
) -> None:
    """Draw the edges of ``mask`` into the running mean ``shown``, rounded to ``alpha``.

    ``mask`` and ``follow`` are on the grid, the others of the result's size.  In the part
    of ``fit`` the edges follow ``guide``, and are lowered where it shows the ``room``.  The
    mean follows at once where ``follow`` is 1, or everywhere if there is none; where it is
    0, ``keep`` of the mean remains.
    """
    grid, size = Size.of(mask), Size.of(shown)
    up, down = _scale(grid, size, Fraction(size.width, max(grid.width, 1)))
    shape = (size.height, size.width)
    part, place = Size(0, 0), (1, 1, 0, 0)
    if fit is not None:
        part = Size(*reversed(fit.coefficients.shape[1:]))
        enlarged = Size(int(part.width * fit.scale), int(part.height * fit.scale))
        place = (*_scale(part, enlarged, fit.scale), fit.left, fit.top)
        room_right = size.width - enlarged.width
        room_below = size.height - enlarged.height
        if not (0 <= fit.left <= room_right and 0 <= fit.top <= room_below):
            raise ValueError(f"{enlarged} at {fit.left}, {fit.top} is not within {size}")
    low, high = (0.0, 0.0) if room is None else room.doubtful
    scratch = np.zeros(13 * size.width + grid.width, np.float32)
    _EDGES(
        library,
        address(mask, np.float32, mask.shape),
        None if follow is None else address(follow, np.float32, mask.shape),
        *(grid.width, grid.height, up, down, levels.low, levels.gain, keep),
        None if fit is None else address(fit.coefficients, np.float32, (4, *part[::-1])),
        *(part.width, part.height, *place),
        address(guide, np.uint8, (*shape, 3)),
        None if room is None else address(room.difference, np.uint8, shape),
        *((0.0, 0.0, 0.0) if room is None else (room.limit, room.steepness, room.most)),
        *(low * 255, high * 255),
        output(shown, np.float32, shape),
        output(alpha, np.uint8, shape),
        output(scratch, np.float32, scratch.shape),
    )


def _scale(small: Size, large: Size, scale: Fraction) -> tuple[int, int]:
    """Both parts of ``scale``, if it makes ``large`` of ``small`` exactly."""
    up, down = scale.numerator, scale.denominator
    exact = Size(small.width // down * up, small.height // down * up) == large
    even = small.width % down == small.height % down == 0
    if scale not in _SCALES or not exact or not even or not min(small):
        raise ValueError(f"no kernel enlarges {small} to {large}")
    return up, down
