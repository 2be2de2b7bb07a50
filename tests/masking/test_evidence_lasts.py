"""What is known about the room and the models survives failures."""

from itertools import product
from typing import Any

import cv2
import numpy as np
import pytest
from privacy_attacks import PERSON, Attack, Run, constant
from test_wrong_models import GREEN, never_alike

from vcam.backgrounds.blur import Blur
from vcam.errors import SegmenterError, VcamError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.options import FramingOptions
from vcam.imaging.orientation import AS_IT_IS, MIRRORED, Orientation
from vcam.imaging.resize import turned
from vcam.masking.matting import Matting
from vcam.masking.options import MaskOptions
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Withheld

SIZE = Size(320, 180)
ALL = [Orientation(*each) for each in product([False, True], repeat=3)]
HONEST = Attack("", lambda moment: moment.honest)


def orientation(text: str) -> Orientation:
    rotate, *more = text.split()
    return Orientation.of(int(rotate), "flip" in more, "mirror" in more)


def empty(number: int, size: Size = SIZE) -> Image:
    """A reddish room in which the fake models find nobody."""
    rng = np.random.default_rng(number)
    rows, columns = np.indices((size.height, size.width))
    red = 140 + (rows // 20 + columns // 30) % 3 * 20 + rng.integers(-1, 2, rows.shape)
    return np.asarray(np.dstack([red // 2, red // 4, red]), np.uint8)


class Telling(Run):
    """Models that see nobody until they claim a part of the room."""

    def __init__(self) -> None:
        super().__init__(HONEST)
        self.claims = self.fails = self.is_blind = False
        self.begin, self.end = 0.0, 0.5
        """The range of the width, in shares, in which they claim a person."""
        self.confidence = 1.0

    def open(self, engine: str, model: str) -> Any:
        fake = super().open(engine, model)
        honest = fake.segment

        def segment(image: Image) -> Mask:
            if self.fails:
                raise SegmenterError("planted")
            mask = honest(image)
            if self.is_blind:
                mask[:] = 0
            if self.claims:
                off = np.random.default_rng(self.number).uniform(0, 0.03, mask.shape)
                mask = np.asarray(self.confidence - off, np.float32)
                begin, end = (round(x * mask.shape[1]) for x in (self.begin, self.end))
                mask[:, :begin] = mask[:, end:] = 0
            return mask

        fake.segment = segment  # type: ignore[method-assign]
        return fake


@pytest.mark.parametrize(
    "trouble", ["the engine", "a withheld picture", "another size of frames"]
)
def test_what_the_room_looks_like_is_known_after(trouble: str) -> None:
    run = Telling()
    matting = Matting(run.open)
    options = MaskOptions("light")

    def alpha() -> Alpha:
        run.number += 1
        image = np.asarray(cv2.resize(empty(run.number), size), np.uint8)
        return matting.matte(Frame(image, run.number, run.number / 30), options).alpha

    size = SIZE
    for _ in range(20):
        assert not alpha().any()
    if trouble == "the engine":
        run.fails = True
        with pytest.raises(SegmenterError):
            alpha()
        run.fails = False
    elif trouble == "another size of frames":
        size = Size(640, 360)
    else:
        matting.reset()
    run.claims, run.end = True, 1.0
    for _ in range(5):
        assert np.mean(alpha() > 127) < 0.02
    matting.close()


def test_nothing_is_known_of_the_room_in_a_picture_of_another_shape() -> None:
    matting = Matting(Telling().open)
    for number, size in enumerate((SIZE, SIZE, Size(240, 180))):
        frame = Frame(empty(number, size), number, number / 30)
        known = matting._credibility
        matting.matte(frame, MaskOptions(preset="light"))
    assert known is not None
    assert matting._credibility is not known
    matting.close()


def test_a_camera_of_another_shape_has_another_room() -> None:
    run = Telling()
    with FrameProcessor(run.open) as line:
        for number, size in enumerate([SIZE] * 12 + [Size(180, 320)] * 3 + [SIZE] * 3):
            run.number = number
            frame = Frame(empty(number, size), number, number / 30)
            alpha = line.process(frame, GREEN, MaskOptions("light")).alpha
            assert alpha is not None and Size.of(alpha) == size and not alpha.any()


def test_before_a_camera_of_another_shape_models_must_be_certain() -> None:
    """A difference from the room of another camera is no evidence."""
    run = Telling()
    run.confidence, run.end = 0.8, 0.4
    matting = Matting(run.open)
    for number in range(25):
        run.number, run.claims = number, number >= 20
        size = Size(180, 320) if run.claims else SIZE
        image = 255 - empty(number, size) if run.claims else empty(number)
        frame = Frame(np.asarray(image, np.uint8), number, number / 30)
        assert np.mean(matting.matte(frame, MaskOptions("light")).alpha > 127) < 0.02
    matting.close()


def test_in_doubt_light_makes_more_cross_checks() -> None:
    run = Telling()
    asked: list[int] = []
    first = run.open

    def opened(engine: str, model: str) -> Any:
        fake = first(engine, model)
        before = fake.segment

        def segment(image: Image) -> Mask:
            if model == "square":
                asked.append(run.number)
            return np.asarray(before(image), np.float32)

        fake.segment = segment
        return fake

    with FrameProcessor(opened) as line:
        for run.number in range(50):
            run.claims = run.number >= 20
            frame = Frame(empty(run.number), run.number, run.number / 30)
            line.process(frame, GREEN, MaskOptions("light"))
    assert len(asked) >= 8


class Painter:
    """Paints a given picture, and keeps its arguments."""

    def __init__(self, picture: Image | None = None) -> None:
        self.picture, self.given = picture, []  # type: ignore[var-annotated]

    def paint(self, frame: Frame, alpha: Alpha) -> Image:
        self.given.append(frame)
        if self.picture is None:
            return np.full_like(frame.image, (0, 200, 0))
        return self.picture

    def close(self) -> None:
        pass


def test_a_background_that_hides_the_room_is_never_given_it() -> None:
    painter = Painter()
    with FrameProcessor(Run(HONEST).open, lambda *_: painter) as line:
        for number in range(3):
            line.process(Frame(empty(number), number, 0.0), GREEN, MaskOptions())
    for frame in painter.given:
        assert not frame.image.any() and frame.small is None
        assert frame.image.shape == empty(0).shape
        with pytest.raises(ValueError, match="read-only"):
            frame.image[:] = 1


def test_a_blurred_room_is_painted_from_the_room() -> None:
    painter = Painter(empty(0))
    with (
        FrameProcessor(Run(HONEST).open, lambda *_: painter) as line,
        pytest.raises(Withheld, match="not blurred"),
    ):
        line.process(Frame(empty(0), 0, 0.0), Blur(50), MaskOptions())
    assert np.array_equal(painter.given[0].image, empty(0))


def test_what_is_withheld_is_judged_by_the_limit_of_the_last_frames(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """This also holds if the models claim everything in this frame."""
    run = Run(Attack("", never_alike(constant(0.85))))
    made = Matting.matte

    def believing(matting: Matting, *arguments: Any) -> Any:
        matte = made(matting, *arguments)
        matte.alpha[:, : SIZE.width // 2] = 255
        return matte

    monkeypatch.setattr(Matting, "matte", believing)
    with FrameProcessor(run.open) as line:
        refused = 0
        for number in range(8):
            run.number = number
            try:
                line.process(
                    Frame(empty(number), number, number / 30), GREEN, MaskOptions()
                )
            except VcamError as error:
                refused += "evidence" in str(error)
    assert refused == 8


@pytest.mark.parametrize("preset", ["light", "standard"])
@pytest.mark.parametrize("before", ["0", "0 mirror", "180", "90", "270 flip"])
def test_a_mirror_that_is_toggled_as_models_begin_to_lie_shows_nothing(
    before: str, preset: str
) -> None:
    """What is known about the room is known about its mirror image."""
    was = orientation(before)
    mirrored = next(each for each in ALL if each.since(was) == MIRRORED)
    run = Telling()
    run.begin, run.end = 0.3, 0.7
    with FrameProcessor(run.open) as line:
        for number in range(28):
            run.number, run.claims = number, number >= 20
            # The middle is no mirror image of itself; the rest, which is in sight, is.
            room = np.full_like(empty(0), (60, 30, 150))
            room[:, 90:160], room[:, 160:230] = (40, 20, 100), (80, 40, 200)
            noise = np.random.default_rng(number).integers(-1, 2, room.shape)
            image = turned(np.asarray(room + noise, np.uint8), AS_IT_IS.since(was))
            frame = Frame(image, number, number / 30)
            now = was if number < 21 else mirrored
            chosen = PictureOptions(now)
            alpha = line.process(frame, GREEN, MaskOptions(preset), None, chosen).alpha
            assert alpha is not None and np.mean(alpha > 127) < 0.02


@pytest.mark.parametrize("after", ["0 flip", "90", "180", "180 mirror", "270"])
def test_whoever_models_missed_as_another_side_was_up_is_shown_with_the_right_one_up(
    after: str,
) -> None:
    """Upside down they see nobody, and you sit still: you were taken for the room."""
    run = Telling()
    with FrameProcessor(run.open) as line:
        for number in range(70):
            run.number, run.is_blind = number, number < 60
            image = empty(number)
            image[60:120, 130:190] = PERSON
            turn = orientation(after) if number >= 60 else AS_IT_IS
            frame = Frame(image, number, number / 30)
            chosen = PictureOptions(turn)
            alpha = line.process(frame, GREEN, MaskOptions(), SIZE, chosen).alpha
        assert alpha is not None and alpha[80:100, 150:170].min() > 250


@pytest.mark.parametrize("before", ["0", "90"])
@pytest.mark.parametrize("after", ["0", "0 flip", "0 mirror", "90", "180", "270"])
@pytest.mark.parametrize("framing", [False, True], ids=["", "framed"])
@pytest.mark.parametrize("preset", ["standard", "best"])
def test_whoever_was_shown_is_not_shown_in_the_turned_picture_without_a_mask_of_it(
    before: str, after: str, framing: bool, preset: str
) -> None:
    if before == after:
        return
    run = Telling()
    run.begin, run.end = 0.3, 0.7
    with FrameProcessor(run.open) as line:
        for number in range(24):
            run.number, run.claims, run.is_blind = number, number < 20, number >= 20
            frame = Frame(empty(number), number, number / 30)
            turn = orientation(before if number < 20 else after)
            alpha = line.process(
                *(frame, GREEN, MaskOptions(preset), SIZE),
                PictureOptions(turn, FramingOptions(auto=framing)),
            ).alpha
            assert alpha is not None and alpha.any() == (number < 20)


def test_somebody_with_estimated_edge_colours_is_shown() -> None:
    """A soft edge is a mix of person and wall; it is shown without the wall."""
    image = empty(0)
    image[60:, 120:200] = PERSON
    frame = Frame(np.asarray(cv2.GaussianBlur(image, (0, 0), 3.0), np.uint8), 0, 0.0)
    with FrameProcessor(Run(HONEST).open) as line:
        assert line.process(frame, GREEN, MaskOptions("best")).alpha is not None
