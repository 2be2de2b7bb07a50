"""A model that is wrong, and sure of it, does not show the room.

The attacks are small forms of ``python -m tests.privacy_attacks``, through the whole line.
For each there is somebody honest who must lose nothing by what refuses it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import pytest
from privacy_attacks import (
    BEGIN,
    PERSON,
    Attack,
    Fake,
    Figures,
    Moment,
    Run,
    Says,
    attacked,
    constant,
    every,
    growing,
    sure_of,
)
from privacy_walls import room as wall

from vcam.backgrounds.color import Color
from vcam.errors import VcamError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking.edges import soften_edge
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import open_segmenter
from vcam.pipeline.pipeline import Line

SIZE = Size(320, 180)
SHAKEN = Size(640, 360)
"""A size at which shaking by 4 pixels is not more than real cameras shake."""
GREEN = Color("#00c800")
LEAK_S = 0.1
ONE = pytest.mark.parametrize("preset", ["light", "standard"])


def never_alike(says: Says) -> Says:
    """Masks are not bit-identical, because repeated masks are found in another way."""

    def noisy(moment: Moment) -> Mask:
        mask = says(moment)
        off = moment.rng.uniform(-0.004, 0.004, mask.shape).astype(np.float32)
        return np.asarray(np.clip(mask + off, 0, 1), np.float32)

    return noisy


def attack(says: Says, preset: str, motion: str, **how: Any) -> Figures:
    frames = how.pop("frames", 44)
    size = SHAKEN if motion == "shaking" else SIZE
    return attacked(Attack("", never_alike(says), **how), preset, motion, frames, size)


def assert_nothing_leaked(figures: Figures) -> None:
    assert figures.longest_s <= LEAK_S + 1e-9, figures


# Models that are wrong.


@ONE
@pytest.mark.parametrize("motion", ["still", "moving", "shaking", "lights"])
def test_control_an_honest_model_loses_nobody(motion: str, preset: str) -> None:
    figures = attack(lambda moment: moment.honest, preset, motion)
    assert figures.withheld == 0 and figures.person > 0.97
    assert_nothing_leaked(figures)


@ONE
@pytest.mark.parametrize("motion", ["still", "shaking", "lights"])
@pytest.mark.parametrize("value", [0.3, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("begin", [0, BEGIN], ids=["from the start", "later"])
def test_a_model_that_says_the_same_of_every_place_shows_nothing(
    value: float, begin: int, motion: str, preset: str
) -> None:
    assert_nothing_leaked(attack(constant(value), preset, motion, begin=begin))


@ONE
@pytest.mark.parametrize("motion", ["still", "moving", "shaking", "lights"])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_mask_that_jumps_is_not_believed(share: float, motion: str, preset: str) -> None:
    """This also holds in the frame in which somebody switches the light."""
    assert_nothing_leaked(attack(sure_of(share), preset, motion, begin=BEGIN))


@ONE
def test_a_mask_that_grows_slowly_is_not_believed(preset: str) -> None:
    figures = attack(growing(BEGIN), preset, "moving", begin=BEGIN, frames=80)
    assert_nothing_leaked(figures)


@pytest.mark.parametrize("preset", ["light", "standard", "best"])
@pytest.mark.parametrize("model", ["landscape", "square"])
@pytest.mark.parametrize("value", [1.0, 0.85])
@pytest.mark.parametrize("begin", [0, BEGIN], ids=["from the start", "later"])
def test_one_model_alone_shows_nothing(
    model: str, value: float, begin: int, preset: str
) -> None:
    figures = attack(constant(value), preset, "moving", who=(model,), begin=begin)
    assert_nothing_leaked(figures)


@ONE
@pytest.mark.parametrize("motion", ["still", "moving"])
@pytest.mark.parametrize("step", [2, 3])
def test_a_model_that_is_wrong_now_and_then_shows_nothing(
    step: int, motion: str, preset: str
) -> None:
    says = every(step, constant(1.0))
    assert_nothing_leaked(attack(says, preset, motion, begin=BEGIN))


# Rooms that models take for people.


@pytest.mark.parametrize("seed_and_number", [(1, 124), (7, 277)], ids=str)
@pytest.mark.parametrize("before", [0, 6], ids=["from the start", "later"])
def test_a_room_that_the_wide_model_takes_for_a_person_whole_stays_in(
    seed_and_number: tuple[int, int], before: int
) -> None:
    _, picture = wall(*seed_and_number)
    seen = 0.0

    class Watched:
        """The real model, with the share of the room that it has claimed."""

        def __init__(self, engine: str, model: str) -> None:
            self._model, self._name = open_segmenter(engine, model), model
            self.input_size = self._model.input_size

        def segment(self, image: Image) -> Mask:
            nonlocal seen
            mask = self._model.segment(image)
            if self._name == "landscape":
                seen = max(seen, float(np.mean(mask > 0.5)))
            return mask

        def close(self) -> None:
            self._model.close()

    with Line(Watched) as line:
        for number in range(12):
            noise = np.random.default_rng(number).normal(0, 1.2, picture.shape)
            image = np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)
            if number < before:
                image = inhabited(number, Size.of(picture))[0]
            try:
                out = line.process(
                    Frame(image, number, number / 30), GREEN, MaskOptions("light")
                )
            except VcamError:
                continue
            if number >= before:
                assert out.alpha is not None
                assert np.mean(out.alpha > 127) < 0.02
    assert seen > 0.9, "or this room shows nothing"


# Honest people.

Film = Callable[[int], tuple[Image, Alpha]]


def inhabited(
    number: int,
    size: Size = SIZE,
    aside: float = 0.0,
    near: float = 1.0,
    gain: float = 1.0,
    nudged: tuple[int, int] = (0, 0),
    person: Any = PERSON,
    wall: Any = None,
    noise: float = 1.2,
) -> tuple[Image, Alpha]:
    """Somebody in a room, and their alpha, 255."""
    unit = size.height / 180
    if wall is None:
        tiles = np.random.default_rng(1).uniform((60, 20, 130), (130, 50, 200), (9, 16, 3))
        wall = cv2.resize(tiles, size)
    picture = np.full((size.height, size.width, 3), wall, np.float32)
    alpha = np.zeros((size.height, size.width), np.uint8)
    x = round((160 + 320 * aside) * unit)
    for y, across, down in ((165, 50, 85), (65, 24, 31)):
        middle = (x, round((165 + (y - 165) * near) * unit))
        axes = round(across * near * unit), round(down * near * unit)
        cv2.ellipse(alpha, middle, axes, 0, 0, 360, (255,), cv2.FILLED)
    picture[alpha > 0] = person
    rng = np.random.default_rng(number)
    filmed = np.roll(picture, nudged, axis=(0, 1)) * gain
    filmed += rng.normal(0, noise, picture.shape)
    image = np.clip(np.rint(filmed), 0, 255).astype(np.uint8)
    return image, np.roll(alpha, nudged, axis=(0, 1))


def leans_in(number: int) -> tuple[Image, Alpha]:
    return inhabited(number, near=float(np.interp(number, (20, 28, 45, 55), (1, 3, 3, 1))))


def enters(number: int) -> tuple[Image, Alpha]:
    return inhabited(number, aside=float(np.interp(number, (20, 30), (0.9, 0))))


def enters_late(number: int) -> tuple[Image, Alpha]:
    """Somebody sits down and stays, after two seconds of an empty room."""
    return inhabited(number, aside=0.9 if number < 60 else 0.0)


def sits_still(number: int) -> tuple[Image, Alpha]:
    return inhabited(number)


def lights(number: int) -> tuple[Image, Alpha]:
    return inhabited(number, gain=(1.0, 0.45, 1.1, 0.6)[min(3, number // 16)], noise=2)


def nudged(number: int) -> tuple[Image, Alpha]:
    jolts = ((5, 9), (-6, -12), (3, 10), (2, -6), (-1, 4))
    return inhabited(number, nudged=jolts[number - 20] if 20 <= number < 25 else (0, 0))


def of_the_walls_colour(number: int) -> tuple[Image, Alpha]:
    """Somebody of nearly the wall's colour, whom no cell tells from the wall."""
    aside = 0.02 * float(np.sin(number / 6))
    wall = np.asarray(PERSON) - (2, 0, 0)
    return inhabited(number, aside=aside, wall=wall, noise=0)


