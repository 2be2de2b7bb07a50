"""Smoothing in time: what is at rest is held still, what moves is followed at once.

A plain running mean trades flicker for ghosts.  Here each pixel has a weight of its own:
where the camera image did not change beyond its noise, a new mask counts little; where it
changed, it counts fully.  So smoothing adds no latency.  It is done twice: on the mask
before its edges are refined, and again afterwards, because the refinement brings in the
picture's noise.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Image, Mask, Size
from vcam.kernels.motion import Explained, Ramp, find_motion, scratch_size
from vcam.kernels.running_mean import running_mean

_PATCH: Final = np.ones((5, 5), np.uint8)
"""Neighbourhood of a pixel that must be empty as well."""
_NOISE_LIMIT: Final = 4.0
"""Most grey levels of noise; more change than this everywhere is a camera that moved."""
_NOISY: Final = 1.5
"""Multiple of the noise that a change must exceed to be motion."""
_GAIN_LIMIT: Final = 12
"""Grey levels by which a camera may make a frame brighter; more is another scene."""
_GONE_THRESHOLD: Final = 6.0
"""Grey levels of change beyond the noise from which what was here may be gone; less is
the same thing, moved by a fraction of a pixel."""
_GONE_RANGE: Final = 16.0
"""Grey levels beyond that over which it becomes certain that it is gone."""


class Motion:
    """Measures where the picture moved since the last call, on the grid."""

    def __init__(self, grid: Size, picture: Size) -> None:
        """Buffers for pictures of the size of the grid, or of half of it."""
        shape = (picture.height, picture.width)
        self.size = picture
        """The size of the pictures."""
        self._grid = grid
        self._radius = 2 if picture == grid else 1
        self._now: Alpha = np.zeros(shape, np.uint8)
        self._last: Alpha = np.zeros(shape, np.uint8)
        self._change: Mask = np.zeros(shape, np.float32)
        self._around: Mask = np.zeros(shape, np.float32)
        self._scratch: Mask = np.zeros(scratch_size(picture), np.float32)
        self._moved: Mask = np.zeros(shape, np.float32)
        self._gone: Mask = np.zeros(shape, np.float32)
        self._seen = False

    def measure(self, picture: Image, threshold: float, span: float) -> Mask | None:
        """0.0 at rest .. 1.0 moving, per pixel; ``None`` without an earlier picture.

        A pixel moves when its grey level changed by ``threshold`` more than noise and
        exposure explain; over the next ``span`` levels it goes to 1.
        """
        seen = self._seen
        self.remember(picture)
        if not seen:
            return None
        moved = Ramp(threshold, span, self._moved)
        gone = Ramp(_GONE_THRESHOLD, _GONE_RANGE, self._gone)
        library = kernels.active()
        if library is None:
            self._compare(moved, gone)
        else:
            find_motion(
                *(library, self._now, self._last, self._radius),
                Explained(_GAIN_LIMIT, _NOISE_LIMIT, _NOISY),
                *(moved, gone, self._scratch),
            )
        return self._on_grid(self._moved)

    def _compare(self, *ramps: Ramp) -> None:
        window = (2 * self._radius + 1, 2 * self._radius + 1)
        # The blur is linear, so the change is blurred and not each picture; as floats,
        # because the noise of most cameras is less than one grey level on the grid:
        # rounded, its median would be 0 and the noise would count as motion.
        change = cv2.subtract(self._now, self._last, dst=self._change, dtype=cv2.CV_32F)
        cv2.GaussianBlur(change, window, 0, dst=change)
        # A change of the camera's exposure is not motion.
        shift = median(change[::4, ::4])
        shift = min(max(shift, -_GAIN_LIMIT), _GAIN_LIMIT)
        np.subtract(change, np.float32(shift), out=change)
        np.abs(change, out=change)
        noise = min(median(change[::4, ::4]), _NOISE_LIMIT)
        cv2.blur(change, window, dst=self._around)
        cv2.dilate(self._around, np.ones(window, np.uint8), dst=self._around)
        for ramp in ramps:
            into, start = ramp.into, _NOISY * noise + ramp.threshold
            np.subtract(self._around, np.float32(start), out=into)
            np.multiply(into, np.float32(1 / ramp.span), out=into)
            np.clip(into, 0.0, 1.0, out=into)

    def remember(self, picture: Image) -> None:
        """Remember ``picture``, to compare the next one with."""
        self._now, self._last = self._last, self._now
        cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY, dst=self._now)
        self._seen = True

    @property
    def gone(self) -> Mask:
        """Like the last :meth:`measure`, but 1.0 only where what was there is gone."""
        return self._on_grid(self._gone)

    def reset(self) -> None:
        """Forget the last picture."""
        self._seen = False

    def _on_grid(self, found: Mask) -> Mask:
        if self.size == self._grid:
            return found
        return np.asarray(cv2.resize(found, self._grid), np.float32)


def median(values: NDArray[Any]) -> float:
    """The upper median, four times as fast as ``np.median``."""
    middle = values.size // 2
    return float(np.partition(values, middle, axis=None)[middle])


class EmptyAreas:
    """Finds where nobody is any more, although no motion was seen.

    In the dark somebody may leave with less change than noise.  To keep a part of the
    last mask there would show the room, so where a mask and its surroundings were empty
    twice, nothing is kept.
    """

    def __init__(self, grid: Size) -> None:
        """Buffers for masks of this size."""
        shape = (grid.height, grid.width)
        self._follow: Mask = np.zeros(shape, np.float32)
        self._before: Alpha = np.zeros(shape, np.uint8)
        self._empty: Alpha = np.zeros(shape, np.uint8)

    def follow(self, mask: Mask, moved: Mask | None) -> Mask | None:
        """``moved``, but 1.0 also where ``mask`` and the one before were empty."""
        self._empty, self._before = self._before, self._empty
        cv2.inRange(mask, -1.0, 0.0, dst=self._empty)
        cv2.erode(self._empty, _PATCH, dst=self._empty)
        if moved is None:
            return None
        twice = np.asarray(cv2.bitwise_and(self._empty, self._before), np.uint8)
        np.multiply(twice, np.float32(1 / 255), out=self._follow)
        return np.maximum(self._follow, moved, out=self._follow)


class Smoothing:
    """A running mean of masks that follows at once where something moves."""

    def __init__(self, size: Size) -> None:
        """Buffers for pictures of this size."""
        shape = (size.height, size.width)
        self._size = size
        self._shown: Mask = np.zeros(shape, np.float32)
        self._step: Mask = np.zeros(shape, np.float32)
        self._gain: Mask = np.zeros(shape, np.float32)
        self._started = False

    def smooth(self, fresh: Mask, moved: Mask | None, keep: float) -> Mask:
        """``fresh`` where something moved, elsewhere mixed with ``keep`` of the last one.

        ``moved`` may be smaller than ``fresh``.  Returns its own buffer, which the caller
        must not change.
        """
        if moved is None or not self._started or keep == 0:
            np.copyto(self._shown, fresh)
            self._started = True
            return self._shown
        library = kernels.active()
        if library is not None and Size.of(moved) == self._size:
            running_mean(library, self._shown, fresh, moved, keep)
            return self._shown
        gain = np.multiply(moved, np.float32(keep))
        np.add(gain, np.float32(1.0 - keep), out=gain)
        if Size.of(gain) != self._size:
            gain = np.asarray(cv2.resize(gain, self._size, dst=self._gain))
        np.subtract(fresh, self._shown, out=self._step)
        np.multiply(self._step, gain, out=self._step)
        np.add(self._shown, self._step, out=self._shown)
        return self._shown

    def in_place(self) -> tuple[Mask, bool]:
        """The last mask, for a kernel that smooths it; and whether there was one."""
        started, self._started = self._started, True
        return self._shown, started

    def resize(self, size: Size) -> None:
        """Continue with masks of another size."""
        if size == self._size:
            return
        self._size = size
        self._shown = np.asarray(cv2.resize(self._shown, size), np.float32)
        self._step, self._gain = np.zeros_like(self._shown), np.zeros_like(self._shown)
