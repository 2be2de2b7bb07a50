"""Flicker where nobody knows the true mask."""

import math

import numpy as np
import pytest

from vcam.frames import Alpha, Image
from vcam.measure.quality.flicker import Flicker, Measured
from vcam.measure.quality.ground_truth import Truth, TruthWindow
from vcam.measure.quality.scoring import Scores

SHAPE = (180, 320)


def disc(x: float = 160) -> Alpha:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    distance = np.hypot(columns - x, rows - 90)
    return np.asarray(np.clip((50 - distance) * 64 + 127, 0, 255), np.uint8)


def picture(alpha: Alpha, noise: int = 0, seed: int = 0) -> Image:
    share = alpha[:, :, np.newaxis].astype(np.float32) / 255
    image = share * (60, 90, 200) + (1 - share) * (180, 170, 120)
    added = np.random.default_rng(seed).normal(0, noise, image.shape) if noise else 0
    return np.asarray(np.clip(image + added, 0, 255), np.uint8)


def trembling(alpha: Alpha, index: int) -> Alpha:
    """The mask, with an edge that changes at random in every frame."""
    rng = np.random.default_rng(index)
    shaken = alpha + rng.normal(0, 20, alpha.shape) * ((alpha > 0) & (alpha < 255))
    return np.asarray(np.clip(shaken, 0, 255), np.uint8)


def seen(images: list[Image], alphas: list[Alpha]) -> list[Measured]:
    flicker = Flicker()
    return [flicker.add(image, alpha) for image, alpha in zip(images, alphas, strict=True)]


def flickers(measured: list[Measured]) -> list[float]:
    return [each.flicker for each in measured if each.flicker is not None]


def test_at_rest_it_is_what_is_measured_with_the_truth() -> None:
    truth = disc()
    alphas = [trembling(truth, index) for index in range(20)]
    images = [picture(truth, noise=3, seed=index) for index in range(20)]
    window, scores = TruthWindow(), Scores()
    for alpha in alphas:
        window.add(Truth(truth))
        scores.add(window, alpha, images[0])
    known = scores.result()["flick"]
    assert known > 0.2
    assert np.mean(flickers(seen(images, alphas))) == pytest.approx(known, rel=0.1)


def test_a_steady_mask_does_not_flicker() -> None:
    image, alpha = picture(disc()), disc()
    assert set(flickers(seen([image] * 20, [alpha] * 20))) == {0.0}


def test_it_is_measured_every_fourth_frame_from_the_eighth() -> None:
    measured = seen([picture(disc())] * 17, [disc()] * 17)
    at = [index for index, each in enumerate(measured) if each.flicker is not None]
    assert at == [7, 11, 15]


def test_a_mask_that_follows_the_person_does_not_flicker() -> None:
    alphas = [disc(60 + 8 * index) for index in range(20)]
    values = flickers(seen([picture(alpha) for alpha in alphas], alphas))
    assert all(value < 0.5 or math.isnan(value) for value in values)


def test_where_everything_moves_nothing_is_measured() -> None:
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (*SHAPE, 3), np.uint8) // 16 * 16 for _ in range(8)]
    images = [
        np.asarray(image + np.uint8(i % 2 * 15), np.uint8) for i, image in enumerate(images)
    ]
    assert math.isnan(flickers(seen(images, [disc()] * 8))[0])


def test_a_frame_without_a_mask_starts_it_again() -> None:
    flicker = Flicker()
    for _ in range(7):
        flicker.add(picture(disc()), disc())
    flicker.restart()
    assert flicker.add(picture(disc()), disc()).flicker is None


def test_coverage_is_the_persons_share() -> None:
    alpha = np.zeros(SHAPE, np.uint8)
    alpha[:, : SHAPE[1] // 4] = 255
    assert seen([picture(alpha)], [alpha])[0].coverage == pytest.approx(0.25)
