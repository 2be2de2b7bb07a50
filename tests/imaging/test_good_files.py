"""Every kind of file that people have is shown in its colours, its shape and its time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from files_films import Film, Pixels, measured
from files_kinds import FILMS
from files_stills import ANIMATIONS, SIDE, STILLS, Animation, Still

from vcam.backgrounds.choosing import of_file
from vcam.frames import Frame, Image, Size
from vcam.sources import frames_of
from vcam.sources.opening import open_file


def seen(path: Path) -> tuple[Size, list[Frame]]:
    source = open_file(path)
    try:
        return source.size, list(frames_of(source))
    finally:
        source.close()


def behind(path: Path, size: Size) -> Image:
    """What a person has behind it who chose this file."""
    painter = of_file(path).open(size)
    try:
        black = np.zeros((size.height, size.width, 3), np.uint8)
        nobody = np.zeros((size.height, size.width), np.uint8)
        return painter.paint(Frame(black, 0, 0.0), nobody).copy()
    finally:
        painter.close()


def check_colours(image: Image, patches: Pixels, within: float) -> None:
    found = measured(image, *patches.shape[:2])
    worst = np.abs(found - patches).max()
    assert worst <= within, f"{found.round(1).tolist()} instead of {patches.tolist()}"


def check_times(frames: list[Frame], shown_s: list[float]) -> None:
    assert len(frames) == len(shown_s)
    half_s = min(after - before for before, after in pairwise(shown_s)) / 2
    found_s = [frame.captured_s for frame in frames]
    assert np.abs(np.subtract(found_s, shown_s)).max() <= half_s, (found_s, shown_s)


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.name)
def test_a_film_is_shown_in_its_colours_shape_and_time(film: Film, tmp_path: Path) -> None:
    path = film.write(tmp_path)
    size, frames = seen(path)
    assert size == Size(*film.size)
    assert {Size.of(frame.image) for frame in frames} == {size}
    check_times(frames, film.shown_s)
    for number, frame in enumerate(frames, film.first):
        check_colours(frame.image, film.patches(number), film.within)
    check_colours(behind(path, size), film.patches(film.first), film.within)


@pytest.mark.parametrize("animation", ANIMATIONS, ids=lambda one: one.name)
def test_an_animation_waits_after_each_picture_as_it_says(
    animation: Animation, tmp_path: Path
) -> None:
    path = animation.write(tmp_path)
    size, frames = seen(path)
    assert size == Size(*SIDE)
    check_times(frames, animation.shown_s)
    for number, frame in enumerate(frames):
        check_colours(frame.image, animation.patches(number), animation.within)
    check_colours(behind(path, size), animation.patches(), animation.within)


@pytest.mark.parametrize("still", STILLS, ids=lambda still: still.name)
def test_a_picture_is_shown_in_its_colours_and_shape(still: Still, tmp_path: Path) -> None:
    path = still.write(tmp_path)
    size, frames = seen(path)
    assert (size, len(frames)) == (Size(*still.size), 1)
    for image in (frames[0].image, behind(path, size)):
        assert Size.of(image) == size
        check_colours(image, still.patches(), still.within)


def test_the_same_film_is_the_same_file_every_time(tmp_path: Path) -> None:
    changed = []
    for film in FILMS:
        once = film.write(tmp_path).read_bytes()
        if film.write(tmp_path).read_bytes() != once:
            changed.append(film.name)
    assert not changed
