"""A painted region lies where it was painted, however the camera's picture is turned."""

import itertools

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.errors import UsageError
from vcam.frames import Image, Size
from vcam.imaging.orientation import AS_IT_IS, Orientation
from vcam.imaging.resize import fitted, turned
from vcam.regions import COLUMNS, ROWS, Region
from vcam.regions.placing import (
    View,
    bits_of,
    canvas,
    cells_of,
    painted_over,
    placed,
    seen_rows,
)

ORIENTATIONS = [Orientation(*each) for each in itertools.product((False, True), repeat=3)]
VIEWS = [
    View(camera, orientation, size)
    for camera in (Size(1280, 720), Size(640, 480), Size(720, 1280))
    for orientation in ORIENTATIONS
    for size in (Size(1280, 720), Size(320, 180), Size(720, 1280))
]


def some_region() -> Region:
    """Different in every corner, and with an own shape in the middle."""
    kept, dropped = (np.zeros((ROWS, COLUMNS), np.uint8) for _ in range(2))
    cv2.ellipse(kept, (70, 40), (28, 18), 20, 0, 360, 1, cv2.FILLED)
    kept[:12, :30] = 1
    dropped[70:, 120:] = 1
    cv2.circle(dropped, (110, 45), 9, 1, cv2.FILLED)
    dropped[kept > 0] = 0
    return Region("camera", bits_of(kept > 0), bits_of(dropped > 0))


REGION = some_region()


def photographed(cells: NDArray[np.uint8], view: View) -> Image:
    """The cells as a camera would see them on a wall, then turned and cropped."""
    camera = cv2.resize(cells * 255, view.camera, interpolation=cv2.INTER_NEAREST)
    image = np.asarray(cv2.cvtColor(camera, cv2.COLOR_GRAY2BGR), np.uint8)
    return fitted(turned(image, view.orientation), view.size)[:, :, 0]


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_it_lies_where_the_camera_saw_it(view: View) -> None:
    where = placed(REGION, view)
    for bits, few in (
        (REGION.kept, where.painted.kept),
        (REGION.dropped, where.painted.dropped),
    ):
        assert few is not None
        seen = photographed(cells_of(bits), view)
        ours = cv2.resize(few, view.size, interpolation=cv2.INTER_NEAREST)
        # Not at the edges of cells, which resizing mixes.
        near = np.ones((9, 9), np.uint8)
        sure = cv2.erode(seen, near) == cv2.dilate(seen, near)
        assert np.count_nonzero(sure) > 0.4 * seen.size
        assert (ours[sure] == seen[sure]).all()


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_its_soft_edge_is_on_the_side_that_hides(view: View) -> None:
    where = placed(REGION, view)
    kept, dropped = (
        photographed(cells_of(each), view) for each in (REGION.kept, REGION.dropped)
    )
    assert where.least is not None and where.most is not None
    assert (where.least[kept == 0] == 0).all(), "nothing is shown that was not painted"
    assert (where.most[dropped == 255] == 0).all(), "nothing is shown that was"
    if view.size == Size(1280, 720):
        assert (where.least == 255).any() and (where.most == 255).any()


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_who_looks_and_changes_nothing_has_changed_nothing(view: View) -> None:
    assert painted_over(REGION, seen_rows(REGION, view), view) == REGION


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_what_is_painted_over_the_picture_is_seen_there(view: View) -> None:
    across, down = canvas(view)
    rows = [list("." * across) for _ in range(down)]
    for y, x in itertools.product(range(down // 4, down // 2), range(across // 3)):
        rows[y][x] = "k"
    region = painted_over(Region("camera"), ["".join(row) for row in rows], view)
    seen = np.array([list(row) for row in seen_rows(region, view)]) == "k"
    wanted = np.array(rows) == "k"
    edge = cv2.morphologyEx(
        wanted.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((7, 7), np.uint8)
    )
    edge[:3], edge[-3:], edge[:, :3], edge[:, -3:] = 1, 1, 1, 1
    assert (seen == wanted)[edge == 0].all()


def test_what_lies_beside_the_picture_stays() -> None:
    """A camera of 4:3 for a picture of 16:9: above and below nothing is seen."""
    view = View(Size(640, 480), AS_IT_IS, Size(1280, 720))
    empty = ["." * COLUMNS] * ROWS
    left = painted_over(REGION, empty, view)
    assert left.kept and left.dropped
    rows = np.flatnonzero(cells_of(left.kept).any(axis=1))
    assert rows.max() < ROWS / 8 + 1


def test_half_of_what_others_see_is_the_most_that_can_be_kept() -> None:
    """A part of a camera that stands on its side is all that is shown of it."""
    view = View(Size(640, 480), Orientation(exchanges_sides=True), Size(1280, 720))
    all_of_it = ["k" * ROWS] * COLUMNS
    with pytest.raises(UsageError, match="100 % of the picture would be kept"):
        painted_over(Region("camera"), all_of_it, view)
    middle = np.zeros((ROWS, COLUMNS), np.bool_)
    middle[:, 46:114] = True
    before = Region("camera", bits_of(middle))
    assert set("".join(seen_rows(before, view))) == {"k"}, "before it was turned"
    assert painted_over(before, seen_rows(before, view), view) == before


@pytest.mark.parametrize("rows", [[], ["." * 160] * 91, ["?" * 160] * 90])
def test_nonsense_is_refused(rows: list[str]) -> None:
    view = View(Size(1280, 720), AS_IT_IS, Size(1280, 720))
    with pytest.raises(ValueError, match=r"not 90 lines|a letter other"):
        painted_over(REGION, rows, view)
