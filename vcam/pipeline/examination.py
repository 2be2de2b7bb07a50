"""The proof that a finished picture is what it says: person over background, and no more.

Whatever made the picture, this looks only at the result and at what it was made of.  It
reads some whole rows of the pictures, others in every frame: of 720 rows each has had its
turn after 40 frames.  Of the mask it reads a coarse sample of the whole.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.backgrounds import HIDES_ROOM, Background
from vcam.backgrounds.blur import Blur
from vcam.errors import VcamError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking.credibility import allowed_by

ROWS: Final = 18
"""A few whole rows cost less than as many pixels one by one, and miss no upright edge."""
BLEND: Final = 2
"""Grey levels by which a soft pixel may differ from the exact blend; the compositor: 1."""
COLUMNS: Final = 16
"""Alpha is compared with the evidence in one of so many columns."""
TRACE: Final = 16
"""Alpha by which a matte may exceed what the evidence allows: rounding, and places between
two cells.  Nothing of a room can be told through so little."""
FULL: Final = 0.975
"""A matte that takes more than this share of the picture is a broken model's, or that of a
nose at the lens."""
CERTAIN: Final = 0.9
EVERYTHING: Final = 0.98
"""So is a mask that is certain of more than this share of the picture."""
COPY: Final = 1.1
"""Grey levels within which a copy of the frame, perhaps brighter, follows it from pixel to
pixel; between two pictures of one room the camera's noise alone is more."""
ALIKE: Final = 0.3
"""Correlation of a row with the frame's from which the rows around are compared, too."""
COPIED: Final = 4
"""One of so many columns is compared."""
FLAT: Final = 8.0
"""Grey levels of contrast below which two plain walls may well be equal."""
WEAKEST: Final = 0.3
"""A copy with less of the frame's contrast than this is as good as none."""
BLURRED: Final = 0.6
"""Of the frame's sharpness that a blurred room may have; at most 0.42 in the evaluation
clips, and 1 for a copy."""
SMOOTH: Final = 0.8
"""Grey levels of sharpness that a picture without any detail may have."""
FEWEST: Final = 500
"""Pixels of uncovered room that are needed to compare the two."""


class Withheld(VcamError):  # noqa: N818 - a verdict, not an accident
    """The law forbids this picture; a card goes out instead."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture at the end of the line, with the evidence of how it was made."""

    image: Image
    alpha: Alpha | None
    """Of the same size; ``None`` only for the plain room, which needs no mask."""
    behind: Image | None
    """What the background's painter painted for this frame; ``None`` only for the room."""
    mask: Mask | None
    """What the model said of this frame; ``None`` only for the room."""
    matte_index: int | None
    """:attr:`Frame.index` of the frame that the mask was computed from."""
    frame: Frame
    """The frame that the picture shows."""
    background: Background
    """The choice it was composited for."""
    foreground: Image | None = None
    """The person's own colours; ``None``: the frame's."""
    limit: Alpha | None = None
    """The most alpha that the evidence of the last frames allows, of any size, as of
    :class:`~vcam.masking.credibility.Credibility`; ``None``: what this mask allows."""


