"""A mouth that talks and smiles."""

import numpy as np

from vcam.frames import Image
from vcam.presenter.paint import (
    Canvas,
    Color,
    Paint,
    Point,
    curve,
    over,
    smoothstep,
)

_OPEN = 6
"""Painted steps of opening; those in between are cross-faded."""
_SMILE = 2
"""Painted steps of smiling."""
_UPPER: Color = (98, 100, 186)
_LOWER: Color = (112, 116, 208)
_LINE: Color = (44, 42, 96)
_INSIDE: Color = (26, 20, 52)


class Mouth:
    """The mouth, painted once for a few openings and smiles.

    ``canvas`` is what the face was painted on, ``face`` the painted face.
    """

    def __init__(self, canvas: Canvas, face: Paint) -> None:
        left, top = canvas.pixels([(-46, 58)])[0].round().astype(int)
        wide, high = round(92 * canvas.scale), round(58 * canvas.scale)
        self.where = slice(top, top + high), slice(left, left + wide)
        x = float(left / canvas.scale + canvas.origin[0])
        y = float(top / canvas.scale + canvas.origin[1])
        patch = Canvas(x, y, x + 92, y + 58, canvas.scale)
        skin = np.asarray(face[self.where], np.float32)
        fade = np.clip(
            4 - np.maximum(np.abs(patch.x) / 10, np.abs(patch.y - 85) / 6.5), 0, 1
        )
        self._painted = [
            [
                over(skin, _mouth(patch, skin, o / (_OPEN - 1), s / (_SMILE - 1)), fade)
                .clip(0, 255)
                .astype(np.float32)
                for s in range(_SMILE)
            ]
            for o in range(_OPEN)
        ]

    def speak(self, opening: float, smile: float) -> Image:
        """The mouth, BGR uint8, at the size of ``where``; arguments as in the pose."""
        o = min(max(opening, 0.0), 1.0) * (_OPEN - 1)
        s = min(max(smile, 0.0), 1.0) * (_SMILE - 1)
        i, k = min(int(o), _OPEN - 2), min(int(s), _SMILE - 2)
        o, s = o - i, s - k
        near, far = self._painted[i], self._painted[i + 1]
        low = near[k] * (1 - o) + far[k] * o
        high = near[k + 1] * (1 - o) + far[k + 1] * o
        return np.asarray(low * (1 - s) + high * s + 0.5, np.uint8)


def _both(right_half: list[Point]) -> list[Point]:
    """A symmetric line between the corners of the mouth, from its right half."""
    return curve([(-x, y) for x, y in reversed(right_half) if x] + right_half, 8)


def _mouth(patch: Canvas, skin: Paint, opening: float, smile: float) -> Paint:
    corner = 27.0 + 7.0 * smile - 5.0 * opening
    y = 79.5 - 8.0 * smile + 2.0 * opening
    lift, drop = -2.0 * opening - 1.0 * smile, 17.0 * opening
    sag = 1.6 * smile
    thin = 1 - 0.18 * smile - 0.12 * opening
    top = _both(
        [(0, 74.6 + lift), (6, 72.4 + lift), (15, 75.2 + lift - 1.2 * smile), (corner, y)]
    )
    upper = _both(
        [
            (0, 80.6 + lift + sag),
            (7, 80.0 + lift + sag),
            (16, 79.6 + lift),
            (corner - 0.6, y),
        ]
    )
    lower = _both(
        [
            (0, 80.6 + sag + drop),
            (8, 80.2 + sag + 0.97 * drop),
            (17, 79.6 + 0.70 * drop),
            (corner - 0.6, y + 0.3),
        ]
    )
    base = 80.6 + sag + drop + 12.0 * thin
    bottom = _both([(0, base), (9, base - 0.8), (19, base - 5.4 * thin), (corner, y + 0.4)])
    paint = skin
    dent = patch.stroke([(-14, base + 5), (0, base + 6.2), (14, base + 5)], 5, 2.6)
    paint = over(paint, (92, 118, 184), dent * 0.42)
    for side in (-1, 1):
        paint = over(
            paint, (76, 88, 160), patch.spot(side * (corner + 1.5), y, 3.2, 2.8) * 0.55
        )
        cheek = [
            (side * (corner + 0), y - 12),
            (side * (corner + 7.5), y - 2),
            (side * (corner + 6), y + 8),
        ]
        paint = over(paint, (92, 118, 184), patch.stroke(cheek, 3.2, 1.8) * 0.38 * smile)
    gap = patch.filled([*upper, *reversed(lower)], 0.3)
    if opening > 0.02:
        inside = patch.plain(_INSIDE)
        tongue = patch.spot(0, 83 + drop, 13, 5.5)
        inside = over(inside, (84, 84, 176), np.clip(tongue * 1.2, 0, 1) * 0.8)
        rim = 84.6 + lift + 1.4 * opening
        teeth = smoothstep(rim + 1.1, rim - 0.6, patch.y) * smoothstep(
            21, 14, np.abs(patch.x)
        )
        slits = 1 - 0.10 * np.exp(-((((patch.x + 3) % 6 - 3) / 0.55) ** 2))
        white = (
            patch.plain((206, 220, 228))
            * (slits * (1 - 0.4 * (patch.x / 20) ** 2))[..., None]
        )
        inside = over(inside, white, teeth * 0.92)
        shade = patch.stroke(upper, 4.5, 1.6, taper=False)
        inside = over(inside, _INSIDE, shade * 0.5)
        paint = over(paint, inside, gap * min(1.0, opening * 5))
    lip = patch.filled([*top, *reversed(upper)], 0.55)
    paint = over(paint, _UPPER, lip * 0.80)
    glow = np.maximum(
        patch.spot(-8, base - 6.8 * thin, 7, 2.0),
        0.5 * patch.spot(9, base - 6.5 * thin, 6, 1.8),
    )
    lip = patch.filled([*lower, *reversed(bottom)], 0.7)
    paint = over(paint, _LOWER, lip * 0.78)
    paint = over(paint, (190, 198, 250), glow * lip * 0.42)
    shade = patch.stroke([(x, v - 1.4) for x, v in bottom[6:-6]], 3.4, 1.4)
    paint = over(paint, (78, 82, 162), shade * lip * 0.5)
    closed = max(0.0, 1 - opening * 4)
    paint = over(paint, _LINE, patch.stroke(upper, 2.1, 0.4) * (0.45 + 0.40 * closed))
    bow = patch.stroke([(x, v - 0.8) for x, v in top[8:-8]], 1.6, 0.7)
    return over(paint, (176, 200, 240), bow * 0.25)
