"""The skin of the head: the height of every point, and its colours.

Coordinates are those of the head: (0, 0) between the eyes, x to the right, y down.
"""

import numpy as np

from vcam.presenter.light import SKIN, hollows, lit
from vcam.presenter.paint import (
    Canvas,
    Paint,
    Plane,
    Point,
    curve,
    extended,
    mirrored,
    over,
    smoothstep,
)

_RIGHT_HALF: list[Point] = [
    (0, -134), (42, -129), (73, -106), (88, -68), (91, -24), (87, 18), (79, 54),
    (64, 88), (42, 113), (20, 126), (0, 129),
]  # fmt: skip
_SKIN = (164, 194, 240)
_DEPTH = 92.0


def face_outline() -> list[Point]:
    """The edge of the face."""
    return curve(mirrored(_RIGHT_HALF), 12, closed=True)


def face_height(canvas: Canvas) -> Plane:
    """The face's height towards the viewer, in design pixels; 0 at its edge and beyond."""
    outline = np.array(face_outline(), np.float64)
    angle = np.arctan2(outline[:, 1], outline[:, 0])
    order = np.argsort(angle)
    radius = np.hypot(outline[:, 0], outline[:, 1])
    here = np.arctan2(canvas.y, canvas.x)
    edge = np.interp(here, angle[order], radius[order], period=2 * np.pi)
    rho = np.clip(np.hypot(canvas.x, canvas.y) / edge, 0, 1)
    z: Plane = _DEPTH * np.sqrt(np.clip(1 - rho**2.5, 0, 1))
    both = np.abs(canvas.x)

    def hill(x: float, y: float, across: float, down: float, high: float) -> Plane:
        bump: Plane = high * np.exp(
            -0.5 * (((both - x) / across) ** 2 + ((canvas.y - y) / down) ** 2)
        )
        return bump

    z = z + hill(34, -24, 26, 9, 4.5) + hill(0, -60, 50, 26, 3)
    z = z + hill(37, 2, 20, 13, -8.5) + hill(38, 2, 13, 8, 5.5)
    z = z + hill(13, -2, 8, 14, -2.0)
    z = z + hill(50, 38, 22, 18, 7.0) + hill(80, 66, 20, 24, -5.0)
    z = z + hill(0, 74, 30, 22, 6.0) + hill(0, 108, 18, 11, 6.5) + hill(0, 98, 20, 4, -2.0)
    z = z + hill(0, 61, 3.5, 6, -1.6)
    along = np.clip((canvas.y + 22) / 64, 0, 1)
    ridge = (4 + 13 * along**1.3) * smoothstep(-30, -4, canvas.y)
    wide = 7.0 + 4.5 * along**2
    nose = ridge * np.exp(-0.5 * (canvas.x / wide) ** 2)
    nose = nose + hill(0, 40, 9.5, 8.5, 6.5) + hill(13, 44, 5.5, 6, 5.5)
    nose = nose * smoothstep(60, 43.5, canvas.y)
    fold = np.exp(-0.5 * ((both - 24 - (canvas.y - 44) * 0.42) / 3.0) ** 2)
    fold = fold * np.exp(-0.5 * ((canvas.y - 60) / 11) ** 2)
    return canvas.blurred(np.asarray(z + nose - 0.9 * fold, np.float32), 1.1)


def paint_face(canvas: Canvas, height: Plane) -> tuple[Paint, Plane]:
    """The skin with nose, cheeks and closed eye sockets, and its coverage (0..1)."""
    mask = canvas.filled(face_outline(), 0.4)
    both = np.abs(canvas.x)
    skin = canvas.plain(_SKIN)

    def blush(
        color: tuple[float, float, float], x: float, y: float, a: float, b: float, k: float
    ) -> None:
        nonlocal skin
        spot = np.exp(-0.5 * (((both - x) / a) ** 2 + ((canvas.y - y) / b) ** 2))
        skin = over(skin, color, spot * k)

    blush((118, 132, 226), 50, 40, 24, 17, 0.42)
    blush((116, 130, 222), 0, 41, 15, 11, 0.34)
    blush((126, 150, 220), 0, 112, 22, 13, 0.22)
    blush((120, 140, 196), 38, 3, 21, 12, 0.42)
    blush((150, 190, 240), 0, -60, 48, 26, 0.25)
    grain = (
        canvas.grain(5, 1.6) * 0.8 + canvas.grain(6, 7) * 1.4 + canvas.grain(7, 22) * 1.8
    )
    skin = skin + grain[..., None] * np.array((1.0, 1.0, 0.7), np.float32)
    gloss = 0.05 + 0.10 * np.exp(-0.5 * ((canvas.x / 8) ** 2 + ((canvas.y - 34) / 16) ** 2))
    gloss = gloss + 0.05 * np.exp(
        -0.5 * (((both - 50) / 20) ** 2 + ((canvas.y - 28) / 12) ** 2)
    )
    paint = lit(canvas, skin, height, SKIN, gloss, 14)
    shade = hollows(canvas, height, 9, 0.9)
    tinted = np.stack([shade**1.25, shade**1.15, shade**0.85], axis=-1)
    paint = paint * tinted
    for side in (-1, 1):
        nostril = canvas.stroke(
            [(side * 4, 50), (side * 8, 48.2), (side * 12.5, 49.6)], 4.2, 0.9
        )
        paint = over(paint, (34, 38, 84), nostril * 0.75)
        wing = canvas.stroke(
            [(side * 18, 37), (side * 21.5, 43.5), (side * 18.5, 50)], 2.2, 1.2
        )
        paint = over(paint, (74, 92, 160), wing * 0.5)
    under = canvas.stroke([(-13, 52.5), (0, 55), (13, 52.5)], 4.5, 2.0)
    paint = over(paint, (78, 96, 164), under * 0.3)
    inside = np.asarray(canvas.blurred(mask, 2.0) > 0.97, np.float32)
    return extended(canvas, paint, inside), mask
