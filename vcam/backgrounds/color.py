"""One plain colour."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from vcam.backgrounds import HIDES_ROOM
from vcam.errors import SettingsError
from vcam.frames import Frame, Size
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.frames import Alpha, Image

OFFERED = {
    translatable("Green screen"): "#00b140",
    translatable("White"): "#ffffff",
    translatable("Grey"): "#808080",
    translatable("Night blue"): "#14213d",
    translatable("Black"): "#000000",
}
"""The colours in the menu."""


@dataclass(frozen=True)
class Color:
    """One plain colour, for example the green of a green screen."""

    kind: ClassVar[str] = "color"
    summary: ClassVar[str] = translatable(
        "a plain colour: '#00b140', 'teal', 'rgb(0 177 64)', …"
    )
    usage: ClassVar[str] = translatable("a colour like '#00b140' or teal")
    heading: ClassVar[str] = translatable("Colour")
    path: ClassVar[None] = None
    fit: ClassVar[None] = None
    exposure: ClassVar[int] = HIDES_ROOM

    color: str = "#00b140"
    """Any opaque CSS colour: a name, #rgb, #rrggbb, rgb(), hsl()."""

    def __post_init__(self) -> None:
        self.bgr  # noqa: B018 - a wrong colour is reported when it is chosen

    @property
    def title(self) -> str:
        return self.color

    @property
    def label(self) -> str:
        names = {Color(color).bgr: name for name, color in OFFERED.items()}
        return tr(names[self.bgr]) if self.bgr in names else self.color

    @property
    def bgr(self) -> tuple[int, int, int]:
        """Blue, green and red, 0..255."""
        parsed = parse_color(self.color)
        if parsed is None:
            raise SettingsError(
                tr("{color!r} is not a colour", color=self.color),
                tr("Write a name or code as in CSS, for example 'teal' or '#00b140'"),
            )
        red, green, blue, opacity = parsed
        if opacity != 255:
            raise SettingsError(
                tr("The colour {color!r} is see-through", color=self.color),
                tr("Choose an opaque one: there is only the room behind it"),
            )
        return blue, green, red

    @classmethod
    def named(cls, value: str) -> Self | None:
        return cls(value) if value else None

    @classmethod
    def offers(cls) -> tuple[Self, ...]:
        return tuple(map(cls, OFFERED.values()))

    def open(self, size: Size) -> "_ColorPainter":
        return _ColorPainter(size, self.bgr)

    def __str__(self) -> str:
        return self.color


class _ColorPainter:
    def __init__(self, size: Size, bgr: tuple[int, int, int]) -> None:
        import numpy as np

        self._canvas = np.full((size.height, size.width, 3), bgr, np.uint8)

    def paint(self, frame: Frame, alpha: "Alpha") -> "Image":
        return self._canvas

    def close(self) -> None:
        pass


def parse_color(text: str) -> tuple[int, int, int, int] | None:
    """Red, green, blue, opacity (0..255 each) of a CSS colour, or ``None``."""
    from PIL import ImageColor

    # Pillow reads the comma form of CSS; the space form is the same with other commas.
    written = text.strip().lower()
    inside = re.fullmatch(r"((?:rgb|hsl)a?)\(([^()]*)\)", written)
    if inside:
        numbers = re.split(r"[\s,/]+", inside[2].strip())
        name = inside[1].rstrip("a")
        if len(numbers) == 4:
            opacity = _opacity(numbers.pop())
            if opacity is None:
                return None
        else:
            opacity = 255
        written = f"{name}({','.join(number.removesuffix('deg') for number in numbers)})"
    else:
        opacity = None
    try:
        parsed = ImageColor.getrgb(written)
    except ValueError:
        return None
    red, green, blue, *rest = parsed
    if max(parsed) > 255 or min(parsed) < 0:
        return None
    return red, green, blue, rest[0] if rest else 255 if opacity is None else opacity


def _opacity(text: str) -> int | None:
    try:
        share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None
    return round(255 * share) if 0 <= share <= 1 else None
