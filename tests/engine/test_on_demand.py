"""The webcam runs only while somebody watches; otherwise a card, and the light is off."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from conftest import GREEN, Eventually, running

from vcam.backgrounds.color import Color
from vcam.engine.engine import Engine
from vcam.engine.factories import Timeouts
from vcam.engine.live_settings import LiveSettings
from vcam.engine.on_demand import OnDemand
from vcam.pipeline.cards import slate
from vcam.settings import Settings
from vcam.settings.power import PowerOptions
from vcam.status import Hold, State
from vcam.testing import FakeWorld, RecordingOutput


@pytest.fixture
def resting(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> Iterator[Engine]:
    world.watchers = ()
    # On a busy machine, too, only what the test does is trouble.
    with running(world, settings, silence_s=5) as engine:
        eventually(lambda: engine.status.state is State.RESTING)
        yield engine


@pytest.fixture
def watched(resting: Engine, world: FakeWorld, eventually: Eventually) -> Engine:
    world.watchers = ("zoom",)
    eventually(lambda: resting.status.published > 3)
    return resting


def test_while_nobody_watches_the_camera_is_never_opened(
    resting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 3)  # programs still list the camera
    card = slate(world.outputs[0].size, "One moment, please")
    assert all(np.array_equal(picture, card) for picture in world.published)
    assert not world.sources and not world.segmenters
    eventually(lambda: resting.status.cards == len(world.published))
    assert resting.status.watchers == ()
    assert resting.status.output == "fake virtual camera"


def test_the_first_viewer_brings_the_camera_and_is_named(
    resting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    world.watchers = ("chrome", "zoom")
    eventually(lambda: resting.status.state is State.LIVE)
    assert resting.status.watchers == ("chrome", "zoom")
    assert resting.status.background == str(GREEN)
    assert len(world.outputs) == 1


def test_while_the_camera_opens_for_a_viewer_nothing_else_is_said(
    resting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    world.faults["open"] = world.hang
    world.watchers = ("zoom",)
    eventually(lambda: resting.status.state is State.STARTING)
    eventually(lambda: resting.status.watchers == ("zoom",))
    world.watchers = ("teams", "zoom")
    eventually(lambda: resting.status.watchers == ("teams", "zoom"))
    assert resting.status.state is State.STARTING


def test_a_camera_that_opens_for_long_is_told(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    world.watchers = ()
    with running(world, settings, opening_s=0.1) as engine:
        eventually(lambda: engine.status.state is State.RESTING)
        world.faults["open"] = world.hang
        world.watchers = ("zoom",)
        eventually(
            lambda: engine.status.message == "No pictures are coming from the camera"
        )
        assert engine.status.watchers == ("zoom",)


def test_after_the_last_viewer_the_camera_is_released_and_a_card_is_on_air(
    watched: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    world.watchers = ()
    eventually(lambda: watched.status.state is State.RESTING)
    eventually(lambda: all(source.closed for source in world.sources))
    assert all(segmenter.closed for segmenter in world.segmenters)
    card = slate(world.outputs[0].size, "One moment, please")
    assert np.array_equal(world.published[-1], card), "no old picture meets the next viewer"


def test_a_viewer_that_closes_and_reopens_does_not_restart_the_camera(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, grace_s=30) as engine:
        eventually(lambda: engine.status.published > 3)
        for watchers in ((), ("zoom",)):
            world.watchers = watchers
            eventually(lambda: engine.status.watchers == world.watchers)
        assert len(world.sources) == 1


def test_viewers_may_come_and_go_many_times(
    resting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    for count in range(1, 6):
        world.watchers = ("zoom",)
        eventually(lambda: resting.status.state is State.LIVE)
        world.watchers = ()
        eventually(lambda: resting.status.state is State.RESTING)
        assert len(world.sources) == count
    eventually(lambda: all(source.closed for source in world.sources))
    assert len(world.outputs) == 1


def test_where_viewers_cannot_be_known_the_camera_always_runs(
    engine: Engine, eventually: Eventually
) -> None:
    eventually(lambda: engine.status.state is State.LIVE)
    assert engine.status.watchers is None


def test_on_demand_can_be_switched_off_and_on_again(
    resting: Engine, eventually: Eventually
) -> None:
    settings = resting.settings
    resting.apply(replace(settings, power=PowerOptions(on_demand=False)))
    eventually(lambda: resting.status.state is State.LIVE)
    assert resting.status.watchers == (), "who watches is told all the same"
    resting.apply(settings)
    eventually(lambda: resting.status.state is State.RESTING)


def test_a_preview_is_a_viewer_too(
    resting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    def previewed() -> bool:
        picture = resting.picture
        return picture is not None and bool((picture[:, -8:] == (0, 255, 0)).all())

    eventually(previewed)
    eventually(lambda: resting.status.state is State.RESTING)


def test_a_pause_outlasts_the_viewers(
    watched: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    watched.hold(Hold.PAUSE)
    eventually(lambda: watched.status.state is State.PAUSED)
    for watchers in ((), ("teams",)):
        world.watchers = watchers
        eventually(lambda: watched.status.watchers == world.watchers)
        assert watched.status.state is State.PAUSED
    assert len(world.sources) == 1
    watched.hold(Hold.NOTHING)
    eventually(lambda: watched.status.state is State.LIVE)


def test_what_is_chosen_while_resting_is_what_the_next_viewer_sees(
    resting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    resting.apply(replace(resting.settings, background=Color("red")))
    world.watchers = ("zoom",)
    eventually(lambda: (world.published[-1][:, -8:] == (0, 0, 255)).all())


def test_stopping_while_resting_is_prompt(resting: Engine, world: FakeWorld) -> None:
    begun_s = time.monotonic()
    resting.stop()
    assert time.monotonic() - begun_s < 1.0
    assert world.outputs[0].closed


def test_viewers_are_polled_at_intervals_and_not_for_every_frame(
    world: FakeWorld, settings: Settings
) -> None:
    on_demand = OnDemand(LiveSettings(settings), Timeouts(poll_every_s=80))
    output = RecordingOutput(world, settings.output.size)
    assert on_demand.poll(output) == output.viewers()
    assert on_demand.poll(output) is None
