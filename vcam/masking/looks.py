"""What the models see: a wide look at the frame, a close look at the person.

A person who fills a quarter of the frame fills a quarter of the model's few pixels.  So
the ``square`` model looks again, at a square crop round the person, and the two looks are
averaged as evidence (logits).  Both looks in every frame would cost more than all the
rest, so the less useful one takes turns: with a person far from the camera the close look
is made in every frame and the wide one watches for newcomers; with a person who fills the
frame it is the other way round.

A look that was not made in this frame is remembered, and counts only where the picture
has not moved since; where it moved, the look made from *this* frame decides alone.
"""

from typing import Final

import cv2
import numpy as np

from vcam.errors import SegmenterError
from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.fitting import Box, Fitting, blank, shrink
from vcam.masking.options import Recipe
from vcam.masking.region import Region
from vcam.masking.segmenters import Segmenter

_TOLERANCE: Final = 0.01
"""How far outside 0..1 a mask may be: rounding, not nonsense."""
_SURE: Final = np.float32(0.995)
"""No look is trusted more than this: one that is sure and wrong could not be outvoted."""
_OUTSIDE: Final = 0.1
"""What the close look says of what it did not see."""
_FILLS: Final = 1.2
"""A person on whom the close look spends hardly more pixels than the wide one."""
_STALE: Final = 0.02
"""Share of the region that may have moved before the person is looked at again."""
_NEW_SCENE: Final = 0.5
"""Share of the frame that moves when the camera was turned or the scene cut."""


class Looks:
    """The fused evidence for frames of one size, on the grid."""

    def __init__(self, fitting: Fitting) -> None:
        """Buffers for this fitting."""
        self._fitting = fitting
        self._region = Region(fitting.frame)
        self._wide = _Evidence(fitting.grid_size)
        self._close = _Evidence(fitting.grid_size)
        self._fused = _plane(fitting.grid_size)
        self._share = _plane(fitting.grid_size)
        self._total = _plane(fitting.grid_size)
        self._wide_input = blank(Size(1, 1))
        self._close_input = blank(Size(1, 1))
        self._once = _plane(Size(1, 1))
        self._count = 0

    def look(
        self,
        image: Image,
        detail: Image,
        grid: Image,
        gone: Mask | None,
        recipe: Recipe,
        wide: Segmenter,
        close: Segmenter | None,
    ) -> Mask:
        """The confidence, 0..1, that each grid pixel is person; valid until the next call.

        ``gone`` as :attr:`vcam.masking.smoothing.Motion.gone`, ``None`` for a first frame;
        ``close`` may be ``None`` for the wide look alone.  In every frame at least one
        model looks.  Raises :class:`~vcam.errors.SegmenterError`.
        """
        every = recipe.second_look == 1
        turn = every or self._count % max(recipe.second_look, 1) == 0
        self._count += 1
        if close is None or recipe.second_look == 0:
            return self._look_wide(detail, grid, wide)
        self._wide.age(gone)
        self._close.age(gone)
        fills = self._region.zoom < _FILLS
        anew = gone is None or not self._region.found or _mean(gone) > _NEW_SCENE
        look_wide = anew or fills or turn
        # At rest one look per frame will do.
        moving = not fills and self._close_is_stale()
        look_close = anew or not look_wide or moving or (turn if fills else every)
        if look_wide:
            self._wide.update(self._look_wide(detail, grid, wide))
        if look_close:
            there = self._wide.seen if look_wide else self._fused
            self._region.follow(there, recipe.crop_margin)
            if not self._region.found and gone is not None:
                self._region.seek(gone)
            if not self._region.found:
                # The last frame's wide look is no mask of this one.
                return self._wide.seen if look_wide else self._look_wide(detail, grid, wide)
            self._close.update(self._look_close(image, detail, recipe, close))
        return self._fuse(recipe)

    def _close_is_stale(self) -> bool:
        box = self._region.box(self._fitting.grid_size)
        stale = self._close.stale
        return stale is None or _mean(stale[box.rows_and_columns]) > _STALE

    def _look_wide(self, detail: Image, grid: Image, model: Segmenter) -> Mask:
        size = model.input_size
        if Size.of(self._wide_input) != size:
            self._wide_input = blank(size)
        picture = grid if Size.of(grid) == size else shrink(detail, self._wide_input)
        mask = checked(model.segment(picture), size)
        seen = self._wide.seen
        cv2.resize(mask, Size.of(seen), dst=seen, interpolation=cv2.INTER_LINEAR)
        return seen

    def _look_close(
        self, image: Image, detail: Image, recipe: Recipe, model: Segmenter
    ) -> Mask:
        size, frame = model.input_size, self._fitting.frame
        if Size.of(self._close_input) != size:
            self._close_input = blank(size)
            self._once = _plane(size)
        on_detail = self._region.box(self._fitting.detail_size)
        # Cheaper from the detail image, as long as that has the pixels.
        source, box = detail, on_detail
        if on_detail.right - on_detail.left < size.width < frame.width:
            source, box = image, self._region.box(frame)
        crop = source[box.rows_and_columns]
        # The crop is square wherever the frame allows.  Where it is wider, its last rows
        # are repeated: this model, unlike the other, minds being stretched.
        width, height = box.right - box.left, box.bottom - box.top
        scale = min(size.width / width, size.height / height)
        inner = Size(max(1, round(width * scale)), max(1, round(height * scale)))
        left, top = (size.width - inner.width) // 2, (size.height - inner.height) // 2
        place = Box(left, top, left + inner.width, top + inner.height)
        shrink(crop, self._close_input[place.rows_and_columns])
        _repeat_borders(self._close_input, place)
        mask = checked(model.segment(self._close_input), size)
        if recipe.mirror:
            np.copyto(self._once, mask)
            cv2.flip(self._close_input, 1, dst=self._close_input)
            again = cv2.flip(checked(model.segment(self._close_input), size), 1)
            mask = np.asarray(cv2.addWeighted(self._once, 0.5, again, 0.5, 0), np.float32)
        on_grid = self._region.box(self._fitting.grid_size)
        seen = self._close.seen
        seen.fill(_OUTSIDE)
        target = Size(on_grid.right - on_grid.left, on_grid.bottom - on_grid.top)
        seen[on_grid.rows_and_columns] = cv2.resize(
            mask[place.rows_and_columns], target, interpolation=cv2.INTER_LINEAR
        )
        return seen

    def _fuse(self, recipe: Recipe) -> Mask:
        weight = recipe.close_weight
        wide, close = self._wide, self._close
        if wide.stale is None and close.stale is None:
            cv2.addWeighted(wide.logit, 1 - weight, close.logit, weight, 0, dst=self._fused)
            return _sigmoid(self._fused)
        # A weighted mean whose weights are pictures.
        fused, total, share = self._fused, self._total, self._share
        wide.weigh(1 - weight, total)
        close.weigh(weight, share)
        np.multiply(wide.logit, total, out=fused)
        np.add(total, share, out=total)
        np.multiply(close.logit, share, out=share)
        np.add(fused, share, out=fused)
        np.divide(fused, total, out=fused)
        return _sigmoid(fused)


