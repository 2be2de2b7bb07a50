"""Auto-framing: where a window must be to keep everybody in it, head and shoulders.

The mask says where people are.  While they stay about where they are, the aim does not move
at all.  Somebody who comes in, or goes out, must have done so for a moment before it does.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Mask
from vcam.imaging.options import BODY, FACE, SHOULDERS
from vcam.pipeline.people import NOBODY, Cells, Person, people

CLOSEST: Final = {FACE: 0.4, SHOULDERS: 0.5, BODY: 0.6}
"""Smallest share of the frame's width that is shown: how much pixels may be enlarged."""
SPAN: Final = {FACE: 0.34, SHOULDERS: 0.24, BODY: 0.17}
"""Share of the window's width that the middle half of the person takes."""
HEADROOM: Final = {FACE: 0.14, SHOULDERS: 0.12, BODY: 0.1}
"""Share of the window's height above the head."""
HEAD: Final = 0.33
"""Most of the window's width that a head may take.  It is up to 1.4 times as high as it is
wide: of a wider one the chin would be below the window of a picture of 16:9."""
LOOK_S: Final = 0.05
"""Seconds that people are taken to be where they were seen: every other frame of 30."""
ABSENT_S: Final = 2.0
"""Seconds without a person after which the whole frame is shown."""
NEWS_S: Final = 1.0
"""Seconds for which there must be more people, or fewer, before the aim changes."""
RESTS: Final = np.array([0.06, 0.06, 0.15])
"""Offsets below which the aim stays, in shares of its width, its height and its size."""
PATIENCE_S: Final = 0.6
"""Seconds for which it must be off before it moves, because gestures are short."""
FAR: Final = 1.5
"""Multiple of :data:`RESTS` beyond which it moves at once."""
ARRIVED: Final = 0.3
"""Multiple of :data:`RESTS` within which the aim has reached the person again."""
AIM_S: Final = 0.3
"""Time constant with which the aim follows a person who moves."""
CUT: Final = 0.2
"""Overlap of two masks below which they are of different scenes."""

_PERSON: Final = 0.5
"""Confidence above which a pixel of the mask is person."""
_CELLS: Final = 128
"""Columns of a mask that are enough."""

Place = NDArray[np.float64]
"""The x and y of a window's middle and its size, all in shares of the frame."""
WHOLE: Final[Place] = np.array([0.5, 0.5, 1.0])
"""The window that is the whole frame."""


class AutoFraming:
    """Follows the people of one video.  Used by one thread."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was seen; the next frame's people are framed at once."""
        self.cut = False
        """Whether the last frame was of another scene than the one before."""
        self._last: Cells | None = None
        self._last_s = self._seen_s = 0.0
        self._count, self._count_since_s = 0, 0.0
        self._aim = self._wanted = WHOLE
        self._looked_s = -math.inf
        self._moves, self._rested_s = False, 0.0

    def aim(self, mask: Mask, tightness: str, now_s: float) -> Place:
        """Where the window should be for a frame with this mask, taken at ``now_s``."""
        cells = _cells(mask)
        passed_s = now_s - self._last_s
        begins = self._last is None or self._last.shape != cells.shape
        self.cut = not begins and self._is_cut(cells)
        begins = begins or self.cut
        self._last_s, self._last = now_s, cells
        if begins or now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self._look(people(cells), tightness, now_s, begins)
        if begins:
            self._aim = self._wanted
            self._moves, self._rested_s, self._count_since_s = False, now_s, now_s
        else:
            self._follow(self._wanted, now_s, passed_s)
        return self._aim

    def _look(
        self, found: Sequence[Person], tightness: str, now_s: float, begins: bool
    ) -> None:
        if found:
            self._seen_s = now_s
        if begins or self._is_settled(len(found), now_s):
            self._count = len(found)
            self._wanted = _around(found, tightness) if found else WHOLE
        else:
            self._wanted = self._aim

    def _is_settled(self, count: int, now_s: float) -> bool:
        """Whether as many people as this are there, and not only for a moment."""
        if count == self._count or not self._count:
            self._count_since_s = now_s
            return True
        if not count:
            return now_s - self._seen_s > ABSENT_S
        return now_s - self._count_since_s > NEWS_S

    def _is_cut(self, cells: Cells) -> bool:
        last = self._last
        assert last is not None
        either = np.count_nonzero(last | cells)
        there = min(np.count_nonzero(last), np.count_nonzero(cells))
        both = np.count_nonzero(last & cells)
        return bool(there > NOBODY * cells.size and both < CUT * either)

    def _follow(self, wanted: Place, now_s: float, passed_s: float) -> None:
        off = float((np.abs(wanted - self._aim) / self._aim[2] / RESTS).max())
        if off <= 1:
            self._rested_s = now_s
        if off > FAR or now_s - self._rested_s > PATIENCE_S:
            self._moves = True
        if self._moves and off < ARRIVED:
            self._aim, self._moves = wanted, False
        elif self._moves:
            self._aim = self._aim + (wanted - self._aim) * -math.expm1(-passed_s / AIM_S)


def _cells(mask: Mask) -> Cells:
    """The mask, small enough to be looked at quickly."""
    every = max(1, mask.shape[1] // _CELLS)
    return np.ascontiguousarray(mask[::every, ::every] > _PERSON)


def _around(found: Sequence[Person], tightness: str) -> Place:
    """The best window for these people, of the frame's shape and inside of it."""
    span, headroom = SPAN[tightness], HEADROOM[tightness]
    least = CLOSEST[tightness]
    sides, tops, bottoms = [], [], []
    for person in found:
        share = min(max(person.span / span, person.head / HEAD, least), 1.0)
        sides += [person.middle - share / 2, person.middle + share / 2]
        tops.append(person.top - headroom * share)
        bottoms.append(tops[-1] + share)
    left, right = min(sides), max(sides)
    if len(found) > 1:
        # What is beyond the frame is no reason to show more.
        left, right = max(left, 0.0), min(right, 1.0)
    top, bottom = max(min(tops), 0.0), min(max(bottoms), 1.0)
    share = min(max(right - left, bottom - top if len(found) > 1 else 0.0), 1.0)
    x, y = (left + right) / 2, min(tops) + share / 2
    return np.array([*(min(max(each, share / 2), 1 - share / 2) for each in (x, y)), share])
