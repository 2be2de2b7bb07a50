"""Where the cells of a region are in the picture that is made of the camera's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from vcam.frames import Alpha, Size
from vcam.imaging.orientation import Orientation
from vcam.imaging.resize import covering_part
from vcam.regions import (
    COLUMNS,
    DROPPED,
    KEPT,
    NEITHER,
    NO_REGION,
    ROWS,
    Region,
    check_kept,
)

SAMPLED: Final = Size(640, 360)
"""Size at which the cells are given to the privacy check; of any shape of picture."""
SOFT: Final = 0.0085
"""Half the width of a region's soft edge, as a share of the picture's width."""
COVER: Final = (48, 48, 48)
"""Colour of what is dropped in the plain room, BGR."""
MARGIN_PX: Final = 2
"""Pixels beside the edge that are as the soft edge ends, because pictures are resized."""

_Cells = NDArray[np.uint8]
"""1 or 0 for each cell: (90, 160)."""
_Places = NDArray[np.intp]


class View(NamedTuple):
    """How a picture is made of the camera's: turned, cropped and resized."""

    camera: Size
    """Of the camera's picture."""
    orientation: Orientation
    size: Size
    """Of the picture that is made."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A region, and its cells in one picture or a part of it, at any size.

    255 in a cell and 0 elsewhere; ``None`` where there is no such cell.
    """

    region: Region = NO_REGION
    kept: Alpha | None = None
    dropped: Alpha | None = None


UNPAINTED: Final = Painted()
"""Nothing is painted."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A region in pictures of one view."""

    painted: Painted
    least: Alpha | None
    """The alpha that pixels have at least, for what is kept; none beside the cells."""
    most: Alpha | None
    """The alpha that pixels have at most, for what is dropped; 0 in all of its cells."""


def placed(region: Region, view: View) -> Placed:
    """``region`` in pictures of ``view``.  Its edges are soft, towards the hidden side."""
    kept, dropped = (
        _seen(cells_of(each), view, view.size) if each else None
        for each in (region.kept, region.dropped)
    )
    soft = max(1, round(SOFT * max(view.size)))
    grown = np.ones((2 * (soft + MARGIN_PX) + 1,) * 2, np.uint8)
    window = (2 * soft + 1,) * 2
    least = most = None
    if kept is not None:
        inside = cv2.erode(kept, grown, borderType=cv2.BORDER_REPLICATE)
        least = _blurred(inside, window)
    if dropped is not None:
        around = cv2.dilate(dropped, grown, borderType=cv2.BORDER_REPLICATE)
        most = ~_blurred(around, window)
    few = _sampled(view.size)
    painted = Painted(
        region,
        *(
            _seen(cells_of(each), view, few) if each else None
            for each in (region.kept, region.dropped)
        ),
    )
    return Placed(painted, least, most)


def seen_rows(region: Region, view: View) -> list[str]:
    """The region as it lies in the picture: like :meth:`Region.rows`, of :func:`canvas`."""
    letters = np.full(canvas(view)[::-1], ord(NEITHER), np.uint8)
    for bits, letter in ((region.kept, KEPT), (region.dropped, DROPPED)):
        letters[_seen(cells_of(bits), view, canvas(view)) > 0] = ord(letter)
    return [row.tobytes().decode("ascii") for row in letters]


def painted_over(before: Region, rows: Sequence[str], view: View) -> Region:
    """The region that lies in the picture like ``rows``; see :func:`seen_rows`.

    What is beside the picture stays as it was ``before``.  Raises ValueError for rows of
    another form, and UsageError as :class:`Region` does, or when more is kept than before
    and it is too much of the picture.
    """
    fresh = _letters(rows, canvas(view))
    share = np.count_nonzero(fresh == ord(KEPT)) / fresh.size
    across, down = _shown(view)
    if view.orientation.exchanges_sides:
        fresh, across, down = fresh.T, down, across
    letters = _letters(before.rows(), Size(COLUMNS, ROWS))
    there = np.ix_(np.flatnonzero(down >= 0), np.flatnonzero(across >= 0))
    letters[there] = fresh[np.ix_(down[down >= 0], across[across >= 0])]
    region = Region(
        before.camera, bits_of(letters == ord(KEPT)), bits_of(letters == ord(DROPPED))
    )
    if region.kept & ~before.kept:
        check_kept(share)
    return region


def canvas(view: View) -> Size:
    """The cells that the picture is painted in: as fine as the camera's, or finer."""
    return view.orientation.size(Size(COLUMNS, ROWS))


def _letters(rows: Sequence[str], size: Size) -> NDArray[np.uint8]:
    if len(rows) != size.height or any(len(row) != size.width for row in rows):
        raise ValueError(f"not {size.height} lines of {size.width} letters")
    if not set("".join(rows)) <= {NEITHER, KEPT, DROPPED}:
        raise ValueError(f"a letter other than {NEITHER}, {KEPT} and {DROPPED}")
    letters = np.frombuffer("".join(rows).encode("ascii"), np.uint8)
    return letters.reshape(size.height, size.width).copy()


def cells_of(bits: int) -> _Cells:
    """A set of cells as an array."""
    packed = np.frombuffer(bits.to_bytes(COLUMNS * ROWS // 8, "big"), np.uint8)
    return np.unpackbits(packed).reshape(ROWS, COLUMNS)


def bits_of(cells: NDArray[np.bool_]) -> int:
    """The inverse of :func:`cells_of`."""
    return int.from_bytes(np.packbits(cells).tobytes(), "big")


def _blurred(plane: MatLike, window: tuple[int, int]) -> Alpha:
    return np.asarray(cv2.blur(plane, window, borderType=cv2.BORDER_REPLICATE), np.uint8)


def _sampled(size: Size) -> Size:
    return Size(min(size.width, SAMPLED.width), min(size.height, SAMPLED.height))


def _seen(cells: _Cells, view: View, at: Size) -> Alpha:
    """255 where a pixel of the picture, resized to ``at``, lies in one of the cells."""
    columns, rows = COLUMNS, ROWS
    if view.orientation.exchanges_sides:
        cells, columns, rows = cells.T, rows, columns
    upright = view.orientation.size(view.camera)
    left, top, size = covering_part(upright, view.size)
    x = (left + (np.arange(at.width) + 0.5) / at.width * size.width) / upright.width
    y = (top + (np.arange(at.height) + 0.5) / at.height * size.height) / upright.height
    if view.orientation.mirrors:
        x = 1 - x
    if view.orientation.flips:
        y = 1 - y
    column = np.minimum((x * columns).astype(np.intp), columns - 1)
    row = np.minimum((y * rows).astype(np.intp), rows - 1)
    return np.ascontiguousarray(cells[np.ix_(row, column)] * np.uint8(255))


def _shown(view: View) -> tuple[_Places, _Places]:
    """Where the middle of each cell of the turned camera is: its column and its row in the
    :func:`canvas`; -1 beside the picture."""
    columns, rows = COLUMNS, ROWS
    if view.orientation.exchanges_sides:
        columns, rows = rows, columns
    upright = view.orientation.size(view.camera)
    left, top, size = covering_part(upright, view.size)
    x, y = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    if view.orientation.mirrors:
        x = 1 - x
    if view.orientation.flips:
        y = 1 - y
    across = (x * upright.width - left) / size.width
    down = (y * upright.height - top) / size.height
    return _places(across, columns), _places(down, rows)


def _places(shares: NDArray[np.float64], count: int) -> _Places:
    found = np.floor(shares * count).astype(np.intp)
    found[(shares < 0) | (shares >= 1)] = -1
    return found
