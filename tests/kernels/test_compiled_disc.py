"""The mean over a disc is the same with the kernel and with OpenCV."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vcam import kernels
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.bokeh_painter import disc, mean_over_disc
from vcam.frames import Alpha, Frame, Image, Size
from vcam.kernels import Choice, Library
from vcam.kernels.disc import disc_mean, scratch_of

SIZES = [Size(1, 1), Size(8, 8), Size(13, 7), Size(5, 40), Size(40, 5), Size(160, 90)]
WEIGH = np.linspace(256, 1280, 256).astype(np.int32)


def pictures(size: Size) -> tuple[Image, Alpha]:
    random = np.random.default_rng(size.width)
    image = random.integers(0, 256, (size.height, size.width, 3), np.uint8)
    alpha = random.choice(np.array([0, 1, 20, 31, 32, 255], np.uint8), image.shape[:2])
    return image, np.asarray(alpha, np.uint8)


def mean(library: Library, image: Image, person: Alpha, half: NDArray[np.int32]) -> Image:
    found = np.full_like(image, 99)
    scratch = scratch_of(image.shape[1], len(half) - 1)
    disc_mean(library, image, person, half, WEIGH, scratch, found)
    return found


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("radius", [0.0, 1.5, 4.6, 8.99])
def test_the_mean_is_the_same(library: Library, size: Size, radius: float) -> None:
    image, person = pictures(size)
    half = disc(radius)
    expected = mean_over_disc(image, person, half, WEIGH).astype(int)
    assert np.abs(mean(library, image, person, half) - expected).max() <= 1


def test_no_sum_is_too_large(library: Library) -> None:
    white = np.full((40, 40, 3), 255, np.uint8)
    nobody = np.zeros((40, 40), np.uint8)
    assert (mean(library, white, nobody, disc(8.99)) == 255).all()
    with pytest.raises(ValueError, match="cannot sum"):
        mean(library, white, nobody, disc(12))


@pytest.mark.parametrize("size", [Size(64, 48), Size(1280, 720)], ids=str)
def test_the_room_is_out_of_focus_as_without_kernels(library: Library, size: Size) -> None:
    image, person = pictures(size)
    results = []
    for choice in (Choice(None, ""), Choice(library, "")):
        with kernels.using(choice):
            painter = Bokeh(50).open(size)
            results.append(painter.paint(Frame(image, 0, 0.0), person).astype(int))
    assert np.abs(results[0] - results[1]).max() <= 2


def test_a_disc_that_reaches_too_far_is_refused(library: Library) -> None:
    image, person = pictures(Size(16, 16))
    for half in (np.array([5, 1], np.int32), np.array([-1], np.int32)):
        with pytest.raises(ValueError, match="a kernel needs a disc"):
            mean(library, image, person, half)