def examine(finished: Finished) -> None:
    """Raise :class:`Withheld` unless ``finished``, which is not the plain room, may leave.

    1. Its mask is of this very frame, and is no mask of everything.
    2. Alpha is nowhere more than the evidence allows, and leaves some of the picture.
    3. The picture is the blend of person and background by that alpha; the person's pixels
       are the frame's where alpha is 255, and the background's where it is 0.
    4. The background is no copy of the frame or, for a blurred room, is blurred.

    Costs a few tenths of a millisecond at 1280x720.
    """
    image, alpha, behind = finished.image, finished.alpha, finished.behind
    mask, frame = finished.mask, finished.frame
    if alpha is None or behind is None or mask is None or finished.matte_index is None:
        raise Withheld("There is no mask of this picture")
    if finished.matte_index != frame.index:
        raise Withheld("The mask is of another picture")
    person = frame.image if finished.foreground is None else finished.foreground
    for array in (image, behind, person, alpha):
        if not isinstance(array, np.ndarray) or array.dtype != np.uint8:
            raise Withheld("The mask or the picture is not one")
    shape = (*alpha.shape, 3)
    if alpha.ndim != 2 or any(
        each.shape != shape for each in (image, behind, person, frame.image)
    ):
        raise Withheld("The mask does not fit the picture")
    if np.shares_memory(behind, frame.image) or np.shares_memory(behind, person):
        raise Withheld("The background is the room itself")
    limit = allowed_by(mask) if finished.limit is None else finished.limit
    rows = _rows(alpha.shape[0], frame.index)
    _examine_evidence(mask, limit)
    weight = alpha[rows]
    _examine_alpha(weight, _at(limit, Size.of(alpha), rows))
    shown, back, own, room = (each[rows] for each in (image, behind, person, frame.image))
    _examine_blend(shown, weight, own, back)
    if person is not frame.image:
        opaque = cv2.inRange(weight, 255, 255)
        if cv2.norm(own, room, cv2.NORM_INF, opaque) > 0:
            raise Withheld("The person is not the frame's")
    background = finished.background
    uncovered = weight == 0
    if isinstance(background, Blur):
        _examine_blur(back, room, uncovered, background.sigma_px(Size.of(alpha)))
    elif background.exposure == HIDES_ROOM:
        _examine_cover(back, room, uncovered)


