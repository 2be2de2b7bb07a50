"""The letters that vcam draws: Open Sans, with Latin, Greek and Cyrillic letters.

Where its package is missing it is Pillow's own font, which has no letter with an accent.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont

    Font = ImageFont.ImageFont | ImageFont.FreeTypeFont

NO_LETTER = "\uffff"
"""Drawn as every letter is that a font has not."""
PROBE_PX = 24.0


def font(pixels: float, *, bold: bool = False) -> "Font":
    """The font at that height, in pixels."""
    from PIL import ImageFont

    try:
        from ttf_opensans import OPENSANS_REGULAR, OPENSANS_SEMIBOLD

        face = OPENSANS_SEMIBOLD if bold else OPENSANS_REGULAR
        # Pillow's own layout: the other one is not in every Pillow, nor needed for these.
        layout = ImageFont.Layout.BASIC
        return ImageFont.truetype(face.path, pixels, layout_engine=layout)
    except (ImportError, OSError):
        return ImageFont.load_default(pixels)


@cache
def missing_letters(text: str) -> str:
    """The letters of ``text`` that the font has not, each once, in their order."""
    letters = font(PROBE_PX)
    missing = bytes(letters.getmask(NO_LETTER))
    return "".join(
        each
        for each in dict.fromkeys(text)
        if not each.isspace() and bytes(letters.getmask(each)) == missing
    )
