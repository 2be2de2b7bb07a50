"""The room behind the presenter: a drawn office in daylight, slightly out of focus."""

from functools import lru_cache

import cv2
import numpy as np

from vcam.frames import Image, Size
from vcam.presenter.furniture import bookshelf, lamp, plant, sideboard, window
from vcam.presenter.paint import Canvas, Paint, over, smoothstep

_DEFOCUS = 2.2
"""Blur of the room, in design pixels."""


def paint_office(size: Size) -> Image:
    """The office, BGR uint8 (height, width, 3)."""
    return covering(_painted(), size)


@lru_cache(maxsize=1)
def _painted() -> Image:
    canvas = Canvas(0, 0, 1280, 720, 1.0)
    paint = _wall(canvas)
    for thing, left, top, right, bottom in (
        (window, 0, 0, 410, 600),
        (_picture, 760, 60, 950, 280),
        (bookshelf, 840, 0, 1279, 719),
        (sideboard, 0, 550, 480, 719),
        (plant, 54, 300, 330, 630),
        (lamp, 0, 220, 400, 680),
    ):
        part, where = canvas.part(left, top, right, bottom)
        paint[where] = thing(part, paint[where])
    paint = _lens(canvas, paint)
    return np.asarray(np.clip(paint, 0, 255), np.uint8)


def covering(picture: Image, size: Size) -> Image:
    """The middle of ``picture`` (BGR uint8), scaled to fill a frame of ``size``."""
    height, width = picture.shape[:2]
    zoom = max(size.width / width, size.height / height)
    wide, high = (
        max(size.width, round(width * zoom)),
        max(size.height, round(height * zoom)),
    )
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    large = np.asarray(cv2.resize(picture, (wide, high), interpolation=how), np.uint8)
    x, y = (wide - size.width) // 2, (high - size.height) // 2
    return large[y : y + size.height, x : x + size.width].copy()


def _wall(canvas: Canvas) -> Paint:
    paint = canvas.plain((172, 194, 208))
    daylight = np.exp(-(np.hypot((canvas.x - 250) / 620, (canvas.y - 240) / 480) ** 2))
    paint = paint * (0.66 + 0.40 * daylight)[..., None]
    warm = np.exp(-(np.hypot((canvas.x - 860) / 330, (canvas.y - 300) / 330) ** 2))
    paint = paint + (warm * 20)[..., None] * np.array((0.35, 0.75, 1.1), np.float32)
    # Sun through the window, in two panes on the wall.
    for left in (478, 590):
        pane = canvas.filled(
            [(left, 64), (left + 92, 92), (left + 6, 430), (left - 86, 396)], 9
        )
        paint = over(paint, (196, 228, 246), pane * 0.34)
    plaster = 1.4 * canvas.grain(51, 3) + 1.6 * canvas.grain(52, 60)
    paint = paint + plaster[..., None]
    below = smoothstep(560, 720, canvas.y)
    return paint * (1 - 0.16 * below)[..., None]


def _picture(canvas: Canvas, paint: Paint) -> Paint:
    """A framed landscape on the wall, to the right of the head."""
    box = [(792.0, 84.0), (912.0, 84.0), (912.0, 236.0), (792.0, 236.0)]
    shadow = canvas.filled([(x + 8, y + 12) for x, y in box], 8)
    paint = paint * (1 - 0.30 * shadow)[..., None]
    paint = over(paint, (44, 66, 92), canvas.filled(box, 0.5))
    paint = over(
        paint,
        (214, 226, 232),
        canvas.filled([(799, 91), (905, 91), (905, 229), (799, 229)]),
    )
    inner = canvas.filled([(816, 110), (888, 110), (888, 210), (816, 210)])
    sky = canvas.plain((206, 196, 168))
    sky = over(sky, (150, 196, 236), smoothstep(118, 168, canvas.y))
    for height, color in (
        (158, (150, 142, 118)),
        (176, (112, 116, 84)),
        (192, (70, 88, 62)),
    ):
        hill = height + 8 * np.sin(canvas.x / 13 + height) + 4 * np.sin(canvas.x / 5.5)
        sky = over(sky, color, smoothstep(-2, 2, canvas.y - hill))
    sky = over(sky, (190, 222, 250), canvas.spot(866, 140, 6))
    return over(paint, sky, inner)


def _lens(canvas: Canvas, paint: Paint) -> Paint:
    """Add defocus, the glow of the window and a vignette."""
    paint = canvas.blurred(paint, _DEFOCUS)
    bright = np.asarray(np.maximum(paint - 205, 0), np.float32)
    tiny = cv2.resize(bright, (320, 180), interpolation=cv2.INTER_AREA)
    glow = cv2.resize(cv2.GaussianBlur(tiny, (0, 0), 6.5), (canvas.width, canvas.height))
    paint = paint + np.float32(0.9) * glow
    far = np.hypot((canvas.x - 640) / 640, (canvas.y - 340) / 380)
    return paint * (1.03 - 0.13 * far**2)[..., None]
