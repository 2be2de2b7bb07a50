"""Cards: what is sent when there is no picture, with the reason, in the user's language."""

import textwrap
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from vcam.frames import Image, Size
from vcam.imaging.lettering import Face, missing_letters
from vcam.imaging.lettering import font as font_of
from vcam.pipeline.card_picture import CardPicture
from vcam.translation import tr

Color = tuple[int, int, int]

TOP, BOTTOM = (48, 40, 34), (30, 25, 21)
"""The card's colours at its top and bottom, BGR: a dark blue."""
INK, FAINT, LESS_FAINT = (238, 234, 228), (150, 141, 130), (205, 200, 194)
"""The colours of message and detail, and of a detail on a picture, BGR."""
MESSAGE_PX, DETAIL_PX = 46, 27
"""The font sizes of message and detail on a card of 1280x720 pixels."""
TIME_PX, SOON_PX = 92, 34
"""Those of the time that is left, and of what is said when none is."""
BAND_PX, BAND_SHARE = 16, 0.3
"""Above and below what is written on a picture; how much of it is seen behind."""
WIDEST = 0.94
"""The share of the card's width that a line may have; a wider one is written smaller."""
LINE_HEIGHT = 1.45
"""The height of a line, as a multiple of its font size."""


def slate(
    size: Size,
    message: str,
    detail: str = "",
    left: str = "",
    picture: CardPicture | None = None,
    face: Face | None = None,
) -> Image:
    """Draw ``message``, ``left`` and ``detail`` below each other, on a dark card.

    ``left`` is the time that is left, or what is said when none is.  With a ``picture`` of
    that size, it is shown instead of the card, and what is written is at its lower edge.

    All texts are given in English and translated here.  Where the user's ``face`` lacks a
    letter of that, it is vcam's own font; where that one lacks it, English will do.
    Returns a read-only ``uint8 (height, width, 3)`` BGR image.  It is cached, because the
    same card is sent again and again.
    """
    if picture is not None and picture.size != size:
        picture = None
    texts = (message, detail, left)
    translated = tuple(tr(text) if text else "" for text in texts)
    if face is not None and missing_letters("".join(translated), face):
        face = None
    if face is None and missing_letters("".join(translated)):
        translated = texts
    return _drawn(size, picture, face, *translated)


class _Line(NamedTuple):
    text: str
    pixels: float
    ink: Color


@lru_cache(maxsize=4)
def _drawn(
    size: Size,
    picture: CardPicture | None,
    face: Face | None,
    message: str,
    detail: str,
    left: str,
) -> Image:
    unit = min(size.width / 1280, size.height / 720)
    time_px = TIME_PX if left[:1].isdigit() else SOON_PX
    lines = [_Line(line, MESSAGE_PX * unit, INK) for line in _wrapped(message, 40)]
    lines += [_Line(line, time_px * unit, INK) for line in _wrapped(left, 40)]
    faint = FAINT if picture is None else LESS_FAINT
    lines += [_Line(line, DETAIL_PX * unit, faint) for line in _wrapped(detail, 70)]
    height = round(sum(line.pixels * LINE_HEIGHT for line in lines))
    if picture is None:
        card, top = _plain(size).copy(), max(0, (size.height - height) // 2)
    else:
        card = picture.image.copy()
        top = max(0, size.height - height - round(BAND_PX * unit) * 2) if lines else 0
        band = card[top:] if lines else card[:0]
        # What is written can be read on every picture.
        band[:] = np.asarray(band * BAND_SHARE + np.array(BOTTOM) * (1 - BAND_SHARE))
        top += round(BAND_PX * unit)
    _write(card[top : top + height], lines, face)
    card.flags.writeable = False
    return card


@lru_cache(maxsize=1)
def _plain(size: Size) -> Image:
    shade = np.linspace(TOP, BOTTOM, size.height)[:, None]
    return np.broadcast_to(shade, (size.height, size.width, 3)).astype(np.uint8)


def _write(part: Image, lines: list[_Line], face: Face | None) -> None:
    """Write ``lines`` below each other into ``part`` of a card, each in its middle."""
    from PIL import Image as Picture
    from PIL import ImageDraw

    if not part.size:
        return
    canvas = Picture.fromarray(np.ascontiguousarray(part[..., ::-1]))
    draw, y = ImageDraw.Draw(canvas), 0.0
    for text, pixels, ink in lines:
        font = font_of(max(6.0, pixels), face=face)
        wide = draw.textlength(text, font) / (WIDEST * part.shape[1])
        if wide > 1:
            font = font_of(max(1.0, pixels / wide), face=face)
        draw.text((part.shape[1] / 2, y), text, ink[::-1], font, anchor="ma")
        y += pixels * LINE_HEIGHT
    part[:] = np.asarray(canvas)[..., ::-1]


def _wrapped(text: str, longest: int) -> list[str]:
    """Lines of about the same length: no word stands alone on the last one."""
    lines = textwrap.wrap(text, longest)
    while len(shorter := textwrap.wrap(text, longest := longest - 1)) == len(lines) > 1:
        lines = shorter
    return lines
