"""The head: face, brows and hair, with eyes and a mouth that move.

The head turns and nods by bending its picture: every point moves in proportion to its
height towards the viewer, the same height that its light is computed from.
"""

import numpy as np
from numpy.typing import NDArray

from vcam.presenter.eyes import Eye
from vcam.presenter.face import face_height, paint_face
from vcam.presenter.hair import paint_back_hair, paint_front_hair
from vcam.presenter.headphones import paint_headphones
from vcam.presenter.layers import Bend, Layers, Matrix, move, rotate
from vcam.presenter.mouth import Mouth
from vcam.presenter.paint import Canvas, Paint, Plane, Sprite, over
from vcam.presenter.script import Pose

CENTER = (640.0, 286.0)
"""The point between the eyes, in the design coordinates of the picture."""
_PIVOT = (640.0, 432.0)
"""The point on the neck about which the head turns."""
_BOX = (-160.0, -186.0, 160.0, 176.0)
_BROW = (44, 58, 92)


class Head:
    """The painted head; ``scale`` is in pixels per design pixel."""

    def __init__(self, scale: float) -> None:
        canvas = Canvas(*_BOX, scale)
        height = face_height(canvas)
        skin, face = paint_face(canvas, height)
        front, cover = paint_front_hair(canvas)
        skin = _shadowed(canvas, skin, cover)
        skin = _brows(canvas, skin)
        self._eyes = [Eye(canvas, skin, side) for side in (-1, 1)]
        self._mouth = Mouth(canvas, skin)
        back, behind = paint_back_hair(canvas)
        paint = over(over(back, skin, face), front, cover)
        alpha = 1 - (1 - face) * (1 - cover) * (1 - behind)
        phones, worn = paint_headphones(canvas)
        under = 0.45 * canvas.blurred(worn, 5)[..., None]
        with_phones = over(paint * (1 - under), phones, worn)
        # The key is whether the headphones are on.
        self._sprites = {
            False: canvas.sprite(paint, alpha),
            True: canvas.sprite(with_phones, 1 - (1 - alpha) * (1 - worn)),
        }
        self._bend_scale = min(scale, 0.5)
        self._bends = _bends(Canvas(*_BOX, self._bend_scale))

    def add_to(self, layers: Layers, pose: Pose, body: Matrix) -> None:
        """Draw the head over the body."""
        painted = self._sprites[pose.headphones]
        pixels = painted.pixels.copy()
        color = pixels[..., :3]
        for eye in self._eyes:
            color[eye.where] = eye.look(pose.gaze_x, pose.gaze_y, pose.blink)
        color[self._mouth.where] = self._mouth.speak(pose.mouth, pose.smile)
        sprite = Sprite(pixels, painted.origin, painted.scale)
        amounts = np.array((pose.turn, pose.nod, pose.brows, pose.mouth), np.float32)
        bend = Bend(np.tensordot(amounts, self._bends, 1), self._bend_scale)
        placing = (
            body
            @ move(*_PIVOT)
            @ rotate(pose.tilt)
            @ move(
                CENTER[0] - _PIVOT[0] + 9 * pose.turn, CENTER[1] - _PIVOT[1] + 6 * pose.nod
            )
        )
        layers.add(sprite, placing, bend)


def _shadowed(canvas: Canvas, skin: Paint, hair: Plane) -> Paint:
    """Add the shadow of the hair on the face, from the window at the upper left."""
    near = np.roll(hair, (round(5 * canvas.scale), round(4 * canvas.scale)), axis=(0, 1))
    shadow = np.maximum(canvas.blurred(near, 4), 0.8 * canvas.blurred(hair, 7))
    tint = np.array((0.62, 0.56, 0.44), np.float32) * shadow[..., None]
    return np.asarray(skin * (1 - tint * 0.85), np.float32)


def _brows(canvas: Canvas, skin: Paint) -> Paint:
    rng = np.random.default_rng(4)
    skin = skin.copy()
    for side in (-1, 1):
        part, where = canvas.part(
            min(side * 8, side * 68), -36, max(side * 8, side * 68), -6
        )
        skin[where] = _brow(part, skin[where], side, rng)
    return skin


def _brow(canvas: Canvas, skin: Paint, side: int, rng: np.random.Generator) -> Paint:
    body = canvas.stroke(
        [(side * 17, -17.5), (side * 32, -23), (side * 46, -23.5), (side * 58, -16.5)],
        6.0,
        1.3,
    )
    skin = over(skin, _BROW, body * 0.52)
    for i in range(46):
        u = i / 45
        x = 16 + 42 * u
        y = -16.5 - 7.8 * np.sin(np.pi * min(1.0, u * 1.12) ** 1.15) * 0.95
        rise = 5.6 * (1 - u) + 1.2
        start = (side * x, y + 2.4 - 1.6 * u + rng.uniform(-0.8, 0.8))
        end = (side * (x + 3.5 + 3.5 * u), start[1] - rise + rng.uniform(-0.6, 0.6))
        skin = over(skin, _BROW, canvas.stroke([start, end], 1.15, 0.25) * 0.55)
    return skin


def _bends(canvas: Canvas) -> NDArray[np.float32]:
    """The offsets of turning, nodding, brows and jaw, per unit of the pose."""
    zero = np.zeros_like(canvas.x)
    z = canvas.blurred(face_height(canvas), 5) / 92
    skull = np.sqrt(np.clip(1 - (canvas.x / 150) ** 2 - ((canvas.y + 10) / 175) ** 2, 0, 1))
    depth = np.maximum(0.55 * z + 0.5 * skull, 0.9 * skull)
    both = np.abs(canvas.x)
    brow = np.exp(-0.5 * (((both - 36) / 24) ** 2 + ((canvas.y + 22) / 10) ** 2))
    chin = np.exp(-0.5 * ((canvas.x / 44) ** 2 + ((canvas.y - 122) / 24) ** 2))
    fields: list[tuple[Plane, Plane]] = [
        (-15 * depth, zero),
        (zero, -13 * depth),
        (zero, 5.0 * brow),
        (zero, -7.0 * chin),
    ]
    return np.stack([np.stack(pair, axis=-1) for pair in fields]).astype(np.float32)
