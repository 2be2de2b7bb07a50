"""The room's colours, cell by cell, from when it was last in sight.

This is a background model of the simplest kind: the last colour of every cell that was
room.  It is much coarser than the clean plate (:mod:`vcam.masking.clean_plate`) and works
in every preset.  Its purpose is to contradict models, so it does not learn from a model
that contradicts it.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Mask, Size
from vcam.masking.smoothing import median

SAME: Final = 2.0
"""Grey levels, beyond the noise, up to which a cell's mean colour is still the room's."""
NOISY: Final = 1.5
"""Multiple of the noise by which a cell of the room may differ in addition."""
PLAINLY: Final = 0.5
"""Share of the allowed difference within which a cell is plainly the room."""
SHAKEN: Final = 2.0
"""Multiple of the measured shaking, a share of the local contrast, that is allowed."""
NOISE_LIMIT: Final = 2.0
"""Most grey levels of noise in the means of cells; more is movement."""
SHAKING_LIMIT: Final = 0.4
"""Largest share of the local contrast by which a shaking camera changes a cell."""
GAIN_LIMIT: Final = 40.0
"""Grey levels by which the camera's exposure control may change the whole room."""
BRIGHTNESS: Final = 8.0
"""Grey levels within which most cells change by the same amount if exposure changes."""
CHANGED: Final = 0.6
"""Share of the room in sight that must change at once to be a change of light or camera."""
TELLING: Final = 0.2
"""Share of the picture that must be room in sight to detect such a change: most of a
smaller part may be somebody whom the model has missed."""
CALM: Final = 0.9
"""Share of the room in sight that looks as before while nothing needs measuring …"""
MEASURED_EVERY: Final = 8
"""… and frames after which brightness, noise and shaking are measured anyway."""
KNOWN_AFTER: Final = 9
"""Frames in a row in which a cell was room before it counts as known."""
LONG: Final = 45
"""Frames in a row before a cell counts as known room where a person was, or where it looks
different from the room: a model may miss somebody for a while."""
FEWEST: Final = 20
"""Sampled cells in sight that are needed to measure brightness."""
ENOUGH: Final = 144
"""Sampled cells in sight that are needed to measure noise and shaking."""
QUARTILE_TO_NOISE: Final = 1.5
"""Multiple of the lower quartile that noise and shaking are estimated as."""

Flags = NDArray[np.bool_]
"""A selection of cells; shape ``(height, width)``."""
_NEAR: Final = np.ones((3, 3), np.uint8)
"""Neighbourhood of a cell in which the contrast is measured."""
_SOME: Final = np.s_[::2, ::2]
"""Index of the cells that are sampled to measure the whole: every fourth."""


