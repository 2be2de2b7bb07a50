"""The user's options for the source of the frames."""

from dataclasses import dataclass

from vcam.errors import SettingsError
from vcam.imaging.orientation import QUARTERS, Orientation
from vcam.translation import tr


@dataclass(frozen=True)
class SourceOptions:
    """The camera.  It is asked for the output's size and rate."""

    camera: str = ""
    """A name or part of it, an index, a device path, a video or picture file, or
    ``presenter`` for the drawn one; empty means the first physical camera."""
    mirror: bool = False
    """Exchange left and right.  Call programs already mirror your view of yourself."""
    rotate: int = 0
    """Degrees clockwise, 0, 90, 180 or 270, for a camera that hangs or stands on its side.
    The picture is rotated first, then flipped, then mirrored, and only then processed."""
    flip: bool = False
    """Exchange top and bottom."""

    def __post_init__(self) -> None:
        if self.rotate not in QUARTERS:
            raise SettingsError(
                tr("A picture cannot be rotated by {degrees} degrees", degrees=self.rotate),
                tr("Choose 0, 90, 180 or 270, which are clockwise"),
            )

    @property
    def orientation(self) -> Orientation:
        """All three in one."""
        return Orientation.of(self.rotate, self.flip, self.mirror)
