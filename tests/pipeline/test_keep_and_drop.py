"""What the user painted is always shown, or never; and nothing else changes."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually
from numpy.typing import NDArray

from vcam.app import App
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.room import Room
from vcam.engine.engine import Engine
from vcam.errors import PolicyError
from vcam.files import settings_path
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.options import FramingOptions
from vcam.imaging.orientation import AS_IT_IS, Orientation
from vcam.imaging.resize import turned
from vcam.masking.matte import Matte
from vcam.masking.options import MaskOptions
from vcam.pipeline import loop, recording
from vcam.pipeline.compositing import Compositor
from vcam.pipeline.examination import Finished, Withheld
from vcam.pipeline.keep_and_drop import KeepAndDrop
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Choice, Cleared, Gate, Outdated, examined
from vcam.regions import COLUMNS, ROWS, Region, Regions
from vcam.regions.files import folder_beside, load, save
from vcam.regions.placing import COVER, UNPAINTED, Painted, View, placed
from vcam.status import Hold, State
from vcam.testing import PERSON, SECRET, FakeWorld, RecordingOutput, shows_secret

SIZE = Size(320, 180)
AS_SEEN = View(SIZE, AS_IT_IS, SIZE)
CAMERA = "usb:fake"
STANDARD = MaskOptions()


def rectangle(
    left: float, top: float, right: float, bottom: float, letter: str = "k"
) -> Region:
    """Painted there, in shares of the picture."""
    rows = [list("." * COLUMNS) for _ in range(ROWS)]
    for y, x in itertools.product(
        range(round(top * ROWS), round(bottom * ROWS)),
        range(round(left * COLUMNS), round(right * COLUMNS)),
    ):
        rows[y][x] = letter
    return Region.of_rows(CAMERA, ["".join(row) for row in rows])


KEPT = rectangle(0.7, 0.5, 0.95, 1.0)
"""A plant in the room."""
DROPPED = rectangle(0.1, 0.0, 0.4, 0.5, "d")
"""A part of where the person is."""
BOTH = Region(CAMERA, KEPT.kept, DROPPED.dropped)


def inside(region: Region, size: Size = SIZE, by: float = 0.04) -> Any:
    """The slices of the pixels well inside of what is painted."""
    view = View(size, AS_IT_IS, size)
    where = placed(Region(CAMERA, region.kept or region.dropped), view)
    assert where.painted.kept is not None
    cells = cv2.resize(where.painted.kept, size, interpolation=cv2.INTER_NEAREST)
    left, top, width, height = cv2.boundingRect(cells)
    edge = round(by * size.width)
    return np.s_[top + edge : top + height - edge, left + edge : left + width - edge]


def scene(size: Size = SIZE, seed: int = 0) -> Image:
    """The person at the left, the secret at the right; both have a pattern."""
    image = np.zeros((size.height, size.width, 3), np.uint8)
    image[:, : size.width // 2] = PERSON
    image[:, size.width // 2 :] = SECRET
    noise = np.random.default_rng(seed).integers(0, 7, image.shape, np.uint8)
    return np.asarray(image - noise, np.uint8)


class Line:
    """The pipeline, frame by frame."""

    def __init__(self, processor: FrameProcessor) -> None:
        self._processor, self._index = processor, -1

    def next(
        self,
        region: Region = KEPT,
        background: Background = GREEN,
        image: Image | None = None,
        mask: MaskOptions = STANDARD,
        **options: Any,
    ) -> Cleared:
        self._index += 1
        image = scene(seed=self._index) if image is None else image
        return self._processor.process(
            Frame(image, self._index, self._index / 30),
            background,
            mask,
            SIZE,
            PictureOptions(region=region, **options),
        )


@pytest.fixture
def line(world: FakeWorld) -> Any:
    with FrameProcessor(world.devices.open_segmenter) as processor:
        yield Line(processor)


@pytest.fixture
def other(world: FakeWorld) -> Any:
    """The same camera, of somebody who painted nothing."""
    with FrameProcessor(world.devices.open_segmenter) as processor:
        yield Line(processor)


def test_at_its_soft_edge_what_is_kept_has_the_cameras_colours_and_not_a_persons() -> None:
    """A person's own colours were found there for less alpha than it has now."""
    image, alpha = scene(), np.full((SIZE.height, SIZE.width), 30, np.uint8)
    persons, mask = np.full_like(image, 240), np.full((36, 64), 0.1, np.float32)
    limit = np.zeros((36, 64), np.uint8)
    matte = Matte(0, alpha, persons, mask, mask, limit, None)
    kept = KeepAndDrop().applied(matte, image, KEPT, AS_SEEN)
    raised = kept.alpha > 30
    assert (raised & (kept.alpha < 255)).any()
    assert (kept.foreground[raised] == image[raised]).all()
    assert (kept.foreground[~raised] == 240).all()


