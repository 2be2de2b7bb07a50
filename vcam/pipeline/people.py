"""Who is in a mask, and where: what framing needs to know."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.bool_]
"""A mask of people, small: ``True`` where somebody is."""

NOBODY: Final = 0.01
"""Share of the frame below which there is no person."""
LEAST: Final = 0.3
"""Share of the largest person below which somebody is no person of their own, but an arm."""
VALLEY: Final = 0.2
"""Share of a height by which an outline must fall between two heads."""
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
    found = sorted(_parts(cells), key=lambda part: part[0])
    largest = max((np.count_nonzero(part) for _, _, part in found), default=0)
    if largest < NOBODY * cells.size:
        return []
    return [
        _measured(left, top, part, cells.shape)
        for left, top, part in found
        if np.count_nonzero(part) >= LEAST * largest
    ]


def _parts(cells: Cells) -> Iterator[tuple[int, int, Cells]]:
    """The parts of the mask that may be people: left column, top row, and cells."""
    given = np.ascontiguousarray(cells).view(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(given, connectivity=4)
    for label in range(1, count):
        left, top, width, height, area = (int(each) for each in boxes[label])
        if area >= LEAST * NOBODY * cells.size:
            part = labels[top : top + height, left : left + width] == label
            for first, last in _heads(part, 0, width):
                yield left + first, top, part[:, first:last]


def _heads(part: Cells, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut people who touch each other apart, at the lowest place between two heads.

    Neither side may be as small as an arm.
    """
    outline = np.asarray(part[:, first:last])
    heights = len(part) - outline.argmax(axis=0)
    weights = np.cumsum(np.count_nonzero(outline, axis=0))
    lower = np.minimum(
        np.maximum.accumulate(heights), np.maximum.accumulate(heights[::-1])[::-1]
    )
    valley = (lower - heights) / lower
    smaller = np.minimum(weights, weights[-1] - weights)
    valley[smaller < LEAST / (1 + LEAST) * weights[-1]] = 0
    deepest = int(valley.argmax())
    if valley[deepest] < VALLEY:
        yield first, last
        return
    # The valley's middle, if it is flat.
    same = np.flatnonzero(valley >= valley[deepest])
    deepest = first + int(same[len(same) // 2])
    yield from _heads(part, first, deepest)
    yield from _heads(part, deepest, last)


def _measured(left: int, top: int, part: Cells, shape: tuple[int, ...]) -> Person:
    """Where this person is in a mask of ``shape``.

    It is found from the median and the quartiles of the columns.  The height of a column is
    capped, so that a raised arm counts little.
    """
    height, width = shape
    columns = np.cumsum(np.minimum(np.count_nonzero(part, axis=0), TALL * height))
    first, middle, last = np.interp(
        np.array([0.25, 0.5, 0.75]) * columns[-1],
        columns,
        np.arange(1, part.shape[1] + 1),
    )
    reach = max(1.0, 0.4 * (last - first))
    inner = part[:, max(0, int(middle - reach)) : int(middle + reach) + 1]
    row = int((2 * np.count_nonzero(inner, axis=1) > inner.shape[1]).argmax())
    widths = np.count_nonzero(part[row:], axis=1)
    # A head's middle is about half as far down as it is wide.
    head_row = int((2 * np.arange(1, len(widths) + 1) >= widths).argmax())
    return Person(
        middle=float(left + middle) / width,
        span=float(last - first) / width,
        top=(top + row) / height,
        head=float(widths[head_row]) / width,
    )
