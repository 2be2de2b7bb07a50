"""The parts of figures: a picture, a histogram of alpha, a curve over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from vcam.figures.lettering import words
from vcam.frames import Alpha, Image
from vcam.translation import translatable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOM_BELOW, PERSON_FROM = 0.1, 0.9
"""Values of alpha up to which a pixel counts as room, and from which as person."""
BINS: Final = 51
"""Columns of the histogram."""
PERCENTS: Final = {1e-3: "0.001", 1e-2: "0.01", 0.1: "0.1", 1: "1", 10: "10", 100: "100"}
"""The ticks of the histogram's vertical axis."""
FEW: Final = 60
"""Values of a curve below which each gets a dot: a lonely one would not be seen."""
NOT_STILL: Final = translatable(
    "not measured: nothing near the edge stands still for 8 frames"
)


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a figure."""

    paper: str
    ink: str
    faint: str
    room: str
    edge: str
    person: str


LIGHT: Final = Look("#ffffff", "#1f2328", "#d5d9de", "#0072b2", "#d55e00", "#5c636b")
"""For paper and bright screens.  Room and edge have colours of Okabe and Ito, which
colour-blind people can tell apart."""
DARK: Final = Look("#182129", "#e9eff4", "#3b4854", "#56b4e9", "#e69f00", "#b9bfc6")
"""The same for dark screens."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A value over time; NaN where there is none."""

    seconds: Sequence[float]
    values: Sequence[float]


def shares(alpha: Alpha) -> tuple[float, float, float]:
    """Room, edge and person, as shares of the pixels."""
    room = float((alpha <= ROOM_BELOW * 255).mean())
    person = float((alpha >= PERSON_FROM * 255).mean())
    return room, max(0.0, 1 - room - person), person


def show_picture(axes: "Axes", picture: Image | Alpha, look: Look = LIGHT) -> None:
    """A BGR image, or an alpha in grey, without ticks and with a thin frame."""
    if picture.ndim == 2:
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
    else:
        axes.imshow(picture[:, :, ::-1], interpolation="antialiased")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_anchor("N")
    for spine in axes.spines.values():
        spine.set_edgecolor(look.faint)


def name_it(
    axes: "Axes", name: str, said: str, look: Look = LIGHT, *, below: bool = False
) -> None:
    """A name above its left end, and what is to be said of it above the right one.

    ``below``: it is too narrow for both; the second one is put below the picture.
    """
    axes.set_title(name, fontsize=12, color=look.ink, loc="left", fontweight="bold")
    if below:
        axes.set_xlabel(said, fontsize=9.5, color=look.ink, loc="left")
        axes.set_anchor("NW")
    else:
        axes.set_title(said, fontsize=9.5, color=look.ink, loc="right")


def draw_histogram(axes: "Axes", alpha: Alpha, look: Look = LIGHT) -> None:
    """How many pixels have which alpha, on a logarithmic scale."""
    counts, borders = np.histogram(alpha, BINS, (0, 255))
    percent = 100 * counts / alpha.size
    left, right = borders[:-1] / 255, borders[1:] / 255
    middle = (left + right) / 2
    colors = [
        look.room if at < ROOM_BELOW else look.person if at > PERSON_FROM else look.edge
        for at in middle
    ]
    axes.bar(left, percent, right - left, align="edge", color=colors, linewidth=0)
    axes.set_yscale("log")
    axes.set_ylim(1e-3, 400)
    axes.set_xlim(0, 1)
    axes.set_yticks(list(PERCENTS), list(PERCENTS.values()))
    names = (
        translatable("room {percent} %"),
        translatable("edge {percent} %"),
        translatable("person {percent} %"),
    )
    for name, share, color, x, side in zip(
        names,
        shares(alpha),
        (look.room, look.edge, look.person),
        (0.01, 0.5, 0.99),
        ("left", "center", "right"),
        strict=True,
    ):
        said = words(name, percent=f"{100 * share:.1f}")
        text = axes.text(x, 0.97, said, transform=axes.transAxes)
        text.set(ha=side, va="top", fontsize=11, color=color, fontweight="bold")
    said = words(translatable("percent of the pixels, logarithmic"))
    name_it(axes, words(translatable("Histogram of alpha")), said, look)
    below = words(translatable("alpha: 0 is room, 1 is person"))
    axes.set_xlabel(below, fontsize=10, color=look.ink)
    _plain(axes, look)


def draw_curve(
    axes: "Axes",
    curve: Curve,
    name: str,
    unit: str,
    color: str,
    at: Sequence[float],
    look: Look,
) -> None:
    """Draw ``curve`` and its mean, with a line at each of the times ``at``."""
    values = np.asarray(curve.values, np.float64)
    known = np.isfinite(values)
    for seconds in at:
        axes.axvline(seconds, color=look.faint, linewidth=0.8, linestyle=(0, (3, 3)))
    said = unit
    if known.any():
        mean = float(values[known].mean())
        (line,) = axes.plot(curve.seconds, values, color=color, linewidth=1.8)
        if np.count_nonzero(known) < FEW:
            line.set(marker="o", markersize=3)
        axes.axhline(mean, color=look.ink, linewidth=0.8, linestyle=":")
        axes.set_ylim(0, max(1.15 * float(values[known].max()), 0.5))
        said = words(
            translatable("{unit}; mean {mean} (dotted)"), unit=unit, mean=f"{mean:.2f}"
        )
    else:
        axes.set_yticks([])
        text = axes.text(0.5, 0.5, words(NOT_STILL), transform=axes.transAxes)
        text.set(ha="center", color=look.ink)
    name_it(axes, name, said, look)
    _plain(axes, look)


def _plain(axes: "Axes", look: Look) -> None:
    axes.set_facecolor(look.paper)
    axes.tick_params(colors=look.ink, labelsize=10, which="both")
    axes.tick_params(axis="y", which="minor", length=0)
    axes.grid(visible=True, axis="y", color=look.faint, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_edgecolor(look.ink)
