"""The clean plate: the room behind the person, remembered from when it was in sight.

When people move, the room becomes visible where they were.  Later, a pixel that shows
what the plate shows is room if the models are in doubt about it: a ragged piece of a
window frame on a shoulder, or the edge that smoothing leaves behind somebody who moves
away.  The plate only decides doubtful pixels.  What the models are sure of stays, however
much it resembles the room, so that nobody disappears who sits still or wears the colour
of the wall.  Where the models see a person again and again, the plate is forgotten.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from vcam import kernels
from vcam.frames import Alpha, Image, Mask, Size
from vcam.kernels import clean_plate as compiled
from vcam.kernels.edges import Room
from vcam.masking.smoothing import median
from vcam.masking.working_sizes import Box

_ROOM: Final = 0.1
"""Mask below which, if all around is below it too, a pixel is room to be remembered."""
_PERSON: Final = 0.5
"""Mask above which the models contradict a plate that says "room"."""
_AROUND: Final = np.ones((5, 5), np.uint8)
"""Neighbourhood of a pixel that must be room as well."""
_RESTS: Final = 0.3
"""Motion below which the room is learnt."""
_EVERY_S: Final = 0.09
"""Seconds between updates: every third frame at 30 per second, even if it comes early."""
_ENOUGH: Final = 2
"""Updates, less contradictions, after which a pixel of the room is known."""
_MOST: Final = 30
"""Most updates that count, so that a wrong plate is forgotten within seconds."""
_BLEND: Final = 0.25
"""Weight of an update against the earlier ones."""
_SAMPLE: Final = 20
"""Distance, in pixels, between the samples for exposure and noise."""
_FEWEST: Final = 20
"""Known samples needed to measure exposure and noise."""
_GAIN_LIMIT: Final = 25
"""Grey levels by which a camera may make the frame brighter; more is another scene."""
_NOISE_LIMIT: Final = 4.0
"""Most grey levels of noise; a larger difference in most of the room is not noise."""
_NEW_SCENE: Final = 10.0
"""Grey levels by which most of the room differs when the camera was moved."""
_NOISY: Final = 2.0
"""Multiple of the noise by which a pixel of the room may differ from the plate."""
_SAME: Final = 1.0
"""Grey levels beyond that up to which a pixel shows the room."""
_DIFFERENT: Final = 7.0
"""Grey levels beyond that from which a pixel may show anything."""
_RAISED: Final = 0.9
"""Confidence that becomes 0 where the picture shows the room."""
_DOUBTFUL: Final = (0.002, 0.998)
"""Range of confidence that is doubtful, and that the plate may lower."""
_RULES: Final = compiled.Rules(_ROOM, _RESTS, _PERSON, _ENOUGH, _MOST)


class CleanPlate:
    """The room as far as it was seen, for masks on a grid and pictures of one size."""

    def __init__(self, grid: Size, picture: Size) -> None:
        """Nothing seen yet."""
        self.size = picture
        """The size of the pictures."""
        self._grid = grid
        shape = (picture.height, picture.width)
        self._plate: Image = np.zeros((*shape, 3), np.uint8)
        self._scratch: Image = np.zeros((*shape, 3), np.uint8)
        self._planes: list[Alpha] = [np.zeros(shape, np.uint8) for _ in range(3)]
        self._unknown: Alpha = np.full(shape, 255, np.uint8)
        self._updates: Alpha = np.zeros((grid.height, grid.width), np.uint8)
        self._since_s = 0.0
        self._difference = self._planes[0]
        """Grey levels from the plate, of the channel that differs most; 255 where the
        room is not known."""
        self._on_grid: Alpha = np.full((grid.height, grid.width), 255, np.uint8)
        self._level = _level(0.0)
        """The confidence that becomes 0, by difference."""
        self._limit = 0.0
        """The difference from which no confidence is lowered."""

    def resize_grid(self, grid: Size) -> None:
        """Continue with masks on another grid."""
        if grid == self._grid:
            return
        self._grid = grid
        nearest = cv2.INTER_NEAREST
        updates = cv2.resize(self._updates, grid, interpolation=nearest)
        on_grid = cv2.resize(self._on_grid, grid, interpolation=nearest)
        self._updates = np.asarray(updates, np.uint8)
        self._on_grid = np.asarray(on_grid, np.uint8)

    def compare(self, picture: Image) -> None:
        """Find where this picture shows the room."""
        noise = self._follow_exposure(picture)
        library = kernels.active()
        if library is not None:
            arrays = picture, self._plate, self._unknown, self._difference
            compiled.difference(library, *arrays)
        else:
            cv2.absdiff(picture, self._plate, dst=self._scratch)
            cv2.split(self._scratch, self._planes)
            for plane in (*self._planes[1:], self._unknown):
                cv2.max(self._difference, plane, dst=self._difference)
        cv2.resize(self._difference, self._grid, dst=self._on_grid)
        self._level = _level(noise)
        self._limit = _NOISY * noise + _DIFFERENT

    def lower(self, mask: Mask) -> None:
        """Lower a mask on the grid, 0.0..1.0, in place, where the room is in sight."""
        library = kernels.active()
        if library is not None:
            compiled.lower(library, mask, self._room(self._on_grid))
        else:
            self._lower(mask, self._on_grid, 1.0)

    def lower_part(self, mask: Mask, part: Box) -> None:
        """Lower ``part`` of a mask of the picture's size, 0.0..255.0, in the same way."""
        where = part.rows_and_columns
        self._lower(mask[where], self._difference[where], 255.0)

    @property
    def room(self) -> Room:
        """What :meth:`lower_part` lowers by, for the kernel that does the same."""
        return self._room(self._difference)

    def _room(self, difference: Alpha) -> Room:
        steepness = _RAISED / (_DIFFERENT - _SAME)
        return Room(difference, self._limit, steepness, _RAISED, _DOUBTFUL)

    def learn(
        self, picture: Image, mask: Mask, moved: Mask | None, passed_s: float
    ) -> None:
        """Remember what is room at rest according to ``mask`` and ``moved``, on the grid.

        ``passed_s`` is the time since the last call.
        """
        self._since_s += passed_s
        if self._since_s < _EVERY_S or moved is None:
            return
        self._since_s = 0.0
        # The plate claims room where the difference is less than this.
        claims = cv2.countNonZero(cv2.inRange(self._level, _RAISED / 2, 1.0))
        library = kernels.active()
        if library is not None:
            compiled.learn(
                *(library, self._plate, picture, self._unknown, mask, moved),
                *(self._on_grid, claims, self._updates, _RULES, self._scratch),
            )
            return
        room = cv2.erode(cv2.inRange(mask, -1.0, _ROOM), _AROUND)
        cv2.bitwise_and(room, cv2.inRange(moved, -1.0, _RESTS), dst=room)
        fresh = cv2.bitwise_and(room, cv2.inRange(self._updates, 0, 0))
        if cv2.countNonZero(fresh):
            self._take_over(picture, fresh)
        cv2.addWeighted(self._plate, 1 - _BLEND, picture, _BLEND, 0, dst=self._scratch)
        self._take_over(self._scratch, room)
        self._updates += np.asarray(room, np.uint8) & 1
        np.minimum(self._updates, _MOST, out=self._updates)
        person = cv2.inRange(mask, _PERSON, 2.0)
        cv2.bitwise_and(person, cv2.inRange(self._on_grid, 0, claims - 1), dst=person)
        self._updates -= np.minimum(np.asarray(person, np.uint8) & 1, self._updates)
        unknown = cv2.inRange(self._updates, 0, _ENOUGH - 1)
        cv2.resize(unknown, self.size, dst=self._unknown, interpolation=cv2.INTER_NEAREST)

    def _take_over(self, picture: Image, where: MatLike) -> None:
        fine = cv2.resize(where, self.size, interpolation=cv2.INTER_NEAREST)
        cv2.copyTo(picture, fine, self._plate)

    def _lower(self, mask: Mask, difference: Alpha, one: float) -> None:
        # Only few pixels of a mask are doubtful, and even fewer show the room.
        low, high = _DOUBTFUL
        doubtful = cv2.inRange(mask, low * one, high * one)
        near = cv2.inRange(difference, 0, self._limit)
        found = cv2.findNonZero(cv2.bitwise_and(doubtful, near))
        if found is None:
            return
        columns, rows = found.reshape(-1, 2).T
        where = rows, columns
        level = self._level[difference[where]]
        # What is left is stretched again, so that full confidence stays full.
        mask[where] = np.maximum(mask[where] - level * np.float32(one), 0) / (1 - level)

    def _follow_exposure(self, picture: Image) -> float:
        """Adapt the plate to the camera's exposure; returns the noise in grey levels."""
        measured = self._exposure(picture)
        if measured is None:
            return 0.0
        shift, noise = measured
        if any(shift):
            cv2.add(self._plate, np.array([*shift, 0.0]), dst=self._plate)
        if noise > _NEW_SCENE:
            self._updates.fill(0)
            self._unknown.fill(255)
        return min(noise, _NOISE_LIMIT)

    def _exposure(self, picture: Image) -> tuple[list[int], float] | None:
        """How much brighter the picture is, per channel, and the noise, in grey levels.

        ``None`` if too little of the room is known.
        """
        library = kernels.active()
        if library is not None:
            return compiled.exposure(
                *(library, picture, self._plate, self._unknown),
                step=_SAMPLE,
                fewest=_FEWEST,
                limit=_GAIN_LIMIT,
            )
        every = np.s_[_SAMPLE // 2 :: _SAMPLE, _SAMPLE // 2 :: _SAMPLE]
        known = self._unknown[every] == 0
        if np.count_nonzero(known) < _FEWEST:
            return None
        change = np.subtract(picture[every], self._plate[every], dtype=np.int16)[known]
        medians = [int(median(channel)) for channel in change.T]
        shift = [min(max(each, -_GAIN_LIMIT), _GAIN_LIMIT) for each in medians]
        return shift, median(np.abs(change - np.array(shift)))


@lru_cache
def _level(noise: float) -> NDArray[np.float32]:
    """The confidence that becomes 0, by difference, with that noise: whole grey levels."""
    beyond = np.arange(256) - _NOISY * noise
    level = np.interp(beyond, (_SAME, _DIFFERENT), (_RAISED, 0.0))
    return np.asarray(level, np.float32)
