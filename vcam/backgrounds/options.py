"""What the user can say about the gallery."""

from dataclasses import dataclass

from vcam.errors import SettingsError
from vcam.translation import tr

LONGEST = 1440.0
"""Minutes: a day."""


@dataclass(frozen=True)
class GalleryOptions:
    """Whether one picture of the gallery follows another by itself."""

    every: float = 0.0
    """Minutes after which the next one is shown; 0: never."""
    shuffle: bool = False
    """In any order, in place of the gallery's."""

    def __post_init__(self) -> None:
        if not (self.every == 0 or 0.1 <= self.every <= LONGEST):
            raise SettingsError(
                tr("A change every {minutes} minutes is out of range", minutes=self.every),
                tr("Choose 0.1 to {most}, or 0 for never", most=f"{LONGEST:g}"),
            )
