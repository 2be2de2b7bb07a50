"""The compiled running mean is the one of NumPy."""

import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Mask, Size
from vcam.kernels import Choice, Library
from vcam.kernels.running_mean import running_mean
from vcam.masking.smoothing import Smoothing

NUMPY = Choice(None, "")


def masks(size: Size, count: int) -> list[Mask]:
    random = np.random.default_rng(size.width * size.height)
    shape = (count, size.height, size.width)
    return list(random.uniform(0, 255, shape).astype(np.float32).round(1))


@pytest.mark.parametrize(
    "size", [Size(1, 1), Size(1, 7), Size(31, 1), Size(33, 17), Size(256, 144)], ids=str
)
@pytest.mark.parametrize("keep", [0.25, 0.9, 1.0])
def test_a_sequence_is_smoothed_as_without_kernels(
    library: Library, size: Size, keep: float
) -> None:
    here, there = Smoothing(size), Smoothing(size)
    for fresh in masks(size, 6):
        moved: Mask = np.clip(fresh / 100 - 1, 0, 1).astype(np.float32)
        with kernels.using(NUMPY):
            expected = here.smooth(fresh, moved, keep)
        with kernels.using(Choice(library, "")):
            found = there.smooth(fresh, moved, keep)
        assert np.abs(found - expected).max() <= 255e-4 / 2


@pytest.mark.parametrize("level", [0.0, 255.0])
def test_where_all_moves_the_fresh_mask_is_taken_over(
    library: Library, level: float
) -> None:
    shown = np.full((9, 9), 255 - level, np.float32)
    running_mean(library, shown, np.full_like(shown, level), np.ones_like(shown), keep=0.75)
    assert np.array_equal(shown, np.full_like(shown, level))


def test_a_value_that_is_no_number_stays_where_it_is(library: Library) -> None:
    shown, moved = np.zeros((9, 9), np.float32), np.ones((9, 9), np.float32)
    fresh = np.ones((9, 9), np.float32)
    fresh[4, 4] = np.nan
    running_mean(library, shown, fresh, moved, keep=0.5)
    assert np.argwhere(shown != 1).tolist() == [[4, 4]]


def test_masks_of_different_sizes_are_refused(library: Library) -> None:
    shown, small = np.zeros((9, 9), np.float32), np.zeros((9, 8), np.float32)
    whole = np.zeros((9, 9), np.float32)
    for fresh, moved in ((small, whole), (whole, small)):
        with pytest.raises(ValueError, match=r"\(9, 9\)"):
            running_mean(library, shown, fresh, moved, keep=0.5)
    with pytest.raises(ValueError, match="its own input"):
        running_mean(library, shown, shown, whole, keep=0.5)
