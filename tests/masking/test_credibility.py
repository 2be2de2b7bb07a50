"""How much alpha the evidence allows: three questions, asked one by one.

What wrong models show and honest people lose by the answers is in test_wrong_models.py.
"""

from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.credibility import KEPT, Credibility, Observation, allowed_by
from vcam.masking.working_sizes import Box

GRID = Size(256, 144)
CELLS = (36, 64)
KNEW = 60
"""Frames after which all of an empty room is known."""


@cache
def empty(number: int = 0) -> Image:
    tiles = np.random.default_rng(2).integers(60, 180, (9, 16, 3), np.uint8)
    grid = np.asarray(cv2.resize(tiles, GRID), np.float32)
    noise = np.random.default_rng(number).normal(0, 1, grid.shape)
    return np.asarray(np.clip(np.rint(grid + noise), 0, 255), np.uint8)


def claim(value: float = 1.0, part: Any = np.s_[40:, 80:160]) -> Mask:
    mask = np.zeros((GRID.height, GRID.width), np.float32)
    mask[part] = value
    return mask


HEART = np.s_[14:34, 24:36]
"""The cells of that claim, without its rim."""


class Judge:
    """Asks for a limit again and again."""

    def __init__(self) -> None:
        self.credibility = Credibility(Size(1280, 720))
        self.number = 0

    def see(
        self,
        mask: Mask,
        grid: Image | None = None,
        observations: list[Observation] | None = None,
        count: int = 1,
    ) -> Alpha:
        for _ in range(count):
            self.number += 1
            picture = empty(self.number) if grid is None else grid
            both = [Observation(mask, None, None), Observation(mask, None, None)]
            seen = both if observations is None else observations
            limit = self.credibility.limit(picture, mask, seen, KEPT)
        return limit


@pytest.fixture
def judge() -> Judge:
    return Judge()


def somebody(part: Any = np.s_[40:, 80:160]) -> Image:
    picture = empty().copy()
    picture[part] = (30, 200, 220)
    return picture


def test_nobody_claimed_is_nothing_allowed(judge: Judge) -> None:
    assert not judge.see(claim(0)).any()


def test_somebody_in_sight_is_allowed_whole(judge: Judge) -> None:
    judge.see(claim(0), count=KNEW)
    limit = judge.see(claim(), somebody())
    assert (limit[HEART] == 255).all()
    assert limit[:, 50:].max() == 0


def test_what_is_hardly_claimed_is_not_allowed() -> None:
    def allowed(value: float) -> Alpha:
        return Judge_after_empty().see(claim(value), somebody())[HEART]

    assert allowed(0.29).max() == 0
    assert 0 < allowed(0.35).min() <= allowed(0.35).max() < 255
    assert allowed(0.41).min() == 255


def test_who_is_claimed_no_more_is_gone_within_a_third_of_a_second(judge: Judge) -> None:
    judge.see(claim(), somebody(), count=5)
    faded = [judge.see(claim(0), somebody())[HEART].max() for _ in range(11)]
    assert faded[0] == 255, "smoothing may trail a little"
    assert faded[-1] == 0


def test_a_claim_where_the_room_is_in_sight_is_refused(judge: Judge) -> None:
    judge.see(claim(0), count=KNEW)
    assert not judge.see(claim())[HEART].any()
    assert judge.credibility.in_doubt


def test_a_claim_of_a_place_never_seen_needs_a_second_prediction(judge: Judge) -> None:
    mask = claim()
    alone = [Observation(mask, None, None)]
    assert judge.see(mask)[HEART].min() == 255
    assert not Judge().see(mask, observations=alone)[HEART].any()


@pytest.mark.parametrize(("second", "believed"), [(0.31, True), (0.29, False), (1.0, True)])
def test_looks_must_not_contradict_each_other(
    second: float, believed: bool, judge: Judge
) -> None:
    observations = [
        Observation(claim(), None, None),
        Observation(claim(second), None, None),
    ]
    assert judge.see(claim(), observations=observations)[HEART].all() == believed


