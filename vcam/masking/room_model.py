"""What the room looks like, cell by cell, from when it was last in sight.

A background model of the simplest kind: the last colours of every cell that was room.  It
is much coarser than the clean plate (:mod:`vcam.masking.clean_plate`), works in every
preset, and does not learn from a model that contradicts it: it is there to contradict
models.
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
"""Times the noise that a cell of the room may be off."""
PLAINLY: Final = 0.5
"""Times that, in which there is hardly a doubt."""
SHAKEN: Final = 2.0
"""Times the share of the local contrast by which the rest of the room has changed."""
NOISE_LIMIT: Final = 2.0
"""Grey levels of noise in the means of cells; more than that is movement."""
SHAKING_LIMIT: Final = 0.4
"""Share of the local contrast; from one picture to the next a camera shakes by less."""
GAIN_LIMIT: Final = 40.0
"""Grey levels by which the camera's brightness control may change the whole room."""
BRIGHTNESS: Final = 8.0
"""Grey levels within which most cells must change alike: else it is not the brightness."""
CHANGED: Final = 0.6
"""Share of the room in sight that changes at once when light or camera change."""
TELLING: Final = 0.2
"""Share of the picture that must be room in sight to tell that: of less, most may be
somebody whom the model has missed."""
CALM: Final = 0.9
"""Share of the room in sight that looks as before while nothing need be measured …"""
MEASURED_EVERY: Final = 8
"""… but every so many frames."""
KNOWN_AFTER: Final = 9
"""Frames in a row in which a cell was room before it counts as known."""
LONG: Final = 45
"""The same for a cell where a person was, or that looks otherwise than the room did: a
model may miss somebody for a while."""
FEWEST: Final = 20
ENOUGH: Final = 144
"""Cells in sight, of those that are looked at, from which brightness, and from which noise
and shaking are measured."""

Flags = NDArray[np.bool_]
_NEAR: Final = np.ones((3, 3), np.uint8)
_SOME: Final = np.s_[::2, ::2]
"""Every fourth cell is enough to measure the whole."""


class RoomModel:
    """The room as far as it was in sight; a :meth:`compare` and a :meth:`learn` a frame."""

    def __init__(self, cells: Size) -> None:
        """Nothing known."""
        shape = (cells.height, cells.width)
        self.known: Flags = np.zeros(shape, bool)
        """Where it is known what the room looks like."""
        self._room: Mask = np.zeros((*shape, 3), np.float32)
        self._vacant = np.zeros(shape, np.uint8)
        """For how many frames nobody has been claimed there."""
        self._otherwise = np.zeros(shape, np.uint8)
        """For how many of them it has looked otherwise than the room did."""
        self._in_sight: Flags = np.zeros(shape, bool)
        self._same: Flags = np.ones(shape, bool)
        self.plainly_same: Flags = np.zeros(shape, bool)
        """Where the last frame compared looked as the room did to within half as much."""
        self._noise = self._shaking = 0.0
        self._turn = -1
        self.changed = False
        """Whether most of the room in sight changed at once, in the last frame compared."""

    def compare(self, now: Mask, room: Flags, disbelieved: Flags) -> Flags:
        """Where ``now`` looks as the room did: to within noise, brightness and shaking.

        ``now`` is ``float32 (height, width, 3)``, the mean colours of the cells in grey
        levels, ``room`` where nobody is claimed, and ``disbelieved`` where somebody is, but
        is not believed to be there.
        """
        np.minimum(self._vacant, LONG, out=self._vacant)
        self._vacant = (self._vacant + np.uint8(1)) * room
        # Where the picture has left the room there is somebody whom the model has missed.
        self._in_sight = self.known & self._same
        there = self._in_sight & (self._vacant > KNOWN_AFTER)
        count = int(np.count_nonzero(there))
        self._turn = (self._turn + 1) % MEASURED_EVERY
        same = self._alike(now)
        # As long as the room looks as it did there is nothing to measure.
        if not self._turn or int(np.count_nonzero(there & same)) < CALM * count:
            # Of a little that is not believed most may be somebody, after all.
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
        """The frames are from now on the mirror images of those before."""
        for plane in (
            *(self.known, self._room, self._vacant, self._otherwise),
            *(self._in_sight, self._same, self.plainly_same),
        ):
            plane[:] = plane[:, ::-1].copy()

    @property
    def newly_covered(self) -> Flags:
        """Where the room was in sight until the last frame compared, seen from there."""
        return np.asarray(self._in_sight & (self._vacant == 0))

    def learn(self, now: Mask, same: Flags, person: Flags, disbelieved: Flags) -> None:
        """Remember what is room.

        ``same`` is the answer of :meth:`compare`, ``person`` where models were ever certain
        of one.
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
        """By how much the room differs around each cell."""
        room = self._room
        return _largest(cv2.subtract(cv2.dilate(room, _NEAR), cv2.erode(room, _NEAR)))

    def _measure(self, now: Mask, there: Flags) -> None:
        """Follow brightness, noise and shaking."""
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
        # Of the calmer half: the rest may be somebody whom the model has missed.  Noise is
        # everywhere; what shaking changes grows with the contrast.
        self._noise = min(1.5 * _quarter(off[~steep]), NOISE_LIMIT)
        self._shaking = 0.0
        if steep.any():
            beyond = (off[steep] - np.float32(self._noise)) / contrast[steep]
            self._shaking = min(max(1.5 * _quarter(beyond), 0.0), SHAKING_LIMIT)


def _quarter(values: NDArray[np.float32]) -> float:
    """What a quarter of the values is below."""
    place = values.size // 4
    return float(np.partition(values, place)[place])


def _largest(colours: cv2.typing.MatLike) -> Mask:
    """The largest of three channels."""
    one, two, three = cv2.split(colours)
    return np.asarray(cv2.max(cv2.max(one, two), three), np.float32)
