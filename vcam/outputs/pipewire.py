"""A camera in PipeWire, for programs that get their cameras from there.

It needs no driver: Firefox, GNOME's programs, OBS and Flatpak programs list it.  Others,
Zoom's for example, know only devices; see :mod:`vcam.outputs.virtual_camera`.
"""

import cv2
import numpy as np

from vcam.errors import OutputError
from vcam.frames import Image, Size
from vcam.outputs import check_picture
from vcam.outputs.viewers import Viewers
from vcam.pipewire.node import Node
from vcam.printable import printable
from vcam.reasons import reason
from vcam.translation import tr, translatable

TITLE = "vcam"
"""What programs call it."""
REMEDY = translatable(
    "Install PipeWire and WirePlumber, and start them: "
    "`systemctl --user start pipewire wireplumber`"
)


class PipeWire:
    """An open camera in PipeWire; fulfils :class:`~vcam.outputs.WatchedOutput`."""

    def __init__(self, size: Size, fps: float, device: str = "") -> None:
        """Offer a camera of exactly ``size`` (both even), called ``device`` or "vcam".

        Raises :class:`~vcam.errors.OutputError` when there is no PipeWire.
        """
        title = printable(device.strip()) or TITLE
        self._size = size
        self._name = f"{title} (PipeWire)"
        self._picture = np.zeros((size.height * 3 // 2, size.width), np.uint8)
        try:
            self._node = Node(
                title if title == TITLE else f"vcam.{title}", title, size, fps
            )
        except OSError as error:
            raise OutputError(
                tr(
                    "There is no camera {name} in PipeWire: {reason}",
                    name=repr(title),
                    reason=reason(error),
                ),
                tr(REMEDY),
            ) from error

    @property
    def name(self) -> str:
        """For example ``vcam (PipeWire)``."""
        return self._name

    @property
    def size(self) -> Size:
        """The size it was opened with."""
        return self._size

    def send(self, image: Image) -> None:
        """Publish one picture; costs nothing while nobody reads.

        Raises :class:`~vcam.errors.OutputError` when PipeWire has ended.
        """
        if self._node.lost:
            raise OutputError(
                tr("{name} is gone: PipeWire has ended", name=self._name), tr(REMEDY)
            )
        check_picture(self, image)
        if self._node.watched:
            cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420, dst=self._picture)
            self._node.send(self._picture.ctypes.data)

    def viewers(self) -> Viewers:
        """The programs that take pictures; exact."""
        if not self._node.watched:
            return Viewers(False, ())
        names = self._node.readers()
        return Viewers(True, tuple(map(printable, names)) or None)

    def close(self) -> None:
        """Take the camera away."""
        self._node.close()
