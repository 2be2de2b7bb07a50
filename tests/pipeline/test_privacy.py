"""The first promise: while a virtual background is on, the room never goes out.

The fake room hides a secret colour in its right half.  Everything that can fail is made
to fail, at the start, while running, while switching and after a reconnect, and no
picture that was ever published may show the secret.  A control test shows that the
secret would be seen.
"""

import ast
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import GREEN, HURRY, SMALL, Eventually, running

import vcam
from vcam.backgrounds import HIDES_ROOM, Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.engine.engine import Engine
from vcam.engine.factories import Timeouts
from vcam.errors import SegmenterError, VcamError
from vcam.frames import Frame, Image, Size
from vcam.imaging.options import FramingOptions
from vcam.masking.edge_alpha import EdgeAlpha, Guides
from vcam.masking.matting import Matting
from vcam.masking.options import MaskOptions
from vcam.outputs.nothing import Nothing
from vcam.outputs.options import OutputOptions
from vcam.pipeline import pipeline
from vcam.pipeline.compositing import Compositor
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Choice, Cleared, Finished, Gate, Withheld, examined
from vcam.regions import NO_REGION
from vcam.settings import Settings
from vcam.status import State
from vcam.testing import (
    PERSON,
    FakeWorld,
    RecordingOutput,
    secret_room,
    shows_secret,
)

Choose = Callable[[object], None]
Fault = Callable[[Any], Any]


def boom(value: object) -> object:
    raise RuntimeError("planted")


def expected_error(value: object) -> object:
    raise SegmenterError("planted")


BAD_MASKS: dict[str, Fault] = {
    "raises a bug": boom,
    "raises an expected error": expected_error,
    "gives nothing": lambda mask: None,
    "gives text": lambda mask: "mask",
    "gives the wrong shape": lambda mask: mask[:, :100],
    "gives three channels": lambda mask: np.dstack([mask] * 3),
    "gives the wrong type": lambda mask: (mask * 255).astype(np.uint8),
    "gives NaN": lambda mask: np.full_like(mask, np.nan),
    "gives one NaN": lambda mask: np.where(
        np.indices(mask.shape).sum(0) == 200, np.nan, mask
    ),
    "gives infinity": lambda mask: mask / 0.0,
    "gives values out of range": lambda mask: mask * 40 - 20,
    "takes everything for a person": lambda mask: np.ones_like(mask),
}


def was_live(engine: Engine) -> bool:
    return engine.status.published > 3


def assert_nothing_leaked(world: FakeWorld) -> None:
    assert world.published, "nothing was published at all, so nothing was shown"
    leaked = [i for i, image in enumerate(world.published) if shows_secret(image)]
    assert not leaked, f"the room is in {len(leaked)} of {len(world.published)} pictures"


