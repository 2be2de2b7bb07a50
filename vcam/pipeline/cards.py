"""Cards: what is sent when there is no picture, with the reason, in the user's language."""

import textwrap
from functools import lru_cache

import numpy as np

from vcam.frames import Image, Size
from vcam.imaging.lettering import Face, missing_letters
from vcam.imaging.lettering import font as font_of
from vcam.translation import tr

TOP, BOTTOM = (48, 40, 34), (30, 25, 21)
"""The card's colours at its top and bottom, BGR: a dark blue."""
INK, FAINT = (238, 234, 228), (150, 141, 130)
"""The colours of message and detail, BGR."""
MESSAGE_PX, DETAIL_PX = 46, 27
"""The font sizes of message and detail on a card of 1280x720 pixels."""
LINE_HEIGHT = 1.45
"""The height of a line, as a multiple of its font size."""


def slate(size: Size, message: str, detail: str = "", face: Face | None = None) -> Image:
    """Draw ``message``, and ``detail`` below it, in the middle of a dark card.

    Both are given in English and translated here.  Where the user's ``face`` lacks a letter
    of that, it is vcam's own font; where that one lacks it, English will do.
    Returns a read-only ``uint8 (height, width, 3)`` BGR image.  It is cached, because the
    same card is sent again and again.
    """
    translated = tr(message), tr(detail) if detail else ""
    if face is not None and not missing_letters("".join(translated), face):
        return _drawn(size, *translated, face)
    if not missing_letters("".join(translated)):
        message, detail = translated
    return _drawn(size, message, detail, None)


@lru_cache(maxsize=4)
def _drawn(size: Size, message: str, detail: str, face: Face | None) -> Image:
    from PIL import Image as Picture
    from PIL import ImageDraw

    shade = np.linspace(TOP, BOTTOM, size.height)[:, None, ::-1]
    canvas = Picture.fromarray(
        np.broadcast_to(shade, (size.height, size.width, 3)).astype(np.uint8)
    )
    draw = ImageDraw.Draw(canvas)
    unit = min(size.width / 1280, size.height / 720)
    lines = [(line, MESSAGE_PX * unit, INK) for line in _wrapped(message, 40)]
    lines += [(line, DETAIL_PX * unit, FAINT) for line in _wrapped(detail, 70)]
    y = size.height / 2 - sum(pixels * LINE_HEIGHT for _, pixels, _ in lines) / 2
    for line, pixels, ink in lines:
        font = font_of(max(6.0, pixels), face=face)
        draw.text((size.width / 2, y), line, ink[::-1], font, anchor="ma")
        y += pixels * LINE_HEIGHT
    card = np.ascontiguousarray(np.asarray(canvas)[..., ::-1])
    card.flags.writeable = False
    return card


def _wrapped(text: str, longest: int) -> list[str]:
    """Lines of about the same length: no word stands alone on the last one."""
    lines = textwrap.wrap(text, longest)
    while len(shorter := textwrap.wrap(text, longest := longest - 1)) == len(lines) > 1:
        lines = shorter
    return lines
