"""What the user can say about what lies over the picture."""

from dataclasses import dataclass
from pathlib import Path

from vcam.errors import SettingsError
from vcam.imaging.css_colour import parse_color
from vcam.translation import tr

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

    shown: bool = True
    """Whether it is on air: it can be left out for a while."""

    def __post_init__(self) -> None:
        for name in ("width", "x", "y", "opacity"):
            value = getattr(self, name)
            if not 0 <= value <= 100 or (name == "width" and not value):
                raise SettingsError(
                    tr(
                        "The overlay's {option} {value} is out of range",
                        option=name,
                        value=f"{value:g}",
                    ),
                    tr("Choose 0 to 100, in percent; a width of more than 0"),
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

    shown: bool = True
    """Whether it is on air."""

    def __post_init__(self) -> None:
        for name in ("name", "line"):
            text = getattr(self, name)
            if len(text) > LONGEST:
                raise SettingsError(
                    tr(
                        "The name plate's {option} has {count} characters",
                        option=name,
                        count=len(text),
                    ),
                    tr("Choose {count} at most", count=LONGEST),
                )
        if self.corner not in CORNERS:
            raise SettingsError(
                tr("There is no corner {corner}", corner=repr(self.corner)),
                tr("Choose one of {names}", names=", ".join(CORNERS)),
            )
        parsed = parse_color(self.accent)
        if parsed is None or parsed[3] != 255:
            raise SettingsError(
                tr("The accent {color} is not an opaque colour", color=repr(self.accent)),
                tr("Write a name or code as in CSS, for example 'teal' or '#00b140'"),
            )
        if not 50 <= self.scale <= 200:
            raise SettingsError(
                tr(
                    "The plate's scale {value} is out of range",
                    value=f"{self.scale:g}",
                ),
                tr("Choose 50 to 200, in percent"),
            )
