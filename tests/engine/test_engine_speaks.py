"""What keeps pictures from coming is said in the user's language; so is the card."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Eventually, running
from translation_sources import Pseudo, untranslated

from vcam import translation
from vcam.backgrounds.blur import Blur
from vcam.engine import background_loader
from vcam.engine.governor import LEVELS
from vcam.engine.status_reporter import StatusReporter
from vcam.engine.step import Step
from vcam.pipeline.cards import slate
from vcam.settings import Settings
from vcam.sources import EndOfSource
from vcam.status import Hold, State
from vcam.testing import FakeWorld
from vcam.translation import tr


@pytest.fixture
def told(
    world: FakeWorld, settings: Settings, eventually: Eventually, pseudo: None
) -> Callable[..., list[str]]:
    """What is not translated of what is said when this place of the world fails so."""

    def cause(place: str, fault: Any, state: State = State.WAITING) -> list[str]:
        world.faults[place] = fault
        with running(world, settings, stuck_s=0.3) as engine:
            eventually(lambda: engine.status.state is state and engine.status.message)
            status = engine.status
            assert "⟦" in status.message
            return untranslated(f"{status.message} {status.remedy}")

    return cause


def fail(error: Exception) -> Callable[[Any], Any]:
    def fault(value: Any) -> Any:
        raise error

    return fault


def test_a_camera_that_hangs(told: Any, world: FakeWorld) -> None:
    assert told("read", world.hang) == []


def test_a_source_that_ends(told: Any) -> None:
    assert told("read", fail(EndOfSource())) == []


def test_a_bug(told: Any) -> None:
    assert told("segment", fail(ZeroDivisionError()), State.FAILED) == []


def test_an_output_that_hangs(told: Any, world: FakeWorld) -> None:
    def hang(value: Any) -> Any:
        return world.hang(value) if world.published[2:] else value

    assert told("send", hang) == ["fake virtual camera"]


def test_every_step_that_may_hang_is_in_the_catalogues(pseudo: None) -> None:
    for step in Step:
        assert not untranslated(" ".join(map(tr, step.value)))
    reporter = StatusReporter()
    reporter.no_pictures()
    assert not untranslated(reporter.status.message + reporter.status.remedy)
    assert untranslated(str(LEVELS[-1])) == ["light"]


def test_a_background_that_takes_too_long(pseudo: None) -> None:
    error = background_loader._too_slow(Blur())
    assert untranslated(str(error)) == ["'blur:50'"]


def test_the_card_of_a_break(
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class German(Pseudo):
        def gettext(self, message: str) -> str:
            return {"Be right back": "Bin gleich zurück"}.get(message, message)

    german = slate(settings.output.size, "Bin gleich zurück")
    monkeypatch.setattr(translation, "catalogue", German)
    with running(world, settings) as engine:
        eventually(lambda: engine.status.state is State.LIVE)
        engine.hold(Hold.PAUSE)
        eventually(lambda: engine.status.state is State.PAUSED)
        eventually(lambda: np.array_equal(world.published[-1], german))
