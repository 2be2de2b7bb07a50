"""The user's day: the camera goes live, is unplugged, comes back, is switched."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import GREEN, HURRY, SMALL, Eventually, running
from systems import LINUX

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.engine.engine import Engine
from vcam.engine.producer import Producer
from vcam.errors import OutputError, SegmenterError
from vcam.frames import Frame, Image, Mask, Size
from vcam.pipeline.choice import CHANGE_S
from vcam.settings import Settings
from vcam.status import Hold, State
from vcam.testing import PERSON, FakeSource, FakeWorld, shows_secret

Choose = Callable[[object], None]
NOWHERE = Path("/no/such.png")


def is_live(engine: Engine) -> bool:
    return engine.status.state is State.LIVE


def is_card(image: Image) -> bool:
    return bool(image[0].max() < 80)


def test_the_person_is_seen_on_the_chosen_colour(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: engine.status.fps > 10)
    picture = world.published[-1]
    assert (picture[:, -8:] == (0, 255, 0)).all()
    assert (picture[:, :8] == PERSON).all()
    status = engine.status
    assert 0 < status.latency_ms < 500
    assert status.camera == "fake camera" and status.output == "fake virtual camera"
    assert {"segment", "paint", "composite"} <= set(status.costs_ms)
    assert status.mask_engine == "LiteRT"


def test_a_card_is_on_air_before_anything_else(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    assert is_card(world.published[0])


def test_a_new_background_is_on_air_without_reopening_anything(
    engine: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    eventually(lambda: is_live(engine))
    opened = len(world.segmenters)
    choose(Color("red"))
    eventually(lambda: (world.published[-1][:, -8:] == (0, 0, 255)).all())
    assert len(world.sources) == len(world.outputs) == 1
    assert len(world.segmenters) == opened


def test_between_two_backgrounds_no_card_flashes(
    engine: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    eventually(lambda: is_live(engine))
    before = len(world.published)
    choose(Color("red"))
    eventually(lambda: (world.published[-1][:, -8:] == (0, 0, 255)).all())
    assert not any(is_card(picture) for picture in world.published[before:])


def test_an_unplugged_camera_shows_a_card_and_comes_back(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    world.unplug()
    eventually(
        lambda: engine.status.state is State.WAITING and is_card(world.published[-1])
    )
    assert engine.status.remedy
    assert not world.outputs[0].closed, "viewers keep their camera"
    world.plug_in()
    eventually(lambda: is_live(engine))
    assert len(world.outputs) == 1 and world.sources[0].closed


def test_a_missing_picture_shows_a_card_until_another_background_is_chosen(
    engine: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    eventually(lambda: is_live(engine))
    choose(Picture(NOWHERE))
    eventually(
        lambda: engine.status.state is State.WAITING and is_card(world.published[-1])
    )
    assert str(NOWHERE) in engine.status.message
    choose(GREEN)
    eventually(lambda: is_live(engine))


def test_a_picture_is_on_air_once_it_is_loaded(
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    choose: Choose,
    tmp_path: Path,
) -> None:
    from PIL import Image as Pictures

    Pictures.new("RGB", (40, 30), (10, 20, 30)).save(tmp_path / "wall.png")
    eventually(lambda: is_live(engine))
    choose(Picture(tmp_path / "wall.png"))
    eventually(lambda: (world.published[-1][:, -8:] == (30, 20, 10)).all())


def test_a_background_that_needs_a_moment_is_no_trouble(
    engine: Engine,
    eventually: Eventually,
    choose: Choose,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither after a start nor after one that shows more: pictures take a moment."""

    class Slow(Color):
        def open(self, size: Size) -> Any:
            time.sleep(0.1)
            return super().open(size)

    choose(Blur())
    eventually(lambda: engine.status.background == str(Blur()))
    choose(Slow("#0000ff"))
    eventually(lambda: engine.status.background == "#0000ff")
    engine.hold(Hold.PAUSE)
    eventually(lambda: engine.status.state is State.PAUSED)
    engine.hold(Hold.NOTHING)
    eventually(lambda: is_live(engine))
    assert "loading" not in caplog.text


