"""Small differences are added to a picture by the kernel as by OpenCV."""

import cv2
import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Size
from vcam.kernels import Choice, Library
from vcam.kernels.adding import MOST, Adding, in_parts

SIZES = [
    (Size(1, 1), Size(1, 1)),
    (Size(1, 1), Size(9, 5)),
    (Size(7, 3), Size(2, 2)),
    (Size(8, 2), Size(8, 2)),
    (Size(10, 15), Size(9, 14)),
    (Size(32, 18), Size(64, 36)),
    (Size(45, 31), Size(77, 200)),
    (Size(96, 54), Size(1280, 72)),
]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("small", "large"), SIZES, ids=str)
def test_differences_are_added_as_without_kernels(
    library: Library, small: Size, large: Size, channels: int
) -> None:
    random = np.random.default_rng(small.width)
    shape = (small.height, small.width, 3)[: 2 + (channels == 3)]
    wild = random.uniform(-MOST, MOST, shape).astype(np.float32)
    few = np.where(random.random(shape) < 0.03, wild, 0).astype(np.float32)
    border = np.zeros(shape, np.float32)
    border[-1:, -1:] = border[:1, :1] = 20
    picture = random.integers(0, 256, (large.height, large.width, 3), np.uint8)
    runs = random.integers(0, 2, (large.height, max(1, large.width // 24)), np.uint8)
    alpha = cv2.resize(runs * 255, large, interpolation=cv2.INTER_NEAREST)
    alpha = np.asarray(alpha, np.uint8).reshape(large.height, large.width)
    for more in (wild, few, border, np.zeros(shape, np.float32)):
        pictures = []
        for choice in (Choice(None, ""), Choice(library, "")):
            pictures.append(picture.copy())
            with kernels.using(choice):
                Adding(small, large, channels).add(in_parts(more), pictures[-1], alpha)
        expected, found = (each[alpha > 0].astype(int) for each in pictures)
        assert np.abs(found - expected).max(initial=0) <= 1
        if not more.any():
            assert np.array_equal(pictures[0], picture)
            assert np.array_equal(pictures[1], picture)


def test_no_level_is_left_that_a_picture_cannot_have(library: Library) -> None:
    size = Size(40, 4)
    alpha = np.full((4, 40), 255, np.uint8)
    for level, more in ((250, MOST), (5, -MOST)):
        picture = np.full((4, 40, 3), level, np.uint8)
        with kernels.using(Choice(library, "")):
            differences = in_parts(np.full((4, 40), more, np.float32))
            Adding(size, size, 1).add(differences, picture, alpha)
        assert (picture == (255 if more > 0 else 0)).all()


def test_what_has_another_size_is_refused(library: Library) -> None:
    picture, alpha = np.zeros((8, 16, 3), np.uint8), np.zeros((8, 16), np.uint8)
    adding = Adding(Size(8, 4), Size(16, 8), 3)
    for choice in (Choice(None, ""), Choice(library, "")):
        with kernels.using(choice):
            for more in (np.zeros((4, 8), np.int16), np.zeros((4, 7, 3), np.int16)):
                with pytest.raises(ValueError, match=r"cannot be added|a kernel needs"):
                    adding.add(more, picture, alpha)
