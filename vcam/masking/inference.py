"""Runs the models on two views of a frame: all of it, and a close-up of the person.

A person who fills a quarter of the frame fills a quarter of the model's few pixels.  So
the ``square`` model is run as well, on a square crop around the person, and the two
predictions are averaged as evidence (logits).  Both views in every frame would cost more
than everything else, so the less useful one is taken in turns: with a person far from
the camera the close-up is taken in every frame and the wide view watches for newcomers;
with a person who fills the frame it is the other way round.

With ``flip_average`` there is a third view, the mirror image of the crop: its errors are
different ones, so the mean has fewer.  At rest the two close-ups take turns and both are
remembered; in motion all views are taken in every frame, because what is remembered does
not count there.  With ``nearer`` a fourth is added in motion, of the lower middle of the
crop, where arms and hands move.  It is not remembered: at rest it would only make worse.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.errors import SegmenterError
from vcam.frames import Alpha, Image, Mask, Size
from vcam.imaging.resize import shrink
from vcam.masking.credibility import Observation
from vcam.masking.fusion import Fusion, Prediction
from vcam.masking.options import Recipe
from vcam.masking.person_region import PersonRegion
from vcam.masking.repeats import Repeats
from vcam.masking.segmenters import Segmenter
from vcam.masking.working_sizes import Box, Resized, WorkingSizes, blank
from vcam.translation import tr

_TOLERANCE: Final = 0.01
"""Tolerance outside 0..1 that is taken for rounding."""
_OUTSIDE: Final = 0.1
"""Confidence assumed for the close-up outside its crop."""
_NEARER_WEIGHT: Final = 0.3
"""Weight of the nearer close-up against all others together."""
_NEARER_MARGIN: Final = 4
"""Pixels of the grid over which its weight goes down to nothing, to either side."""
_FILLS: Final = 1.2
"""Zoom below which the close-up has hardly more pixels of the person than the wide view."""
_STALE: Final = 0.02
"""Share of the region that may have moved before the close-up is taken again."""
_NEW_SCENE: Final = 0.5
"""Share of the frame that moves when the camera was turned or the scene cut."""
_CLAIMED: Final = 0.3
"""Confidence above which a place is taken for a person."""
_NEWLY_CLAIMED: Final = 0.05
"""Share of the frame, newly taken for a person, that calls for a cross-check at once."""
_COARSELY: Final = np.s_[::4, ::4]
"""Index of the pixels that are compared to find what is newly claimed."""
_LONG_AGO: Final = 1 << 16
"""Frames since the last cross-check, when there was none."""


class Models(NamedTuple):
    """The two models."""

    wide: Segmenter
    """The model for the whole frame."""
    close: Segmenter
    """The model for the square around the person."""


class _Due(NamedTuple):
    """The views of a frame to run a model on."""

    wide: bool
    close: bool
    flipped: bool


class Inference:
    """Runs the models on frames of one size; the answer is on the grid."""

    def __init__(self, sizes: WorkingSizes, repeats: Repeats) -> None:
        """Buffers for these sizes."""
        self._sizes, self._repeats = sizes, repeats
        self._region = PersonRegion(sizes.frame)
        self._wide = Prediction(sizes.grid_size)
        self._close = Prediction(sizes.grid_size)
        self._flipped = Prediction(sizes.grid_size)
        self._nearer = Prediction(sizes.grid_size)
        self._took_nearer = False
        self._fusion = Fusion(sizes.grid_size)
        self._fused: Mask = self._wide.seen
        self._wide_input = blank(Size(1, 1))
        self._close_input = blank(Size(1, 1))
        self._count = -1
        self._flip_next = False
        self._checked: NDArray[np.bool_] | None = None
        """The pixels that were claimed in every frame since the last cross-check."""
        self._since_check = _LONG_AGO
        self.observations: list[Observation] = []
        """The predictions behind the last answer."""

    def run(
        self,
        pictures: Resized,
        models: Models,
        recipe: Recipe,
        gone: Mask | None,
        check_every: int,
    ) -> Mask:
        """The confidence, 0..1, that each grid pixel is person; valid until the next call.

        ``gone`` is :attr:`vcam.masking.smoothing.Motion.gone`, or ``None`` for a first
        frame.  At least one model runs on every frame.  When ``recipe`` takes no
        close-ups, the close-up model is only a cross-check: it runs every ``check_every``
        frames, and when much is newly claimed since the last cross-check, and its answer
        goes into :attr:`observations` alone.  Raises
        :class:`~vcam.errors.SegmenterError`.
        """
        self._count += 1
        if recipe.close_up_every == 0:
            return self._run_wide_with_check(pictures, models, recipe, check_every)
        self._took_nearer = False
        for prediction, _ in self._weighted(recipe):
            prediction.age(gone)
        due = self._due(gone, recipe)
        if due.wide:
            self._run_wide(pictures, models.wide)
            self._wide.update()
        if due.close or due.flipped:
            there = self._wide.seen if due.wide else self._fused
            self._region.follow(there, recipe.crop_margin)
            sought = not self._region.found and gone is not None
            if gone is not None and sought:
                self._region.seek(gone)
                due = due._replace(close=True, flipped=recipe.flip_average)
            if not self._region.found:
                # The last frame's wide view is no mask of this one.
                if not due.wide:
                    self._run_wide(pictures, models.wide)
                self.observations = [Observation(self._wide.seen, None, None)]
                return self._wide.seen
            self._run_close(pictures, due, models.close)
            if recipe.nearer and due.close and due.flipped:
                self._run_nearer(pictures, models.close)
            if sought and due.flipped:
                # A newcomer may be seen in one view only, which must not be outvoted.
                self._close.believe_either(self._flipped)
        self._fused = self._fusion.fuse(self._weighted(recipe))
        box = self._region.box(self._sizes.coarse_size)
        self.observations = [Observation(self._wide.seen, self._wide.stale, None)]
        self.observations += [
            Observation(each.seen, each.stale, box)
            for each, _ in self._weighted(recipe)[1:]
        ]
        return self._fused

    def _run_wide_with_check(
        self, pictures: Resized, models: Models, recipe: Recipe, every: int
    ) -> Mask:
        seen = self._run_wide(pictures, models.wide)
        self.observations = [Observation(seen, None, None)]
        claimed = seen[_COARSELY] > _CLAIMED
        if self._checked is None:
            self._checked = np.zeros_like(claimed)
        self._checked &= claimed
        fresh = np.count_nonzero(claimed & ~self._checked)
        self._since_check += 1
        if self._since_check >= every or fresh > _NEWLY_CLAIMED * claimed.size:
            self._checked, self._since_check = claimed, 0
            self._region.follow(seen, recipe.crop_margin)
            if self._region.found:
                due = _Due(wide=False, close=True, flipped=False)
                self._run_close(pictures, due, models.close)
                box = self._region.box(self._sizes.coarse_size)
                self.observations.append(Observation(self._close.seen, None, box))
        return seen

    def _due(self, gone: Mask | None, recipe: Recipe) -> _Due:
        if gone is None or not self._region.found or _mean(gone) > _NEW_SCENE:
            return _Due(wide=True, close=True, flipped=recipe.flip_average)
        fills = self._region.zoom < _FILLS
        turn = self._count % recipe.close_up_every == 0
        moving = self._is_stale(self._close)
        if not recipe.flip_average:
            # At rest one view per frame is enough.
            wide = fills or turn
            every = recipe.close_up_every == 1
            close = not wide or (turn if fills else moving or every)
            return _Due(wide, close, flipped=False)
        if moving or self._is_stale(self._flipped):
            return _Due(wide=True, close=True, flipped=True)
        flipped = self._flip_next
        if fills and not turn:
            return _Due(wide=True, close=False, flipped=False)
        self._flip_next = not flipped
        return _Due(fills or turn, not flipped, flipped)

    def _is_stale(self, prediction: Prediction) -> bool:
        if prediction.stale is None:
            return False
        box = self._region.box(self._sizes.grid_size)
        return _mean(prediction.stale[box.rows_and_columns]) > _STALE

    def _weighted(self, recipe: Recipe) -> list[tuple[Prediction, float]]:
        weight = recipe.close_up_weight
        if not recipe.flip_average:
            return [(self._wide, 1 - weight), (self._close, weight)]
        views = [
            (self._wide, 1 - weight),
            (self._close, weight / 2),
            (self._flipped, weight / 2),
        ]
        if self._took_nearer:
            views.append((self._nearer, _NEARER_WEIGHT))
        return views

    def _run_wide(self, pictures: Resized, model: Segmenter) -> Mask:
        size = model.input_size
        if Size.of(self._wide_input) != size:
            self._wide_input = blank(size)
        picture = pictures.grid
        if Size.of(picture) != size:
            picture = shrink(pictures.detail, self._wide_input)
        mask = checked(model.segment(picture), size)
        self._repeats.check("wide", picture, mask)
        seen = self._wide.seen
        cv2.resize(mask, Size.of(seen), dst=seen, interpolation=cv2.INTER_LINEAR)
        return seen

    def _run_close(self, pictures: Resized, due: _Due, model: Segmenter) -> None:
        place = self._fill_close_input(pictures, model.input_size, self._region.box)
        on_grid = self._region.box(self._sizes.grid_size)
        if due.close:
            mask = checked(model.segment(self._close_input), model.input_size)
            self._repeats.check("close", self._close_input, mask)
            _put(mask, place, self._close, on_grid)
        if due.flipped:
            cv2.flip(self._close_input, 1, dst=self._close_input)
            mask = checked(model.segment(self._close_input), model.input_size)
            self._repeats.check("flipped", self._close_input, mask)
            mask = np.asarray(cv2.flip(mask, 1), np.float32)
            _put(mask, place, self._flipped, on_grid)

    def _run_nearer(self, pictures: Resized, model: Segmenter) -> None:
        box_in = self._region.lower_box
        place = self._fill_close_input(pictures, model.input_size, box_in)
        on_grid = box_in(self._sizes.grid_size)
        mask = checked(model.segment(self._close_input), model.input_size)
        self._repeats.check("nearer", self._close_input, mask)
        _put(mask, place, self._nearer, on_grid)
        self._nearer.confine(on_grid, _NEARER_MARGIN)
        self._took_nearer = True

    def _fill_close_input(
        self, pictures: Resized, size: Size, box_in: Callable[[Size], Box]
    ) -> Box:
        """Returns where in the input the part is that has ``box_in`` a picture's size."""
        frame = self._sizes.frame
        if Size.of(self._close_input) != size:
            self._close_input = blank(size)
        on_detail = box_in(self._sizes.detail_size)
        # The detail image is cheaper, and used as long as it has enough pixels.
        source, box = pictures.detail, on_detail
        if on_detail.right - on_detail.left < size.width < frame.width:
            source, box = pictures.full, box_in(frame)
        crop = source[box.rows_and_columns]
        # The crop is square if the frame allows it.  If it is wider, its last rows are
        # repeated: this model, unlike the other, does not tolerate stretched pictures.
        width, height = box.right - box.left, box.bottom - box.top
        scale = min(size.width / width, size.height / height)
        inner = Size(max(1, round(width * scale)), max(1, round(height * scale)))
        left, top = (size.width - inner.width) // 2, (size.height - inner.height) // 2
        place = Box(left, top, left + inner.width, top + inner.height)
        shrink(crop, self._close_input[place.rows_and_columns])
        _repeat_borders(self._close_input, place)
        return place


