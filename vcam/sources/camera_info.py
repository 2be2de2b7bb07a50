"""What is known about a camera without opening it."""

from dataclasses import dataclass

from vcam.v4l2.modes import Mode

IN_PIPEWIRE = "pipewire:"
"""The start of the path of a camera that is read through PipeWire."""
GREY_ONLY = {"GREY", "Y8I", "Y10", "Y12", "Y16"}
"""Formats of the infrared camera beside a laptop's webcam."""


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera, whether or not it is in use."""

    name: str
    path: str
    """``/dev/videoN``; ``pipewire:`` and its name there; on Windows and macOS the number
    as text."""
    index: int
    """The N of ``/dev/videoN``, or OpenCV's number; depends on the order of plugging.  -1
    in PipeWire, which has none."""
    identity: str
    """A name that survives unplugging: USB ids, serial number and interface, and after an
    ``@`` the USB port; or the path in PipeWire."""
    modes: tuple[Mode, ...] = ()
    """The modes it offers; empty if the system does not report them."""
    virtual: bool = False
    """Whether it is another program's virtual camera, which is never the default."""
    usual: bool = False
    """Whether the system gives it to programs that do not choose; macOS says so."""

    @property
    def infrared(self) -> bool:
        """Whether it has no colour, and so is not what people mean by "the camera"."""
        return bool(self.modes) and {mode.fourcc for mode in self.modes} <= GREY_ONLY

    @property
    def in_pipewire(self) -> bool:
        """Whether it is read through PipeWire."""
        return self.path.startswith(IN_PIPEWIRE)

    @property
    def pipewire_name(self) -> str:
        """What PipeWire calls it; empty elsewhere."""
        return self.path.removeprefix(IN_PIPEWIRE) if self.in_pipewire else ""
