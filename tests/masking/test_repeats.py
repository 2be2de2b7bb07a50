"""A model that answers with an earlier picture's mask is found out."""

import numpy as np
import pytest
from privacy_attacks import Attack, Run, scene

from vcam.backgrounds.color import Color
from vcam.errors import SegmenterError
from vcam.frames import Frame, Image, Mask, Size
from vcam.masking.options import PRESETS, MaskOptions
from vcam.masking.repeats import Repeats
from vcam.pipeline.pipeline import Line

SIZE = Size(256, 144)


def picture(moved: float = 0.0, brighter: int = 0, by: int = 44) -> Image:
    """A room in which this share of the picture has changed."""
    rng = np.random.default_rng(1)
    image = rng.integers(60, 120, (SIZE.height, SIZE.width, 3), np.uint8)
    rows = round(moved * SIZE.height)
    image[:rows] += np.uint8(by)
    return image + np.uint8(brighter)


def mask(value: float = 1.0) -> Mask:
    answer = np.zeros((SIZE.height, SIZE.width), np.float32)
    answer[40:, 60:150] = value
    return answer


@pytest.fixture
def repeats() -> Repeats:
    return Repeats()


def test_the_same_mask_of_a_picture_in_which_something_moved_is_refused(
    repeats: Repeats,
) -> None:
    repeats.check("wide", picture(), mask())
    with pytest.raises(SegmenterError, match="repeats an earlier mask"):
        repeats.check("wide", picture(moved=0.1), mask())


def test_the_same_mask_of_the_same_picture_is_right(repeats: Repeats) -> None:
    for index in range(5):
        noise = np.random.default_rng(index).integers(0, 9, picture().shape, np.uint8)
        repeats.check("wide", picture() + noise, mask())


def test_a_change_of_brightness_may_leave_a_mask_as_it_was(repeats: Repeats) -> None:
    repeats.check("wide", picture(), mask())
    repeats.check("wide", picture(brighter=48), mask())


@pytest.mark.parametrize(("by", "repeated"), [(24, False), (25, True)])
def test_what_is_less_than_movement_is_noise(
    by: int, repeated: bool, repeats: Repeats
) -> None:
    repeats.check("wide", picture(), mask())
    assert refused(repeats, picture(moved=0.1, by=by), mask()) is repeated


def test_a_speck_that_moved_may_leave_a_mask_as_it_was(repeats: Repeats) -> None:
    repeats.check("wide", picture(), mask())
    small = picture()
    few = small[::8, ::8]
    few[0, : int(0.005 * few.shape[0] * few.shape[1])] += np.uint8(90)
    assert not refused(repeats, small, mask())
    few[0, : int(0.03 * few.shape[0] * few.shape[1])] = 0
    assert refused(repeats, small, mask())


def test_what_moves_slowly_is_found_as_well(repeats: Repeats) -> None:
    """The picture is compared with the first that had this mask, not with the last."""
    rng = np.random.default_rng(1)
    room = rng.integers(60, 120, (SIZE.height, SIZE.width, 3), np.uint8)
    found = False
    for step in range(10):
        now = room.copy()
        now[:30] += np.uint8(6 * step)
        found = found or refused(repeats, now, mask())
    assert found


def test_a_mask_that_differs_anywhere_is_another_one(repeats: Repeats) -> None:
    repeats.check("wide", picture(), mask())
    other = mask()
    other[5, 5] = 1e-6
    repeats.check("wide", picture(moved=0.1), other)
    with pytest.raises(SegmenterError):
        repeats.check("wide", picture(), other)


@pytest.mark.parametrize(("value", "repeated"), [(0.29, False), (0.31, True)])
def test_a_mask_of_nobody_may_repeat_itself(
    value: float, repeated: bool, repeats: Repeats
) -> None:
    repeats.check("wide", picture(), mask(value))
    assert refused(repeats, picture(moved=0.1), mask(value)) is repeated


def test_each_view_has_masks_of_its_own(repeats: Repeats) -> None:
    repeats.check("wide", picture(), mask())
    repeats.check("close", picture(moved=0.1), mask())
    with pytest.raises(SegmenterError):
        repeats.check("wide", picture(moved=0.1), mask())


def test_a_model_that_writes_into_the_mask_it_gave_is_found_all_the_same(
    repeats: Repeats,
) -> None:
    image, answer = picture(), mask()
    repeats.check("wide", image, answer)
    image[:] = 0
    answer[:] = 0
    with pytest.raises(SegmenterError):
        repeats.check("wide", picture(moved=0.1), mask())


def test_another_size_is_another_picture(repeats: Repeats) -> None:
    repeats.check("wide", picture(), mask())
    repeats.check("wide", picture(moved=0.1)[:, :128], mask())
    repeats.check("wide", picture(moved=0.2), mask()[:, :128])


def refused(repeats: Repeats, image: Image, answer: Mask) -> bool:
    try:
        repeats.check("wide", image, answer)
    except SegmenterError:
        return True
    return False


@pytest.mark.parametrize("preset", PRESETS)
def test_an_engine_that_was_started_again_is_not_believed_at_once(preset: str) -> None:
    """It repeats the mask of before; nothing of who has left may be shown with it."""
    views = scene(Size(320, 180), "moving", "leaves")
    run = Run(Attack("", lambda moment: moment.memory.setdefault(moment.model, mask())))
    stale: dict[str, Mask] = {}

    def first(moment: object) -> Mask:
        name, honest = moment.model, moment.honest  # type: ignore[attr-defined]
        return stale.setdefault(name, honest.copy()).copy()

    run.attack = Attack("", first)
    shown = []
    with Line(run.open) as line:
        for number in range(60):
            run.number = number
            shot = views.shot(number)
            try:
                picture = line.process(
                    Frame(shot.image, number, number / 30),
                    Color("#00c800"),
                    MaskOptions(preset=preset),
                )
            except SegmenterError:
                continue
            assert picture.alpha is not None
            shown.append(float(np.mean((picture.alpha > 127) & ~shot.person)))
    assert max(shown) < 0.03
