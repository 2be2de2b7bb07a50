"""The compiled compositor does what the one with OpenCV does."""

import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Alpha, Image, Size
from vcam.kernels import Choice, Library
from vcam.kernels.compositing import composite
from vcam.pipeline.compositing import Compositor

SIZES = [Size(1, 1), Size(1, 7), Size(31, 1), Size(33, 17), Size(64, 36), Size(333, 64)]


def pictures(size: Size) -> tuple[Image, Image]:
    random = np.random.default_rng(size.width)
    both = random.integers(0, 256, (2, size.height, size.width, 3), np.uint8)
    return both[0], both[1]


def alphas(size: Size) -> list[Alpha]:
    """Random, all of one level, and with long runs of 0 and 255 and what is between."""
    random = np.random.default_rng(size.height)
    shape = size.height, size.width
    runs = np.clip(random.normal(0, 9, shape).cumsum(axis=1) + 128, 0, 255)
    levels = [np.full(shape, level, np.uint8) for level in (0, 1, 128, 254, 255)]
    return [random.integers(0, 256, shape, np.uint8), runs.astype(np.uint8), *levels]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_pictures_are_composited_as_without_kernels(library: Library, size: Size) -> None:
    person, background = pictures(size)
    for alpha in alphas(size):
        with kernels.using(Choice(None, "")):
            expected = Compositor().composite(person, background, alpha)
        with kernels.using(Choice(library, "")):
            found = Compositor().composite(person, background, alpha)
        assert np.abs(found.astype(int) - expected).max() <= 1
        for level, picture in ((0, background), (255, person)):
            hard = alpha == level
            assert np.array_equal(found[hard], picture[hard])


def test_every_blend_is_rounded_to_the_nearest(library: Library) -> None:
    levels = np.arange(256, dtype=np.uint8)
    alpha, person = (np.ascontiguousarray(each) for each in np.meshgrid(levels, levels))
    for other in (0, 1, 127, 254, 255):
        background = np.full((256, 256, 3), other, np.uint8)
        result = np.empty_like(background)
        composite(library, person[..., None].repeat(3, 2), background, alpha, result)
        exact = (alpha * 1.0 * person + (255.0 - alpha) * other) / 255
        assert np.abs(result - exact[..., None]).max() <= 0.5


def test_what_does_not_fit_is_refused(library: Library) -> None:
    person, background = pictures(Size(16, 9))
    alpha, result = np.zeros((9, 16), np.uint8), np.zeros_like(person)
    for wrong in (person[:8], person[:, ::-1], np.zeros((9, 16, 4), np.uint8)):
        with pytest.raises(ValueError, match="a kernel needs"):
            composite(library, wrong, background, alpha, result)
    with pytest.raises(ValueError, match="its own input"):
        composite(library, person, background, alpha, person)
