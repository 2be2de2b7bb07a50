"""A window's path: smooth, never beyond its aim, never out of the frame."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.frames import Size
from vcam.pipeline.window_path import Window, WindowPath

SIZE = Size(1280, 720)
RATE = 3.0
ROUNDING = 1e-9
"""What is left by sums of floating-point numbers."""


def some_window(random: np.random.Generator) -> Window:
    width = random.integers(512, SIZE.width, endpoint=True)
    height = width * 9 // 16
    left = random.integers(0, SIZE.width - width, endpoint=True)
    top = random.integers(0, SIZE.height - height, endpoint=True)
    return Window(int(left), int(top), int(width), int(height))


def walked(path: WindowPath, aim: Window, steps_s: NDArray[np.float64]) -> list[Window]:
    return [path.move(aim, RATE, step_s) for step_s in steps_s]


def spring(ratio: float, seconds: float) -> float:
    """How much of the way is left of a mass on a critically damped spring, from rest."""
    return (1 + ratio * seconds) * float(np.exp(-ratio * seconds))


@pytest.mark.parametrize("fps", [10.0, 24.0, 25.0, 29.97, 30.0, 60.0])
def test_it_is_exactly_that_of_a_critically_damped_spring(fps: float) -> None:
    begin, aim = Window(0, 0, 1280, 720), Window(300, 100, 640, 360)
    path = WindowPath(begin)
    for step in range(1, int(2 * fps)):
        window = path.move(aim, RATE, 1 / fps)
        left = spring(RATE, step / fps)
        for now, was, goal in zip(window, begin, aim, strict=True):
            assert now == pytest.approx(goal + (was - goal) * left, abs=ROUNDING)


@pytest.mark.parametrize("seed", range(20))
def test_it_never_passes_its_aim_and_never_turns_back(seed: int) -> None:
    random = np.random.default_rng(seed)
    path = WindowPath(some_window(random))
    begin, aim = np.array(path.window, float), some_window(random)
    places = np.array([begin, *walked(path, aim, random.uniform(0.0, 0.3, 300))])
    away = (places - np.array(aim, float)) * np.sign(begin - np.array(aim, float))
    assert away.min() >= -ROUNDING
    assert np.diff(away, axis=0).max() <= ROUNDING
    assert path.window == aim, "it arrives, exactly"


@pytest.mark.parametrize("seed", range(20))
def test_wherever_it_is_sent_it_stays_among_its_aims_and_in_the_frame(seed: int) -> None:
    """Sent somewhere else while it moves, faster or more slowly."""
    random = np.random.default_rng(seed)
    path = WindowPath(some_window(random))
    aims = [np.array(path.window, float)]
    for _ in range(200):
        aim = some_window(random)
        aims.append(np.array(aim, float))
        rate = random.choice([1.0, 3.0, 8.0])
        for step_s in random.uniform(0.0, 0.2, random.integers(1, 20)):
            left, top, width, height = path.move(aim, rate, step_s)
            assert left >= -ROUNDING and left + width <= SIZE.width + ROUNDING
            assert top >= -ROUNDING and top + height <= SIZE.height + ROUNDING
            assert (np.array(path.window) >= np.min(aims, axis=0) - ROUNDING).all()
            assert (np.array(path.window) <= np.max(aims, axis=0) + ROUNDING).all()


def test_it_neither_starts_nor_stops_at_once() -> None:
    path = WindowPath(Window(0, 0, 640, 360))
    lefts = [0.0] + [
        w.left for w in walked(path, Window(640, 0, 640, 360), np.full(90, 1 / 30))
    ]
    steps = np.diff(lefts)
    assert steps[0] < steps.max() / 3 and steps[-1] < steps.max() / 20
    assert np.abs(np.diff(steps)).max() < steps.max() / 3


def test_where_it_rests_it_stays_to_the_bit() -> None:
    rests = Window(17, 5, 640, 360)
    path = WindowPath(rests)
    assert set(walked(path, rests, np.full(30, 1 / 30))) == {rests}
