"""From a frame to its matte: the one door of this package.

Fit the frame, let the model look at it, smooth in time, bring the edges to the picture's,
estimate the person's own colours there.

**Fail closed.**  A matte is made from a mask of *that* frame, checked for shape, type,
range and finiteness, or not at all: after any failure the engine is dropped, everything
remembered is forgotten, and the next call begins afresh.
"""

import contextlib
import time
from dataclasses import dataclass, field

import cv2
import numpy as np

from vcam.errors import SegmenterError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking.edges import guided
from vcam.masking.fitting import Fitting, shrink
from vcam.masking.options import MaskOptions, Recipe, resolve
from vcam.masking.segmenters import OpenSegmenter, Segmenter, open_segmenter
from vcam.masking.smoothing import Motion, Smoothing

_TOLERANCE = 0.01
"""How far outside 0..1 a mask may be: rounding, not nonsense."""


@dataclass(frozen=True, slots=True)
class Matte:
    """Who is in the frame, and in which colours.  Arrays are valid until the next call."""

    frame_index: int
    """:attr:`Frame.index` of the frame it was made from, and no other."""
    alpha: Alpha
    """At the frame's size."""
    foreground: Image
    """At the frame's size: the frame itself, or a copy with the person's own colours
    where alpha is between 0 and 255.  Bit-identical to the frame where alpha is 255."""
    mask: Mask
    """What the model said, checked, at the model's resolution."""
    costs_ms: dict[str, float] = field(default_factory=dict)
    """Processor time per stage: fit, segment, smooth, refine, foreground."""


class Matting:
    """Makes mattes, one per frame, in order.  Used by one thread."""

    def __init__(self, open_segmenter: OpenSegmenter = open_segmenter) -> None:
        """Nothing is loaded before the first frame."""
        self._open = open_segmenter
        self._engine = ""
        self._segmenter: Segmenter | None = None
        self._line: _Line | None = None

    def matte(self, frame: Frame, options: MaskOptions) -> Matte:
        """The matte of this frame.

        Raises :class:`~vcam.errors.SegmenterError` when there is no valid mask; the next
        call then starts afresh.
        """
        try:
            return self._matte(frame, resolve(options))
        except BaseException:
            self._drop()
            raise

    def reset(self) -> None:
        """Forget the frames seen; for a new source or scene."""
        self._line = None

    def close(self) -> None:
        """Release the model.  A later :meth:`matte` loads it again."""
        self._drop()

    def _matte(self, frame: Frame, recipe: Recipe) -> Matte:
        segmenter = self._segmenter_for(recipe)
        size = Size.of(frame.image)
        if self._line is None or self._line.size != size:
            self._line = _Line(size)
        return self._line.matte(frame, recipe, segmenter)

    def _segmenter_for(self, recipe: Recipe) -> Segmenter:
        if self._segmenter is None or self._engine != recipe.engine:
            fresh = self._open(recipe.engine, "landscape")
            if self._segmenter is not None:
                self._segmenter.close()
            self._segmenter, self._engine = fresh, recipe.engine
            self.reset()
        return self._segmenter

    def _drop(self) -> None:
        self.reset()
        segmenter, self._segmenter = self._segmenter, None
        if segmenter is not None:
            # Already broken: what matters is the failure that brought us here.
            with contextlib.suppress(Exception):
                segmenter.close()


class _Line:
    """The stages for frames of one size, and all they remember."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._fitting = Fitting(size)
        self._motion = Motion(self._fitting.grid_size)
        self._smoothing = Smoothing(self._fitting.grid_size)
        self._input: Image = np.zeros((0, 0, 3), np.uint8)
        self._alpha: Alpha = np.zeros((size.height, size.width), np.uint8)

    def matte(self, frame: Frame, recipe: Recipe, segmenter: Segmenter) -> Matte:
        clock = _Clock()
        detail, grid = self._fitting.fit(frame.image)
        looked_at = self._stretched(detail, grid, segmenter.input_size)
        clock.stage("fit")
        mask = checked(segmenter.segment(looked_at), segmenter.input_size)
        clock.stage("segment")
        low, high = np.float32(recipe.soft_low), np.float32(recipe.soft_high)
        soft = np.clip((mask - low) / (high - low), 0, 1)
        if Size.of(soft) != self._fitting.grid_size:
            soft = cv2.resize(soft, self._fitting.grid_size)
        moved = self._motion.weigh(grid, recipe.motion_threshold, recipe.motion_range)
        steady = self._smoothing.smooth(soft, moved, recipe.smoothing)
        clock.stage("smooth")
        if recipe.guide == "none":
            fine = (steady * 255 + 0.5).astype(np.uint8)
        else:
            fine = guided(
                steady,
                grid,
                detail,
                recipe.guide_radius,
                recipe.guide_epsilon,
                recipe.edge_low,
                recipe.edge_high,
            )
        cv2.resize(fine, self.size, dst=self._alpha, interpolation=cv2.INTER_LINEAR)
        clock.stage("refine")
        return Matte(frame.index, self._alpha, frame.image, mask, clock.costs_ms)

    def _stretched(self, detail: Image, grid: Image, size: Size) -> Image:
        if Size.of(grid) == size:
            return grid
        if Size.of(self._input) != size:
            self._input = np.zeros((size.height, size.width, 3), np.uint8)
        shrink(detail, self._input)
        return self._input


def checked(mask: Mask | None, size: Size) -> Mask:
    """``mask``, if it is one; raises :class:`~vcam.errors.SegmenterError` otherwise."""
    remedy = "vcam starts the mask engine again"
    if not isinstance(mask, np.ndarray):
        raise SegmenterError("The mask engine gave no mask", remedy)
    if mask.shape != (size.height, size.width) or mask.dtype != np.float32:
        raise SegmenterError(
            f"The mask engine gave {mask.dtype} {mask.shape} instead of "
            f"float32 {(size.height, size.width)}",
            remedy,
        )
    low, high = float(mask.min()), float(mask.max())
    # NaN makes min and max NaN, which fail the comparison.
    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):
        raise SegmenterError(
            f"The mask engine gave values from {low:g} to {high:g} instead of 0 to 1",
            remedy,
        )
    return mask


class _Clock:
    """Processor time of this process, stage by stage."""

    def __init__(self) -> None:
        self.costs_ms: dict[str, float] = {}
        self._last_s = time.process_time()

    def stage(self, name: str) -> None:
        now_s = time.process_time()
        self.costs_ms[name] = (now_s - self._last_s) * 1e3
        self._last_s = now_s
