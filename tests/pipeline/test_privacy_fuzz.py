"""A short piece of what ``python -m tests.privacy_fuzz`` does for hours, and its tools."""

import itertools
import logging
from collections.abc import Iterator

import numpy as np
import pytest
from privacy_fuzz import (
    BACKGROUNDS,
    FAULTS,
    LIES,
    PERSON,
    SMALL,
    Result,
    World,
    history,
    room,
    run,
    seen_of_the_room,
)
from privacy_mutants import MUTANTS, ROOT

from vcam.backgrounds import BLURS_ROOM, HIDES_ROOM, SHOWS_ROOM
from vcam.backgrounds.blur import Blur
from vcam.frames import Frame, Image


@pytest.fixture
def quiet() -> Iterator[None]:
    """Everything that goes wrong is meant to."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_whatever_happens_the_room_is_not_seen(quiet: None) -> None:
    result = run(seed=20, steps=200)
    assert not result.leaks and not result.bugs
    assert result.pictures > 20, "there was something to be seen"


def test_control_the_room_is_seen_where_it_may_be_seen(quiet: None) -> None:
    # Not every short history chooses the room where a camera and an output are well.
    results = (run(seed, steps=60, lies=False, control=True) for seed in range(21, 31))
    found = next(filter(None, ({leak.what for leak in each.leaks} for each in results)))
    assert found == {"the room"}


def blurred(image: Image) -> Image:
    nobody = np.zeros(image.shape[:2], np.uint8)
    painter = Blur(0).open(SMALL)
    return painter.paint(Frame(image, 0, 0.0), nobody)


def test_a_sharp_room_a_blurred_one_and_a_person_are_told_apart() -> None:
    sharp = room(SMALL, 0.0, inhabited=False)
    assert seen_of_the_room(sharp, HIDES_ROOM) > 0.9
    assert seen_of_the_room(sharp, BLURS_ROOM) > 0.9
    assert seen_of_the_room(sharp, SHOWS_ROOM) == 0
    assert seen_of_the_room(blurred(sharp), HIDES_ROOM) > 0.9
    assert seen_of_the_room(blurred(sharp), BLURS_ROOM) == 0
    person = np.full_like(sharp, PERSON)
    person[:, :15] = sharp[:, :15]
    assert seen_of_the_room(person, HIDES_ROOM) == 0, "a rim is no leak"
    person[:, :30] = sharp[:, :30]
    assert 0.05 < seen_of_the_room(person, HIDES_ROOM) < 0.12


def test_a_single_picture_is_counted_and_several_are_a_leak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = itertools.count(0, 0.03)
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    world = World(Result(0), None, control=False)
    sharp, hidden = room(SMALL, 0.0), np.full((90, 160, 3), (0, 200, 0), np.uint8)
    for image in (sharp, hidden, hidden):
        world.judge(image)
    assert world.result.flashes == 1 and not world.result.leaks
    for image in [sharp, hidden] * 4:
        world.judge(image)
    assert len(world.result.leaks) == 1, "also when others are between them"


def test_the_same_seed_is_the_same_history_and_all_of_it_happens() -> None:
    long = [str(each) for each in history(1, 3000, lies=True)]
    assert long == [str(each) for each in history(1, 3000, lies=True)]
    assert long != [str(each) for each in history(2, 3000, lies=True)]
    told = " / ".join(long)
    assert all(f"'{mode}'" in told for mode in (*FAULTS, *LIES))
    assert all(f"background {each}" in told for each in BACKGROUNDS)
    honest = " / ".join(str(each) for each in history(1, 3000, lies=False))
    assert not any(f"'{mode}'" in honest for mode in LIES)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_guard_that_a_mutant_takes_away_is_there(mutant: object) -> None:
    """And so are the tests that are to notice."""
    assert isinstance(mutant, type(MUTANTS[0]))
    assert mutant.is_found(), f"{mutant.path} reads differently now: change the mutant"
    assert mutant.old != mutant.new
    for place in mutant.tests:
        file, _, test = place.partition("::")
        assert f"def {test}" in (ROOT / "tests" / file).read_text("utf-8")