def test_control_the_secret_is_seen_when_the_room_is_chosen(
    engine: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    choose(Room())
    eventually(lambda: engine.status.shows_room)
    assert any(shows_secret(image) for image in world.published)


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("fault", BAD_MASKS.values(), ids=BAD_MASKS.keys())
@pytest.mark.parametrize("moment", ["start", "running"])
def test_the_room_stays_private_when_the_model(
    fault: Fault, moment: str, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    engine = Engine(settings, world.devices, HURRY)
    if moment == "start":
        world.faults["segment"] = fault
    engine.start()
    try:
        if moment == "running":
            eventually(lambda: was_live(engine))
            world.faults["segment"] = fault
        eventually(lambda: engine.status.state in (State.WAITING, State.FAILED))
        seen = len(world.published)
        eventually(lambda: len(world.published) > seen)
        if engine.status.state is State.WAITING:
            del world.faults["segment"]
            eventually(lambda: engine.status.state is State.LIVE)
    finally:
        engine.stop()
    assert_nothing_leaked(world)


@pytest.mark.parametrize("place", ["open", "read", "segmenter", "segment"])
@pytest.mark.parametrize("moment", ["start", "running"])
def test_the_room_stays_private_when_something_hangs(
    place: str, moment: str, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    engine = Engine(settings, world.devices, replace(HURRY, stuck_s=0.4, stop_s=0.3))
    if moment == "start":
        world.faults[place] = world.hang
    engine.start()
    try:
        if moment == "running":
            eventually(lambda: was_live(engine))
            world.faults[place] = world.hang
            world.unplug()  # so that `open` and `segmenter` are reached again
            time.sleep(0.05)
            world.plug_in()
        seen = len(world.published)
        eventually(lambda: len(world.published) > seen + 2)
        # What hung comes back late, when another line is running already.
        del world.faults[place]
        eventually(lambda: engine.status.state is State.LIVE)
        world.let_go.set()
        published = engine.status.published
        eventually(lambda: engine.status.published > published + 3)
    finally:
        world.let_go.set()
        engine.stop()
    assert_nothing_leaked(world)


@pytest.mark.parametrize("times", [1, 3])
def test_the_room_stays_private_at_every_reconnect(
    times: int, engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    for n in range(times):
        eventually(lambda: engine.status.state is State.LIVE)
        world.unplug()
        eventually(lambda: engine.status.state is State.WAITING)
        world.plug_in()
        eventually(lambda n=n: len(world.sources) > n + 1)  # type: ignore[misc]
    eventually(lambda: engine.status.state is State.LIVE)
    assert_nothing_leaked(world)


class Failing:
    """A background that fails where it is told to."""

    kind = "failing"
    summary = ""
    title = "Failing"
    exposure = HIDES_ROOM

    def __init__(self, where: str, world: FakeWorld) -> None:
        self.where, self.world = where, world

    def open(self, size: object) -> Any:
        if self.where == "open hangs":
            self.world.hang(None)
        if self.where.startswith("open"):
            raise (
                VcamError("planted")
                if "expected" in self.where
                else RuntimeError("planted")
            )
        return self

    def paint(self, frame: Frame, alpha: Image) -> Any:
        # The painter was given no picture of the room; this one has found one elsewhere.
        assert not shows_secret(frame.image)
        image = secret_room(Size.of(frame.image))
        if self.where == "paint raises":
            raise RuntimeError("planted")
        if self.where == "paint hangs":
            self.world.hang(None)
        return {
            "paint gives nothing": None,
            "paint gives the wrong shape": image[:10],
            "paint gives the room": image,
            "paint gives a view of the room": image[:, :, :],
            "paint gives a copy of the room": image.copy(),
        }.get(self.where)

    def close(self) -> None:
        pass


WHERE = (
    "open raises an expected error",
    "open raises a bug",
    "open hangs",
    "paint raises",
    "paint hangs",
    "paint gives nothing",
    "paint gives the wrong shape",
    "paint gives the room",
    "paint gives a view of the room",
    "paint gives a copy of the room",
)


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("before", [GREEN, Room()], ids=["from green", "from the room"])
def test_the_room_stays_private_when_the_new_background(
    where: str,
    before: Background,
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    choose: Choose,
) -> None:
    choose(before)
    eventually(lambda: was_live(engine))
    choose(Failing(where, world))
    switched = len(world.published)
    if where == "open hangs" and before == GREEN:  # which hides the room as well
        eventually(lambda: engine.status.loading)
        assert engine.status.state is State.LIVE
    else:
        eventually(lambda: engine.status.state in (State.WAITING, State.FAILED))
    eventually(lambda: len(world.published) > switched + 2)
    assert not any(shows_secret(image) for image in world.published[switched:])


@pytest.mark.parametrize("wrong", ["gives 255", "gives 254", "gives nothing", "raises"])
def test_the_room_stays_private_when_the_edges(
    wrong: str,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: EdgeAlpha, steady: Any, follow: Any, guides: Guides, *_: Any) -> Any:
        if wrong == "raises":
            raise RuntimeError("planted")
        level = {"gives 255": 255, "gives 254": 254}.get(wrong)
        return None if level is None else np.full(guides.fine.shape[:2], level, np.uint8)

    # So large that the rim, in which places are not told apart, is narrow.
    large = OutputOptions(size=Size(640, 360))
    with running(world, replace(settings, output=large)) as engine:
        eventually(lambda: was_live(engine))
        monkeypatch.setattr(EdgeAlpha, "draw", broken)
        if wrong.startswith("gives 25"):
            # There is a picture, but it is held to what the models saw.
            seen = len(world.published)
            eventually(lambda: len(world.published) > seen + 5)
            beyond = np.s_[:, round(0.55 * large.size.width) :]
            assert not any(shows_secret(each[beyond]) for each in world.published)
            assert engine.status.state is State.LIVE
        else:
            eventually(lambda: engine.status.state in (State.WAITING, State.FAILED))
            assert_nothing_leaked(world)


@pytest.mark.parametrize("wrong", ["returns the room", "raises", "returns nothing"])
def test_the_room_stays_private_when_the_compositor(
    wrong: str,
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: Compositor, person: Image, background: Image, alpha: Image) -> Any:
        if wrong == "raises":
            raise RuntimeError("planted")
        return person if wrong == "returns the room" else None

    eventually(lambda: was_live(engine))
    monkeypatch.setattr(Compositor, "composite", broken)
    eventually(lambda: engine.status.state in (State.WAITING, State.FAILED))
    assert_nothing_leaked(world)


@pytest.mark.parametrize("after", [GREEN, Color("red"), Picture(Path("/no/such.png"))])
def test_once_the_room_is_switched_off_it_is_gone(
    after: Background,
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    choose: Choose,
) -> None:
    choose(Room())
    eventually(lambda: engine.status.shows_room)
    choose(after)
    switched = len(world.published)
    eventually(lambda: len(world.published) > switched + 5)
    assert not any(shows_secret(image) for image in world.published[switched:])


@pytest.mark.parametrize("after", [GREEN, Blur(100)], ids=["hidden", "blurred"])
def test_while_the_model_loads_the_room_does_not_stay_on_air(
    after: Background, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """There is a card at once, not only when the next one is due."""
    world.faults["segmenter"] = world.hang
    timeouts = Timeouts(card_every_s=20)
    engine = Engine(replace(settings, background=Room()), world.devices, timeouts)
    engine.start()
    try:
        eventually(lambda: engine.status.shows_room)
        engine.apply(replace(engine.settings, background=after))
        eventually(lambda: not shows_secret(world.published[-1]))
    finally:
        world.let_go.set()
        engine.stop()


def test_the_room_does_not_stay_on_air_while_a_camera_does_not_let_go(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    """Another size is chosen as well, while a picture of the room is being sent."""
    timeouts = replace(HURRY, stop_s=30, grace_s=30)
    engine = Engine(replace(settings, background=Room()), world.devices, timeouts)

    def meanwhile(value: object) -> None:
        world.faults = {"read": world.hang}
        output = replace(settings.output, size=Size(64, 36))
        engine.apply(replace(settings, background=GREEN, output=output))

    engine.start()
    try:
        eventually(lambda: engine.status.shows_room)
        world.faults["send"] = meanwhile
        eventually(lambda: not shows_secret(world.outputs[0].sent[-1]))
        assert len(world.outputs) == 1
    finally:
        world.let_go.set()
        engine.stop()


def test_once_a_picture_is_chosen_the_blurred_room_is_gone_too(
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
    choose: Choose,
) -> None:
    """Also while the picture still loads; the blurred secret is the secret's colour."""

    class Slow(Color):
        def open(self, size: Any) -> Any:
            time.sleep(0.3)
            return super().open(size)

    choose(Blur(100))
    eventually(lambda: any(shows_secret(image) for image in world.published))
    choose(Slow("#00ff00"))
    switched = len(world.published)
    eventually(lambda: (world.published[-1][:, -8:] == (0, 255, 0)).all())
    assert not any(shows_secret(image) for image in world.published[switched:])


def test_a_picture_of_the_room_that_is_under_way_does_not_arrive_after_the_switch(
    world: FakeWorld, settings: Settings
) -> None:
    choice = Choice(Room())
    output = RecordingOutput(world, SMALL)
    gate = Gate(output, choice)
    with FrameProcessor(world.devices.open_segmenter) as line:
        frame = Frame(secret_room(SMALL), 0, 0.0)
        under_way = line.process(frame, Room(), settings.mask)
        choice.change(GREEN)
        with pytest.raises(Withheld):
            gate.publish(under_way)
    assert output.sent == []


def inhabited(shift: int) -> Image:
    """A room of tiles, and somebody so far to the right."""
    tiles = np.random.default_rng(0).integers(150, 255, (9, 16, 3), np.uint8)
    room = np.asarray(cv2.resize(tiles, (256, 144)), np.uint8)
    room[40:, 60 + shift : 150 + shift] = PERSON
    return room


@pytest.mark.parametrize("auto", [False, True], ids=["whole frame", "framed"])
def test_nothing_from_before_a_withheld_picture_is_in_the_next(
    auto: bool,
    world: FakeWorld,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forbid(finished: Finished) -> Cleared:
        raise Withheld("planted")

    def picture(line: FrameProcessor, index: int, shift: int) -> Image:
        frame = Frame(inhabited(shift), index, index / 30)
        framing = FramingOptions(auto=auto)
        return line.process(
            frame, GREEN, settings.mask, options=PictureOptions(framing=framing)
        ).image

    with FrameProcessor(world.devices.open_segmenter) as fresh:
        expected = picture(fresh, 9, 8)
    with FrameProcessor(world.devices.open_segmenter) as line:
        for index in range(8):
            picture(line, index, 0)
        with monkeypatch.context() as meanwhile, pytest.raises(Withheld, match="planted"):
            meanwhile.setattr(pipeline, "examined", forbid)
            picture(line, 8, 0)
        assert np.array_equal(picture(line, 9, 8), expected)


def masked(line: FrameProcessor, index: int, **how: Any) -> Image:
    """The picture of one frame; ``shift`` says how far right the person is, and all."""
    return line.process(
        Frame(inhabited(how.get("shift", 0)), index, index / 30),
        how.get("background", GREEN),
        MaskOptions(how.get("preset", "light")),
        options=PictureOptions(framing=FramingOptions(how.get("auto", False))),
    ).image


def test_nothing_from_before_the_plain_room_is_in_the_pictures_after_it(
    world: FakeWorld,
) -> None:
    # A preset that remembers edges: the light one has nothing to forget.
    how = {"shift": 8, "preset": "standard"}
    with FrameProcessor(world.devices.open_segmenter) as fresh:
        expected = masked(fresh, 9, **how)
    with FrameProcessor(world.devices.open_segmenter) as line:
        for index in range(8):
            masked(line, index, preset="standard")
        masked(line, 8, background=Room())
        assert np.array_equal(masked(line, 9, **how), expected)


def test_auto_framing_begins_afresh_when_it_is_switched_on_again(world: FakeWorld) -> None:
    """The aim of some time ago would show another part of the room for a moment."""

    def last(auto_before: bool) -> Image:
        with FrameProcessor(world.devices.open_segmenter) as line:
            for index in range(8):
                masked(line, index, auto=auto_before)
            # Long enough to have come back to the whole picture.
            for index in range(8, 68):
                masked(line, index, shift=8)
            pictures = [masked(line, i, shift=8, auto=True) for i in range(68, 76)]
        return np.stack(pictures)

    assert np.array_equal(last(auto_before=True), last(auto_before=False))


def test_a_matte_of_the_frame_before_makes_no_picture(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Matting.matte
    mattes = []

    def late(matting: Matting, *arguments: Any) -> Any:
        mattes.append(made(matting, *arguments))
        return mattes[0]

    monkeypatch.setattr(Matting, "matte", late)
    with FrameProcessor(world.devices.open_segmenter) as line:
        masked(line, 0)
        with pytest.raises(Withheld, match="another picture"):
            masked(line, 1)


def test_a_picture_of_another_size_than_the_output_is_withheld(
    world: FakeWorld, settings: Settings
) -> None:
    output = RecordingOutput(world, Size(64, 36))
    with FrameProcessor(world.devices.open_segmenter) as line:
        picture = line.process(Frame(secret_room(SMALL), 0, 0.0), GREEN, settings.mask)
        with pytest.raises(Withheld, match="size"):
            Gate(output, Choice(GREEN)).publish(picture)
    assert output.sent == []


def finished(background: Background = GREEN, **changed: Any) -> Finished:
    room = secret_room(SMALL)
    alpha = np.zeros(room.shape[:2], np.uint8)
    alpha[:, : SMALL.width // 2] = 255
    behind = np.full_like(room, (0, 255, 0))
    image = Compositor().composite(room, behind, alpha)
    mask = np.zeros((144, 256), np.float32)
    mask[:, :128] = 1
    frame = Frame(room, 7, 0.0)
    whole = Finished(image, alpha, behind, mask, 7, frame, background)
    return replace(whole, **changed)


def test_a_properly_composited_picture_may_leave() -> None:
    assert not shows_secret(examined(finished()).image)


def test_an_empty_room_may_leave_when_it_is_covered() -> None:
    empty = np.zeros((SMALL.height, SMALL.width), np.uint8)
    covered = finished().behind
    assert covered is not None
    assert not shows_secret(examined(finished(alpha=empty, image=covered.copy())).image)


@pytest.mark.parametrize(
    "evidence",
    [
        {"alpha": None},
        {"behind": None},
        {"matte_index": None},
        {"matte_index": 6},
        {"matte_index": 8},
        {"image": secret_room(SMALL)},
        {"behind": secret_room(SMALL)},
        {"alpha": np.full((SMALL.height, SMALL.width), 255, np.uint8)},
        {"alpha": np.full((SMALL.height, SMALL.width), 254, np.uint8)},
        {"behind": secret_room(SMALL).copy(), "image": secret_room(SMALL)},
        {"mask": None},
        {"mask": np.ones((144, 256), np.float32)},
        {"mask": np.full((144, 256), np.nan, np.float32)},
        {"alpha": np.zeros((SMALL.height, SMALL.width), np.float32)},
        {"alpha": np.zeros((SMALL.height, SMALL.width // 2), np.uint8)},
        {"behind": np.zeros((8, 8, 3), np.uint8)},
        {"image": secret_room(SMALL)[..., 0]},
    ],
    ids=lambda evidence: next(iter(evidence)),
)
def test_a_picture_without_full_evidence_is_withheld(evidence: dict[str, Any]) -> None:
    with pytest.raises(Withheld):
        examined(finished(**evidence))


def test_nobody_can_clear_a_picture_but_the_law() -> None:
    with pytest.raises(TypeError):
        Cleared(
            *(secret_room(SMALL), None, Frame(secret_room(SMALL), 0, 0.0)),
            *(Room(), NO_REGION, object()),
        )
    gate = Gate(Nothing(SMALL), Choice(GREEN))
    with pytest.raises(Withheld):
        gate.publish(secret_room(SMALL))  # type: ignore[arg-type]


def senders(within: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(within):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr == "send" and "pyvirtualcam" not in owner:
                yield node


def test_nothing_but_the_gate_sends_to_an_output() -> None:
    package = Path(vcam.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(senders(ast.parse(path.read_text("utf-8"))))
    }
    # An output hands on what it was sent: to its driver, to PipeWire, or to the outputs
    # that it is made of.  A preview is another process, which gets what is on air; sockets
    # are no outputs, nor are those who are connected to what serves the picture.
    outputs = {"outputs/automatic.py", "outputs/pipewire.py", "outputs/virtual_camera.py"}
    others = {
        "cli/preview.py",
        "cli/welcome.py",
        "local/channel.py",
        "outputs/served/server.py",
    }
    assert found - outputs - others == {"pipeline/privacy.py"}
    for name in outputs:
        tree = ast.parse((package / name).read_text("utf-8"))
        sending = [
            call
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name == "send"
            for call in senders(node)
        ]
        assert len(sending) == len(list(senders(tree))), f"{name} sends by itself"


def test_a_picture_is_encoded_and_served_only_while_the_gate_sends_it() -> None:
    package = Path(vcam.__file__).parent
    served = {"imencode", "show", "part"}

    def calls(within: ast.AST) -> list[str]:
        return sorted(
            node.func.attr
            for node in ast.walk(within)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in served
        )

    def of(function: str, tree: ast.AST) -> list[str]:
        return [
            each
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name == function
            for each in calls(node)
        ]

    folder = package / "outputs" / "served"
    trees = {path.stem: ast.parse(path.read_text("utf-8")) for path in folder.glob("*.py")}
    assert of("send", trees["output"]) == calls(trees["output"]) == ["imencode", "show"]
    assert of("show", trees["server"]) == calls(trees["server"]) == ["part"]
    assert not any(calls(trees[name]) for name in set(trees) - {"output", "server"})


def test_a_card_tells_the_call_nothing_about_the_machine(
    engine: Engine, world: FakeWorld, eventually: Eventually, choose: Choose
) -> None:
    """Two missing files, the same card: the path is in the status, not on air."""
    eventually(lambda: was_live(engine))
    cards = []
    for path in (Path("/home/alice/secret-plans.png"), Path("/x.png")):
        name = str(path)
        choose(Picture(path))
        eventually(lambda name=name: name in engine.status.message)  # type: ignore[misc]
        seen = len(world.published)
        eventually(lambda seen=seen: len(world.published) > seen + 1)  # type: ignore[misc]
        cards.append(world.published[-1])
    assert (cards[0] == cards[1]).all()


def test_your_own_program_gets_an_error_and_no_picture(world: FakeWorld) -> None:
    world.faults["segment"] = lambda mask: np.full_like(mask, np.nan)
    frame = Frame(secret_room(SMALL), 0, 0.0)
    with FrameProcessor(world.devices.open_segmenter) as line:
        with pytest.raises(SegmenterError):
            line.process(frame, GREEN, MaskOptions())
        del world.faults["segment"]
        # And the frame after it is made from its own mask, with a fresh engine.
        assert not shows_secret(line.process(frame, GREEN, MaskOptions()).image)
    assert len(world.segmenters) >= 2
    assert all(segmenter.closed for segmenter in world.segmenters)


def test_a_model_that_failed_is_not_asked_again(world: FakeWorld) -> None:
    world.faults["segment"] = lambda mask: np.full_like(mask, np.nan)
    frame = Frame(secret_room(SMALL), 0, 0.0)
    with FrameProcessor(world.devices.open_segmenter) as line:
        with pytest.raises(SegmenterError):
            line.process(frame, GREEN, MaskOptions())
        failed = list(world.segmenters)
        assert failed and all(segmenter.closed for segmenter in failed)
        del world.faults["segment"]
        line.process(frame, GREEN, MaskOptions())
        assert len(world.segmenters) > len(failed)
