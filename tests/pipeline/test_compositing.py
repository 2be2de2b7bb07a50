"""The person over the background, to the bit."""

import numpy as np
import pytest

from vcam.frames import Alpha, Image
from vcam.pipeline.compositing import Compositor


def images(seed: int, height: int = 90, width: int = 161) -> tuple[Image, Image]:
    rng = np.random.default_rng(seed)
    shape = (height, width, 3)
    return rng.integers(0, 256, shape, np.uint8), rng.integers(0, 256, shape, np.uint8)


def exact(person: Image, background: Image, alpha: Alpha) -> np.ndarray:
    share = alpha[..., None].astype(np.float64) / 255
    return person * share + background * (1 - share)


def test_every_alpha_is_within_one_grey_level_and_the_ends_are_exact() -> None:
    person, background = images(0, 256, 768)
    alpha = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 768, axis=1)
    result = Compositor().composite(person, background, alpha)
    assert np.abs(result - exact(person, background, alpha)).max() <= 1.0
    assert (result[0] == background[0]).all()
    assert (result[255] == person[255]).all()


@pytest.mark.parametrize("seed", range(4))
def test_any_mask_is_blended_inside_and_outside_the_persons_box(seed: int) -> None:
    person, background = images(seed)
    rng = np.random.default_rng(seed)
    alpha = np.zeros(person.shape[:2], np.uint8)
    top, left = rng.integers(0, 40, 2)
    alpha[top : top + 45, left : left + 80] = rng.integers(0, 256, (45, 80))
    result = Compositor().composite(person, background, alpha)
    assert np.abs(result - exact(person, background, alpha)).max() <= 1.0
    assert (result[alpha == 0] == background[alpha == 0]).all()
    assert (result[alpha == 255] == person[alpha == 255]).all()


def test_nobody_in_the_picture_leaves_the_background() -> None:
    person, background = images(1)
    alpha = np.zeros(person.shape[:2], np.uint8)
    assert (Compositor().composite(person, background, alpha) == background).all()


def test_nothing_given_is_written_into_and_every_result_is_new() -> None:
    person, background = images(2)
    alpha = np.full(person.shape[:2], 77, np.uint8)
    before = person.copy(), background.copy(), alpha.copy()
    compositor = Compositor()
    first = compositor.composite(person, background, alpha)
    kept = first.copy()
    compositor.composite(background, person, alpha)
    assert (first == kept).all()
    for now, then in zip((person, background, alpha), before, strict=True):
        assert (now == then).all()


def test_sizes_that_differ_are_refused() -> None:
    person, background = images(3)
    with pytest.raises(ValueError, match="differ in size"):
        Compositor().composite(person, background, np.zeros((5, 5), np.uint8))


def test_a_result_that_is_kept_is_never_written_again() -> None:
    person, background = images(5)
    alpha = np.full(person.shape[:2], 99, np.uint8)
    compositor = Compositor()
    kept = [compositor.composite(person, background, alpha)[5:, ::2] for _ in range(12)]
    expected = kept[0].copy()
    for _ in range(12):
        compositor.composite(background, person, alpha)
    assert all((view == expected).all() for view in kept)
    assert len({view.__array_interface__["data"][0] for view in kept}) == 12


def test_results_that_nobody_keeps_take_no_fresh_memory() -> None:
    person, background = images(6)
    alpha = np.full(person.shape[:2], 99, np.uint8)
    compositor = Compositor()
    places = {
        compositor.composite(person, background, alpha).__array_interface__["data"][0]
        for _ in range(12)
    }
    assert len(places) <= 2
