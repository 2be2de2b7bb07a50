"""The letters that vcam draws: Open Sans, with Latin, Greek and Cyrillic letters.

Where its package is missing it is Pillow's own font, which has no letter with an accent.
A :class:`Face` is a font of the user's own.
"""

import io
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.errors import FontError
from vcam.files import size_text
from vcam.imaging.file_types import regular
from vcam.reasons import reason
from vcam.translation import quoted, tr

if TYPE_CHECKING:
    from PIL import ImageFont

    Font = ImageFont.ImageFont | ImageFont.FreeTypeFont

NO_LETTER = "\uffff"
"""Drawn as every letter is that a font has not."""
PROBE_PX = 24.0
LARGEST = 64 << 20
"""Most bytes of a font file; one with all of Chinese has 20 MB."""
RIGHT_TO_LEFT = ("R", "AL")
"""Directions of Hebrew and Arabic letters, as Unicode names them."""
JOINED = ("Mn", "Mc")
"""Categories of signs that are drawn above, below or before another letter."""


class Face:
    """A font of the user's own, in memory: no card waits for a file.  Immutable."""

    def __init__(self, content: bytes, name: str) -> None:
        self._content = content
        self.name = name
        """The file's name, for messages."""

    def at(self, pixels: float) -> "Font":
        """The font at that height; raises :class:`OSError` for what is no font."""
        from PIL import ImageFont

        layout = ImageFont.Layout.RAQM if _joins() else ImageFont.Layout.BASIC
        return ImageFont.truetype(io.BytesIO(self._content), pixels, layout_engine=layout)


def read_face(path: Path) -> Face:
    """The font in a TrueType or OpenType file; raises :class:`~vcam.errors.FontError`."""
    name = quoted(str(path))
    remedy = tr("Choose a TrueType or OpenType file: .ttf, .otf, .ttc")
    try:
        with regular(path) as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise FontError(
            tr("The font {file} cannot be read: {why}", file=name, why=reason(error)),
            remedy,
        ) from error
    if len(content) > LARGEST:
        most = size_text(LARGEST)
        raise FontError(
            tr("The font {file} has more than {most}", file=name, most=most), remedy
        )
    face = Face(content, path.name)
    try:
        face.at(PROBE_PX).getmask("Ag")
    except (OSError, ValueError) as error:
        raise FontError(tr("{file} is no font", file=name), remedy) from error
    return face


def font(pixels: float, *, bold: bool = False, face: Face | None = None) -> "Font":
    """The font at that height, in pixels; a ``face`` has one weight only."""
    from PIL import ImageFont

    if face is not None:
        return face.at(pixels)
    try:
        from ttf_opensans import OPENSANS_REGULAR, OPENSANS_SEMIBOLD

        usual = OPENSANS_SEMIBOLD if bold else OPENSANS_REGULAR
        # Pillow's own layout: the other one is not in every Pillow, nor needed for these.
        layout = ImageFont.Layout.BASIC
        return ImageFont.truetype(usual.path, pixels, layout_engine=layout)
    except (ImportError, OSError):
        return ImageFont.load_default(pixels)


@lru_cache(maxsize=16)
def missing_letters(text: str, face: Face | None = None) -> str:
    """The letters of ``text`` that cannot be drawn, each once, in their order.

    Those that the font has not, and those that have to be joined or written from right to
    left where Pillow cannot do that.
    """
    letters = font(PROBE_PX, face=face)
    missing = bytes(letters.getmask(NO_LETTER))
    return "".join(
        each
        for each in dict.fromkeys(text)
        if not each.isspace()
        and (
            (face is not None and not _joins() and _is_joined(each))
            or bytes(letters.getmask(each)) == missing
        )
    )


def _is_joined(letter: str) -> bool:
    return (
        unicodedata.bidirectional(letter) in RIGHT_TO_LEFT
        or unicodedata.category(letter) in JOINED
    )


@cache
def _joins() -> bool:
    """Whether Pillow has what shapes Arabic and turns right-to-left text round."""
    from PIL import features

    return bool(features.check("raqm"))