@pytest.mark.parametrize(("second", "believed"), [(0.65, True), (0.2, False)])
def test_what_looks_contradict_each_other_about_is_not_believed_beside_somebody(
    second: float, believed: bool, judge: Judge
) -> None:
    mask, other = claim(), claim()
    mask[40:, 160:184], other[40:, 160:184] = 0.65, second
    observations = [Observation(mask, None, None), Observation(other, None, None)]
    assert judge.see(mask, observations=observations)[14:34, 42:45].all() == believed


@pytest.mark.parametrize(("first", "believed"), [(0.91, True), (0.89, False)])
def test_one_of_them_must_be_certain(first: float, believed: bool, judge: Judge) -> None:
    observations = [
        Observation(claim(first), None, None),
        Observation(claim(0.7), None, None),
    ]
    assert judge.see(claim(0.8), observations=observations)[HEART].all() == believed


def test_an_old_prediction_says_nothing_about_what_has_moved(judge: Judge) -> None:
    mask = claim()
    for stale, believed in ((1.0, False), (0.0, True)):
        moved = np.full_like(mask, stale)
        observations = [Observation(mask, None, None), Observation(mask, moved, None)]
        assert Judge().see(mask, observations=observations)[HEART].all() == believed


def test_a_close_up_says_nothing_about_what_it_did_not_see(judge: Judge) -> None:
    mask = claim()
    for box, believed in ((Box(0, 0, 60, 144), False), (Box(60, 20, 200, 144), True)):
        observations = [Observation(mask, None, None), Observation(mask, None, box)]
        assert Judge().see(mask, observations=observations)[HEART].all() == believed


def test_once_certain_somebody_may_be_unsure_for_a_while(judge: Judge) -> None:
    judge.see(claim(), count=3)
    unsure = claim(0.5)
    observations = [Observation(unsure, None, None), Observation(claim(0.1), None, None)]
    assert judge.see(unsure, observations=observations, count=10)[HEART].all()


def test_models_may_be_unsure_of_as_much_as_they_are_sure_of(judge: Judge) -> None:
    def unsure_of(columns: int) -> tuple[Mask, list[Observation]]:
        mask = claim()
        mask[40:, 160 : 160 + columns] = 0.7
        return mask, [Observation(mask, None, None), Observation(mask, None, None)]

    beside = np.s_[14:34, 42:48]
    mask, observations = unsure_of(60)
    assert judge.see(mask, observations=observations)[beside].all()
    mask, observations = unsure_of(96)
    judge = Judge()
    assert not judge.see(mask, observations=observations)[beside].any()
    mask, observations = unsure_of(60)
    assert not judge.see(mask, observations=observations)[beside].any(), "no flicker there"


def test_a_little_that_is_doubtful_stays(judge: Judge) -> None:
    """Fingers, rims, a shoulder in the colour of the wall."""
    judge.see(claim(0), count=KNEW)
    hand = claim()
    hand[60:76, 200:216] = 1
    assert judge.see(hand, somebody())[17, 52] == 255
    much = claim()
    much[60:100, 190:246] = 1
    assert Judge_after_empty().see(much, somebody())[20, 55] == 0


def test_a_hand_of_somebody_far_away_stays(judge: Judge) -> None:
    judge.see(claim(0), count=KNEW)
    far = np.s_[100:, 100:140]
    hand = claim(1, far)
    hand[60:84, 200:220] = 1
    assert judge.see(hand, somebody(far))[18, 52] == 255


