"""What was on air is shown again only as long as all of it may be shown."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from conftest import GREEN, SMALL

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.frames import Frame, Image
from vcam.masking.options import MaskOptions
from vcam.pipeline import loop, recording
from vcam.pipeline.loop import Loop
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Choice, Cleared, Gate, Outdated, Withheld
from vcam.regions import Region, Regions
from vcam.testing import FakeWorld, RecordingOutput, secret_room, shows_secret

NEAR = 6
"""Grey levels that a JPEG changes a plain colour by at most."""


@pytest.fixture(autouse=True)
def a_short_recording_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LEAST_S", 0.2)
    monkeypatch.setattr(loop, "LEAST_S", 0.2)
    monkeypatch.setattr(loop, "DISSOLVE_S", 0.1)


@pytest.fixture
def choice() -> Choice:
    return Choice(Room())


@pytest.fixture
def output(world: FakeWorld) -> RecordingOutput:
    return RecordingOutput(world, SMALL)


@pytest.fixture
def gate(output: RecordingOutput, choice: Choice) -> Gate:
    return Gate(output, choice)


def picture(world: FakeWorld, background: Background) -> Cleared:
    with FrameProcessor(world.devices.open_segmenter) as line:
        return line.process(Frame(secret_room(SMALL), 0, 0.0), background, MaskOptions())


def on_air(gate: Gate, one: Cleared, count: int = 20) -> None:
    """Twenty pictures a thirtieth of a second apart."""
    for number in range(count):
        frame = replace(one.frame, captured_s=number / 30)
        gate.publish(replace(one, frame=frame))


def is_green(image: Image) -> bool:
    return bool((np.abs(image[:, -8:].astype(int) - (0, 255, 0)) <= NEAR).all())


@pytest.fixture
def recorded(gate: Gate, choice: Choice, world: FakeWorld) -> Gate:
    """Twenty pictures before green, held."""
    choice.change(GREEN, records=True)
    on_air(gate, picture(world, GREEN))
    choice.change(GREEN, held=True, records=True)
    assert choice.can_loop
    return gate


def test_what_was_on_air_is_played_while_new_pictures_are_held_back(
    recorded: Gate, output: RecordingOutput
) -> None:
    for _ in range(50):
        recorded.play()
    assert len(output.sent) == 70 and all(map(is_green, output.sent))
    assert recorded.plays and recorded.background == GREEN
    recorded.repeat()
    assert np.array_equal(output.sent[-1], output.sent[-2]), "and can be frozen"
    assert not recorded.plays


def test_usually_nothing_is_recorded(
    gate: Gate, choice: Choice, world: FakeWorld, output: RecordingOutput
) -> None:
    choice.change(GREEN)
    on_air(gate, picture(world, GREEN))
    assert not choice._recording.pictures and not choice.can_loop
    with pytest.raises(Withheld):
        gate.play()
    assert len(output.sent) == 20
    gate.repeat()  # there is still the last one


def test_a_card_is_not_recorded_nor_what_fades_in_from_it(
    gate: Gate, choice: Choice, world: FakeWorld
) -> None:
    choice.change(GREEN, records=True)
    gate.card("Be right back", gently=True)
    on_air(gate, picture(world, GREEN), 1)
    assert not choice._recording.pictures


@pytest.mark.parametrize(
    ("made", "chosen"),
    [(Room(), Blur(0)), (Room(), GREEN), (Blur(10), Blur(90)), (Blur(100), GREEN)],
    ids=str,
)
def test_when_less_is_to_be_shown_everything_that_shows_more_is_dropped_at_once(
    made: Background,
    chosen: Background,
    gate: Gate,
    choice: Choice,
    world: FakeWorld,
    output: RecordingOutput,
) -> None:
    choice.change(made, records=True)
    on_air(gate, picture(world, made))
    gate.play()
    choice.change(chosen, held=True, records=True)
    assert not choice._recording.pictures, "not only when it is asked for"
    sent = len(output.sent)
    choice.change(made, held=True, records=True)  # and back again
    with pytest.raises(Withheld):
        gate.play()
    with pytest.raises(Withheld):
        gate.repeat()
    assert len(output.sent) == sent, "what was hidden does not come back"


def test_after_other_rules_nothing_is_shown_again_nor_what_is_under_way(
    recorded: Gate, choice: Choice, world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice.begin_anew()
    assert not choice._recording.pictures
    with pytest.raises(Withheld):
        recorded.repeat()
    choice.change(GREEN, records=True)
    on_air(recorded, picture(world, GREEN))  # made by the rules of before
    assert not choice._recording.pictures
    with pytest.raises(Withheld):
        recorded.repeat()
    monkeypatch.setattr("vcam.pipeline.choice.UNDER_WAY_S", -1e-6)
    choice.begin_anew()
    on_air(recorded, picture(world, GREEN))
    assert choice.can_loop
    recorded.repeat()


@pytest.mark.parametrize(
    ("before", "after"),
    [(Region("a", kept=7), Region("a", kept=3)), (Region("a"), Region("a", dropped=1))],
    ids=["less is kept", "more is dropped"],
)
def test_when_less_is_painted_to_be_shown_the_recording_goes_too(
    before: Region, after: Region, gate: Gate, choice: Choice, world: FakeWorld
) -> None:
    choice.change(GREEN, Regions.holding([before]), records=True)
    on_air(gate, replace(picture(world, GREEN), region=before))
    gate.play()
    choice.change(GREEN, Regions.holding([after]), held=True, records=True)
    assert not choice._recording.pictures
    choice.change(GREEN, Regions.holding([before]), held=True, records=True)
    with pytest.raises(Withheld):
        gate.play()


def test_when_more_may_be_shown_it_stays(recorded: Gate, choice: Choice) -> None:
    for more in (Color("red"), Blur(), Room()):
        choice.change(more, held=True, records=True)
        recorded.play()


@pytest.mark.parametrize("how", ["not recorded any more", "forgotten"])
def test_when_the_gate_forgets_the_recording_goes(
    how: str, recorded: Gate, choice: Choice
) -> None:
    if how == "forgotten":
        recorded.forget()
    else:
        choice.change(GREEN, held=True)
    assert not choice._recording.pictures and not recorded.can_loop
    choice.change(GREEN, held=True, records=True)
    with pytest.raises(Withheld):
        recorded.play()


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]) -> None:
    """While a picture of the loop is decoded, ``change`` happens."""
    drawn = Loop.drawn

    def drawn_slowly(*given: object) -> Image:
        image = drawn(*given)  # type: ignore[arg-type]
        change()
        return image

    monkeypatch.setattr(Loop, "drawn", drawn_slowly)


def test_a_break_that_comes_while_a_picture_is_decoded_comes_before_it(
    recorded: Gate,
    choice: Choice,
    output: RecordingOutput,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded.play()
    sent = len(output.sent)
    meanwhile(monkeypatch, lambda: choice.change(GREEN, held=True))
    with pytest.raises(Outdated):
        recorded.play()
    assert len(output.sent) == sent and not recorded.plays


def test_the_room_that_is_hidden_while_a_picture_is_decoded_is_not_sent(
    gate: Gate,
    choice: Choice,
    world: FakeWorld,
    output: RecordingOutput,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choice.change(Room(), records=True)
    on_air(gate, picture(world, Room()))
    gate.play()
    sent = len(output.sent)
    meanwhile(monkeypatch, lambda: choice.change(GREEN, held=True, records=True))
    with pytest.raises(Outdated):
        gate.play()
    assert len(output.sent) == sent


@pytest.mark.parametrize(
    ("chosen", "held", "records"),
    [(GREEN, False, True), (Room(), True, True), (Room(), False, False)],
    ids=["hidden", "held", "not recorded any more"],
)
def test_what_may_not_be_kept_any_more_when_it_is_encoded_is_not(
    chosen: Background,
    held: bool,
    records: bool,
    gate: Gate,
    choice: Choice,
    world: FakeWorld,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = recording.Kept.of

    def slowly(image: Image, captured_s: float, quality: int) -> recording.Kept:
        choice.change(chosen, held=held, records=records)
        return kept(image, captured_s, quality)

    choice.change(Room(), records=True)
    monkeypatch.setattr(recording.Kept, "of", slowly)
    on_air(gate, picture(world, Room()), 1)
    assert not choice._recording.pictures


def test_a_picture_that_was_withheld_is_not_kept(
    gate: Gate, choice: Choice, world: FakeWorld
) -> None:
    room = picture(world, Room())
    choice.change(GREEN, records=True)
    with pytest.raises(Outdated):
        gate.publish(room)
    assert not choice._recording.pictures


def test_what_a_broken_output_has_not_taken_is_not_kept(
    gate: Gate, choice: Choice, world: FakeWorld
) -> None:
    def broken(value: object) -> object:
        raise OSError(5, "Input/output error")

    choice.change(GREEN, records=True)
    green = picture(world, GREEN)
    world.faults["send"] = broken
    with pytest.raises(OSError, match="Input/output"):
        gate.publish(green)
    assert not choice._recording.pictures


def test_live_pictures_fade_in_from_the_loop(
    recorded: Gate, choice: Choice, world: FakeWorld, output: RecordingOutput
) -> None:
    recorded.play()
    choice.change(GREEN, records=True)
    live = picture(world, GREEN)
    live.image[:4] = 255
    recorded.publish(live)
    assert not recorded.plays
    assert 0 < int(output.sent[-1][0, 0, 0]) < 250, "a mixture of both"
    assert len(choice._recording.pictures) == 20, "which is not recorded"


def test_from_a_loop_with_another_background_it_cuts(
    recorded: Gate, choice: Choice, world: FakeWorld, output: RecordingOutput
) -> None:
    recorded.play()
    red = Color("red")
    choice.change(red, records=True)
    live = picture(world, red)
    recorded.publish(live)
    assert np.array_equal(output.sent[-1], live.image)


def test_the_room_of_a_loop_does_not_linger_in_the_next_pictures(
    gate: Gate, choice: Choice, world: FakeWorld, output: RecordingOutput
) -> None:
    choice.change(Room(), records=True)
    room, green = picture(world, Room()), picture(world, GREEN)
    on_air(gate, room)
    gate.play()
    gate.publish(room)  # fades in from the loop
    choice.change(GREEN, records=True)
    gate.publish(green)
    assert np.array_equal(output.sent[-1], green.image)
    choice.change(Room(), records=True)
    gate.publish(room)
    gate.play() if choice.can_loop else None
    choice.change(GREEN, held=True, records=True)
    choice.change(GREEN, records=True)
    gate.publish(green)
    assert not shows_secret(output.sent[-1])


def test_a_card_ends_a_loop(recorded: Gate, output: RecordingOutput) -> None:
    recorded.play()
    recorded.card("One moment, please")
    assert not recorded.plays and recorded.background is None
