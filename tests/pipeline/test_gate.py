"""What is sent is what was chosen when it was sent, however the driver behaves."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from conftest import GREEN, SMALL, Eventually, running

import vcam.pipeline.choice
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.engine.engine import Engine
from vcam.errors import OutputError
from vcam.frames import Frame, Image, Size
from vcam.masking.options import MaskOptions
from vcam.outputs.options import OutputOptions
from vcam.outputs.viewers import Viewers
from vcam.pipeline.cards import TOP, slate
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Choice, Cleared, Gate, Outdated, Withheld
from vcam.settings import Settings
from vcam.sources.listing import NoCameraError
from vcam.status import Hold, State
from vcam.testing import FakeWorld, RecordingOutput, secret_room, shows_secret


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


class Changing:
    """Changes the choice on a thread of its own, and takes as long as it must."""

    def __init__(self, choice: Choice, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(vcam.pipeline.choice, "CHANGE_S", 30)
        self._choice = choice
        self._thread = threading.Thread()

    def begin(self) -> None:
        self._thread = threading.Thread(target=self._choice.change, args=(Room(),))
        self._thread.start()

    def returns_within(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()


@pytest.fixture
def changing(choice: Choice, monkeypatch: pytest.MonkeyPatch) -> Changing:
    return Changing(choice, monkeypatch)


@contextmanager
def held_by_the_driver(world: FakeWorld, gate: Gate) -> Iterator[None]:
    """A picture is being sent, until the end."""
    let_go, hanging = threading.Event(), threading.Event()

    def hang(value: object) -> None:
        hanging.set()
        let_go.wait(30)

    room = picture(world, Room())
    world.faults["send"] = hang
    publishing = threading.Thread(target=gate.publish, args=(room,))
    publishing.start()
    assert hanging.wait(5)
    world.faults.clear()
    yield
    let_go.set()
    publishing.join()


def test_a_change_waits_for_the_picture_that_is_being_sent(
    gate: Gate, changing: Changing, world: FakeWorld
) -> None:
    returned: list[bool] = []

    def meanwhile(value: object) -> None:
        changing.begin()
        returned.append(changing.returns_within(0.1))

    room = picture(world, Room())
    world.faults["send"] = meanwhile
    gate.publish(room)
    assert changing.returns_within(5)
    gate.repeat()
    assert changing.returns_within(5)
    assert returned == [False, False]


def test_a_change_waits_for_all_outputs_and_for_none_that_was_given_up(
    gate: Gate, choice: Choice, changing: Changing, world: FakeWorld
) -> None:
    other, stopped = (Gate(RecordingOutput(world, SMALL), choice) for _ in range(2))
    with held_by_the_driver(world, stopped):
        stopped.abandon()
        with held_by_the_driver(world, gate):
            with held_by_the_driver(world, other):
                changing.begin()
                assert not changing.returns_within(0.1)
            assert not changing.returns_within(0.1)
        assert changing.returns_within(5)
    changing.begin()
    assert changing.returns_within(5), "and with nothing to wait for it returns at once"


def test_a_change_does_not_wait_for_the_picture_after_it(
    gate: Gate, changing: Changing, world: FakeWorld
) -> None:
    returned: list[bool] = []

    def next_one(value: object) -> None:
        returned.append(changing.returns_within(5))

    def first_one(value: object) -> None:
        changing.begin()
        assert not changing.returns_within(0.1)
        world.faults["send"] = next_one

    room = picture(world, Room())
    world.faults["send"] = first_one
    gate.publish(room)
    gate.publish(room)
    assert returned == [True]


def test_a_card_shows_nothing_and_waits_for_nobody(
    gate: Gate, choice: Choice, output: RecordingOutput, world: FakeWorld
) -> None:
    """Also not for a picture that the driver of another output keeps."""
    stuck = Gate(RecordingOutput(world, SMALL), choice)
    with held_by_the_driver(world, stuck):
        gate.card("One moment, please")
        assert len(output.sent) == 1


def test_a_gate_that_is_closed_sends_cards_only(
    gate: Gate, output: RecordingOutput, world: FakeWorld
) -> None:
    room = picture(world, Room())
    gate.close()
    with pytest.raises(Outdated):
        gate.publish(room)
    gate.card("One moment, please")
    assert len(output.sent) == 1 and is_card(output.sent[0])


@pytest.mark.parametrize(
    ("chosen", "made"), [(GREEN, Room()), (GREEN, Blur(100)), (Blur(90), Blur(10))], ids=str
)
def test_what_shows_more_than_is_chosen_is_neither_sent_nor_repeated(
    chosen: Background,
    made: Background,
    gate: Gate,
    choice: Choice,
    output: RecordingOutput,
    world: FakeWorld,
) -> None:
    more = picture(world, made)
    choice.change(made)
    gate.publish(more)
    assert not gate.overexposed
    choice.change(chosen)
    assert gate.overexposed
    with pytest.raises(Outdated):
        gate.publish(more)
    with pytest.raises(Outdated):
        gate.repeat()
    assert len(output.sent) == 1
    choice.change(made)
    with pytest.raises(Withheld):
        gate.repeat()
    assert len(output.sent) == 1, "what was hidden does not come back"


def test_while_it_is_held_nothing_new_is_sent_and_the_last_picture_may_be(
    gate: Gate, choice: Choice, output: RecordingOutput, world: FakeWorld
) -> None:
    first, second = picture(world, Room()), picture(world, GREEN)
    gate.publish(first)
    choice.change(Room(), held=True)
    with pytest.raises(Outdated):
        gate.publish(second)
    gate.repeat()
    assert len(output.sent) == 2 and (output.sent[1] == first.image).all()


def test_a_card_hides_what_was_on_air(gate: Gate, choice: Choice, world: FakeWorld) -> None:
    gate.publish(picture(world, Room()))
    assert gate.background == Room()
    gate.card("One moment, please")
    choice.change(GREEN)
    assert gate.background is None and not gate.overexposed


def test_what_is_forgotten_is_not_repeated(gate: Gate, world: FakeWorld) -> None:
    gate.publish(picture(world, Room()))
    gate.forget()
    with pytest.raises(Withheld):
        gate.repeat()


Ask = Callable[[Engine], object]


def hide(engine: Engine) -> None:
    engine.apply(replace(engine.settings, background=GREEN))


def pause(engine: Engine) -> None:
    engine.hold(Hold.PAUSE)


def freeze(engine: Engine) -> None:
    engine.hold(Hold.FREEZE)


@pytest.mark.parametrize("ask", [hide, pause])
def test_the_answer_waits_for_the_picture_that_was_compared_before(
    ask: Ask,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it would go out after somebody was told that the room is hidden."""
    monkeypatch.setattr(vcam.pipeline.choice, "CHANGE_S", 30)
    order: list[str] = []
    asking: list[threading.Thread] = []

    def meanwhile(value: object) -> None:
        if asking:
            return

        def answered() -> None:
            ask(engine)
            order.append("answered")

        asking.append(threading.Thread(target=answered))
        asking[0].start()
        asking[0].join(0.2)
        order.append("sent")

    with running(world, replace(settings, background=Room()), silence_s=80) as engine:
        eventually(lambda: engine.status.shows_room)
        world.faults["send"] = meanwhile
        eventually(lambda: len(order) == 2)
        asking[0].join()
        assert order == ["sent", "answered"]


