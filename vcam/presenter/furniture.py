"""The things in the office: a window, a bookshelf, a sideboard, a plant and a lamp."""

import itertools

import numpy as np

from vcam.presenter.paint import (
    Canvas,
    Color,
    Paint,
    Plane,
    Point,
    curve,
    over,
    smoothstep,
)

_BOOKS: list[Color] = [
    (58, 74, 150), (110, 84, 52), (66, 112, 76), (60, 130, 190), (176, 186, 196),
    (96, 62, 70), (120, 128, 74), (48, 58, 88), (150, 170, 206), (84, 94, 168),
    (126, 110, 96), (70, 150, 200), (54, 64, 52),
]  # fmt: skip
_WOOD: Color = (66, 104, 148)


def box(
    canvas: Canvas, left: float, top: float, right: float, bottom: float, soft: float = 0.5
) -> Plane:
    """An upright rectangle."""
    return canvas.filled([(left, top), (right, top), (right, bottom), (left, bottom)], soft)


def window(canvas: Canvas, paint: Paint) -> Paint:
    """A window with daylight, a distant city, a white frame, a sill and a curtain."""
    rng = np.random.default_rng(61)
    view = over(
        canvas.plain((250, 232, 206)), (255, 252, 246), smoothstep(20, 300, canvas.y)
    )
    for low, high, color, count in (
        (250, 330, (232, 222, 208), 9),
        (300, 380, (208, 202, 190), 8),
    ):
        for _ in range(count):
            x, wide, top = rng.uniform(20, 330), rng.uniform(22, 52), rng.uniform(low, high)
            part, where = canvas.part(x - 6, top - 6, x + wide + 6, 476)
            block = box(part, x, top, x + wide, 470, 1.5) * 0.85
            view[where] = over(view[where], color, block)
    for _ in range(26):
        x, y = rng.uniform(30, 330), rng.uniform(388, 440)
        tone = rng.uniform(0, 26)
        part, where = canvas.part(x - 56, y - 48, x + 56, y + 48)
        tree = part.spot(x, y, 18, 15) * 0.7
        view[where] = over(view[where], (128 + tone, 176 + tone, 160 + tone), tree)
    view = canvas.blurred(view, 5)
    paint = paint * (1 - 0.25 * box(canvas, 26, 24, 354, 462, 14))[..., None]
    paint = over(paint, (224, 230, 234), box(canvas, 34, 26, 346, 452))
    for left in (46, 196):
        paint = over(paint, (186, 194, 200), box(canvas, left - 3, 37, left + 141, 441))
        paint = over(paint, view, box(canvas, left, 40, left + 138, 438))
    paint = over(paint, (206, 214, 220), box(canvas, 46, 176, 334, 182))
    paint = over(paint, (240, 243, 245), box(canvas, 20, 446, 362, 462))
    paint = over(paint, (150, 160, 166), box(canvas, 20, 462, 362, 467))
    paint = paint * (1 - 0.28 * box(canvas, 24, 467, 358, 486, 7))[..., None]
    return _curtain(canvas, paint)


def _curtain(canvas: Canvas, paint: Paint) -> Paint:
    outline: list[Point] = [
        (-10, -10),
        (92, -10),
        (86, 160),
        (70, 330),
        (76, 560),
        (-10, 560),
    ]
    cloth = canvas.filled([*curve(outline[1:5], 8), (-10.0, 560.0), (-10.0, -10.0)], 1)
    shadow = canvas.blurred(np.roll(cloth, 10, axis=1), 10)
    paint = paint * (1 - 0.16 * shadow * (1 - cloth))[..., None]
    folds = np.sin(canvas.x / 6.2 + 0.9 * np.sin(canvas.y / 130)) + 0.5 * np.sin(
        canvas.x / 3.4 + 1
    )
    color = canvas.plain((176, 202, 214)) * (0.95 + 0.09 * folds)[..., None]
    return over(paint, color, cloth * 0.93)


def bookshelf(canvas: Canvas, paint: Paint) -> Paint:
    """A bookshelf with four boards, at the right."""
    rng = np.random.default_rng(7)
    left, right, top = 962.0, 1252.0, 60.0
    shadow = box(canvas, left - 26, top - 6, right + 20, 720, 16)
    paint = paint * (1 - 0.38 * shadow)[..., None]
    paint = over(paint, _WOOD, box(canvas, left, top, right, 730))
    boards = (72.0, 226.0, 384.0, 542.0, 700.0)
    for upper, lower in itertools.pairwise(boards):
        inside = box(canvas, left + 10, upper + 6, right - 10, lower - 6)
        back = (
            canvas.plain((48, 76, 110))
            * (0.55 + 0.45 * smoothstep(upper, upper + 70, canvas.y))[..., None]
        )
        paint = over(paint, back, inside)
        paint = books(canvas, paint, rng, (left + 14, right - 14), (upper + 8, lower - 6))
        under = box(canvas, left + 10, upper + 6, right - 10, upper + 22, 7)
        paint = paint * (1 - 0.5 * under)[..., None]
        paint = over(paint, (92, 136, 184), box(canvas, left, lower - 7, right, lower + 6))
        paint = over(paint, (120, 164, 208), box(canvas, left, lower - 7, right, lower - 5))
    paint = over(paint, (80, 122, 168), box(canvas, left, top, left + 11, 730))
    paint = over(paint, (70, 108, 152), box(canvas, right - 11, top, right, 730))
    fall = smoothstep(900, 1280, canvas.x) * smoothstep(940, 975, canvas.x)
    return paint * (1 - 0.22 * fall)[..., None]


