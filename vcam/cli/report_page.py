"""The page that ``vcam report`` writes: one file that loads nothing and runs nothing."""

import base64
from collections.abc import Mapping
from html import escape

from vcam import __version__
from vcam.cli.report_markup import PAGE, STYLE
from vcam.printable import printable
from vcam.translation import language, tr, translatable

TERMS = {
    "Person": translatable("How much of the picture the mask takes for the person."),
    "Edge": translatable(
        "Pixels with an alpha between 0.1 and 0.9: hair, blur, and doubt."
    ),
    "Flicker": translatable(
        "How much the mask changes near its edge while the picture stands still: the mean "
        "standard deviation over 8 frames. Without a known truth it can be compared "
        "between masks of the same video only."
    ),
    "Cost": translatable("The median, on the computer that made this page."),
}
"""What a number means, by its name."""


def page(name: str, facts: Mapping[str, str], light: bytes, dark: bytes) -> bytes:
    """The page about the file ``name``, with the figure as PNG for both colour schemes."""
    title = escape(printable(name))
    rows = "".join(
        f"<dt>{escape(tr(term))}</dt><dd>{escape(printable(value))}{_meaning(term)}</dd>\n"
        for term, value in facts.items()
    )
    heading = tr("{file} – vcam report", file=printable(name))
    pictured = tr("Frames, masks and results; the numbers are below")
    made = tr(
        "Made by vcam {version} on your computer. Everything is in this file, also your "
        "room; nothing is loaded from elsewhere.",
        version=__version__,
    )
    filled = PAGE.format(
        language=language(),
        heading=escape(heading),
        style=STYLE,
        title=title,
        dark=_data(dark),
        light=_data(light),
        pictured=escape(pictured),
        rows=rows,
        made=escape(made),
    )
    return filled.encode()


def _meaning(term: str) -> str:
    return f"<small>{escape(tr(TERMS[term]))}</small>" if term in TERMS else ""


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
