"""The card on air when there is no picture, and why."""

import textwrap
from functools import lru_cache

import numpy as np

from vcam.frames import Image, Size

TOP, BOTTOM = (48, 40, 34), (30, 25, 21)  # BGR, a calm dark blue
INK, FAINT = (238, 234, 228), (150, 141, 130)


@lru_cache(maxsize=4)
def slate(size: Size, message: str, detail: str = "") -> Image:
    """Draw ``message``, and ``detail`` below it, in the middle of a dark card.

    Returns a read-only ``uint8 (height, width, 3)`` BGR image, the same one for the same
    arguments: cards are sent again and again while something is missing.
    """
    from PIL import Image as Picture
    from PIL import ImageDraw, ImageFont

    shade = np.linspace(TOP, BOTTOM, size.height)[:, None, ::-1]
    canvas = Picture.fromarray(
        np.broadcast_to(shade, (size.height, size.width, 3)).astype(np.uint8)
    )
    draw = ImageDraw.Draw(canvas)
    unit = min(size.width / 1280, size.height / 720)
    lines = [(line, 46 * unit, INK) for line in textwrap.wrap(message, 40)]
    lines += [(line, 27 * unit, FAINT) for line in textwrap.wrap(detail, 70)]
    y = size.height / 2 - sum(pixels * 1.45 for _, pixels, _ in lines) / 2
    for line, pixels, ink in lines:
        font = ImageFont.load_default(max(6.0, pixels))
        draw.text((size.width / 2, y), line, ink[::-1], font, anchor="ma")
        y += pixels * 1.45
    card = np.ascontiguousarray(np.asarray(canvas)[..., ::-1])
    card.flags.writeable = False
    return card
