"""Draws the gallery, ``vcam/backgrounds/gallery/*.jpg``, 1920x1080.

Run it from the repository: ``python assets/backgrounds/draw.py``; with names, draws those.
Every picture keeps its middle calm, has no text, and is a little out of focus, as the room
behind a person is.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import light
import nature
import numpy as np
import rooms

from vcam.presenter.paint import Canvas, Paint

GALLERY = Path(__file__).parents[2] / "vcam" / "backgrounds" / "gallery"
QUALITY = 90
DRAWN: dict[str, Callable[[Canvas], Paint]] = {
    "beach": nature.beach,
    "bookshelf": rooms.bookshelf,
    "bright": light.bright,
    "dusk": light.dusk,
    "library": rooms.library,
    "lights": light.lights,
    "mountains": nature.mountains,
    "office": rooms.office,
    "stage": light.stage,
    "studio": rooms.studio,
    "window": light.window,
}


def main(names: list[str]) -> None:
    """Draw the named ones, or all."""
    GALLERY.mkdir(exist_ok=True)
    for name in names or DRAWN:
        paint = DRAWN[name](Canvas(0, 0, 1280, 720, 1.5))
        # A trace of grain, against bands in the gradients.
        paint = paint + np.random.default_rng(1).normal(0, 0.8, paint.shape)
        picture = np.clip(np.rint(paint), 0, 255).astype(np.uint8)
        path = str(GALLERY / f"{name}.jpg")
        cv2.imwrite(path, picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


if __name__ == "__main__":
    main(sys.argv[1:])
