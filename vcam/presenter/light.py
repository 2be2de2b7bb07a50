"""Light on painted shapes: a cool window at the left, a warm room at the right.

A shape is a height towards the viewer in design pixels.  Its slope determines how much
of each light it reflects.
"""

import cv2
import numpy as np

from vcam.presenter.paint import Canvas, Color, Paint, Plane

_KEY = np.array((-0.58, -0.50, 0.64), np.float32)
"""Direction of the window: x, y, towards the viewer."""
_FILL = np.array((0.74, 0.05, 0.67), np.float32)
_KEY_COLOR = np.array((1.00, 0.97, 0.93), np.float32) * 0.68
_FILL_COLOR = np.array((0.62, 0.80, 1.00), np.float32) * 0.27
_SKY = np.array((0.94, 0.93, 0.94), np.float32) * 0.52
SKIN: Color = (0.22, 0.30, 0.52)
"""How far light wraps around into the shadow of skin, per channel; most in red."""
CLOTH: Color = (0.25, 0.25, 0.25)
"""How far light wraps around into the shadow of cloth, per channel."""


def normals(canvas: Canvas, height: Plane) -> tuple[Plane, Plane, Plane]:
    """The normals of the surface: x, y, towards the viewer."""
    z = np.asarray(height, np.float32)
    slope_x = cv2.Sobel(z, cv2.CV_32F, 1, 0, None, 3, canvas.scale / 8)
    slope_y = cv2.Sobel(z, cv2.CV_32F, 0, 1, None, 3, canvas.scale / 8)
    length = np.sqrt(slope_x * slope_x + slope_y * slope_y + 1)
    return -slope_x / length, -slope_y / length, 1 / length


def lit(
    canvas: Canvas,
    albedo: Paint,
    height: Plane,
    creep: Color = CLOTH,
    gloss: float | Plane = 0.0,
    tight: float = 18.0,
) -> Paint:
    """The surface in the light of the office; ``gloss`` (0..1) adds a highlight."""
    nx, ny, nz = normals(canvas, height)
    wrap = np.array(creep, np.float32)
    key = (nx * _KEY[0] + ny * _KEY[1] + nz * _KEY[2])[..., None]
    fill = (nx * _FILL[0] + ny * _FILL[1] + nz * _FILL[2])[..., None]
    light = (
        _KEY_COLOR * np.clip((key + wrap) / (1 + wrap), 0, 1) ** 1.15
        + _FILL_COLOR * np.clip(fill, 0, 1)
        + _SKY * (0.55 - 0.12 * ny + 0.42 * nz)[..., None]
    )
    half = _KEY + np.array((0, 0, 1), np.float32)
    half /= np.linalg.norm(half)
    shine = np.clip(nx * half[0] + ny * half[1] + nz * half[2], 0, 1) ** tight
    lit_paint: Paint = albedo * light + (shine * gloss)[..., None] * _KEY_COLOR * 255
    return lit_paint


def hollows(canvas: Canvas, height: Plane, reach: float, strength: float) -> Plane:
    """The ambient occlusion: a factor around 1, smaller in hollows."""
    depth = canvas.blurred(np.asarray(height, np.float32), reach) - height
    shade: Plane = np.clip(1 - strength * np.maximum(depth, 0) / reach, 0.3, 1)
    return shade


def inflated(canvas: Canvas, mask: Plane, radius: float) -> Plane:
    """A height for a flat outline: round at the edge, flat from ``radius`` inwards."""
    inside = np.asarray(mask > 0.5, np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 5) / canvas.scale
    u = np.clip(depth / radius, 0, 1)
    height: Plane = radius * np.sqrt(np.clip(1 - (1 - u) ** 2, 0, 1))
    return canvas.blurred(np.asarray(height, np.float32), radius * 0.06)
