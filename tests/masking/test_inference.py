"""What a model answers is a mask, or it is refused."""

from typing import Any

import numpy as np
import pytest

from vcam.errors import SegmenterError
from vcam.frames import Image, Mask, Size
from vcam.masking.credibility import Observation
from vcam.masking.inference import Inference, Models, checked
from vcam.masking.options import MaskOptions, resolve
from vcam.masking.repeats import Repeats
from vcam.masking.working_sizes import WorkingSizes

SIZE = Size(8, 4)


def mask(value: float = 0.5, dtype: Any = np.float32) -> Any:
    answer = np.full((SIZE.height, SIZE.width), 0.5, dtype)
    answer[1, 2] = value
    return answer


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "mask",
        [[0.5] * 8] * 4,
        mask()[:, :7],
        mask()[None],
        mask(dtype=np.float64),
        mask(dtype=np.uint8),
        mask(-0.02),
        mask(1.02),
        mask(np.nan),
        mask(np.inf),
        mask(-np.inf),
    ],
    ids=[
        "nothing",
        "text",
        "a list",
        "too narrow",
        "three dimensions",
        "float64",
        "uint8",
        "below 0",
        "above 1",
        "one NaN",
        "infinite",
        "minus infinite",
    ],
)
def test_an_invalid_mask_is_refused(answer: Any) -> None:
    with pytest.raises(SegmenterError):
        checked(answer, SIZE)


@pytest.mark.parametrize("value", [0.0, 1.0, -0.005, 1.005])
def test_rounding_errors_are_accepted(value: float) -> None:
    assert checked(mask(value), SIZE)[1, 2] == np.float32(value)


class Model:
    """Finds what is white, and records when it is asked."""

    def __init__(self, input_size: Size) -> None:
        self.input_size = input_size
        self.runs: list[int] = []
        self.frame = 0
        self.says: Mask | None = None

    def segment(self, image: Image) -> Mask:
        self.runs.append(self.frame)
        if self.says is not None:
            return self.says
        there = (image[..., 1] > 200).astype(np.float32) * np.float32(0.98)
        # No model says the same to the bit of two pictures.
        return np.asarray(there + image[..., 0] / np.float32(25600), np.float32)

    def close(self) -> None:
        pass


class Shown:
    """Frames, one after the other, for the models of a preset."""

    def __init__(self, preset: str) -> None:
        self.wide, self.close = Model(Size(256, 144)), Model(Size(256, 256))
        self.recipe = resolve(MaskOptions(preset=preset))
        self.sizes = WorkingSizes(FRAME, fine_grid=self.recipe.fine_grid)
        self.inference = Inference(self.sizes, Repeats())
        self.number = 0

    def show(
        self, width: int, count: int = 1, check_every: int = 30, left: int = 100
    ) -> list[Observation]:
        for _ in range(count):
            self.wide.frame = self.close.frame = self.number
            image = np.full((FRAME.height, FRAME.width, 3), 60, np.uint8)
            image[60:, left : left + width] = 220
            pictures = self.sizes.resize(image)
            rests = np.zeros(self.sizes.grid_size[::-1], np.float32)
            gone = None if self.number == 0 else rests
            models = Models(self.wide, self.close)
            self.inference.run(pictures, models, self.recipe, gone, check_every)
            self.number += 1
        return self.inference.observations


FRAME = Size(640, 360)


def test_light_makes_a_cross_check_at_first_and_then_once_in_a_while() -> None:
    shown = Shown("light")
    assert len(shown.show(120)) == 2
    assert len(shown.show(120)) == 1
    shown.show(120, count=60)
    assert shown.close.runs == [0, 30, 60]
    assert shown.wide.runs == list(range(62))


def test_light_makes_more_cross_checks_while_there_is_doubt() -> None:
    shown = Shown("light")
    shown.show(120, count=10, check_every=3)
    assert shown.close.runs == [0, 3, 6, 9]