def books(
    canvas: Canvas,
    paint: Paint,
    rng: np.random.Generator,
    across: tuple[float, float],
    down: tuple[float, float],
) -> Paint:
    """A row of books with a vase: ``across`` is its range of x, ``down`` that of y."""
    x, end = across
    top, floor = down
    gap_at = rng.uniform(across[0] + 60, end - 90)
    while x < end - 12:
        if gap_at < x:
            part, where = canvas.part(x - 10, floor - 70, x + 78, floor + 12)
            paint[where] = _vase(part, paint[where], x + 34, floor, rng)
            x += 72
            gap_at = end + 1
            continue
        wide = rng.uniform(13, 29)
        if x + wide > end:
            break
        high = (floor - top) * rng.uniform(0.66, 0.93)
        color = np.array(_BOOKS[rng.integers(len(_BOOKS))]) * rng.uniform(0.8, 1.1)
        lean = rng.uniform(4, 9) if rng.random() < 0.1 else 0.0
        part, where = canvas.part(x - 3, floor - high - 3, x + wide + lean + 3, floor + 3)
        paint[where] = _book(part, paint[where], rng, (x, floor), (wide, high), lean, color)
        x += wide + 0.8 + lean
    return paint


def _book(
    canvas: Canvas,
    paint: Paint,
    rng: np.random.Generator,
    at: Point,
    size: Point,
    lean: float,
    color: Plane,
) -> Paint:
    (x, floor), (wide, high) = at, size
    top = floor - high
    spine = [(x + lean, top), (x + lean + wide, top), (x + wide, floor), (x, floor)]
    u = np.clip((canvas.x - x) / wide, 0, 1)
    light = 0.72 + 0.42 * np.sin(np.pi * u**0.8) - 0.12 * u
    book = canvas.plain((color[0], color[1], color[2])) * light[..., None]
    paint = over(paint, book, canvas.filled(spine, 0.4))
    label = floor - high * rng.uniform(0.72, 0.85)
    left, right = x + 2 + lean / 2, x + wide - 2 + lean / 2
    band = box(canvas, left, label, right, label + rng.uniform(3, 14))
    return over(paint, color * 0.4 + 130, band * rng.uniform(0.25, 0.7))


def _vase(
    canvas: Canvas, paint: Paint, x: float, floor: float, rng: np.random.Generator
) -> Paint:
    right = [(8.0, -62.0), (7, -50), (20, -36), (24, -20), (15, 0)]
    outline = curve([(x + dx, floor + dy) for dx, dy in right], 8)
    body = canvas.filled(outline + [(2 * x - px, py) for px, py in reversed(outline)], 0.6)
    u = np.clip((canvas.x - x) / 25, -1, 1)
    clay: Color = ((190, 206, 220), (120, 140, 92), (96, 132, 196))[rng.integers(3)]
    glaze = canvas.plain(clay) * (0.88 - 0.34 * u)[..., None]
    paint = paint * (1 - 0.4 * canvas.spot(x, floor, 30, 5))[..., None]
    paint = over(paint, glaze, body)
    return over(
        paint, (245, 245, 245), canvas.spot(x - 10, floor - 28, 2.5, 9) * body * 0.5
    )


def sideboard(canvas: Canvas, paint: Paint) -> Paint:
    """A low sideboard of light wood, under the window."""
    left, right, top = -20.0, 424.0, 590.0
    paint = paint * (1 - 0.40 * box(canvas, left, top + 6, right + 26, 740, 16))[..., None]
    grain = canvas.grain(71, 2.0) * 1.2 + 6 * np.sin(
        canvas.y / 5 + 2.2 * canvas.grain(72, 70)
    )
    wood = canvas.plain((112, 158, 200)) + (0.7 * grain)[..., None]
    paint = over(paint, wood * 0.84, box(canvas, left, top + 16, right - 4, 740))
    paint = over(paint, wood * 1.08, box(canvas, left, top, right, top + 16))
    paint = (
        paint * (1 - 0.35 * box(canvas, left, top + 16, right - 4, top + 24, 3))[..., None]
    )
    for x in (122, 272):
        paint = over(paint, (60, 92, 124), box(canvas, x, top + 24, x + 3, 740))
    return paint


