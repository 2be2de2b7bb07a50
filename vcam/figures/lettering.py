"""Words in figures: in the user's language, as far as Matplotlib's font has its letters."""

from vcam.printable import printable
from vcam.translation import tr

BOX = "□"
"""Stands for a letter that the font does not have."""


def words(text: str, /, **values: object) -> str:
    """A message in the user's language, or in English where its letters cannot be drawn."""
    said = tr(text, **values)
    return said if BOX not in drawable(said) else text.format(**values)


def drawable(text: str) -> str:
    """``text`` with a box for what the font has no letter for: Matplotlib would warn."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    return "".join(
        each if font.get_char_index(ord(each)) else BOX for each in printable(text)
    )