def test_light_makes_a_cross_check_when_much_more_is_taken_for_a_person() -> None:
    shown = Shown("light")
    shown.show(120, count=5)
    shown.show(140)
    assert shown.close.runs == [0], "a little more"
    assert len(shown.show(220)) == 2
    assert shown.close.runs == [0, 6]
    shown.show(120, count=2)
    shown.show(220)
    assert shown.close.runs == [0, 6, 9], "also when they come back"


def test_light_makes_a_cross_check_when_as_much_is_taken_for_a_person_elsewhere() -> None:
    shown = Shown("light")
    shown.show(120, count=5)
    shown.show(120, left=110)
    assert shown.close.runs == [0], "they moved a little"
    shown.show(120, left=150)
    assert shown.close.runs == [0, 6], "a twentieth of the picture is new"


def test_an_empty_frame_needs_no_cross_check() -> None:
    shown = Shown("light")
    held = shown.show(0, count=3)
    assert len(held) == 1 and shown.close.runs == []


def test_a_cross_check_does_not_move_the_edge_of_light() -> None:
    shown = Shown("light")
    shown.close.says = np.zeros((256, 256), np.float32)
    held = shown.show(120)
    assert held[0].seen.max() > 0.9 and held[1].seen.max() <= np.float32(0.1)
    assert held[1].box is not None and held[0].box is None


@pytest.mark.parametrize("preset", ["standard", "best"])
def test_with_nobody_in_sight_the_mask_is_of_this_very_frame(preset: str) -> None:
    shown = Shown(preset)
    shown.show(120, count=3)
    for index in range(3, 24):
        shown.show(0)
        seen = shown.inference.observations[0]
        if len(shown.inference.observations) == 1:
            assert shown.wide.runs[-1] == index
            assert seen.stale is None and seen.seen.max() < 0.1
    assert len(shown.inference.observations) == 1


@pytest.mark.parametrize("preset", ["standard", "best"])
def test_each_prediction_knows_where_it_is_out_of_date(preset: str) -> None:
    shown = Shown(preset)
    held = shown.show(120)
    assert all(each.stale is None for each in held[:3]), "all are made of a first frame"
    assert held[0].box is None and held[1].box is not None
    for index in range(1, 9):
        held = shown.show(120)
        assert (shown.wide.runs[-1] == index) == (held[0].stale is None)
        fresh = sum(each.stale is None for each in held[1:])
        assert fresh == shown.close.runs.count(index)
    assert fresh < len(held[1:]) or len(shown.close.runs) < index, "or nothing is old"


def test_each_view_is_checked_for_repeated_masks() -> None:
    asked = set()

    class Noting(Repeats):
        def check(self, view: str, picture: Image, mask: Mask) -> None:
            asked.add(view)
            super().check(view, picture, mask)

    shown = Shown("best")
    shown.inference = Inference(shown.sizes, Noting())
    shown.show(120)
    assert asked == {"wide", "close", "flipped", "nearer"}


def test_the_nearer_view_counts_only_where_it_looked_and_in_its_own_frame() -> None:
    shown = Shown("best")
    nearer = shown.show(120, left=300)[3]
    saw = np.asarray(nearer.stale) < 0.5
    columns, rows = np.flatnonzero(saw.any(0)), np.flatnonzero(saw.any(1))
    assert nearer.stale is not None and nearer.box is not None
    scale = shown.sizes.grid_size.width / shown.sizes.coarse_size.width
    left, top, right, bottom = (side * scale for side in nearer.box)
    assert left <= columns[0] and columns[-1] < right and top < rows[0]
    assert rows[-1] + 1 == bottom, "the frame's border cuts nothing off"
    assert len(shown.show(120, left=300)) == 3, "at rest nobody looks nearer"


def test_on_the_fine_grid_boxes_are_those_of_the_coarse_one() -> None:
    held, fine = Shown("standard").show(120), Shown("best").show(120)
    assert fine[1].box == held[1].box
    assert fine[1].seen.shape == (216, 384) and held[1].seen.shape == (144, 256)
