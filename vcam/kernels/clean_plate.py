"""The picture compared with the clean plate; see :mod:`vcam.masking.clean_plate`."""

import ctypes
from dataclasses import dataclass

import numpy as np

from vcam.frames import Alpha, Image, Mask, Size
from vcam.kernels import ADDRESS, COUNT, FLOAT, INT, Kernel, Library
from vcam.kernels.arrays import address, apart, output
from vcam.kernels.edges import Room

_DIFFERENCE = Kernel("vcam_plate_difference", ADDRESS, ADDRESS, ADDRESS, ADDRESS, COUNT)
_EXPOSURE = Kernel(
    *("vcam_plate_exposure", ADDRESS, ADDRESS, ADDRESS, INT, INT, INT, INT, INT),
    *(ADDRESS, ADDRESS),
    returns=INT,
)
_LEARN = Kernel(
    *("vcam_plate_learn", ADDRESS, ADDRESS, ADDRESS, INT, INT),
    *(ADDRESS, ADDRESS, ADDRESS, INT, ADDRESS, INT, INT),
    *(FLOAT, FLOAT, FLOAT, INT, INT, ADDRESS),
)
_LOWER = Kernel(
    *("vcam_plate_lower", ADDRESS, ADDRESS, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, COUNT),
)


def difference(
    library: Library, picture: Image, plate: Image, unknown: Alpha, into: Alpha
) -> None:
    """Fill ``into`` with the grey levels between picture and plate, per pixel.

    The channel that differs most counts.  It is at least ``unknown``.
    """
    shape = (*unknown.shape[:2], 3)
    for given in (picture, plate, unknown):
        apart(into, given)
    _DIFFERENCE(
        library,
        address(picture, np.uint8, shape),
        address(plate, np.uint8, shape),
        address(unknown, np.uint8, shape[:2]),
        output(into, np.uint8, shape[:2]),
        unknown.size,
    )


def exposure(
    library: Library,
    picture: Image,
    plate: Image,
    unknown: Alpha,
    *,
    step: int,
    fewest: int,
    limit: int,
) -> tuple[list[int], int] | None:
    """By how many grey levels the picture is brighter, per channel; and the noise.

    Medians of every ``step``-th pixel each way that is known; the first are at most
    ``limit``.  ``None`` if those are less than ``fewest``.
    """
    if step < 1 or fewest < 1 or not 0 <= limit < 256:
        raise ValueError(f"step {step}, fewest {fewest}, limit {limit}")
    shape = (*unknown.shape[:2], 3)
    brighter = (ctypes.c_int32 * 3)()
    noise = ctypes.c_int32()
    known = _EXPOSURE(
        library,
        address(picture, np.uint8, shape),
        address(plate, np.uint8, shape),
        address(unknown, np.uint8, shape[:2]),
        *Size.of(unknown),
        *(step, fewest, limit, ctypes.addressof(brighter), ctypes.addressof(noise)),
    )
    return None if known < fewest else (list(brighter), noise.value)


@dataclass(frozen=True, slots=True)
class Rules:
    """When a plate is learnt; see :mod:`vcam.masking.clean_plate`."""

    room: float
    """Mask up to which, if all around is as well, a pixel is room."""
    rests: float
    """Motion up to which it is learnt."""
    person: float
    """Mask from which a plate that claims room is contradicted."""
    enough: int
    """Updates from which the room is known."""
    most: int
    """Most updates that count."""


def learn(
    library: Library,
    plate: Image,
    picture: Image,
    unknown: Alpha,
    mask: Mask,
    moved: Mask,
    difference: Alpha,
    claims: int,
    updates: Alpha,
    rules: Rules,
    scratch: Image,
) -> None:
    """Move ``plate`` a quarter of the way to ``picture`` where there is room at rest.

    All of the way where there are no ``updates`` yet, which are counted; ``unknown`` is
    found anew.  The plate claims room where ``difference`` is less than ``claims``.  The
    first three are of the picture's size, the others on the grid.
    """
    apart(plate, picture)
    size, grid = Size.of(plate), Size.of(mask)
    shape, cells = mask.shape[:2], 2 * mask.size + grid.width + 4
    _LEARN(
        library,
        output(plate, np.uint8, (size.height, size.width, 3)),
        address(picture, np.uint8, plate.shape),
        output(unknown, np.uint8, plate.shape[:2]),
        *size,
        address(mask, np.float32, shape),
        address(moved, np.float32, shape),
        address(difference, np.uint8, shape),
        claims,
        output(updates, np.uint8, shape),
        *(*grid, rules.room, rules.rests, rules.person, rules.enough, rules.most),
        output(scratch.reshape(-1)[:cells], np.uint8, (cells,)),
    )


def lower(library: Library, mask: Mask, room: Room) -> None:
    """Lower ``mask``, 0.0..1.0, in place, where it is doubtful and shows the ``room``."""
    shape = mask.shape[:2]
    _LOWER(
        library,
        output(mask, np.float32, shape),
        address(room.difference, np.uint8, shape),
        *(room.limit, room.steepness, room.most, *room.doubtful, mask.size),
    )
