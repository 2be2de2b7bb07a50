"""A preview without a virtual camera shows what would be on air, to nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import GREEN, Eventually, running

from vcam.backgrounds.room import Room
from vcam.engine.engine import Engine
from vcam.errors import OutputError
from vcam.outputs import WatchedOutput
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings
from vcam.status import Hold, State
from vcam.testing import FakeWorld, shows_secret

MISSING = OutputError("There is no virtual camera", "Run `vcam setup`")


def fails(value: Any) -> Any:
    raise MISSING


@pytest.fixture
def waiting(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> Iterator[Engine]:
    world.faults["output"] = fails
    with running(world, settings, silence_s=5) as engine:
        eventually(lambda: engine.status.message == MISSING.what)
        yield engine


def previews(engine: Engine) -> bool:
    picture = engine.picture
    return picture is not None and bool((picture[:, -8:] == (0, 255, 0)).all())


def test_it_shows_the_background_and_the_status_still_says_what_is_missing(
    waiting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: previews(waiting))
    eventually(lambda: waiting.shown.state is State.LIVE)
    assert waiting.status.state is State.WAITING
    assert (waiting.status.message, waiting.status.remedy) == (MISSING.what, MISSING.remedy)
    assert waiting.status.output == "" and waiting.status.published == 0
    assert not world.published


def test_without_a_preview_the_camera_stays_off(waiting: Engine, world: FakeWorld) -> None:
    assert not world.sources
    assert waiting.shown == waiting.status


def test_when_the_preview_is_closed_the_camera_is_released(
    waiting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: previews(waiting))
    eventually(lambda: all(source.closed for source in world.sources))
    assert waiting.status.message == MISSING.what


def test_as_soon_as_there_is_a_virtual_camera_the_pictures_go_there(
    waiting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: previews(waiting))
    del world.faults["output"]
    eventually(lambda: previews(waiting) and waiting.status.state is State.LIVE)
    assert waiting.status.output == "fake virtual camera"
    assert waiting.shown == waiting.status
    assert not any(shows_secret(image) for image in world.published)


def test_what_is_missing_may_change_while_the_preview_is_open(
    waiting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    def busy(value: Any) -> Any:
        raise OutputError("It is used by OBS", "Stop it there")

    eventually(lambda: previews(waiting))
    world.faults["output"] = busy
    eventually(lambda: previews(waiting) and waiting.status.message == "It is used by OBS")


def test_the_room_is_not_in_it_but_by_choice(
    waiting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    def choose(background: Any) -> None:
        waiting.apply(replace(waiting.settings, background=background))

    def picture() -> bool:
        image = waiting.picture
        assert image is None or not shows_secret(image)
        return previews(waiting)

    eventually(picture)
    choose(Room())
    eventually(lambda: shows_secret(np.asarray(waiting.picture)))
    assert not waiting.status.shows_room, "nobody else sees it"
    choose(GREEN)
    eventually(lambda: not shows_secret(np.asarray(waiting.picture)))
    eventually(picture)
    assert not world.published


def test_a_break_releases_the_camera(
    waiting: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    eventually(lambda: previews(waiting))
    waiting.hold(Hold.PAUSE)
    eventually(lambda: waiting.picture is not None and not previews(waiting))
    eventually(lambda: waiting.shown.state is State.PAUSED)
    eventually(lambda: all(source.closed for source in world.sources))


def test_vcam_ends_while_the_preview_is_open(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    world.faults["output"] = fails
    with running(world, settings) as engine:
        eventually(lambda: previews(engine))
    assert all(source.closed for source in world.sources)


def test_the_picture_is_served_at_once_when_that_is_chosen_during_a_preview(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """What is missing then is not what the settings ask for any more."""
    opened = world.devices.open_output

    def without_driver(options: OutputOptions) -> WatchedOutput:
        if not options.serve:
            raise MISSING
        return opened(options)

    world.devices = replace(world.devices, open_output=without_driver)
    with running(world, settings, silence_s=5) as engine:
        eventually(lambda: previews(engine))
        assert engine.status.state is State.WAITING
        output = replace(settings.output, serve=8226)
        engine.apply(replace(settings, output=output))
        # The window goes on to ask, as it did.
        eventually(lambda: engine.picture is not None and engine.status.state is State.LIVE)
