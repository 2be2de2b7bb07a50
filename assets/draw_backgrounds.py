"""Draws the gallery: ``vcam/backgrounds/gallery/{beach,studio,bookshelf}.jpg``.

Run it from the repository: ``python assets/draw_backgrounds.py``.  The pictures are a
little out of focus, as the room behind a person is.
"""

import itertools
from pathlib import Path

import cv2
import numpy as np

from vcam.presenter.furniture import books, box, plant
from vcam.presenter.paint import Canvas, Paint, Plane, curve, over, smoothstep

_GALLERY = Path(__file__).parents[1] / "vcam" / "backgrounds" / "gallery"
_QUALITY = 90


def main() -> None:
    """Draw all three pictures, 1920x1080."""
    _GALLERY.mkdir(exist_ok=True)
    for name, draw in (("beach", _beach), ("studio", _studio), ("bookshelf", _bookshelf)):
        paint = draw(Canvas(0, 0, 1280, 720, 1.5))
        # A trace of grain, against bands in the gradients.
        paint = paint + np.random.default_rng(1).normal(0, 0.8, paint.shape)
        picture = np.clip(np.rint(paint), 0, 255).astype(np.uint8)
        path = str(_GALLERY / f"{name}.jpg")
        cv2.imwrite(path, picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


def _stops(at: Plane, stops: list[tuple[float, tuple[float, float, float]]]) -> Paint:
    """A gradient through BGR colours at the given places."""
    places = [place for place, _ in stops]
    return np.dstack(
        [np.interp(at, places, [color[i] for _, color in stops]) for i in range(3)]
    )


def _noise(across: Plane, down: Plane, seed: int) -> Plane:
    """Smooth noise of about -1..1 at any coordinates, in four octaves."""
    field = np.random.default_rng(seed).standard_normal((256, 256)).astype(np.float32)
    total = np.zeros_like(across, np.float32)
    for octave in range(4):
        k = 2.0**octave
        x = np.asarray(np.mod(across * k + 17 * octave, 256), np.float32)
        y = np.asarray(np.mod(down * k + 31 * octave, 256), np.float32)
        layer = cv2.remap(field, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP)
        total += np.asarray(layer, np.float32) / np.float32(k)
    return np.asarray(total / 1.6, np.float32)


def _beach(canvas: Canvas) -> Paint:
    """A calm sea after sunset."""
    x, y = canvas.x, canvas.y
    horizon, sun_x = 392.0, 930.0
    sky = _stops(
        y,
        [
            (0, (148, 104, 74)), (130, (176, 138, 116)), (240, (190, 164, 176)),
            (320, (168, 178, 226)), (horizon, (140, 194, 250)),
        ],
    )  # fmt: skip
    glow = np.exp(-(np.hypot((x - sun_x) / 380, (y - horizon + 16) / 190) ** 1.3))
    sky = over(sky, (150, 212, 255), glow * 0.75)
    high = _noise(x / 150, y / 26 + 0.4 * np.sin(x / 300), 5) + 0.5 * _noise(
        x / 60, y / 14, 8
    )
    clouds = (
        smoothstep(0.15, 1.25, high)
        * smoothstep(horizon - 20, 220, y)
        * smoothstep(-60, 120, y)
    )
    lit = _stops(y, [(0, (176, 150, 158)), (200, (176, 170, 226)), (390, (150, 190, 255))])
    sky = over(sky, lit, clouds * 0.75)
    sun = np.hypot(x - sun_x, y - horizon + 26)
    sky = over(sky, (206, 240, 255), smoothstep(30, 25, sun))
    far = horizon - 26 - 15 * _noise(x / 120, x * 0 + 3, 2) - 30 * smoothstep(420, 0, x)
    sky = over(
        sky, (150, 136, 150), smoothstep(-2, 2, y - far) * smoothstep(640, 240, x) * 0.9
    )
    depth = np.maximum(y - horizon, 0.5)
    sea = _stops(
        y,
        [
            (horizon, (158, 186, 226)),
            (430, (160, 158, 168)),
            (520, (132, 116, 104)),
            (640, (104, 88, 70)),
        ],
    )
    waves = _noise(x / (2.2 + depth * 0.30), 900 / (depth + 6), 21)
    sea = sea * (1 + 0.10 * waves * smoothstep(0, 60, depth))[..., None]
    path = np.exp(-(((x - sun_x) / (22 + depth * 0.62)) ** 2))
    glitter = smoothstep(-0.2, 1.0, waves + 0.4 * _noise(x / 9, 1400 / (depth + 8), 4))
    sea = over(
        sea, (170, 218, 255), path * (0.30 + 0.65 * glitter) * smoothstep(0, 14, depth)
    )
    paint = over(sky, sea, smoothstep(-0.8, 0.8, y - horizon))
    return _shore(canvas, paint, sun_x)


def _shore(canvas: Canvas, paint: Paint, sun_x: float) -> Paint:
    x, y = canvas.x, canvas.y
    edge = 600 + 16 * np.sin(x / 260 + 0.6) + 7 * np.sin(x / 94) - 22 * (x - 640) / 640
    sand = _stops(y, [(570, (110, 118, 138)), (640, (96, 118, 150)), (720, (92, 122, 160))])
    wet = np.exp(-(((x - sun_x) / 170) ** 2)) * smoothstep(700, 606, y)
    sand = over(sand, (168, 206, 246), wet * 0.55)
    sand = sand * (1 + 0.03 * _noise(x / 5, y / 2.5, 33))[..., None]
    paint = over(paint, sand, smoothstep(-5, 9, y - edge))
    lace = _noise(x / 26, (y - edge) / 5, 12)
    foam = np.exp(-(((y - edge + 2 + 5 * lace) / 5.0) ** 2))
    paint = over(paint, (226, 226, 236), foam * 0.72)
    second = edge - 52 + 6 * np.sin(x / 150 + 2)
    crest = np.exp(-(((y - second + 3 * lace) / 3.0) ** 2)) * smoothstep(
        -0.5, 0.6, _noise(x / 130, y / 300, 3)
    )
    paint = over(paint, (214, 212, 222), crest * 0.5)
    paint = canvas.blurred(np.asarray(paint, np.float32), 1.7)
    bright = np.asarray(np.maximum(paint - 220, 0), np.float32)
    return paint + 0.6 * canvas.blurred(bright, 30)


def _studio(canvas: Canvas) -> Paint:
    """A warm plaster wall in the light of a tall window."""
    x, y = canvas.x, canvas.y
    paint = canvas.plain((150, 182, 208))
    light = np.exp(-(np.hypot((x - 420) / 780, (y - 220) / 560) ** 2))
    paint = paint * (0.62 + 0.46 * light)[..., None]
    plaster = _noise(x / 120, y / 90, 3) * 2.2 + _noise(x / 26, y / 22, 6) * 1.0
    paint = paint + plaster[..., None]
    panes = np.zeros_like(x)
    for column in range(2):
        for row in range(3):
            left, top = 430 + 172 * column, 20 + 178 * row + 52 * column
            pane = [
                (left, top),
                (left + 152, top + 46),
                (left + 112, top + 200),
                (left - 40, top + 154),
            ]
            panes = np.maximum(panes, canvas.filled(pane, 6 + 2.0 * row))
    panes = panes * (1 - 0.72 * _leaf_shadows(canvas))
    paint = over(paint, (188, 226, 250), panes * 0.62)
    floor = 628.0
    paint = paint * (1 - 0.20 * smoothstep(floor - 90, floor, y))[..., None]
    wood = canvas.plain((84, 122, 164)) * (0.80 + 0.30 * light)[..., None]
    wood = wood + (3 * np.sin(y / 2.2 + 2 * _noise(x / 160, y / 30, 9)))[..., None]
    bench = smoothstep(-0.7, 0.7, y - floor)
    paint = over(paint, wood, bench)
    lip = np.exp(-(((y - floor - 3) / 3.0) ** 2))
    paint = over(paint, (150, 188, 222), lip * 0.5)
    paint = _still_life(canvas, paint, floor)
    paint = canvas.blurred(np.asarray(paint, np.float32), 2.6)
    far = np.hypot((x - 600) / 760, (y - 330) / 470)
    return paint * (1.04 - 0.17 * far**2)[..., None]


def _leaf_shadows(canvas: Canvas) -> Plane:
    rng = np.random.default_rng(14)
    shade = np.zeros_like(canvas.x)
    for stem in range(2):
        foot_x, foot_y, turn = 742 - 150 * stem, 590.0 + 20 * stem, -0.55 + 0.2 * stem
        for i in range(10):
            u = i / 9
            cx, cy = foot_x + 150 * u * np.sin(turn + u), foot_y - 400 * u
            for side in (-1, 1):
                length, tilt = 78 * (1.05 - u) + 26, 0.5 + rng.uniform(-0.1, 0.1)
                tip = (cx + side * length * np.cos(tilt), cy - length * np.sin(tilt))
                middle = ((cx + tip[0]) / 2, (cy + tip[1]) / 2 - 9)
                shade = np.maximum(shade, canvas.stroke([(cx, cy), middle, tip], 13, 0))
    return canvas.blurred(np.asarray(shade, np.float32), 5)


def _still_life(canvas: Canvas, paint: Paint, floor: float) -> Paint:
    """Two vessels at the right and a plant at the left."""
    for x, wide, high, color in (
        (1010, 62, 168, (206, 220, 230)),
        (1112, 52, 92, (88, 122, 178)),
    ):
        ground = np.exp(
            -(((canvas.x - x - 26) / (wide * 1.3)) ** 2) - ((canvas.y - floor - 9) / 7) ** 2
        )
        paint = paint * (1 - 0.5 * ground)[..., None]
        half = [
            (0.30, -1.0),
            (0.26, -0.86),
            (0.62, -0.66),
            (0.98, -0.36),
            (0.80, -0.08),
            (0.56, 0.05),
        ]
        right = curve([(x + wide * u, floor + 8 + high * v) for u, v in half], 10)
        body = canvas.filled(
            [*right, *((2 * x - px, py) for px, py in reversed(right))], 0.7
        )
        u = np.clip((canvas.x - x) / wide, -1, 1)
        glaze = canvas.plain(color) * (0.92 - 0.36 * u - 0.14 * u * u)[..., None]
        paint = over(paint, glaze, body)
    part = Canvas(-30, -44, 1250, 676, 1.5)
    return plant(part, paint)


def _bookshelf(canvas: Canvas) -> Paint:
    """A wall of books in the evening, well out of focus."""
    rng = np.random.default_rng(23)
    x, y = canvas.x, canvas.y
    paint = canvas.plain((40, 62, 88))
    boards = (-30.0, 150.0, 328.0, 506.0, 684.0, 860.0)
    for top, floor in itertools.pairwise(boards):
        for left in (-40.0, 396.0, 832.0):
            back = (
                canvas.plain((38, 58, 84))
                * (0.6 + 0.5 * smoothstep(top, floor, y))[..., None]
            )
            paint = over(paint, back, box(canvas, left + 12, top, left + 436, floor))
            paint = books(canvas, paint, rng, (left + 18, left + 428), (top + 14, floor))
        under = box(canvas, -10, top, 1290, top + 26, 9)
        paint = paint * (1 - 0.55 * under)[..., None]
    for floor in boards:
        paint = over(paint, (70, 108, 150), box(canvas, -10, floor, 1290, floor + 13))
        paint = over(paint, (104, 150, 196), box(canvas, -10, floor, 1290, floor + 2))
    for left in (-40.0, 396.0, 832.0, 1268.0):
        paint = over(paint, (66, 102, 144), box(canvas, left - 2, -10, left + 13, 730))
        paint = (
            paint * (1 - 0.4 * box(canvas, left + 13, -10, left + 26, 730, 6))[..., None]
        )
    light = np.exp(-(np.hypot((x - 250) / 560, (y - 180) / 420) ** 2))
    light += 0.6 * np.exp(-(np.hypot((x - 1130) / 330, (y - 430) / 330) ** 2))
    tone = np.array((0.74, 0.92, 1.08), np.float32)
    paint = paint * tone * (0.44 + 0.72 * light)[..., None]
    paint = canvas.blurred(np.asarray(paint, np.float32), 4.2)
    for i in range(15):
        # Fairy lights, far out of focus.
        px = 50 + 84 * i + rng.uniform(-22, 22)
        py = 112 + 46 * np.sin(px / 150) + rng.uniform(-10, 10)
        r = rng.uniform(9, 15)
        disc = smoothstep(r + 1.5, r - 1.5, np.hypot(x - px, y - py))
        ring = 0.7 + 0.3 * smoothstep(r - 5, r, np.hypot(x - px, y - py))
        paint = paint + (disc * ring)[..., None] * np.array((38, 84, 120), np.float32)
        paint = paint + (canvas.spot(px, py, 40) * 0.10)[..., None] * np.array(
            (60, 140, 220), np.float32
        )
    return paint


if __name__ == "__main__":
    main()
