"""Looks as evidence: kept as logits, and counted only where they still hold.

A look that was not made in this frame is remembered, and counts only where the picture
has not moved since; where it moved, the looks made from *this* frame decide alone.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from vcam.frames import Mask, Size

_SURE: Final = np.float32(0.995)
"""No look is trusted more than this: one that is sure and wrong could not be outvoted."""


class Evidence:
    """One look, as logits, and where the picture moved since it was made."""

    def __init__(self, grid: Size) -> None:
        """Nothing seen yet."""
        self.seen: Mask = _plane(grid)
        """The confidence of the last look, 0..1; written by whoever looks."""
        self.logit: Mask = _plane(grid)
        self.stale: Mask | None = None
        """1.0 where the picture moved since; ``None`` when the look is of this frame."""
        self._scratch = _plane(grid)
        self._stale = _plane(grid)

    def update(self) -> None:
        """:attr:`seen` was made from the present frame."""
        np.clip(self.seen, 1 - _SURE, _SURE, out=self.logit)
        np.subtract(np.float32(1), self.logit, out=self._scratch)
        np.divide(self.logit, self._scratch, out=self.logit)
        cv2.log(self.logit, dst=self.logit)
        self.stale = None

    def believe_either(self, other: "Evidence") -> None:
        """Both say from now on what the surer of person said, pixel by pixel."""
        np.maximum(self.logit, other.logit, out=self.logit)
        np.copyto(other.logit, self.logit)

    def age(self, moved: Mask | None) -> None:
        """Another frame came, which moved there; ``None``: it has nothing to do with it."""
        if moved is None:
            self._stale.fill(1.0)
        elif self.stale is None:
            np.copyto(self._stale, moved)
        else:
            np.maximum(self._stale, moved, out=self._stale)
        self.stale = self._stale

    def weigh(self, weight: float, into: Mask) -> None:
        """How much it counts, per pixel: ``weight`` where nothing moved since."""
        if self.stale is None:
            into.fill(weight)
        else:
            np.multiply(self.stale, np.float32(-weight), out=into)
            np.add(into, np.float32(weight), out=into)


class Fusion:
    """The weighted mean of several looks of one size."""

    def __init__(self, grid: Size) -> None:
        """Buffers for looks of this size."""
        self._fused = _plane(grid)
        self._share = _plane(grid)
        self._total = _plane(grid)

    def fuse(self, looks: Sequence[tuple[Evidence, float]]) -> Mask:
        """The confidence, 0..1; valid until the next call.  Weights add up to 1.

        At least one of those with a weight must be of this frame.
        """
        fused, total, share = self._fused, self._total, self._share
        fused.fill(0)
        if all(look.stale is None for look, _ in looks):
            for look, weight in looks:
                cv2.scaleAdd(look.logit, weight, fused, dst=fused)
            return _sigmoid(fused)
        # A weighted mean whose weights are pictures.
        total.fill(0)
        for look, weight in looks:
            look.weigh(weight, share)
            np.add(total, share, out=total)
            np.multiply(look.logit, share, out=share)
            np.add(fused, share, out=fused)
        np.divide(fused, total, out=fused)
        return _sigmoid(fused)


def _sigmoid(logit: Mask) -> Mask:
    """In place."""
    np.negative(logit, out=logit)
    cv2.exp(logit, dst=logit)
    np.add(logit, np.float32(1), out=logit)
    return np.reciprocal(logit, out=logit)


def _plane(size: Size) -> Mask:
    return np.zeros((size.height, size.width), np.float32)
