"""Eyes that move and blink."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image
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

CENTER = (36.5, 2.0)
"""Centre of the right eye, in head coordinates."""
_LEVELS = 7
_IRIS = 8.6
_WHITE: Color = (222, 228, 234)
_BROWN: Color = (34, 66, 104)
_LASH: Color = (26, 30, 44)
_CREASE: Color = (78, 100, 156)


class Eye:
    """One eye.  ``side`` is +1 for the one at the right of the picture, -1 for the left.

    ``canvas`` is what the face was painted on, ``face`` the painted face.
    """

    def __init__(self, canvas: Canvas, face: Paint, side: int) -> None:
        x, y = CENTER[0] * side, CENTER[1]
        left, top = ((canvas.pixels([(x - 27, y - 20)])[0]).round()).astype(int)
        wide, high = round(54 * canvas.scale), round(36 * canvas.scale)
        self.where = slice(top, top + high), slice(left, left + wide)
        x = float(left / canvas.scale + canvas.origin[0]) - x
        y = float(top / canvas.scale + canvas.origin[1]) - y
        patch = Canvas(x, y, x + 54, y + 36, canvas.scale)
        skin = np.asarray(face[self.where], np.float32)
        lids = [_lid(patch, skin, side, i / (_LEVELS - 1)) for i in range(_LEVELS)]
        self._lids = [lid.astype(np.float32) for lid, _ in lids]
        self._openings = [opening[..., None].astype(np.float32) for _, opening in lids]
        self._ball = _ball(patch).astype(np.float32)
        self._shine = (_glint(patch)[..., None] * 225).astype(np.float32)
        self._scale = canvas.scale

    def look(self, gaze_x: float, gaze_y: float, blink: float) -> Image:
        """The eye, BGR uint8, at the size of ``where``; arguments as in the pose."""
        level = min(max(blink, 0.0), 1.0) * (_LEVELS - 1)
        low = min(int(level), _LEVELS - 2)
        part = level - low
        lid = self._lids[low] * (1 - part) + self._lids[low + 1] * part
        opening = self._openings[low] * (1 - part) + self._openings[low + 1] * part
        shift = np.array(
            [[1, 0, 4.6 * gaze_x * self._scale], [0, 1, 2.6 * gaze_y * self._scale]]
        )
        size = (lid.shape[1], lid.shape[0])
        ball: NDArray[np.float32] = np.asarray(
            cv2.warpAffine(self._ball, shift, size, borderMode=cv2.BORDER_REPLICATE),
            np.float32,
        )
        eye = lid + (np.maximum(ball, self._shine) - lid) * opening
        return np.asarray(np.clip(eye + 0.5, 0, 255), np.uint8)


def _lines(side: int, closed: float) -> tuple[list[Point], list[Point]]:
    """The edges of the upper and the lower lid, from the inner to the outer corner."""
    meet = 5.2  # height at which the lids touch when the eye is closed
    up = [(-16.5, 3.0), (-12.0, -2.2), (-4.5, -6.3), (3.5, -7.2), (11.0, -4.9), (17.5, 0.2)]
    down = [(-16.5, 3.0), (-10.0, 5.8), (-2.0, 7.4), (6.0, 7.0), (12.5, 4.4), (17.5, 0.2)]
    low = [
        (-16.5, 3.0),
        (-10.0, meet),
        (-2.0, meet + 2),
        (6.0, meet + 1.4),
        (12.5, 3.9),
        (17.5, 0.9),
    ]
    upper = [
        (side * (ax + (bx - ax) * closed), ay + (by - ay) * closed)
        for (ax, ay), (bx, by) in zip(up, low, strict=True)
    ]
    lower = [(side * x, y - 0.4 * closed) for x, y in down]
    return curve(upper, 8), curve(lower, 8)


def _lid(patch: Canvas, skin: Paint, side: int, closed: float) -> tuple[Paint, Plane]:
    """The skin around the eye with its lashes, and the opening between the lids."""
    upper, lower = _lines(side, closed)
    opening = patch.filled([*upper, *reversed(lower)], 0.25)
    if closed > 0.97:
        opening = opening * 0
    paint = skin
    crease = [(x * 1.02, y - 5.4 + 2.6 * closed) for x, y in upper[2:-1]]
    paint = over(paint, _CREASE, patch.stroke(crease, 2.4, 0.8) * (0.55 - 0.25 * closed))
    above = patch.stroke([(x, y - 2.6) for x, y in upper], 4.0, 1.4)
    paint = over(paint, (150, 178, 226), above * 0.30)
    paint = over(paint, (128, 146, 214), patch.stroke(lower, 3.4, 0.7) * 0.55)
    paint = over(
        paint, _CREASE, patch.stroke([(x, y + 3.4) for x, y in lower], 3, 1.6) * 0.22
    )
    corner = patch.spot(-side * 16.0, 3.2, 2.0, 1.6)
    paint = over(paint, (104, 112, 190), corner * 0.6)
    line = [*upper[:-1], (upper[-1][0] + side * 2.6, upper[-1][1] - 1.6 + 2.0 * closed)]
    paint = over(paint, _LASH, patch.stroke(line, 3.5, 0.35) * 0.95)
    for i in range(9):
        root = upper[int(len(upper) * (0.30 + 0.075 * i)) if i < 9 else -1]
        lean = side * (1.2 + 0.55 * i)
        rise = (-4.6 + 0.18 * i) * (1 - closed) + 3.4 * closed
        tip = (root[0] + lean, root[1] + rise)
        bend = (root[0] + lean * 0.3, root[1] + rise * 0.6)
        paint = over(paint, _LASH, patch.stroke([root, bend, tip], 1.1, 0.2) * 0.8)
    paint = over(paint, _LASH, patch.stroke(lower[16:], 1.1, 0.4) * 0.45)
    return paint, opening


def _ball(patch: Canvas) -> Paint:
    """The eyeball looking straight ahead, dark under the upper lid."""
    r = np.hypot(patch.x, patch.y + 0.6)
    paint = patch.plain(_WHITE)
    paint = over(paint, (168, 178, 206), smoothstep(9, 19, np.abs(patch.x)) * 0.75)
    angle = np.arctan2(patch.y, patch.x)
    rays = 0.5 + 0.25 * np.sin(angle * 23 + 1) + 0.25 * np.sin(angle * 37 + r)
    iris = over(patch.plain(_BROWN), (62, 112, 160), rays * smoothstep(2, 6.5, r) * 0.5)
    iris = over(iris, (80, 132, 178), np.clip((patch.y + 1) / 9, 0, 1) * 0.45)
    iris = over(iris, (16, 26, 40), smoothstep(_IRIS - 2.4, _IRIS - 0.4, r) * 0.8)
    paint = over(paint, iris, smoothstep(_IRIS + 0.5, _IRIS - 0.5, r))
    paint = over(paint, (12, 14, 18), smoothstep(4.4, 3.5, r))
    shadow = smoothstep(1.5, -9.0, patch.y)
    return paint * (1 - 0.5 * shadow[..., None])


def _glint(patch: Canvas) -> Plane:
    """The reflection of the window in the eye."""
    soft = np.maximum(patch.spot(-3.0, -3.6, 1.25, 1.5), 0.4 * patch.spot(3.2, 2.6, 1.2))
    return np.asarray(np.clip(soft * 1.25, 0, 1), np.float32)