def test_the_room_is_shown_when_it_is_chosen_and_said_so(
    engine: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    eventually(lambda: is_live(engine))
    assert not engine.status.shows_room
    choose(Room())
    eventually(lambda: engine.status.shows_room)
    assert shows_secret(world.published[-1])


def test_a_bug_is_logged_and_tried_again_and_then_given_up(
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def bug(value: object) -> object:
        raise ZeroDivisionError("a bug in a stage")

    eventually(lambda: is_live(engine))
    world.faults["read"] = bug
    eventually(lambda: engine.status.state is State.FAILED)
    assert "a bug in a stage" in caplog.text
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent)
    assert is_card(world.published[-1]), "the call keeps a camera"
    assert all(source.closed for source in world.sources)


def test_stopping_releases_everything_and_may_be_done_twice(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    engine.stop()
    engine.stop()
    assert (
        world.sources[0].closed and world.segmenters[0].closed and world.outputs[0].closed
    )
    assert engine.status.state is State.STOPPED


def test_it_can_be_started_again(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    engine.stop()
    engine.start()
    eventually(lambda: is_live(engine))
    assert len(world.outputs) == 2


@pytest.mark.parametrize("place", ["open", "read", "segmenter", "segment"])
def test_stopping_is_prompt_while_a_driver_hangs(
    place: str, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    world.faults[place] = world.hang
    engine = Engine(settings, world.devices, replace(HURRY, stop_s=0.3))
    engine.start()
    eventually(world.hanging.is_set)
    begun_s = time.monotonic()
    engine.stop()
    assert time.monotonic() - begun_s < 2.5
    assert world.outputs[0].closed
    world.let_go.set()


@pytest.mark.parametrize("bad", [1.0, np.nan], ids=["withheld", "no mask"])
def test_one_bad_mask_is_no_reason_for_a_card(
    bad: float, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    masks: list[Image] = []
    with running(world, settings, retry_s=30, silence_s=5) as engine:
        eventually(lambda: engine.status.published > 3)
        before, published = len(world.published), engine.status.published
        masks.append(np.full((144, 256), bad, np.float32))
        world.faults["segment"] = lambda mask: masks.pop() if masks else mask
        eventually(lambda: not masks and engine.status.published > published + 9)
        assert not any(is_card(picture) for picture in world.published[before:])


def test_bad_masks_in_a_row_are_told(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    random = np.random.default_rng(0)

    def everything(mask: Mask) -> Mask:
        # Never the same to the bit, which would be told as such.
        return np.float32(1) - random.random(mask.shape, np.float32) / np.float32(100)

    world.faults["segment"] = everything
    eventually(lambda: "taken for a person" in engine.status.message)
    eventually(lambda: is_card(world.published[-1]))


def test_the_first_frames_of_a_camera_are_not_shown(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """Its exposure has not settled yet."""

    class Settling(FakeSource):
        def read(self, timeout_s: float) -> Frame | None:
            frame = super().read(timeout_s)
            if frame is not None and frame.index < 2:
                return replace(frame, image=frame.image // 10 * 9)
            return frame

    def settling(camera: str, size: Size, fps: float) -> FakeSource:
        return Settling(world, size, camera, fps=20)

    world.devices = replace(world.devices, open_source=settling)
    with running(world, settings) as engine:
        eventually(lambda: engine.status.published > 0)
        dark = np.array(PERSON) // 10 * 9
        assert not any((picture[:, 0] == dark).all() for picture in world.published)


def test_a_model_that_hangs_gives_a_card_and_a_fresh_start(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, stuck_s=0.4) as engine:
        eventually(lambda: is_live(engine))
        world.faults["segment"] = world.hang
        eventually(lambda: is_card(world.published[-1]))
        del world.faults["segment"]
        eventually(lambda: is_live(engine) and len(world.segmenters) > 1)


@pytest.mark.parametrize(
    ("place", "says", "remedy"),
    [
        ("open", "The camera does not open", "another camera"),
        ("read", "The camera has stopped responding", "another camera"),
        ("segment", "A picture takes too long to process", "preset=light"),
    ],
)
def test_what_hangs_is_explained_with_a_remedy(
    place: str,
    says: str,
    remedy: str,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
) -> None:
    world.faults[place] = world.hang
    with running(world, settings, stuck_s=0.2, stop_s=0.1) as engine:
        eventually(lambda: engine.status.message == says)
        assert remedy in engine.status.remedy


def test_an_output_that_breaks_is_opened_again(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    def gone(value: object) -> object:
        raise OutputError("The virtual camera went away")

    eventually(lambda: is_live(engine))
    world.faults["send"] = world.faults["output"] = gone
    eventually(lambda: engine.status.state is State.WAITING)
    assert engine.status.camera == engine.status.output == "", "neither is open"
    world.faults.clear()
    eventually(lambda: is_live(engine))
    assert world.outputs[0].closed and not world.outputs[-1].closed


def test_without_a_virtual_camera_it_waits_for_one(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    def missing(value: object) -> object:
        raise OutputError("There is no virtual camera", "Load the module")

    world.faults["output"] = missing
    with running(world, settings) as engine:
        eventually(lambda: engine.status.remedy == "Load the module")
        assert not world.sources, "the webcam's light stays off"
        del world.faults["output"]
        eventually(lambda: is_live(engine))


def test_a_new_size_reopens_the_output_at_that_size(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    output = replace(engine.settings.output, size=Size(64, 36))
    engine.apply(replace(engine.settings, output=output))
    eventually(lambda: len(world.outputs) == 2 and len(world.outputs[1].sent) > 3)
    assert world.outputs[0].closed
    assert {Size.of(image) for image in world.outputs[0].sent} == {SMALL}
    assert {Size.of(image) for image in world.outputs[1].sent} == {Size(64, 36)}


def test_a_new_size_does_not_wait_as_a_missing_camera_does(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, retry_s=80) as engine:
        eventually(lambda: is_live(engine))
        output = replace(engine.settings.output, size=Size(64, 36))
        engine.apply(replace(engine.settings, output=output))
        eventually(lambda: len(world.outputs) == 2)
        eventually(lambda: any(not is_card(image) for image in list(world.outputs[1].sent)))


def test_the_same_trouble_is_told_once(
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    eventually(lambda: is_live(engine))
    world.unplug()
    eventually(lambda: engine.status.message == "There is no camera")
    time.sleep(0.3)  # several tries
    assert caplog.text.count("There is no camera") == 1


def test_mirrored_means_left_and_right_exchanged(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    source = replace(engine.settings.source, mirror=True)
    engine.apply(replace(engine.settings, source=source))
    eventually(lambda: (world.published[-1][:, -8:] == PERSON).all())
    assert (world.published[-1][:, :8] == (0, 255, 0)).all()


def test_upside_down_flipped_and_mirrored_is_as_it_was(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    """The person is at the left; rotated, at the right; flipped, too; mirrored, back."""
    eventually(lambda: is_live(engine))
    for change, columns in (
        ({"rotate": 180}, np.s_[-8:]),
        ({"flip": True}, np.s_[-8:]),
        ({"mirror": True}, np.s_[:8]),
    ):
        source = replace(engine.settings.source, **change)
        engine.apply(replace(engine.settings, source=source))
        eventually(lambda at=columns: (world.published[-1][:, at] == PERSON).all())  # type: ignore[misc]


def test_a_quarter_turn_keeps_the_size_of_the_output(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: is_live(engine))
    size = world.published[-1].shape
    source = replace(engine.settings.source, rotate=90)
    engine.apply(replace(engine.settings, source=source))
    eventually(lambda: (world.published[-1][:8] == PERSON).all())
    assert (world.published[-1][-8:] == (0, 255, 0)).all()
    assert world.published[-1].shape == size


def with_camera(settings: Settings, camera: str) -> Settings:
    return replace(settings, source=replace(settings.source, camera=camera))


def test_a_camera_is_known_again_by_its_identity_not_by_its_number(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    engine.apply(with_camera(engine.settings, "front"))
    eventually(lambda: world.asked_for[-1:] == ["front"] and is_live(engine))
    eventually(lambda: engine.status.published > 3)
    world.unplug()
    eventually(lambda: engine.status.state is State.WAITING)
    world.plug_in()
    eventually(lambda: is_live(engine))
    assert world.asked_for[-1] == "usb:front"


def test_another_camera_is_opened_although_the_first_is_unplugged(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    engine.apply(with_camera(engine.settings, "front"))
    eventually(lambda: world.asked_for[-1:] == ["front"] and is_live(engine))
    eventually(lambda: engine.status.published > 3)
    world.unplug()
    eventually(lambda: engine.status.state is State.WAITING)
    engine.apply(with_camera(engine.settings, "side"))
    world.plug_in()
    eventually(lambda: is_live(engine))
    assert world.asked_for[-1] == "side"


def test_an_output_that_fails_as_nobody_expects_is_opened_again(
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(value: object) -> object:
        raise OSError(5, "Input/output error")

    eventually(lambda: is_live(engine))
    world.faults["send"] = broken
    eventually(lambda: engine.status.state is State.WAITING)
    del world.faults["send"]
    eventually(lambda: is_live(engine) and len(world.outputs) > 1)
    assert "Input/output error" in caplog.text


def test_after_giving_up_another_choice_is_another_try(
    engine: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    def bug(value: object) -> object:
        raise ZeroDivisionError

    eventually(lambda: is_live(engine))
    world.faults["read"] = bug
    eventually(lambda: engine.status.state is State.FAILED)
    del world.faults["read"]
    choose(Color("red"))
    eventually(lambda: is_live(engine))


def test_a_finished_picture_does_not_wait_for_anything(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, card_every_s=80, silence_s=80) as engine:
        eventually(lambda: engine.status.published > 3)


def test_what_is_missing_is_looked_for_now_and_then(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    world.unplug()
    tried: list[object] = []
    world.faults["open"] = tried.append
    with running(world, settings, retry_s=80) as engine:
        eventually(lambda: engine.status.message == "There is no camera")
        time.sleep(0.1)
        assert len(tried) == 1


def test_another_choice_is_tried_at_once(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    missing = replace(settings, background=Picture(NOWHERE))
    with running(world, missing, retry_s=80) as engine:
        eventually(lambda: str(NOWHERE) in engine.status.message)
        engine.apply(settings)
        eventually(lambda: is_live(engine))


def test_a_camera_that_falls_silent_is_told(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    class Silent(FakeSource):
        def read(self, timeout_s: float) -> Frame | None:
            frame = super().read(timeout_s)
            return frame if frame is not None and frame.index < 9 else None

    def silent(camera: str, size: Size, fps: float) -> FakeSource:
        return Silent(world, size, camera)

    world.devices = replace(world.devices, open_source=silent)
    with running(world, settings) as engine:
        eventually(
            lambda: engine.status.message == "No pictures are coming from the camera"
        )
        assert engine.status.published and is_card(world.published[-1])


def test_a_laptop_that_slept_goes_on_with_the_next_picture(
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real_s, take = time.monotonic, Producer.take
    slept_s = looks = 0
    falls_asleep, looked = threading.Event(), threading.Event()

    def take_and_sleep(producer: Producer, timeout_s: float) -> Any:
        nonlocal slept_s, looks
        if falls_asleep.is_set():
            slept_s = 1000
            looks += 1
            if looks > 3:
                looked.set()
        return take(producer, timeout_s)

    monkeypatch.setattr(time, "monotonic", lambda: real_s() + slept_s)
    monkeypatch.setattr(Producer, "take", take_and_sleep)
    with running(world, settings, silence_s=60.0) as engine:
        eventually(lambda: is_live(engine))
        world.faults["read"] = world.hang  # no picture comes before the publisher looks
        eventually(world.hanging.is_set)
        falls_asleep.set()
        assert looked.wait(8)
        assert is_live(engine)
        before = engine.status
        del world.faults["read"]
        world.let_go.set()
        eventually(lambda: engine.status.published > before.published)
        assert engine.status.cards == before.cards == 1
    assert len(world.sources) == 1
    assert not [each for each in caplog.records if each.levelname in ("WARNING", "ERROR")]


def test_a_camera_that_hangs_is_closed_although_it_hangs(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    world.faults["read"] = world.hang
    with running(world, settings, stop_s=0.1) as engine:
        eventually(world.hanging.is_set)
        engine.stop()
        eventually(lambda: world.sources[0].closed)
        assert not world.let_go.is_set()


def test_a_virtual_camera_that_hangs_is_told_until_it_goes_on(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, stuck_s=0.2) as engine:
        eventually(lambda: is_live(engine))
        world.faults["send"] = world.hang
        eventually(lambda: engine.status.message == "fake virtual camera does not respond")
        assert engine.status.state is State.WAITING and engine.status.fps == 0
        world.faults.clear()
        world.let_go.set()
        eventually(lambda: is_live(engine))


def test_a_camera_that_hangs_from_the_start_is_told(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    world.faults["open"] = world.hang
    with running(world, settings, opening_s=0.1) as engine:
        eventually(lambda: engine.status.state is State.WAITING and engine.status.message)


@pytest.mark.parametrize("place", ["read", "send"])
def test_quitting_while_a_driver_hangs_takes_three_seconds_at_most(
    place: str, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    world.faults[place] = world.hang
    engine = Engine(settings, world.devices)
    engine.start()
    eventually(world.hanging.is_set)
    begun_s = time.monotonic()
    engine.stop()
    assert time.monotonic() - begun_s < 3.5  # on a busy machine, too
    world.let_go.set()


def test_fifty_times_unplugged_and_plugged_in_leave_nothing_behind(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    def held() -> tuple[int, ...]:
        files = len(list(Path("/proc/self/fd").iterdir())) if LINUX else 0
        devices: list[Any] = [*world.sources, *world.segmenters, *world.outputs]
        still_open = sum(not device.closed for device in devices)
        return threading.active_count(), files, still_open

    eventually(lambda: engine.status.published > 10)
    before = held()
    for _ in range(50):
        world.unplug()
        eventually(lambda: not is_live(engine))
        world.plug_in()
        eventually(lambda: is_live(engine))
    published = engine.status.published
    eventually(lambda: engine.status.published > published + 10)
    assert held() == before
    assert len(world.outputs) == 1


def test_stopped_and_started_again_there_is_one_publisher(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """Even when the first one hung in its driver and comes back later."""
    engine = Engine(settings, world.devices, replace(HURRY, stop_s=0.1, quit_s=0.2))
    engine.start()
    eventually(lambda: is_live(engine))
    world.faults["send"] = world.hang
    time.sleep(0.05)
    engine.stop()
    del world.faults["send"]
    engine.start()
    eventually(lambda: is_live(engine))
    begun_s = time.monotonic()
    for _ in range(8):
        engine.apply(settings)
    assert time.monotonic() - begun_s < 8 * CHANGE_S / 2, "none waits for what hangs"
    world.let_go.set()
    eventually(
        lambda: sum(each.name == "vcam-publisher" for each in threading.enumerate()) == 1
    )
    old = len(world.outputs[0].sent)
    published = engine.status.published
    eventually(lambda: engine.status.published > published + 5)
    engine.stop()
    assert len(world.outputs[0].sent) <= old + 1


def test_a_mask_engine_that_breaks_in_a_call_is_replaced_and_the_room_stays_hidden(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: engine.status.published > 2)

    def breaks_once(mask: Mask) -> Mask:
        del world.faults["segment"]
        raise SegmenterError("it broke")

    world.faults["segment"] = breaks_once
    wanted = "MediaPipe, instead of LiteRT (it broke)"
    eventually(lambda: engine.status.mask_engine == wanted)
    before = engine.status.published
    eventually(lambda: engine.status.published > before + 2)
    assert not any(shows_secret(picture) for picture in world.published)
