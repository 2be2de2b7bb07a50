"""Rotated, flipped, mirrored, in that order, and what turns one into another."""

from itertools import product

import numpy as np
import pytest

from vcam.frames import Image, Size
from vcam.imaging.orientation import AS_IT_IS, QUARTERS, Orientation
from vcam.imaging.resize import turned

CHOICES = list(product(QUARTERS, [False, True], [False, True]))
IMAGE = np.random.default_rng(1).integers(0, 256, (9, 14, 3), np.uint8)


def expected(image: Image, rotate: int, flip: bool, mirror: bool) -> Image:
    image = np.asarray(np.rot90(image, -rotate // 90), np.uint8)
    image = image[::-1] if flip else image
    return image[:, ::-1] if mirror else image


@pytest.mark.parametrize(("rotate", "flip", "mirror"), CHOICES)
def test_a_picture_is_rotated_clockwise_then_flipped_then_mirrored(
    rotate: int, flip: bool, mirror: bool
) -> None:
    wanted = expected(IMAGE, rotate, flip, mirror)
    orientation = Orientation.of(rotate, flip, mirror)
    assert orientation.size(Size.of(IMAGE)) == Size.of(wanted)
    before = IMAGE.copy()
    for into in (None, np.full(wanted.shape, 201, np.uint8)):
        result = turned(IMAGE, orientation, into)
        assert (result == wanted).all()
        assert result.flags.c_contiguous
        assert into is None or result is into
    assert (before == IMAGE).all()


def test_rotated_once_clockwise_the_left_side_is_at_the_top() -> None:
    image = np.zeros((8, 12, 3), np.uint8)
    image[:, :2] = 255
    top = turned(image, Orientation.of(90, False, False))
    assert top.shape == (12, 8, 3) and top[:2].all() and not top[2:].any()


def test_upside_down_and_flipped_is_mirrored_and_everything_twice_is_nothing() -> None:
    assert Orientation.of(180, True, False) == Orientation.of(0, False, True)
    assert Orientation.of(180, True, True) == AS_IT_IS


@pytest.mark.parametrize("before", CHOICES)
@pytest.mark.parametrize("after", CHOICES)
def test_what_lies_between_two_orientations_turns_one_into_the_other(
    before: tuple[int, bool, bool], after: tuple[int, bool, bool]
) -> None:
    was, becomes = Orientation.of(*before), Orientation.of(*after)
    between = becomes.since(was)
    assert (turned(turned(IMAGE, was), between) == turned(IMAGE, becomes)).all()
    assert (between == AS_IT_IS) == (was == becomes)
