"""Puts a person in front of a background, in integer arithmetic."""

import sys
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from vcam import kernels
from vcam.frames import Alpha, Image, Size
from vcam.kernels.compositing import composite

STRIPS: Final = 8
"""Strips of rows that the soft edge is blended in: more fit closer, but cost more calls."""
INSIDE_PX: Final = 16
"""Columns inside the person from which on it is faster to leave them out."""


class Compositor:
    """Blends where alpha is between 0 and 255, and copies elsewhere.

    It has buffers of its own, so that a frame needs no fresh scratch memory.
    """

    def __init__(self) -> None:
        self._weight = self._share = np.zeros((0, 0, 3), np.uint8)
        self._soft = np.zeros((0, 0), np.uint8)
        self._results = Recycling()

    def composite(self, person: Image, background: Image, alpha: Alpha) -> Image:
        """Return ``person`` over ``background``, as an image that nothing else refers to.

        ``person`` and ``background`` are ``uint8 (height, width, 3)``, ``alpha`` is
        ``uint8 (height, width)``, 0 background .. 255 person.  The result is bit-identical
        to the background where alpha is 0 and to the person where it is 255; in between it
        is within one grey level of ``(alpha·person + (255 − alpha)·background) / 255``.
        Raises :class:`ValueError` when the three differ in size.
        """
        if person.shape != background.shape or person.shape[:2] != alpha.shape:
            raise ValueError(
                f"person {person.shape}, background {background.shape} and alpha "
                f"{alpha.shape} differ in size"
            )
        result = self._results.like(person)
        library = kernels.active()
        if library is not None:
            composite(library, person, background, alpha, result)
            return result
        np.copyto(result, background)
        left, top, width, height = cv2.boundingRect(alpha)
        if not width:
            return result
        if self._weight.shape != person.shape:
            self._weight, self._share = np.zeros_like(person), np.zeros_like(person)
            self._soft = np.zeros_like(alpha)
        box = np.s_[top : top + height, left : left + width]
        cv2.copyTo(person[box], alpha[box], result[box])
        cv2.inRange(alpha[box], 1, 254, self._soft[box])
        for piece in self._soft_pieces(left, top, width, height):
            self._blend(person[piece], background[piece], alpha[piece], result[piece])
        return result

    def _soft_pieces(
        self, left: int, top: int, width: int, height: int
    ) -> Iterator[tuple[slice, slice]]:
        """Rectangles that hold all of the person's soft edge, and little else.

        There are up to two in each strip of rows: the person's left and right side.
        """
        for first in range(top, top + height, -(-height // STRIPS)):
            rows = np.s_[first : min(first - (-height // STRIPS), top + height)]
            soft = self._soft[rows, left : left + width].max(axis=0)
            columns = np.flatnonzero(soft) + left
            if not columns.size:
                continue
            gaps = np.diff(columns)
            widest = int(gaps.argmax()) if gaps.size else 0
            sides = [columns]
            if gaps.size and gaps[widest] > INSIDE_PX:
                sides = [columns[: widest + 1], columns[widest + 1 :]]
            for side in sides:
                yield rows, np.s_[side[0] : side[-1] + 1]

    def _blend(self, person: Image, background: Image, alpha: Alpha, into: Image) -> None:
        height, width = alpha.shape
        weight, share = self._weight[:height, :width], self._share[:height, :width]
        cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR, weight)
        cv2.multiply(person, weight, share, 1 / 255)
        cv2.bitwise_not(weight, weight)
        cv2.multiply(background, weight, weight, 1 / 255)
        cv2.add(share, weight, into)


class Recycling:
    """Images that are used again once nothing refers to them any more.

    A frame in fresh memory costs a page fault every 4 kB, half a millisecond at 1280x720.
    While anything refers to a result, or to a view of it, it is not used again.
    """

    KEPT = 4
    """Images that are kept for reuse."""

    def __init__(self) -> None:
        self._images: list[Image] = []

    def like(self, image: Image) -> Image:
        """An image of that size; see :meth:`of`."""
        return self.of(Size.of(image))

    def of(self, size: Size) -> Image:
        """An image with any content, for example that of an earlier frame.

        The caller must overwrite all of it.
        """
        shape = (size.height, size.width, 3)
        for index in range(len(self._images)):
            # The two references are the list's own and the argument of the call.
            free = sys.getrefcount(self._images[index]) == 2
            if free and self._images[index].shape == shape:
                return self._images[index]
        fresh = np.zeros(shape, np.uint8)
        self._images = [*self._images, fresh][-self.KEPT :]
        return fresh
