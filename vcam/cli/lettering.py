"""Text in the user's own windows: the figures of the preview, the pages of the welcome."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from vcam.frames import Image

if TYPE_CHECKING:
    from PIL import ImageDraw
    from PIL.ImageFont import FreeTypeFont

Colour = tuple[int, int, int]
"""RGB."""
INK: Colour = (238, 241, 244)
SHADE = 0.28
"""What is left of the brightness of a picture below a text on it."""
MARGIN, LINE = 14, 1.45
"""Pixels around a caption, and the height of a line as a multiple of its font size."""
FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "arial.ttf",
)
"""Fonts that systems have, with the letters of most languages."""
SUBSTITUTES = {
    "·": "-",
    "…": "...",
    "–": "-",
    "ß": "ss",
    **dict.fromkeys("„“”«»", '"'),
}
"""What stands for letters that have no plain form, where no such font is installed."""


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
        draw.text((x, y), _writable(line), ink, font(pixels))
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
    return float(font(pixels).getlength(_writable(text)))


@cache
def font(pixels: float) -> "FreeTypeFont":
    """A font of the system, or else the one of Pillow."""
    from PIL import ImageFont

    if (name := _found()) is not None:
        return ImageFont.truetype(name, pixels)
    built_in = ImageFont.load_default(pixels)
    assert isinstance(built_in, ImageFont.FreeTypeFont)
    return built_in


@cache
def _found() -> str | None:
    from PIL import ImageFont

    for name in FONTS:
        try:
            ImageFont.truetype(name, 16)
        except OSError:
            continue
        return name
    return None


def _writable(text: str) -> str:
    """``text`` in letters that the font has: that of Pillow has no accents."""
    if _found() is not None or text.isascii():
        return text
    for letter, others in SUBSTITUTES.items():
        text = text.replace(letter, others)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
