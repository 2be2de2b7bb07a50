"""One plain colour."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from vcam.backgrounds import HIDES_ROOM
from vcam.errors import SettingsError
from vcam.frames import Frame, Size
from vcam.imaging.css_colour import parse_color
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