class _Evidence:
    """One look, as logits, and where the picture moved since it was made."""

    def __init__(self, grid: Size) -> None:
        self.seen = _plane(grid)
        self.logit = _plane(grid)
        self._scratch = _plane(grid)
        self._stale = _plane(grid)
        self.stale: Mask | None = None

    def update(self, seen: Mask) -> None:
        """A look made from the present frame."""
        np.clip(seen, 1 - _SURE, _SURE, out=self.logit)
        np.subtract(np.float32(1), self.logit, out=self._scratch)
        np.divide(self.logit, self._scratch, out=self.logit)
        cv2.log(self.logit, dst=self.logit)
        self.stale = None

    def age(self, moved: Mask | None) -> None:
        """Another frame came."""
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


def _sigmoid(logit: Mask) -> Mask:
    """In place."""
    np.negative(logit, out=logit)
    cv2.exp(logit, dst=logit)
    np.add(logit, np.float32(1), out=logit)
    return np.reciprocal(logit, out=logit)


def _repeat_borders(image: Image, inner: Box) -> None:
    """Fill what is outside of ``inner`` with its outermost rows and columns."""
    image[: inner.top] = image[inner.top]
    image[inner.bottom :] = image[inner.bottom - 1]
    image[:, : inner.left] = image[:, inner.left : inner.left + 1]
    image[:, inner.right :] = image[:, inner.right - 1 : inner.right]


def _plane(size: Size) -> Mask:
    return np.zeros((size.height, size.width), np.float32)


def _mean(mask: Mask | Alpha) -> float:
    return float(cv2.mean(mask)[0])
