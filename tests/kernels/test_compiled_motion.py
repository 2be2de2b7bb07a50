"""Motion is measured by the kernel as by NumPy and OpenCV."""

import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Image, Size
from vcam.kernels import Choice, Library
from vcam.kernels.motion import Explained, Ramp, find_motion, scratch_size
from vcam.masking.smoothing import Motion

SIZES = [Size(1, 1), Size(1, 7), Size(31, 1), Size(2, 3), Size(33, 17), Size(256, 144)]


def pictures(size: Size) -> list[Image]:
    """Noise, then something that moves, exposure that changes, a cut, black and white."""
    random = np.random.default_rng(size.width * size.height)
    shape = (size.height, size.width, 3)
    room = random.integers(0, 200, shape)
    noisy = [room + random.integers(-3, 4, shape) for _ in range(6)]
    noisy[2][size.height // 2 :, : size.width // 2 + 1] += 40
    noisy[3] += 9
    noisy[4] += 60
    noisy[5] = noisy[5][::-1]
    extreme = [np.full(shape, level) for level in (0, 255, 255, 0)]
    return [np.clip(each, 0, 255).astype(np.uint8) for each in (*noisy, *extreme)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("share", [1, 2])
def test_a_sequence_is_measured_as_without_kernels(
    library: Library, size: Size, share: int
) -> None:
    grid = Size(size.width * share, size.height * share)
    here, there = Motion(grid, size), Motion(grid, size)
    for picture in pictures(size):
        results = []
        for motion, choice in ((here, Choice(None, "")), (there, Choice(library, ""))):
            with kernels.using(choice):
                moved = motion.measure(picture, 0.1, 2.0)
            if moved is not None:
                assert Size.of(moved) == Size.of(motion.gone) == grid
                results.append(np.stack([moved, motion.gone]))
        if results:
            assert np.abs(results[0] - results[1]).max() <= 1e-5


def test_the_largest_change_beyond_exposure_is_measured(library: Library) -> None:
    now, last = np.full((9, 12), 255, np.uint8), np.zeros((9, 12), np.uint8)
    moved, gone = np.zeros((2, 9, 12), np.float32)
    scratch = np.zeros(scratch_size(Size(12, 9)), np.float32)
    for radius in (1, 2):
        for limit, rest in ((0, 255), (12, 243), (255, 0)):
            find_motion(
                *(library, now, last, radius, Explained(limit, 4.0, 1.5)),
                *(Ramp(0.0, 1000.0, moved), Ramp(100.0, 1000.0, gone), scratch),
            )
            noise = min(rest, 4) * 1.5
            assert np.allclose(moved, max(rest - noise, 0) / 1000, atol=1e-6)
            assert np.allclose(gone, max(rest - noise - 100, 0) / 1000, atol=1e-6)


def test_what_does_not_fit_is_refused(library: Library) -> None:
    grey, small = np.zeros((9, 9), np.uint8), np.zeros((9, 8), np.uint8)
    moved, gone = np.zeros((2, 9, 9), np.float32)
    scratch = np.zeros(scratch_size(Size(9, 9)), np.float32)
    usual = Explained(12, 4.0, 1.5)
    ramps = Ramp(1, 2, moved), Ramp(6, 16, gone)
    with pytest.raises(ValueError, match="radius 3"):
        find_motion(library, grey, grey, 3, usual, *ramps, scratch)
    with pytest.raises(ValueError, match="gain_limit=300"):
        find_motion(library, grey, grey, 2, usual._replace(gain_limit=300), *ramps, scratch)
    with pytest.raises(ValueError, match="a kernel needs"):
        find_motion(library, grey, small, 2, usual, *ramps, scratch)
    with pytest.raises(ValueError, match="a kernel needs"):
        find_motion(library, grey, grey, 2, usual, *ramps, scratch[1:])
    with pytest.raises(ValueError, match="its own input"):
        find_motion(library, grey, grey, 2, usual, ramps[0], ramps[0], scratch)
