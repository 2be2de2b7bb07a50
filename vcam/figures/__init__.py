"""Figures of frames and their masks, drawn with Matplotlib.

Matplotlib is imported when the first figure is drawn; it comes with the extra ``studio``.
Only its object interface is used: there is no current figure, no window, and nothing of it
is shared between threads.  Every colour is set here, so a user's style does not change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from vcam.figures.canvas import INCHES, say_above, titled_figure, two_parts
from vcam.figures.lettering import words
from vcam.figures.panels import (
    DARK,
    LIGHT,
    Curve,
    draw_curve,
    draw_histogram,
    name_it,
    show_picture,
)
from vcam.frames import Alpha, Image, Size
from vcam.imaging.mask_views import overlay
from vcam.imaging.resize import fitted
from vcam.translation import translatable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Curve", "Moment", "picture_figure", "video_figure"]

NARROW: Final = 0.9
"""Width by height below which two texts have no room side by side above a picture."""
SHOWN_HEIGHT: Final = 720
"""Most rows of a picture that are drawn: a figure has no room for more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame of a video with its mask; pictures may be smaller than the frame."""

    seconds: float
    frame: Image
    alpha: Alpha
    result: Image


def picture_figure(
    frame: Image,
    alpha: Alpha,
    result: Image,
    title: str,
    subtitle: str = "",
    dark: bool = False,
) -> "Figure":
    """Frame, mask, overlay, result and the histogram of alpha.

    Raises :class:`~vcam.errors.UsageError` where Matplotlib is not installed.
    """
    look = DARK if dark else LIGHT
    size = Size.of(frame)
    frame, mask, result = _shown(frame), _shown(alpha), _shown(result)
    tall = min(1.2, max(0.4, frame.shape[0] / frame.shape[1])) * (INCHES - 0.5) / 3
    heading = 0.3 * bool(subtitle)
    figure = titled_figure(2 * tall + 1.2 + heading + 0.35 * bool(title), look, title)
    above, below = two_parts(figure, (tall + 0.4 + heading, tall + 0.8), look)
    say_above(above, subtitle, look)
    pictures = (
        (translatable("Frame"), f"{size}, uint8, BGR", frame),
        (
            translatable("Mask"),
            words(
                translatable("{percent} % of the picture"),
                percent=f"{100 * float(alpha.mean()) / 255:.1f}",
            ),
            mask,
        ),
        (
            translatable("Overlay"),
            words(translatable("the room grey under a tint")),
            overlay(frame, mask),
        ),
        (
            translatable("Result"),
            words(translatable("alpha · person + (1 − alpha) · background")),
            result,
        ),
    )
    last, histogram = below.subplots(1, 2, width_ratios=(1, 2))
    places = (*above.subplots(1, 3), last)
    for axes, (name, said, picture) in zip(places, pictures, strict=True):
        show_picture(axes, picture, look)
        name_it(axes, words(name), said, look, below=size.width < NARROW * size.height)
    draw_histogram(histogram, alpha, look)
    return figure


def video_figure(
    moments: Sequence[Moment],
    coverage: Curve,
    flicker: Curve,
    title: str,
    subtitle: str = "",
    dark: bool = False,
) -> "Figure":
    """Frames, masks and results of some moments, and two curves over the whole video.

    Raises :class:`~vcam.errors.UsageError` where Matplotlib is not installed.
    """
    look = DARK if dark else LIGHT
    columns = len(moments)
    first = moments[0].frame
    tall = first.shape[0] / first.shape[1] * (INCHES - 0.6) / columns
    tall = min(tall, 2.0)
    strip_tall = 3 * (tall + 0.13) + 0.7
    figure = titled_figure(strip_tall + 4.4, look, title)
    strip, curves = two_parts(figure, (strip_tall, 4.2), look)
    say_above(strip, subtitle, look)
    axes = strip.subplots(3, columns, squeeze=False)
    for column, moment in enumerate(moments):
        rows = (moment.frame, moment.alpha, moment.result)
        for row, picture in enumerate(rows):
            show_picture(axes[row][column], picture, look)
        axes[0][column].set_title(_time(moment.seconds), fontsize=10, color=look.ink)
    names = translatable("Frame"), translatable("Mask"), translatable("Result")
    for row, name in enumerate(names):
        axes[row][0].set_ylabel(words(name), fontsize=11, color=look.ink)
    upper, lower = curves.subplots(2, 1, sharex=True)
    at = [moment.seconds for moment in moments]
    percent = Curve(coverage.seconds, [100 * value for value in coverage.values])
    draw_curve(
        upper,
        percent,
        words(translatable("Coverage: the person's share of the picture")),
        "%",
        look.room,
        at,
        look,
    )
    said = words(
        translatable("Flicker of the mask near its edge, where the picture stands still")
    )
    unit = words(translatable("grey levels of 255"))
    draw_curve(lower, flicker, said, unit, look.edge, at, look)
    lower.set_xlabel(words(translatable("seconds")), fontsize=10, color=look.ink)
    return figure


def _shown(picture: Any) -> Any:
    """The picture, at a height that a figure can show."""
    size = Size.of(picture)
    if size.height <= SHOWN_HEIGHT:
        return picture
    width = max(1, round(size.width * SHOWN_HEIGHT / size.height))
    return fitted(picture, Size(width, SHOWN_HEIGHT), "stretch")


def _time(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}:{rest:04.1f}" if minutes else f"{rest:.1f} s"