@pytest.mark.parametrize("preset", ["light", "standard", "best"])
@pytest.mark.parametrize("background", [GREEN, Blur(60)], ids=str)
def test_what_is_kept_is_the_cameras_and_nothing_beside_it_changes(
    line: Line, other: Line, preset: str, background: Background
) -> None:
    """A plain background; a blur is mixed of more of the room where less is a person."""
    there = inside(KEPT)
    beside = np.ones((SIZE.height, SIZE.width), bool)
    beside[85:, 220:310] = False
    for index in range(6):
        image, mask = scene(seed=index), MaskOptions(preset=preset)
        mine = line.next(KEPT, background, image, mask)
        theirs = other.next(Region(), background, image, mask)
        assert mine.alpha is not None and theirs.alpha is not None
        assert (mine.image[there] == image[there]).all()
        assert (mine.alpha[beside] == theirs.alpha[beside]).all()
        if background is GREEN:
            assert (mine.image[beside] == theirs.image[beside]).all()
            assert not shows_secret(theirs.image)
        assert mine.region == KEPT


def test_nobody_is_shown_in_what_is_dropped(line: Line) -> None:
    for index in range(6):
        picture = line.next(DROPPED, image=scene(seed=index))
        assert picture.alpha is not None
        assert (picture.alpha[:85, 34:126] == 0).all()
        assert (picture.image[:85, 34:126] == (0, 255, 0)).all()
        assert (picture.alpha[120:, 20:140] == 255).all()


def test_in_the_plain_room_what_is_dropped_is_covered(line: Line) -> None:
    image = scene()
    picture = line.next(DROPPED, Room(), image)
    assert (picture.image[:88, 34:126] == COVER).all()
    assert (picture.image[:, 160:] == image[:, 160:]).all()
    assert (line.next(KEPT, Room(), image).image == image).all()


@pytest.mark.parametrize(
    "orientation",
    [Orientation(*each) for each in itertools.product((False, True), repeat=3)],
    ids=str,
)
def test_it_follows_the_cameras_picture_however_that_is_turned(
    line: Line, orientation: Orientation
) -> None:
    image = scene(orientation.size(SIZE))
    marked = image.copy()
    height, width = image.shape[:2]
    region = rectangle(0.6, 0.55, 0.95, 0.95)
    top, bottom, left, right = 0.66 * height, 0.84 * height, 0.7 * width, 0.85 * width
    marked[int(top) : int(bottom), int(left) : int(right)] = (10, 240, 250)
    for _ in range(3):
        picture = line.next(region, image=marked, orientation=orientation)
    wanted = turned(marked, orientation)
    spots = (wanted == (10, 240, 250)).all(axis=2)
    assert spots.any() and (picture.image[spots] == (10, 240, 250)).all()
    mirrored = turned(image, orientation)
    assert (turned(mirrored, AS_IT_IS) == mirrored).all()


def test_it_follows_the_window_of_auto_framing(line: Line) -> None:
    image = np.full((SIZE.height, SIZE.width, 3), SECRET, np.uint8)
    cv2.rectangle(image, (60, 60), (130, 180), PERSON, cv2.FILLED)
    yellow = (10, 240, 250)
    cv2.rectangle(image, (150, 100), (170, 150), yellow, cv2.FILLED)
    region = Region(
        CAMERA,
        rectangle(0.44, 0.5, 0.56, 0.9).kept,
        rectangle(0.15, 0.0, 0.45, 0.4, "d").dropped,
    )
    for _ in range(40):
        picture = line.next(region, image=image, framing=FramingOptions(auto=True))
    assert picture.alpha is not None
    shown = (picture.image == yellow).all(axis=2)
    assert shown.sum() > 1.3 * 20 * 50, "it is enlarged with the person"
    assert (picture.alpha[shown] == 255).all()


