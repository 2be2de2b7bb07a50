"""Skin is softened by the kernel as by OpenCV."""

import cv2
import numpy as np
import pytest

from vcam.frames import Size
from vcam.kernels import Library
from vcam.kernels.adding import PARTS
from vcam.kernels.softening import soften


@pytest.mark.parametrize(
    "part", [Size(1, 1), Size(1, 6), Size(5, 1), Size(33, 17)], ids=str
)
def test_what_is_added_is_as_without_kernels(library: Library, part: Size) -> None:
    random = np.random.default_rng(part.width)
    left, top, most = 3, 2, 12
    shape = (2 * part.height + 5, 2 * part.width + 4)
    picture = random.integers(0, 256, (*shape, 3), np.uint8)
    slope = random.uniform(-0.2, 0.0, (part.height, part.width)).astype(np.float32)
    offset = random.uniform(-5, 40, slope.shape).astype(np.float32)
    more = np.full(shape, 77, np.int16)
    soften(library, picture, slope, offset, left, top, most, more)
    inside = np.s_[top : top + 2 * part.height, left : left + 2 * part.width]
    luma = cv2.cvtColor(picture[inside], cv2.COLOR_BGR2GRAY).astype(np.float32)
    size = Size(2 * part.width, 2 * part.height)
    large = [np.reshape(cv2.resize(each, size), luma.shape) for each in (slope, offset)]
    expected = np.clip(large[0] * luma + large[1], -most, most)
    assert np.abs(more[inside] / PARTS - expected).max() <= 0.15
    outside = more.copy()
    outside[inside] = 77
    assert (outside == 77).all()


def test_a_part_that_is_not_in_the_picture_is_refused(library: Library) -> None:
    picture, more = np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.int16)
    fit = np.zeros((2, 2), np.float32)
    for left, top, most in ((5, 0, 9), (0, 5, 9), (-1, 0, 9), (0, 0, 300)):
        with pytest.raises(ValueError, match="is not in a picture of 8x8"):
            soften(library, picture, fit, fit, left, top, most, more)
