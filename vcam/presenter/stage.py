"""Composes the presenter and the room for one moment in time."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from vcam.frames import Alpha, Image, Size
from vcam.presenter.arms import Arms
from vcam.presenter.body import paint_body
from vcam.presenter.head import Head
from vcam.presenter.layers import Layers, Matrix, compose, move, rotate, zoom
from vcam.presenter.office import covering, paint_office
from vcam.presenter.paint import Sprite
from vcam.presenter.script import Pose, pose_at

_CENTER, _FLOOR = 640.0, 720.0
"""The middle and the lower edge of the picture, in design pixels."""
_EXTENSION = (70, 72, 84)
"""Colour of the foreground far away from the person, BGR."""
_NOISE_SIGMA = 1.7
"""Standard deviation of the sensor noise, in grey levels."""
_NOISE_SLACK = 97
"""Pixels by which the noise tile is larger than the picture."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture of one moment, with its ground truth."""

    image: Image
    """BGR uint8, (height, width, 3): the webcam's picture, with sensor noise."""
    alpha: Alpha
    """uint8, (height, width): the person's exact share of each pixel."""
    foreground: Image
    """BGR uint8, (height, width, 3): only the person; defined beyond the edge, too."""
    room: Image
    """BGR uint8, (height, width, 3): the empty room; always the same array."""


class Presenter:
    """Draws the presenter at any moment; the same moment gives the same bytes.

    Without noise, ``image`` is ``foreground`` over ``room`` by ``alpha``, to within
    rounding.  The noise depends on ``seed`` and on the number of the frame at ``t_s``
    when there are ``fps`` of them per second.  ``room`` (BGR uint8, any size) replaces
    the drawn office.
    """

    def __init__(
        self,
        size: Size = Size(1280, 720),
        fps: float = 30.0,
        noise: bool = True,
        seed: int = 0,
        room: Image | None = None,
    ) -> None:
        self.size = size
        self.fps = fps
        self._scale = min(size.width / 640, size.height / 720)
        self._room = paint_office(size) if room is None else covering(room, size)
        self._body, self._head, self._arms = _person(self._scale)
        self._extension = np.full((size.height, size.width, 3), _EXTENSION, np.uint8)
        self._seed = seed
        self._noise = _noise_tiles(size, seed) if noise else None

    def draw(self, t_s: float) -> Drawing:
        """The presenter at ``t_s`` seconds of the script; only the room is shared."""
        pose = pose_at(t_s)
        height, width = self.size.height, self.size.width
        foreground = self._extension.copy()
        alpha = np.zeros((height, width), np.uint8)
        layers = Layers(foreground, alpha)
        body = self._placing(pose)
        layers.add(self._body, body)
        self._head.add_to(layers, pose, body)
        self._arms.add_to(layers, pose, body)
        image = self._room.copy()
        touched = layers.touched
        if touched is not None:
            compose(image[touched], foreground[touched], alpha[touched])
        self._add_noise(image, round(t_s * self.fps))
        return Drawing(image, alpha, foreground, self._room)

    def _placing(self, pose: Pose) -> Matrix:
        """The matrix from design coordinates of the body to pixels of the picture."""
        s = self._scale
        picture = (
            move(self.size.width / 2, self.size.height) @ zoom(s) @ move(-_CENTER, -_FLOOR)
        )
        person = (
            move(_CENTER + pose.x, _FLOOR + 60 + pose.y)
            @ rotate(pose.lean)
            @ zoom(pose.near, pose.near * (1 + 0.004 * pose.breath))
            @ move(-_CENTER, -_FLOOR - 60)
        )
        return picture @ person

    def _add_noise(self, image: Image, index: int) -> None:
        if self._noise is None:
            return
        height, width = self.size.height, self.size.width
        rng = np.random.default_rng((self._seed, index % (1 << 32)))
        for tile, add in zip(self._noise, (cv2.add, cv2.subtract), strict=True):
            x, y = rng.integers(0, _NOISE_SLACK, 2)
            add(image, tile[y : y + height, x : x + width], dst=image)


@lru_cache(maxsize=2)
def _person(scale: float) -> tuple[Sprite, Head, Arms]:
    """The painted parts.  Painting takes about a second, and drawing never changes them."""
    return paint_body(scale), Head(scale), Arms(scale)


def _noise_tiles(size: Size, seed: int) -> tuple[Image, Image]:
    """Two noise tiles.  One is added and one subtracted, so that the mean stays."""
    rng = np.random.default_rng((seed, 0xCA3))
    shape = (size.height + _NOISE_SLACK, size.width + _NOISE_SLACK)
    # The standard deviation of luma is 1; most noise is common to the three colours.
    light = rng.standard_normal(shape, np.float32)[..., None]
    tint = rng.standard_normal((*shape, 3), np.float32)
    tile = (0.85 * light + 0.5 * tint) * (_NOISE_SIGMA / 2**0.5) + 4 * _NOISE_SIGMA
    first = np.clip(np.rint(tile), 0, 255).astype(np.uint8)
    return first, first[::-1, ::-1].copy()
