"""Checks that a finished picture is person over background, and nothing else.

It checks only the result against what it was made of, whatever made it.  It reads some
whole rows of the pictures, different ones in every frame: of 720 rows, all are read within
40 frames.  It reads a coarse sample of the whole mask.
"""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from vcam.backgrounds import HIDES_ROOM, Background
from vcam.backgrounds.blur import Blur
from vcam.errors import VcamError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking.credibility import allowed_by
from vcam.translation import tr

ROWS: Final = 18
"""Rows that are read of a picture.  Whole rows are faster to read than single pixels, and
miss no upright edge."""
BLEND: Final = 2
"""Grey levels by which a soft pixel may differ from the blend; the compositor's do by 1."""
COLUMNS: Final = 16
"""Distance between the columns in which alpha is compared with the evidence."""
TRACE: Final = 16
"""Alpha by which a matte may exceed what the evidence allows, for rounding and for places
between two cells.  Nothing of a room is recognisable through so little."""
FULL: Final = 0.975
"""Largest share of the picture that a matte may take.  If it takes more, the model is
broken or somebody is right in front of the lens."""
CERTAIN: Final = 0.9
"""Confidence above which a mask is certain of a pixel."""
EVERYTHING: Final = 0.98
"""Largest share of the picture that a mask may be certain of, for the same reason."""
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
BLURRED: Final = 0.6
"""Share of the frame's sharpness that a blurred room may have.  It is at most 0.42 in the
evaluation clips, and 1 for a copy."""
SMOOTH: Final = 0.8
"""Grey levels of sharpness that even a picture without detail may have."""
FEWEST: Final = 500
"""Pixels of uncovered room that are needed for a comparison."""
COPIED_SHARE: Final = 0.9
"""Share of the pixels that agree if a picture is a copy."""


class Withheld(VcamError):  # noqa: N818 - a decision, not a malfunction
    """This picture must not be sent; a card is sent instead."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished picture, with the evidence of how it was made."""

    image: Image
    alpha: Alpha | None
    """At the same size; ``None`` only for the plain room, which needs no mask."""
    behind: Image | None
    """The background that was painted for this frame; ``None`` only for the room."""
    mask: Mask | None
    """The model's answer for this frame; ``None`` only for the room."""
    matte_index: int | None
    """:attr:`Frame.index` of the frame that the mask was computed from."""
    frame: Frame
    """The frame that the picture shows."""
    background: Background
    """The choice that it was composited for."""
    foreground: Image | None = None
    """The person's own colours, or ``None`` for the frame's."""
    limit: Alpha | None = None
    """The most alpha that the evidence of the last frames allows, at any size, from
    :class:`~vcam.masking.credibility.Credibility`; ``None`` for what this mask allows."""


def examine(finished: Finished) -> None:
    """Raise :class:`Withheld` unless ``finished`` may be sent.

    It is not the plain room, which may always be sent when it is chosen.

    1. Its mask is of this very frame, and does not cover everything.
    2. Alpha is nowhere more than the evidence allows, and does not cover everything.
    3. The picture is the blend of person and background by that alpha: exactly the frame's
       pixels where alpha is 255, and exactly the background's where it is 0.
    4. The background is not a copy of the frame.  For a blurred room, it is blurred.

    This takes a few tenths of a millisecond at 1280x720.
    """
    image, alpha, behind = finished.image, finished.alpha, finished.behind
    mask, frame = finished.mask, finished.frame
    if alpha is None or behind is None or mask is None or finished.matte_index is None:
        raise Withheld(tr("There is no mask of this picture"))
    if finished.matte_index != frame.index:
        raise Withheld(tr("The mask is of another picture"))
    person = frame.image if finished.foreground is None else finished.foreground
    for array in (image, behind, person, alpha):
        if not isinstance(array, np.ndarray) or array.dtype != np.uint8:
            raise Withheld(tr("The mask or the picture is not an image"))
    shape = (*alpha.shape, 3)
    if alpha.ndim != 2 or any(
        each.shape != shape for each in (image, behind, person, frame.image)
    ):
        raise Withheld(tr("The mask does not fit the picture"))
    if np.shares_memory(behind, frame.image) or np.shares_memory(behind, person):
        raise Withheld(tr("The background is the room itself"))
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
            raise Withheld(tr("The person is not the frame's"))
    background = finished.background
    uncovered = weight == 0
    if isinstance(background, Blur):
        _examine_blur(back, room, uncovered, background.sigma_px(Size.of(alpha)))
    elif background.exposure == HIDES_ROOM:
        _examine_cover(back, room, uncovered)


