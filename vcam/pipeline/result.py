"""What :class:`~vcam.pipeline.api.Pipeline` returns."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vcam.frames import Alpha, Image, Mask, Size
from vcam.imaging.pictures import encoded
from vcam.imaging.resize import fitted

SHOWN_WIDTH: Final = 1280
"""Most pixels across of a picture in a notebook: its file holds every one."""


@dataclass(frozen=True, slots=True)
class Result:
    """What :meth:`Pipeline.process` returns.  The arrays are yours to keep.

    In a notebook it shows its picture.
    """

    image: Image
    """The person on the background: ``uint8 (height, width, 3)``, BGR, the input's size."""
    alpha: Alpha
    """Who is person: ``uint8 (height, width)``, 0 room .. 255 person."""

    @property
    def mask(self) -> Mask:
        """The alpha as ``float32 (height, width)``, 0.0 room .. 1.0 person; a new array."""
        return self.alpha.astype(np.float32) / np.float32(255)

    def _repr_png_(self) -> bytes:
        """The picture, for Jupyter; a large one is scaled down."""
        width, height = Size.of(self.image)
        if width <= SHOWN_WIDTH:
            return encoded(self.image, ".png")
        size = Size(SHOWN_WIDTH, max(1, round(height * SHOWN_WIDTH / width)))
        return encoded(fitted(self.image, size), ".png")
