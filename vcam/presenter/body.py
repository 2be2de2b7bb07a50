"""Neck, collar, shoulders and jumper.

Coordinates are those of the picture: 1280 x 720, the body around x = 640.
"""

import numpy as np

from vcam.presenter.light import CLOTH, SKIN, hollows, inflated, lit
from vcam.presenter.paint import (
    Canvas,
    Color,
    Paint,
    Plane,
    Point,
    Sprite,
    curve,
    extended,
    mirrored,
    over,
    smoothstep,
)

CENTER = 640.0
WOOL: Color = (112, 96, 46)
SKIN_TONE: Color = (152, 182, 232)
_NAPE: Color = (24, 32, 52)
"""Colour of the hair behind the neck."""
_SHIRT: Color = (226, 222, 216)
_OUTLINE: list[Point] = [
    (0, 424), (46, 432), (62, 452), (96, 470), (142, 486), (186, 506), (220, 542),
    (240, 596), (252, 660), (260, 740), (264, 800), (0, 800),
]  # fmt: skip
_NECK: list[Point] = [
    (0, 350), (47, 352), (46, 396), (48, 428), (58, 452), (40, 486), (0, 512),
]  # fmt: skip


def paint_body(scale: float) -> Sprite:
    """Neck, shoulders and upper arms."""
    canvas = Canvas(348, 340, 932, 800, scale)
    right = curve([(CENTER + x, y) for x, y in _OUTLINE[:-1]], 8)
    jumper = canvas.filled(mirrored([*right, (CENTER, 800)], CENTER), 0.5)
    neck = canvas.filled(curve(_half(_NECK), 8, closed=True), 0.6)
    paint = _wool(canvas, jumper)
    nape = canvas.filled(_half([(0, 350), (60, 350), (56, 436), (0, 440)]), 1.0)
    paint = over(paint, _NAPE, nape * smoothstep(456, 440, canvas.y))
    opening = canvas.filled(
        curve(_half([(0, 400), (54, 440), (66, 458), (40, 492), (0, 510)]), 8, closed=True),
        0.6,
    )
    skin = _neck(canvas)
    paint = over(paint, skin, np.maximum(opening, neck))
    paint = _collar(canvas, paint)
    alpha = np.maximum(np.maximum(jumper, neck), nape)
    collars = np.maximum(*(canvas.filled(_collar_side(side), 0.5) for side in (-1, 1)))
    alpha = np.maximum(alpha, collars)
    solid = np.asarray(alpha > 0.97, np.float32)
    return canvas.sprite(extended(canvas, paint, solid), alpha)


def knitted(canvas: Canvas, height: Plane, mask: Plane, seed: int = 3) -> Paint:
    """Lit wool; ``height`` is the shape under it."""
    x, y = canvas.x, canvas.y
    wobble = 1.3 * canvas.grain(seed, 26)
    if canvas.scale >= 0.6:
        ribs = 0.20 * np.sin((x + wobble) * (2 * np.pi / 5.2))
        ribs += (
            0.12
            * np.sin((y + 0.8 * wobble) * (2 * np.pi / 4.2))
            * np.sin(x * (2 * np.pi / 5.2))
        )
        height = height + ribs
    wool = canvas.plain(WOOL)
    wool = (
        wool
        * (1 + 0.035 * canvas.grain(seed + 1, 1.4) + 0.03 * canvas.grain(seed + 2, 30))[
            ..., None
        ]
    )
    paint = lit(canvas, wool, height, CLOTH, 0.035, 6)
    rim = 1 - smoothstep(0, 16, inflated(canvas, mask, 30))
    # Fluff at the edge catches the light from behind.
    return over(paint, (176, 168, 140), np.asarray(rim * 0.22, np.float32))


def _half(points: list[Point]) -> list[Point]:
    return mirrored([(CENTER + x, y) for x, y in points], CENTER)


