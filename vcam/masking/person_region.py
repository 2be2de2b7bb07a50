"""The square around the person that the close-up is taken of."""

import math
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Mask, Size
from vcam.masking.working_sizes import Box

_COARSE: Final = Size(64, 36)
"""Size at which the person is located."""
_SEEN: Final = 0.5
"""Confidence above which a pixel of that size belongs to a person."""
_LINGERS: Final = 0.9
"""Share of the last frame's confidence that still counts, for parts that flicker."""
_FEWEST: Final = 8
"""Pixels of that size that a person has at least."""
_MOVES: Final = 0.5
"""Motion above which a pixel of that size moves."""
_MOVING: Final = (0.01, 0.5)
"""Range of the share of the frame that moves when somebody may have come in."""
_LOWER: Final = 0.7
"""Share of the square's width and height that its lower middle has."""
_CALM: Final = 0.06
"""Offset from the target, as a share of its side, up to which the square stays."""
_JUMP: Final = 0.25
"""Offset from the target, as a share of its side, beyond which the square jumps to it."""
_STEP: Final = 0.35
"""Share of the offset by which the square otherwise moves in one frame."""


class Sides(NamedTuple):
    """A rectangle in frame pixels."""

    left: float
    top: float
    right: float
    bottom: float


class PersonRegion:
    """The square around the person, which follows them smoothly."""

    def __init__(self, frame: Size) -> None:
        """Nobody seen yet."""
        self._frame = frame
        self._last: Mask | None = None
        self._sides: Sides | None = None

    @property
    def found(self) -> bool:
        """Whether there is somebody to take a close-up of."""
        return self._sides is not None

    @property
    def zoom(self) -> float:
        """How many times as many pixels, each way, the person has in the close-up."""
        if self._sides is None:
            return 1.0
        side = max(
            self._sides.right - self._sides.left, self._sides.bottom - self._sides.top
        )
        # A square model's side is 16/9 of the wide model's height.
        return math.sqrt(self._frame.width * self._frame.height * 16 / 9) / side

    def box(self, size: Size) -> Box:
        """The region in a picture of this size of the whole frame; at least 2x2 pixels."""
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

    def lower_box(self, size: Size) -> Box:
        """The lower middle of :meth:`box`, where arms and hands are."""
        left, top, right, bottom = self.box(size)
        width, height = round(_LOWER * (right - left)), round(_LOWER * (bottom - top))
        left += (right - left - width) // 2
        return Box(left, bottom - height, left + width, bottom)

    def follow(self, confidence: Mask, margin: float) -> None:
        """Move to where the person is now; where they just were counts a little longer."""
        coarse = cv2.resize(confidence, _COARSE, interpolation=cv2.INTER_AREA)
        now = np.asarray(coarse, np.float32)
        lingering = now if self._last is None else np.maximum(now, self._last * _LINGERS)
        self._last = now
        there = lingering > _SEEN
        if np.count_nonzero(there) < _FEWEST:
            self._sides = None
            return
        person = self._bounds(there)
        target = self._square_around(person, margin)
        if self._sides is None or not _inside(person, self._sides):
            self._sides = target
        else:
            self._move(self._sides, target)

    def seek(self, moved: Mask) -> None:
        """Without a person, take the region where something moves, at full height."""
        there = cv2.resize(moved, _COARSE, interpolation=cv2.INTER_AREA) > _MOVES
        least, most = _MOVING
        if not least < np.count_nonzero(there) / there.size < most:
            return
        columns = np.flatnonzero(there.any(0))
        height, width = self._frame.height, self._frame.width
        middle = (columns[0] + columns[-1] + 1) / 2 * width / _COARSE.width
        side = (columns[-1] + 1 - columns[0]) * width / _COARSE.width
        side = min(max(side, height), width)
        left = min(max(middle - side / 2, 0), width - side)
        self._sides = Sides(left, 0.0, left + side, float(height))

    def _bounds(self, there: NDArray[np.bool_]) -> Sides:
        across = self._frame.width / _COARSE.width
        down = self._frame.height / _COARSE.height
        left, top, columns, rows = cv2.boundingRect(there.astype(np.uint8))
        return Sides(
            left * across, top * down, (left + columns) * across, (top + rows) * down
        )

    def _square_around(self, person: Sides, margin: float) -> Sides:
        width, height = self._frame
        left, top, right, bottom = person
        across, down = (right - left) * margin, (bottom - top) * margin
        # A square as high as the frame that holds the person is not widened for the
        # margin: it would no longer be a square.
        across = min(across, max(min(width, height) - (right - left), 0.0) / 2)
        down = min(down, max(min(width, height) - (bottom - top), 0.0) / 2)
        left, right = max(left - across, 0.0), min(right + across, float(width))
        top, bottom = max(top - down, 0.0), min(bottom + down, float(height))
        if person.left == 0 or person.right == width:
            # The person may be cut off by the frame.  A close-up of a shoulder alone shows
            # nobody to the model, and would outvote the wide view.
            top, bottom = min(top, float(height - min(width, height))), float(height)
        # It grows to a square: evenly to both sides, or upwards, towards head and hands.
        if right - left < bottom - top:
            more = (bottom - top) - (right - left)
            left, right = left - more / 2, right + more / 2
        else:
            top = bottom - (right - left)
        left, right = _pushed_inside(left, right, width)
        top, bottom = _pushed_inside(top, bottom, height)
        return Sides(left, top, right, bottom)

    def _move(self, now: Sides, target: Sides) -> None:
        side = max(target.right - target.left, target.bottom - target.top)
        off = max(abs(to - at) for to, at in zip(target, now, strict=True)) / side
        if off > _JUMP:
            self._sides = target
        elif off > _CALM:
            self._sides = Sides(
                *(at + _STEP * (to - at) for to, at in zip(target, now, strict=True))
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
