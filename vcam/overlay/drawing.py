"""Draws a picture with transparency over another one; only its own boxes are touched."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image, Size

TILE = 64
"""Side in pixels of the tiles that a picture is searched in for what is not transparent."""

Box = tuple[slice, slice]
"""Rows and columns."""
Layer = NDArray[np.float32]
"""(height, width, 4): blue, green and red, already multiplied by opacity, and 255 minus
opacity; 0..255."""


class Overlay:
    """What is drawn over pictures of one size.  Immutable; any thread may use it."""

    def __init__(self, size: Size) -> None:
        self.size = size
        """The size of the pictures that it may be drawn into."""
        self._pieces: list[tuple[Box, Image, Image | None]] = []
        """Where, the multiplied colours, and what is left of the picture below (0..255,
        three channels); ``None`` where nothing is."""

    def add(self, layer: Layer, left: int, top: int) -> None:
        """Put ``layer`` above what is there, its corner at ``left`` and ``top``."""
        both = np.clip(np.rint(layer), 0, 255).astype(np.uint8)
        for rows, columns in _boxes(both[..., 3] < 255):
            colour = np.ascontiguousarray(both[rows, columns, :3])
            rest = np.ascontiguousarray(np.repeat(both[rows, columns, 3:], 3, axis=2))
            where = (
                slice(top + rows.start, top + rows.stop),
                slice(left + columns.start, left + columns.stop),
            )
            self._pieces.append((where, colour, rest if rest.any() else None))

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Where it may change a picture."""
        return tuple(where for where, _, _ in self._pieces)

    def draw(self, image: Image) -> None:
        """Draw it into ``image``, ``uint8 (height, width, 3)`` BGR of its size."""
        for where, colour, rest in self._pieces:
            part = image[where]
            if rest is None:
                np.copyto(part, colour)
            else:
                cv2.multiply(part, rest, part, 1 / 255)
                cv2.add(part, colour, part)


def resized(layer: Layer, size: Size) -> Layer:
    """``layer`` at another size.

    It is multiplied already: the colour of transparent pixels, which is often black, does
    not darken the rim (Porter and Duff, "Compositing digital images", 1984).
    """
    if Size.of(layer) == size:
        return layer
    smaller = size.width < layer.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(layer, tuple(size), interpolation=way), np.float32)


def _boxes(there: NDArray[np.bool_]) -> list[Box]:
    """Rectangles of tiles with something in them, joined along rows and then downward."""
    height, width = there.shape
    growing: dict[tuple[int, int], int] = {}
    done: list[tuple[tuple[int, int], int, int]] = []
    for top in range(0, height, TILE):
        row = np.asarray(there[top : top + TILE].any(axis=0))
        full = [bool(row[x : x + TILE].any()) for x in range(0, width, TILE)]
        edges = np.flatnonzero(np.diff([False, *full, False])) * TILE
        spans = [(int(a), min(int(b), width)) for a, b in edges.reshape(-1, 2)]
        grown = {span: growing.pop(span, top) for span in spans}
        done += [(span, first, top) for span, first in growing.items()]
        growing = grown
    done += [(span, first, height) for span, first in growing.items()]
    return [(slice(first, last), slice(a, b)) for (a, b), first, last in done]
