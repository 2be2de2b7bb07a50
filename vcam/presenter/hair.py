"""Hair: locks of strands that fall from a parting, with single hairs at the edge.

Coordinates are those of the head: (0, 0) between the eyes, x to the right, y down.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.presenter.paint import Canvas, Paint, Plane, Point, curve

_FINER = 2
"""Sub-pixels per pixel, each way, for strands."""
_GRAY = 160.0
"""Steps of the lightness sheet per unit of lightness."""
_DARK = np.array((26, 34, 56), np.float32)
_MIDDLE = np.array((46, 66, 108), np.float32)
_LIGHT = np.array((104, 142, 196), np.float32)

# The guides from the outline inwards to the face, each from the parting to the tip.
_RIGHT: list[list[Point]] = [
    [(-22, -157), (28, -159), (84, -134), (114, -72), (122, 16), (123, 94), (102, 142)],
    [(-22, -154), (26, -153), (78, -126), (108, -68), (115, 18), (117, 98), (94, 150)],
    [(-22, -148), (22, -142), (70, -113), (99, -60), (106, 18), (108, 98), (86, 152)],
    [(-24, -138), (13, -125), (57, -96), (88, -52), (97, 14), (99, 92), (80, 144)],
    [(-28, -124), (2, -108), (42, -80), (77, -42), (88, 6), (90, 74), (78, 126)],
]
_LEFT: list[list[Point]] = [
    [
        (-18, -157),
        (-60, -153),
        (-99, -122),
        (-118, -66),
        (-124, 16),
        (-124, 94),
        (-102, 142),
    ],
    [
        (-19, -154),
        (-58, -147),
        (-93, -115),
        (-111, -62),
        (-117, 18),
        (-118, 98),
        (-94, 150),
    ],
    [
        (-21, -148),
        (-52, -136),
        (-85, -103),
        (-102, -54),
        (-108, 18),
        (-109, 98),
        (-86, 152),
    ],
    [(-25, -138), (-47, -121), (-73, -89), (-91, -46), (-98, 14), (-99, 92), (-80, 144)],
    [(-30, -124), (-43, -107), (-63, -78), (-82, -38), (-90, 6), (-91, 74), (-78, 126)],
]
_BACK: list[Point] = [
    (0, -140), (70, -120), (104, -50), (110, 30), (106, 100), (86, 140), (60, 150),
    (46, 128), (40, 60), (0, 40), (-40, 60), (-46, 128), (-60, 150), (-86, 140),
    (-106, 100), (-110, 30), (-104, -50), (-70, -120),
]  # fmt: skip


class HairBrush:
    """Draws strands on two sheets, one of lightness and one of coverage."""

    def __init__(self, canvas: Canvas, seed: int) -> None:
        self._canvas = canvas
        self._rng = np.random.default_rng(seed)
        shape = (canvas.height * _FINER, canvas.width * _FINER)
        self._shade = np.full(shape, _gray(-0.35), np.uint8)
        self._cover = np.zeros(shape, np.uint8)

    def fill(self, outline: Sequence[Point]) -> None:
        """Fill an area with dark hair, under the strands."""
        at = np.round(self._canvas.pixels(outline, _FINER) * 16).astype(np.int32)
        cv2.fillPoly(self._cover, [at], 255, cv2.LINE_AA, 4)

    def side(
        self, guides: list[list[Point]], locks: int, strands: int, tint: float
    ) -> None:
        """Draw locks between the guides, the outer ones first."""
        smooth = np.array([curve(guide, 8) for guide in guides])
        rng = self._rng
        for lock in range(locks):
            depth = (lock + rng.uniform(-0.3, 0.3)) / locks
            center = _between(smooth, np.array([depth]))
            phase, swing = rng.uniform(0, 2 * np.pi), rng.uniform(2.0, 7.5)
            shade = rng.normal(0, 0.10) + tint
            ends = rng.uniform(0.93, 1.0)
            lines = _between(smooth, depth + rng.normal(0, 0.075, strands))
            along = np.linspace(0, 1, lines.shape[1])
            # The strands of a lock converge towards its tip and wave together.
            lines += (center - lines) * (0.55 * along**2)[:, None]
            lines[..., 0] += swing * along * np.sin(9.0 * along + phase)
            own = rng.uniform(0, 2 * np.pi, (strands, 1))
            lines[..., 0] += 0.8 * along * np.sin(19.0 * along + own)
            shades = shade + rng.normal(0, 0.13, strands)
            lasts = (lines.shape[1] * ends * rng.uniform(0.90, 1.0, strands)).astype(int)
            for line, light, last in zip(lines, shades, lasts, strict=True):
                self._strand(line[:last], float(light))

    def loose(self, guide: list[Point], count: int, out: float) -> None:
        """Draw single thin hairs that leave the outline by up to ``out`` design pixels."""
        smooth = np.array(curve(guide, 8))
        rng = self._rng
        for _ in range(count):
            first = int(rng.uniform(0.02, 0.80) * len(smooth))
            line = smooth[
                first : first + max(6, int(rng.uniform(0.14, 0.34) * len(smooth)))
            ]
            slope = np.gradient(line, axis=0)
            normal = np.stack([slope[:, 1], -slope[:, 0]], axis=1)
            normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-6)[:, None]
            if np.sum(normal.mean(axis=0) * line.mean(axis=0)) < 0:
                normal = -normal
            rise = np.linspace(0, 1, len(line)) ** 1.6 * rng.uniform(-0.1, 1.0) * out
            line = line + normal * (rise + rng.uniform(-2.5, 0.5))[:, None]
            self._veil(line, 0.2 + rng.normal(0, 0.12), rng.uniform(90, 190))

    def sheets(self) -> tuple[Paint, Plane]:
        """The colours and the coverage (0..1), at the size of the canvas."""
        size = (self._canvas.width, self._canvas.height)
        shade = cv2.resize(self._shade, size, interpolation=cv2.INTER_AREA)
        cover = cv2.resize(self._cover, size, interpolation=cv2.INTER_AREA)
        light = (shade.astype(np.float32) - 128) * np.float32(1 / _GRAY)
        return _colored(self._canvas, light), cover.astype(np.float32) * np.float32(1 / 255)

    def _fixed(self, line: NDArray[np.float64]) -> NDArray[np.int32]:
        points = (line - self._canvas.origin) * (self._canvas.scale * _FINER)
        return np.asarray(np.round(points * 16), np.int32)

    def _strand(self, line: NDArray[np.float64], shade: float) -> None:
        fixed = self._fixed(line)
        thick = max(1, round(0.7 * self._canvas.scale * _FINER))
        cv2.polylines(self._shade, [fixed], False, _gray(shade), thick, cv2.LINE_AA, 4)
        cv2.polylines(self._cover, [fixed], False, 255, thick, cv2.LINE_AA, 4)

    def _veil(self, line: NDArray[np.float64], shade: float, cover: float) -> None:
        """Draw a hair thinner than a pixel; it never lightens what is already there."""
        fixed = self._fixed(line)
        cv2.polylines(self._shade, [fixed], False, _gray(shade), 3, cv2.LINE_AA, 4)
        low = np.maximum(fixed.min(axis=0) // 16 - 3, 0)
        high = fixed.max(axis=0) // 16 + 4
        part = self._cover[low[1] : high[1], low[0] : high[0]]
        if part.size:
            hair = np.zeros_like(part)
            moved = np.asarray(fixed - low * 16, np.int32)
            cv2.polylines(hair, [moved], False, cover, 1, cv2.LINE_AA, 4)
            np.maximum(part, hair, out=part)


def _gray(shade: float) -> float:
    return min(255.0, max(0.0, 128 + _GRAY * shade))


def _colored(canvas: Canvas, shade: Plane) -> Paint:
    """The colours of the hair, BGR: light on the crown, dark at the parting and below."""
    x, y = canvas.x, canvas.y
    band = np.exp(-(((y + 104 + 0.10 * x - 0.0045 * x * x) / 32.0) ** 2))
    lower = np.exp(-(((y - 62 + 0.2 * np.abs(x)) / 36.0) ** 2))
    side = 0.52 - 0.0026 * x
    parting = np.exp(-(((x + 22) / 13) ** 2) - ((y + 150) / 34) ** 2)
    # In the light, single hairs stand out.
    light = 0.30 + shade * (0.7 + 0.9 * band + 0.4 * lower)
    light += (0.52 * band + 0.24 * lower) * side + 0.12 * (side - 0.5)
    light -= 0.34 * parting + 0.30 * np.maximum(0, (y - 85) / 60)
    light = np.clip(light, 0, 1.15)[..., None]
    dark = _DARK + (_MIDDLE - _DARK) * (light * 2)
    bright = _MIDDLE + (_LIGHT - _MIDDLE) * (light * 2 - 1)
    return np.where(light < 0.5, dark, bright)


def _between(
    guides: NDArray[np.float64], depth: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Lines (n, points, 2) at the given depths: 0 for the first guide .. 1 for the last."""
    at = np.clip(depth, 0, 1) * (len(guides) - 1)
    low = np.minimum(at.astype(int), len(guides) - 2)
    part = (depth * (len(guides) - 1) - low)[:, None, None]
    return np.asarray(guides[low] + (guides[low + 1] - guides[low]) * part, np.float64)


def paint_front_hair(canvas: Canvas) -> tuple[Paint, Plane]:
    """The hair in front of the face: colours and coverage."""
    brush = HairBrush(canvas, 11)
    for guides in (_RIGHT, _LEFT):
        outer, inner = curve(guides[1], 8), curve(guides[-2], 8)
        brush.fill([*outer, *reversed(inner)])
    brush.loose(_RIGHT[1], 90, 15)
    brush.loose(_LEFT[1], 90, 15)
    brush.side(_LEFT, 16, 90, 0.0)
    brush.side(_RIGHT, 18, 90, 0.0)
    return brush.sheets()


def paint_back_hair(canvas: Canvas) -> tuple[Paint, Plane]:
    """The hair behind the neck, which is dark."""
    brush = HairBrush(canvas, 12)
    brush.fill(curve(_BACK, 8, closed=True))
    for guides in (_RIGHT, _LEFT):
        brush.side(guides[2:], 6, 30, -0.22)
    return brush.sheets()
