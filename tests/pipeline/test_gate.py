"""What is sent is what was chosen when it was sent, however the driver behaves."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from conftest import GREEN, HURRY, SMALL, Eventually, running

import vcam.engine.engine
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.engine.engine import Worker
from vcam.engine.publisher import Publisher
from vcam.errors import OutputError
from vcam.frames import Frame, Image, Size
from vcam.masking.options import MaskOptions
from vcam.outputs.options import OutputOptions
from vcam.outputs.viewers import Viewers
from vcam.pipeline.cards import TOP, slate
from vcam.pipeline.pipeline import Line
from vcam.pipeline.privacy import Choice, Cleared, Gate, Outdated, Withheld
from vcam.settings import Settings
from vcam.status import Hold, State
from vcam.testing import FakeWorld, RecordingOutput, secret_room, shows_secret


class Wish:
    """What somebody chose; may be changed."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self.held = False
        self.choice = Choice(lambda: self.background, lambda: self.held)


@pytest.fixture
def wish() -> Wish:
    return Wish(Room())


@pytest.fixture
def output(world: FakeWorld) -> RecordingOutput:
    return RecordingOutput(world, SMALL)


@pytest.fixture
def gate(output: RecordingOutput, wish: Wish) -> Gate:
    return Gate(output, wish.choice)


def picture(world: FakeWorld, background: Background) -> Cleared:
    with Line(world.devices.open_segmenter) as line:
        return line.process(Frame(secret_room(SMALL), 0, 0.0), background, MaskOptions())


def test_the_choice_stays_as_it_is_while_a_picture_is_sent(
    gate: Gate, wish: Wish, world: FakeWorld
) -> None:
    alone: list[bool] = []

    def change(value: object) -> None:
        with wish.choice.changing(0) as had:
            alone.append(had)

    room = picture(world, Room())
    world.faults["send"] = change
    gate.publish(room)
    gate.repeat()
    assert alone == [False, False]
    change(None)
    assert alone[2], "and between two pictures it may change"


def test_a_card_shows_nothing_and_waits_for_nobody(
    gate: Gate, wish: Wish, output: RecordingOutput
) -> None:
    with wish.choice.changing(0):
        gate.card("One moment, please")
    assert len(output.sent) == 1


@pytest.mark.parametrize(
    ("chosen", "made"), [(GREEN, Room()), (GREEN, Blur(100)), (Blur(90), Blur(10))], ids=str
)
def test_what_shows_more_than_is_chosen_is_neither_sent_nor_repeated(
    chosen: Background,
    made: Background,
    gate: Gate,
    wish: Wish,
    output: RecordingOutput,
    world: FakeWorld,
) -> None:
    more = picture(world, made)
    wish.background = made
    gate.publish(more)
    assert not gate.overexposed
    wish.background = chosen
    assert gate.overexposed
    with pytest.raises(Outdated):
        gate.publish(more)
    with pytest.raises(Outdated):
        gate.repeat()
    assert len(output.sent) == 1
    wish.background = made
    with pytest.raises(Withheld):
        gate.repeat()
    assert len(output.sent) == 1, "what was hidden does not come back"


def test_while_it_is_held_nothing_new_is_sent_and_the_last_picture_may_be(
    gate: Gate, wish: Wish, output: RecordingOutput, world: FakeWorld
) -> None:
    first, second = picture(world, Room()), picture(world, GREEN)
    gate.publish(first)
    wish.held = True
    with pytest.raises(Outdated):
        gate.publish(second)
    gate.repeat()
    assert len(output.sent) == 2 and (output.sent[1] == first.image).all()


def test_a_card_hides_what_was_on_air(gate: Gate, wish: Wish, world: FakeWorld) -> None:
    gate.publish(picture(world, Room()))
    assert gate.background == Room()
    gate.card("One moment, please")
    wish.background = GREEN
    assert gate.background is None and not gate.overexposed


def test_what_is_forgotten_is_not_repeated(gate: Gate, world: FakeWorld) -> None:
    gate.publish(picture(world, Room()))
    gate.forget()
    with pytest.raises(Withheld):
        gate.repeat()


Ask = Callable[[Worker], object]


def hide(worker: Worker) -> None:
    worker.apply(replace(worker.settings, background=GREEN))


def pause(worker: Worker) -> None:
    worker.hold(Hold.PAUSE)


def freeze(worker: Worker) -> None:
    worker.hold(Hold.FREEZE)


