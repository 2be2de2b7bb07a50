"""Only me: of several people one is shown, the one nearest the middle."""

from functools import cache

import cv2
import numpy as np
import pytest

from vcam.frames import Frame, Image, Mask, Size
from vcam.masking.matting import Matting
from vcam.masking.one_person import OnePerson
from vcam.masking.options import MaskOptions
from vcam.presenter import Presenter

HD, GRID = Size(1280, 720), Size(256, 144)
STEP_S = 1 / 30


def people(*middles: float, size: float = 1.0) -> Mask:
    """A mask of people who sit there, in columns of the grid; some may touch."""
    mask = np.zeros((GRID.height, GRID.width), np.uint8)
    for x in middles:
        head, shoulders = round(14 * size), round(34 * size)
        top = GRID.height - round(96 * size)
        cv2.circle(mask, (round(x), top + head), head, 255, cv2.FILLED)
        cv2.line(mask, (round(x), top + head), (round(x), GRID.height), 255, head)
        cv2.ellipse(
            mask, (round(x), GRID.height), (shoulders, round(60 * size)), 0, 0, 360, 255, -1
        )
    soft = cv2.GaussianBlur(mask, (5, 5), 0).astype(np.float32)
    return soft / np.float32(255)


def kept(one: OnePerson, mask: Mask, seconds: float = STEP_S) -> Mask:
    shown = mask.copy()
    one.keep(shown, seconds)
    assert (shown <= mask).all(), "it only takes away"
    return shown


def columns(mask: Mask) -> tuple[int, int]:
    there = np.flatnonzero((mask > 0.5).any(axis=0))
    return int(there[0]), int(there[-1])


@pytest.fixture
def one() -> OnePerson:
    return OnePerson(HD)


def test_whoever_is_alone_is_shown_to_the_bit(one: OnePerson) -> None:
    for x in (128, 140, 200):
        mask = people(x)
        assert (kept(one, mask) == mask).all()


def test_of_two_who_sit_apart_the_one_nearer_the_middle_is_shown(one: OnePerson) -> None:
    shown = kept(one, people(50, 150))
    assert columns(shown) == columns(people(150))
    assert (one.part_of(people(50, 150))[:, :90] == 0).all(), "nor does the window follow"


def test_two_who_touch_are_parted_between_their_heads(one: OnePerson) -> None:
    left, right = columns(kept(one, people(80, 140)))
    assert 95 < left < 125
    assert right == columns(people(140))[1]


def test_of_three_who_touch_only_the_middle_one_is_shown(one: OnePerson) -> None:
    left, right = columns(kept(one, people(68, 128, 188)))
    assert 85 < left < 112 and 144 < right < 170


def test_a_raised_hand_is_mine_apart_from_me_or_not(one: OnePerson) -> None:
    mask = people(128)
    cv2.circle(mask, (178, 60), 9, 1.0, cv2.FILLED)
    assert kept(one, mask)[60, 178] == 1
    cv2.line(mask, (178, 60), (160, 130), 1.0, 8)
    assert kept(one, mask)[60, 178] == 1
    assert kept(OnePerson(HD), mask)[60, 178] == 1


def test_somebody_who_comes_in_is_not_shown_nor_when_they_touch_me(one: OnePerson) -> None:
    kept(one, people(150))
    for x in range(-30, 100, 6):
        left, right = columns(kept(one, people(x, 150)))
        assert left > min(100, (x + 150) / 2 - 25)
        assert right == columns(people(150))[1]


def test_whoever_has_walked_past_in_front_of_me_is_left_out_again(one: OnePerson) -> None:
    kept(one, people(150))
    for x in [*range(-30, 286, 3), *range(286, 40, -3)]:
        kept(one, people(x, 150))
    for _ in range(10):
        shown = kept(one, people(40, 150))
    assert columns(shown) == columns(people(150))


def test_a_head_without_a_neck_remains_mine(one: OnePerson) -> None:
    mask = people(128)
    kept(one, mask)
    mask[70:82] = 0
    for _ in range(30):
        shown = kept(one, mask)
        assert shown[56, 128] == shown[130, 128] == 1


def test_the_chosen_one_may_move_anywhere(one: OnePerson) -> None:
    kept(one, people(60, 140))
    for x in range(140, 221, 4):
        assert columns(kept(one, people(60, x))) == columns(people(x))


def test_when_the_chosen_one_has_left_the_other_is_shown_after_a_second(
    one: OnePerson,
) -> None:
    kept(one, people(50, 150))
    assert kept(one, people(50)).max() == 0
    for _ in range(32):
        shown = kept(one, people(50))
    assert columns(shown) == columns(people(50))


def test_the_chosen_one_is_not_exchanged_while_a_model_misses_them(one: OnePerson) -> None:
    kept(one, people(50, 150))
    for _ in range(10):
        assert kept(one, people(50)).max() == 0
    assert columns(kept(one, people(50, 152))) == columns(people(152))


def test_whoever_sits_down_in_the_middle_is_shown_in_the_end(one: OnePerson) -> None:
    kept(one, people(50))
    for _ in range(50):
        assert columns(kept(one, people(50, 140))) == columns(people(50))
    for _ in range(20):
        shown = kept(one, people(50, 140))
    assert columns(shown) == columns(people(140))


def test_a_small_figure_in_the_back_is_nobody_to_choose(one: OnePerson) -> None:
    mask = np.maximum(people(60), people(128, size=0.4))
    assert columns(kept(one, mask))[1] < 110


def test_an_empty_room_stays_empty_and_keeps_nobody(one: OnePerson) -> None:
    for _ in range(3):
        assert kept(one, people()).max() == 0


@cache
def two_presenters() -> Image:
    """Two drawn people side by side."""
    drawing = Presenter(HD, noise=False).draw(0.0)
    image = drawing.room.copy()
    for right in (-330, 120):
        move = np.array([[0.8, 0, 128 + right], [0, 0.8, 144]], np.float32)
        person = cv2.warpAffine(drawing.foreground, move, HD)
        share = cv2.warpAffine(drawing.alpha, move, HD)[..., np.newaxis] / 255
        image = np.asarray(np.round(person * share + image * (1 - share)), np.uint8)
    return image


def test_the_models_two_people_become_one_and_both_again() -> None:
    """With the real models; the change comes at once, without a ghost."""
    matting, index = Matting(), 0

    def taken(people: str, frames: int) -> tuple[float, float]:
        nonlocal index
        for _ in range(frames):
            noise = np.random.default_rng(index).integers(0, 4, two_presenters().shape)
            image = two_presenters() + noise.astype(np.uint8)
            matte = matting.matte(
                Frame(image, index, index / 30), MaskOptions(people=people)
            )
            index += 1
        left, right = np.split(matte.alpha, [560], axis=1)
        return float(left.mean()) / 255, float(right.mean()) / 255

    try:
        left, right = taken("all", 6)
        assert left > 0.2 and right > 0.2
        left, right = taken("one", 3)
        assert left < 0.005 and right > 0.2
        left, right = taken("all", 3)
        assert left > 0.2 and right > 0.2
    finally:
        matting.close()
