"""The clean plate is compared and learnt by the kernels as by NumPy and OpenCV."""

import cv2
import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Image, Mask, Size
from vcam.kernels import Choice, Library
from vcam.kernels import clean_plate as compiled
from vcam.kernels.edges import Room
from vcam.masking.clean_plate import CleanPlate

SIZES = [
    (Size(2, 2), Size(5, 5)),
    (Size(46, 36), Size(115, 90)),
    (Size(64, 34), Size(160, 85)),
    (Size(40, 44), Size(40, 44)),
]


def room(size: Size, count: int) -> list[Image]:
    """A noisy room that becomes brighter, and in the end is another one."""
    random = np.random.default_rng(size.width)
    shape = (size.height, size.width, 3)
    still = random.integers(0, 256, shape)
    noisy = (still + random.integers(-3, 4, shape) + 9 * (i > 8) for i in range(count))
    pictures = [np.clip(each, 0, 255).astype(np.uint8) for each in noisy]
    return [*pictures[:-2], *(each[::-1].copy() for each in pictures[-2:])]


def blobs(size: Size, count: int) -> list[Mask]:
    random = np.random.default_rng(size.height)
    few = random.random((count, 5, 6)).astype(np.float32) ** 3
    return [np.asarray(cv2.resize(each, size), np.float32) for each in few]


@pytest.mark.parametrize(("grid", "size"), SIZES, ids=str)
def test_a_sequence_is_compared_and_learnt_as_without_kernels(
    library: Library, grid: Size, size: Size
) -> None:
    here, there = CleanPlate(grid, size), CleanPlate(grid, size)
    for picture, mask, moved in zip(
        room(size, 20), blobs(grid, 20), reversed(blobs(grid, 20)), strict=True
    ):
        results = []
        for plate, choice in ((here, Choice(None, "")), (there, Choice(library, ""))):
            with kernels.using(choice):
                plate.compare(picture)
                lowered = mask.copy()
                plate.lower(lowered)
                plate.learn(picture, mask, moved, passed_s=1.0)
            results.append(lowered)
        assert np.abs(results[0] - results[1]).max() <= 1e-6
    # What is remembered must be the same to the bit, or it would drift apart.
    for name, value in vars(here).items():
        if isinstance(value, np.ndarray) and name != "_scratch":
            assert np.array_equal(value, vars(there)[name]), name


def test_a_mask_that_is_sure_is_not_lowered_to_the_bit(library: Library) -> None:
    room = Room(np.zeros((9, 9), np.uint8), 7.0, 0.15, 0.9, (0.002, 0.998))
    for sure in (0.0, 0.001, 0.999, 1.0, np.nan):
        mask = np.full((9, 9), sure, np.float32)
        compiled.lower(library, mask, room)
        assert np.array_equal(mask, np.full_like(mask, sure), equal_nan=True)
    doubtful = np.full((9, 9), 0.9, np.float32)
    compiled.lower(library, doubtful, room)
    assert not doubtful.any()
    with pytest.raises(ValueError, match="a kernel needs"):
        compiled.lower(library, doubtful[:8], room)


@pytest.mark.parametrize("level", [0, 255])
def test_the_extremes_are_measured(library: Library, level: int) -> None:
    shape = (40, 60, 3)
    picture, plate = np.full(shape, level, np.uint8), np.full(shape, 255 - level, np.uint8)
    unknown, found = np.zeros(shape[:2], np.uint8), np.zeros(shape[:2], np.uint8)
    compiled.difference(library, picture, plate, unknown, found)
    assert (found == 255).all()
    measured = compiled.exposure(
        library, picture, plate, unknown, step=20, fewest=6, limit=25
    )
    shift = 25 if level else -25
    assert measured == ([shift] * 3, 230)
    unknown[:] = 255
    arrays = picture, picture, unknown
    assert compiled.exposure(library, *arrays, step=20, fewest=6, limit=25) is None
    compiled.difference(library, *arrays, found)
    assert (found == 255).all()


def test_what_does_not_fit_is_refused(library: Library) -> None:
    picture, plane = np.zeros((10, 10, 3), np.uint8), np.zeros((10, 10), np.uint8)
    counts = np.zeros((4, 4), np.uint8)
    mask, rules = np.zeros((4, 4), np.float32), compiled.Rules(0.1, 0.3, 0.5, 2, 30)
    grid = mask, mask, counts, 4, counts.copy(), rules
    with pytest.raises(ValueError, match="its own input"):
        compiled.learn(library, picture, picture, plane, *grid, picture.copy())
    with pytest.raises(ValueError, match="a kernel needs"):
        compiled.learn(library, picture, picture.copy(), counts, *grid, picture.copy())
    with pytest.raises(ValueError, match="a kernel needs"):
        compiled.learn(library, picture, picture.copy(), plane, *grid, picture[:1].copy())
    with pytest.raises(ValueError, match="a kernel needs"):
        compiled.difference(library, picture[:9], picture, plane, plane.copy())
    with pytest.raises(ValueError, match="limit 300"):
        compiled.exposure(library, picture, picture, plane, step=1, fewest=1, limit=300)
