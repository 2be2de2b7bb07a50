"""Less noise of a dark room, on the person alone, and nothing of the room in it."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam import kernels
from vcam.appearance.denoise import MOST, REST, Denoise
from vcam.appearance.noise import Noise
from vcam.frames import Alpha, Image, Size
from vcam.kernels import Choice, Library

SIZE = Size(161, 91)
"""Odd both ways."""
SIGMA = 4.0


@pytest.fixture(params=["compiled", "without kernels"])
def either(request: pytest.FixtureRequest, library: Library) -> Iterator[None]:
    """With kernels and without."""
    compiled = request.param == "compiled"
    with kernels.using(Choice(library if compiled else None, "")):
        yield


def scene(seed: int = 0) -> Image:
    """Something dark without any noise."""
    few = np.random.default_rng(seed).integers(25, 90, (5, 8, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(few, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)


def noisy(image: Image, seed: int) -> Image:
    noise = np.random.default_rng(seed).normal(0, SIGMA, image.shape)
    return np.asarray(np.clip(np.rint(image + noise), 0, 255), np.uint8)


def everywhere(level: int) -> Alpha:
    return np.full((SIZE.height, SIZE.width), level, np.uint8)


def off(image: Image, clean: Image, where: NDArray[np.bool_]) -> float:
    return float(np.sqrt(np.square(image[where].astype(float) - clean[where]).mean()))


@pytest.mark.usefixtures("either")
def test_where_nothing_moves_half_of_the_noise_goes() -> None:
    denoise, clean = Denoise(SIZE), scene()
    for n in range(10):
        result = denoise.applied(noisy(clean, n), everywhere(255), SIGMA)
    assert off(result, clean, everywhere(1) > 0) < REST * SIGMA


@pytest.mark.usefixtures("either")
def test_what_moves_does_not_smear() -> None:
    denoise = Denoise(SIZE)
    for n in range(10):
        moved = np.ascontiguousarray(np.roll(scene(), 12 * n, axis=1))
        # Something as bright as a hand, which would be seen twice.
        moved[20:60, 10 * n : 10 * n + 20] = 200
        result = denoise.applied(noisy(moved, n), everywhere(255), SIGMA)
    assert off(result, moved, everywhere(1) > 0) < 1.1 * SIGMA
    behind = np.s_[20:60, 10 * 9 - 12 : 10 * 9 - 4]
    assert np.abs(result[behind].astype(float) - moved[behind]).mean() < SIGMA


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("was", [0, 1, 254])
def test_nothing_is_used_of_what_was_not_wholly_the_person(was: int) -> None:
    """Neither mixed in, nor compared: the secret changes nothing, not even by a trace."""
    clean = scene()
    alpha = everywhere(255)
    alpha[:, :80] = was
    results = []
    for secret in (scene(), noisy(scene(), 99), np.full_like(clean, 140)):
        denoise = Denoise(SIZE)
        first = clean.copy()
        first[:, :80] = secret[:, :80]
        denoise.applied(first, alpha, SIGMA)
        results.append(denoise.applied(noisy(clean, 1), everywhere(255), SIGMA).copy())
    assert np.array_equal(results[0], results[1])
    assert np.array_equal(results[0], results[2])
    # Where one cell of change is averaged with none of those, the last picture counts.
    assert not np.array_equal(results[0][:, 90:], noisy(clean, 1)[:, 90:])
    assert np.array_equal(results[0][:, :80], noisy(clean, 1)[:, :80])


@pytest.mark.usefixtures("either")
def test_no_value_changes_by_more_than_was_said() -> None:
    denoise = Denoise(SIZE)
    random = np.random.default_rng(5)
    changed = 0
    for _ in range(6):
        image = random.integers(0, 256, (SIZE.height, SIZE.width, 3), np.uint8)
        result = denoise.applied(image, everywhere(255), 200.0)
        change = np.abs(result.astype(int) - image).max()
        assert change <= MOST
        changed += change == MOST
    assert changed == 5


@pytest.mark.usefixtures("either")
def test_after_a_reset_nothing_is_left() -> None:
    denoise, image = Denoise(SIZE), noisy(scene(), 1)
    denoise.applied(scene(3), everywhere(255), SIGMA)
    denoise.reset()
    assert np.array_equal(denoise.applied(image, everywhere(255), SIGMA), image)


@pytest.mark.parametrize("size", [Size(1, 1), Size(2, 5), Size(33, 18), SIZE], ids=str)
def test_compiled_it_is_the_same(library: Library, size: Size) -> None:
    random = np.random.default_rng(size.width)
    shape = size.height, size.width
    both = Denoise(size), Denoise(size)
    for n in range(4):
        runs = np.clip(random.normal(0, 20, shape).cumsum(axis=1) + 300, 0, 255)
        alpha = runs.astype(np.uint8)
        image = random.integers(40, 40 + 4 * (n + 1), (*shape, 3)).astype(np.uint8)
        with kernels.using(Choice(None, "")):
            expected = both[0].applied(image, alpha, SIGMA)
        with kernels.using(Choice(library, "")):
            found = both[1].applied(image, alpha, SIGMA)
        assert np.array_equal(found[alpha > 0], expected[alpha > 0])


# How noisy it is.


@pytest.mark.parametrize("sigma", [1.0, 3.0, 8.0])
@pytest.mark.parametrize("moves", [False, True])
def test_the_noise_is_found_though_somebody_moves(sigma: float, moves: bool) -> None:
    noise, random = Noise(), np.random.default_rng(1)
    clean = np.asarray(cv2.resize(scene(), (640, 360)), float)
    for n in range(30):
        image = clean + random.normal(0, sigma, clean.shape)
        if moves:
            image[100:, 10 * n : 10 * n + 150] = 120 + 80 * (n % 2)
        noise.see(np.clip(image, 0, 255).astype(np.uint8))
    assert noise.level == pytest.approx(sigma, rel=0.35)


def test_without_noise_there_is_none_and_a_repeated_frame_says_nothing() -> None:
    noise, image = Noise(), np.asarray(cv2.resize(scene(), (640, 360)), np.uint8)
    noise.see(image)
    assert noise.level is None
    noise.see(image)
    assert noise.level == 0
    for n in range(40):
        last = noisy(scene(), n)[:90, :160].repeat(4, axis=0).repeat(4, axis=1)
        noise.see(last)
    level = noise.level
    assert level and level > 2
    for _ in range(10):
        noise.see(last)
    assert noise.level == level
