"""Which pictures the line hands over, seen without the publisher behind it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import GREEN, Eventually

from vcam.backgrounds import Background
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.engine.governor import Governor
from vcam.engine.producer import LineThread
from vcam.frames import Size
from vcam.settings import Settings
from vcam.testing import FakeWorld


class Wish:
    """The settings of the moment."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def choose(self, background: Background) -> None:
        self.settings = replace(self.settings, background=background)

    def use(self, camera: str) -> None:
        source = replace(self.settings.source, camera=camera)
        self.settings = replace(self.settings, source=source)


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
def wish(settings: Settings) -> Wish:
    return Wish(settings)


@pytest.fixture
def loads_for_ever(world: FakeWorld) -> Background:
    class Loads(Color):
        def open(self, size: Size) -> Any:
            world.hang(None)
            return super().open(size)

    return Loads("#00ff00")


@contextmanager
def started(
    world: FakeWorld, wish: Wish, governor: Governor | None = None
) -> Iterator[LineThread]:
    line = LineThread(
        *(lambda: wish.settings, wish.settings.output, world.devices, 0.02),
        *({}, governor or Governor(lambda: False)),
    )
    line.start()
    try:
        yield line
    finally:
        world.let_go.set()
        line.stop(3)


def has_ended() -> bool:
    return "vcam-line" not in {each.name for each in threading.enumerate()}


def take_one(line: LineThread) -> Background:
    """What is behind the person in the next picture."""
    done = line.take(8)
    assert done is not None
    return done.picture.background


def some_frames_later(world: FakeWorld, eventually: Eventually) -> None:
    reads = world.faults["read"] = Counted()
    eventually(lambda: reads.times > 3)


def nothing_comes(line: LineThread, world: FakeWorld, eventually: Eventually) -> bool:
    """Except for the picture that was in the making just now."""
    some_frames_later(world, eventually)
    line.take(0)
    some_frames_later(world, eventually)
    return line.take(0) is None


@pytest.mark.parametrize(("frames", "shown"), [(2, False), (3, True)])
def test_the_first_frames_of_a_camera_are_not_shown(
    frames: int, shown: bool, world: FakeWorld, wish: Wish, eventually: Eventually
) -> None:
    """Exposure and mask settle in them."""
    camera = world.faults["read"] = HangsAfter(world, frames)
    with started(world, wish) as line:
        eventually(lambda: camera.hangs)
        assert (line.take(0) is not None) is shown


def test_while_a_background_loads_the_old_one_stays(
    world: FakeWorld, wish: Wish, loads_for_ever: Background, eventually: Eventually
) -> None:
    with started(world, wish) as line:
        assert take_one(line) == GREEN
        wish.choose(loads_for_ever)
        some_frames_later(world, eventually)
        line.take(0)
        assert take_one(line) == GREEN


def test_while_a_background_loads_the_room_does_not_stay(
    world: FakeWorld, wish: Wish, loads_for_ever: Background, eventually: Eventually
) -> None:
    wish.choose(Room())
    with started(world, wish) as line:
        assert take_one(line) == Room()
        wish.choose(loads_for_ever)
        assert nothing_comes(line, world, eventually)


def test_after_trouble_the_old_background_does_not_come_back_while_the_new_one_loads(
    world: FakeWorld, wish: Wish, loads_for_ever: Background, eventually: Eventually
) -> None:
    """A card is on air: it makes way for what is wished for."""
    with started(world, wish) as line:
        assert take_one(line) == GREEN
        world.faults["segment"] = lambda mask: np.full_like(mask, np.nan)
        eventually(lambda: line.trouble)
        wish.choose(loads_for_ever)
        del world.faults["segment"]
        assert nothing_comes(line, world, eventually)


def test_the_next_good_picture_ends_the_trouble(
    world: FakeWorld, wish: Wish, eventually: Eventually
) -> None:
    with started(world, wish) as line:
        world.faults["segment"] = lambda mask: np.full_like(mask, np.nan)
        eventually(lambda: line.trouble)
        del world.faults["segment"]
        assert take_one(line) == GREEN
        assert line.trouble is None


def test_a_frame_that_comes_after_the_end_is_not_looked_at(
    world: FakeWorld, wish: Wish, eventually: Eventually
) -> None:
    with started(world, wish) as line:
        assert take_one(line) == GREEN
        world.faults["read"] = world.hang
        eventually(world.hanging.is_set)
        looks = world.faults["segment"] = Counted()
        line.take(0)
        line.stop(0.05)
        world.let_go.set()
        eventually(has_ended)
        assert not looks.times and line.take(0) is None


def test_another_camera_is_opened_while_the_first_one_works(
    world: FakeWorld, wish: Wish, eventually: Eventually
) -> None:
    wish.use("front")
    with started(world, wish) as line:
        assert take_one(line) == GREEN
        wish.use("side")
        eventually(lambda: world.asked_for == ["front", "side"])
        assert world.sources[0].closed


def test_what_a_line_spent_that_was_left_behind_is_not_the_next_ones_cost(
    world: FakeWorld, wish: Wish, eventually: Eventually
) -> None:
    class Noted(Governor):
        frames = 0

        def note(self, busy_s: float) -> None:
            self.frames += 1

    governor = Noted(lambda: False)
    with started(world, wish, governor) as line:
        assert take_one(line) == GREEN
        world.faults["segment"] = world.hang
        eventually(world.hanging.is_set)
        noted = governor.frames
        line.stop(0.05)
        world.let_go.set()
        eventually(has_ended)
        assert governor.frames == noted
