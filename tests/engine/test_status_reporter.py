"""What is told of a run, whoever asks and whenever."""

import pytest

from vcam.backgrounds.color import Color
from vcam.engine.status_reporter import Bulletin
from vcam.errors import SourceError
from vcam.frames import Size
from vcam.pipeline.privacy import Choice, Gate
from vcam.status import Meter, State
from vcam.testing import FakeWorld, RecordingOutput


@pytest.fixture
def bulletin(world: FakeWorld) -> Bulletin:
    output = RecordingOutput(world, Size(64, 36))
    bulletin = Bulletin()
    bulletin.on_air(output, Gate(output, Choice(Color)))
    return bulletin


def sent(bulletin: Bulletin, stage: str, captured_s: float = 0.0) -> None:
    bulletin.live("webcam", "best", captured_s, captured_s + 0.05, {stage: 7.0})


def test_rate_and_delay_are_those_of_the_frames() -> None:
    meter = Meter(window=3)
    assert meter.fps == meter.latency_ms == 0
    for captured_s in (0.0, 5.0, 5.05, 5.1):
        meter.tick(captured_s, captured_s + 0.02, {"paint": captured_s})
    assert meter.fps == pytest.approx(20)
    assert meter.latency_ms == pytest.approx(20)
    assert meter.costs_ms["paint"] == 5.05


def test_the_figures_of_the_line_before_are_history(bulletin: Bulletin) -> None:
    sent(bulletin, "segment")
    bulletin.restart()
    sent(bulletin, "paint")
    assert dict(bulletin.status.costs_ms) == {"paint": 7.0}
    assert bulletin.status.published == 2


def test_the_figures_are_not_worked_out_for_every_frame(
    bulletin: Bulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.engine.status_reporter.EVERY_S", 80)
    sent(bulletin, "segment")
    first = bulletin.status
    sent(bulletin, "segment", 0.03)
    assert bulletin.status is first


def test_what_made_a_line_useless_is_the_news_until_the_next_one_works(
    bulletin: Bulletin,
) -> None:
    bulletin.trouble(SourceError("The read hangs"))
    bulletin.restart()
    assert bulletin.status.message == "The read hangs"
    sent(bulletin, "segment")
    assert bulletin.status.state is State.LIVE and not bulletin.status.message


def test_once_the_virtual_camera_is_back_its_loss_is_no_news(
    bulletin: Bulletin, world: FakeWorld
) -> None:
    bulletin.off_air()
    bulletin.trouble(SourceError("The virtual camera is gone"))
    bulletin.on_air(
        output := RecordingOutput(world, Size(64, 36)), Gate(output, Choice(Color))
    )
    bulletin.restart()
    assert bulletin.status.state is State.STARTING and not bulletin.status.message