class RoomModel:
    """The room as far as it was in sight.

    Call :meth:`compare` and then :meth:`learn` once per frame.
    """

    def __init__(self, cells: Size) -> None:
        """Nothing known."""
        shape = (cells.height, cells.width)
        self.known: Flags = np.zeros(shape, bool)
        """The cells in which the room's colour is known."""
        self._room: Mask = np.zeros((*shape, 3), np.float32)
        self._vacant = np.zeros(shape, np.uint8)
        """The number of frames in a row in which nobody was claimed there."""
        self._otherwise = np.zeros(shape, np.uint8)
        """The number of those in which it looked different from the room."""
        self._in_sight: Flags = np.zeros(shape, bool)
        self._same: Flags = np.ones(shape, bool)
        self.plainly_same: Flags = np.zeros(shape, bool)
        """The cells that are plainly the room in the last frame compared."""
        self._noise = self._shaking = 0.0
        self._turn = -1
        self.changed = False
        """Whether most of the room in sight changed at once in the last frame compared."""

    def compare(self, now: Mask, room: Flags, disbelieved: Flags) -> Flags:
        """The cells in which ``now`` looks as the room did.

        Noise, exposure and shaking of the camera are allowed for.

        ``now`` is ``float32 (height, width, 3)``, the mean colours of the cells in grey
        levels.  ``room`` is where nobody is claimed, and ``disbelieved`` where somebody is
        claimed but not believed to be.
        """
        np.minimum(self._vacant, LONG, out=self._vacant)
        self._vacant = (self._vacant + np.uint8(1)) * room
        # Where the picture no longer looks like the room, the model has missed somebody.
        self._in_sight = self.known & self._same
        there = self._in_sight & (self._vacant > KNOWN_AFTER)
        count = int(np.count_nonzero(there))
        self._turn = (self._turn + 1) % MEASURED_EVERY
        same = self._alike(now)
        # As long as the room looks as it did, there is nothing to measure.
        if not self._turn or int(np.count_nonzero(there & same)) < CALM * count:
            # Most of a small disbelieved area may be somebody after all.
            much = int(np.count_nonzero(disbelieved)) >= TELLING * there.size
            self._measure(now, there | disbelieved if much else there)
            same = self._alike(now)
        still = int(np.count_nonzero(there & same))
        self.changed = count >= TELLING * there.size and still < (1 - CHANGED) * count
        if self.changed:
            same |= there | disbelieved
            self.plainly_same |= there | disbelieved
        return same

    def mirror(self) -> None:
        """From now on frames are the mirror images of those before."""
        for plane in (
            self.known,
            self._room,
            self._vacant,
            self._otherwise,
            self._in_sight,
            self._same,
            self.plainly_same,
        ):
            plane[:] = plane[:, ::-1].copy()

    @property
    def newly_covered(self) -> Flags:
        """The cells newly claimed in which the room was in sight one frame before."""
        return np.asarray(self._in_sight & (self._vacant == 0))

    def learn(self, now: Mask, same: Flags, person: Flags, disbelieved: Flags) -> None:
        """Remember what is room.

        ``same`` is the result of :meth:`compare`; ``person`` is where models were certain
        of one for a while.
        """
        otherwise = self.known & ~same & (self._vacant > 0)
        np.minimum(self._otherwise, LONG, out=self._otherwise)
        self._otherwise = (self._otherwise + np.uint8(1)) * otherwise
        usual = np.where(self.known, same, ~person)
        room = usual & (self._vacant > KNOWN_AFTER)
        room |= np.where(self.known, self._otherwise, self._vacant) > LONG
        room |= disbelieved & same
        cv2.copyTo(now, room.view(np.uint8), self._room)
        self.known |= room
        self._same = same

    def _alike(self, now: Mask) -> Flags:
        off = _largest(cv2.absdiff(now, self._room))
        if self._shaking:
            off -= self._contrast() * np.float32(SHAKEN * self._shaking)
        near = SAME + NOISY * self._noise
        self.plainly_same = np.asarray(off <= PLAINLY * near)
        return np.asarray(off <= near)

    def _contrast(self) -> Mask:
        """The contrast of the room around each cell."""
        room = self._room
        return _largest(cv2.subtract(cv2.dilate(room, _NEAR), cv2.erode(room, _NEAR)))

    def _measure(self, now: Mask, there: Flags) -> None:
        """Adapt to the exposure, and measure noise and shaking."""
        room = self._room
        some = there[_SOME]
        count = int(np.count_nonzero(some))
        if count < FEWEST:
            return
        change = (now[_SOME] - room[_SOME])[some]
        shift = np.clip([median(channel) for channel in change.T], -GAIN_LIMIT, GAIN_LIMIT)
        off = np.abs(change - shift.astype(np.float32)).max(axis=1)
        if 2 * np.count_nonzero(off < BRIGHTNESS) > count:
            np.add(room, shift, out=room, casting="same_kind")
        else:
            off = np.abs(change).max(axis=1)
        if count < ENOUGH:
            return
        contrast = self._contrast()[_SOME][some]
        steep = contrast > median(contrast)
        # The lower quartile is used, because the rest may be somebody whom the model has
        # missed.  Noise is everywhere; the effect of shaking grows with the contrast.
        self._noise = min(QUARTILE_TO_NOISE * _quartile(off[~steep]), NOISE_LIMIT)
        self._shaking = 0.0
        if steep.any():
            beyond = (off[steep] - np.float32(self._noise)) / contrast[steep]
            shaking = QUARTILE_TO_NOISE * _quartile(beyond)
            self._shaking = min(max(shaking, 0.0), SHAKING_LIMIT)


def _quartile(values: NDArray[np.float32]) -> float:
    """The lower quartile."""
    place = values.size // 4
    return float(np.partition(values, place)[place])


def _largest(colours: cv2.typing.MatLike) -> Mask:
    """The largest of three channels."""
    one, two, three = cv2.split(colours)
    return np.asarray(cv2.max(cv2.max(one, two), three), np.float32)
