"""From a frame to its matte: the one door of this package.

Fit the frame, let the model look at it, smooth in time, bring the edges to the picture's,
soften what moves fast, estimate the person's own colours there.

**Fail closed.**  A matte is made from a mask of *that* frame, checked for shape, type,
range and finiteness, or not at all: after any failure the engine is dropped, everything
remembered is forgotten, and the next call begins afresh.
"""

import contextlib
from dataclasses import dataclass, replace

import cv2
import numpy as np

from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking import edge_adjust as rim
from vcam.masking.clean_plate import Plate
from vcam.masking.components import Strays
from vcam.masking.credibility import KEPT, Credibility
from vcam.masking.edges import Edges
from vcam.masking.foreground import Colours
from vcam.masking.frame_rate import Pace
from vcam.masking.inference import Looks
from vcam.masking.motion_blur import Shutter
from vcam.masking.options import MaskOptions, Recipe, resolve
from vcam.masking.repeats import Repeats
from vcam.masking.segmenters import OpenSegmenter, Segmenter, open_segmenter
from vcam.masking.smoothing import Motion, Smoothing, Vacated
from vcam.masking.working_sizes import Fitting, blank, shrink
from vcam.stopwatch import Stopwatch

_WITNESS = 30
"""Frames, of 30 a second, after which a preset of one look asks the other model, too."""
_DOUBTED = 3
"""The same while something is claimed that is not credible."""


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
    """What the models said of this frame, checked, before any smoothing; small."""
    limit: Alpha
    """The most alpha that the evidence allows, 0..255, at any size."""
    small: Image | None
    """See :attr:`Frame.small`."""


class Matting:
    """Makes mattes, one per frame, in order.  Used by one thread."""

    def __init__(self, open_segmenter: OpenSegmenter = open_segmenter) -> None:
        """Nothing is loaded before the first frame."""
        self._open = open_segmenter
        self._engine = ""
        self._wide: Segmenter | None = None
        self._close: Segmenter | None = None
        self._line: _Line | None = None
        self._way: Recipe | None = None
        self._credibility: Credibility | None = None
        self._repeats = Repeats()

    def matte(
        self, frame: Frame, options: MaskOptions, stopwatch: Stopwatch | None = None
    ) -> Matte:
        """The matte of this frame.

        The stages fit, segment, smooth, refine and foreground go on ``stopwatch``.
        Raises :class:`~vcam.errors.SegmenterError` when there is no valid mask; the next
        call then starts afresh.
        """
        try:
            return self._matte(frame, resolve(options), stopwatch or Stopwatch())
        except BaseException:
            self._drop()
            raise

    def reset(self) -> None:
        """Forget the frames seen; for a new source or scene."""
        self._line = None

    def mirror(self) -> None:
        """The frames are from now on the mirror images of those before."""
        self.reset()
        if self._credibility is not None:
            self._credibility.mirror()

    def close(self) -> None:
        """Release the model.  A later :meth:`matte` loads it again."""
        self._drop()

    def _matte(self, frame: Frame, recipe: Recipe, stopwatch: Stopwatch) -> Matte:
        wide, close = self._models_for(recipe)
        way = replace(recipe, edge=0.0, feather=0.0)
        size = Size.of(frame.image)
        credibility = self._credibility
        if credibility is None or not credibility.goes_on_with(size):
            self._credibility = credibility = Credibility(size)
        if self._line is None or self._line.size != size:
            self._line = _Line(size, recipe, credibility, self._repeats)
        elif way != self._way:
            self._line = _Line(size, recipe, credibility, self._repeats, self._line)
        self._way = way
        return self._line.matte(frame, recipe, wide, close, stopwatch)

    def _models_for(self, recipe: Recipe) -> tuple[Segmenter, Segmenter]:
        if self._engine != recipe.engine:
            fresh = self._open(recipe.engine, "landscape")
            self._drop()
            self._engine, self._wide = recipe.engine, fresh
        if self._wide is None:
            self._wide = self._open(recipe.engine, "landscape")
        if self._close is None:
            self._close = self._open(recipe.engine, "square")
        return self._wide, self._close

    def _drop(self) -> None:
        self.reset()
        models = (self._wide, self._close)
        self._engine, self._wide, self._close = "", None, None
        for model in models:
            if model is not None:
                # Perhaps already broken: what matters is what brought us here.
                with contextlib.suppress(Exception):
                    model.close()


