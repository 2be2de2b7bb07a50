"""The user is right back: a card or a still picture on air, and the webcam's light off."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from conftest import GREEN, Eventually, running

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.engine.engine import Engine
from vcam.pipeline.cards import slate
from vcam.pipeline.options import PauseOptions
from vcam.settings import Settings
from vcam.status import Hold, State
from vcam.status_text import headline
from vcam.testing import FakeWorld, RecordingOutput, shows_secret

Choose = Callable[[object], None]


@pytest.fixture
def engine(world: FakeWorld, settings: Settings) -> Iterator[Engine]:
    """On a busy machine, too, only what the test does is trouble."""
    with running(world, settings, silence_s=5) as engine:
        yield engine


@pytest.fixture
def live(engine: Engine, eventually: Eventually) -> Engine:
    eventually(lambda: engine.status.published > 3)
    return engine


def released(world: FakeWorld) -> bool:
    return all(source.closed for source in world.sources)


def on_air_is_still(world: FakeWorld, eventually: Eventually) -> bool:
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 3)
    last = world.published[-3:]
    return all(np.array_equal(picture, last[0]) for picture in last)


def test_a_pause_shows_a_card_and_releases_the_camera(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    live.hold(Hold.PAUSE)
    eventually(lambda: live.status.state is State.PAUSED and released(world))
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 3)  # the call keeps its camera
    assert np.array_equal(
        world.published[-1], slate(world.outputs[0].size, "Be right back")
    )
    assert live.status.background == live.status.camera == ""
    assert not world.outputs[0].closed


def test_a_break_says_what_the_user_wants_and_changes_it_on_the_way(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    def says(message: str, detail: str = "") -> bool:
        card = slate(world.outputs[0].size, message, detail)
        return np.array_equal(world.published[-1], card)

    words = PauseOptions("Back at 14:30", "Lunch")
    live.apply(replace(live.settings, pause=words))
    live.hold(Hold.PAUSE)
    eventually(lambda: says("Back at 14:30", "Lunch"))
    live.apply(replace(live.settings, pause=PauseOptions("Back at 15:00")))
    eventually(lambda: says("Back at 15:00"))


def test_a_pause_releases_the_camera_although_the_virtual_one_breaks_just_then(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    def broken(value: object) -> object:
        raise OSError(5, "Input/output error")

    world.faults["send"] = broken
    live.hold(Hold.PAUSE)
    eventually(lambda: released(world))


def test_after_a_pause_everything_goes_on(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    live.hold(Hold.PAUSE)
    eventually(lambda: live.status.state is State.PAUSED)
    live.hold(Hold.NOTHING)
    published = live.status.published
    eventually(lambda: live.status.published > published)
    assert live.status.state is State.LIVE
    assert len(world.sources) == 2 and len(world.outputs) == 1


def test_what_is_chosen_in_a_pause_is_done_at_once(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    timeouts = {"poll_every_s": 80, "rest_every_s": 80, "grace_s": 80}
    with running(world, settings, **timeouts) as engine:
        eventually(lambda: engine.status.state is State.LIVE)
        engine.hold(Hold.PAUSE)
        eventually(lambda: engine.status.state is State.PAUSED)
        eventually(lambda: not engine.status.camera)
        engine.hold(Hold.NOTHING)
        eventually(lambda: engine.status.state is State.LIVE)


def test_in_a_pause_the_card_comes_as_often_as_the_virtual_camera_needs_it(
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """OBS's camera on Windows takes its source for dead after ten equal pictures."""
    monkeypatch.setattr(RecordingOutput, "longest_pause_s", 0.02, raising=False)
    with running(world, settings, rest_every_s=80) as engine:
        engine.hold(Hold.PAUSE)
        eventually(lambda: engine.status.state is State.PAUSED and released(world))
        sent = len(world.published)
        eventually(lambda: len(world.published) > sent + 5)


def test_once_paused_no_new_picture_goes_out(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    live.hold(Hold.PAUSE)
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 3)
    card = slate(world.outputs[0].size, "Be right back")
    assert all(np.array_equal(picture, card) for picture in world.published[sent:])


