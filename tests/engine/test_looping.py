"""The last seconds again and again, with the webcam's light off."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from conftest import GREEN, Eventually, running

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.engine.engine import Engine
from vcam.frames import Image
from vcam.pipeline import loop, recording
from vcam.pipeline.cards import slate
from vcam.pipeline.options import LoopOptions
from vcam.settings import Settings
from vcam.status import Hold, State
from vcam.status_text import headline
from vcam.testing import FakeWorld, shows_secret


@pytest.fixture(autouse=True)
def a_short_recording_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a machine that stands still for a moment makes no gap."""
    monkeypatch.setattr(recording, "LEAST_S", 0.3)
    monkeypatch.setattr(loop, "LEAST_S", 0.3)
    monkeypatch.setattr(loop, "DISSOLVE_S", 0.1)
    monkeypatch.setattr(recording, "GAP_S", 5.0)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, loop=LoopOptions(True))


@pytest.fixture
def live(world: FakeWorld, settings: Settings, eventually: Eventually) -> Iterator[Engine]:
    with running(world, settings, silence_s=5) as engine:
        eventually(lambda: engine.status.can_loop)
        yield engine


@pytest.fixture
def looping(live: Engine, eventually: Eventually) -> Engine:
    live.hold(Hold.LOOP)
    eventually(lambda: is_looping(live))
    return live


def is_looping(engine: Engine) -> bool:
    return engine.status.state is State.LOOPING and not engine.status.camera


def is_green(image: Image) -> bool:
    return bool((np.abs(image[:, -8:].astype(int) - (0, 255, 0)) <= 6).all())


def kept(engine: Engine) -> int:
    return len(engine._live.choice._recording.pictures)


