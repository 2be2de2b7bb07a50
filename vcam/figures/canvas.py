"""Empty figures with titles, and the files that they become."""

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vcam import installing
from vcam.errors import UsageError
from vcam.figures.lettering import drawable
from vcam.figures.panels import LIGHT, Look
from vcam.frames import Image
from vcam.translation import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Figure
    from matplotlib.figure import SubFigure

INCHES: Final = 12.0
"""Width of every figure.  In 1200 pixels its smallest letters are 13 pixels high."""
DPI: Final = 150
"""Pixels for each inch of a picture file."""
LONGEST: Final = 70
"""Letters of a title that a figure is wide enough for."""


def require_matplotlib() -> None:
    """Raise :class:`~vcam.errors.UsageError` where Matplotlib cannot be loaded."""
    try:
        import matplotlib.figure  # noqa: F401
    except (ImportError, OSError) as error:
        command = installing.command("install", installing.STUDIO)
        raise UsageError(
            tr("Matplotlib cannot be loaded: {why}", why=error),
            tr("Install what draws figures: {command}", command=installing.typed(command)),
        ) from error


def new_figure(inches: tuple[float, float], look: Look = LIGHT) -> "Figure":
    """An empty figure; raises :class:`~vcam.errors.UsageError` without Matplotlib."""
    require_matplotlib()
    from matplotlib.figure import Figure

    return Figure(inches, facecolor=look.paper, layout="constrained")


def titled_figure(tall: float, look: Look, title: str) -> "Figure":
    """A figure of the usual width and this height in inches."""
    figure = new_figure((INCHES, tall), look)
    layout: Any = figure.get_layout_engine()
    layout.set(w_pad=0.08, h_pad=0.06, hspace=0.02, wspace=0.02)
    if title:
        text = figure.suptitle(
            drawable(_shortened(title)), x=0.008, ha="left", color=look.ink
        )
        text.set(fontsize=15, fontweight="bold", parse_math=False)
    return figure


def two_parts(
    figure: "Figure", heights: tuple[float, float], look: Look
) -> tuple["SubFigure", "SubFigure"]:
    """An upper and a lower part, whose columns need not agree."""
    parts: Any = figure.subfigures(2, 1, height_ratios=heights)
    upper, lower = parts
    for part in (upper, lower):
        part.set_facecolor(look.paper)
    return upper, lower


def say_above(part: "SubFigure", text: str, look: Look) -> None:
    """Put one line of text above this part."""
    if text:
        said = part.suptitle(drawable(text), x=0.008, ha="left", color=look.ink)
        said.set(fontsize=11, parse_math=False)  # a file name may hold dollar signs


def encoded(figure: "Figure", kind: str) -> bytes:
    """The bytes of a ``png`` or ``pdf`` file.  The same figure gives the same bytes."""
    file = io.BytesIO()
    undated: dict[str, Any] = (
        {"CreationDate": None} if kind == "pdf" else {"Software": None}
    )
    figure.savefig(file, format=kind, dpi=DPI, metadata=undated)
    return file.getvalue()


def pixels(figure: "Figure", dpi: int = DPI) -> Image:
    """The figure as a picture: ``uint8 (height, width, 3)``, BGR."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(dpi)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, 2::-1].copy()


def _shortened(title: str) -> str:
    """The title without its middle, if it is longer than a figure is wide."""
    half = LONGEST // 2
    return title if len(title) <= LONGEST else f"{title[:half]}…{title[-half:]}"
