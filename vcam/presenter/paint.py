"""The drawing tools that all painted parts share.

A :class:`Canvas` is a rectangle of *design pixels* (the whole picture is 720 of them
high) with a number of real pixels per design pixel.  All painting is in float32; colours
are BGR, 0..255.  A finished part is a :class:`Sprite`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.floating[Any]]
"""float32, (height, width): a mask 0..1, a height, a coordinate."""
Paint: TypeAlias = NDArray[np.floating[Any]]
"""float32, (height, width, 3): BGR 0..255."""
Color: TypeAlias = tuple[float, float, float]
Point: TypeAlias = tuple[float, float]
_FINER = 4
"""Sub-pixels per pixel, each way, for the edge of a filled shape."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A painted part.  Its colours are defined beyond its edge; its alpha is exact."""

    pixels: NDArray[np.uint8]
    """uint8 (height, width, 4): BGR and alpha, not premultiplied.  OpenCV warps four
    channels three times as fast as three and one."""
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

    def part(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple["Canvas", tuple[slice, slice]]:
        """A smaller canvas inside this one, and the rows and columns it takes there."""
        a, b = np.floor(self.pixels([(left, top), (right, bottom)]) + 1e-6).astype(int)
        x0 = min(max(0, int(a[0])), self.width - 2)
        y0 = min(max(0, int(a[1])), self.height - 2)
        x1, y1 = min(self.width, int(b[0]) + 1), min(self.height, int(b[1]) + 1)
        x1, y1 = max(x1, x0 + 2), max(y1, y0 + 2)
        corner = (self.origin[0] + x0 / self.scale, self.origin[1] + y0 / self.scale)
        end = (self.origin[0] + x1 / self.scale, self.origin[1] + y1 / self.scale)
        return Canvas(*corner, *end, self.scale), (slice(y0, y1), slice(x0, x1))

    def pixels(self, points: Sequence[Point], finer: float = 1.0) -> NDArray[np.float64]:
        """Design points to continuous pixel coordinates of this canvas, (n, 2)."""
        return (np.asarray(points, np.float64) - self.origin) * (self.scale * finer)

    def filled(self, outline: Sequence[Point], soft: float = 0.0) -> Plane:
        """The coverage of a closed outline; ``soft`` design pixels blur its edge."""
        points = self.pixels(outline)
        rim = 2 + int(4 * soft * self.scale)
        left, top = np.maximum(np.floor(points.min(axis=0)).astype(int) - rim, 0)
        right, bottom = np.ceil(points.max(axis=0)).astype(int) + rim
        right, bottom = min(int(right), self.width), min(int(bottom), self.height)
        result = np.zeros((self.height, self.width), np.float32)
        if right <= left or bottom <= top:
            return result
        fine = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
        at = np.round(((points - (left, top)) * _FINER - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(fine, [at], 255, cv2.LINE_8, 4)
        small = cv2.resize(fine, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        result[top:bottom, left:right] = self.blurred(
            np.multiply(small, 1 / 255, dtype=np.float32), soft
        )
        return result

    def stroke(
        self,
        points: Sequence[Point],
        thick: float,
        soft: float = 0.0,
        *,
        taper: bool = True,
    ) -> Plane:
        """The coverage of a line through ``points`` that tapers towards its ends."""
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
        """The plane or paint, blurred by ``sigma`` design pixels."""
        if sigma * self.scale < 0.2:
            return plane
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma * self.scale), np.float32)

    def grain(self, seed: int, size: float) -> Plane:
        """Smooth noise around 0, with standard deviation about 1 and spots of ``size``."""
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
        both = np.dstack([paint + 0.5, np.asarray(alpha) * 255 + 0.5])
        pixels = np.asarray(np.clip(both, 0, 255), np.uint8)
        return Sprite(pixels, self.origin, self.scale)


def over(paint: Paint, color: Color | Paint, mask: Plane) -> Paint:
    """``paint`` with ``color`` blended over it by ``mask`` (0..1)."""
    top = np.asarray(color, np.float32)
    return np.asarray(paint + (top - paint) * mask[..., None], np.float32)


def extended(canvas: Canvas, paint: Paint, mask: Plane) -> Paint:
    """``paint`` where ``mask`` is solid; elsewhere the nearest of its colours."""
    solid = np.asarray(mask > 0.98, np.float32)
    result = np.asarray(paint, np.float32)
    done = solid
    for sigma in (1.5, 4.0, 12.0, 40.0):
        weight = canvas.blurred(solid, sigma)
        near = canvas.blurred(np.asarray(paint * solid[..., None], np.float32), sigma)
        spread = near / np.maximum(weight, 1e-4)[..., None]
        result = np.where((done > 0.5)[..., None], result, spread)
        done = np.maximum(done, np.asarray(weight > 0.02, np.float32))
    return result


def curve(points: Sequence[Point], steps: int = 10, *, closed: bool = False) -> list[Point]:
    """A smooth (Catmull-Rom) line through ``points``."""
    p = np.asarray(points, np.float64)
    p = np.concatenate([p[-1:], p, p[:2]] if closed else [p[:1], p, p[-1:]])
    u = np.arange(steps)[:, None] / steps
    powers = np.concatenate([u**0, u, u**2, u**3], axis=1)
    basis = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
    corners = np.stack([p[:-3], p[1:-2], p[2:-1], p[3:]], axis=1)
    line = np.einsum("sk,nkc->nsc", powers @ basis, corners).reshape(-1, 2)
    if not closed:
        line = np.concatenate([line, p[-1:]])
    return [(x, y) for x, y in line.tolist()]


def mirrored(right_half: Sequence[Point], center: float = 0.0) -> list[Point]:
    """A closed outline from its right half, which is given from top to bottom."""
    left = [(2 * center - x, y) for x, y in reversed(right_half) if x != center]
    return [*right_half, *left]


def smoothstep(low: float, high: float, x: Plane) -> Plane:
    """0 below ``low``, 1 above ``high``, smooth in between; reversed if low > high."""
    u = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(u * u * (3 - 2 * u), np.float32)
