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

import math
from typing import Final

import cv2
import numpy as np

from vcam.errors import SegmenterError
from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.fitting import Box, Fitting, blank, shrink
from vcam.masking.options import Recipe
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
        self._count = 0

    def look(
        self,
        image: Image,
        detail: Image,
        grid: Image,
        moved: Mask | None,
        recipe: Recipe,
        wide: Segmenter,
        close: Segmenter | None,
    ) -> Mask:
        """The confidence, 0..1, that each grid pixel is person; valid until the next call.

        ``moved`` as from :meth:`vcam.masking.smoothing.Motion.weigh`; ``close`` may be
        ``None`` for the wide look alone.  Raises :class:`~vcam.errors.SegmenterError`.
        """
        every = recipe.second_look == 1
        turn = every or self._count % max(recipe.second_look, 1) == 0
        self._count += 1
        if close is None or recipe.second_look == 0:
            return self._look_wide(detail, grid, wide)
        self._wide.age(moved)
        self._close.age(moved)
        fills = self._region.zoom < _FILLS
        anew = moved is None or not self._region.found or _mean(moved) > _NEW_SCENE
        look_wide = anew or fills or turn
        # At rest one look per frame will do.
        moving = not fills and self._close_is_stale()
        look_close = anew or not look_wide or moving or (turn if fills else every)
        if look_wide:
            self._wide.update(self._look_wide(detail, grid, wide))
        if look_close:
            self._region.follow(self._fused if not look_wide else self._wide.seen, recipe)
            if not self._region.found and moved is not None:
                self._region.seek(moved)
            if not self._region.found:
                return self._wide.seen
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


class Region:
    """The square round the person, which follows them calmly."""

    _COARSE: Final = Size(64, 36)
    _SEEN: Final = 0.35
    _CALM: Final = 0.06
    _JUMP: Final = 0.25
    _STEP: Final = 0.35

    def __init__(self, frame: Size) -> None:
        """Nobody seen yet."""
        self._frame = frame
        self._last: Mask | None = None
        self._sides: tuple[float, float, float, float] | None = None

    @property
    def found(self) -> bool:
        """Whether there is somebody to look at."""
        return self._sides is not None

    @property
    def zoom(self) -> float:
        """How many times more pixels, each way, the close look spends on the person."""
        if self._sides is None:
            return 1.0
        side = max(self._sides[2] - self._sides[0], self._sides[3] - self._sides[1])
        # A square model's side is 16/9 of the wide model's height.
        return math.sqrt(self._frame.width * self._frame.height * 16 / 9) / side

    def box(self, size: Size) -> Box:
        """The region in a picture of the whole frame of this size; at least 2x2."""
        if self._sides is None:
            return Box(0, 0, size.width, size.height)
        x, y = size.width / self._frame.width, size.height / self._frame.height
        left, top, right, bottom = self._sides
        box_left = min(max(round(left * x), 0), max(size.width - 2, 0))
        box_top = min(max(round(top * y), 0), max(size.height - 2, 0))
        return Box(
            box_left,
            box_top,
            min(max(round(right * x), box_left + 2), size.width),
            min(max(round(bottom * y), box_top + 2), size.height),
        )

    def follow(self, confidence: Mask, recipe: Recipe) -> None:
        """Go where the person is now, keeping a moment where they just were."""
        coarse = cv2.resize(confidence, self._COARSE, interpolation=cv2.INTER_AREA)
        now = np.asarray(coarse, np.float32)
        lingering = now if self._last is None else np.maximum(now, self._last * 0.9)
        self._last = now
        there = lingering > self._SEEN
        if np.count_nonzero(there) < 8:
            self._sides = None
            return
        self._go(self._square_round(there, recipe.crop_margin))

    def seek(self, moved: Mask) -> None:
        """Nobody is seen: look where something moves, at full height."""
        there = cv2.resize(moved, self._COARSE, interpolation=cv2.INTER_AREA) > 0.5
        if not 0.01 < np.count_nonzero(there) / there.size < 0.5:
            return
        columns = np.flatnonzero(there.any(0))
        height, width = self._frame.height, self._frame.width
        middle = (columns[0] + columns[-1] + 1) / 2 * width / self._COARSE.width
        side = min(max((columns[-1] + 1 - columns[0]) * width / 64, height), width)
        left = min(max(middle - side / 2, 0), width - side)
        self._sides = (left, 0.0, left + side, float(height))

    def _square_round(
        self, there: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", margin: float
    ) -> tuple[float, float, float, float]:
        width, height = self._frame
        columns, rows = np.flatnonzero(there.any(0)), np.flatnonzero(there.any(1))
        left = columns[0] * width / self._COARSE.width
        right = (columns[-1] + 1) * width / self._COARSE.width
        top = rows[0] * height / self._COARSE.height
        bottom = (rows[-1] + 1) * height / self._COARSE.height
        across, down = (right - left) * margin, (bottom - top) * margin
        left, right = max(left - across, 0.0), min(right + across, float(width))
        top, bottom = max(top - down, 0.0), min(bottom + down, float(height))
        # Grown to a square: sideways evenly, else upwards, where heads and hands go.
        if right - left < bottom - top:
            more = (bottom - top) - (right - left)
            left, right = left - more / 2, right + more / 2
        else:
            top = bottom - (right - left)
        left, right = _pushed_inside(left, right, width)
        top, bottom = _pushed_inside(top, bottom, height)
        return left, top, right, bottom

    def _go(self, target: tuple[float, float, float, float]) -> None:
        if self._sides is None:
            self._sides = target
            return
        side = max(target[2] - target[0], target[3] - target[1])
        off = max(abs(t - s) for t, s in zip(target, self._sides, strict=True)) / side
        if off > self._JUMP:
            self._sides = target
        elif off > self._CALM:
            left, top, right, bottom = (
                s + self._STEP * (t - s) for t, s in zip(target, self._sides, strict=True)
            )
            self._sides = (left, top, right, bottom)


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


def _pushed_inside(low: float, high: float, limit: int) -> tuple[float, float]:
    length = high - low
    if length >= limit:
        return 0.0, float(limit)
    low = min(max(low, 0.0), limit - length)
    return low, low + length


def _plane(size: Size) -> Mask:
    return np.zeros((size.height, size.width), np.float32)


def _mean(mask: Mask | Alpha) -> float:
    return float(cv2.mean(mask)[0])
