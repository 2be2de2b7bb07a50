"""From a frame to its matte: the public entry point of this package.

Resize the frame, run the models, smooth in time, align edges with the picture, soften
what moves fast, and estimate the person's own colours at the edge.

**Fail closed.**  A matte is made from a mask of *that* frame, checked for shape, type,
range and finiteness, or not at all.  After any failure the engine is dropped, what was
remembered of earlier frames is forgotten, and the next call starts afresh.
"""

from dataclasses import replace

import cv2
import numpy as np

from vcam import kernels
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.orientation import MIRRORED, Orientation
from vcam.imaging.resize import shrink
from vcam.kernels.enlarging import Enlarging
from vcam.masking.clean_plate import CleanPlate
from vcam.masking.components import StrayRemover
from vcam.masking.credibility import KEPT, Credibility
from vcam.masking.edge_alpha import EdgeAlpha, Guides
from vcam.masking.edges import move_edge, soften_edge
from vcam.masking.foreground import Foreground
from vcam.masking.frame_rate import FrameRate
from vcam.masking.inference import Inference, Models
from vcam.masking.matte import Matte
from vcam.masking.motion_blur import MotionBlur
from vcam.masking.names import ONE
from vcam.masking.one_person import OnePerson
from vcam.masking.options import MaskOptions, Recipe, resolve
from vcam.masking.repeats import Repeats
from vcam.masking.running_engine import RunningEngine
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.masking.smoothing import EmptyAreas, Motion, Smoothing
from vcam.masking.working_sizes import WorkingSizes, blank
from vcam.stopwatch import Stopwatch

__all__ = ["Matte", "Matting"]

_CHECK_EVERY = 30
"""Frames, at 30 per second, between two cross-checks by the model that is not in use."""
_CHECK_EVERY_IN_DOUBT = 3
"""Frames between two cross-checks while the mask claims something not credible."""


class Matting:
    """Makes mattes, one per frame, in order.  Used by one thread."""

    def __init__(self, open_segmenter: OpenSegmenter = open_segmenter) -> None:
        """Nothing is loaded before the first frame."""
        self._engine = RunningEngine(open_segmenter)
        self._history: _History | None = None
        self._stages: _Stages | None = None
        self._credibility: Credibility | None = None
        self._repeats = Repeats()

    @property
    def engine(self) -> str:
        """Which engine runs, and why, in the user's words; empty while none does."""
        return str(self._engine)

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
        except BaseException as error:
            self.reset()
            self._engine.failed(error)
            raise

    def reset(self) -> None:
        """Forget the earlier frames; for a new source or scene."""
        self._history = self._stages = None

    def turn(self, by: Orientation) -> None:
        """From now on frames are turned ``by`` that, compared with those before.

        A mirror image shows the same room and people.  With another side up everything
        starts anew, as with another camera: models only know people who are upright, so
        they have missed half of one, and that half was taken for a part of the room.
        """
        self.reset()
        if self._credibility is None:
            return
        if by == MIRRORED:
            self._credibility.mirror()
        else:
            self._credibility.restart()

    def close(self) -> None:
        """Release the models.  A later :meth:`matte` loads them again."""
        self.reset()
        self._engine.close()

    def _matte(self, frame: Frame, recipe: Recipe, stopwatch: Stopwatch) -> Matte:
        models = self._engine.models(recipe.engine)
        size = Size.of(frame.image)
        credibility = self._credibility
        if credibility is None or not credibility.goes_on_with(size):
            self._credibility = credibility = Credibility(size)
        if self._history is None or self._history.sizes.frame != size:
            self._history, self._stages = _History(size, recipe), None
        if self._stages is None or not self._stages.are_for(recipe):
            self._history.adapt_to(recipe)
            self._stages = _Stages(recipe, self._history, credibility, self._repeats)
        return self._stages.matte(frame, recipe, models, stopwatch)


