"""What the user can say about what lies over the picture."""

from dataclasses import dataclass
from pathlib import Path

from vcam.errors import SettingsError
from vcam.imaging.css_colour import parse_color

CORNERS = ("bottom-left", "bottom-right", "top-left", "top-right")
LONGEST = 60
"""Most characters of a line of the name plate."""


@dataclass(frozen=True)
class OverlayOptions:
    """A picture with transparency over the camera's: a logo, a frame."""

    picture: Path | None = None
    """A PNG, WebP or other picture file; ``None`` for no overlay."""
    width: float = 15.0
    """Percent of the camera picture's width, more than 0 up to 100."""
    x: float = 100.0
    """Place from 0, at the left edge, to 100, at the right one."""
    y: float = 0.0
    """Place from 0, at the top, to 100, at the bottom."""
    opacity: float = 100.0
    """Percent: 100 is as opaque as the file."""

    def __post_init__(self) -> None:
        for name in ("width", "x", "y", "opacity"):
            value = getattr(self, name)
            if not 0 <= value <= 100 or (name == "width" and not value):
                least = "more than 0" if name == "width" else "0"
                raise SettingsError(
                    f"The overlay's {name} {value:g} is out of range",
                    f"Choose {least} to 100, in percent",
                )


@dataclass(frozen=True)
class NamePlateOptions:
    """Name and a second line in a corner of the picture."""

    name: str = ""
    """The name; empty for no plate."""
    line: str = ""
    """Smaller, below the name: role, pronouns, company."""
    accent: str = "#2aa198"
    """The colour of the stripe: any opaque CSS colour."""
    corner: str = "bottom-left"
    """One of :data:`CORNERS`."""
    scale: float = 100.0
    """Percent of the usual size, 50 to 200."""

    def __post_init__(self) -> None:
        for name in ("name", "line"):
            text = getattr(self, name)
            if len(text) > LONGEST:
                raise SettingsError(
                    f"The name plate's {name} has {len(text)} characters",
                    f"Choose {LONGEST} at most",
                )
        if self.line and not self.name:
            raise SettingsError("The name plate has a line but no name", "Add a name")
        if self.corner not in CORNERS:
            raise SettingsError(
                f"There is no corner {self.corner!r}", f"Choose one of {', '.join(CORNERS)}"
            )
        parsed = parse_color(self.accent)
        if parsed is None or parsed[3] != 255:
            raise SettingsError(
                f"The accent {self.accent!r} is not an opaque colour",
                "Write a name or code as in CSS, for example 'teal' or '#00b140'",
            )
        if not 50 <= self.scale <= 200:
            raise SettingsError(
                f"The name plate's scale {self.scale:g} is out of range",
                "Choose 50 to 200, in percent",
            )
