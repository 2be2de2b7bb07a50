"""Alphas and pictures are enlarged by the kernels as by OpenCV."""

import cv2
import numpy as np
import pytest

from vcam import kernels
from vcam.backgrounds.blur_painter import BlurPainter
from vcam.frames import Alpha, Frame, Image, Size
from vcam.kernels import Choice, Library
from vcam.kernels.enlarging import Enlarging

SIZES = [
    (Size(1, 1), Size(1, 1)),
    (Size(1, 1), Size(9, 5)),
    (Size(7, 3), Size(2, 2)),
    (Size(8, 2), Size(8, 2)),
    (Size(10, 15), Size(9, 14)),
    (Size(16, 9), Size(32, 18)),
    (Size(45, 31), Size(77, 200)),
    (Size(64, 36), Size(192, 109)),
    (Size(640, 4), Size(1280, 9)),
    (Size(29, 6), Size(58, 12)),
    (Size(24, 9), Size(72, 27)),
]


def alphas(size: Size) -> list[Alpha]:
    """Random, all of one level, and areas of 0 and 255 with hard and with soft edges."""
    random = np.random.default_rng(size.width * size.height)
    shape = size.height, size.width
    noise = random.integers(0, 256, shape, np.uint8)
    areas = cv2.resize(random.integers(0, 2, (3, 4), np.uint8) * 255, size)
    flat = [np.full(shape, level, np.uint8) for level in (0, 255)]
    hard = np.where(areas > 127, 255, 0).astype(np.uint8)
    return [noise, hard, np.asarray(areas, np.uint8), *flat]


@pytest.mark.parametrize(("small", "large"), SIZES, ids=str)
def test_an_alpha_is_enlarged_as_without_kernels(
    library: Library, small: Size, large: Size
) -> None:
    for alpha in alphas(small):
        found = np.full((large.height, large.width), 99, np.uint8)
        Enlarging(small, large).alpha(library, alpha, found)
        expected = np.asarray(cv2.resize(alpha, large), np.uint8).reshape(found.shape)
        assert np.abs(found.astype(int) - expected).max() <= 1
        for level in (0, 255):
            if (alpha == level).all():
                assert (found == level).all()


@pytest.mark.parametrize(("small", "large"), SIZES, ids=str)
def test_a_picture_is_enlarged_as_without_kernels(
    library: Library, small: Size, large: Size
) -> None:
    one, two, three, *_ = alphas(small)
    picture: Image = np.stack([one, two, three], axis=2)
    found = np.full((large.height, large.width, 3), 99, np.uint8)
    Enlarging(small, large).image(library, picture, found)
    expected = np.asarray(cv2.resize(picture, large), np.uint8).reshape(found.shape)
    assert np.abs(found.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("size", [Size(64, 48), Size(1280, 720)], ids=str)
def test_the_room_is_blurred_as_without_kernels(library: Library, size: Size) -> None:
    random = np.random.default_rng(1)
    frame = Frame(random.integers(0, 256, (size.height, size.width, 3), np.uint8), 0, 0.0)
    alpha = np.zeros((size.height, size.width), np.uint8)
    cv2.circle(alpha, (size.width // 2, size.height // 2), size.height // 3, 255, -1)
    with kernels.using(Choice(None, "")):
        expected = BlurPainter(size, 8.0).paint(frame, alpha)
    with kernels.using(Choice(library, "")):
        found = BlurPainter(size, 8.0).paint(frame, alpha)
    assert np.abs(found.astype(int) - expected).max() <= 1


def test_what_has_another_size_is_refused(library: Library) -> None:
    enlarging = Enlarging(Size(8, 4), Size(16, 8))
    small, large = np.zeros((4, 8), np.uint8), np.zeros((8, 16), np.uint8)
    with pytest.raises(ValueError, match="a kernel needs"):
        enlarging.alpha(library, small[:3], large)
    with pytest.raises(ValueError, match="a kernel needs"):
        enlarging.image(library, np.zeros((4, 8, 3), np.uint8), large)
