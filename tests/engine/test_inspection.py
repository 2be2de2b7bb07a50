"""What the user's own preview may see behind the picture on air, and when it may not."""

import gc
import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually, running

from vcam.backgrounds import Background
from vcam.backgrounds.room import Room
from vcam.engine import inspection
from vcam.engine.engine import Engine
from vcam.engine.inspection import Canvas, Inspection, camera_of
from vcam.imaging.orientation import AS_IT_IS
from vcam.masking.options import MaskOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Cleared
from vcam.settings import Settings
from vcam.status import Hold, State
from vcam.testing import FakeSource, FakeWorld, secret_room, shows_secret


def seen(engine: Engine, eventually: Eventually) -> Cleared:
    """What is behind the picture on air, once it is there."""
    eventually(lambda: engine.inspected is not None)
    inspected = engine.inspected
    assert inspected is not None
    return inspected


@pytest.fixture
def picture(world: FakeWorld) -> Any:
    """One finished picture, and the pipeline that made it."""
    with FrameProcessor(world.devices.open_segmenter) as processor:
        frame = FakeSource(world, SMALL).read(1.0)
        assert frame is not None
        yield processor.process(frame, GREEN, MaskOptions())


def test_whoever_asks_sees_the_frame_and_the_alpha_of_what_is_on_air(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    inspected = seen(engine, eventually)
    assert (inspected.frame.image == secret_room(SMALL)).all()
    assert inspected.alpha is not None
    assert (inspected.alpha[10:-10, 8:40] == 255).all() and not inspected.alpha[
        :, -8:
    ].any()
    assert not shows_secret(inspected.image)
    assert not any(shows_secret(image) for image in world.published)


def test_what_is_seen_belongs_to_nobody_else(picture: Cleared) -> None:
    inspection = Inspection()
    inspection.ask()
    kept = inspection.prepared(picture)
    assert kept.alpha is not None and picture.alpha is not None
    assert not np.shares_memory(kept.alpha, picture.alpha)
    assert not np.shares_memory(kept.frame.image, picture.frame.image)
    assert (kept.alpha == picture.alpha).all()
    assert kept.image is picture.image


def test_while_nobody_asks_nothing_is_copied_or_kept(
    picture: Cleared, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = Inspection()
    handed_over = inspection.prepared(picture)
    assert handed_over.alpha is None and handed_over.frame is picture.frame
    inspection.ask()
    inspection.show(handed_over)
    assert inspection.ask() is None, "it was made before anybody asked"
    inspection.show(inspection.prepared(picture))
    assert inspection.ask() is not None
    monkeypatch.setattr("vcam.engine.inspection.ASKED_S", 0.0)
    inspection.show(picture)
    assert inspection.ask() is None


@pytest.mark.parametrize("hangs", [False, True])
def test_what_was_asked_for_once_is_soon_forgotten(
    hangs: bool,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running(world, settings, silence_s=30) as engine:
        inspected: Cleared | None = seen(engine, eventually)
        assert inspected is not None
        if hangs:
            world.faults["read"] = world.hang
            eventually(world.hanging.is_set)
            inspected = engine.inspected
            assert inspected is not None
        frame = weakref.ref(inspected.frame.image)
        inspected = None
        monkeypatch.setattr(inspection, "ASKED_S", 0.05)

        def forgotten() -> bool:
            gc.collect()
            return frame() is None

        eventually(forgotten)


def test_it_is_forgotten_even_while_the_driver_of_the_output_hangs(
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen(engine, eventually)
    world.faults["send"] = world.hang
    eventually(world.hanging.is_set)
    behind = engine.inspected
    assert behind is not None
    frame = weakref.ref(behind.frame.image)
    behind = None
    monkeypatch.setattr(inspection, "ASKED_S", 0.05)

    def forgotten() -> bool:
        publisher = engine._publisher
        return publisher is not None and publisher.inspection._on_air is None

    eventually(forgotten)
    eventually(lambda: gc.collect() >= 0 and frame() is None)


@pytest.mark.parametrize("hold", [Hold.PAUSE, Hold.FREEZE])
def test_a_break_ends_it_at_once_even_while_the_driver_hangs(
    hold: Hold, engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    frame = weakref.ref(seen(engine, eventually).frame.image)
    world.faults["send"] = world.hang
    eventually(world.hanging.is_set)
    assert engine.inspected is not None
    engine.hold(hold)
    assert engine.inspected is None
    del world.faults["send"]
    world.let_go.set()
    eventually(lambda: engine.status.state is hold.state)
    eventually(lambda: engine.inspected or frame() is None)
    assert engine.inspected is None and frame() is None
    engine.hold(Hold.NOTHING)
    eventually(lambda: engine.inspected is not None)


def test_behind_a_card_there_is_nothing_to_see(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    seen(engine, eventually)
    world.unplug()
    eventually(lambda: engine.status.state is State.WAITING)
    eventually(lambda: engine.inspected is None)
    world.plug_in()
    seen(engine, eventually)


def test_with_the_plain_room_there_is_no_mask_to_see(
    engine: Engine, eventually: Eventually
) -> None:
    seen(engine, eventually)
    engine.apply(replace(engine.settings, background=Room()))
    eventually(lambda: engine.status.shows_room)
    eventually(lambda: engine.inspected is None)


def test_before_the_start_and_after_the_end_there_is_nothing(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings) as engine:
        seen(engine, eventually)
    assert engine.inspected is None
    assert Engine(settings, world.devices).inspected is None


def test_what_was_on_air_before_a_break_is_not_looked_behind_after_it(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, silence_s=30) as engine:
        seen(engine, eventually)
        world.faults["open"] = world.hang
        engine.hold(Hold.FREEZE)
        eventually(lambda: engine.status.state is State.FROZEN)
        assert engine.inspected is None
        engine.hold(Hold.NOTHING)
        eventually(world.hanging.is_set)
        assert engine.inspected is None


# The picture to paint on.


def canvas(engine: Engine, eventually: Eventually) -> Canvas:
    eventually(lambda: engine.canvas is not None)
    found = engine.canvas
    assert found is not None
    return found


@pytest.mark.parametrize("background", [GREEN, Room()], ids=str)
def test_whoever_paints_sees_the_cameras_picture_as_it_came(
    background: Background, engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    engine.apply(replace(engine.settings, background=background))
    found = canvas(engine, eventually)
    assert (found.image == secret_room(SMALL)).all()
    assert not np.shares_memory(found.image, world.sources[-1]._image)
    assert (found.camera, found.name) == ("fake camera", "fake camera")
    assert found.view == (SMALL, (False, False, False), SMALL)


def test_what_is_painted_is_found_by_the_identity_or_by_what_the_user_calls_it(
    world: FakeWorld,
) -> None:
    """Never by a number that another camera may have, nor by a name in one language."""
    assert camera_of(FakeSource(world, SMALL, "desk"), "0") == "usb:desk"
    assert camera_of(FakeSource(world, SMALL), "presenter") == "presenter"
    assert camera_of(FakeSource(world, SMALL), "") == "fake camera"


def test_while_nobody_paints_no_picture_is_kept(world: FakeWorld) -> None:
    inspection, source = Inspection(), FakeSource(world, SMALL)
    inspection.see(source, "a camera", secret_room(SMALL), AS_IT_IS, SMALL)
    assert inspection.ask_canvas() is None, "it came before anybody asked"
    inspection.see(source, "a camera", secret_room(SMALL), AS_IT_IS, SMALL)
    assert inspection.ask_canvas() is not None
    inspection.show(None)
    assert inspection.ask_canvas() is None


def test_the_picture_to_paint_on_is_soon_forgotten(
    engine: Engine, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas(engine, eventually)
    monkeypatch.setattr(inspection, "ASKED_S", 0.05)
    assert engine._publisher is not None
    behind = engine._publisher.inspection
    eventually(lambda: behind._canvas is None)


@pytest.mark.parametrize("hold", [Hold.PAUSE, Hold.FREEZE])
def test_nobody_paints_during_a_break(
    hold: Hold, engine: Engine, eventually: Eventually
) -> None:
    canvas(engine, eventually)
    engine.hold(hold)
    assert engine.canvas is None
    eventually(lambda: engine.status.state is hold.state)
    engine.hold(Hold.NOTHING)
    canvas(engine, eventually)


def test_behind_a_card_there_is_no_picture_to_paint_on(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    canvas(engine, eventually)
    world.unplug()
    eventually(lambda: engine.status.state is State.WAITING)
    eventually(lambda: engine.canvas is None)
    assert Engine(engine.settings, world.devices).canvas is None