def plant(canvas: Canvas, paint: Paint) -> Paint:
    """A rubber plant in a pale pot on the sideboard."""
    rng = np.random.default_rng(20)
    x, floor = 186.0, 592.0
    paint = paint * (1 - 0.45 * canvas.spot(x + 12, floor + 4, 60, 7))[..., None]
    leaves = [(rng.uniform(-72, 66), rng.uniform(-230, -96)) for _ in range(26)]
    for number, (dx, dy) in enumerate(sorted(leaves, key=lambda leaf: -abs(leaf[0]))):
        base = (x + dx * 0.25, floor - 84 + 0.25 * (dy + 84))
        tip = (x + dx, floor + dy)
        middle = ((base[0] + tip[0]) / 2, (base[1] + tip[1]) / 2 - 8)
        stem = canvas.stroke([base, middle, tip], 4, 0.6)
        paint = over(paint, (50, 92, 74), stem)
        way = (dx / 60, -0.9 + 0.5 * rng.random())
        length = 34 + 14 * rng.random()
        part, where = canvas.part(tip[0] - 66, tip[1] - 66, tip[0] + 66, tip[1] + 66)
        paint[where] = _leaf(part, paint[where], tip, way, length, number / 26)
    top = floor - 84
    outline: list[Point] = [(x - 44, top), (x + 44, top), (x + 33, floor), (x - 33, floor)]
    u = (canvas.x - x) / 46
    light = np.clip(0.98 - 0.34 * u - 0.12 * u * u, 0, 1.1)
    pot = canvas.plain((206, 216, 224)) * light[..., None]
    paint = over(paint, pot, canvas.filled(outline, 0.6))
    return (
        paint
        * (1 - 0.3 * box(canvas, x - 43, floor - 84, x + 43, floor - 74, 4))[..., None]
    )


def _leaf(
    canvas: Canvas, paint: Paint, at: Point, way: Point, length: float, front: float
) -> Paint:
    norm = float(np.hypot(*way))
    ux, uy = way[0] / norm, way[1] / norm
    half: list[Point] = [(0, 0), (0.3, 0.24), (0.62, 0.25), (0.86, 0.13), (1.05, 0)]
    up, low = (
        [
            (at[0] + length * (u * ux - s * v * uy), at[1] + length * (u * uy + s * v * ux))
            for u, v in half
        ]
        for s in (1, -1)
    )
    shape = canvas.filled([*curve(up, 6), *reversed(curve(low, 6))], 0.5)
    beside = ((canvas.x - at[0]) * -uy + (canvas.y - at[1]) * ux) / length
    light = 0.55 + 0.45 * front - 1.1 * beside * ux - 0.0035 * (canvas.x - 186)
    green = canvas.plain((64, 122, 82)) * np.clip(light, 0.3, 1.5)[..., None]
    green = over(green, (120, 176, 140), np.exp(-((beside / 0.03) ** 2)) * 0.5)
    paint = paint * (1 - 0.25 * canvas.blurred(shape, 4))[..., None]
    return over(paint, green, shape)


def lamp(canvas: Canvas, paint: Paint) -> Paint:
    """A small table lamp, switched on, at the end of the sideboard."""
    x, floor = 88.0, 592.0
    paint = paint * (1 - 0.4 * canvas.spot(x + 8, floor + 3, 40, 5))[..., None]
    right = [(5.0, -128.0), (5, -96), (16, -74), (25, -46), (20, -16), (15, 0)]
    outline = curve([(x + dx, floor + dy) for dx, dy in right], 8)
    body = canvas.filled(outline + [(2 * x - px, py) for px, py in reversed(outline)], 0.6)
    u = np.clip((canvas.x - x) / 26, -1, 1)
    paint = over(paint, canvas.plain((92, 104, 74)) * (0.95 - 0.45 * u)[..., None], body)
    paint = over(
        paint, (220, 230, 220), canvas.spot(x - 10, floor - 48, 2.6, 14) * body * 0.6
    )
    top, rim = floor - 208, floor - 118
    shade: list[Point] = [(x - 34, top), (x + 34, top), (x + 58, rim), (x - 58, rim)]
    glow: Plane = np.exp(
        -(np.hypot((canvas.x - x) / 150, (canvas.y - floor + 160) / 150) ** 2)
    )
    paint = over(paint, paint + np.array((12, 24, 34), np.float32), glow)
    v = (canvas.x - x) / 58
    cloth: Paint = canvas.plain((176, 216, 244)) * (1.06 - 0.22 * v * v)[..., None]
    cloth = over(cloth, (226, 246, 255), canvas.spot(x, floor - 152, 26, 24) * 0.8)
    return over(paint, cloth, canvas.filled(shade, 0.7))
