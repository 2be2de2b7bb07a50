"""Predictions of several views, averaged as logits where they are still valid.

A prediction that was not made from this frame is remembered, and counts only where the
picture has not moved since.  Where it moved, the predictions from *this* frame decide
alone.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from vcam.frames import Mask, Size
from vcam.masking.working_sizes import Box

_SURE: Final = np.float32(0.995)
"""Highest confidence that counts: a model that is sure and wrong must stay outvotable."""


class Prediction:
    """A model's answer for one view, and where the picture moved since it was made."""

    def __init__(self, grid: Size) -> None:
        """Nothing seen yet."""
        self.seen: Mask = _plane(grid)
        """The confidence that the model gave last, 0..1; written by the caller."""
        self.logit: Mask = _plane(grid)
        self.stale: Mask | None = None
        """1.0 where the picture moved since, or the model did not see it; ``None`` if made
        from all of this frame."""
        self._scratch = _plane(grid)
        self._stale = _plane(grid)

    def update(self) -> None:
        """Take in :attr:`seen`, which was just made from the present frame."""
        np.clip(self.seen, 1 - _SURE, _SURE, out=self.logit)
        np.subtract(np.float32(1), self.logit, out=self._scratch)
        np.divide(self.logit, self._scratch, out=self.logit)
        cv2.log(self.logit, dst=self.logit)
        self.stale = None

    def confine(self, box: Box, margin: int) -> None:
        """From now on count only inside ``box``, and less in the margin of its sides."""
        height, width = self.seen.shape
        left, top, right, bottom = box
        # A side of the picture cuts off nothing that could be seen.
        left, top = left and left + margin, top and top + margin
        right -= margin * (right < width)
        bottom -= margin * (bottom < height)
        self._scratch.fill(1.0)
        self._scratch[top:bottom, left:right] = 0.0
        window = (2 * margin + 1, 2 * margin + 1)
        cv2.blur(self._scratch, window, dst=self._stale, borderType=cv2.BORDER_REPLICATE)
        self.stale = self._stale

    def believe_either(self, other: "Prediction") -> None:
        """Set both to the larger of the two, pixel by pixel."""
        np.maximum(self.logit, other.logit, out=self.logit)
        np.copyto(other.logit, self.logit)

    def age(self, moved: Mask | None) -> None:
        """Take in that the next frame moved there; ``None``: that it is a new scene."""
        if moved is None:
            self._stale.fill(1.0)
        elif self.stale is None:
            np.copyto(self._stale, moved)
        else:
            np.maximum(self._stale, moved, out=self._stale)
        self.stale = self._stale

    def weigh(self, weight: float, into: Mask) -> None:
        """Write how much it counts per pixel: ``weight`` where nothing moved since."""
        if self.stale is None:
            into.fill(weight)
        else:
            np.multiply(self.stale, np.float32(-weight), out=into)
            np.add(into, np.float32(weight), out=into)


class Fusion:
    """The weighted mean of several predictions of one size."""

    def __init__(self, grid: Size) -> None:
        """Buffers for predictions of this size."""
        self._fused = _plane(grid)
        self._share = _plane(grid)
        self._total = _plane(grid)

    def fuse(self, weighted: Sequence[tuple[Prediction, float]]) -> Mask:
        """The confidence, 0..1; valid until the next call.

        At least one prediction with a weight is of this frame, and if all are, the
        weights add up to 1.
        """
        fused, total, share = self._fused, self._total, self._share
        fused.fill(0)
        if all(each.stale is None for each, _ in weighted):
            for each, weight in weighted:
                cv2.scaleAdd(each.logit, weight, fused, dst=fused)
            return _sigmoid(fused)
        # Otherwise each pixel has weights of its own.
        total.fill(0)
        for each, weight in weighted:
            each.weigh(weight, share)
            np.add(total, share, out=total)
            np.multiply(each.logit, share, out=share)
            np.add(fused, share, out=fused)
        np.divide(fused, total, out=fused)
        return _sigmoid(fused)


def _sigmoid(logit: Mask) -> Mask:
    """The sigmoid of ``logit``, in place."""
    np.negative(logit, out=logit)
    cv2.exp(logit, dst=logit)
    np.add(logit, np.float32(1), out=logit)
    return np.reciprocal(logit, out=logit)


def _plane(size: Size) -> Mask:
    return np.zeros((size.height, size.width), np.float32)
