"""The room out of focus as behind a lens."""

import cv2
import numpy as np
import pytest

from vcam.backgrounds import BLURS_ROOM, SHOWS_ROOM
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import LEAST, Bokeh
from vcam.backgrounds.choosing import choose, neighbour
from vcam.errors import SettingsError, UsageError
from vcam.frames import Alpha, Frame, Image, Size

SIZE = Size(1280, 720)


def nobody(size: Size = SIZE) -> Alpha:
    return np.zeros((size.height, size.width), np.uint8)


def plain(color: tuple[int, int, int], size: Size = SIZE) -> Image:
    return np.full((size.height, size.width, 3), color, np.uint8)


def painted(background: Bokeh | Blur, room: Image, alpha: Alpha | None = None) -> Image:
    size = Size.of(room)
    who = nobody(size) if alpha is None else alpha
    return background.open(size).paint(Frame(room, 0, 0.0), who)


def with_a_lamp(radius_px: float) -> Image:
    room = plain((30, 30, 30))
    cv2.circle(room, (640, 360), round(radius_px), (255, 255, 255), cv2.FILLED)
    return room


@pytest.mark.parametrize("strength", [35, 50, 65, 80, 100])
def test_a_lamp_in_a_dark_room_becomes_a_disc(strength: float) -> None:
    bokeh = Bokeh(strength)
    radius = 2 * bokeh.sigma_px(SIZE)
    line = painted(bokeh, with_a_lamp(radius / 5))[360, :, 1].astype(int)
    inside = line[640 - round(radius * 0.6) : 640 + round(radius * 0.6)]
    assert inside.min() > 30 + 12, "its light is there"
    assert np.ptp(inside) <= 8, "it is equally bright all over"
    assert abs(line[640 + round(radius * 1.4) + 8] - 30) <= 2, "and then it ends"
    assert np.count_nonzero(line > (30 + inside.max()) / 2) == pytest.approx(
        2 * radius, rel=0.2
    )


def test_a_disc_is_brighter_than_what_a_blur_makes_of_the_lamp() -> None:
    lens, blur = (painted(each, with_a_lamp(5)) for each in (Bokeh(50), Blur(50)))
    assert lens[360, 660, 1] > blur[360, 640, 1] + 10


def test_white_stays_white_and_a_plain_room_keeps_its_colour() -> None:
    for color in ((255, 255, 255), (10, 128, 250), (0, 0, 0), (3, 60, 190)):
        off = painted(Bokeh(80), plain(color)).astype(int) - color
        assert np.abs(off).max() <= 2


@pytest.mark.parametrize("strength", [35, 60, 100])
@pytest.mark.parametrize("level", [60, 200, 240])
def test_the_person_does_not_bleed_into_the_room(strength: float, level: int) -> None:
    size = Size(320, 180)
    room = plain((level, level, level), size)
    alpha = nobody(size)
    cv2.circle(alpha, (160, 90), 50, (255,), cv2.FILLED)
    for color in ((0, 0, 255), (255, 255, 255), (0, 0, 0)):
        room[alpha == 255] = color
        outside = painted(Bokeh(strength), room, alpha)[alpha == 0].astype(int)
        assert np.abs(outside - level).max() <= 4, "a halo of the person's colour"


def test_a_pattern_in_the_room_cannot_be_read_at_any_strength() -> None:
    # Letters of a page or a screen at the far wall: strokes of three pixels.
    strokes = np.random.default_rng(1).integers(0, 2, (240, 427, 1), np.uint8) * 255
    large = cv2.resize(strokes, SIZE, interpolation=cv2.INTER_NEAREST)
    room = np.asarray(np.dstack([large] * 3), np.uint8)
    for strength, left in ((35, 0.12), (50, 0.09), (100, 0.05)):
        assert painted(Bokeh(strength), room).std() < left * room.std()


def test_a_stronger_one_is_blurrier() -> None:
    room = np.random.default_rng(0).integers(0, 160, (360, 640, 3), np.uint8)
    spread = [painted(Bokeh(each), room).std() for each in (35, 50, 65, 80, 100)]
    assert spread == sorted(spread, reverse=True)


@pytest.mark.parametrize(
    "size", [Size(16, 9), Size(33, 19), Size(90, 160), Size(641, 361), Size(3840, 2160)]
)
def test_any_size_and_shape(size: Size) -> None:
    alpha = np.full((size.height, size.width), 255, np.uint8)
    for strength in (35, 100):
        assert Size.of(painted(Bokeh(strength), plain((5, 6, 7), size), alpha)) == size


def test_it_counts_as_a_blur_that_is_lighter_by_twenty() -> None:
    for strength in (35, 50, 80, 100):
        assert Bokeh(strength).exposure == Blur(strength - 20).exposure
        assert BLURS_ROOM < Bokeh(strength).exposure < SHOWS_ROOM
    assert Blur(60).exposure < Bokeh(60).exposure < Bokeh(50).exposure


def test_it_is_chosen_by_its_name_and_strength() -> None:
    assert choose("bokeh") == choose("Bokeh:medium") == Bokeh(50)
    assert choose("bokeh:light") == Bokeh(LEAST) == choose("bokeh:35%")
    assert choose("bokeh:strong") == Bokeh(80)


@pytest.mark.parametrize("text", ["bokeh:34", "bokeh:101", "bokeh:nan", "bokeh:-1"])
def test_a_strength_out_of_range_is_told(text: str) -> None:
    with pytest.raises(SettingsError) as told:
        choose(text)
    assert text.partition(":")[2] in told.value.what and "35 to 100" in told.value.remedy


def test_a_strength_that_is_no_number_is_told() -> None:
    with pytest.raises(UsageError, match="'much'"):
        choose("bokeh:much")


def test_next_and_previous_come_back_to_it() -> None:
    assert neighbour(Bokeh(60), 1, (), Bokeh(60)) == Bokeh(60)
