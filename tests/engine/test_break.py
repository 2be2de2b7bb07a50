"""The card of a break: a countdown, and a picture of one's own."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import Eventually, running
from systems import not_on_windows

from vcam.engine.engine import Engine
from vcam.engine.live_settings import LiveSettings
from vcam.engine.stills import remaining
from vcam.frames import Image, Size
from vcam.pipeline.card_picture import CardPicture
from vcam.pipeline.cards import slate
from vcam.pipeline.options import PauseOptions
from vcam.settings import Settings
from vcam.status import Hold, State
from vcam.status_text import headline
from vcam.testing import FakeWorld

SMALL = Size(96, 54)
BLUE = (200, 60, 20)


@pytest.fixture
def engine(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> Iterator[Engine]:
    with running(world, settings, silence_s=5) as engine:
        eventually(lambda: engine.status.published > 3)
        yield engine


@pytest.fixture
def blue(tmp_path: Path) -> Path:
    path = tmp_path / "blue.png"
    cv2.imwrite(str(path), np.full((540, 960, 3), BLUE, np.uint8))
    return path


def pause(engine: Engine, words: PauseOptions, minutes: float | None = None) -> None:
    engine.apply(replace(engine.settings, pause=words))
    engine.hold(Hold.PAUSE, minutes)


def is_blue(image: Image) -> bool:
    return bool((image[:20] == BLUE).all())


class Clock:
    """The clock on the wall."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1_000_000.0
        monkeypatch.setattr("vcam.engine.live_settings.time.time", lambda: self.now_s)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.mark.parametrize(
    ("left_s", "text"),
    [
        (None, ""),
        *((600.0, "10:00"), (599.999, "10:00"), (599.0, "9:59"), (60.4, "1:01")),
        *((0.2, "0:01"), (0.0, "Any moment now"), (-90.0, "Any moment now")),
        *((3600.0, "1:00:00"), (86400.0, "24:00:00")),
    ],
)
def test_the_time_that_is_left_is_said_in_minutes_and_seconds(
    left_s: float | None, text: str
) -> None:
    assert remaining(left_s) == text


def test_a_break_counts_the_minutes_that_it_was_given_or_those_of_the_settings(
    settings: Settings, clock: Clock
) -> None:
    live = LiveSettings(settings)
    live.hold(Hold.PAUSE)
    assert live.break_left_s is None, "no countdown was asked for"
    live.hold(Hold.PAUSE, 10.0)
    clock.now_s += 30
    assert live.break_left_s == 570
    live.apply(replace(settings, pause=PauseOptions(minutes=5)))
    assert live.break_left_s == 570, "this break has its own"
    live.hold(Hold.PAUSE)
    assert live.break_left_s == 300
    live.apply(replace(settings, pause=PauseOptions(minutes=15)))
    assert live.break_left_s == 900, "as long as is chosen now, from its beginning on"
    live.hold(Hold.PAUSE, 0.0)
    assert live.break_left_s is None, "no countdown this time"


@pytest.mark.parametrize("hold", [Hold.NOTHING, Hold.FREEZE])
def test_only_a_break_is_counted_down(hold: Hold, settings: Settings) -> None:
    live = LiveSettings(settings)
    live.hold(hold, 5.0)
    assert live.break_left_s is None


def test_the_card_counts_down_and_stays_when_the_time_is_over(
    engine: Engine, world: FakeWorld, eventually: Eventually, clock: Clock
) -> None:
    def shows(left: str) -> bool:
        wanted = slate(SMALL, "Be right back", "Lunch", left)
        return np.array_equal(world.published[-1], wanted)

    pause(engine, PauseOptions(detail="Lunch"), 10.0)
    eventually(lambda: shows("10:00"))
    clock.now_s += 1
    eventually(lambda: shows("9:59"))
    clock.now_s += 700  # the machine has slept
    eventually(lambda: shows("Any moment now"))
    assert engine.status.state is State.PAUSED, "nobody goes live by itself"