@pytest.mark.parametrize("ask", [hide, pause, freeze])
def test_the_answer_comes_although_the_driver_does_not_let_go_of_its_picture(
    ask: Ask, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """That picture cannot be called back; no other one follows it."""
    with running(world, replace(settings, background=Room()), silence_s=80) as engine:
        eventually(lambda: engine.status.published > 3)
        back = threading.Event()

        def hang(value: object) -> None:
            world.hang(None)
            back.set()

        world.faults["send"] = hang
        eventually(world.hanging.is_set)
        ask(engine)
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


@pytest.mark.parametrize("ask", [pause, Engine.stop])
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
    timeouts = {"poll_every_s": 0, "card_every_s": 4, "grace_s": 80, "quit_s": 0.1}
    with running(world, settings, **timeouts) as engine:
        eventually(asked.is_set)
        ask(engine)
        sent = len(world.published)
        world.let_go.set()
        eventually(lambda: len(world.published) > sent or world.outputs[0].closed)
        assert all(is_card(each) for each in world.published[sent:])


def test_a_hold_that_begins_just_before_a_picture_is_sent_keeps_it_in(
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The publisher had looked, and there was none; the gate looks again."""
    publish, sent = Gate.publish, 0

    def hold_and_publish(gate: Gate, picture: Cleared) -> None:
        nonlocal sent
        if not sent and len(world.published) > 5:
            pause(engine)
            sent = len(world.published)
        publish(gate, picture)

    monkeypatch.setattr(Gate, "publish", hold_and_publish)
    with running(world, settings, card_every_s=4, silence_s=80) as engine:
        eventually(lambda: engine.status.state is State.PAUSED)
        assert all(is_card(each) for each in world.published[sent:])
        pictures = sum(not is_card(each) for each in world.published)
        assert engine.status.published == pictures, "nor is it counted"


def test_the_frozen_room_goes_as_soon_as_another_background_is_chosen(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """Not only when the still picture is due again."""
    settings = replace(settings, background=Room())
    with running(world, settings, rest_every_s=80, poll_every_s=80) as engine:
        eventually(lambda: engine.status.shows_room)
        engine.hold(Hold.FREEZE)
        eventually(lambda: engine.status.state is State.FROZEN and not engine.status.camera)
        hide(engine)
        eventually(lambda: not shows_secret(world.published[-1]))


def test_a_blurred_room_makes_way_for_a_card_while_the_new_background_loads(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    class Slow(Color):
        def open(self, size: Size) -> Any:
            world.hang(None)
            return super().open(size)

    with running(world, replace(settings, background=Blur(0)), silence_s=80) as engine:
        eventually(lambda: engine.status.background == "blur:0")
        engine.apply(replace(engine.settings, background=Slow("#00ff00")))
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
    with running(world, settings, card_every_s=80, silence_s=80) as engine:
        eventually(lambda: "size of the output" in engine.status.message)
        cards = engine.status.cards
        eventually(lambda: engine.status.cards > cards)
        assert all(Size.of(each) == smaller for each in world.published)


def test_a_pause_is_a_card_at_once_also_when_the_picture_was_frozen(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, rest_every_s=80) as engine:
        eventually(lambda: engine.status.published > 3)
        freeze(engine)
        eventually(lambda: engine.status.state is State.FROZEN and not engine.status.camera)
        pause(engine)
        eventually(lambda: shows_card(world, "Be right back"))


def test_trouble_is_a_card_before_anybody_wonders_about_the_silence(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with running(world, settings, silence_s=80) as engine:
        eventually(lambda: engine.status.published > 3)
        world.unplug()
        eventually(lambda: shows_card(world, "The camera is away for a moment"))


def test_others_see_that_the_camera_is_away_where_there_is_none_at_all(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    def none(opened: object) -> object:
        raise NoCameraError("There is no camera", "Plug one in")

    world.faults["open"] = none
    with running(world, settings):
        eventually(
            lambda: (
                bool(world.published)
                and shows_card(world, "The camera is away for a moment")
            )
        )


def test_a_line_that_is_left_behind_leaves_a_card(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    timeouts = {"silence_s": 80, "stuck_s": 0.3, "stop_s": 0.1}
    with running(world, settings, **timeouts) as engine:
        eventually(lambda: engine.status.published > 3)
        world.faults["read"] = world.hang
        eventually(lambda: shows_card(world, "One moment, please"))


def test_without_an_output_nothing_is_on_air(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    def gone(value: object) -> object:
        raise OutputError("The virtual camera went away")

    with running(world, settings) as engine:
        eventually(lambda: engine.picture is not None)
        world.faults["send"] = world.faults["output"] = gone
        eventually(lambda: world.outputs[0].closed)
        eventually(lambda: engine.picture is None and not engine.status.background)


def is_card(image: Image) -> bool:
    return bool((image[0] == TOP).all())


def shows_card(world: FakeWorld, message: str) -> bool:
    last = world.published[-1]
    return bool((last == slate(Size.of(last), message)).all())


class TestBreak:
    """The card of a break comes at once, and goes softly."""

    def on_air(self, gate: Gate, world: FakeWorld, choice: Choice, background: Any) -> None:
        choice.change(background)
        gate.publish(picture(world, background))

    def test_the_card_comes_at_once_and_the_pictures_fade_in_from_it(
        self, gate: Gate, world: FakeWorld, choice: Choice, output: RecordingOutput
    ) -> None:
        self.on_air(gate, world, choice, GREEN)
        gate.card("Be right back", gently=True)
        assert len(output.sent) == 2
        assert (output.sent[-1] == slate(SMALL, "Be right back")).all()
        shown = picture(world, GREEN)
        until_s = time.monotonic() + 5
        while output.sent[-1][0, -1, 1] < 255 and time.monotonic() < until_s:
            gate.publish(shown)
            time.sleep(0.01)
        coming = [int(image[0, -1, 1]) for image in output.sent[2:]]
        assert coming == sorted(coming) and TOP[1] < coming[0] < 255 == coming[-1]
        assert not any(map(shows_secret, output.sent))

    def test_what_is_held_on_the_way_is_what_was_sent(
        self, gate: Gate, world: FakeWorld, choice: Choice, output: RecordingOutput
    ) -> None:
        self.on_air(gate, world, choice, GREEN)
        gate.card("Be right back", gently=True)
        gate.publish(picture(world, GREEN))
        gate.repeat()
        assert (output.sent[-1] == output.sent[-2]).all()

    def test_a_card_of_the_law_comes_at_once(
        self, gate: Gate, world: FakeWorld, choice: Choice, output: RecordingOutput
    ) -> None:
        self.on_air(gate, world, choice, GREEN)
        gate.card("One moment, please")
        gate.publish(picture(world, GREEN))
        assert len(output.sent) == 3
        assert (output.sent[-1][:, -8:] == (0, 255, 0)).all()