@pytest.mark.parametrize("ask", [hide, pause])
def test_the_answer_waits_for_the_picture_that_was_compared_before(
    ask: Ask,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it would go out after somebody was told that the room is hidden."""
    monkeypatch.setattr(vcam.engine.engine, "APPLY_S", 30)
    order: list[str] = []
    asking: list[threading.Thread] = []

    def meanwhile(value: object) -> None:
        if asking:
            return

        def answered() -> None:
            ask(worker)
            order.append("answered")

        asking.append(threading.Thread(target=answered))
        asking[0].start()
        asking[0].join(0.2)
        order.append("sent")

    with running(world, replace(settings, background=Room()), silence_s=80) as worker:
        eventually(lambda: worker.status.shows_room)
        world.faults["send"] = meanwhile
        eventually(lambda: len(order) == 2)
        asking[0].join()
        assert order == ["sent", "answered"]


@pytest.mark.parametrize("ask", [hide, pause, freeze])
def test_the_answer_comes_although_the_driver_does_not_let_go_of_its_picture(
    ask: Ask, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """That picture cannot be called back; no other one follows it."""
    with running(world, replace(settings, background=Room()), silence_s=80) as worker:
        eventually(lambda: worker.status.published > 3)
        back = threading.Event()

        def hang(value: object) -> None:
            world.hang(None)
            back.set()

        world.faults["send"] = hang
        eventually(world.hanging.is_set)
        ask(worker)
        assert not back.is_set(), "the driver has it still"
        sent = len(world.published)
        world.faults.clear()
        world.let_go.set()
        eventually(lambda: len(world.published) > sent + 5)
        last, *after = world.published[sent:]
        if ask is freeze:
            assert all((each == last).all() for each in after)
        else:
            assert not any(shows_secret(each) for each in after)


@pytest.mark.parametrize("ask", [pause, Worker.stop])
def test_no_picture_goes_out_that_was_ready_before_the_answer(
    ask: Ask, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """The publisher has it in its hand, and is asking the driver who watches."""
    asked = threading.Event()

    class Asked(RecordingOutput):
        def viewers(self) -> Viewers:
            if len(self.sent) > 5 and not asked.is_set():
                asked.set()
                world.let_go.wait(30)
            return super().viewers()

    def output(options: OutputOptions) -> RecordingOutput:
        world.outputs.append(Asked(world, options.size))
        return world.outputs[-1]

    world.devices = replace(world.devices, open_output=output)
    patience = {"look_every_s": 0, "card_every_s": 4, "grace_s": 80, "quit_s": 0.1}
    with running(world, settings, **patience) as worker:
        eventually(asked.is_set)
        ask(worker)
        sent = len(world.published)
        world.let_go.set()
        eventually(lambda: len(world.published) > sent or world.outputs[0].closed)
        assert all(is_card(each) for each in world.published[sent:])


def test_a_hold_that_begins_just_before_a_picture_is_sent_keeps_it_in(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """The publisher had looked, and there was none; the gate looks again."""
    looks: Iterator[Hold] = iter(())
    sent = 0
    holding = threading.Event()

    def hold() -> Hold:
        return next(looks, Hold.PAUSE if holding.is_set() else Hold.NOTHING)

    def begin(value: object) -> None:
        nonlocal looks, sent
        if not holding.is_set() and len(world.published) > 5:
            looks, sent = iter([Hold.NOTHING]), len(world.published) + 1
            holding.set()

    world.faults["send"] = begin
    patience = replace(HURRY, card_every_s=4, silence_s=80)
    publisher = Publisher(lambda: settings, hold, world.devices, patience)
    publisher.start()
    try:
        eventually(lambda: publisher.status.state is State.PAUSED)
        assert all(is_card(each) for each in world.published[sent:])
        pictures = sum(not is_card(each) for each in world.published)
        assert publisher.status.published == pictures, "nor is it counted"
    finally:
        publisher.stop()


def test_the_frozen_room_goes_as_soon_as_another_background_is_chosen(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """Not only when the still picture is due again."""
    settings = replace(settings, background=Room())
    with running(world, settings, rest_every_s=80, look_every_s=80) as worker:
        eventually(lambda: worker.status.shows_room)
        worker.hold(Hold.FREEZE)
        eventually(lambda: worker.status.state is State.FROZEN and not worker.status.camera)
        hide(worker)
        eventually(lambda: not shows_secret(world.published[-1]))


def test_a_blurred_room_makes_way_for_a_card_while_the_new_background_loads(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    class Slow(Color):
        def open(self, size: Size) -> Any:
            world.hang(None)
            return super().open(size)

    with running(world, replace(settings, background=Blur(0)), silence_s=80) as worker:
        eventually(lambda: worker.status.background == "blur:0")
        worker.apply(replace(worker.settings, background=Slow("#00ff00")))
        eventually(lambda: shows_card(world, "One moment, please"))


def test_a_virtual_camera_of_another_size_gets_a_card_and_it_is_told(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """The driver has its own will: no picture fits."""
    smaller = Size(64, 36)

    def stubborn(options: OutputOptions) -> RecordingOutput:
        world.outputs.append(RecordingOutput(world, smaller))
        return world.outputs[-1]

    world.devices = replace(world.devices, open_output=stubborn)
    with running(world, settings, card_every_s=80, silence_s=80) as worker:
        eventually(lambda: "size of the output" in worker.status.message)
        cards = worker.status.cards
        eventually(lambda: worker.status.cards > cards)
        assert all(Size.of(each) == smaller for each in world.published)


def test_a_pause_is_a_card_at_once_also_when_the_picture_was_frozen(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, rest_every_s=80) as worker:
        eventually(lambda: worker.status.published > 3)
        freeze(worker)
        eventually(lambda: worker.status.state is State.FROZEN and not worker.status.camera)
        pause(worker)
        eventually(lambda: shows_card(world, "Be right back"))


def test_trouble_is_a_card_before_anybody_wonders_about_the_silence(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, silence_s=80) as worker:
        eventually(lambda: worker.status.published > 3)
        world.unplug()
        eventually(lambda: shows_card(world, "The camera is away for a moment"))


def test_a_line_that_is_left_behind_leaves_a_card(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    patience = {"silence_s": 80, "stuck_s": 0.3, "stop_s": 0.1}
    with running(world, settings, **patience) as worker:
        eventually(lambda: worker.status.published > 3)
        world.faults["read"] = world.hang
        eventually(lambda: shows_card(world, "One moment, please"))


def test_without_an_output_nothing_is_on_air(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    def gone(value: object) -> object:
        raise OutputError("The virtual camera went away")

    with running(world, settings) as worker:
        eventually(lambda: worker.picture is not None)
        world.faults["send"] = world.faults["output"] = gone
        eventually(lambda: world.outputs[0].closed)
        eventually(lambda: worker.picture is None and not worker.status.background)


def is_card(image: Image) -> bool:
    return bool((image[0] == TOP).all())


def shows_card(world: FakeWorld, message: str) -> bool:
    last = world.published[-1]
    return bool((last == slate(Size.of(last), message)).all())