def test_the_last_seconds_are_on_air_and_the_camera_is_released(
    looping: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    assert all(source.closed for source in world.sources)
    sent, live = len(world.published), looping.status.published
    eventually(lambda: len(world.published) > sent + 30)
    assert all(map(is_green, world.published[sent:]))
    assert looping.status.published == live, "nothing new was made"
    assert looping.status.background == str(GREEN)
    wanted = "Loop: the last seconds are on air again and again, the camera is off"
    assert headline(looping.status) == wanted


def test_they_come_as_fast_as_they_were(
    looping: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    times = [each.captured_s for each in looping._live.choice._recording.pictures]
    usual_s = (times[-1] - times[0]) / (len(times) - 1)
    began_s, sent = time.monotonic(), len(world.published)
    eventually(lambda: len(world.published) >= sent + 60)
    assert time.monotonic() - began_s > 60 * usual_s * 0.5, "not all at once"


def test_usually_nothing_is_kept(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, replace(settings, loop=LoopOptions())) as engine:
        eventually(lambda: engine.status.published > 10)
        assert not kept(engine) and not engine.status.can_loop
        engine.apply(settings)
        eventually(lambda: kept(engine) > 3)
        engine.apply(replace(settings, loop=LoopOptions()))
        assert not kept(engine), "at once"


def test_with_nothing_to_loop_it_is_a_still_picture(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, replace(settings, loop=LoopOptions()), silence_s=5) as engine:
        eventually(lambda: engine.status.published > 3)
        engine.hold(Hold.LOOP)
        eventually(lambda: is_looping(engine))
        sent = len(world.published)
        eventually(lambda: len(world.published) > sent + 3)
        last = world.published[-3:]
        assert all(np.array_equal(each, last[0]) for each in last) and is_green(last[0])


def test_the_loop_goes_on_until_the_camera_is_back(
    looping: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    world.faults["open"] = world.hang
    looping.hold(Hold.NOTHING)
    eventually(lambda: looping.status.state is State.STARTING)
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 20)
    assert all(map(is_green, world.published[sent:])), "no card in between"
    live = looping.status.published
    world.let_go.set()
    del world.faults["open"]
    eventually(lambda: looping.status.published > live + 3)
    assert looping.status.state is State.LIVE
    assert all(map(is_green, world.published[sent:]))


def test_it_does_not_go_on_for_ever_when_the_camera_does_not_come_back(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, opening_s=0.3) as engine:
        eventually(lambda: engine.status.can_loop)
        engine.hold(Hold.LOOP)
        eventually(lambda: engine.status.state is State.LOOPING)
        world.unplug()
        engine.hold(Hold.NOTHING)
        card = slate(world.outputs[0].size, "The camera is away for a moment")
        eventually(lambda: np.array_equal(world.published[-1], card))


def test_it_goes_on_while_the_camera_does_not_let_go(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, stop_s=30, silence_s=5) as engine:
        eventually(lambda: engine.status.can_loop)
        world.faults["read"] = world.hang
        engine.hold(Hold.LOOP)
        eventually(lambda: engine.status.state is State.LOOPING)
        sent = len(world.published)
        eventually(lambda: len(world.published) > sent + 20)
        assert engine.status.camera, "it still films"
        engine.hold(Hold.PAUSE)
        card = slate(world.outputs[0].size, "Be right back")
        eventually(lambda: np.array_equal(world.published[-1], card))
        assert engine.status.camera, "the card does not wait for it"
        world.let_go.set()


def test_a_break_drops_it_at_once_and_no_picture_of_it_comes_after_the_card(
    looping: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    looping.hold(Hold.PAUSE)
    assert not kept(looping)
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 5)
    card = slate(world.outputs[0].size, "Be right back")
    assert all(np.array_equal(each, card) for each in world.published[sent:])
    looping.hold(Hold.LOOP)
    eventually(lambda: looping.status.state is State.LOOPING)
    assert looping.status.background == "", "what was before a break does not come back"


def test_the_room_is_looped_by_choice_and_hidden_at_once_by_another(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, replace(settings, background=Room()), silence_s=5) as engine:
        eventually(lambda: engine.status.can_loop)
        engine.hold(Hold.LOOP)
        eventually(lambda: is_looping(engine))
        assert engine.status.shows_room
        assert headline(engine.status).startswith("Loop: your room is visible, as it was")
        engine.apply(replace(engine.settings, background=Blur()))
        assert not kept(engine)
        sent = len(world.published)
        eventually(lambda: len(world.published) > sent + 3)
        assert not any(shows_secret(each, 40) for each in world.published[sent:])
        engine.apply(replace(engine.settings, background=Room()))
        sent = len(world.published)
        eventually(lambda: len(world.published) > sent + 3)
        assert not any(shows_secret(each, 40) for each in world.published[sent:])


def test_with_another_background_it_may_stay(
    looping: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    looping.apply(replace(looping.settings, background=Color("red")))
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 5)
    assert all(map(is_green, world.published[sent:]))
    looping.hold(Hold.NOTHING)
    eventually(lambda: (world.published[-1][:, -8:] == (0, 0, 255)).all())


def test_a_loop_can_be_frozen_and_goes_on(
    looping: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    looping.hold(Hold.FREEZE)
    eventually(lambda: looping.status.state is State.FROZEN)
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 3)
    assert np.array_equal(world.published[-1], world.published[-2])
    looping.hold(Hold.LOOP)
    eventually(lambda: looping.status.state is State.LOOPING)
    assert looping.status.background == str(GREEN) and looping.status.can_loop


def test_when_nobody_watches_nothing_is_kept(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    on_demand = replace(settings, power=replace(settings.power, on_demand=True))
    with running(world, on_demand) as engine:
        world.watchers = ("zoom",)
        eventually(lambda: kept(engine) > 3)
        world.watchers = ()
        eventually(lambda: engine.status.state is State.RESTING)
        assert not kept(engine)


def test_a_loop_is_not_played_to_nobody_and_goes_on_when_somebody_watches(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    on_demand = replace(settings, power=replace(settings.power, on_demand=True))
    with running(world, on_demand, rest_every_s=60) as engine:
        world.watchers = ("zoom",)
        eventually(lambda: engine.status.can_loop)
        engine.hold(Hold.LOOP)
        eventually(lambda: is_looping(engine))
        world.watchers = ()
        publisher = engine._publisher
        assert publisher is not None
        eventually(lambda: not publisher.on_demand.watched)
        eventually(lambda: publisher.gate and publisher.gate.due_in_s == 0)
        sent = len(world.published)
        time.sleep(0.2)
        assert len(world.published) <= sent + 2 and engine.status.state is State.LOOPING
        world.watchers = ("zoom",)
        eventually(lambda: len(world.published) > sent + 10)
        assert is_green(world.published[-1])


def test_after_the_end_nothing_is_kept(live: Engine) -> None:
    live.stop()
    assert not kept(live)


def test_a_loop_is_not_looked_behind(looping: Engine) -> None:
    assert looping.inspected is None and looping.picture is not None


@pytest.mark.parametrize("hold", [Hold.FREEZE, Hold.LOOP])
def test_what_is_older_than_a_policy_is_neither_looped_nor_frozen(
    hold: Hold,
    live: Engine,
    world: FakeWorld,
    eventually: Eventually,
    decide: Callable[[str], None],
) -> None:
    decide("[pin]\noverlay.picture = '/nobody/knows/logo.png'")
    live.obey()
    assert not kept(live)
    eventually(lambda: live.status.state is State.WAITING)
    live.hold(hold)
    eventually(lambda: live.status.state is hold.state)
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 2)
    assert not any(map(is_green, world.published[sent:])), "no picture without a logo"


def test_a_frozen_picture_ends_with_a_policy_even_when_something_is_painted_first(
    live: Engine, eventually: Eventually, decide: Callable[[str], None]
) -> None:
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN)
    decide("room = false")
    live.paint(live.regions)
    assert live.held is Hold.PAUSE


def test_whoever_is_left_out_from_now_on_is_not_seen_in_a_loop(
    looping: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    settings = looping.settings
    looping.apply(replace(settings, mask=replace(settings.mask, people="one")))
    assert not kept(looping)
    eventually(lambda: looping.status.background == "")
    looping.hold(Hold.FREEZE)
    eventually(lambda: looping.status.state is State.FROZEN)
    assert not is_green(world.published[-1])


def test_with_the_rules_of_always_what_was_on_air_is_kept(
    live: Engine, eventually: Eventually
) -> None:
    live.obey()
    live.apply(replace(live.settings, background=Color("red")))
    live.apply(replace(live.settings, background=GREEN))
    assert kept(live)
