"""What is wanted of one picture, beside its background and its mask."""

from dataclasses import dataclass

from vcam.appearance.options import NOTHING, AppearanceOptions
from vcam.imaging.options import FramingOptions
from vcam.imaging.orientation import AS_IT_IS, Orientation
from vcam.overlay.drawing import Overlay
from vcam.regions import NO_REGION, Region


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """The rest of what the user chose, as the pipeline takes it."""

    orientation: Orientation = AS_IT_IS
    """How the camera's picture is turned first; everything else is about the turned one."""
    framing: FramingOptions = FramingOptions()
    """What of it is shown; of the plain room only what is chosen by hand."""
    overlay: Overlay | None = None
    """What lies over the picture, made for its size."""
    region: Region = NO_REGION
    """What the user painted into the camera's picture: always shown, or never."""
    appearance: AppearanceOptions = NOTHING
    """How the person looks; the plain room is shown as it is."""
