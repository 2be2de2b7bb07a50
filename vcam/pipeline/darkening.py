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

    def applied(
        self, behind: Image, background: Background, percent: float
    ) -> tuple[Image, Darkened | None]:
        """``behind`` by ``percent`` darker, and of what it was made, if so.

        ``behind`` is not changed.  A plain colour is for another program's chroma key, and
        stays.  The result is valid until the next call.
        """
        if not percent or isinstance(background, Color):
            return behind, None
        result = self._images.like(behind)
        return darker(behind, percent, result), Darkened(behind, percent)


def darker(image: Image, percent: float, into: Image | None = None) -> Image:
    """``image``, every value less by ``percent``, in ``into`` if it is given."""
    return np.asarray(cv2.convertScaleAbs(image, into, 1 - percent / 100), np.uint8)
