"""Whether a place looks as the room did there when it was last in sight."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.frames import Mask, Size
from vcam.masking.room_model import Flags, RoomModel

CELLS = Size(64, 36)
KNOWN_AFTER, LONG = 9, 45
"""Frames without anybody, before the room, and where somebody was."""
MEASURED_EVERY = 8
"""Frames after which brightness is measured, whatever there is to be seen."""
SHAPE = (CELLS.height, CELLS.width)
NOWHERE = np.zeros(SHAPE, bool)
EVERYWHERE = ~NOWHERE
SOMEBODY = NOWHERE.copy()
SOMEBODY[10:, 20:40] = True
BESIDE = np.s_[:, 50:]


def wall() -> Mask:
    """The mean colours of the cells of a room with a pattern."""
    rng = np.random.default_rng(1)
    light = cv2.resize(rng.uniform(60, 180, (5, 8, 3)), CELLS)
    return np.asarray(light + rng.uniform(-6, 6, (*SHAPE, 3)), np.float32)


def grained(cells: Mask, seed: int, sigma: float) -> Mask:
    noise = np.random.default_rng(seed).normal(0, sigma, cells.shape)
    return np.asarray(cells + noise, np.float32)


class Watch:
    """A room, and who is claimed to be in it."""

    def __init__(self) -> None:
        self.model = RoomModel(CELLS)
        self.person = NOWHERE.copy()
        self.disbelieved = NOWHERE.copy()

    def see(
        self, now: Mask, claimed: Flags = NOWHERE, count: int = 1, noise: float = 0.0
    ) -> NDArray[np.bool_]:
        """So many pictures; says where the last one looked like the room."""
        for number in range(count):
            shown = grained(now, number, noise) if noise else now
            same = self.model.compare(shown, ~claimed, self.disbelieved)
            self.model.learn(shown, same, self.person, self.disbelieved)
        return same


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_at_first_nothing_is_known(watch: Watch) -> None:
    assert not watch.model.known.any()
    watch.see(wall())
    assert not watch.model.known.any()
    assert not watch.model.newly_covered.any()


def test_what_was_room_for_some_frames_in_a_row_is_known(watch: Watch) -> None:
    watch.see(wall(), count=KNOWN_AFTER)
    assert not watch.model.known.any()
    watch.see(wall())
    assert watch.model.known.all()


def test_where_somebody_is_claimed_now_and_then_nothing_is_learnt(watch: Watch) -> None:
    for _ in range(4):
        watch.see(wall(), SOMEBODY)
        watch.see(wall(), count=KNOWN_AFTER)
    assert not watch.model.known[SOMEBODY].any()
    assert watch.model.known[~SOMEBODY].all()


def test_whom_a_model_loses_for_a_second_is_not_learnt_as_room(watch: Watch) -> None:
    watch.person = SOMEBODY
    watch.see(wall(), count=LONG)
    assert not watch.model.known[SOMEBODY].any()
    assert watch.model.known[~SOMEBODY].all()
    watch.see(wall())
    assert watch.model.known.all(), "but not for ever"


@pytest.mark.parametrize("before", [20, 3 * LONG])
def test_whom_a_model_overlooks_for_a_second_is_not_learnt_as_room(
    before: int, watch: Watch
) -> None:
    """However long nobody was there before."""
    watch.see(wall(), count=before)
    somebody = wall()
    somebody[SOMEBODY] += 30
    assert not watch.see(somebody, count=LONG)[SOMEBODY].any()
    watch.see(somebody)
    assert watch.see(somebody)[SOMEBODY].all(), "a chair, after all"


def test_whom_a_model_overlooks_now_and_then_is_never_learnt_as_room(watch: Watch) -> None:
    watch.see(wall(), count=3 * LONG)
    somebody = wall()
    somebody[SOMEBODY] += 30
    for _ in range(10):
        assert not watch.see(somebody, count=10)[SOMEBODY].any()
        assert not watch.see(somebody, SOMEBODY)[SOMEBODY].any()


def test_where_somebody_stands_the_room_is_remembered(watch: Watch) -> None:
    watch.see(wall(), count=20)
    somebody = wall()
    somebody[SOMEBODY] += 30
    for _ in range(100):
        same = watch.see(somebody, SOMEBODY)
        assert not same[SOMEBODY].any() and same[~SOMEBODY].all()
    assert watch.see(wall()).all()


@pytest.mark.parametrize(("off", "same"), [(1.9, True), (2.1, False)])
@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_difference_in_any_colour_is_one(
    off: float, same: bool, channel: int, watch: Watch
) -> None:
    watch.see(wall(), count=20)
    now = wall()
    now[..., channel][SOMEBODY] -= off
    assert (watch.see(now, SOMEBODY)[SOMEBODY] == same).all()


def test_the_noise_of_the_camera_is_no_difference(watch: Watch) -> None:
    watch.see(wall(), count=20, noise=1.0)
    same = watch.see(wall(), SOMEBODY, count=4, noise=1.0)
    assert same.mean() > 0.97
    somebody = wall()
    somebody[SOMEBODY] += 14
    same = watch.see(somebody, SOMEBODY, count=4, noise=1.0)
    assert not same[SOMEBODY].any()


def test_much_movement_is_not_taken_for_noise(watch: Watch) -> None:
    """Or everybody would look like the room."""
    plain = np.full((*SHAPE, 3), 120, np.float32)
    watch.see(plain, count=20)
    restless = grained(plain, 1, 30.0)
    restless[SOMEBODY] = 110
    assert not watch.see(restless, SOMEBODY)[SOMEBODY].any()


@pytest.mark.parametrize("shift", [-39.0, -5.0, 5.0, 39.0])
def test_a_brighter_picture_is_still_of_this_room(shift: float, watch: Watch) -> None:
    watch.see(wall(), count=20)
    now = np.asarray(wall() + shift, np.float32)
    assert watch.see(now, SOMEBODY).all()
    now[SOMEBODY] += 12
    assert not watch.see(now, SOMEBODY)[SOMEBODY].any()


def test_much_more_light_than_that_is_another_light(watch: Watch) -> None:
    watch.see(wall(), count=20)
    now = np.asarray(wall() + 100, np.float32)
    same = watch.see(now, SOMEBODY)
    assert watch.model.changed
    assert same[~SOMEBODY].all(), "where nobody is claimed it is learnt anew"


def test_a_few_things_that_move_are_no_other_light(watch: Watch) -> None:
    watch.see(wall(), count=20)
    now = wall()
    now[:, 40:] += 30
    watch.see(now)
    assert not watch.model.changed


def test_light_that_changes_at_once_is_learnt_at_once(watch: Watch) -> None:
    watch.see(wall(), count=20)
    other = np.asarray(wall()[::-1], np.float32)
    watch.see(other)
    assert watch.model.changed
    assert watch.see(other, SOMEBODY).all()
    assert not watch.model.changed


def test_with_hardly_any_room_in_sight_nobody_can_tell_a_change(watch: Watch) -> None:
    watch.see(wall(), count=20)
    nearly_all = EVERYWHERE.copy()
    nearly_all[:2, :4] = False
    watch.see(np.asarray(wall()[::-1], np.float32), nearly_all)
    assert not watch.model.changed


def test_a_camera_that_shakes_leaves_the_room_the_room(watch: Watch) -> None:
    books = wall() + np.random.default_rng(3).uniform(-40, 40, (*SHAPE, 3))

    def shaken(number: int) -> Mask:
        # A part of a cell: a mixture with its neighbour.
        beside = np.roll(books, 1, axis=1)
        return np.asarray(books + 0.2 * (number % 2) * (beside - books), np.float32)

    for number in range(20):
        watch.see(shaken(number))
    covered = [watch.see(shaken(number), SOMEBODY) for number in range(20, 26)]
    assert min(float(same[SOMEBODY].mean()) for same in covered) > 0.9
    somebody = shaken(0)
    somebody[SOMEBODY] += 120
    assert not watch.see(somebody, SOMEBODY)[SOMEBODY].any()


def test_it_is_known_what_was_in_sight_just_now_and_is_covered(watch: Watch) -> None:
    watch.see(wall(), count=20)
    assert not watch.model.newly_covered.any()
    watch.see(wall(), SOMEBODY)
    assert np.array_equal(watch.model.newly_covered, SOMEBODY)


def test_somebody_whom_the_model_finds_again_was_not_room_just_now(watch: Watch) -> None:
    watch.see(wall(), count=20)
    somebody = wall()
    somebody[SOMEBODY] += 30
    watch.see(somebody, SOMEBODY)
    watch.see(somebody, count=5)
    watch.see(somebody, SOMEBODY)
    assert not watch.model.newly_covered.any()


def test_a_model_that_is_not_believed_does_not_keep_the_room_from_being_known(
    watch: Watch,
) -> None:
    """The light goes on slowly, while a model takes all of the room for a person."""
    watch.see(wall(), count=20)
    watch.disbelieved = EVERYWHERE
    for step in range(30):
        brighter = np.asarray(wall() * (1 + step / 100), np.float32)
        assert watch.see(brighter, EVERYWHERE).mean() > 0.9


def test_brightness_is_followed_where_a_model_is_not_believed(watch: Watch) -> None:
    """The light goes on while a model takes all of the room for a person."""
    watch.see(wall(), count=20)
    watch.disbelieved = EVERYWHERE
    brighter = np.asarray(wall() + 10, np.float32)
    assert watch.see(brighter, EVERYWHERE, count=MEASURED_EVERY).mean() > 0.9


def test_somebody_before_the_room_is_not_learnt_though_the_model_is_not_believed(
    watch: Watch,
) -> None:
    watch.see(wall(), count=20)
    watch.disbelieved = SOMEBODY
    somebody = wall()
    somebody[SOMEBODY] += 30
    assert not watch.see(somebody, SOMEBODY, count=10)[SOMEBODY].any()
    assert watch.see(wall(), SOMEBODY)[SOMEBODY].all(), "the room is what it was"


def test_what_changes_place_by_place_is_no_change_of_brightness(watch: Watch) -> None:
    """A chequered wall that is pushed by one square."""
    squares = np.indices(SHAPE).sum(axis=0) % 2 * 60.0
    chequered = np.asarray(np.dstack([squares + 80] * 3), np.float32)
    watch.see(chequered, count=20)
    beside = np.roll(chequered, 1, axis=1)
    beside[:4] = chequered[:4]
    watch.see(beside, SOMEBODY)
    assert watch.see(chequered, SOMEBODY, count=2 * MEASURED_EVERY).all()


def test_somebody_of_whom_a_little_is_not_believed_does_not_tell_the_brightness(
    watch: Watch,
) -> None:
    watch.see(wall(), count=20)
    watch.disbelieved = NOWHERE.copy()
    watch.disbelieved[18:, 28:40] = True
    assert 0.05 < watch.disbelieved.mean() < 0.2
    somebody = wall()
    somebody[watch.disbelieved] += 30
    watch.see(somebody, EVERYWHERE, count=2 * MEASURED_EVERY)
    assert watch.see(wall(), EVERYWHERE)[~watch.disbelieved].all()


def test_a_few_cells_do_not_tell_the_brightness_of_all(watch: Watch) -> None:
    """A hand that the model misses, before all that it leaves of the room."""
    watch.see(wall(), count=20)
    corner = NOWHERE.copy()
    corner[:4, :4] = True
    hand = wall()
    hand[corner] += 30
    watch.see(hand, ~corner, count=2 * MEASURED_EVERY)
    assert watch.see(wall(), EVERYWHERE).all()
