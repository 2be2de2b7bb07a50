"""Text in the user's own windows: the figures of the preview, the pages of the welcome."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vcam.frames import Image
from vcam.imaging.lettering import font

if TYPE_CHECKING:
    from PIL import ImageDraw

Colour = tuple[int, int, int]
"""RGB."""
INK: Colour = (238, 241, 244)
SHADE = 0.28
"""What is left of the brightness of a picture below a text on it."""
MARGIN, LINE = 14, 1.45
"""Pixels around a caption, and the height of a line as a multiple of its font size."""


def captioned(image: Image, lines: Sequence[str]) -> Image:
    """A copy of ``image`` with ``lines`` on its darkened upper left corner."""
    from PIL import Image as Picture
    from PIL import ImageDraw

    pixels = max(11.0, image.shape[0] / 32)
    room = image.shape[1] - 2 * MARGIN
    lines = [part for line in lines for part in wrapped(line, room, pixels)]
    height = round(2 * MARGIN + len(lines) * pixels * LINE)
    width = round(2 * MARGIN + max(width_of(line, pixels) for line in lines))
    shaded = image.copy()
    corner = shaded[:height, :width]
    corner[:] = (corner * SHADE).astype(np.uint8)
    canvas = Picture.fromarray(np.ascontiguousarray(shaded[..., ::-1]))
    draw_lines(ImageDraw.Draw(canvas), (MARGIN, MARGIN), lines, pixels)
    return np.ascontiguousarray(np.asarray(canvas)[..., ::-1])


def draw_lines(
    draw: "ImageDraw.ImageDraw",
    at: tuple[float, float],
    lines: Iterable[str],
    pixels: float,
    ink: Colour = INK,
) -> float:
    """Draw lines below each other, and return where the next one would begin."""
    x, y = at
    for line in lines:
        draw.text((x, y), line, ink, font(pixels))
        y += pixels * LINE
    return y


def wrapped(text: str, width: float, pixels: float) -> Iterator[str]:
    """``text`` in lines of at most ``width`` pixels, broken between words."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, pixels) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield line


def width_of(text: str, pixels: float) -> float:
    """How wide a line is, in pixels."""
    return float(font(pixels).getlength(text))
