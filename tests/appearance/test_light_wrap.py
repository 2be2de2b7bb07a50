"""Light of the background on the person's edge."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam import kernels
from vcam.appearance.light_wrap import MOST, LightWrap
from vcam.frames import Alpha, Image, Size
from vcam.kernels import Choice, Library

SIZE = Size(320, 180)


def somebody(size: Size = SIZE) -> Alpha:
    """A round head and shoulders, with a soft edge."""
    alpha = np.zeros((size.height, size.width), np.uint8)
    middle, unit = size.width // 2, size.height // 6
    cv2.circle(alpha, (middle, 2 * unit), unit, 255, -1)
    cv2.ellipse(alpha, (middle, 6 * unit), (3 * unit, 3 * unit), 0, 180, 360, 255, -1)
    return np.asarray(cv2.GaussianBlur(alpha, (5, 5), 0), np.uint8)


def plain(level: int, size: Size = SIZE) -> Image:
    return np.full((size.height, size.width, 3), level, np.uint8)


def wrapped(person: Image, alpha: Alpha, behind: Image, strength: float = 0.35) -> Image:
    picture = person.copy()
    LightWrap(Size.of(alpha)).apply(picture, alpha, behind, strength)
    return picture


def change(
    person: Image, alpha: Alpha, behind: Image, strength: float = 0.35
) -> NDArray[np.int64]:
    """What it adds where somebody is, in levels."""
    added = wrapped(person, alpha, behind, strength).astype(int) - person
    added[alpha == 0] = 0
    return np.asarray(added)


def test_a_bright_background_shines_on_the_edge_and_not_on_the_middle() -> None:
    alpha = somebody()
    added = change(plain(60), alpha, plain(230))
    inside = cv2.distanceTransform((alpha == 255).astype(np.uint8), cv2.DIST_L2, 5)
    rim = (inside > 0) & (inside < 2) & (np.arange(SIZE.height)[:, None] < 160)
    assert added[rim].mean() > 10
    assert np.abs(added[inside > 14]).max() <= 1
    assert (added[alpha > 0] >= 0).all()


def test_it_is_the_light_of_what_is_near() -> None:
    alpha, behind = somebody(), plain(40)
    behind[:, : SIZE.width // 2] = (40, 40, 250)  # red on the left
    added = change(plain(90), alpha, behind)
    left, right = added[50:70, 128:136], added[50:70, 184:192]
    assert left[..., 2].mean() > 8 > right[..., 2].mean()
    assert left[..., 0].mean() < 1


def test_a_dark_background_takes_away_less_than_a_bright_one_gives() -> None:
    alpha, person = somebody(), plain(128)
    brighter, darker = (change(person, alpha, plain(level)) for level in (228, 28))
    at = np.s_[50:70, 130:134]
    assert -0.65 * brighter[at].mean() < darker[at].mean() < -1


def test_a_person_in_the_light_of_the_background_stays_as_they_are() -> None:
    assert np.abs(change(plain(128), somebody(), plain(128))).max() <= 1


def test_detail_stays() -> None:
    alpha = somebody()
    person = plain(90)
    person[::2, ::2] += 40
    added = change(person, alpha, plain(200))
    # Neighbours get the same, however different they are.
    assert np.abs(np.diff(added[50:70, 130:140], axis=1)).max() <= 3


def test_the_room_around_the_person_does_not_count() -> None:
    alpha = somebody()
    pictures = []
    for room in (0, 255):
        person = plain(90)
        person[alpha == 0] = room
        pictures.append(wrapped(person, alpha, plain(160))[alpha > 0].astype(int))
    assert np.array_equal(pictures[0], pictures[1])


def test_with_nobody_there_nothing_is_done() -> None:
    person, nobody = plain(90), np.zeros((SIZE.height, SIZE.width), np.uint8)
    assert np.array_equal(wrapped(person, nobody, plain(250)), person)


@pytest.mark.parametrize("size", [Size(40, 30), Size(333, 187), Size(720, 1280)], ids=str)
def test_no_pixel_changes_by_more_than_the_law_is_told(
    size: Size, library: Library
) -> None:
    random = np.random.default_rng(size.width)
    shape = size.height, size.width
    person = random.integers(0, 256, (*shape, 3), np.uint8)
    few = random.integers(0, 2, (5, 8, 3), np.uint8) * 255
    behind = np.asarray(cv2.resize(few, size), np.uint8)
    alpha = random.choice(np.array([0, 100, 255], np.uint8), shape)
    alpha[: size.height // 2] = somebody(size)[: size.height // 2]
    found = []
    for choice in (Choice(library, ""), Choice(None, "")):
        with kernels.using(choice):
            found.append(wrapped(person, alpha, behind, 1.0).astype(int))
        assert np.abs(found[-1] - person)[alpha > 0].max() <= MOST
    assert np.abs(found[0] - found[1])[alpha > 0].max() <= 1
