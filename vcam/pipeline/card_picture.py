"""The user's own picture for the card of a break."""

from pathlib import Path

import numpy as np

from vcam.frames import Image, Size
from vcam.imaging.pictures import load_picture
from vcam.imaging.resize import fitted


class CardPicture:
    """A picture file, made for cards of one size.  Immutable; any thread may use it.

    It is made of a file alone and is never given a camera's frame.
    """

    def __init__(self, path: Path, size: Size) -> None:
        """Read ``path``; all of it is seen.

        Raises :class:`~vcam.errors.PictureError` when it cannot be read.
        """
        image = np.array(fitted(load_picture(path, size), size, "contain"), np.uint8)
        image.flags.writeable = False
        self.size = size
        """The size of the cards that it is for."""
        self.image: Image = image
        """BGR, read-only."""
