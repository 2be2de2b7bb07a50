"""Puts a person in front of a background, in integer arithmetic."""

import sys

import cv2
import numpy as np

from vcam.frames import Alpha, Image


class Compositor:
    """Blends with buffers of its own, so that a frame costs no scratch memory."""

    def __init__(self) -> None:
        self._weight = self._share = np.empty((0, 0, 3), np.uint8)
        self._results = Recycling()

    def composite(self, person: Image, background: Image, alpha: Alpha) -> Image:
        """Return ``person`` over ``background``, as an image that nobody else holds.

        ``person`` and ``background`` are ``uint8 (height, width, 3)``, ``alpha`` is
        ``uint8 (height, width)``, 0 background .. 255 person.  Where alpha is 0 the result
        is the background to the bit, where it is 255 the person; in between it is within
        one grey level of the exact ``(alpha·person + (255 − alpha)·background) / 255``.
        Raises :class:`ValueError` when the three differ in size.
        """
        if person.shape != background.shape or person.shape[:2] != alpha.shape:
            raise ValueError(
                f"person {person.shape}, background {background.shape} and alpha "
                f"{alpha.shape} differ in size"
            )
        result = self._results.like(person)
        np.copyto(result, background)
        left, top, width, height = cv2.boundingRect(alpha)
        if not width:
            return result
        # Outside the person's box there is nothing to blend.
        box = np.s_[top : top + height, left : left + width]
        if self._weight.shape != person.shape:
            self._weight, self._share = np.empty_like(person), np.empty_like(person)
        weight, share, blended = self._weight[box], self._share[box], result[box]
        cv2.merge((alpha[box],) * 3, weight)
        cv2.multiply(person[box], weight, share, 1 / 255)
        cv2.bitwise_not(weight, weight)
        cv2.multiply(background[box], weight, weight, 1 / 255)
        cv2.add(share, weight, blended)
        return result


class Recycling:
    """Images that are handed out again once nobody holds them any more.

    A frame in fresh memory costs the kernel a page fault every 4 kB, half a millisecond at
    1280x720.  Whoever keeps a result, or a view of it, keeps it for good.
    """

    KEPT = 4

    def __init__(self) -> None:
        self._images: list[Image] = []

    def like(self, image: Image) -> Image:
        """An image of that size, with any content."""
        for index in range(len(self._images)):
            # Two: the list's own reference, and the argument of the call.
            free = sys.getrefcount(self._images[index]) == 2
            if free and self._images[index].shape == image.shape:
                return self._images[index]
        fresh = np.empty(image.shape, np.uint8)
        self._images = [*self._images, fresh][-self.KEPT :]
        return fresh
