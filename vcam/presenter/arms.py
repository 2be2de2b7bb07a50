"""Hands and forearms, which are raised to wave, point and show.

Coordinates of a hand: (0, 0) is the wrist, the fingers point up (-y), the palm faces
the viewer, the thumb is on the side ``inward`` (+1 to the right of the picture).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from vcam.presenter.body import knitted
from vcam.presenter.layers import Layers, Matrix, move, rotate, zoom
from vcam.presenter.light import SKIN, hollows, inflated, lit
from vcam.presenter.paint import (
    Canvas,
    Color,
    Paint,
    Plane,
    Point,
    Sprite,
    extended,
    over,
    smoothstep,
)
from vcam.presenter.script import Arm, Pose

_Joint: TypeAlias = tuple[float, float, float]
"""The position and radius of a joint: x, y, radius."""
_Limb: TypeAlias = tuple[float, Sequence[_Joint]]
"""The distance in front of the palm, and the joints."""

_PALM: list[_Limb] = [
    (-9, [(-13, 22, 16), (-17, -22, 19), (-20, -62, 17)]),
    (-9, [(10, 22, 17), (10, -30, 20), (14, -68, 18)]),
    (-9, [(0, 20, 20), (-2, -30, 22), (-3, -70, 18)]),
]
_OPEN: list[_Limb] = [
    *_PALM,
    (-1, [(23, -74, 10.5), (31, -112, 9.6), (35, -138, 7.6)]),
    (-1, [(6, -80, 10.5), (9, -122, 9.8), (10.5, -154, 7.8)]),
    (-1, [(-12, -77, 10.3), (-16, -116, 9.4), (-18.5, -146, 7.4)]),
    (-1, [(-28, -66, 9.4), (-37, -97, 8.3), (-42, -120, 6.6)]),
    (2, [(15, -14, 17), (32, -38, 13), (50, -62, 9.8), (60, -86, 7.4)]),
]
_POINT: list[_Limb] = [
    *_PALM,
    (-1, [(21, -70, 10.8), (24, -112, 9.8), (25, -146, 7.6)]),
    (4, [(4, -82, 11.0), (4, -58, 10.6), (5, -48, 9.6)]),
    (4, [(-14, -78, 10.8), (-12, -56, 10.2), (-10, -46, 9.4)]),
    (4, [(-29, -68, 9.6), (-25, -52, 9.0), (-22, -42, 8.4)]),
    (9, [(17, -12, 16), (30, -34, 12.5), (22, -53, 10.4), (3, -60, 8.6)]),
]
_OPEN_LINES: list[list[Point]] = [
    [(12, -66), (2, -46), (4, -18), (10, 0)],
    [(27, -58), (8, -52), (-16, -42), (-26, -34)],
    [(-34, -56), (-16, -60), (2, -68), (12, -78)],
    [(16, -76), (25, -74), (32, -77)],
    [(-4, -82), (5, -80), (14, -82)],
    [(-21, -78), (-12, -76), (-4, -79)],
    [(-36, -66), (-28, -66), (-21, -70)],
]
_OPEN_JOINTS: list[tuple[float, float, float, float]] = [  # x, y, half width, degrees
    (28, -98, 8, 12), (33, -121, 7, 10), (7.5, -104, 8, 4), (9.5, -134, 7, 3),
    (-14.5, -101, 8, -6), (-17, -128, 7, -5), (-33, -85, 7, -15), (-38, -104, 6, -14),
    (46, -57, 8, 34),
]  # fmt: skip
_POINT_LINES: list[list[Point]] = [
    [(16, -74), (22, -72), (30, -75)],
    [(13, 0), (6, -16), (12, -30)],
]
_POINT_JOINTS: list[tuple[float, float, float, float]] = [
    (23, -98, 8, 4),
    (24.5, -124, 7, 3),
]
_SKIN: Color = (156, 186, 236)
_CREASE: Color = (96, 116, 186)
_LENGTH = 250.0
"""Length of the forearm from elbow to wrist."""


class Arms:
    """Both painted arms; ``scale`` is in pixels per design pixel."""

    def __init__(self, scale: float) -> None:
        self._hands = {
            ("open", -1): _hand(scale, _OPEN, _OPEN_LINES, _OPEN_JOINTS, 1),
            ("open", 1): _hand(scale, _OPEN, _OPEN_LINES, _OPEN_JOINTS, -1),
            ("point", 1): _hand(scale, _POINT, _POINT_LINES, _POINT_JOINTS, -1),
        }
        self._sleeve = _sleeve(scale)

    def add_to(self, layers: Layers, pose: Pose, body: Matrix) -> None:
        """Draw the raised arms over the body."""
        for side, arm in ((-1, pose.left), (1, pose.right)):
            if arm.lift > 0.01:
                self._add(layers, arm, side, body)

    def _add(self, layers: Layers, arm: Arm, side: int, body: Matrix) -> None:
        angle = side * (arm.lean + 16 * (1 - arm.lift) + 0.4 * arm.swing)
        forearm = body @ move(640 + side * 240, 800 + 400 * (1 - arm.lift)) @ rotate(angle)
        wrist = forearm @ move(0, -_LENGTH)
        hand = wrist @ rotate(side * (0.75 * arm.swing - 0.5 * arm.lean - 3)) @ zoom(1.12)
        layers.add(self._hands[arm.hand, side], hand)
        layers.add(self._sleeve, wrist)


def _hand(
    scale: float,
    limbs: Sequence[_Limb],
    lines: list[list[Point]],
    joints: list[tuple[float, float, float, float]],
    inward: int,
) -> Sprite:
    canvas = Canvas(-78, -172, 78, 46, scale)
    x = canvas.x * inward
    height = np.full_like(canvas.x, -20)
    reach = np.full_like(canvas.x, -50)
    for front, limb in limbs:
        for (ax, ay, ar), (bx, by, br) in pairwise(limb):
            length = (bx - ax) ** 2 + (by - ay) ** 2
            u = np.clip(((x - ax) * (bx - ax) + (canvas.y - ay) * (by - ay)) / length, 0, 1)
            away = np.hypot(x - ax - u * (bx - ax), canvas.y - ay - u * (by - ay))
            radius = ar + u * (br - ar)
            reach = np.maximum(reach, radius - away)
            dome = np.sqrt(np.maximum(radius**2 - away**2, 0)) + front
            height = np.where(away < radius, np.maximum(height, dome), height)
    mask = smoothstep(-0.55, 0.55, reach * min(scale, 1.5))
    floor = np.maximum(height, -8)
    smooth = canvas.blurred(np.asarray(floor, np.float32), 1.3)
    pads = 2.5 * np.exp(-0.5 * (((x + 20) / 12) ** 2 + ((canvas.y + 28) / 24) ** 2))
    smooth = smooth * 0.85 + pads
    skin = canvas.plain(_SKIN) + 1.5 * canvas.grain(31, 5)[..., None]
    palm = np.exp(-0.5 * ((x / 30) ** 2 + ((canvas.y + 44) / 34) ** 2))
    skin = over(skin, (150, 172, 238), palm * 0.5)
    tips = smoothstep(-112, -150, canvas.y + 0.5 * np.abs(x))
    skin = over(skin, (138, 156, 234), tips * 0.5)
    paint = lit(canvas, skin, np.asarray(smooth, np.float32), SKIN, 0.04, 12)
    shade = hollows(canvas, np.asarray(smooth, np.float32), 5, 0.75)
    paint = paint * np.stack([shade**1.2, shade**1.1, shade**0.8], axis=-1)
    paint = _creases(canvas, paint, lines, joints, inward)
    cuff = smoothstep(-16, 16, canvas.y)
    paint = paint * (1 - 0.35 * cuff[..., None])
    return canvas.sprite(extended(canvas, paint, np.asarray(mask, np.float32)), mask)


def _creases(
    canvas: Canvas,
    paint: Paint,
    lines: list[list[Point]],
    joints: list[tuple[float, float, float, float]],
    inward: int,
) -> Paint:
    for line in lines:
        stroke = canvas.stroke([(inward * px, py) for px, py in line], 2.2, 0.7)
        paint = over(paint, _CREASE, stroke * 0.55)
    for px, py, half, turn in joints:
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        ends = [
            (px - half * c, py - half * s),
            (px, py + 1.2),
            (px + half * c, py + half * s),
        ]
        stroke = canvas.stroke([(inward * ex, ey) for ex, ey in ends], 1.8, 0.6)
        paint = over(paint, _CREASE, stroke * 0.5)
    return paint


def _sleeve(scale: float) -> Sprite:
    """The forearm in its sleeve, from the wrist (0, 0) down to the elbow."""
    canvas = Canvas(-72, -14, 72, 330, scale)
    right: list[Point] = [
        (24, 2), (27, 10), (26.5, 34), (31, 40), (36, 80), (43, 150), (50, 230), (54, 330),
    ]  # fmt: skip
    outline = [(-x, y) for x, y in reversed(right)] + right
    mask = canvas.filled(outline, 0.5)
    wide = np.interp(canvas.y[:, 0], [y for _, y in right], [x for x, _ in right])[:, None]
    height: Plane = wide * np.sqrt(np.clip(1 - (canvas.x / wide) ** 2, 0.0, 1)) * 0.8
    for points, thick, high in (
        ([(-34, 62), (0, 72), (30, 60)], 10, 3.5),
        ([(-30, 92), (6, 98), (36, 84)], 11, 3.0),
        ([(-44, 176), (-10, 168), (26, 186)], 14, 3.5),
        ([(-20, 226), (20, 214), (50, 232)], 14, 3.5),
    ):
        height = height + high * canvas.stroke(points, thick, 3.5)
    height = canvas.blurred(np.asarray(height, np.float32), 1.5)
    paint = knitted(canvas, height, mask, 41)
    ribs = 1 + 0.16 * np.sin(canvas.x * (2 * np.pi / 5))
    paint = over(paint, paint * (0.92 * ribs)[..., None], smoothstep(37, 34, canvas.y))
    paint = (
        paint * (1 - 0.4 * canvas.stroke([(-32, 38), (0, 40), (32, 38)], 4, 1.5))[..., None]
    )
    paint = paint * (0.72 + 0.28 * smoothstep(0, 16, inflated(canvas, mask, 26)))[..., None]
    return canvas.sprite(extended(canvas, paint, mask), mask)
