"""Auto-framing: a window of the frame that keeps head and shoulders in the middle.

The mask says where the person is.  A window of the frame's shape is placed around head and
shoulders, and its content is enlarged to the frame's size.  While the person stays about
where they are, the window does not move at all.  Otherwise it moves like a mass on a
critically damped spring: it neither jumps nor overshoots.
"""

import math
from dataclasses import replace
from typing import Final, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking.matting import Matte
from vcam.regions.placing import Painted

CLOSEST: Final = 0.5
"""Smallest share of the frame's width that is shown: pixels are enlarged at most twice."""
SHOULDERS: Final = 0.24
"""Share of the window's width that the middle half of the person takes."""
HEADROOM: Final = 0.12
"""Share of the window's height above the head."""
NOBODY: Final = 0.01
"""Share of the frame below which there is no person."""
TALL: Final = 0.3
"""Share of the frame's height above which a taller column of the mask counts no more."""
ABSENT_S: Final = 2.0
"""Seconds without a person after which the whole frame is shown."""
RESTS: Final = np.array([0.06, 0.06, 0.15])
"""Offsets below which the window stays, in shares of its width, its height and its size."""
PATIENCE_S: Final = 0.6
"""Seconds for which it must be off before it moves, because gestures are short."""
FAR: Final = 1.5
"""Multiple of :data:`RESTS` beyond which it moves at once."""
ARRIVED: Final = 0.3
"""Multiple of :data:`RESTS` within which the aim has reached the person again."""
AIM_S: Final = 0.3
"""Time constant with which the aim follows a person who moves."""
STIFFNESS: Final = 3.0
"""Rate of the spring, per second: a move takes about two seconds."""
CUT: Final = 0.2
"""Overlap of two masks below which they are of different scenes, and the window jumps."""
GAP_S: Final = 1.0
"""Seconds without a frame after which it jumps, too."""
SNAP: Final = 5e-4
"""Distance from its aim, as a share of the frame, below which the window has arrived."""

_PERSON: Final = 0.5
"""Confidence above which a pixel of the mask is person."""

Plane = TypeVar("Plane", Mask, Alpha)
_Place = NDArray[np.float64]
"""The x and y of a window's middle and its size, all in shares of the frame."""
_WHOLE: Final[_Place] = np.array([0.5, 0.5, 1.0])
"""The window that is the whole frame."""


class Window(NamedTuple):
    """A part of the frame, in whole pixels, of about the frame's shape."""

    left: int
    top: int
    size: Size