def _wool(canvas: Canvas, jumper: Plane) -> Paint:
    x, y = canvas.x - CENTER, canvas.y
    both = np.abs(x)
    height = canvas.blurred(inflated(canvas, jumper, 110), 15)
    chest = 26 * np.exp(-0.5 * ((both - 72) / 62) ** 2 - 0.5 * ((y - 640) / 72) ** 2)
    height = height + chest
    # The arm hangs beside the chest.
    seam = 178 + (y - 560) * 0.06
    groove = np.exp(-0.5 * ((both - seam) / 6.5) ** 2) * smoothstep(548, 640, y)
    height = height - 11 * groove
    folds = np.zeros_like(height)
    for side in (-1, 1):
        for points, thick, high in (
            ([(168, 600), (140, 622), (104, 634)], 13, 6.5),
            ([(172, 634), (144, 664), (96, 688)], 15, 6.0),
            ([(170, 676), (138, 712), (92, 738)], 15, 5.0),
            ([(172, 566), (150, 582), (128, 588)], 10, 4.0),
            ([(196, 640), (222, 650), (248, 644)], 12, 5.0),
            ([(192, 690), (222, 706), (252, 700)], 13, 5.0),
            ([(88, 482), (112, 508), (122, 540)], 12, 3.0),
        ):
            line = [(CENTER + side * px, py + (9 if side > 0 else 0)) for px, py in points]
            folds = folds + high * canvas.stroke(line, thick, 4.0)
    height = canvas.blurred(np.asarray(height + folds, np.float32), 2.0)
    paint = knitted(canvas, height, jumper)
    paint = paint * hollows(canvas, height, 12, 1.3)[..., None]
    paint = paint * (1 - 0.22 * groove)[..., None]
    # The head shades the chest.
    shade = np.exp(-0.5 * (((x - 16) / 78) ** 2 + ((y - 486) / 34) ** 2))
    paint = paint * (1 - 0.40 * shade)[..., None]
    band = canvas.stroke(
        [(CENTER + px, py) for px, py in _neckline()], 15, 0.6, taper=False
    )
    ribbed = 1 + 0.10 * np.sin(np.arctan2(y - 420, x) * 90)
    paint = over(paint, paint * (0.90 * ribbed)[..., None], band)
    edge = canvas.stroke([(CENTER + px, py + 8.5) for px, py in _neckline()], 3, 1.0)
    return paint * (1 - 0.35 * edge)[..., None]


def _neckline() -> list[Point]:
    right: list[Point] = [(74, 448), (66, 476), (40, 504), (0, 516)]
    return [(-x, y) for x, y in right[:-1]] + [right[-1], *reversed(right[:-1])]


def _neck(canvas: Canvas) -> Paint:
    x, y = canvas.x - CENTER, canvas.y
    round_neck = 48 * np.sqrt(np.clip(1 - (x / 62) ** 2, 0.02, 1))
    cords = 3.0 * np.exp(-0.5 * ((np.abs(x) - 20 + (y - 420) * 0.13) / 6.5) ** 2)
    pit = -4.0 * np.exp(-0.5 * ((x / 9) ** 2 + ((y - 486) / 9) ** 2))
    bones = (
        4.5
        * np.exp(-0.5 * ((y - 478 + 0.12 * np.abs(x)) / 5) ** 2)
        * smoothstep(6, 20, np.abs(x))
    )
    height = round_neck + cords + pit + bones + 0.10 * (y - 440)
    skin = canvas.plain(SKIN_TONE) + 1.2 * canvas.grain(8, 5)[..., None]
    paint = lit(canvas, skin, np.asarray(height, np.float32), SKIN, 0.03, 12)
    jaw = smoothstep(452, 388, y - 10 * np.exp(-((x / 40) ** 2)) + 0.10 * (x - 12))
    return paint * (
        1
        - np.asarray(jaw, np.float32)[..., None] * np.array((0.62, 0.55, 0.42), np.float32)
    )


def _collar_side(side: int) -> list[Point]:
    points = [
        (50, 430),
        (66, 440),
        (82, 466),
        (60, 512),
        (46, 522),
        (30, 505),
        (14, 497),
        (38, 476),
        (52, 452),
    ]
    return [(CENTER + side * x, y) for x, y in points]


def _collar(canvas: Canvas, paint: Paint) -> Paint:
    """The shirt collar over the jumper."""
    for side in (-1, 1):
        outline = _collar_side(side)
        mask = canvas.filled(outline, 0.5)
        shadow = canvas.filled([(x + 4, y + 6) for x, y in outline], 4.0)
        paint = paint * (1 - 0.42 * shadow * (1 - mask))[..., None]
        height = inflated(canvas, mask, 14) * 0.5 - 0.25 * side * (canvas.x - CENTER)
        cloth = canvas.plain(_SHIRT) + 1.5 * canvas.grain(21, 3)[..., None]
        shirt = lit(canvas, cloth, canvas.blurred(np.asarray(height, np.float32), 1.2))
        chin = np.exp(
            -0.5 * (((canvas.x - CENTER - 10) / 60) ** 2 + ((canvas.y - 440) / 34) ** 2)
        )
        shirt = shirt * (1 - 0.34 * chin)[..., None]
        paint = over(paint, shirt, mask)
        seam = [
            (x + side * dx, y) for (x, y), dx in zip(outline[2:5], (-5, -3, 0), strict=True)
        ]
        paint = over(paint, (150, 146, 144), canvas.stroke(seam, 1.2, 0.4) * 0.5)
    return paint