def _rows(height: int, index: int) -> slice:
    """The rows to read: evenly spaced, and evenly spread over the last frames, too."""
    every, step = _spacing(height)
    return slice(index * step % every, None, every)


@lru_cache
def _spacing(height: int) -> tuple[int, int]:
    """The distance between two rows, and by how much they are moved from frame to frame."""
    every = max(1, height // ROWS)
    # The golden ratio spreads best.  Without a common divisor no row is left out.
    steps = itertools.count(round(0.618034 * every))
    return every, next(each for each in steps if math.gcd(each, every) == 1)


def _at(limit: Alpha, size: Size, rows: slice) -> Alpha:
    """``limit`` at these rows and at every few columns of a picture of ``size``."""
    down, across = limit.shape
    y = _places(size.height, down)[rows]
    x = _places(size.width, across)[::COLUMNS]
    # The largest of a pixel and its neighbours, because a place may lie between two.
    near = np.maximum(limit[np.maximum(y - 1, 0)], limit[np.minimum(y + 1, down - 1)])
    np.maximum(near, limit[y], out=near)
    most = np.maximum(near[:, np.maximum(x - 1, 0)], near[:, np.minimum(x + 1, across - 1)])
    return np.asarray(np.maximum(most, near[:, x]), np.uint8)


@lru_cache
def _places(count: int, fewer: int) -> NDArray[np.int64]:
    """Where each of ``count`` rows or columns is when there are only ``fewer``."""
    places = np.arange(count) * fewer // count
    places.flags.writeable = False
    return places


def _taken_whole() -> Withheld:
    return Withheld(
        tr("The whole picture is taken for a person"),
        tr("Move back from the camera a little"),
    )


def _examine_evidence(mask: Mask, limit: Alpha) -> None:
    if not isinstance(limit, np.ndarray) or limit.dtype != np.uint8 or limit.ndim != 2:
        raise Withheld(tr("There is no valid evidence"))
    few = cv2.resize(mask, (64, 36), interpolation=cv2.INTER_NEAREST)
    # Written so that a mask with NaN fails, too.
    if not np.count_nonzero(few <= CERTAIN) >= (1 - EVERYTHING) * few.size:
        raise _taken_whole()


def _examine_alpha(alpha: Alpha, allowed: Alpha) -> None:
    if cv2.mean(alpha)[0] > FULL * 255:
        raise _taken_whole()
    few = np.ascontiguousarray(alpha[:, ::COLUMNS])
    if cv2.subtract(few, allowed).max() > TRACE:
        raise Withheld(tr("The matte is more than the evidence"))


def _examine_blend(image: Image, alpha: Alpha, person: Image, behind: Image) -> None:
    weight = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    blend = cv2.multiply(person, weight, scale=1 / 255)
    cv2.bitwise_not(weight, weight)
    cv2.add(blend, cv2.multiply(behind, weight, weight, 1 / 255), blend)
    off = cv2.absdiff(blend, image, blend)
    if cv2.norm(off, cv2.NORM_INF) > BLEND:
        raise Withheld(tr("The picture is not the blend of person and background"))
    hard = cv2.bitwise_not(cv2.inRange(alpha, 1, 254))
    if cv2.norm(off, cv2.NORM_INF, hard) > 0:
        raise Withheld(tr("The picture is not the blend of person and background"))


def _examine_blur(
    behind: Image, room: Image, uncovered: NDArray[np.bool_], sigma_px: float
) -> None:
    # A Gaussian removes most of what changes within half of its standard deviation.
    lag = max(1, round(sigma_px / 2))
    behind, room, uncovered = behind[::2], room[::2], uncovered[::2]
    there = uncovered[:, : -2 * lag] & uncovered[:, lag:-lag] & uncovered[:, 2 * lag :]
    if np.count_nonzero(there) < FEWEST:
        return
    was, now = (_sharpness(each, there, lag) for each in (room, behind))
    if now > SMOOTH and now > BLURRED * was:
        raise Withheld(tr("The room is not blurred"))


def _sharpness(image: Image, there: NDArray[np.bool_], lag: int) -> float:
    """The mean second difference along rows of the green channel, in grey levels."""
    green = image[:, :, 1].astype(np.int16)
    second = green[:, : -2 * lag] - 2 * green[:, lag:-lag] + green[:, 2 * lag :]
    return float(np.abs(second)[there].mean())


def _examine_cover(behind: Image, room: Image, uncovered: NDArray[np.bool_]) -> None:
    """Raise if the background is the frame itself: brighter, mirrored or moved sideways."""
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
            raise Withheld(tr("The background is a copy of the room"))


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
    if np.count_nonzero(uneven) < FEWEST // 4:
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