def test_zoomed_by_hand_what_is_dropped_stays_covered_in_the_room(line: Line) -> None:
    zoomed = FramingOptions(zoom=170, pan=-60, tilt=30)
    for _ in range(30):
        picture = line.next(DROPPED, Room(), framing=zoomed)
    covered = (picture.image == COVER).all(axis=2)
    assert covered.mean() > 0.2, "it is enlarged with the rest"
    for _ in range(30):
        picture = line.next(BOTH, GREEN, framing=zoomed)
    assert picture.alpha is not None
    framed = np.pad(covered.view(np.uint8), 1)
    well_inside = cv2.erode(framed, np.ones((25, 25), np.uint8))[1:-1, 1:-1] > 0
    assert well_inside.any() and (picture.alpha[well_inside] == 0).all()


def test_it_costs_nothing_while_nothing_is_painted(line: Line) -> None:
    picture = line.next(Region(CAMERA))
    assert picture.region == Region(CAMERA)
    assert line._processor._keep_and_drop._last is None


# The examination.

ROOM = scene()
PERSONS: Alpha = np.zeros((SIZE.height, SIZE.width), np.uint8)
PERSONS[40:, 40:130] = 255


def mask_of(alpha: Alpha) -> Mask:
    small = cv2.resize(alpha, (256, 144), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def painted_into(alpha: Alpha, region: Region) -> Alpha:
    where = placed(region, AS_SEEN)
    if where.least is not None:
        alpha = np.maximum(alpha, where.least)
    return alpha if where.most is None else np.minimum(alpha, where.most)


def made(
    region: Region = BOTH, alpha: Alpha | None = None, index: int = 0, **changed: Any
) -> Finished:
    """A picture made as it should be, then changed."""
    alpha = painted_into(PERSONS, region) if alpha is None else alpha
    behind = np.full_like(ROOM, (0, 255, 0))
    image = Compositor().composite(ROOM, behind, alpha)
    whole = Finished(
        *(image, alpha, behind, mask_of(PERSONS), index, Frame(ROOM, index, 0.0), GREEN),
        painted=placed(region, AS_SEEN).painted,
    )
    return replace(whole, **changed)


def withheld(finished: Callable[..., Finished]) -> int:
    """In how many of 40 frames it is: each row is read in one of them."""
    count = 0
    for index in range(40):
        try:
            examined(finished(index=index))
        except Withheld:
            count += 1
    return count


def test_what_the_user_painted_may_leave() -> None:
    for region in (BOTH, KEPT, DROPPED, Region(CAMERA)):
        assert withheld(partial(made, region)) == 0
    assert examined(made()).region == BOTH


def test_what_is_kept_excuses_nothing_elsewhere() -> None:
    """A patch as large as a hand, right beside what is kept or far from it."""
    for left, top in ((180, 100), (280, 20), (200, 20)):
        alpha = painted_into(PERSONS, BOTH)
        alpha[top : top + 30, left : left + 36] = 255
        assert withheld(partial(made, BOTH, alpha)) == 40


def test_a_picture_that_keeps_what_was_not_painted_is_withheld() -> None:
    alpha = painted_into(PERSONS, BOTH)
    for region in (DROPPED, Region(CAMERA), rectangle(0.5, 0.0, 0.75, 0.4)):
        cut = painted_into(alpha, Region(CAMERA, 0, region.dropped))
        assert withheld(partial(made, region, cut)) > 35


def test_somebody_in_what_is_dropped_is_withheld() -> None:
    assert withheld(partial(made, DROPPED, PERSONS)) > 15
    alpha = painted_into(PERSONS, DROPPED)
    alpha[60:80, 60:100] = 30
    assert withheld(partial(made, DROPPED, alpha)) == 40


@pytest.mark.parametrize(
    "painted",
    [
        UNPAINTED,
        Painted(KEPT),
        Painted(Region(CAMERA), np.full((90, 160), 255, np.uint8)),
        Painted(KEPT, np.full((90, 160), 255.0)),
        Painted(KEPT, np.full((90, 160, 3), 255, np.uint8)),
        Painted(DROPPED, np.full((90, 160), 255, np.uint8)),
    ],
)
def test_cells_without_a_region_and_a_region_without_cells_are_no_evidence(
    painted: Painted,
) -> None:
    with pytest.raises(Withheld, match=r"What was painted|more than the evidence"):
        examined(made(KEPT, painted=painted))


def test_a_mask_of_everything_is_none_the_better_for_what_is_kept() -> None:
    """And somebody large beside what is kept is not taken for everything."""
    everything: Alpha = np.full_like(PERSONS, 255)
    limit = np.full((90, 160), 255, np.uint8)
    assert withheld(partial(made, KEPT, everything, limit=limit)) == 40
    large = everything.copy()
    large[:20] = 0
    large[:90, 200:] = 0
    large = painted_into(large, rectangle(0.65, 0.0, 0.98, 0.5))
    region = rectangle(0.65, 0.0, 0.98, 0.5)
    assert withheld(partial(made, region, large, limit=limit)) == 0


def test_what_is_dropped_must_be_covered_in_the_room() -> None:
    before = ROOM.copy()
    frame, painted = KeepAndDrop().covered(Frame(ROOM, 0, 0.0), DROPPED, AS_SEEN)
    covered = frame.image
    assert (before == ROOM).all(), "it is the camera's"

    def room(image: Image, index: int) -> Finished:
        frame = Frame(ROOM, index, 0.0)
        return Finished(image, None, None, None, None, frame, Room(), painted=painted)

    assert withheld(partial(room, covered)) == 0
    assert withheld(partial(room, ROOM)) > 15
    spoiled = covered.copy()
    spoiled[30:60, 60:100] = 47
    assert withheld(partial(room, spoiled)) > 35


# The gate: it is there because it was chosen, and only as long.


@pytest.fixture
def output(world: FakeWorld) -> RecordingOutput:
    return RecordingOutput(world, SIZE)


LESS = [
    (KEPT, Region(CAMERA)),
    (KEPT, rectangle(0.7, 0.5, 0.94, 1.0)),
    (Region(CAMERA), DROPPED),
    (DROPPED, rectangle(0.1, 0.0, 0.41, 0.5, "d")),
    (KEPT, Region(CAMERA, 0, KEPT.kept)),
]


@pytest.mark.parametrize(("before", "after"), LESS)
@pytest.mark.parametrize("background", [GREEN, Room()], ids=str)
def test_once_less_is_chosen_no_picture_from_before_leaves(
    line: Line,
    output: RecordingOutput,
    before: Region,
    after: Region,
    background: Background,
) -> None:
    choice = Choice(background, Regions.holding([before]))
    gate = Gate(output, choice)
    picture = line.next(before, background)
    gate.publish(picture)
    assert not gate.overexposed
    choice.change(background, Regions.holding([after]))
    assert gate.overexposed
    with pytest.raises(Outdated, match="Less of the room"):
        gate.publish(picture)
    with pytest.raises(Outdated):
        gate.repeat()
    assert len(output.sent) == 1
    choice.change(background, Regions.holding([before]))
    with pytest.raises(Withheld, match="no picture to repeat"):
        gate.repeat()
    gate.publish(picture)


@pytest.mark.parametrize(("after", "before"), LESS)
def test_a_picture_that_shows_less_than_is_chosen_may_leave(
    line: Line, output: RecordingOutput, before: Region, after: Region
) -> None:
    choice = Choice(GREEN, Regions.holding([before]))
    gate = Gate(output, choice)
    picture = line.next(before)
    choice.change(GREEN, Regions.holding([after]))
    gate.publish(picture)
    gate.repeat()
    assert not gate.overexposed


def test_what_was_painted_for_another_camera_is_not_chosen(
    line: Line, output: RecordingOutput
) -> None:
    gate = Gate(output, Choice(GREEN, Regions.holding([replace(KEPT, camera="other")])))
    with pytest.raises(Outdated):
        gate.publish(line.next(KEPT))
    gate.publish(line.next(Region(CAMERA)))


def test_another_background_leaves_what_is_painted_as_it_is(
    line: Line, output: RecordingOutput
) -> None:
    choice = Choice(GREEN, Regions.holding([KEPT]))
    choice.change(Blur(50), held=False)
    gate = Gate(output, choice)
    gate.publish(line.next(KEPT))


def test_what_was_recorded_is_dropped_with_what_it_keeps(
    line: Line, output: RecordingOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it is played at this moment; and pictures do not fade in from it."""
    for module in (loop, recording):
        monkeypatch.setattr(module, "LEAST_S", 0.2)
    choice = Choice(GREEN, Regions.holding([KEPT]))
    choice.change(GREEN, records=True)
    gate = Gate(output, choice)
    for _ in range(12):
        gate.publish(line.next(KEPT))
    assert choice.can_loop
    gate.play()
    assert gate.region == KEPT and not gate.overexposed
    choice.change(GREEN, Regions.holding([DROPPED]), records=True)
    assert gate.overexposed and not choice.can_loop
    with pytest.raises(Outdated):
        gate.play()
    sent = len(output.sent)
    for _ in range(3):
        gate.publish(line.next(DROPPED))
    assert not any(map(shows_secret, output.sent[sent:]))


# While it runs.


def spot(image: Image) -> NDArray[Any]:
    return np.asarray(image[inside(KEPT, SMALL, 0.06)])


def keeps(image: Image) -> bool:
    return bool((spot(image) == SECRET).all())


def test_a_running_camera_follows_and_says_so(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    name = "fake camera"
    engine.start()
    eventually(lambda: engine.status.state is State.LIVE)
    assert not engine.status.keeps
    engine.paint(Regions.holding([replace(KEPT, camera=name)]))
    eventually(lambda: engine.status.keeps and keeps(world.published[-1]))
    engine.paint(Regions())
    seen = len(world.published)
    eventually(lambda: len(world.published) > seen + 5)
    assert not any(map(shows_secret, world.published[seen:])), "not once more"
    eventually(lambda: not engine.status.keeps)


def test_a_frozen_picture_goes_when_what_it_keeps_is_cleared(
    engine: Engine, world: FakeWorld, eventually: Eventually
) -> None:
    name = "fake camera"
    engine.paint(Regions.holding([replace(KEPT, camera=name)]))
    engine.start()
    eventually(lambda: engine.status.keeps)
    engine.hold(Hold.FREEZE)
    eventually(lambda: engine.status.state is State.FROZEN)
    eventually(lambda: keeps(world.published[-1]) and engine.status.keeps)
    engine.paint(Regions())
    seen = len(world.published)
    eventually(lambda: len(world.published) > seen + 3)
    assert not any(map(shows_secret, world.published[seen:]))
    assert not engine.status.keeps


@pytest.mark.parametrize(
    "text", ["room = false", "blur = 50", 'backgrounds = ["office", "blur:60"]']
)
def test_where_the_room_is_forbidden_no_part_of_it_is_kept(
    text: str,
    decide: Callable[[str], None],
    engine: Engine,
    world: FakeWorld,
    eventually: Eventually,
) -> None:
    kept = Regions.holding([replace(BOTH, camera="fake camera")])
    engine.paint(kept)
    eventually(lambda: engine.status.keeps)
    decide(text)
    engine.obey()
    seen = len(world.published)
    eventually(lambda: len(world.published) > seen + 3)
    assert not any(map(shows_secret, world.published[seen:]))
    assert engine.regions.of("fake camera").dropped == BOTH.dropped
    with pytest.raises(PolicyError, match="your room, nor a part of it"):
        engine.paint(kept)
    decide("serve = false")
    engine.obey()
    assert not engine.regions.of("fake camera").kept, "it does not come back by itself"
    engine.paint(kept)
    eventually(lambda: engine.status.keeps)
    decide(text)
    engine.paint(Regions.holding([replace(DROPPED, camera="fake camera")]))
    eventually(lambda: not engine.status.keeps)


def test_what_was_painted_before_the_policy_has_no_effect_and_stays_in_its_file(
    decide: Callable[[str], None], world: FakeWorld
) -> None:
    folder = folder_beside(settings_path())
    save(BOTH, folder)
    decide("room = false")
    app = App(settings_path(), world.devices)
    try:
        assert app.regions.of(CAMERA) == replace(BOTH, kept=0)
        with pytest.raises(PolicyError):
            app.paint(BOTH)
        assert load(folder).of(CAMERA) == BOTH
    finally:
        app.close()