def _rows(height: int, index: int) -> slice:
    """Which rows to look at: evenly spread, and spread evenly over the last frames, too."""
    every = max(1, height // ROWS)
    # The golden section spreads best; without a common divisor no row is left out.
    steps = itertools.count(round(0.618034 * every))
    step = next(each for each in steps if math.gcd(each, every) == 1)
    return slice(index * step % every, None, every)


def _at(limit: Alpha, size: Size, rows: slice) -> Alpha:
    """``limit`` at those rows, and some columns, of a picture of ``size``."""
    down, across = limit.shape
    y = np.arange(size.height)[rows] * down // size.height
    x = np.arange(size.width)[::COLUMNS] * across // size.width
    # Its neighbours, too: what lies between two of its pixels may have the higher one's.
    near = np.maximum(limit[np.maximum(y - 1, 0)], limit[np.minimum(y + 1, down - 1)])
    np.maximum(near, limit[y], out=near)
    most = np.maximum(near[:, np.maximum(x - 1, 0)], near[:, np.minimum(x + 1, across - 1)])
    return np.asarray(np.maximum(most, near[:, x]), np.uint8)


def _taken_whole() -> Withheld:
    return Withheld(
        "The whole picture is taken for a person", "Move back from the camera a little"
    )


def _examine_evidence(mask: Mask, limit: Alpha) -> None:
    if not isinstance(limit, np.ndarray) or limit.dtype != np.uint8 or limit.ndim != 2:
        raise Withheld("The evidence is none")
    few = cv2.resize(mask, (64, 36), interpolation=cv2.INTER_NEAREST)
    # Written so that a mask that is not finite fails too.
    if not np.count_nonzero(few <= CERTAIN) >= (1 - EVERYTHING) * few.size:
        raise _taken_whole()


def _examine_alpha(alpha: Alpha, allowed: Alpha) -> None:
    if cv2.mean(alpha)[0] > FULL * 255:
        raise _taken_whole()
    few = np.ascontiguousarray(alpha[:, ::COLUMNS])
    if cv2.subtract(few, allowed).max() > TRACE:
        raise Withheld("The matte is more than the evidence")


def _examine_blend(image: Image, alpha: Alpha, person: Image, behind: Image) -> None:
    weight = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    blend = cv2.multiply(person, weight, scale=1 / 255)
    cv2.bitwise_not(weight, weight)
    cv2.add(blend, cv2.multiply(behind, weight, weight, 1 / 255), blend)
    off = cv2.absdiff(blend, image, blend)
    if cv2.norm(off, cv2.NORM_INF) > BLEND:
        raise Withheld("The picture is not the blend of person and background")
    hard = cv2.bitwise_not(cv2.inRange(alpha, 1, 254))
    if cv2.norm(off, cv2.NORM_INF, hard) > 0:
        raise Withheld("The picture is not the blend of person and background")


def _examine_blur(
    behind: Image, room: Image, uncovered: NDArray[np.bool_], sigma_px: float
) -> None:
    # A Gaussian leaves least of what changes within half of its standard deviation.
    lag = max(1, round(sigma_px / 2))
    behind, room, uncovered = behind[::2], room[::2], uncovered[::2]
    there = uncovered[:, : -2 * lag] & uncovered[:, lag:-lag] & uncovered[:, 2 * lag :]
    if np.count_nonzero(there) < FEWEST:
        return
    was, now = (_sharpness(each, there, lag) for each in (room, behind))
    if now > SMOOTH and now > BLURRED * was:
        raise Withheld("The room is not blurred")


def _sharpness(image: Image, there: NDArray[np.bool_], lag: int) -> float:
    """The mean second difference along rows, of green alone, in grey levels."""
    green = image[:, :, 1].astype(np.int16)
    second = green[:, : -2 * lag] - 2 * green[:, lag:-lag] + green[:, 2 * lag :]
    return float(np.abs(second)[there].mean())


def _examine_cover(behind: Image, room: Image, uncovered: NDArray[np.bool_]) -> None:
    """Is the background the frame itself: brighter, mirrored or moved sideways?"""
    middle = len(behind) // 2
    line, own = (_steps(each[middle : middle + 1])[0] for each in (behind, room))
    for picture, other in ((room, own), (room[:, ::-1], -own[::-1])):
        right = _shift(line, other)
        if right is None:
            continue
        width = behind.shape[1] - abs(right)
        to, come = max(right, 0), max(-right, 0)
        if _is_copy(
            behind[:, to : to + width],
            picture[:, come : come + width],
            uncovered[:, to : to + width],
        ):
            raise Withheld("The background is a copy of the room")


def _shift(line: NDArray[np.int16], other: NDArray[np.int16]) -> int | None:
    """By how many pixels ``line`` is to the right of ``other``; ``None``: they differ."""
    one, two = line.astype(np.float32), other.astype(np.float32)
    energy = float(one @ one) * float(two @ two)
    if energy == 0:
        return None if one.any() or two.any() else 0  # two walls without any detail
    # The cross-correlation theorem.
    size = 1 << line.size.bit_length()
    spectrum = np.fft.rfft(one, size) * np.fft.rfft(two, size).conj()
    correlation = np.fft.irfft(spectrum, size)
    right = int(correlation.argmax())
    if correlation[right] ** 2 < ALIKE**2 * energy:
        return None
    return right if right < size // 2 else right - size


def _is_copy(picture: Image, original: Image, where: NDArray[np.bool_]) -> bool:
    """Whether one follows the other's steps from pixel to pixel, noise and all.

    Another photograph of the same room, even by the same camera, does not.
    """
    every = np.s_[::2, ::COPIED]
    there = where[:, :-1][every]
    step, was = (_steps(each)[every] for each in (picture, original))
    uneven = there & (np.abs(was) > 1)
    if np.count_nonzero(uneven) < FEWEST // 4:
        # Drawn, not filmed: it has areas without noise, which a copy has, too.
        one, two = (each[:, :-1][every][there] for each in (picture, original))
        return two.size > 0 and float(two.std()) > FLAT and float(np.mean(one == two)) > 0.9
    step, was = step[uneven].astype(np.float32), was[uneven].astype(np.float32)
    gain = float(step @ was) / float(was @ was)
    return gain > WEAKEST and float(np.mean(np.abs(step - gain * was) <= COPY)) > 0.9


def _steps(image: Image) -> NDArray[np.int16]:
    green = image[:, :, 1].astype(np.int16)
    return green[:, 1:] - green[:, :-1]
