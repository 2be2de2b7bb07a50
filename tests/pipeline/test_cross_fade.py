"""Another background comes gently, and never shows more of the room than was chosen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from conftest import GREEN, SMALL

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.errors import SegmenterError
from vcam.frames import Frame, Image
from vcam.imaging.options import FramingOptions
from vcam.masking.options import MaskOptions
from vcam.pipeline.cross_fade import CrossFade
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.testing import PERSON, FakeWorld, secret_room, shows_secret

FADE_S = 0.3
BLACK, WHITE = Color("black"), Color("white")


def plain(level: int) -> Image:
    return np.full((54, 96, 3), level, np.uint8)


def shown(fade: CrossFade, level: int, background: Any, now_s: float) -> int:
    return int(fade.mixed(plain(level), background, now_s)[0][0, 0, 0])


@pytest.mark.parametrize("fps", [24, 25, 30000 / 1001, 30, 60])
def test_it_takes_three_tenths_of_a_second_at_every_rate_and_only_grows(fps: float) -> None:
    fade = CrossFade(FADE_S)
    shown(fade, 0, BLACK, 0.0)
    levels = [shown(fade, 200, WHITE, n / fps) for n in range(1, 40)]
    assert levels == sorted(levels)
    mixed = sum(level < 200 for level in levels[1:])
    assert levels[0] > 0 and levels[-1] == 200
    whole = next(n for n, level in enumerate(levels, 1) if level == 200)
    assert (whole - 1) / fps < FADE_S and mixed > 4
    n = round(fps * FADE_S / 2)
    share = n / fps / FADE_S
    assert levels[n - 1] == pytest.approx(200 * share**2 * (3 - 2 * share), abs=1)


def test_a_change_on_the_way_fades_from_what_is_seen_then() -> None:
    fade = CrossFade(FADE_S)
    shown(fade, 0, BLACK, 0.0)
    half = shown(fade, 200, WHITE, 0.15)
    assert half == 100
    assert shown(fade, 40, GREEN, 0.16) == pytest.approx(100, abs=2)
    assert shown(fade, 40, GREEN, 0.5) == 40


@pytest.mark.parametrize(
    ("before", "after", "fades"),
    [
        (Blur(50), GREEN, False),
        (Blur(30), Blur(60), False),
        (Blur(60), Blur(30), True),
        (GREEN, Blur(50), True),
        (GREEN, BLACK, True),
    ],
)
def test_it_cuts_wherever_less_of_the_room_is_to_be_seen(
    before: Any, after: Any, fades: bool
) -> None:
    fade = CrossFade(FADE_S)
    shown(fade, 0, before, 0.0)
    assert (shown(fade, 200, after, 0.03) != 200) == fades


@pytest.mark.parametrize(
    ("first", "second", "third", "fades"),
    [
        (GREEN, BLACK, WHITE, True),
        (Blur(90), Blur(60), Blur(30), True),
        (GREEN, BLACK, Blur(60), True),
        (GREEN, Blur(60), Blur(30), False),
        (Blur(90), Bokeh(80), Bokeh(40), False),
    ],
    ids=str,
)
def test_what_is_half_a_picture_and_half_a_blurred_room_is_not_faded_from(
    first: Any, second: Any, third: Any, fades: bool
) -> None:
    """How much of the room is in it could not be proven."""
    fade = CrossFade(FADE_S)
    shown(fade, 0, first, 0.0)
    assert shown(fade, 100, second, 0.15) == 50
    assert (shown(fade, 200, third, 0.2) != 200) == fades


def test_a_zoomed_room_out_of_focus_fades_as_well(world: FakeWorld) -> None:
    room = secret_room(SMALL)
    room[:, SMALL.width // 2 :] = 250
    room[: SMALL.height // 2, SMALL.width // 2 :] = 10
    pictures = []
    with FrameProcessor(world.devices.open_segmenter, fade_s=FADE_S) as processor:
        options = PictureOptions(framing=FramingOptions(zoom=200))
        for index in range(12):
            background = Blur(100) if index < 2 else Blur(20)
            frame = Frame(room.copy(), index, index / 30)
            made = processor.process(frame, background, MaskOptions(), None, options)
            pictures.append(made.image.astype(int))
    strong, first, light = pictures[1], pictures[2], pictures[11]
    assert np.abs(first - strong).max() < np.abs(first - light).max() / 4


def test_without_a_time_it_cuts() -> None:
    fade = CrossFade(0.0)
    shown(fade, 0, BLACK, 0.0)
    assert shown(fade, 200, WHITE, 0.0) == 200


@dataclass
class Line:
    """The whole pipeline, at 30 frames a second."""

    processor: FrameProcessor
    index: int = 0

    def next(self, background: Any) -> Image:
        self.index += 1
        frame = Frame(secret_room(SMALL), self.index, self.index / 30)
        return self.processor.process(frame, background, MaskOptions()).image


@pytest.fixture
def line(world: FakeWorld) -> Any:
    with FrameProcessor(world.devices.open_segmenter, fade_s=FADE_S) as processor:
        yield Line(processor)


def test_the_person_does_not_fade_and_the_room_is_never_seen(line: Line) -> None:
    line.next(BLACK)
    line.next(BLACK)
    pictures = [line.next(GREEN) for _ in range(12)]
    assert all((picture[:, :8] == PERSON).all() for picture in pictures)
    greens = [int(picture[0, -1, 1]) for picture in pictures]
    assert greens == sorted(greens) and 0 < greens[0] < greens[4] < 255 == greens[-1]
    assert not any(map(shows_secret, pictures))


def test_nothing_of_the_room_stays_when_it_is_switched_off(line: Line) -> None:
    line.next(Room())
    assert shows_secret(line.next(Room()))
    assert not shows_secret(line.next(GREEN), 60)
    line.next(Blur(5))
    assert (line.next(GREEN)[:, -8:] == (0, 255, 0)).all()


def test_after_a_frame_that_went_wrong_nothing_fades(line: Line, world: FakeWorld) -> None:
    line.next(BLACK)
    world.faults["segment"] = _fail
    with pytest.raises(SegmenterError):
        line.next(BLACK)
    del world.faults["segment"]
    assert (line.next(GREEN)[:, -8:] == (0, 255, 0)).all()


def _fail(mask: Any) -> Any:
    raise SegmenterError("planted")
