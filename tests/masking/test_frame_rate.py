"""The mask at other frame rates than the 30 a second it was tuned for."""

from collections.abc import Iterable
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking.matting import Matting
from vcam.masking.options import MaskOptions
from vcam.measure.quality.ground_truth import Truth, TruthWindow
from vcam.measure.quality.scoring import Scores
from vcam.presenter import Drawing, Presenter

SMALL = Size(640, 360)
BELIEVED = pytest.mark.usefixtures("whatever_models_say_is_believed")
STRIP = np.s_[:, -60:]
"""Of the frame: nothing but room."""


@cache
def sitting() -> Drawing:
    return Presenter(SMALL, noise=False).draw(2.0)


def moved_aside(by: int) -> tuple[Image, Alpha]:
    """The picture and the exact alpha of somebody who sits so many pixels further on."""
    person = np.roll(sitting().foreground, by, axis=1)
    alpha = np.roll(sitting().alpha, by, axis=1)
    share = alpha[:, :, np.newaxis].astype(np.float32) / 255
    return np.asarray(share * person + (1 - share) * sitting().room, np.uint8), alpha


def noisy(image: Image, seed: int) -> Image:
    noise = np.random.default_rng(seed).standard_normal(image.shape, np.float32)
    return np.asarray(np.clip(image + 2 * noise, 0, 255), np.uint8)


class Mistaken:
    """Knows who sits there, and takes a strip of the room for a person, too."""

    strip = 0.0
    runs = 0

    def __init__(self, engine: str, model: str) -> None:
        self.input_size = Size(256, 144) if model == "landscape" else Size(256, 256)

    def segment(self, image: Image) -> Mask:
        small = cv2.resize(sitting().alpha, self.input_size, interpolation=cv2.INTER_AREA)
        mask: Mask = small.astype(np.float32) * np.float32(1 / 255)
        mask[:, -40:] = Mistaken.strip
        # No model says the same to the bit of two pictures.
        self.runs += 1
        mask[0, 0] = self.runs / 1000
        return mask

    def close(self) -> None:
        """Nothing to release."""


def shown(
    options: MaskOptions, times_s: Iterable[float], said: Iterable[float]
) -> list[float]:
    """How much of the strip is shown, 0..1, when the model says this at these times."""
    matting = Matting(Mistaken)
    found = []
    for index, (captured_s, Mistaken.strip) in enumerate(zip(times_s, said, strict=False)):
        frame = Frame(noisy(sitting().image, index), index, captured_s)
        found.append(float(matting.matte(frame, options).alpha[STRIP].mean()) / 255)
    matting.close()
    return found


def times(fps: float, count: int) -> NDArray[np.float64]:
    return 7.0 + np.arange(count) / fps


@BELIEVED
def test_in_the_dark_what_was_wrong_does_not_stay_three_times_as_long() -> None:
    def stays_s(fps: int) -> float:
        # It still doubts: where it sees nobody at all, nothing is held anyway.
        said = [*fps * [1.0], *fps * [0.4]]
        after = shown(MaskOptions("light"), times(fps, 2 * fps), said)[fps:]
        return sum(each > 0.25 for each in after) / fps

    assert stays_s(30) > 0.1
    assert stays_s(10) < 2 * stays_s(30)


@BELIEVED
@pytest.mark.parametrize("fps", [8, 10, 30])
def test_the_room_is_known_in_half_a_second_in_the_dark_too(fps: int) -> None:
    said = [*(fps // 2) * [0.0], 0.7]
    options = MaskOptions(
        close_up_every=0, smoothing=0, smoothing_after=0, remove_strays=False
    )
    assert shown(options, times(fps, len(said)), said)[-1] < 0.05


def test_a_waving_hand_is_cut_no_more_in_the_dark_than_by_day() -> None:
    def cut(fps: float) -> float:
        presenter, matting = Presenter(SMALL, fps, seed=7), Matting()
        window, scores = TruthWindow(), Scores()
        for index in range(round(2.6 * fps)):
            drawing = presenter.draw(3.0 + index / fps)
            window.add(Truth(drawing.alpha.copy(), None))
            frame = Frame(drawing.image, index, index / fps)
            matte = matting.matte(frame, MaskOptions())
            scores.add(window, matte.alpha, matte.foreground)
        matting.close()
        return scores.result()["cut"]

    assert cut(10) < cut(30)


@pytest.mark.parametrize("away_s", [0.4, 3.0])
@pytest.mark.parametrize("count", [8, 9])
def test_who_moved_while_no_frame_came_is_seen_where_they_are_now(
    away_s: float, count: int
) -> None:
    matting = Matting()
    times_s = times(30, count)
    for index, captured_s in enumerate(times_s):
        image = noisy(moved_aside(-75)[0], index)
        matting.matte(Frame(image, index, captured_s), MaskOptions())
    image, alpha = moved_aside(75)
    frame = Frame(noisy(image, count), count, times_s[-1] + away_s)
    found = matting.matte(frame, MaskOptions()).alpha.copy()
    matting.close()
    assert cv2.absdiff(found, alpha).mean() / 255 < 0.01


STEADY = MaskOptions("light")


@BELIEVED
def test_one_late_frame_does_not_let_the_noise_of_the_model_through() -> None:
    said = 15 * [0.4, 0.6]
    times_s = times(30, 30)
    usual = np.abs(np.diff(shown(STEADY, times_s, said)))
    times_s[20:] += 0.3
    with_a_late_one = np.abs(np.diff(shown(STEADY, times_s, said)))
    assert with_a_late_one[10:].max() < 1.5 * usual[10:].max()


@BELIEVED
@pytest.mark.parametrize(
    "times_s",
    [
        np.full(40, 7.0),
        times(30, 40) - 5 * (np.arange(40) > 20),
        times(30, 40) + np.random.default_rng(1).uniform(-0.01, 0.01, 40),
        times(60, 40),
    ],
    ids=["stands still", "goes back", "is inexact", "is that of a fast camera"],
)
def test_the_mask_is_as_ever_when_the_clock(times_s: NDArray[np.float64]) -> None:
    said = np.random.default_rng(2).uniform(0.3, 0.7, 40)
    usual = np.array(shown(STEADY, times(30, 40), said))
    assert np.abs(np.array(shown(STEADY, times_s, said)) - usual).max() < 0.03
