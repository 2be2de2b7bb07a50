"""Darkens what is behind the person."""

from dataclasses import dataclass

import cv2
import numpy as np

from vcam.backgrounds import Background
from vcam.backgrounds.color import Color
from vcam.frames import Image
from vcam.pipeline.compositing import Recycling


@dataclass(frozen=True, slots=True)
class Darkened:
    """How what is behind the person was darkened."""

    before: Image
    """What it was before."""
    percent: float
    """By how much every value is less than there, 0 to 100."""


class Darkening:
    """Makes all that is behind the person darker.  Used by one thread."""

    def __init__(self) -> None:
        self._images = Recycling()
        self._kept: tuple[Image, Darkened] | None = None
        """The last result, if it is of what does not change, such as a picture."""

    def applied(
        self, behind: Image, background: Background, percent: float
    ) -> tuple[Image, Darkened | None]:
        """``behind`` by ``percent`` darker, and of what it was made, if so.

        ``behind`` is not changed.  A plain colour is for another program's chroma key, and
        stays.  The result is valid until the next call.
        """
        kept, self._kept = self._kept, None
        if not percent or isinstance(background, Color):
            return behind, None
        if kept is None or kept[1].before is not behind or kept[1].percent != percent:
            result = darker(behind, percent, self._images.like(behind))
            kept = result, Darkened(behind, percent)
        if not behind.flags.writeable:
            self._kept = kept
        return kept


def darker(image: Image, percent: float, into: Image | None = None) -> Image:
    """``image``, every value less by ``percent``, in ``into`` if it is given."""
    return np.asarray(cv2.convertScaleAbs(image, into, 1 - percent / 100), np.uint8)
