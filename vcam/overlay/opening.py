"""All that lies over the picture, as it is chosen."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.errors import FontError
from vcam.frames import Size
from vcam.overlay.options import NamePlateOptions, OverlayOptions

if TYPE_CHECKING:
    from vcam.imaging.lettering import Face
    from vcam.overlay.drawing import Overlay


@dataclass(frozen=True)
class OverlayChoice:
    """A picture, a name plate, both or nothing."""

    overlay: OverlayOptions = field(default_factory=OverlayOptions)
    plate: NamePlateOptions = field(default_factory=NamePlateOptions)
    font: Path | None = None
    """The plate's font; Open Sans where it cannot be read, since the name matters more."""
    picture_on_top: bool = False
    """Whether the picture covers the plate, where both are in one place, or the reverse."""

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self._has_picture or self._has_plate

    def __str__(self) -> str:
        """For messages: the file, or the name."""
        return str(self.overlay.picture or self.plate.name or self.plate.line)

    def open(self, size: Size) -> "Overlay":
        """Read the file and draw the plate, for pictures of ``size``.

        Raises :class:`~vcam.errors.OverlayError` when the file cannot be read.
        """
        # Commands that show no picture need neither OpenCV nor NumPy.
        from vcam.overlay.drawing import Overlay
        from vcam.overlay.placing import add_picture, add_plate

        made = Overlay(size)
        if self._has_picture and not self.picture_on_top:
            add_picture(made, self.overlay, size)
        if self._has_plate:
            add_plate(made, self.plate, size, self._face())
        if self._has_picture and self.picture_on_top:
            add_picture(made, self.overlay, size)
        return made

    def _face(self) -> "Face | None":
        from vcam.imaging.lettering import read_face

        with suppress(FontError):
            return read_face(self.font) if self.font else None
        return None

    @property
    def _has_picture(self) -> bool:
        return self.overlay.shown and self.overlay.picture is not None

    @property
    def _has_plate(self) -> bool:
        return self.plate.shown and bool(self.plate.name or self.plate.line)
