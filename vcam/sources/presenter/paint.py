"""Paper and pencils: what all the painted parts share.

A :class:`Canvas` is a rectangle of *design pixels* (the whole picture is 720 of them
high) with a number of real pixels per design pixel.  Everything is painted in float32;
colours are BGR, 0..255.  A finished part is a :class:`Sprite`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image

Plane: TypeAlias = NDArray[np.floating[Any]]
"""float32, (height, width): a mask 0..1, a height, a coordinate."""
Paint: TypeAlias = NDArray[np.floating[Any]]
"""float32, (height, width, 3): BGR 0..255."""
Color: TypeAlias = tuple[float, float, float]
Point: TypeAlias = tuple[float, float]
_FINER = 4  # sub-pixels per pixel, each way, for the edge of a filled shape


@dataclass(frozen=True, slots=True)
class Sprite:
    """A painted part: its colours are defined beyond its edge, its alpha is exact."""

    color: Image
    alpha: Alpha
    origin: Point
    """The design coordinates of the top left corner."""
    scale: float
    """Pixels per design pixel."""


class Canvas:
    """A rectangle ``left, top, right, bottom`` of design pixels to paint on."""

    def __init__(self, left: float, top: float, right: float, bottom: float, scale: float):
        self.scale = scale
        self.origin = (left, top)
        self.width = max(2, round((right - left) * scale))
        self.height = max(2, round((bottom - top) * scale))
        across = (np.arange(self.width, dtype=np.float32) + 0.5) / scale + left
        down = (np.arange(self.height, dtype=np.float32) + 0.5) / scale + top
        self.x: Plane
        self.y: Plane
        self.x, self.y = np.meshgrid(across, down)

    def pixels(self, points: Sequence[Point], finer: float = 1.0) -> NDArray[np.float64]:
        """Design points to continuous pixel coordinates of this canvas, (n, 2)."""
        return (np.asarray(points, np.float64) - self.origin) * (self.scale * finer)

    def filled(self, outline: Sequence[Point], soft: float = 0.0) -> Plane:
        """The coverage of a closed outline; ``soft`` blurs its edge, in design pixels."""
        fine = np.zeros((self.height * _FINER, self.width * _FINER), np.uint8)
        at = np.round((self.pixels(outline, _FINER) - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(fine, [at], 255, cv2.LINE_8, 4)
        small = cv2.resize(fine, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return self.blurred(np.multiply(small, 1 / 255, dtype=np.float32), soft)

    def stroke(
        self,
        points: Sequence[Point],
        thick: float,
        soft: float = 0.0,
        *,
        taper: bool = True,
    ) -> Plane:
        """The coverage of a line through ``points``, thinning out towards its ends."""
        line = np.asarray(curve(points, 12), np.float64)
        along = np.linspace(0, 1, len(line))
        half = thick / 2 * (np.sqrt(np.maximum(0, np.sin(np.pi * along))) if taper else 1.0)
        slope = np.gradient(line, axis=0)
        slope /= np.maximum(np.hypot(slope[:, 0], slope[:, 1]), 1e-6)[:, None]
        normal = np.stack([-slope[:, 1], slope[:, 0]], axis=1) * np.reshape(half, (-1, 1))
        both = np.concatenate([line + normal, (line - normal)[::-1]])
        return self.filled([(x, y) for x, y in both], soft)

    def spot(self, x: float, y: float, across: float, down: float | None = None) -> Plane:
        """A Gaussian hill of height 1 with the given standard deviations."""
        down = across if down is None else down
        hill: Plane = np.exp(
            -0.5 * (((self.x - x) / across) ** 2 + ((self.y - y) / down) ** 2)
        )
        return hill

    def blurred(self, plane: Plane, sigma: float) -> Plane:
        """The plane or paint out of focus by ``sigma`` design pixels."""
        if sigma * self.scale < 0.2:
            return plane
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma * self.scale), np.float32)

    def grain(self, seed: int, size: float) -> Plane:
        """Smooth noise around 0 with deviation about 1 and spots of ``size``."""
        shape = (
            max(2, round(self.height / (size * self.scale)) + 2),
            max(2, round(self.width / (size * self.scale)) + 2),
        )
        coarse = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
        fine = cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(fine, np.float32)

    def plain(self, color: Color) -> Paint:
        """The whole canvas in one colour."""
        return np.full((self.height, self.width, 3), color, np.float32)

    def sprite(self, paint: Paint, alpha: Plane) -> Sprite:
        """The finished part."""
        return Sprite(
            np.clip(paint + 0.5, 0, 255).astype(np.uint8),
            np.clip(alpha * 255 + 0.5, 0, 255).astype(np.uint8),
            self.origin,
            self.scale,
        )


def over(paint: Paint, color: Color | Paint, mask: Plane) -> Paint:
    """``paint`` with ``color`` laid over it where ``mask`` (0..1) says."""
    top = np.asarray(color, np.float32)
    return np.asarray(paint + (top - paint) * mask[..., None], np.float32)


def curve(points: Sequence[Point], steps: int = 10, *, closed: bool = False) -> list[Point]:
    """A smooth (Catmull-Rom) line through ``points``."""
    p = [(float(x), float(y)) for x, y in points]
    p = [p[-1], *p, p[0], p[1]] if closed else [p[0], *p, p[-1]]
    line: list[Point] = []
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(p, p[1:], p[2:], p[3:], strict=False):
        for step in range(steps):
            u = step / steps
            v, w = u * u, u * u * u
            weights = (2 * v - u - w, 2 - 5 * v + 3 * w, u + 4 * v - 3 * w, w - v)
            x = sum(k * q for k, q in zip(weights, (ax, bx, cx, dx), strict=True)) / 2
            y = sum(k * q for k, q in zip(weights, (ay, by, cy, dy), strict=True)) / 2
            line.append((x, y))
    return line if closed else [*line, p[-2]]


def mirrored(right_half: Sequence[Point], center: float = 0.0) -> list[Point]:
    """A closed outline from its right half, given from the top down to the bottom."""
    left = [(2 * center - x, y) for x, y in reversed(right_half) if x != center]
    return [*right_half, *left]


def smoothstep(low: float, high: float, x: Plane) -> Plane:
    """0 below ``low``, 1 above ``high``, smooth between; backwards when low > high."""
    u = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(u * u * (3 - 2 * u), np.float32)
