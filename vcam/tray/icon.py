"""The icon in the tray, drawn for each size: what vcam does, by shape and by colour.

A disc with a person is live, a ring with a person rests, a disc with two bars is paused,
one with a turning arrow loops, a triangle with a mark waits, and a house with a person
inside shows the room.  Every shape has a middle tone and a bright rim around it: one of the
two stands out on any panel.

Shapes are signed distances to their outline, in pixels of the size that is drawn
(negative inside), as in Inigo Quilez, "2D distance functions"; straight edges lie on
whole pixels, so that 16 pixels are as clear as 64.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vcam.tray.model import Mood

SIZES = (16, 22, 24, 32, 48, 64)
"""Sizes that panels ask for, in pixels."""
FINER = 4
"""Samples per pixel, along each side."""

WHITE = 255.0
RIM_OPACITY = 0.9
COLORS = {
    Mood.LIVE: (14, 148, 136),
    Mood.RESTING: (112, 126, 142),
    Mood.PAUSED: (59, 118, 200),
    Mood.LOOPING: (134, 92, 190),
    Mood.WAITING: (204, 120, 0),
    Mood.ROOM: (222, 62, 72),
}
"""RGB colours, each of a contrast of about 3 both to white and to a dark panel."""

Plane = NDArray[np.float64]


def picture(mood: Mood, side_px: int) -> Image.Image:
    """The icon for those who want it from Pillow."""
    return Image.fromarray(draw(mood, side_px))


def argb_icons() -> list[tuple[int, int, list[int]]]:
    """The icon of vcam's windows in all sizes: width, height, 0xAARRGGBB by pixel."""
    icons = []
    for side_px in SIZES:
        red, green, blue, alpha = (
            draw(Mood.LIVE, side_px).astype(np.uint32).reshape(-1, 4).T
        )
        pixels = alpha << 24 | red << 16 | green << 8 | blue
        icons.append((side_px, side_px, pixels.tolist()))
    return icons


@cache
def draw(mood: Mood, side_px: int) -> NDArray[np.uint8]:
    """The icon: RGBA, ``uint8 (side_px, side_px, 4)``, not premultiplied, read-only."""
    n = side_px * FINER
    y, x = (np.mgrid[0:n, 0:n] + 0.5) / FINER
    body, sign = SHAPES[mood](x, y, side_px)
    inside = _covered(body)
    signed = np.minimum(_covered(sign), inside)
    rim = _covered(body - max(1.0, side_px / 20))
    shown = np.maximum(inside, RIM_OPACITY * rim)
    if mood is Mood.RESTING:
        shown -= signed  # a hole: dim on any panel
    tone = (inside - signed)[..., None]
    paint = WHITE * (1 - tone) + np.array(COLORS[mood], np.float64) * tone
    layers = np.dstack([paint * shown[..., None], shown])
    mean = layers.reshape(side_px, FINER, side_px, FINER, 4).mean(axis=(1, 3))
    alpha = mean[..., 3:]
    picture = np.dstack([mean[..., :3] / np.maximum(alpha, 1e-9), alpha * 255])
    result = np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)
    result.setflags(write=False)
    return result


def _live(x: Plane, y: Plane, side: int) -> tuple[Plane, Plane]:
    disc = _disc(x, y, side)
    return disc, np.maximum(_person(x, y, side, 0), disc + side / 16)


def _resting(x: Plane, y: Plane, side: int) -> tuple[Plane, Plane]:
    disc = _disc(x, y, side)
    inner = disc + max(1.6, side / 11)
    person = np.maximum(_person(x, y, side, 0), inner + side / 16)
    return disc, np.maximum(inner, -person)


def _paused(x: Plane, y: Plane, side: int) -> tuple[Plane, Plane]:
    gap, thick, tall = (max(1, round(side * part)) for part in (1 / 16, 1 / 8, 7 / 32))
    across = np.abs(x - side / 2) - gap
    bars = np.maximum(np.abs(across - thick / 2) - thick / 2, np.abs(y - side / 2) - tall)
    return _disc(x, y, side), bars