def test_a_picture_of_ones_own_is_the_card_and_says_only_what_the_user_wants(
    engine: Engine, world: FakeWorld, eventually: Eventually, blue: Path
) -> None:
    pause(engine, PauseOptions(picture=blue))
    eventually(lambda: is_blue(world.published[-1]))
    assert (world.published[-1] == BLUE).all()
    assert headline(engine.status) == "Paused: a card is on air, the camera is off"
    words = PauseOptions("Back at 14:30", picture=blue)
    engine.apply(replace(engine.settings, pause=words))
    picture = CardPicture(blue, SMALL)
    written = slate(SMALL, "Back at 14:30", "", "", picture)
    eventually(lambda: np.array_equal(world.published[-1], written))
    assert (written[-1].max(axis=1) < 120).all(), (
        "what is written can be read on every picture"
    )
    engine.apply(replace(engine.settings, pause=PauseOptions()))
    eventually(lambda: np.array_equal(world.published[-1], slate(SMALL, "Be right back")))


def test_a_picture_is_read_before_the_break_so_that_no_other_card_is_seen(
    engine: Engine, world: FakeWorld, eventually: Eventually, blue: Path
) -> None:
    engine.apply(replace(engine.settings, pause=PauseOptions(picture=blue)))
    publisher = engine._publisher
    assert publisher is not None
    eventually(lambda: publisher._stills._pictures.picture(blue, SMALL))
    sent = len(world.published)
    engine.hold(Hold.PAUSE)
    eventually(lambda: len(world.published) > sent + 2)
    assert all(is_blue(picture) for picture in world.published[sent:])


def test_a_picture_that_is_gone_is_told_and_the_card_is_the_usual_one(
    engine: Engine, world: FakeWorld, eventually: Eventually, blue: Path
) -> None:
    content = blue.read_bytes()
    blue.unlink()
    pause(engine, PauseOptions(picture=blue, minutes=0))
    eventually(lambda: engine.status.card_trouble)
    assert "blue.png" in engine.status.card_trouble
    assert headline(engine.status).endswith("· without its picture")
    assert np.array_equal(world.published[-1], slate(SMALL, "Be right back"))
    blue.write_bytes(content)
    engine.hold(Hold.NOTHING)
    eventually(lambda: engine.status.state is State.LIVE)
    assert not engine.status.card_trouble
    engine.hold(Hold.PAUSE)  # another try
    eventually(lambda: is_blue(world.published[-1]))


def test_a_picture_that_was_drawn_anew_is_seen_in_the_next_break(
    engine: Engine, world: FakeWorld, eventually: Eventually, blue: Path
) -> None:
    pause(engine, PauseOptions(picture=blue))
    eventually(lambda: is_blue(world.published[-1]))
    engine.hold(Hold.NOTHING)
    eventually(lambda: engine.status.state is State.LIVE)
    cv2.imwrite(str(blue), np.full((54, 96, 3), 77, np.uint8))
    engine.hold(Hold.PAUSE)
    eventually(lambda: (world.published[-1] == 77).all())
    cv2.imwrite(str(blue), np.full((54, 96, 3), 99, np.uint8))
    engine.apply(replace(engine.settings, pause=PauseOptions(picture=blue)))
    eventually(lambda: (world.published[-1] == 99).all())


def test_a_picture_that_was_read_stays_when_its_drive_is_gone(
    engine: Engine, world: FakeWorld, eventually: Eventually, blue: Path
) -> None:
    pause(engine, PauseOptions(picture=blue))
    eventually(lambda: is_blue(world.published[-1]))
    blue.unlink()
    publisher = engine._publisher
    assert publisher is not None
    reading = publisher._stills._pictures._reading
    pause(engine, PauseOptions(picture=blue))
    eventually(lambda: publisher._stills._pictures._reading is not reading)
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 3)
    assert all(map(is_blue, world.published[sent:])) and not engine.status.card_trouble


@not_on_windows("pipes in the file system")
def test_a_pipe_in_place_of_a_picture_holds_nothing_up(
    engine: Engine, world: FakeWorld, eventually: Eventually, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    pause(engine, PauseOptions(picture=tmp_path / "pipe.png"))
    eventually(lambda: engine.status.card_trouble)
    assert np.array_equal(world.published[-1], slate(SMALL, "Be right back"))


def test_in_a_break_the_picture_is_the_next_ones_after_another_size(
    world: FakeWorld, engine: Engine, eventually: Eventually, blue: Path
) -> None:
    pause(engine, PauseOptions(picture=blue))
    eventually(lambda: is_blue(world.published[-1]))
    output = replace(engine.settings.output, size=Size(64, 36))
    engine.apply(replace(engine.settings, output=output))
    eventually(lambda: Size.of(world.published[-1]) == Size(64, 36))
    eventually(lambda: (world.published[-1] == BLUE).all())
