"""Finds the room in what claims to hide it."""

from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from vcam.frames import Image

COPY: Final = 1.1
"""Grey levels within which the steps from pixel to pixel of a copy follow the frame's, even
of a brighter copy.  Between two pictures of one room the camera's noise is larger."""
ALIKE: Final = 0.3
"""Correlation of a row with the frame's from which all rows are compared."""
COPIED: Final = 4
"""Distance between the columns that are compared for a copy."""
FLAT: Final = 8.0
"""Grey levels of contrast below which two plain walls may be equal by chance."""
WEAKEST: Final = 0.3
"""Share of the frame's contrast below which a copy does not count."""
FEWEST: Final = 125
"""Pixels of uncovered room that are needed for a comparison."""
COPIED_SHARE: Final = 0.9
"""Share of the pixels that agree if a picture is a copy."""


def copies(behind: Image, room: Image, uncovered: NDArray[np.bool_]) -> bool:
    """Whether a background is the frame itself: brighter, mirrored or moved sideways.

    All three have the same rows; ``uncovered`` is where no person is.
    """
    middle = len(behind) // 2
    line, own = (_steps(each[middle : middle + 1])[0] for each in (behind, room))
    for picture, other in ((room, own), (room[:, ::-1], -own[::-1])):
        right = _shift(line, other)
        if right is None:
            continue
        width = behind.shape[1] - abs(right)
        to, come = max(right, 0), max(-right, 0)
        there = np.s_[:, to : to + width]
        if _is_copy(behind[there], picture[:, come : come + width], uncovered[there]):
            return True
    return False


def _shift(line: NDArray[np.int16], other: NDArray[np.int16]) -> int | None:
    """How many pixels ``line`` is to the right of ``other``, or ``None`` if they differ."""
    one, two = line.astype(np.float32), other.astype(np.float32)
    energy = float(one @ one) * float(two @ two)
    if energy == 0:
        return None if one.any() or two.any() else 0  # two walls without any detail
    # By the cross-correlation theorem.
    size = 1 << line.size.bit_length()
    spectrum = cv2.mulSpectrums(_spectrum(one, size), _spectrum(two, size), 0, conjB=True)
    correlation = cv2.dft(spectrum, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)[0]
    right = int(correlation.argmax())
    if correlation[right] ** 2 < ALIKE**2 * energy:
        return None
    return right if right < size // 2 else right - size


def _spectrum(line: NDArray[np.float32], size: int) -> MatLike:
    padded = np.zeros((1, size), np.float32)
    padded[0, : line.size] = line
    return cv2.dft(padded)


def _is_copy(picture: Image, original: Image, where: NDArray[np.bool_]) -> bool:
    """Whether one follows the other's steps from pixel to pixel, including the noise.

    Another photograph of the same room, even by the same camera, does not.
    """
    every = np.s_[::2, ::COPIED]
    there = where[:, :-1][every]
    step, was = (_steps(each)[every] for each in (picture, original))
    uneven = there & (np.abs(was) > 1)
    if np.count_nonzero(uneven) < FEWEST:
        # It is drawn, not filmed: it has areas without noise, and so has a copy.
        one, two = (each[:, :-1][every][there] for each in (picture, original))
        return (
            two.size > 0
            and float(two.std()) > FLAT
            and float(np.mean(one == two)) > COPIED_SHARE
        )
    step, was = step[uneven].astype(np.float32), was[uneven].astype(np.float32)
    gain = float(step @ was) / float(was @ was)
    return (
        gain > WEAKEST and float(np.mean(np.abs(step - gain * was) <= COPY)) > COPIED_SHARE
    )


def _steps(image: Image) -> NDArray[np.int16]:
    """The differences along rows of the green channel."""
    green = image[:, :, 1].astype(np.int16)
    return green[:, 1:] - green[:, :-1]
