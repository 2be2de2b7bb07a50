"""Which pictures the producer hands over, seen without the publisher behind it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import GREEN, HURRY, Eventually

from vcam.backgrounds import Background
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.engine.background_loader import BackgroundLoader
from vcam.engine.governor import Governor
from vcam.engine.inspection import Inspection
from vcam.engine.live_settings import LiveSettings
from vcam.engine.producer import Producer
from vcam.frames import Size
from vcam.settings import Settings
from vcam.testing import FakeWorld


class Counted:
    """A fault that only counts."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, value: Any) -> Any:
        self.times += 1
        return value


class HangsAfter:
    """A fault of a camera that hangs after so many frames."""

    def __init__(self, world: FakeWorld, frames: int) -> None:
        self._world, self._left = world, frames
        self.hangs = False

    def __call__(self, value: Any) -> Any:
        self.hangs = not self._left
        if self.hangs:
            self._world.hang(None)
        self._left -= 1
        return value


@pytest.fixture
def live(settings: Settings) -> LiveSettings:
    return LiveSettings(settings)


def choose(live: LiveSettings, background: Background) -> None:
    live.apply(replace(live.settings, background=background))


def use(live: LiveSettings, camera: str) -> None:
    source = replace(live.settings.source, camera=camera)
    live.apply(replace(live.settings, source=source))


@pytest.fixture
def loads_for_ever(world: FakeWorld) -> Background:
    class Loads(Color):
        def open(self, size: Size) -> Any:
            world.hang(None)
            return super().open(size)

    return Loads("#00ff00")


@contextmanager
def started(
    world: FakeWorld,
    live: LiveSettings,
    governor: Governor | None = None,
    inspection: Inspection | None = None,
) -> Iterator[Producer]:
    loader = BackgroundLoader()
    producer = Producer(
        live,
        live.settings.output,
        world.devices,
        HURRY,
        loader,
        governor or Governor(lambda: False),
        {},
        inspection or Inspection(),
    )
    producer.start()
    try:
        yield producer
    finally:
        world.let_go.set()
        producer.stop(3)
        loader.close()


def has_ended() -> bool:
    return "vcam-producer" not in {each.name for each in threading.enumerate()}


def take_one(producer: Producer) -> Background:
    """What is behind the person in the next picture."""
    picture = producer.take(8)
    assert picture is not None
    return picture.background


def some_frames_later(world: FakeWorld, eventually: Eventually) -> None:
    reads = world.faults["read"] = Counted()
    eventually(lambda: reads.times > 3)


def nothing_comes(producer: Producer, world: FakeWorld, eventually: Eventually) -> bool:
    """Except for the picture that was in the making just now."""
    some_frames_later(world, eventually)
    producer.take(0)
    some_frames_later(world, eventually)
    return producer.take(0) is None


@pytest.mark.parametrize(("frames", "shown"), [(2, False), (3, True)])
def test_the_first_frames_of_a_camera_are_not_shown(
    frames: int, shown: bool, world: FakeWorld, live: LiveSettings, eventually: Eventually
) -> None:
    """Exposure and mask settle in them."""
    camera = world.faults["read"] = HangsAfter(world, frames)
    with started(world, live) as producer:
        eventually(lambda: camera.hangs)
        assert (producer.take(0) is not None) is shown


def test_while_a_background_loads_the_old_one_stays(
    world: FakeWorld, live: LiveSettings, loads_for_ever: Background, eventually: Eventually
) -> None:
    with started(world, live) as producer:
        assert take_one(producer) == GREEN
        choose(live, loads_for_ever)
        some_frames_later(world, eventually)
        producer.take(0)
        assert take_one(producer) == GREEN


def test_while_a_background_loads_the_room_does_not_stay(
    world: FakeWorld, live: LiveSettings, loads_for_ever: Background, eventually: Eventually
) -> None:
    choose(live, Room())
    with started(world, live) as producer:
        assert take_one(producer) == Room()
        choose(live, loads_for_ever)
        assert nothing_comes(producer, world, eventually)


def test_after_trouble_the_old_background_does_not_come_back_while_the_new_one_loads(
    world: FakeWorld, live: LiveSettings, loads_for_ever: Background, eventually: Eventually
) -> None:
    """A card is on air: it makes way for what is liveed for."""
    with started(world, live) as producer:
        assert take_one(producer) == GREEN
        world.faults["segment"] = lambda mask: np.full_like(mask, np.nan)
        eventually(lambda: producer.trouble)
        choose(live, loads_for_ever)
        del world.faults["segment"]
        assert nothing_comes(producer, world, eventually)


def test_a_background_that_was_given_up_for_the_next_one_is_not_opened_again(
    world: FakeWorld,
    live: LiveSettings,
    loads_for_ever: Background,
    eventually: Eventually,
) -> None:
    """The next one is open, its first mask is bad, and by then a third one is chosen."""
    opened: list[Background] = []

    def bad(mask: Any) -> Any:
        del world.faults["segment"]
        choose(live, loads_for_ever)
        return np.full_like(mask, np.nan)

    class First(Color):
        def open(self, size: Size) -> Any:
            opened.append(self)
            return super().open(size)

    class Second(Color):
        def open(self, size: Size) -> Any:
            world.faults["segment"] = bad
            return super().open(size)

    choose(live, First("#00ff00"))
    with started(world, live) as producer:
        assert take_one(producer) == First("#00ff00")
        choose(live, Second("#00ff00"))
        eventually(world.hanging.is_set)
        assert nothing_comes(producer, world, eventually)
        assert len(opened) == 1


def test_the_next_good_picture_ends_the_trouble(
    world: FakeWorld, live: LiveSettings, eventually: Eventually
) -> None:
    with started(world, live) as producer:
        world.faults["segment"] = lambda mask: np.full_like(mask, np.nan)
        eventually(lambda: producer.trouble)
        del world.faults["segment"]
        assert take_one(producer) == GREEN
        assert producer.trouble is None


def test_a_frame_that_comes_after_the_end_is_not_looked_at(
    world: FakeWorld, live: LiveSettings, eventually: Eventually
) -> None:
    with started(world, live) as producer:
        assert take_one(producer) == GREEN
        world.faults["read"] = world.hang
        eventually(world.hanging.is_set)
        looks = world.faults["segment"] = Counted()
        producer.take(0)
        producer.stop(0.05)
        world.let_go.set()
        eventually(has_ended)
        assert not looks.times and producer.take(0) is None


def test_another_camera_is_opened_while_the_first_one_works(
    world: FakeWorld, live: LiveSettings, eventually: Eventually
) -> None:
    use(live, "front")
    with started(world, live) as producer:
        assert take_one(producer) == GREEN
        use(live, "side")
        eventually(lambda: world.asked_for == ["front", "side"])
        assert world.sources[0].closed


def test_what_a_line_spent_that_was_left_behind_is_not_the_next_ones_cost(
    world: FakeWorld, live: LiveSettings, eventually: Eventually
) -> None:
    class Noted(Governor):
        frames = 0

        def note(self, busy_s: float, came: int) -> None:
            self.frames += 1

    governor = Noted(lambda: False)
    with started(world, live, governor) as producer:
        assert take_one(producer) == GREEN
        world.faults["segment"] = world.hang
        eventually(world.hanging.is_set)
        noted = governor.frames
        producer.stop(0.05)
        world.let_go.set()
        eventually(has_ended)
        assert governor.frames == noted
