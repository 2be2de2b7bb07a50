"""The real room out of focus, without the person's colours bleeding into it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.resize import fitted
from vcam.kernels.enlarging import Enlarging

REDUCTIONS, SHARPEST_PX = (16, 8, 4), 1.5
"""Fractions of the frame, and the least width of a blur: it is computed at the smallest
fraction where it is still that wide, so that a wide blur costs no more than a light one.
Powers of two reduce fastest."""


class BlurPainter:
    """A Gaussian weighted by one minus alpha (normalised convolution).

    Knutsson and Westin, "Normalized and differential convolution", CVPR 1993: pixels of
    the person have weight zero, so what is blurred is the room alone and the person gets
    no halo of their own colours.
    """

    def __init__(self, size: Size, sigma_px: float) -> None:
        self._size = size
        factor = next(
            (f for f in REDUCTIONS if sigma_px >= SHARPEST_PX * f), REDUCTIONS[-1]
        )
        self._small = Size(max(8, size.width // factor), max(8, size.height // factor))
        self._sigma_px = max(0.8, sigma_px / factor)
        # Edge pixels are part person: a margin of the mask's own softness keeps them out.
        margin = max(1, round(3 / factor * size.height / 720))
        self._margin = cv2.getStructuringElement(
            cv2.MORPH_ELLIPSE, (2 * margin + 1, 2 * margin + 1)
        )
        shape = self._small.height, self._small.width
        self._weight = np.zeros(shape, np.float32)
        self._weighted = np.zeros(shape, np.float32)
        self._planes = [np.zeros(shape, np.uint8) for _ in range(3)]
        self._small_image = np.zeros((*shape, 3), np.uint8)
        self._result = np.zeros((size.height, size.width, 3), np.uint8)
        self._enlarging = Enlarging(self._small, size)

    def paint(self, frame: Frame, alpha: Alpha) -> Image:
        weight, weighted = self._weight, self._weighted
        person = fitted(alpha, self._small, "stretch")
        person = np.asarray(cv2.dilate(person, self._margin), np.uint8)
        # A cell that is an eighth person has the person's colour in it: no weight.
        cv2.convertScaleAbs(person, person, 8)
        # Deep inside the person there is no room.  A tiny weight keeps the division
        # defined there; the person covers the result.
        np.subtract(np.float32(255.005), person, out=weight)
        seen = frame.image if frame.small is None else frame.small
        cv2.split(fitted(seen, self._small, "stretch"), self._planes)
        sums = self._blurred(weight)
        for plane in self._planes:
            cv2.multiply(plane, weight, weighted, dtype=cv2.CV_32F)
            cv2.divide(self._blurred(weighted), sums, plane, dtype=cv2.CV_8U)
        cv2.merge(self._planes, self._small_image)
        library = kernels.active()
        if library is not None:
            self._enlarging.image(library, self._small_image, self._result)
        else:
            cv2.resize(self._small_image, self._size, self._result)
        return self._result

    def _blurred(self, plane: NDArray[np.float32]) -> NDArray[np.float32]:
        sigma_px = self._sigma_px
        blurred = cv2.GaussianBlur(
            plane, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT_101
        )
        return np.asarray(blurred, np.float32)

    def close(self) -> None:
        pass
