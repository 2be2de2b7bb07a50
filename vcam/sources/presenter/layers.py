"""The person put together from sprites, with colours and alpha in step."""

from math import cos, radians, sin
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image
from vcam.sources.presenter.paint import Sprite

Matrix: TypeAlias = NDArray[np.float64]
"""(3, 3): where a point (x, y, 1) goes."""


class Layers:
    """The person as it is put together, from back to front."""

    def __init__(self, foreground: Image, alpha: Alpha) -> None:
        self._foreground = foreground
        self._alpha = alpha
        self._touched: tuple[int, int, int, int] | None = None

    @property
    def touched(self) -> tuple[slice, slice] | None:
        """Rows and columns outside of which nobody is."""
        if self._touched is None:
            return None
        left, top, right, bottom = self._touched
        return slice(top, bottom), slice(left, right)

    def add(
        self, sprite: Sprite, placing: Matrix, bend: NDArray[np.float32] | None = None
    ) -> None:
        """Lay a sprite, moved by ``placing`` (design coordinates to picture pixels), over.

        ``bend``, if given, is float32 (h, w, 2) of the sprite's size: for each of its
        pixels, which pixel of it to show there.
        """
        h, w = sprite.alpha.shape
        pixels = (
            move(-0.5, -0.5)
            @ placing
            @ move(*sprite.origin)
            @ zoom(1 / sprite.scale)
            @ move(0.5, 0.5)
        )
        corners = pixels[:2, :2] @ np.array([[0, w, w, 0], [0, 0, h, h]]) + pixels[:2, 2:]
        height, width = self._alpha.shape
        left, top = np.maximum(0, np.floor(corners.min(axis=1))).astype(int)
        right, bottom = np.minimum(
            (width, height), np.ceil(corners.max(axis=1)) + 1
        ).astype(int)
        if right <= left or bottom <= top:
            return
        matrix = (move(-left, -top) @ pixels)[:2]
        size = (int(right - left), int(bottom - top))
        if bend is None:
            color, cover = (
                cv2.warpAffine(
                    part,
                    matrix,
                    size,
                    flags=cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                )
                for part in (sprite.color, sprite.alpha)
            )
        else:
            where = cv2.warpAffine(
                bend, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            across, down = cv2.split(where)
            color, cover = (
                cv2.remap(
                    part, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
                )
                for part in (sprite.color, sprite.alpha)
            )
        region = slice(top, bottom), slice(left, right)
        self._merge(region, np.asarray(color, np.uint8), np.asarray(cover, np.uint8))
        old = self._touched or (left, top, right, bottom)
        self._touched = (
            int(min(old[0], left)),
            int(min(old[1], top)),
            int(max(old[2], right)),
            int(max(old[3], bottom)),
        )

    def _merge(self, region: tuple[slice, slice], color: Image, cover: Alpha) -> None:
        below, under = self._foreground[region], self._alpha[region]
        top = cover.astype(np.float32)
        both = top + under.astype(np.float32) * (1 - top * np.float32(1 / 255))
        # The colour of "top over below" as a straight colour; where nobody was before,
        # the new part brings its own extension.
        share = np.where(
            under == 0, np.float32(1), top / np.maximum(both, np.float32(1e-3))
        )
        below[:] = cv2.blendLinear(color, below, share, 1 - share)
        under[:] = np.rint(both)


def move(x: float, y: float) -> Matrix:
    """Shift everything."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def zoom(across: float, down: float | None = None) -> Matrix:
    """Stretch about the origin."""
    return np.diag([across, across if down is None else down, 1.0])


def rotate(degrees: float) -> Matrix:
    """Turn about the origin, clockwise as we see it."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float64)
