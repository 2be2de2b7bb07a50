"""The clean plate: the room behind, remembered from when it was in sight.

People move, and where they were the room is seen.  Later, a pixel that shows just what
the plate shows is room, whatever "perhaps" the models say of it: the ragged piece of a
window frame on a shoulder, the rim that smoothing leaves behind somebody who moves away.
It is evidence against doubt only.  What the models are sure of stays, however much it
resembles the room, so that nobody dissolves who sits still or wears the colour of the
wall; and what the models come to take for a person wears the plate out.
"""

from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.smoothing import median
from vcam.masking.working_sizes import Box

_ROOM: Final = 0.1
"""A mask below this, and so all around, is room to be remembered."""
_PERSON: Final = 0.5
"""A mask above this contradicts a plate that says "room"."""
_AROUND: Final = np.ones((5, 5), np.uint8)
_RESTS: Final = 0.3
"""Motion below which the room is learnt."""
_EVERY_S: Final = 0.09
"""Seconds from one lesson to the next: the third frame of 30 a second, even if early."""
_ENOUGH: Final = 2
"""Lessons, less contradictions, after which a pixel of the room is known."""
_MOST: Final = 30
"""Lessons that count, so that a plate that has become wrong is forgotten in seconds."""
_BLEND: Final = 0.25
"""What a lesson counts against the earlier ones."""
_SAMPLE: Final = 20
"""Exposure and noise are measured on every so many pixels, each way."""
_FEWEST: Final = 20
"""Known samples needed for that."""
_GAIN_LIMIT: Final = 25.0
"""Grey levels by which a camera may make the frame brighter; more is another scene."""
_NOISE_LIMIT: Final = 4.0
"""Grey levels: more than this in most of the room is no noise."""
_NEW_SCENE: Final = 10.0
"""Grey levels by which most of the room differs when the camera was moved."""
_SAME: Final = 1.0
_DIFFERENT: Final = 7.0
"""Grey levels beyond the noise: up to the one it is the room, from the other it may be
anything."""
_RAISED: Final = 0.9
"""The confidence that becomes 0 where the picture shows the room."""


class Plate:
    """The room as far as it was seen, for masks on a grid and pictures of one size."""

    def __init__(self, grid: Size, picture: Size) -> None:
        """Nothing seen yet."""
        self._grid, self._size = grid, picture
        shape = (picture.height, picture.width)
        self._plate: Image = np.zeros((*shape, 3), np.uint8)
        self._scratch: Image = np.zeros((*shape, 3), np.uint8)
        self._planes: list[Alpha] = [np.zeros(shape, np.uint8) for _ in range(3)]
        self._unknown: Alpha = np.full(shape, 255, np.uint8)
        self._lessons: Alpha = np.zeros((grid.height, grid.width), np.uint8)
        self._since_s = 0.0
        self._difference = self._planes[0]
        """Grey levels from the plate, of the channel that differs most; 255 where the
        room is not known."""
        self._on_grid: Alpha = np.full((grid.height, grid.width), 255, np.uint8)
        self._level = np.zeros(256, np.float32)
        """Difference -> the confidence that becomes 0."""
        self._limit = 0.0
        """The difference from which that is 0."""

    def compare(self, picture: Image) -> None:
        """Where does this picture show the room?"""
        noise = self._follow_exposure(picture)
        cv2.absdiff(picture, self._plate, dst=self._scratch)
        cv2.split(self._scratch, self._planes)
        for plane in (*self._planes[1:], self._unknown):
            cv2.max(self._difference, plane, dst=self._difference)
        cv2.resize(self._difference, self._grid, dst=self._on_grid)
        beyond = np.arange(256) - 2 * noise
        level = np.interp(beyond, (_SAME, _DIFFERENT), (_RAISED, 0.0))
        self._level = level.astype(np.float32)
        self._limit = 2 * noise + _DIFFERENT

    def doubt(self, mask: Mask) -> None:
        """Lower a mask on the grid, 0.0..1.0, in place, where the room is in sight."""
        self._lower(mask, self._on_grid, 1.0)

    def doubt_part(self, mask: Mask, part: Box) -> None:
        """Lower ``part`` of a mask of the picture's size, 0.0..255.0, likewise."""
        where = part.rows_and_columns
        self._lower(mask[where], self._difference[where], 255.0)

    def learn(
        self, picture: Image, mask: Mask, moved: Mask | None, passed_s: float
    ) -> None:
        """Remember what ``mask`` and ``moved``, on the grid, say is room at rest.

        ``passed_s``: seconds since the last call.
        """
        self._since_s += passed_s
        if self._since_s < _EVERY_S or moved is None:
            return
        self._since_s = 0.0
        room = cv2.erode(cv2.inRange(mask, -1.0, _ROOM), _AROUND)
        cv2.bitwise_and(room, cv2.inRange(moved, -1.0, _RESTS), dst=room)
        fresh = cv2.bitwise_and(room, cv2.inRange(self._lessons, 0, 0))
        if cv2.countNonZero(fresh):
            self._take_over(picture, fresh)
        cv2.addWeighted(self._plate, 1 - _BLEND, picture, _BLEND, 0, dst=self._scratch)
        self._take_over(self._scratch, room)
        self._lessons += np.asarray(room, np.uint8) & 1
        np.minimum(self._lessons, _MOST, out=self._lessons)
        person = cv2.inRange(mask, _PERSON, 2.0)
        doubted = cv2.inRange(cv2.LUT(self._on_grid, self._level), _RAISED / 2, 1.0)
        cv2.bitwise_and(person, doubted, dst=person)
        self._lessons -= np.minimum(np.asarray(person, np.uint8) & 1, self._lessons)
        unknown = cv2.inRange(self._lessons, 0, _ENOUGH - 1)
        cv2.resize(unknown, self._size, dst=self._unknown, interpolation=cv2.INTER_NEAREST)

    def _take_over(self, picture: Image, where: MatLike) -> None:
        fine = cv2.resize(where, self._size, interpolation=cv2.INTER_NEAREST)
        cv2.copyTo(picture, fine, self._plate)

    def _lower(self, mask: Mask, difference: Alpha, one: float) -> None:
        # Little of a mask is doubtful, and less of that shows the room.
        doubtful = cv2.inRange(mask, 0.002 * one, 0.998 * one)
        near = cv2.inRange(difference, 0, self._limit)
        found = cv2.findNonZero(cv2.bitwise_and(doubtful, near))
        if found is None:
            return
        columns, rows = found.reshape(-1, 2).T
        where = rows, columns
        level = self._level[difference[where]]
        # Stretched again above the raised level, so that what is sure stays.
        mask[where] = np.maximum(mask[where] - level * np.float32(one), 0) / (1 - level)

    def _follow_exposure(self, picture: Image) -> float:
        """Let the plate follow the camera's brightness; returns the noise."""
        every = np.s_[_SAMPLE // 2 :: _SAMPLE, _SAMPLE // 2 :: _SAMPLE]
        known = self._unknown[every] == 0
        if np.count_nonzero(known) < _FEWEST:
            return 0.0
        change = np.subtract(picture[every], self._plate[every], dtype=np.int16)[known]
        medians = [median(channel) for channel in change.T]
        shift = np.clip(medians, -_GAIN_LIMIT, _GAIN_LIMIT)
        if shift.any():
            cv2.add(self._plate, np.append(shift, 0.0), dst=self._plate)
        noise = median(np.abs(change - shift))
        if noise > _NEW_SCENE:
            self._lessons.fill(0)
            self._unknown.fill(255)
        return min(noise, _NOISE_LIMIT)
