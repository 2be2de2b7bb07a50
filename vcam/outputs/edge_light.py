"""An edge light: a bright frame on the screen that lights the face before it."""

from dataclasses import dataclass
from typing import NamedTuple

from vcam.errors import SettingsError
from vcam.imaging.css_colour import parse_color
from vcam.translation import tr

TONES = {"warm": "#ffd3a1", "neutral": "#fff1e0", "cool": "#e6f0ff"}
"""Colours with a name: about those of lamps of 3000, 4500 and 7500 kelvin."""
THINNEST, THICKEST = 1.0, 30.0
MOST_SCREENS = 16


@dataclass(frozen=True)
class EdgeLightOptions:
    """How the frame on the screen is; it never is in the picture."""

    tone: str = "neutral"
    """One of :data:`TONES`, or any opaque CSS colour."""
    thickness: float = 8.0
    """Percent of the screen's shorter side, 1 to 30."""
    screen: int = 0
    """Which screen: 0 for the main one, 1 for the first, and so on."""

    def __post_init__(self) -> None:
        parsed = parse_color(TONES.get(self.tone, self.tone))
        if parsed is None or parsed[3] != 255:
            raise SettingsError(
                tr("There is no tone {tone}", tone=repr(self.tone)),
                tr(
                    "Choose one of {names}, or write a colour as in CSS",
                    names=", ".join(TONES),
                ),
            )
        if not THINNEST <= self.thickness <= THICKEST:
            raise SettingsError(
                tr(
                    "An edge light of {thickness} % is out of range",
                    thickness=f"{self.thickness:g}",
                ),
                tr("Choose 1 to 30, in percent of the screen's shorter side"),
            )
        if not 0 <= self.screen <= MOST_SCREENS:
            raise SettingsError(
                tr("There is no screen {number}", number=self.screen),
                tr("Choose 0 for the main one, 1 for the first, and so on"),
            )

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue."""
        parsed = parse_color(TONES.get(self.tone, self.tone))
        assert parsed is not None
        return parsed[:3]


class Box(NamedTuple):
    """A place on the screens, in pixels."""

    x: int
    y: int
    width: int
    height: int


def strips(screen: Box, thickness: float) -> tuple[Box, Box, Box, Box]:
    """Top, bottom, left and right of a frame; ``thickness`` as in the options."""
    thick = max(1, round(min(screen.width, screen.height) * thickness / 100))
    x, y, width, height = screen
    inside = max(1, height - 2 * thick)
    return (
        Box(x, y, width, thick),
        Box(x, y + height - thick, width, thick),
        Box(x, y + thick, thick, inside),
        Box(x + width - thick, y + thick, thick, inside),
    )
