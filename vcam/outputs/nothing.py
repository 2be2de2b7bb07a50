"""An output that goes nowhere: for measuring, and where only the figures matter."""

from typing import TYPE_CHECKING

from vcam.frames import Size
from vcam.outputs.viewers import UNKNOWN, Viewers
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.frames import Image


NOWHERE = translatable("nowhere")
"""The name of such an output, in English."""


def is_nowhere(name: str) -> bool:
    """Whether an output of that name is such a one, in any language."""
    return name in (NOWHERE, tr(NOWHERE))


class Nothing:
    """Counts what it is sent."""

    def __init__(self, size: Size, fps: float = 30.0, device: str = "") -> None:
        self._size = size
        self.sent = 0

    @property
    def name(self) -> str:
        """Where it goes."""
        return tr(NOWHERE)

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    def send(self, image: "Image") -> None:
        """Count one picture."""
        self.sent += 1

    def viewers(self) -> Viewers:
        """Somebody may be measuring."""
        return UNKNOWN

    def close(self) -> None:
        """Nothing to release."""