def checked(mask: Mask | None, size: Size) -> Mask:
    """``mask``, if it is valid; raises :class:`~vcam.errors.SegmenterError` otherwise."""
    remedy = tr("vcam starts the mask engine again")
    if not isinstance(mask, np.ndarray):
        raise SegmenterError(tr("The mask engine gave no mask"), remedy)
    if mask.shape != (size.height, size.width) or mask.dtype != np.float32:
        given, wanted = f"{mask.dtype} {mask.shape}", f"float32 {size.height, size.width}"
        what = tr(
            "The mask engine gave {given} instead of {wanted}", given=given, wanted=wanted
        )
        raise SegmenterError(what, remedy)
    low, high = float(mask.min()), float(mask.max())
    # NaN makes min and max NaN, which fail the comparison.
    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):
        what = tr(
            "The mask engine gave values from {low} to {high} instead of 0 to 1",
            low=f"{low:g}",
            high=f"{high:g}",
        )
        raise SegmenterError(what, remedy)
    return mask


def _put(mask: Mask, place: Box, into: Prediction, on_grid: Box) -> None:
    """Write ``place`` of a close-up's mask into its part of the grid."""
    into.seen.fill(_OUTSIDE)
    target = Size(on_grid.right - on_grid.left, on_grid.bottom - on_grid.top)
    into.seen[on_grid.rows_and_columns] = cv2.resize(
        mask[place.rows_and_columns], target, interpolation=cv2.INTER_LINEAR
    )
    into.update()


def _repeat_borders(image: Image, inner: Box) -> None:
    """Fill ``image`` outside ``inner`` with the outermost rows and columns of ``inner``."""
    image[: inner.top] = image[inner.top]
    image[inner.bottom :] = image[inner.bottom - 1]
    image[:, : inner.left] = image[:, inner.left : inner.left + 1]
    image[:, inner.right :] = image[:, inner.right - 1 : inner.right]


def _mean(mask: Mask | Alpha) -> float:
    return float(cv2.mean(mask)[0])