class _History:
    """What is remembered of earlier frames of one size, whatever the recipe.

    It survives a change of the recipe, so that edges then glide and do not jump.
    """

    def __init__(self, size: Size, recipe: Recipe) -> None:
        """Nothing seen yet; ``recipe`` is that of the first frame."""
        self.sizes = _working_sizes(size, recipe)
        self.frame_rate = FrameRate()
        grid, fine = self.sizes.grid_size, recipe.fine_edges
        self.motion = Motion(grid, self.sizes.guide_size(fine))
        self.one_person = OnePerson(size)
        self.mask_smoother = Smoothing(grid)
        self.edge_smoother = Smoothing(self.sizes.edge_size(fine))
        self.clean_plate: CleanPlate | None = None
        self.adapt_to(recipe)

    def adapt_to(self, recipe: Recipe) -> None:
        """Bring everything to the sizes that the recipe works at."""
        last = self.sizes.last
        self.sizes = _working_sizes(self.sizes.frame, recipe)
        shrink(last, self.sizes.grid)
        grid, edges = self.sizes.grid_size, self.sizes.edge_size(recipe.fine_edges)
        guide = self.sizes.guide_size(recipe.fine_edges)
        if self.motion.size != guide:
            self.motion = Motion(grid, guide)
            self.motion.remember(shrink(self.sizes.grid, blank(guide)))
        self.mask_smoother.resize(grid)
        self.edge_smoother.resize(edges)
        if not recipe.clean_plate:
            self.clean_plate = None
        elif self.clean_plate is None or self.clean_plate.size != edges:
            self.clean_plate = CleanPlate(grid, edges)
        else:
            self.clean_plate.resize_grid(grid)

    def choose(self, confidence: Mask, claimed: Mask, recipe: Recipe) -> Mask:
        """Leave out of ``confidence`` whom the user wants left out; ``claimed`` without."""
        if recipe.people != ONE:
            self.one_person.reset()
            return claimed
        self.one_person.keep(confidence, self.frame_rate.interval_s)
        return self.one_person.part_of(claimed)


