"""The status of a run, whoever asks and whenever."""

import pytest

from vcam.backgrounds.color import Color
from vcam.engine.status_reporter import StatusReporter
from vcam.errors import SourceError
from vcam.frames import Size
from vcam.pipeline.privacy import Choice, Gate
from vcam.status import Meter, State
from vcam.testing import FakeWorld, RecordingOutput


@pytest.fixture
def reporter(world: FakeWorld) -> StatusReporter:
    output = RecordingOutput(world, Size(64, 36))
    reporter = StatusReporter()
    reporter.output_opened(output, Gate(output, Choice(Color())))
    return reporter


def sent(reporter: StatusReporter, stage: str, captured_s: float = 0.0) -> None:
    reporter.live("webcam", "best", captured_s, captured_s + 0.05, {stage: 7.0})


def test_rate_and_delay_are_those_of_the_frames() -> None:
    meter = Meter(window=3)
    assert meter.fps == meter.latency_ms == 0
    for captured_s in (0.0, 5.0, 5.05, 5.1):
        meter.tick(captured_s, captured_s + 0.02, {"paint": captured_s})
    assert meter.fps == pytest.approx(20)
    assert meter.latency_ms == pytest.approx(20)
    assert meter.costs_ms["paint"] == 5.05


def test_the_figures_of_the_producer_before_do_not_count(reporter: StatusReporter) -> None:
    sent(reporter, "segment")
    reporter.producer_started()
    sent(reporter, "paint")
    assert dict(reporter.status.costs_ms) == {"paint": 7.0}
    assert reporter.status.published == 2


def test_the_figures_are_not_worked_out_for_every_frame(
    reporter: StatusReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.engine.status_reporter.EVERY_S", 80)
    sent(reporter, "segment")
    first = reporter.status
    sent(reporter, "segment", 0.03)
    assert reporter.status is first


def test_what_made_a_producer_useless_is_reported_until_the_next_one_works(
    reporter: StatusReporter,
) -> None:
    reporter.trouble(SourceError("The camera has stopped responding"))
    reporter.producer_started()
    assert reporter.status.message == "The camera has stopped responding"
    sent(reporter, "segment")
    assert reporter.status.state is State.LIVE and not reporter.status.message


def test_once_the_virtual_camera_is_back_its_loss_is_not_reported(
    reporter: StatusReporter, world: FakeWorld
) -> None:
    reporter.output_closed()
    reporter.trouble(SourceError("The virtual camera is gone"))
    reporter.output_opened(
        output := RecordingOutput(world, Size(64, 36)), Gate(output, Choice(Color()))
    )
    reporter.producer_started()
    assert reporter.status.state is State.STARTING and not reporter.status.message
