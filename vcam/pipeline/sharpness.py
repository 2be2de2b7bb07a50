"""Finds detail of the room in what claims to show it out of focus."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image

BLURRED: Final = 0.6
"""Share of the frame's sharpness that a blurred room may have.  It is at most 0.42 in the
evaluation clips, and 1 for a copy."""
DEFOCUSED, FINER = 0.85, 0.75
"""The same where lamps are in the room, whose discs have edges: of what changes as slowly
as in a Gaussian, and of what changes twice as fast.  They are at most 0.83 and 0.70 in dark
rooms full of lamps."""
FOLLOWED: Final = 0.2
"""Share of the room's own detail, in its very place, that may be left then.  It is at most
0.03 behind discs, however sharp their edges are, and 0.6 after a Gaussian of a tenth."""
SMOOTH: Final = 0.8
"""Grey levels of sharpness that even a picture without detail may have."""
FEWEST: Final = 500
"""Pixels of uncovered room that are needed for a comparison."""


def is_blurred(
    behind: Image, room: Image, uncovered: NDArray[np.bool_], sigma_px: float
) -> bool:
    """Whether ``behind`` may be the room out of focus by this standard deviation.

    All have the same rows; ``uncovered`` is where no person is.
    """
    # Most of what changes within half of the standard deviation is removed.
    return not _is_sharp(behind, room, uncovered, sigma_px / 2, BLURRED)


def are_discs(
    behind: Image, room: Image, uncovered: NDArray[np.bool_], sigma_px: float
) -> bool:
    """Whether ``behind`` may be the room with lamps behind discs of this deviation.

    Much more must be given than some rows: the light of a lamp is in many of them, and the
    lamp may be in none.
    """
    # The edge of a disc is as soft as the small picture it was computed in.
    return not (
        _is_sharp(behind, room, uncovered, sigma_px / 2, DEFOCUSED)
        or _is_sharp(behind, room, uncovered, sigma_px / 4, FINER)
        or _follows(behind, room, uncovered, sigma_px / 2)
    )


def _is_sharp(
    behind: Image,
    room: Image,
    uncovered: NDArray[np.bool_],
    lag_px: float,
    most: float,
) -> bool:
    """Whether more than ``most`` is left of what changes in the room within ``lag_px``."""
    was, now = _details(behind, room, uncovered, lag_px)
    if was.size < FEWEST:
        return False
    sharpness = float(np.abs(now).mean())
    return sharpness > SMOOTH and sharpness > most * float(np.abs(was).mean())


def _follows(
    behind: Image, room: Image, uncovered: NDArray[np.bool_], lag_px: float
) -> bool:
    """Whether what changes in the room within ``lag_px`` changes in the same places."""
    was, now = (
        each.astype(np.float32) for each in _details(behind, room, uncovered, lag_px)
    )
    if was.size < FEWEST or float(np.abs(now).mean()) <= SMOOTH:
        return False
    return float(now @ was) > FOLLOWED * float(was @ was)


def _details(
    behind: Image, room: Image, uncovered: NDArray[np.bool_], lag_px: float
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Those of the room, and of what is behind, where the room is uncovered."""
    lag = max(1, round(lag_px))
    behind, room, uncovered = behind[::2], room[::2], uncovered[::2]
    there = uncovered[:, : -2 * lag] & uncovered[:, lag:-lag] & uncovered[:, 2 * lag :]
    return _second(room, lag)[there], _second(behind, lag)[there]


def _second(image: Image, lag: int) -> NDArray[np.int16]:
    """The second differences along rows of the green channel, in grey levels."""
    green = image[:, :, 1].astype(np.int16)
    return green[:, : -2 * lag] - 2 * green[:, lag:-lag] + green[:, 2 * lag :]