class AutoFraming:
    """Follows one person through one video.  Used by one thread."""

    def __init__(self) -> None:
        self._buffers: dict[str, Image | Alpha] = {}
        self.reset()

    def reset(self) -> None:
        """Forget where the window was; the next frame's is put in place at once."""
        self._size: Size | None = None
        self._last_s = self._seen_s = 0.0
        self._last: NDArray[np.bool_] | None = None
        self._place, self._speed, self._aim = _WHOLE, np.zeros(3), _WHOLE
        self._moves, self._rested_s = False, 0.0

    def framed(self, frame: Frame, matte: Matte) -> tuple[Frame, Matte]:
        """``frame`` and its ``matte``, cut to the window and enlarged to the same size.

        Returns the arguments themselves while the window is the whole frame.  The arrays
        are valid until the next call.
        """
        size = Size.of(frame.image)
        window = self.window(matte.shown, size, frame.captured_s)
        if window.size == size:
            return frame, matte
        image = self._cut("image", frame.image, window)
        foreground = image
        if matte.foreground is not frame.image:
            foreground = self._cut("foreground", matte.foreground, window)
        alpha = self._cut("alpha", matte.alpha, window)
        if foreground is not image:
            # An enlarged pixel may be opaque and still be mixed with a soft neighbour.
            cv2.copyTo(image, cv2.inRange(alpha, 255, 255), foreground)
        mask = _part_of(matte.mask, window, size)
        limit = _part_of(matte.limit, window, size)
        painted = _part_of_painted(matte.painted, window, size)
        return (
            replace(frame, image=image),
            replace(
                matte,
                alpha=alpha,
                foreground=foreground,
                mask=mask,
                limit=limit,
                painted=painted,
                small=None,
            ),
        )

    def window(self, mask: Mask, size: Size, now_s: float) -> Window:
        """What to show of a frame of ``size`` with this mask, taken at ``now_s``."""
        person = mask > _PERSON
        passed_s = now_s - self._last_s
        cut = self._size != size or not 0 <= passed_s < GAP_S or self._is_cut(person)
        self._size, self._last_s, self._last = size, now_s, person
        wanted = _wanted(person)
        if wanted is not None:
            self._seen_s = now_s
        elif cut or now_s - self._seen_s > ABSENT_S:
            wanted = _WHOLE
        if cut:
            assert wanted is not None
            self._place, self._aim, self._speed = wanted, wanted, np.zeros(3)
            self._moves, self._rested_s = False, now_s
        else:
            self._take_aim(self._aim if wanted is None else wanted, now_s, passed_s)
            self._pull(passed_s)
        return _in_pixels(self._place, size)

    def _is_cut(self, person: NDArray[np.bool_]) -> bool:
        last = self._last
        if last is None or last.shape != person.shape:
            return True
        either = np.count_nonzero(last | person)
        there = min(np.count_nonzero(last), np.count_nonzero(person))
        both = np.count_nonzero(last & person)
        return bool(there > NOBODY * person.size and both < CUT * either)

    def _take_aim(self, wanted: _Place, now_s: float, passed_s: float) -> None:
        off = float((np.abs(wanted - self._aim) / self._aim[2] / RESTS).max())
        if off <= 1:
            self._rested_s = now_s
        if off > FAR or now_s - self._rested_s > PATIENCE_S:
            self._moves = True
        if self._moves and off < ARRIVED:
            self._aim, self._moves = wanted, False
        elif self._moves:
            self._aim = self._aim + (wanted - self._aim) * -math.expm1(-passed_s / AIM_S)

    def _pull(self, passed_s: float) -> None:
        """Move a critically damped spring by its exact solution for the time passed."""
        away = self._place - self._aim
        if np.abs(away).max() < SNAP and np.abs(self._speed).max() < SNAP:
            self._place, self._speed = self._aim, np.zeros(3)
            return
        fading = math.exp(-STIFFNESS * passed_s)
        run = (self._speed + STIFFNESS * away) * passed_s
        self._place = self._aim + (away + run) * fading
        self._speed = (self._speed - STIFFNESS * run) * fading

    def _cut(self, name: str, array: Image | Alpha, window: Window) -> Image | Alpha:
        kept = self._buffers.get(name)
        if kept is None or kept.shape != array.shape:
            kept = self._buffers[name] = np.zeros_like(array)
        part = array[
            window.top : window.top + window.size.height,
            window.left : window.left + window.size.width,
        ]
        cv2.resize(part, Size.of(array), kept, interpolation=cv2.INTER_LINEAR)
        return kept


def _wanted(person: NDArray[np.bool_]) -> _Place | None:
    """The best window for this person; ``None`` when there is nobody.

    It is found from the median and the quartiles of the mask's columns.  The height of a
    column is capped, so that a raised arm does not move the window.
    """
    height, width = person.shape
    heights = np.count_nonzero(person, axis=0)
    if heights.sum() < NOBODY * person.size:
        return None
    columns = np.cumsum(np.minimum(heights, TALL * height))
    left, middle, right = np.interp(
        np.array([0.25, 0.5, 0.75]) * columns[-1], columns, np.arange(1, width + 1)
    )
    reach = max(1.0, 0.4 * (right - left))
    head = person[:, max(0, int(middle - reach)) : int(middle + reach) + 1]
    top = int((2 * np.count_nonzero(head, axis=1) > head.shape[1]).argmax())
    share = min(max((right - left) / width / SHOULDERS, CLOSEST), 1.0)
    y = top / height + (0.5 - HEADROOM) * share
    # The window stays inside the frame.
    x, y = (min(max(each, share / 2), 1 - share / 2) for each in (middle / width, y))
    return np.array([x, y, share])


def _in_pixels(place: _Place, size: Size) -> Window:
    x, y, share = place
    inner = Size(
        min(size.width, round(share * size.width)),
        min(size.height, round(share * size.height)),
    )
    left, top = x * size.width - inner.width / 2, y * size.height - inner.height / 2
    return Window(
        min(max(round(left), 0), size.width - inner.width),
        min(max(round(top), 0), size.height - inner.height),
        inner,
    )


def _part_of_painted(painted: Painted, window: Window, frame: Size) -> Painted:
    kept, dropped = (
        None if each is None else _part_of(each, window, frame)
        for each in (painted.kept, painted.dropped)
    )
    return Painted(painted.region, kept, dropped)


def _part_of(mask: Plane, window: Window, frame: Size) -> Plane:
    """The cells of ``mask`` that the window of the frame touches."""
    across, down = mask.shape[1] / frame.width, mask.shape[0] / frame.height
    right, bottom = window.left + window.size.width, window.top + window.size.height
    return mask[
        int(window.top * down) : math.ceil(bottom * down),
        int(window.left * across) : math.ceil(right * across),
    ]
