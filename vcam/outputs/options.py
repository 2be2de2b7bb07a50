"""What the user can say about where pictures go."""

from dataclasses import dataclass, replace

from vcam.errors import SettingsError
from vcam.frames import Size
from vcam.translation import tr

USUAL_PORT = 8226
"""Where the picture is served if no other port is chosen."""
OFF, ON = "off", "on"


def port(text: str) -> int:
    """``on``, ``off`` or a number as :attr:`OutputOptions.serve`; raises ValueError."""
    named = {ON: USUAL_PORT, OFF: 0}
    return named[word] if (word := text.strip().lower()) in named else int(word)


@dataclass(frozen=True)
class OutputOptions:
    """The virtual camera, and the size and rate of everything."""

    device: str = ""
    """The virtual camera: a device path or label (Linux), ``obs``, ``unitycapture`` or a
    name (Windows); empty means the one labelled vcam, or the only one there is, and on
    Linux a camera in PipeWire beside it.  Or another output of the table in
    :mod:`vcam.outputs.opening`, as ``kind`` or ``kind:device``."""
    size: Size = Size(1280, 720)
    """Width and height of the pictures, both even; every call program accepts 1280x720."""
    fps: float = 30.0
    serve: int = 0
    """The port of 127.0.0.1 at which programs of this user can read the picture; 0 for
    none.  See :mod:`vcam.outputs.served`."""

    def same_camera(self, other: "OutputOptions") -> bool:
        """Whether they differ at most in where the picture is served.

        That changes while everything else stays open, and so the call goes on.
        """
        return replace(self, serve=other.serve) == other

    def __post_init__(self) -> None:
        width, height = self.size
        if width % 2 or height % 2 or not (32 <= width <= 7680 and 32 <= height <= 4320):
            raise SettingsError(
                tr("The size {size} cannot be published", size=self.size),
                tr("Choose even numbers from 32x32 to 7680x4320, for example 1280x720"),
            )
        if not 1 <= self.fps <= 240:
            raise SettingsError(
                tr(
                    "The rate {rate} frames per second cannot be published",
                    rate=f"{self.fps:g}",
                ),
                tr("Choose 1 to 240, for example 30"),
            )
        if self.serve != 0 and not 1024 <= self.serve <= 65535:
            raise SettingsError(
                tr("The picture cannot be served at port {port}", port=self.serve),
                tr(
                    "Choose 1024 to 65535, for example {port}, or 0 for none",
                    port=USUAL_PORT,
                ),
            )
