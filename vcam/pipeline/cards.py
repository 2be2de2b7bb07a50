"""Cards: what is sent when there is no picture, with the reason."""

import textwrap
from functools import lru_cache

import numpy as np

from vcam.frames import Image, Size

TOP, BOTTOM = (48, 40, 34), (30, 25, 21)
"""The card's colours at its top and bottom, BGR: a dark blue."""
INK, FAINT = (238, 234, 228), (150, 141, 130)
"""The colours of message and detail, BGR."""
MESSAGE_PX, DETAIL_PX = 46, 27
"""The font sizes of message and detail on a card of 1280x720 pixels."""
LINE_HEIGHT = 1.45
"""The height of a line, as a multiple of its font size."""


@lru_cache(maxsize=4)
def slate(size: Size, message: str, detail: str = "") -> Image:
    """Draw ``message``, and ``detail`` below it, in the middle of a dark card.

    Returns a read-only ``uint8 (height, width, 3)`` BGR image.  It is cached, because the
    same card is sent again and again.
    """
    from PIL import Image as Picture
    from PIL import ImageDraw, ImageFont

    shade = np.linspace(TOP, BOTTOM, size.height)[:, None, ::-1]
    canvas = Picture.fromarray(
        np.broadcast_to(shade, (size.height, size.width, 3)).astype(np.uint8)
    )
    draw = ImageDraw.Draw(canvas)
    unit = min(size.width / 1280, size.height / 720)
    lines = [(line, MESSAGE_PX * unit, INK) for line in textwrap.wrap(message, 40)]
    lines += [(line, DETAIL_PX * unit, FAINT) for line in textwrap.wrap(detail, 70)]
    y = size.height / 2 - sum(pixels * LINE_HEIGHT for _, pixels, _ in lines) / 2
    for line, pixels, ink in lines:
        font = ImageFont.load_default(max(6.0, pixels))
        draw.text((size.width / 2, y), line, ink[::-1], font, anchor="ma")
        y += pixels * LINE_HEIGHT
    card = np.ascontiguousarray(np.asarray(canvas)[..., ::-1])
    card.flags.writeable = False
    return card
