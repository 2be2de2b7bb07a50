"""A name plate: a dark, rounded plate with a stripe, a name, and a smaller second line."""

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Size
from vcam.imaging.css_colour import parse_color
from vcam.imaging.lettering import Face, font
from vcam.overlay.drawing import Layer, resized
from vcam.overlay.options import NamePlateOptions

PLATE, INK, FAINT = (18, 21, 26, 200), (255, 255, 255, 255), (206, 212, 220, 255)
"""Colours of plate, name and second line: red, green, blue, opacity."""
NAME_PX, LINE_PX = 36, 23
"""Sizes of the letters on a picture of 720 rows."""
HEIGHT_PX, LOW_HEIGHT_PX = 88, 62
"""Heights of a plate with and without a second line, likewise."""
PADDING_PX, STRIPE_PX, RADIUS_PX = 21, 6, 11
FINER = 3
"""It is drawn that many times larger, for smooth curves."""


def name_plate(options: NamePlateOptions, size: Size, face: Face | None = None) -> Layer:
    """The plate for pictures of ``size``, in the user's ``face`` if there is one.

    Letters become smaller until the plate is no wider than the picture.
    """
    from PIL import Image, ImageDraw

    unit = size.height / 720 * options.scale / 100 * FINER
    widest = size.width * 0.94 * FINER - (2 * PADDING_PX + STRIPE_PX) * unit
    # A line alone stands in the place of the name.
    name, line = (options.name or options.line), options.line if options.name else ""
    big = font(NAME_PX * unit, bold=True, face=face)
    small = font(LINE_PX * unit, face=face)
    wanted = max(big.getlength(name), small.getlength(line))
    if wanted > widest > 0:
        big = font(max(6.0, NAME_PX * unit * widest / wanted), bold=True, face=face)
        small = font(max(6.0, LINE_PX * unit * widest / wanted), face=face)
        wanted = max(big.getlength(name), small.getlength(line))
    width = round(wanted + (2 * PADDING_PX + STRIPE_PX) * unit)
    height = round((HEIGHT_PX if line else LOW_HEIGHT_PX) * unit)
    plate = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(plate)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), RADIUS_PX * unit, PLATE)
    stripe = Image.new("L", (width, height))
    ImageDraw.Draw(stripe).rectangle((0, 0, STRIPE_PX * unit, height), 255)
    red, green, blue, _ = parse_color(options.accent) or PLATE
    shape = np.asarray(plate.getchannel("A"), np.uint16) * np.asarray(stripe) // PLATE[3]
    accent = Image.new("RGBA", (width, height), (red, green, blue, 255))
    plate.paste(accent, mask=Image.fromarray(np.minimum(shape, 255).astype(np.uint8)))
    x = (STRIPE_PX + PADDING_PX * 0.85) * unit
    if line:
        draw.text((x, height * 0.35), name, INK, big, anchor="lm")
        draw.text((x, height * 0.73), line, FAINT, small, anchor="lm")
    else:
        draw.text((x, height * 0.5), name, INK, big, anchor="lm")
    return _reduced(np.asarray(plate))


def _reduced(rgba: NDArray[np.uint8]) -> Layer:
    opacity = rgba[..., 3:].astype(np.float32) / 255
    layer = np.dstack([rgba[..., 2::-1] * opacity, 255 - 255 * opacity]).astype(np.float32)
    height, width = rgba.shape[:2]
    return resized(layer, Size(max(1, width // FINER), max(1, height // FINER)))
