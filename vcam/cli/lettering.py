"""Text in the user's own windows: the figures of the preview, the pages of the welcome."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vcam.frames import Image

INK, FAINT, ACCENT = (240, 243, 246), (160, 172, 184), (84, 200, 211)
"""The colours of text, RGB."""
SHADE = 0.28
"""What is left of the brightness of a picture below a text on it."""
MARGIN, LINE = 14, 1.5


class Text(NamedTuple):
    """A line and where it begins: its left end and its upper edge in pixels."""

    x: float
    y: float
    text: str
    pixels: float = 18.0
    ink: tuple[int, int, int] = INK


def drawn(image: Image, texts: Sequence[Text]) -> Image:
    """A copy of ``image`` with ``texts`` on it."""
    from PIL import Image as Picture
    from PIL import ImageDraw, ImageFont

    canvas = Picture.fromarray(np.ascontiguousarray(image[..., ::-1]))
    draw = ImageDraw.Draw(canvas)
    for each in texts:
        font = ImageFont.load_default(each.pixels)
        draw.text((each.x, each.y), each.text, each.ink, font)
    return np.ascontiguousarray(np.asarray(canvas)[..., ::-1])


def captioned(image: Image, lines: Sequence[str]) -> Image:
    """A copy of ``image`` with ``lines`` on its darkened upper left corner."""
    pixels = max(11.0, image.shape[0] / 30)
    height = round(2 * MARGIN + len(lines) * pixels * LINE)
    width = round(2 * MARGIN + max(width_of(line, pixels) for line in lines))
    shaded = image.copy()
    corner = shaded[:height, :width]
    corner[:] = (corner * SHADE).astype(np.uint8)
    texts = [
        Text(MARGIN, MARGIN + number * pixels * LINE, line, pixels)
        for number, line in enumerate(lines)
    ]
    return drawn(shaded, texts)


def width_of(text: str, pixels: float) -> float:
    """How wide a line is, in pixels."""
    from PIL import ImageFont

    return ImageFont.load_default(pixels).getlength(text)