def test_the_card_is_on_air_even_while_the_camera_does_not_let_go(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    world.faults["read"] = world.hang
    live.hold(Hold.PAUSE)
    card = slate(world.outputs[0].size, "Be right back")
    eventually(lambda: np.array_equal(world.published[-1], card))
    world.let_go.set()


@pytest.mark.parametrize("hold", [Hold.PAUSE, Hold.FREEZE])
def test_a_hold_is_told_before_the_camera_has_let_go(
    hold: Hold, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """And the card is on air by then, however long the driver takes."""
    with running(world, settings, stop_s=30) as engine:
        eventually(lambda: engine.status.published > 3)
        world.faults["read"] = world.hang
        engine.hold(hold)
        eventually(lambda: engine.status.state in (State.PAUSED, State.FROZEN))
        assert not released(world)
        assert "off" not in headline(engine.status), "it still films"
        card = slate(world.outputs[0].size, "Be right back")
        assert np.array_equal(world.published[-1], card) == (hold is Hold.PAUSE)


def test_what_is_chosen_then_does_not_wait_for_the_camera_either(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, replace(settings, background=Room()), stop_s=30) as engine:
        eventually(lambda: engine.status.shows_room)
        world.faults["read"] = world.hang
        engine.hold(Hold.FREEZE)
        eventually(lambda: engine.status.state is State.FROZEN)
        assert shows_secret(world.published[-1])
        engine.apply(replace(engine.settings, background=GREEN))
        eventually(lambda: not shows_secret(world.published[-1]))
        assert not engine.status.shows_room and not released(world)
        engine.hold(Hold.PAUSE)
        eventually(lambda: engine.status.state is State.PAUSED)
        assert not released(world)


def test_after_a_pause_the_camera_is_not_said_to_be_off_while_it_opens(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    live.hold(Hold.PAUSE)
    eventually(lambda: live.status.state is State.PAUSED)
    world.faults["open"] = world.hang
    live.hold(Hold.NOTHING)
    eventually(lambda: live.status.state is State.STARTING)


def test_a_frozen_picture_stays_on_air_and_the_camera_is_released(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN and released(world))
    assert on_air_is_still(world, eventually)
    assert (world.published[-1][:, -8:] == (0, 255, 0)).all()
    assert live.status.background == str(GREEN)
    published = live.status.published
    assert on_air_is_still(world, eventually)
    assert live.status.published == published, "it is the same picture"


def test_with_nothing_to_freeze_there_is_a_card(
    world: FakeWorld, engine: Engine, eventually: Eventually
) -> None:
    engine.stop()
    world.unplug()
    engine.start()
    eventually(lambda: engine.status.state is State.WAITING)
    engine.hold(Hold.FREEZE)
    card = slate(world.outputs[0].size, "Be right back")
    eventually(lambda: np.array_equal(world.published[-1], card))
    assert engine.status.background == ""


def test_while_the_camera_is_away_the_last_picture_can_be_frozen(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    world.unplug()
    eventually(lambda: live.status.state is State.WAITING)
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.background == str(GREEN))
    assert (world.published[-1][:, -8:] == (0, 255, 0)).all()


def test_the_room_is_frozen_by_choice_and_hidden_at_once_by_another(
    live: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    choose(Room())
    eventually(lambda: live.status.shows_room)
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN)
    assert on_air_is_still(world, eventually) and shows_secret(world.published[-1])
    assert live.status.shows_room and live.status.background == "room"
    choose(Blur())
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent and not live.status.shows_room)
    assert not any(shows_secret(picture) for picture in world.published[sent:])
    choose(Room())
    assert on_air_is_still(world, eventually)
    assert not shows_secret(world.published[-1]), "what was hidden does not come back"


def test_a_frozen_blur_goes_when_a_stronger_one_is_chosen(
    live: Engine, choose: Choose, eventually: Eventually
) -> None:
    choose(Blur(0))
    eventually(lambda: live.status.background == "blur:0")
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN)
    choose(Blur(100))
    eventually(lambda: live.status.background == "")


def test_a_frozen_picture_of_another_background_may_stay(
    live: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN)
    choose(Color("red"))
    assert on_air_is_still(world, eventually)
    assert live.status.background == str(GREEN), "what is on air, not what was chosen since"
    live.hold(Hold.NOTHING)
    eventually(lambda: (world.published[-1][:, -8:] == (0, 0, 255)).all())


def test_from_frozen_to_paused_and_back_to_frozen_is_a_card(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN)
    live.hold(Hold.PAUSE)
    eventually(lambda: live.status.state is State.PAUSED)
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN)
    assert live.status.background == ""


def test_held_before_the_start_the_camera_is_never_opened(
    world: FakeWorld, engine: Engine, eventually: Eventually
) -> None:
    engine.stop()
    opened = len(world.sources)
    engine.hold(Hold.PAUSE)
    engine.start()
    eventually(lambda: engine.status.state is State.PAUSED)
    assert len(world.sources) == opened


def test_a_preview_shows_what_is_on_air(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    live.hold(Hold.FREEZE)
    eventually(lambda: live.status.state is State.FROZEN)
    picture = live.picture
    assert picture is not None and np.array_equal(picture, world.published[-1])
    live.stop()
    assert live.picture is None


def test_a_hold_returns_while_the_virtual_camera_hangs(
    live: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    world.faults["send"] = world.hang
    eventually(world.hanging.is_set)
    live.hold(Hold.PAUSE)
    del world.faults["send"]
    world.let_go.set()
    eventually(lambda: live.status.state is State.PAUSED)
