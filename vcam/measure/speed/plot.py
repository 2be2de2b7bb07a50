"""A chart of the costs over the sizes, drawn with Pillow."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vcam.frames import Image, Size
from vcam.measure.speed.sweep import AROUND, FLOOR, NAIVE, OWN, PEER, Table

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as PlainFont

Color: TypeAlias = tuple[int, int, int]
Label: TypeAlias = tuple[float, str, Color]
"""Vertical position, text and colour."""
Place: TypeAlias = Callable[[int, float], tuple[float, float]]
"""A function from the index of a size and milliseconds to a point of the chart."""

SIZE = Size(1100, 620)
"""Size of the chart."""
LEFT, RIGHT, TOP, BOTTOM = 64, 250, 52, 54
"""Margins in pixels."""
PAPER, INK, FAINT = (250, 248, 246), (46, 52, 60), (214, 212, 208)
"""Colours of background, text and grid, RGB."""
GREY = (140, 140, 140)
"""Colour of what vcam is compared with, RGB."""
COLORS = ((0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233))
"""Colours of vcam's presets: Okabe and Ito's, which colour-blind people can tell apart."""
TICKS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Possible ticks of the vertical axis."""
LABEL_PX = 15
"""Smallest distance between two labels."""


def drawn(tables: Mapping[str, Table]) -> Image:
    """Draw processor time per frame over size, both logarithmic; BGR, :data:`SIZE`."""
    from PIL import Image as Pictures
    from PIL import ImageDraw, ImageFont

    canvas = Pictures.new("RGB", SIZE, PAPER)
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(13)
    lines = _lines(tables)
    every_ms = [ms for line in lines.values() for ms in line]
    ticks_ms = _ticks(min(every_ms), max(every_ms))
    areas = [math.log(table.size.width * table.size.height) for table in tables.values()]

    def place(index: int, ms: float) -> tuple[float, float]:
        across = (areas[index] - areas[0]) / ((areas[-1] - areas[0]) or 1)
        low, high = math.log(ticks_ms[0]), math.log(ticks_ms[-1])
        up = (math.log(ms) - low) / ((high - low) or 1)
        x = LEFT + across * (SIZE.width - LEFT - RIGHT)
        return x, SIZE.height - BOTTOM - up * (SIZE.height - TOP - BOTTOM)

    for ms in ticks_ms:
        y = place(0, ms)[1]
        draw.line([(LEFT, y), (SIZE.width - RIGHT, y)], FAINT)
        draw.text((LEFT - 8, y), f"{ms:g}", INK, font, anchor="rm")
    for index, name in enumerate(tables):
        x = place(index, ticks_ms[0])[0]
        draw.line([(x, TOP), (x, SIZE.height - BOTTOM)], FAINT)
        draw.text((x, SIZE.height - BOTTOM + 8), name, INK, font, anchor="ma")
    draw.text((LEFT - 44, 16), "Processor milliseconds per frame", INK, font)
    _curves(draw, font, lines, place)
    return np.ascontiguousarray(np.asarray(canvas)[..., ::-1])


def _lines(tables: Mapping[str, Table]) -> dict[str, list[float]]:
    names = [cost.name for cost in next(iter(tables.values())).costs]
    return {
        name: [table.cost(name).cpu.median_ms for table in tables.values()]
        for name in names
        if name not in AROUND
    }


def _ticks(low_ms: float, high_ms: float) -> list[float]:
    below = max((t for t in TICKS_MS if t <= low_ms), default=TICKS_MS[0])
    above = min((t for t in TICKS_MS if t >= high_ms), default=TICKS_MS[-1])
    return [t for t in TICKS_MS if below <= t <= above]


def _curves(
    draw: "ImageDraw",
    font: "FreeTypeFont | PlainFont",
    lines: Mapping[str, list[float]],
    place: Place,
) -> None:
    shades = iter(COLORS * (1 + len(lines) // len(COLORS)))
    color_of: dict[str, Color] = {}
    labels = []
    for name, each_ms in lines.items():
        who = name.partition(", ")[0]
        if who not in color_of:
            color_of[who] = GREY if who in (FLOOR, OWN, NAIVE, PEER) else next(shades)
        points = [place(index, ms) for index, ms in enumerate(each_ms)]
        draw.line(points, color_of[who], 2, joint="curve")
        for x, y in points:
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), color_of[who])
        labels.append((points[-1][1], name, color_of[who]))
    x = SIZE.width - RIGHT + 12
    for y, name, color in _apart(sorted(labels)):
        draw.text((x, y), name, color, font, anchor="lm")


def _apart(labels: Iterable[Label]) -> list[Label]:
    """The labels from top to bottom, moved apart so that they can be read."""
    placed: list[Label] = []
    for y, name, color in labels:
        free = placed[-1][0] + LABEL_PX if placed else 0.0
        placed.append((max(y, free), name, color))
    return placed
