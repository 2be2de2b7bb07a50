"""Composes the person from sprites, both colours and alpha."""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image
from vcam.presenter.paint import Sprite

Matrix: TypeAlias = NDArray[np.float64]
"""(3, 3): a transformation of points (x, y, 1)."""
_COARSE = 4
"""Picture pixels per step of a bend."""


@dataclass(frozen=True, slots=True)
class Bend:
    """The distortion of a sprite before it is placed."""

    field: NDArray[np.float32]
    """float32 (h, w, 2), over the area of the sprite: the offset, to the right and down in
    design pixels, of the point to show here."""
    scale: float
    """Pixels of ``field`` per design pixel; a coarse field is enough."""


class Layers:
    """The person, composed from back to front."""

    def __init__(self, foreground: Image, alpha: Alpha) -> None:
        self._foreground = foreground
        self._alpha = alpha
        self._touched: tuple[int, int, int, int] | None = None

    @property
    def touched(self) -> tuple[slice, slice] | None:
        """The rows and columns that contain the person, or ``None``."""
        if self._touched is None:
            return None
        left, top, right, bottom = self._touched
        return slice(top, bottom), slice(left, right)

    def add(self, sprite: Sprite, placing: Matrix, bend: Bend | None = None) -> None:
        """Draw a sprite on top; ``placing`` maps design coordinates to picture pixels."""
        h, w = sprite.pixels.shape[:2]
        exact = placing @ move(*sprite.origin) @ zoom(1 / sprite.scale)
        corners = exact[:2, :2] @ np.array([[0, w, w, 0], [0, 0, h, h]]) + exact[:2, 2:]
        height, width = self._alpha.shape
        left, top = np.maximum(0, np.floor(corners.min(axis=1))).astype(int).tolist()
        right, bottom = np.ceil(corners.max(axis=1)).astype(int).tolist()
        right, bottom = min(width, right), min(height, bottom)
        if right <= left or bottom <= top:
            return
        size = (right - left, bottom - top)
        here = move(-left, -top) @ exact
        if bend is None:
            color, cover = _placed(sprite, here, size)
        else:
            field = here @ zoom(sprite.scale / bend.scale)
            color, cover = _placed_bent(sprite, here, size, bend, field)
        region = slice(top, bottom), slice(left, right)
        old = self._touched
        if old is None:
            self._foreground[region], self._alpha[region] = color, cover
            self._touched = (left, top, right, bottom)
            return
        self._merge(region, color, cover)
        self._touched = (
            min(old[0], left),
            min(old[1], top),
            max(old[2], right),
            max(old[3], bottom),
        )

    def _merge(self, region: tuple[slice, slice], color: Image, cover: Alpha) -> None:
        """Blend ``color`` over what is there, as a straight colour, and unite the alphas.

        Where nothing was drawn before, the new part's colours beyond its edge are used.
        """
        below, under = self._foreground[region], self._alpha[region]
        solid, free = cv2.inRange(cover, 255, 255), cv2.inRange(under, 0, 0)
        alone = cv2.max(solid, free)
        mixed = _where(cv2.bitwise_and(cv2.bitwise_not(alone), cv2.inRange(cover, 1, 254)))
        top = cover[mixed].astype(np.float32)
        both = top + under[mixed] * (1 - top * np.float32(1 / 255))
        share = (top / both)[:, None]
        blended = below[mixed] + (color[mixed].astype(np.float32) - below[mixed]) * share
        cv2.copyTo(color, alone, below)
        cv2.max(cover, under, under)
        below[mixed] = np.rint(blended)
        under[mixed] = np.rint(both)


def compose(image: Image, foreground: Image, alpha: Alpha) -> None:
    """Paint the foreground over the image, in place, to within half a grey level."""
    cv2.copyTo(foreground, cv2.inRange(alpha, 255, 255), image)
    soft = _where(cv2.inRange(alpha, 1, 254))
    share = (alpha[soft].astype(np.float32) * np.float32(1 / 255))[:, None]
    behind = image[soft].astype(np.float32)
    image[soft] = np.rint(behind + (foreground[soft] - behind) * share)


def _where(mask: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The rows and columns of the pixels that are not 0."""
    found = cv2.findNonZero(mask)
    points = np.zeros((0, 2), np.int32) if found is None else np.asarray(found, np.int32)
    points = points.reshape(-1, 2)
    return points[:, 1], points[:, 0]


def _placed(sprite: Sprite, here: Matrix, size: tuple[int, int]) -> tuple[Image, Alpha]:
    pixels = cv2.warpAffine(
        sprite.pixels,
        _indexed(here),
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _parted(pixels)


def _placed_bent(
    sprite: Sprite, here: Matrix, size: tuple[int, int], bend: Bend, field: Matrix
) -> tuple[Image, Alpha]:
    coarse = (size[0] // _COARSE + 2, size[1] // _COARSE + 2)
    off = cv2.warpAffine(
        bend.field * np.float32(sprite.scale),
        _indexed(zoom(1 / _COARSE) @ field),
        coarse,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    fine = (coarse[0] * _COARSE, coarse[1] * _COARSE)
    off = cv2.resize(off, fine, interpolation=cv2.INTER_LINEAR)[: size[1], : size[0]]
    (a, b, c), (d, e, f), _ = np.linalg.inv(move(-0.5, -0.5) @ here @ move(0.5, 0.5))
    i = np.arange(size[0], dtype=np.float32)
    j = np.arange(size[1], dtype=np.float32)[:, None]
    across = off[..., 0] + np.float32(a) * i + (np.float32(b) * j + np.float32(c))
    down = off[..., 1] + np.float32(d) * i + (np.float32(e) * j + np.float32(f))
    how = cv2.INTER_LINEAR
    pixels = cv2.remap(sprite.pixels, across, down, how, borderMode=cv2.BORDER_REPLICATE)
    return _parted(pixels)


def _parted(pixels: NDArray[Any]) -> tuple[Image, Alpha]:
    color, cover = cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), cv2.extractChannel(pixels, 3)
    return np.asarray(color, np.uint8), np.asarray(cover, np.uint8)


def _indexed(matrix: Matrix) -> Matrix:
    """The matrix for OpenCV, whose pixel 0 has its centre at 0; ours has it at 0.5."""
    return (move(-0.5, -0.5) @ matrix @ move(0.5, 0.5))[:2]


def move(x: float, y: float) -> Matrix:
    """A translation."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def zoom(across: float, down: float | None = None) -> Matrix:
    """A scaling about the origin."""
    return np.diag([across, across if down is None else down, 1.0])


def rotate(degrees: float) -> Matrix:
    """A rotation about the origin, clockwise as seen by the viewer."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float64)
