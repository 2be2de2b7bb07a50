"""The person's own colours are the same with the kernels as with NumPy."""

import cv2
import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Alpha, Image, Size
from vcam.kernels import Choice, Library
from vcam.kernels.foreground import Colours
from vcam.masking.foreground import Foreground

SIZES = [Size(1, 1), Size(9, 8), Size(33, 250), Size(320, 181), Size(640, 360)]


def scene(size: Size) -> Image:
    random = np.random.default_rng(size.width)
    shape = (size.height, size.width, 3)
    smooth = cv2.resize(random.integers(0, 200, (6, 8, 3), np.uint8), size)
    return np.asarray(smooth + random.integers(0, 50, shape, np.uint8), np.uint8)


def alphas(size: Size) -> list[Alpha]:
    random = np.random.default_rng(size.height)
    shape = size.height, size.width
    areas = cv2.resize(random.integers(0, 2, (5, 6), np.uint8) * 255, size)
    person = np.clip((areas.astype(int).reshape(shape) - 127) * 6 + 127, 0, 255)
    levels = [np.full(shape, level, np.uint8) for level in (0, 1, 254, 255)]
    return [person.astype(np.uint8), random.integers(0, 256, shape, np.uint8), *levels]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_colours_are_those_without_kernels(library: Library, size: Size) -> None:
    image = scene(size)
    small_size = Size(max(1, size.width // 3), max(1, size.height // 3))
    here, there = Foreground(size), Foreground(size)
    for alpha in alphas(size):
        small = [
            np.asarray(cv2.resize(each, small_size), np.uint8) for each in (image, alpha)
        ]
        given = (image, alpha, small[0], small[1].reshape(small_size[::-1]))
        with kernels.using(Choice(None, "")):
            expected = here.estimate(*given)
        with kernels.using(Choice(library, "")):
            found = there.estimate(*given)
        assert np.abs(found.astype(int) - expected).max() <= 1
        opaque = (alpha == 0) | (alpha == 255)
        assert np.array_equal(found[opaque], image[opaque])
        assert (found is image) == (expected is image)


def test_what_does_not_fit_is_refused(library: Library) -> None:
    colours, image = Colours(Size(4, 3)), np.zeros((6, 8, 3), np.uint8)
    alpha, result = np.zeros((6, 8), np.uint8), np.zeros_like(image)
    with pytest.raises(ValueError, match="a kernel needs"):
        colours.find(library, image, alpha)
    with pytest.raises(ValueError, match="its own input"):
        colours.clean(library, image, alpha, image)
    with pytest.raises(ValueError, match="a kernel needs"):
        colours.clean(library, image, alpha[:5], result)
    with pytest.raises(ValueError, match="columns"):
        colours.clean(library, image, np.broadcast_to(np.uint8(0), (1, 1 << 30)), result)