def test_single_cells_are_chance(judge: Judge) -> None:
    """In a lie, and in somebody who has something of the wall's colour."""
    rows, columns = (each // 4 for each in np.indices((GRID.height, GRID.width)))
    specks = (rows % 3 == 0) & (columns % 3 == 0)
    judge.see(claim(0), count=KNEW)
    room = empty().copy()
    room[specks] = 255 - room[specks]
    assert not judge.see(claim(), room)[HEART].any()
    person = somebody()
    person[specks] = empty()[specks]
    assert Judge_after_empty().see(claim(), person)[HEART].min() == 255


def test_the_room_between_what_differs_from_it_is_not_shown(judge: Judge) -> None:
    judge.see(claim(0), count=KNEW)
    bars = somebody()
    for left in (128, 144):
        bars[:, left : left + 8] = empty()[:, left : left + 8]
    limit = judge.see(claim(), bars)
    assert not limit[14:34, 32:34].any() and limit[14:34, 34:36].all()


def Judge_after_empty() -> Judge:  # noqa: N802 - a judge
    judge = Judge()
    judge.see(claim(0), count=KNEW)
    return judge


def test_a_removal_does_not_flicker_at_its_limit(judge: Judge) -> None:
    judge.see(claim(0), count=KNEW)
    much, less = claim(), claim()
    much[60:100, 190:246] = 1
    less[60:84, 190:214] = 1
    assert Judge_after_empty().see(less, somebody())[19, 51] == 255
    assert judge.see(much, somebody())[19, 51] == 0
    assert judge.see(less, somebody())[19, 51] == 0


def test_of_a_model_that_is_grossly_wrong_only_what_differs_from_the_room_stays(
    judge: Judge,
) -> None:
    judge.see(claim(0), count=KNEW)
    everything, picture = claim(1, np.s_[:]), somebody()
    judge.see(claim(), picture, count=3)
    shown = [judge.see(everything, picture) for _ in range(4)]
    assert min(each[HEART].min() for each in shown) == 255, "somebody is there"
    assert max(each[:, 50:].max() for each in shown) == 0, "and nobody is there"
    assert judge.see(everything, picture, count=8)[HEART].max() == 0, "not for long"
    assert judge.see(claim(), picture)[HEART].min() == 255, "but at once again"


@pytest.mark.parametrize(("wrong", "again"), [(4, 12), (60, 40)])
def test_where_the_room_was_never_seen_a_grossly_wrong_model_is_not_believed(
    wrong: int, again: int, judge: Judge
) -> None:
    """A second or so after it is right it is believed again, however long it was wrong."""
    everything, picture = claim(1, np.s_[:]), somebody()
    assert judge.see(claim(), picture, count=KNEW)[HEART].min() == 255
    shown = [judge.see(everything, picture)[HEART].max() for _ in range(wrong)]
    assert shown[0] == 255, "one such frame is none"
    assert shown[-1] == 0
    assert judge.see(claim(), picture)[HEART].max() == 0, "not at once, either"
    assert judge.see(claim(), picture, count=again)[HEART].min() == 255


@pytest.mark.parametrize("columns", [0, 60, 180], ids=["all", "most", "some"])
def test_nobody_comes_in_the_moment_when_the_light_is_switched(
    columns: int, judge: Judge
) -> None:
    judge.see(claim(0), count=KNEW)
    dark = np.asarray(empty()[:, ::-1] // 2, np.uint8)
    lie, inside = claim(1, np.s_[:, columns:]), np.s_[:, columns // 4 + 2 :]
    assert not judge.see(lie, dark)[inside].any()
    for _ in range(5):
        assert not judge.see(lie, dark)[inside].any(), "nor a little later"


def test_nobody_comes_where_a_light_changes_a_part_of_what_is_claimed(judge: Judge) -> None:
    judge.see(claim(0), count=KNEW)
    spots = np.random.default_rng(5).choice([-50, 0, 50], (18, 32), p=(0.4, 0.2, 0.4))
    spots[:, 25:] = 0
    spots = np.kron(spots, np.ones((8, 8), int))
    lit = np.asarray(empty() + spots[..., np.newaxis], np.uint8)
    for _ in range(5):
        assert not judge.see(claim(1, np.s_[88:140, 156:]), lit)[24:33, 41:62].any()


def test_who_comes_later_to_where_a_model_was_not_believed_is_seen(judge: Judge) -> None:
    judge.see(claim(0), count=KNEW)
    dark = np.asarray(empty()[:, ::-1] // 2, np.uint8)
    judge.see(claim(), dark, count=3)
    judge.see(claim(0), dark, count=KNEW)
    dark[40:, 80:160] = (30, 200, 220)
    assert judge.see(claim(), dark)[HEART].min() == 255


def test_what_a_mask_allows_by_itself_is_round_what_it_claims() -> None:
    allowed = allowed_by(claim())
    assert allowed[40:, 80:160].min() == 255
    assert allowed[40:, 80 - 5 : 80].min() == 255
    assert allowed[:, : 80 - 6].max() == 0
    assert allowed_by(claim(0.09)).max() == 0


def test_a_mirrored_picture_is_of_the_same_room_and_people(judge: Judge) -> None:
    """Somebody sits at the left; whoever they hide was never seen."""
    left, lie = claim(1, np.s_[40:, 20:100]), claim(1, np.s_[40:100, 140:190])

    def flipped(plane: Any) -> Any:
        return np.ascontiguousarray(plane[:, ::-1])

    picture = somebody(np.s_[40:, 20:100])
    judge.see(left, picture, count=KNEW)
    judge.see(np.maximum(left, lie), picture)
    judge.credibility.mirror()
    unsure = flipped(np.maximum(left * np.float32(0.5), lie))
    observations = [Observation(unsure, None, None), Observation(flipped(lie), None, None)]
    limit = judge.see(unsure, flipped(picture), observations)
    assert limit[14:34, 41:57].min() == 255, "who was known before is not lost"
    assert limit[13:23, 19:27].max() == 0, "and what was room before is room"


def test_with_another_side_up_nothing_is_known_of_the_picture(judge: Judge) -> None:
    left, right = np.s_[40:, 20:100], np.s_[40:, 140:220]
    judge.see(claim(1, left), somebody(left), count=KNEW)
    judge.credibility.restart()
    for part in (left, right):
        unsure = claim(0.5, part)
        observations = [Observation(unsure, None, None)] * 2
        limit = judge.see(unsure, somebody(part), observations)
        assert not limit.any(), "neither who was known nor what was room"


def test_a_model_that_is_not_believed_is_not_with_another_side_up(judge: Judge) -> None:
    everything = claim(1, np.s_[:])
    judge.see(claim(0), count=KNEW)
    judge.see(everything, count=10)
    judge.credibility.restart()
    assert not judge.see(everything, somebody(np.s_[:])).any()


def test_what_models_are_unsure_of_must_touch_somebody(judge: Judge) -> None:
    def unsure_of(columns: Any) -> Alpha:
        mask = claim()
        mask[40:, columns] = 0.7
        observations = [Observation(mask, None, None), Observation(mask, None, None)]
        return Judge().see(mask, observations=observations)

    assert unsure_of(np.s_[160:200])[14:34, 42:48].all()
    assert not unsure_of(np.s_[190:230])[14:34, 49:56].any()


@pytest.mark.parametrize(("frames", "kept"), [(1, False), (3, False), (12, True)])
def test_whom_models_lose_may_be_there_only_if_they_were_shown_for_a_while(
    frames: int, kept: bool, judge: Judge
) -> None:
    """The place is not learnt as room for a second; a flash of certainty does not count."""
    judge.see(claim(), somebody(), count=frames)
    judge.see(claim(0), somebody(), count=20)
    assert judge.see(claim(), somebody())[HEART].all() == kept
    # What is never claimed by anybody is learnt, and is room from then on.
    judge.see(claim(0), somebody(), count=KNEW)
    assert not judge.see(claim(), somebody())[HEART].any()


def test_a_room_that_models_have_a_faint_idea_of_is_learnt_too(judge: Judge) -> None:
    """A floor of 0.15 for two seconds, as some models have; then all of them lie."""
    judge.see(claim(0.15, np.s_[:]), count=60)
    for _ in range(40):
        assert not judge.see(claim())[HEART].any()


def test_where_nobody_was_any_more_models_must_be_certain_again(judge: Judge) -> None:
    judge.see(claim(), somebody(), count=20)
    judge.see(claim(0), count=KNEW)
    assert judge.credibility._room.known[HEART].all()
    assert not judge.credibility._certain[HEART].any()
