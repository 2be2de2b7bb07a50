"""Rooms, out of focus as behind a person: a studio, shelves, a library, an office."""

import itertools

import numpy as np
from painting import lens, noise, stops

from vcam.presenter.furniture import books, box, plant
from vcam.presenter.paint import Canvas, Paint, Plane, curve, over, smoothstep


def studio(canvas: Canvas) -> Paint:
    """A warm plaster wall in the light of a tall window."""
    x, y = canvas.x, canvas.y
    paint = canvas.plain((150, 182, 208))
    light = np.exp(-(np.hypot((x - 420) / 780, (y - 220) / 560) ** 2))
    paint = paint * (0.62 + 0.46 * light)[..., None]
    plaster = noise(x / 120, y / 90, 3) * 2.2 + noise(x / 26, y / 22, 6) * 1.0
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
    wood = wood + (3 * np.sin(y / 2.2 + 2 * noise(x / 160, y / 30, 9)))[..., None]
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


def bookshelf(canvas: Canvas) -> Paint:
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


def library(canvas: Canvas) -> Paint:
    """An old library: shelves on both sides, a lamp-lit aisle, out of focus."""
    rng = np.random.default_rng(31)
    x, y = canvas.x, canvas.y
    paint = canvas.plain((30, 44, 62))
    boards = (-30.0, 116.0, 262.0, 408.0, 554.0, 700.0, 846.0)
    for top, floor in itertools.pairwise(boards):
        for left, right in ((-40, 150), (158, 372), (908, 1122), (1130, 1320)):
            paint = over(
                paint,
                canvas.plain((26, 40, 58))
                * (0.5 + 0.5 * smoothstep(top, floor, y))[..., None],
                box(canvas, left, top, right, floor),
            )
            paint = books(canvas, paint, rng, (left + 6, right - 4), (top + 16, floor))
        for left, right in ((-40, 380), (900, 1320)):
            paint = (
                paint
                * (1 - 0.6 * box(canvas, left, top + 8, right, top + 34, 8))[..., None]
            )
            paint = over(paint, (46, 82, 122), box(canvas, left, floor, right, floor + 13))
            paint = over(paint, (74, 120, 168), box(canvas, left, floor, right, floor + 3))
    for post in (150, 366, 892, 1118):
        paint = over(paint, (42, 76, 116), box(canvas, post, -10, post + 14, 730))
        paint = (
            paint * (1 - 0.45 * box(canvas, post + 14, -10, post + 26, 730, 6))[..., None]
        )
    # a niche: panelled wall, an arched window with the blue hour
    paint = over(paint, (50, 84, 120), box(canvas, 380, -10, 900, 730))
    paint = (
        paint
        * (
            1
            - 0.5
            * (box(canvas, 366, -10, 420, 730, 20) + box(canvas, 860, -10, 914, 730, 20))
            * smoothstep(340, 420, x)
            * smoothstep(940, 860, x)
        )[..., None]
    )
    arch = [
        (500, 520),
        (500, 220),
        (516, 160),
        (560, 108),
        (640, 86),
        (720, 108),
        (764, 160),
        (780, 220),
        (780, 520),
    ]
    frame = [
        (486, 534),
        (486, 216),
        (504, 150),
        (552, 94),
        (640, 70),
        (728, 94),
        (776, 150),
        (794, 216),
        (794, 534),
    ]
    arch = curve([(500, 522), *arch[1:-1], (780, 522)], 10)
    frame = curve([(486, 536), *frame[1:-1], (794, 536)], 10)
    paint = over(paint, (66, 104, 146), canvas.filled(frame, 0.8))
    blue = stops(
        y,
        [
            (80, (128, 92, 62)),
            (300, (168, 132, 100)),
            (430, (188, 166, 152)),
            (520, (150, 150, 160)),
        ],
    )
    paint = over(paint, blue, canvas.filled(arch, 0.8))
    for bar in (568, 638, 708):
        paint = over(
            paint,
            (52, 84, 120),
            box(canvas, bar, 80, bar + 5, 520) * canvas.filled(arch, 0.8),
        )
    for bar in (220, 320, 420):
        paint = over(paint, (52, 84, 120), box(canvas, 500, bar, 780, bar + 5))
    paint = over(paint, (58, 96, 138), box(canvas, 440, 560, 840, 730))
    paint = over(paint, (84, 130, 178), box(canvas, 430, 548, 850, 562))
    warm = np.exp(-(np.hypot((x - 330) / 330, (y - 280) / 380) ** 2)) + np.exp(
        -(np.hypot((x - 950) / 330, (y - 290) / 380) ** 2)
    )
    cool = np.exp(-(np.hypot((x - 640) / 300, (y - 320) / 330) ** 2))
    paint = (
        paint
        * (0.36 + 0.52 * warm + 0.28 * cool)[..., None]
        * np.array((0.92, 0.96, 1.0), np.float32)
    )
    for px, py in ((430, 246), (850, 246)):  # wall lamps in the niche
        paint = over(
            paint, (60, 110, 150), box(canvas, px - 3, py + 20, px + 3, py + 62, 0.8)
        )
        paint = over(
            paint,
            (150, 214, 250),
            canvas.filled(
                [
                    (px - 15, py - 22),
                    (px + 15, py - 22),
                    (px + 24, py + 22),
                    (px - 24, py + 22),
                ],
                1.5,
            )
            * 0.96,
        )
        paint = paint + (canvas.spot(px, py, 80, 110) * 0.36)[..., None] * np.array(
            (44, 104, 150), np.float32
        )
    paint = lens(canvas, np.asarray(paint, np.float32), 6.0, 0.4)
    far = np.hypot((x - 640) / 860, (y - 340) / 560)
    return paint * (1.06 - 0.24 * far**2)[..., None]