class _Stages:
    """The stages of one recipe, for frames of one size."""

    def __init__(
        self,
        recipe: Recipe,
        history: _History,
        credibility: Credibility,
        repeats: Repeats,
    ) -> None:
        """``history`` was adapted to ``recipe``."""
        sizes = history.sizes
        self._recipe = _without_dials(recipe)
        self._history = history
        self._credibility = credibility
        grid, edges = sizes.grid_size, sizes.edge_size(recipe.fine_edges)
        coarse = sizes.coarse_size
        self._half_grid = blank(sizes.guide_size(fine_edges=False))
        self._inference = Inference(sizes, repeats)
        self._confidence: Mask = np.zeros((grid.height, grid.width), np.float32)
        self._strays = StrayRemover(grid)
        self._empty_areas = EmptyAreas(grid)
        self._edges = EdgeAlpha(grid, edges)
        self._motion_blur = MotionBlur(coarse, edges) if recipe.motion_blur else None
        self._foreground = Foreground(sizes.frame)
        frame = sizes.frame
        self._alpha: Alpha = np.zeros((frame.height, frame.width), np.uint8)
        self._enlarging = Enlarging(edges, frame)
        self._limit: Alpha = np.zeros((edges.height, edges.width), np.uint8)
        self._limited = self._limit.copy()

    def are_for(self, recipe: Recipe) -> bool:
        """Whether these stages carry out ``recipe``, apart from its dials."""
        return self._recipe == _without_dials(recipe)

    def matte(
        self, frame: Frame, recipe: Recipe, models: Models, stopwatch: Stopwatch
    ) -> Matte:
        """The matte of the next frame."""
        pictures = self._history.sizes.resize(frame.image)
        # Edges are fitted, and motion is measured, on the coarse guide; they are drawn
        # on the fine one.
        if recipe.fine_edges:
            coarse_guide, fine_guide = pictures.grid, pictures.detail
        else:
            coarse_guide = shrink(pictures.grid, self._half_grid)
            fine_guide = pictures.grid
        stopwatch.lap("fit")
        moved = self._measure_motion(frame, coarse_guide, recipe)
        # Only views that take turns need to know what has gone.
        takes_turns = moved is not None and recipe.close_up_every > 0
        gone = self._history.motion.gone if takes_turns else None
        stopwatch.lap("smooth")
        frame_rate = self._history.frame_rate
        credibility = self._credibility
        check_every = _CHECK_EVERY_IN_DOUBT if credibility.in_doubt else _CHECK_EVERY
        mask = self._inference.run(
            pictures,
            models,
            replace(recipe, close_up_every=frame_rate.frames(recipe.close_up_every)),
            gone,
            frame_rate.frames(check_every),
        )
        stopwatch.lap("segment")
        kept = KEPT ** (frame_rate.interval_s * 30)
        # Credibility is judged on one grid, whatever the recipe.
        claimed = self._history.sizes.on_coarse_grid(mask)
        limit = credibility.limit(
            pictures.grid, claimed, self._inference.observations, kept
        )
        stopwatch.lap("credibility")
        self._stretch(mask, recipe)
        if recipe.remove_strays:
            self._strays.remove(self._confidence)
        shown = self._history.choose(self._confidence, claimed, recipe)
        plate = self._history.clean_plate
        if plate is not None:
            plate.compare(fine_guide)
            plate.lower(self._confidence)
        follow = self._empty_areas.follow(self._confidence, moved)
        smooth = self._history.mask_smoother.smooth(
            self._confidence, follow, frame_rate.keep(recipe.smoothing)
        )
        if plate is not None:
            person = np.maximum(smooth, mask)
            plate.learn(fine_guide, person, moved, frame_rate.interval_s)
        stopwatch.lap("smooth")
        # Without a guide nothing is kept: the smoother only remembers the mask, for a
        # later recipe that has one.
        keep = 0.0 if recipe.guide == "none" else frame_rate.keep(recipe.smoothing_after)
        edge_alpha = self._edges.draw(
            smooth,
            follow,
            Guides(coarse_guide, fine_guide),
            recipe,
            plate,
            self._history.edge_smoother,
            keep,
        )
        if self._motion_blur is not None:
            self._motion_blur.soften(edge_alpha)
        limit = self._finish(edge_alpha, limit, recipe)
        stopwatch.lap("refine")
        foreground = frame.image
        if recipe.foreground:
            foreground = self._foreground.estimate(
                frame.image, self._alpha, pictures.grid, edge_alpha
            )
            stopwatch.lap("foreground")
        return Matte(
            *(frame.index, self._alpha, foreground, claimed, shown, limit, pictures.detail)
        )

    def _measure_motion(
        self, frame: Frame, coarse_guide: Image, recipe: Recipe
    ) -> Mask | None:
        motion = self._history.motion
        if not self._history.frame_rate.update(frame.captured_s):
            motion.reset()
            if self._motion_blur is not None:
                self._motion_blur.reset()
        return motion.measure(coarse_guide, recipe.motion_threshold, recipe.motion_range)

    def _stretch(self, mask: Mask, recipe: Recipe) -> None:
        """Stretch the model's confidence between ``soft_low`` and ``soft_high``."""
        low, high = np.float32(recipe.soft_low), np.float32(recipe.soft_high)
        np.subtract(mask, low, out=self._confidence)
        np.multiply(self._confidence, 1 / (high - low), out=self._confidence)
        np.clip(self._confidence, 0, 1, out=self._confidence)

    def _finish(self, alpha: Alpha, limit: Alpha, recipe: Recipe) -> Alpha:
        """Apply the user's dials, then ``limit``, to the ``alpha`` of edges.

        Returns the limit at the size of the edges.
        """
        px = alpha.shape[0] / 720
        wanted = soften_edge(move_edge(alpha, recipe.edge * px), recipe.feather * px)
        cv2.resize(limit, Size.of(wanted), dst=self._limit)
        wanted = np.asarray(cv2.min(wanted, self._limit, dst=self._limited), np.uint8)
        library = kernels.active()
        if library is not None:
            self._enlarging.alpha(library, wanted, self._alpha)
        else:
            cv2.resize(wanted, Size.of(self._alpha), dst=self._alpha)
        return self._limit


def _working_sizes(frame: Size, recipe: Recipe) -> WorkingSizes:
    # Edges that are drawn on the grid are fitted at half of it, which must be whole.
    return WorkingSizes(frame, fine_grid=recipe.fine_grid and recipe.fine_edges)


def _without_dials(recipe: Recipe) -> Recipe:
    """``recipe`` without what may change from frame to frame."""
    return replace(recipe, edge=0.0, feather=0.0)
