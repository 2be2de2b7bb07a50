"""What is behind the person is darkened, and nothing else."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.appearance.options import AppearanceOptions
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.frames import Frame, Image, Size
from vcam.masking.options import MaskOptions
from vcam.pipeline.darkening import Darkening, darker
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Cleared
from vcam.presenter import Presenter

SIZE = Size(320, 180)


@pytest.fixture
def grey(tmp_path: Path) -> Picture:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((SIZE.height, SIZE.width, 3), 200, np.uint8))
    return Picture(path)


def shown(
    background: Background, percents: list[float], fade_s: float = 0.0
) -> list[Cleared]:
    """The presenter before it, one picture for each of ``percents``."""
    presenter = Presenter(SIZE)
    with FrameProcessor(fade_s=fade_s) as line:
        return [
            line.process(
                Frame(presenter.draw(index / 30).image, index, index / 30),
                background,
                MaskOptions("light"),
                None,
                PictureOptions(appearance=AppearanceOptions(darker=percent)),
            ).with_copies()
            for index, percent in enumerate(percents)
        ]


@pytest.mark.parametrize("percent", [1.0, 15.0, 60.0, 100.0])
def test_what_is_behind_is_darker_by_that_share(percent: float, grey: Picture) -> None:
    plain, dark = shown(grey, [0, 0])[-1], shown(grey, [0, percent])[-1]
    assert plain.alpha is not None and dark.alpha is not None
    assert np.array_equal(plain.alpha, dark.alpha), "the same cut-out"
    behind, person = dark.alpha == 0, dark.alpha == 255
    assert (dark.image[behind] == round(200 * (1 - percent / 100))).all()
    assert np.array_equal(dark.image[person], plain.image[person])


@pytest.mark.parametrize("background", [Blur(50), Bokeh(50)], ids=str)
def test_a_room_out_of_focus_is_darkened_too(background: Background) -> None:
    plain, dark = shown(background, [0, 0])[-1], shown(background, [0, 40])[-1]
    assert dark.alpha is not None
    behind = dark.alpha == 0
    expected = plain.image[behind] * 0.6
    assert np.abs(dark.image[behind] - expected).max() <= 0.51


def test_a_plain_colour_stays_for_the_chroma_key_of_another_program() -> None:
    green = Color("#00b140")
    assert np.array_equal(shown(green, [30])[0].image, shown(green, [0])[0].image)


def test_the_plain_room_is_shown_as_it_is() -> None:
    (cleared,) = shown(Room(), [50])
    assert np.array_equal(cleared.image, Presenter(SIZE).draw(0).image)


def test_every_value_is_the_same_wherever_it_is() -> None:
    """Long rows are computed in another way than short ones, and must not differ."""
    values = np.arange(256, dtype=np.uint8)
    for percent in (*range(0, 101, 5), 12.5, 33.3):
        long = darker(np.dstack([np.tile(values, (4, 3))] * 3), percent)
        assert np.array_equal(long[:, :256], long[:, 256:512])
        for value in (0, 1, 77, 128, 254, 255):
            short: Image = np.full((1, 1, 3), value, np.uint8)
            assert (darker(short, percent) == long[0, value]).all()
        assert (np.diff(long[0, :256, 0].astype(int)) >= 0).all()
        assert (long[0, :256, 0] <= values).all()


def test_a_picture_is_darkened_once_and_what_moves_every_time() -> None:
    darkening, picture = Darkening(), np.full((9, 16, 3), 100, np.uint8)
    film = picture.copy()
    picture.flags.writeable = False
    first = darkening.applied(picture, Blur(), 20.0)[0]
    assert darkening.applied(picture, Blur(), 20.0)[0] is first
    assert (darkening.applied(picture, Blur(), 50.0)[0] == 50).all()
    for value in (100, 200):
        film[:] = value
        assert (darkening.applied(film, Blur(), 50.0)[0] == value // 2).all()
    assert (darkening.applied(picture, Blur(), 20.0)[0] == 80).all()


def test_what_was_given_is_not_changed() -> None:
    darkening, given = Darkening(), np.full((9, 16, 3), 100, np.uint8)
    given.flags.writeable = False
    result, told = darkening.applied(given, Blur(), 20.0)
    assert (result == 80).all() and told is not None and told.before is given
    same, nothing = darkening.applied(given, Blur(), 0.0)
    assert same is given and nothing is None