class _Line:
    """The stages for frames of one size, and all they remember."""

    def __init__(
        self,
        size: Size,
        recipe: Recipe,
        credibility: Credibility,
        repeats: Repeats,
        last: "_Line | None" = None,
    ) -> None:
        """Goes on from ``last``, whose recipe was another: the edge glides, not jumps."""
        self.size = size
        self._credibility = credibility
        self._fitting = Fitting(size)
        grid = self._fitting.grid_size
        edges = self._fitting.detail_size if recipe.fine else grid
        # Edges on the grid are fitted at half of its size.
        half = Size(grid.width // 2, grid.height // 2)
        less = grid if recipe.fine else half
        self._less = blank(less)
        self._pace = Pace()
        self._motion = Motion(grid, less)
        self._looks = Looks(self._fitting, repeats)
        self._soft: Mask = np.zeros((grid.height, grid.width), np.float32)
        self._strays = Strays(grid)
        self._plate = Plate(grid, edges) if recipe.plate else None
        self._vacated = Vacated(grid)
        self._before = Smoothing(grid)
        self._edges = Edges(grid, edges)
        self._after = Smoothing(edges)
        self._shutter = Shutter(grid, edges) if recipe.motion_blur else None
        self._colours = Colours(size)
        self._fine: Alpha = np.zeros((edges.height, edges.width), np.uint8)
        self._alpha: Alpha = np.zeros((size.height, size.width), np.uint8)
        if last is not None:
            self._pace = last._pace
            if last._less.shape == self._less.shape:
                self._motion = last._motion
            else:
                self._motion.see(shrink(last._fitting.grid, self._less))
            self._before = last._before
            self._after.go_on_from(last._after)
            same = last._fine.shape == self._fine.shape
            if same and self._plate is not None and last._plate is not None:
                self._plate = last._plate

    def matte(
        self,
        frame: Frame,
        recipe: Recipe,
        wide: Segmenter,
        close: Segmenter,
        stopwatch: Stopwatch,
    ) -> Matte:
        detail, grid = self._fitting.fit(frame.image)
        # Edges are fitted, and motion is measured, on the one; they are drawn on the other.
        less, more = (grid, detail) if recipe.fine else (shrink(grid, self._less), grid)
        stopwatch.lap("fit")
        pace = self._pace
        if not pace.follow(frame.captured_s):
            self._motion.reset()
            if self._shutter is not None:
                self._shutter.reset()
        moved = self._motion.weigh(less, recipe.motion_threshold, recipe.motion_range)
        # Only looks that take turns need to know.
        gone = None if moved is None or not recipe.second_look else self._motion.gone
        stopwatch.lap("smooth")
        every = pace.turns(recipe.second_look)
        if every != recipe.second_look:
            recipe = replace(recipe, second_look=every)
        credibility = self._credibility
        witness_every = pace.turns(_DOUBTED if credibility.in_doubt else _WITNESS)
        seen = self._looks.look(
            *(frame.image, detail, grid, gone, recipe, wide, close, witness_every)
        )
        stopwatch.lap("segment")
        limit = credibility.limit(grid, seen, self._looks.held, KEPT ** (pace.usual_s * 30))
        stopwatch.lap("credibility")
        low, high = np.float32(recipe.soft_low), np.float32(recipe.soft_high)
        np.subtract(seen, low, out=self._soft)
        np.multiply(self._soft, 1 / (high - low), out=self._soft)
        np.clip(self._soft, 0, 1, out=self._soft)
        if recipe.blobs:
            self._strays.remove(self._soft)
        plate = self._plate
        if plate is not None:
            plate.compare(more)
            plate.doubt(self._soft)
        follow = self._vacated.follow(self._soft, moved)
        steady = self._before.smooth(self._soft, follow, pace.kept(recipe.smoothing))
        if plate is not None:
            plate.learn(more, np.maximum(steady, seen), moved, pace.usual_s)
        stopwatch.lap("smooth")
        fine = self._edges.refine(steady, less, more, recipe)
        if plate is not None and self._edges.guided is not None:
            plate.doubt_part(fine, self._edges.guided)
        # Without a guide it only remembers, for the recipe that may follow.
        keep = 0.0 if recipe.guide == "none" else pace.kept(recipe.smoothing_after)
        fine = self._after.smooth(fine, follow, keep)
        cv2.convertScaleAbs(fine, dst=self._fine)
        if self._shutter is not None:
            self._shutter.soften(self._fine)
        per_px = self._fine.shape[0] / 720
        wished = rim.softened(
            rim.moved(self._fine, recipe.edge * per_px), recipe.feather * per_px
        )
        limit = np.asarray(cv2.resize(limit, Size.of(wished)), np.uint8)
        wished = np.asarray(cv2.min(wished, limit), np.uint8)
        cv2.resize(wished, self.size, dst=self._alpha, interpolation=cv2.INTER_LINEAR)
        stopwatch.lap("refine")
        foreground = frame.image
        if recipe.foreground:
            foreground = self._colours.estimate(frame.image, self._alpha, grid, self._fine)
            stopwatch.lap("foreground")
        return Matte(frame.index, self._alpha, foreground, seen, limit, detail)
