"""What the user painted: parts that are always shown, parts in which nobody ever is.

This comes after the matte, on its alpha alone: the models' answer and what it allows stay
as they are.  What is kept needs no evidence, because the user chose it; the privacy check
is given the cells, and compares them with the alpha, and the gate compares the region with
the one that is chosen when the picture leaves.
"""

from dataclasses import replace

import cv2
import numpy as np

from vcam.frames import Alpha, Frame, Image
from vcam.masking.matte import Matte
from vcam.regions import Region
from vcam.regions.placing import COVER, UNPAINTED, Painted, Placed, View, placed


class KeepAndDrop:
    """Applies a region to pictures.  Used by one thread."""

    def __init__(self) -> None:
        self._last: tuple[Region, View] | None = None
        self._placed = Placed(UNPAINTED, None, None)
        self._alpha: Alpha = np.zeros((0, 0), np.uint8)
        self._foreground: Image = np.zeros((0, 0, 3), np.uint8)

    def applied(self, matte: Matte, image: Image, region: Region, view: View) -> Matte:
        """``matte`` of ``image``, with ``region`` in it.

        Returns a matte with the arrays of the given one if nothing was painted.  Others are
        valid until the next call.
        """
        if not region:
            return replace(matte, painted=Painted(region))
        where = self._place(region, view)
        if self._alpha.shape != matte.alpha.shape:
            self._alpha = np.zeros_like(matte.alpha)
        alpha = self._alpha
        np.copyto(alpha, matte.alpha)
        foreground = matte.foreground
        if where.least is not None:
            cv2.max(alpha, where.least, dst=alpha)
            if foreground is not image:
                foreground = self._with_kept(foreground, image, alpha, matte.alpha)
        if where.most is not None:
            cv2.min(alpha, where.most, dst=alpha)
        return replace(matte, alpha=alpha, foreground=foreground, painted=where.painted)

    def covered(self, frame: Frame, region: Region, view: View) -> tuple[Frame, Painted]:
        """``frame`` of the plain room, with what is dropped covered in a copy."""
        if not region:
            return frame, Painted(region)
        where = self._place(region, view)
        if where.most is None:
            return frame, where.painted
        room = frame.image.copy()
        # Wholly: no trace of what is behind the soft edge, either.
        cv2.copyTo(np.full_like(room, COVER), cv2.inRange(where.most, 0, 254), room)
        return replace(frame, image=room, small=None), where.painted

    def _place(self, region: Region, view: View) -> Placed:
        if self._last != (region, view):
            self._last, self._placed = (region, view), placed(region, view)
        return self._placed

    def _with_kept(
        self, foreground: Image, image: Image, alpha: Alpha, was: Alpha
    ) -> Image:
        """A copy of ``foreground`` that is the frame itself wherever alpha was raised.

        The person's own colours were found there for less alpha than it has now.
        """
        if self._foreground.shape != foreground.shape:
            self._foreground = np.zeros_like(foreground)
        np.copyto(self._foreground, foreground)
        cv2.copyTo(image, cv2.compare(alpha, was, cv2.CMP_GT), self._foreground)
        return self._foreground