def _looping(x: Plane, y: Plane, side: int) -> tuple[Plane, Plane]:
    unit, middle = side / 16, side / 2
    ring = np.abs(np.hypot(x - middle, y - middle) - 3.7 * unit) - max(0.8, unit)
    # Open at the upper right, where the arrow's head is.
    cut = np.maximum(middle - x, y - middle + 0.3 * unit)
    ends = [(8, 1.8), (12, 4.3), (8, 6.8)]
    head = _polygon(x, y, [(a * unit, b * unit) for a, b in ends])
    return _disc(x, y, side), np.minimum(np.maximum(ring, -cut), head)


def _waiting(x: Plane, y: Plane, side: int) -> tuple[Plane, Plane]:
    unit = side / 16
    corners = [(8, 2.4), (14.1, 13.4), (1.9, 13.4)]
    triangle = _polygon(x, y, [(a * unit, b * unit) for a, b in corners]) - 1.1 * unit
    half = max(1, round(unit))
    top, foot = round(5 * unit), round(9.6 * unit)
    dot = foot + max(1, round(unit))
    stem = np.abs(y - (top + foot) / 2) - (foot - top) / 2
    stem_or_dot = np.minimum(stem, np.abs(y - dot - half) - half)
    return triangle, np.maximum(np.abs(x - side / 2) - half, stem_or_dot)


def _room(x: Plane, y: Plane, side: int) -> tuple[Plane, Plane]:
    unit = side / 16
    wall, floor = round(3 * unit), side - max(1, round(unit))
    eaves = round(8 * unit)
    corners = [
        (side / 2, 1.4 * unit),
        (side - 1.2 * unit, eaves),
        (side - wall, eaves),
        (side - wall, floor),
        (wall, floor),
        (wall, eaves),
        (1.2 * unit, eaves),
    ]
    house = _polygon(x, y, corners)
    return house, np.maximum(_person(x, y, side, 1.5), house + unit)


SHAPES: dict[Mood, Callable[[Plane, Plane, int], tuple[Plane, Plane]]] = {
    Mood.LIVE: _live,
    Mood.RESTING: _resting,
    Mood.PAUSED: _paused,
    Mood.LOOPING: _looping,
    Mood.WAITING: _waiting,
    Mood.ROOM: _room,
}
"""Functions that draw the body, in its colour, and the sign on it: white, or a hole where
vcam rests."""


def _disc(x: Plane, y: Plane, side: int) -> Plane:
    return np.hypot(x - side / 2, y - side / 2) - (side / 2 - max(1.0, side / 20))


def _person(x: Plane, y: Plane, side: int, lower: float) -> Plane:
    """Head and shoulders, ``lower`` sixteenths further down."""
    unit, middle = side / 16, side / 2
    down = lower * unit
    head = np.hypot(x - middle, y - 5.6 * unit - down) - 2.4 * unit
    top = round(9 * unit + down)
    across, high = (
        np.abs(x - middle) - round(4.2 * unit),
        np.abs(y - top - 6 * unit) - 6 * unit,
    )
    return np.minimum(head, _rounded(across, high, 3.2 * unit))


def _rounded(across: Plane, high: Plane, radius: float) -> Plane:
    """A box, given by the distances to its sides, with round corners."""
    across, high = across + radius, high + radius
    outside = np.hypot(np.maximum(across, 0), np.maximum(high, 0))
    return outside + np.minimum(np.maximum(across, high), 0) - radius


def _polygon(x: Plane, y: Plane, corners: list[tuple[float, float]]) -> Plane:
    distance, inside = np.full_like(x, np.inf), np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / (
            (bx - ax) ** 2 + (by - ay) ** 2
        )
        along = np.clip(along, 0, 1)
        edge = np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
        distance = np.minimum(distance, edge)
        if ay != by:
            crosses = (ay <= y) != (by <= y)
            inside ^= crosses & (x < ax + (y - ay) / (by - ay) * (bx - ax))
    return np.where(inside, -distance, distance)


def _covered(distance: Plane) -> Plane:
    """How much of each sample lies inside: 0 .. 1."""
    return np.clip(0.5 - distance * FINER, 0, 1)
