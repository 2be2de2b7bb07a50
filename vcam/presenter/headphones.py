"""Headphones, worn every other time that the presenter comes back.

Coordinates are those of the head: (0, 0) between the eyes, x to the right, y down.
"""

import numpy as np

from vcam.presenter.light import inflated, lit
from vcam.presenter.paint import Canvas, Color, Paint, Plane, Point, curve, over

_SHELL: Color = (74, 66, 62)
_CUSHION: Color = (44, 40, 40)
_TRIM: Color = (120, 168, 214)
_BAND: list[Point] = [
    (-119, -8), (-123, -66), (-101, -126), (-56, -157), (0, -166), (56, -157),
    (101, -126), (123, -66), (119, -8),
]  # fmt: skip


def paint_headphones(canvas: Canvas) -> tuple[Paint, Plane]:
    """The headphones and their coverage (0..1)."""
    band = canvas.stroke(_BAND, 14, 0.4, taper=False)
    paint = _plastic(canvas, band, 7, _SHELL, 0.35)
    mask = band
    for side in (-1, 1):
        for x, across, down, color in (
            (108, 17, 35, _CUSHION),
            (121, 17, 39, _SHELL),
            (131, 8, 25, _TRIM),
        ):
            oval = _oval(canvas, side * x, 18, across, down)
            part = _plastic(canvas, oval, across * 0.8, color, 0.30)
            paint = over(paint, part, oval)
            mask = np.maximum(mask, oval)
    return paint, mask


def _oval(canvas: Canvas, x: float, y: float, across: float, down: float) -> Plane:
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = [
        (x + across * c, y + down * s)
        for c, s in zip(np.cos(turn), np.sin(turn), strict=True)
    ]
    return canvas.filled(curve(rim, 4, closed=True), 0.4)


def _plastic(
    canvas: Canvas, mask: Plane, radius: float, color: Color, gloss: float
) -> Paint:
    height = canvas.blurred(inflated(canvas, mask, radius), 1.2)
    return lit(canvas, canvas.plain(color), height, gloss=gloss, tight=9)
