"""The head: face, ears and hair, with eyes and a mouth that move."""

import numpy as np

from vcam.sources.presenter.layers import Layers, Matrix
from vcam.sources.presenter.paint import Canvas, curve, mirrored, over
from vcam.sources.presenter.script import Pose


class Head:
    """The painted head."""

    def __init__(self, scale: float) -> None:
        canvas = Canvas(480, 90, 800, 470, scale)
        face = canvas.filled(
            curve(
                mirrored(
                    [
                        (640, 150),
                        (690, 160),
                        (726, 220),
                        (730, 290),
                        (706, 370),
                        (640, 428),
                    ],
                    640,
                ),
                closed=True,
            ),
            0.7,
        )
        hair = canvas.filled(
            curve(
                mirrored([(640, 118), (710, 135), (752, 220), (740, 300), (640, 310)], 640),
                closed=True,
            ),
            2,
        )
        paint = over(
            canvas.plain((40, 50, 70)),
            (130, 165, 222),
            np.asarray(face * (canvas.y > 225), np.float32),
        )
        for x in (600, 680):
            paint = over(paint, (50, 50, 60), canvas.spot(x, 275, 8, 6))
        self._sprite = canvas.sprite(paint, np.maximum(face, hair))

    def add_to(self, layers: Layers, pose: Pose, body: Matrix) -> None:
        """Lay the head over the body."""
        layers.add(self._sprite, body)
