"""What the models see: a wide look at the frame, a close look at the person.

A person who fills a quarter of the frame fills a quarter of the model's few pixels.  So
the ``square`` model looks again, at a square crop round the person, and the two looks are
averaged as evidence (logits).  Both looks in every frame would cost more than all the
rest, so the less useful one takes turns: with a person far from the camera the close look
is made in every frame and the wide one watches for newcomers; with a person who fills the
frame it is the other way round.

With ``mirrored_look`` there is a third look, at the mirror image of the crop: it errs
elsewhere, so the mean errs less.  At rest the two close looks take turns and both are
remembered; in motion all are made in every frame, for there what is remembered does not
count.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.errors import SegmenterError
from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.credibility import Held
from vcam.masking.fusion import Evidence, Fusion
from vcam.masking.options import Recipe
from vcam.masking.person_region import Region
from vcam.masking.repeats import Repeats
from vcam.masking.segmenters import Segmenter
from vcam.masking.working_sizes import Box, Fitting, blank, shrink

_TOLERANCE: Final = 0.01
"""How far outside 0..1 a mask may be: rounding, not nonsense."""
_OUTSIDE: Final = 0.1
"""What the close look says of what it did not see."""
_FILLS: Final = 1.2
"""A person on whom the close look spends hardly more pixels than the wide one."""
_STALE: Final = 0.02
"""Share of the region that may have moved before the person is looked at again."""
_NEW_SCENE: Final = 0.5
"""Share of the frame that moves when the camera was turned or the scene cut."""
_CLAIMED: Final = 0.3
"""Confidence from which a place is taken for a person."""
_FRESH: Final = 0.05
"""Share of the frame that is newly taken for a person when a witness is asked at once."""
_COARSELY: Final = np.s_[::4, ::4]
_LONG_AGO: Final = 1 << 16


class _Due(NamedTuple):
    """The looks to make of a frame."""

    wide: bool
    close: bool
    mirrored: bool


class Looks:
    """The fused evidence for frames of one size, on the grid."""

    def __init__(self, fitting: Fitting, repeats: Repeats) -> None:
        """Buffers for this fitting."""
        self._fitting, self._repeats = fitting, repeats
        self._region = Region(fitting.frame)
        self._wide = Evidence(fitting.grid_size)
        self._close = Evidence(fitting.grid_size)
        self._mirrored = Evidence(fitting.grid_size)
        self._fusion = Fusion(fitting.grid_size)
        self._fused: Mask = self._wide.seen
        self._wide_input = blank(Size(1, 1))
        self._close_input = blank(Size(1, 1))
        self._count = -1
        self._mirror_next = False
        self._witnessed: NDArray[np.bool_] | None = None
        """What was claimed when the witness was asked last, and ever since."""
        self._unasked = _LONG_AGO
        self.held: list[Held] = []
        """The looks behind the last answer."""

    def look(
        self,
        image: Image,
        detail: Image,
        grid: Image,
        gone: Mask | None,
        recipe: Recipe,
        wide: Segmenter,
        close: Segmenter,
        witness_every: int,
    ) -> Mask:
        """The confidence, 0..1, that each grid pixel is person; valid until the next call.

        ``gone`` as :attr:`vcam.masking.smoothing.Motion.gone`, ``None`` for a first frame.
        In every frame at least one model looks.  Without a second look the close one is
        only a witness: it is asked every ``witness_every`` frames, and when much is newly
        taken for a person since it was asked last, and what it says goes into :attr:`held`
        alone.  Raises :class:`~vcam.errors.SegmenterError`.
        """
        self._count += 1
        if recipe.second_look == 0:
            return self._look_wide_with_witness(
                *(image, detail, grid, recipe, wide, close, witness_every)
            )
        for evidence, _ in self._weighted(recipe):
            evidence.age(gone)
        due = self._due(gone, recipe)
        if due.wide:
            self._look_wide(detail, grid, wide)
            self._wide.update()
        if due.close or due.mirrored:
            there = self._wide.seen if due.wide else self._fused
            self._region.follow(there, recipe.crop_margin)
            sought = not self._region.found and gone is not None
            if gone is not None and sought:
                self._region.seek(gone)
                due = due._replace(close=True, mirrored=recipe.mirrored_look)
            if not self._region.found:
                # The last frame's wide look is no mask of this one.
                if not due.wide:
                    self._look_wide(detail, grid, wide)
                self.held = [Held(self._wide.seen, None, None)]
                return self._wide.seen
            self._look_close(image, detail, due, close)
            if sought and due.mirrored:
                # The one look that sees a newcomer is not to be outvoted.
                self._close.believe_either(self._mirrored)
        self._fused = self._fusion.fuse(self._weighted(recipe))
        box = self._region.box(self._fitting.grid_size)
        self.held = [Held(self._wide.seen, self._wide.stale, None)]
        self.held += [
            Held(look.seen, look.stale, box) for look, _ in self._weighted(recipe)[1:]
        ]
        return self._fused

    def _look_wide_with_witness(
        self,
        image: Image,
        detail: Image,
        grid: Image,
        recipe: Recipe,
        wide: Segmenter,
        close: Segmenter,
        every: int,
    ) -> Mask:
        seen = self._look_wide(detail, grid, wide)
        self.held = [Held(seen, None, None)]
        claimed = seen[_COARSELY] > _CLAIMED
        if self._witnessed is None:
            self._witnessed = np.zeros_like(claimed)
        self._witnessed &= claimed
        fresh = np.count_nonzero(claimed & ~self._witnessed)
        self._unasked += 1
        if self._unasked >= every or fresh > _FRESH * claimed.size:
            self._witnessed, self._unasked = claimed, 0
            self._region.follow(seen, recipe.crop_margin)
            if self._region.found:
                self._look_close(image, detail, _Due(False, True, False), close)
                box = self._region.box(self._fitting.grid_size)
                self.held.append(Held(self._close.seen, None, box))
        return seen

    def _due(self, gone: Mask | None, recipe: Recipe) -> _Due:
        if gone is None or not self._region.found or _mean(gone) > _NEW_SCENE:
            return _Due(wide=True, close=True, mirrored=recipe.mirrored_look)
        fills = self._region.zoom < _FILLS
        turn = self._count % recipe.second_look == 0
        moving = self._is_stale(self._close)
        if not recipe.mirrored_look:
            # At rest one look per frame will do.
            wide = fills or turn
            every = recipe.second_look == 1
            close = not wide or (turn if fills else moving or every)
            return _Due(wide, close, mirrored=False)
        if moving or self._is_stale(self._mirrored):
            return _Due(wide=True, close=True, mirrored=True)
        mirrored = self._mirror_next
        if fills and not turn:
            return _Due(wide=True, close=False, mirrored=False)
        self._mirror_next = not mirrored
        return _Due(fills or turn, not mirrored, mirrored)

    def _is_stale(self, look: Evidence) -> bool:
        if look.stale is None:
            return False
        box = self._region.box(self._fitting.grid_size)
        return _mean(look.stale[box.rows_and_columns]) > _STALE

    def _weighted(self, recipe: Recipe) -> list[tuple[Evidence, float]]:
        weight = recipe.close_weight
        if not recipe.mirrored_look:
            return [(self._wide, 1 - weight), (self._close, weight)]
        return [
            (self._wide, 1 - weight),
            (self._close, weight / 2),
            (self._mirrored, weight / 2),
        ]

    def _look_wide(self, detail: Image, grid: Image, model: Segmenter) -> Mask:
        size = model.input_size
        if Size.of(self._wide_input) != size:
            self._wide_input = blank(size)
        picture = grid if Size.of(grid) == size else shrink(detail, self._wide_input)
        mask = checked(model.segment(picture), size)
        self._repeats.check("wide", picture, mask)
        seen = self._wide.seen
        cv2.resize(mask, Size.of(seen), dst=seen, interpolation=cv2.INTER_LINEAR)
        return seen

    def _look_close(self, image: Image, detail: Image, due: _Due, model: Segmenter) -> None:
        place = self._fill_close_input(image, detail, model.input_size)
        if due.close:
            mask = checked(model.segment(self._close_input), model.input_size)
            self._repeats.check("close", self._close_input, mask)
            self._put(mask, place, self._close)
        if due.mirrored:
            cv2.flip(self._close_input, 1, dst=self._close_input)
            mask = checked(model.segment(self._close_input), model.input_size)
            self._repeats.check("mirrored", self._close_input, mask)
            self._put(np.asarray(cv2.flip(mask, 1), np.float32), place, self._mirrored)

    def _fill_close_input(self, image: Image, detail: Image, size: Size) -> Box:
        """Returns where in the input the region is."""
        frame = self._fitting.frame
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
        return place

    def _put(self, mask: Mask, place: Box, into: Evidence) -> None:
        """What the close look said of the region is what it says of the grid."""
        on_grid = self._region.box(self._fitting.grid_size)
        into.seen.fill(_OUTSIDE)
        target = Size(on_grid.right - on_grid.left, on_grid.bottom - on_grid.top)
        into.seen[on_grid.rows_and_columns] = cv2.resize(
            mask[place.rows_and_columns], target, interpolation=cv2.INTER_LINEAR
        )
        into.update()


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


def _repeat_borders(image: Image, inner: Box) -> None:
    """Fill what is outside of ``inner`` with its outermost rows and columns."""
    image[: inner.top] = image[inner.top]
    image[inner.bottom :] = image[inner.bottom - 1]
    image[:, : inner.left] = image[:, inner.left : inner.left + 1]
    image[:, inner.right :] = image[:, inner.right - 1 : inner.right]


def _mean(mask: Mask | Alpha) -> float:
    return float(cv2.mean(mask)[0])