def office(canvas: Canvas) -> Paint:
    """A calm office, the back of the room well out of focus."""
    rng = np.random.default_rng(4)
    x, y = canvas.x, canvas.y
    paint = canvas.plain((206, 213, 218))
    paint = (
        paint
        * (0.82 + 0.15 * np.exp(-(np.hypot((x - 300) / 620, (y - 240) / 480) ** 2)))[
            ..., None
        ]
    )
    # windows at the left, with a morning behind them
    sky = stops(y, [(0, (236, 228, 216)), (330, (232, 226, 214)), (470, (206, 214, 206))])
    for _ in range(26):
        bx, by, r = rng.uniform(-20, 560), rng.uniform(330, 500), rng.uniform(30, 70)
        sky = over(
            sky,
            (150 + rng.uniform(0, 30), 184 + rng.uniform(0, 24), 158 + rng.uniform(0, 24)),
            canvas.spot(bx, by, r, r * 0.8) * 0.55,
        )
    for left in (-36, 150, 336):
        paint = over(paint, (196, 204, 210), box(canvas, left - 6, 42, left + 174, 480, 1))
        paint = over(paint, sky, box(canvas, left, 48, left + 168, 474, 1))
        paint = over(paint, (206, 213, 218), box(canvas, left, 330, left + 168, 336, 0.6))
    paint = over(paint, (232, 236, 238), box(canvas, -10, 478, 530, 496, 1))
    # the wall at the right: wooden slats, then a shelf with few things
    slats = 0.5 + 0.5 * np.sin(x / 3.4)
    wood = (
        canvas.plain((104, 146, 184))
        * (0.80 + 0.16 * slats + 0.03 * noise(x / 14, y / 160, 2))[..., None]
    )
    paint = over(paint, wood, box(canvas, 860, -10, 1300, 640, 1))
    paint = paint * (1 - 0.30 * box(canvas, 846, -10, 866, 640, 10))[..., None]
    for floor in (250.0, 400.0):
        paint = (
            paint
            * (1 - 0.30 * box(canvas, 930, floor + 10, 1236, floor + 34, 10))[..., None]
        )
        paint = books(canvas, paint, rng, (940, 1096), (floor - 96, floor))
        paint = over(paint, (74, 102, 132), box(canvas, 924, floor, 1240, floor + 11))
        paint = over(paint, (196, 214, 226), canvas.spot(1164, floor - 32, 24, 26) * 0.95)
        paint = over(
            paint,
            (80, 128, 96),
            np.clip(
                sum(
                    canvas.spot(1164 + dx, floor - 74 + dy, 13, 17)
                    for dx, dy in ((-16, 0), (14, 4), (0, -16), (22, -18), (-24, -22))
                ),
                0,
                1,
            )
            * 0.9,
        )
    # pendant lamps
    for px, py in ((640, 150), (760, 118)):
        paint = over(paint, (60, 62, 66), box(canvas, px - 1, -10, px + 1, py, 0.5))
        paint = over(
            paint,
            (66, 70, 74),
            canvas.filled(
                [(px - 10, py), (px + 10, py), (px + 42, py + 40), (px - 42, py + 40)], 1
            ),
        )
        paint = over(paint, (226, 246, 255), canvas.spot(px, py + 42, 26, 5))
        paint = paint + (canvas.spot(px, py + 60, 110, 80) * 9)[..., None] * np.array(
            (0.7, 0.9, 1.0), np.float32
        )
    # floor, table, chairs
    paint = over(paint, (158, 172, 184), smoothstep(616, 624, y))
    paint = (
        paint * (1 - 0.16 * smoothstep(560, 622, y) * smoothstep(660, 616, y))[..., None]
    )
    for cx in (340, 466, 592, 718):
        for foot in (-30, 30):
            leg = [(cx + 0.6 * foot, 560), (cx + foot, 640)]
            paint = over(paint, (96, 104, 110), canvas.stroke(leg, 5, 0, taper=False))
        shell = [(cx - 33, 512), (cx - 22, 494), (cx + 22, 494), (cx + 33, 512)]
        back = curve([*shell, (cx + 28, 580), (cx - 28, 580)], 8, closed=True)
        lit = (
            canvas.plain((132, 120, 100))
            * (1.05 - 0.25 * smoothstep(490, 585, y))[..., None]
        )
        paint = over(paint, lit, canvas.filled(back, 1.5))
    paint = (
        paint
        * (
            1
            - 0.25
            * np.exp(-(((y - 640) / 16) ** 2))
            * smoothstep(210, 270, x)
            * smoothstep(850, 790, x)
        )[..., None]
    )
    for cx in (300, 760):
        paint = over(paint, (82, 96, 108), box(canvas, cx - 5, 566, cx + 5, 642, 1))
    paint = over(paint, (116, 156, 190), box(canvas, 236, 552, 824, 567, 1))
    paint = over(paint, (146, 184, 214), box(canvas, 236, 552, 824, 555, 0.6))
    paint = lens(canvas, np.asarray(paint, np.float32), 5.5, 0.2)
    part = Canvas(-86, -10, 1194, 710, 1.5)  # a near plant, less out of focus
    paint = plant(part, paint)
    paint = lens(canvas, np.asarray(paint, np.float32), 3.0)
    bloom = canvas.blurred(np.asarray(np.maximum(paint - 215, 0), np.float32), 34)
    return paint + 0.5 * bloom
