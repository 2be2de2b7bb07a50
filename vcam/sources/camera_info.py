"""What is known of a camera without opening it."""

from dataclasses import dataclass

from vcam.v4l2.modes import Mode

GREY_ONLY = {"GREY", "Y8I", "Y10", "Y12", "Y16"}
"""What the infrared camera beside a laptop's webcam sends."""


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera, whether or not it is in use."""

    name: str
    path: str
    """``/dev/videoN``; on Windows and macOS the number as text."""
    index: int
    """The N of ``/dev/videoN``, or OpenCV's number.  Changes with the order of plugging."""
    identity: str
    """Stays the same when it is unplugged and plugged in again: USB ids, serial number,
    interface, and after an ``@`` the socket."""
    modes: tuple[Mode, ...] = ()
    """Empty when the system does not say."""
    virtual: bool = False
    """Another program's virtual camera: usable when asked for, never the default."""

    @property
    def infrared(self) -> bool:
        """It has no colour: not what anyone means by "the camera"."""
        return bool(self.modes) and {mode.fourcc for mode in self.modes} <= GREY_ONLY
