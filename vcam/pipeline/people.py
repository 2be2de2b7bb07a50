"""Who is in a mask, and where: what framing needs to know."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.bool_]
"""A mask of people, small: ``True`` where somebody is."""
Row = NDArray[np.int64]
"""A number for each column."""

NOBODY: Final = 0.01
"""Share of the frame below which there is no person."""
LEAST: Final = 0.3
"""Share of the largest person below which somebody is no person of their own."""
VALLEY: Final = 0.2
"""Share of a height by which an outline must fall between two heads."""
ARM: Final = 0.4
"""Share of the other head's width below which what is beside a valley is an arm."""
LEAN: Final = 0.5
"""How far beside the middle of a person the head is looked for, in its reach."""
TALL: Final = 0.3
"""Share of the frame's height above which a taller column of the mask counts no more."""


class Person(NamedTuple):
    """Where somebody is, in shares of the frame's width, and for ``top`` its height."""

    middle: float
    span: float
    """How wide the middle half of the person is."""
    top: float
    """Where the head begins."""
    head: float
    """How wide the head is, with its hair."""


def people(cells: Cells) -> list[Person]:
    """Everybody in the mask, from left to right."""
    weights = np.count_nonzero(cells, axis=0)
    if weights.sum() < NOBODY * cells.size:
        return []
    rows = len(cells) - cells.argmax(axis=0)
    heights = np.where(weights > 0, rows, 0)
    parts = list(_parts(heights, weights, 0, len(weights)))
    masses = [int(weights[first:last].sum()) for first, last in parts]
    return [
        _measured(cells[:, first:last], first, cells.shape[1])
        for (first, last), mass in zip(parts, masses, strict=True)
        if mass >= LEAST * max(masses)
    ]


def _parts(heights: Row, weights: Row, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The columns of each of the people between two columns.

    People are divided in the lowest place between two heads, which is empty if they do not
    touch.  A head may be apart from its body, so it is not asked what is connected.
    """
    border = _border(heights[first:last], weights[first:last])
    if border is None:
        yield first, last
        return
    yield from _parts(heights, weights, first, first + border)
    yield from _parts(heights, weights, first + border, last)


def _border(heights: Row, weights: Row) -> int | None:
    """The best column to divide these people in, ``None`` for one person."""
    before = np.cumsum(weights)
    left = np.maximum.accumulate(heights)
    right = np.maximum.accumulate(heights[::-1])[::-1]
    depth = 1 - heights / np.maximum(np.minimum(left, right), 1)
    depth[np.minimum(before, before[-1] - before) < LEAST / (1 + LEAST) * before[-1]] = 0
    while (deepest := depth.max()) >= VALLEY:
        # The middle of a valley that is flat.
        flat = np.flatnonzero(depth == deepest)
        border = int(flat[len(flat) // 2])
        one, other = (
            np.count_nonzero(2 * side >= heights[border] + side.max())
            for side in (heights[:border], heights[border:])
        )
        if min(one, other) >= ARM * max(one, other):
            return border
        shallow = np.flatnonzero(depth < VALLEY)
        where = int(np.searchsorted(shallow, border))
        depth[shallow[where - 1] : shallow[where]] = 0
    return None


def _measured(part: Cells, left: int, width: int) -> Person:
    """Where the person in these columns of a mask is.

    It is found from the median and the quartiles of the columns.  The height of a column is
    capped, so that a raised arm counts little.
    """
    height = len(part)
    columns = np.cumsum(np.minimum(np.count_nonzero(part, axis=0), TALL * height))
    first, middle, last = np.interp(
        np.array([0.25, 0.5, 0.75]) * columns[-1],
        columns,
        np.arange(1, part.shape[1] + 1),
    )
    reach = max(1.0, 0.4 * (last - first))
    # Whoever leans, or sits askew, has the head beside the middle.
    row = min(_top(part, middle + aside * reach, reach) for aside in (-LEAN, 0, LEAN))
    widths = np.count_nonzero(part[row:], axis=1)
    # A head's middle is about half as far down as it is wide.
    head_row = int((2 * np.arange(1, len(widths) + 1) >= widths).argmax())
    return Person(
        middle=float(left + middle) / width,
        span=float(last - first) / width,
        top=row / height,
        head=float(widths[head_row]) / width,
    )


def _top(part: Cells, middle: float, reach: float) -> int:
    """The first row that is mostly filled around ``middle``; without one, the last."""
    inner = part[:, max(0, int(middle - reach)) : int(middle + reach) + 1]
    filled = 2 * np.count_nonzero(inner, axis=1) > inner.shape[1]
    return int(filled.argmax()) if filled.any() else len(part) - 1