FILMS: dict[str, tuple[Film, range]] = {
    "leans in until they fill the picture": (leans_in, range(0)),
    "enters": (enters, range(0)),
    "sits still": (sits_still, range(0)),
    "is lost by the models for a moment": (sits_still, range(30, 42)),
    "moves while the models have lost them": (enters, range(24, 34)),
    "is seen a few frames late": (enters_late, range(60, 63)),
    "switches the light": (lights, range(0)),
    "nudges the camera": (nudged, range(0)),
    "wears the colour of the wall": (of_the_walls_colour, range(0)),
}


class Honest(Fake):
    """Finds the person by colour, except in the frames of ``lost``."""

    lost = range(0)
    lighter = False

    def segment(self, image: Image) -> Mask:
        if self._run.number in self.lost:
            return np.zeros(image.shape[:2], np.float32)
        if self.lighter:
            there = (image[..., 0] > PERSON[0] - 1).astype(np.float32)
            return np.asarray(cv2.GaussianBlur(there, (0, 0), 1.0) * 0.99, np.float32)
        return super().segment(image)


@lru_cache(maxsize=80)
def filmed(film: Film, number: int) -> tuple[Image, Alpha]:
    """The same for every preset; drawn once."""
    return film(number)


def alphas(
    film: Film, lost: range, preset: str, monkeypatch: pytest.MonkeyPatch, frames: int = 72
) -> tuple[list[Alpha], list[Alpha], list[Alpha]]:
    """The alphas shown, those without the limit, and the true ones."""
    run = Run(Attack("", lambda moment: moment.honest))
    held: list[Alpha] = []
    free: list[Alpha] = []
    truths: list[Alpha] = []

    def noted(alpha: Alpha, px: float) -> Alpha:
        softened = soften_edge(alpha, px)
        free.append(np.asarray(cv2.resize(softened, SIZE), np.uint8))
        return softened

    # The last step before the limit.
    monkeypatch.setattr("vcam.masking.matting.soften_edge", noted)

    def opened(engine: str, model: str) -> Honest:
        fake = Honest(run, model)
        fake.lost, fake.lighter = lost, film is of_the_walls_colour
        return fake

    with Line(opened) as line:
        for run.number in range(frames):
            image, truth = filmed(film, run.number)
            truths.append(truth)
            frame = Frame(image, run.number, run.number / 30)
            alpha = line.process(frame, GREEN, MaskOptions(preset=preset)).alpha
            assert alpha is not None
            held.append(alpha.copy())
    return held, free, truths


@pytest.mark.parametrize("preset", ["light", "standard", "best"])
@pytest.mark.parametrize(("film", "lost"), FILMS.values(), ids=FILMS)
def test_nothing_is_taken_from_somebody_who(
    film: Film, lost: range, preset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free, truths = alphas(film, lost, preset, monkeypatch)
    losses = []
    for mine, whole, truth in zip(held, free, truths, strict=True):
        lost_there = cv2.subtract(whole, mine)[truth > 0]
        losses.append(float((lost_there / 255).sum()) / truth.size)
    assert max(losses) < 0.03, f"in frame {int(np.argmax(losses))}"
    assert max(float(np.mean(each > 127)) for each in free) > 0.1, "somebody was there"
