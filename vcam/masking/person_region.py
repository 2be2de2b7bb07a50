"""Where the person is: the square that the close look is made of."""

import math
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Mask, Size
from vcam.masking.working_sizes import Box


class Sides(NamedTuple):
    """A rectangle in frame pixels."""

    left: float
    top: float
    right: float
    bottom: float


class Region:
    """The square round the person, which follows them calmly."""

    _COARSE: Final = Size(64, 36)
    _SEEN: Final = 0.5
    _CALM: Final = 0.06
    _JUMP: Final = 0.25
    _STEP: Final = 0.35

    def __init__(self, frame: Size) -> None:
        """Nobody seen yet."""
        self._frame = frame
        self._last: Mask | None = None
        self._sides: Sides | None = None

    @property
    def found(self) -> bool:
        """Whether there is somebody to look at."""
        return self._sides is not None

    @property
    def zoom(self) -> float:
        """How many times more pixels, each way, the close look spends on the person."""
        if self._sides is None:
            return 1.0
        side = max(
            self._sides.right - self._sides.left, self._sides.bottom - self._sides.top
        )
        # A square model's side is 16/9 of the wide model's height.
        return math.sqrt(self._frame.width * self._frame.height * 16 / 9) / side

    def box(self, size: Size) -> Box:
        """The region in a picture of the whole frame of this size; at least 2x2."""
        if self._sides is None:
            return Box(0, 0, size.width, size.height)
        x, y = size.width / self._frame.width, size.height / self._frame.height
        left, top, right, bottom = self._sides
        box_left = min(max(round(left * x), 0), max(size.width - 2, 0))
        box_top = min(max(round(top * y), 0), max(size.height - 2, 0))
        return Box(
            box_left,
            box_top,
            min(max(round(right * x), box_left + 2), size.width),
            min(max(round(bottom * y), box_top + 2), size.height),
        )

    def follow(self, confidence: Mask, margin: float) -> None:
        """Go where the person is now, keeping a moment where they just were."""
        coarse = cv2.resize(confidence, self._COARSE, interpolation=cv2.INTER_AREA)
        now = np.asarray(coarse, np.float32)
        lingering = now if self._last is None else np.maximum(now, self._last * 0.9)
        self._last = now
        there = lingering > self._SEEN
        if np.count_nonzero(there) < 8:
            self._sides = None
            return
        person = self._bounds(there)
        target = self._square_round(person, margin)
        if self._sides is None or not _inside(person, self._sides):
            self._sides = target
        else:
            self._go(self._sides, target)

    def seek(self, moved: Mask) -> None:
        """Nobody is seen: look where something moves, at full height."""
        there = cv2.resize(moved, self._COARSE, interpolation=cv2.INTER_AREA) > 0.5
        if not 0.01 < np.count_nonzero(there) / there.size < 0.5:
            return
        columns = np.flatnonzero(there.any(0))
        height, width = self._frame.height, self._frame.width
        middle = (columns[0] + columns[-1] + 1) / 2 * width / self._COARSE.width
        side = min(max((columns[-1] + 1 - columns[0]) * width / 64, height), width)
        left = min(max(middle - side / 2, 0), width - side)
        self._sides = Sides(left, 0.0, left + side, float(height))

    def _bounds(self, there: NDArray[np.bool_]) -> Sides:
        across = self._frame.width / self._COARSE.width
        down = self._frame.height / self._COARSE.height
        left, top, columns, rows = cv2.boundingRect(there.astype(np.uint8))
        return Sides(
            left * across, top * down, (left + columns) * across, (top + rows) * down
        )

    def _square_round(self, person: Sides, margin: float) -> Sides:
        width, height = self._frame
        left, top, right, bottom = person
        across, down = (right - left) * margin, (bottom - top) * margin
        # Where a square as high as the frame holds the person, it is not made wider for
        # the margin's sake: it would be no square.
        across = min(across, max(min(width, height) - (right - left), 0.0) / 2)
        down = min(down, max(min(width, height) - (bottom - top), 0.0) / 2)
        left, right = max(left - across, 0.0), min(right + across, float(width))
        top, bottom = max(top - down, 0.0), min(bottom + down, float(height))
        if person.left == 0 or person.right == width:
            # Of somebody who is cut off, what is in sight says little: on a shoulder alone
            # the close look sees nobody, and would outvote the wide one.
            top, bottom = min(top, float(height - min(width, height))), float(height)
        # Grown to a square: sideways evenly, else upwards, where heads and hands go.
        if right - left < bottom - top:
            more = (bottom - top) - (right - left)
            left, right = left - more / 2, right + more / 2
        else:
            top = bottom - (right - left)
        left, right = _pushed_inside(left, right, width)
        top, bottom = _pushed_inside(top, bottom, height)
        return Sides(left, top, right, bottom)

    def _go(self, now: Sides, target: Sides) -> None:
        side = max(target.right - target.left, target.bottom - target.top)
        off = max(abs(to - at) for to, at in zip(target, now, strict=True)) / side
        if off > self._JUMP:
            self._sides = target
        elif off > self._CALM:
            self._sides = Sides(
                *(at + self._STEP * (to - at) for to, at in zip(target, now, strict=True))
            )


def _inside(inner: Sides, outer: Sides) -> bool:
    return (
        inner.left >= outer.left
        and inner.top >= outer.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def _pushed_inside(low: float, high: float, limit: int) -> tuple[float, float]:
    length = high - low
    if length >= limit:
        return 0.0, float(limit)
    low = min(max(low, 0.0), limit - length)
    return low, low + length
