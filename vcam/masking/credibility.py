"""How much alpha the evidence allows, place by place: what is not credible is not shown.

A model can be wrong and sure of it, so its word alone does not put a place on air.  On a
coarse raster of cells this remembers what the room looked like where it was last in sight,
and asks three things of every place that the mask claims for a person:

* *Was it claimed lately?*  Smoothing and grown edges may trail behind the models, but not
  for longer than a third of a second.
* *Does the picture contradict it?*  A place that looks as it did when it was room is room.
* *Was a model certain?*  Of a place that was never seen as room the picture says nothing.
  There, models must have been certain, and no look may have denied it.

The last two judge areas, not rims: single cells are often wrong about a person's edge, about
somebody in the colour of the wall, about a shoulder that a model is unsure of.  What fails
them is removed only where it adds up to more than a small share of the picture.  It is then
removed whole, so that a model that is wrong about much shows nothing of what it is wrong about.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.fitting import Box, Fitting
from vcam.masking.smoothing import median

CELL: Final = 4
"""Side of a cell in pixels of the grid: 20 pixels of a 1280x720 frame."""
CLAIMED: Final = 0.3
"""From this confidence on a mask may be seen in the matte."""
INSIDE: Final = 0.5
"""A cell that is claimed this much everywhere is no rim."""
CERTAIN: Final = 0.9
ROOM: Final = 0.1
"""Confidence below which, and so all around, a place is room."""
SAYS, DENIES = 0.6, 0.3
"""Two looks contradict each other when one says more than the one and another less than the
other."""
SAME: Final = 2.0
"""Grey levels, beyond the noise, up to which a cell's mean colour is still the room's."""
SHAKEN: Final = 2.0
"""Times the share of the local contrast by which the rest of the room has changed."""
SHAKING_LIMIT: Final = 0.4
"""Of that share: from one picture to the next a camera shakes by less than a cell."""
NOISE_LIMIT: Final = 2.0
"""Grey levels of noise in the cells' means; more is a camera that moves."""
GAIN_LIMIT: Final = 40.0
"""Grey levels by which the camera's brightness control may change the whole room."""
KNOWN_AFTER: Final = 6
"""Frames in a row in which a cell was room before it counts as known."""
LONG: Final = 45
"""Frames after which it does although it looks like somebody who was there, or not as the
room did before: a model may miss somebody for a while."""
FEWEST: Final = 20
ENOUGH: Final = 144
"""Known cells in sight, of those that are looked at, that are needed to measure the room's
brightness, and the camera's noise and shaking."""
SHARE: Final = 0.02
"""Share of the picture that may be shown although it is doubtful: rims, fingers …"""
SHARE_OF_PERSON: Final = 0.1
"""… or this share of what is credible: large people have long rims."""
GROSS: Final = 0.1
GROSS_OF_PERSON: Final = 0.5
GROSS_FOR: Final = 8
"""With more than this share of the picture doubtful, and this share of what is credible, in
three frames or in every other of eight, the model is not believed at all."""
UNSURE_OF_PERSON: Final = 1.0
"""Where nothing is known, models may be unsure of so much, compared with what they are
certain of: of a chest that fills the picture they often are."""
CALM: Final = 0.5
"""Times those shares: below it a removal ends, so that it does not flicker at the limit."""
KEPT: Final = 0.8
"""Of the evidence of one frame in the next, at 30 a second: 0.1 after a third of a second."""
FADES: Final = (0.1, 0.3)
"""Evidence up to which no alpha is allowed, and from which all is."""

_NEAR: Final = np.ones((3, 3), np.uint8)
_AROUND: Final = np.ones((5, 5), np.uint8)
_WIDELY: Final = np.ones((11, 11), np.uint8)
_SOME: Final = np.s_[::2, ::2]
"""Brightness and noise are measured on every fourth cell."""
_Flags = NDArray[np.bool_]


def _level(confidence: float) -> int:
    """A confidence as a byte, as the cells keep it."""
    return round(255 * confidence)


_LEVELS: Final = np.arange(256)
_FADED: Final = np.interp(_LEVELS / 255, FADES, (0, 255)).astype(np.uint8)
"""Evidence as a byte -> the most alpha."""


class Held(NamedTuple):
    """A look that still says something about the present frame."""

    seen: Mask
    """On the grid."""
    stale: Mask | None
    """1.0 where the picture has moved since; ``None`` for a look at this frame."""
    box: Box | None
    """The part of the grid that it saw; ``None`` for all."""


class Credibility:
    """The memory behind the three questions.  Used by one thread, once per frame.

    It outlives a failed engine and a withheld picture: a model that was wrong once must not
    start again with nothing known.  It ends with the source.
    """

    def __init__(self, frame: Size) -> None:
        """Nothing known, for frames of this size."""
        self.frame: Final = frame
        grid = Fitting(frame).grid_size
        self._cells = Size(max(1, grid.width // CELL), max(1, grid.height // CELL))
        shape = (self._cells.height, self._cells.width)
        self._room = np.zeros((*shape, 3), np.float32)
        self._known = np.zeros(shape, bool)
        self._same = np.ones(shape, bool)
        self._vacant = np.zeros(shape, np.uint8)
        self._certain = np.zeros(shape, bool)
        self._disbelieved = np.zeros(shape, bool)
        self._lately: Alpha = np.zeros(shape, np.uint8)
        self._noise = self._shaking = 0.0
        self._unsure = False
        self._gross = 0
        self.removes = False
        """Whether something is removed now."""
        self.in_doubt = False
        """Whether another look would help to tell what is claimed."""
        self.doubtful = 0.0
        """Share of the picture that is claimed and not credible."""

    def limit(self, grid: Image, seen: Mask, looks: Sequence[Held], kept: float) -> Alpha:
        """The most alpha allowed per cell, 0 to 255.

        ``grid`` is the frame on the grid, ``seen`` what all looks together say of it, and
        ``kept`` is :data:`KEPT` at the present rate of frames.
        """
        now = cv2.resize(grid, self._cells, interpolation=cv2.INTER_AREA)
        levels = cv2.convertScaleAbs(seen, alpha=255)
        most = self._in_cells(cv2.dilate(levels, _AROUND))
        least = self._in_cells(cv2.erode(levels, _NEAR))
        opinions = [self._opinion(look) for look in looks]
        return self._limit(np.asarray(now, np.float32), most, least, opinions, kept)

    def _limit(
        self,
        now: NDArray[np.float32],
        most: Alpha,
        least: Alpha,
        opinions: Sequence["_Opinion"],
        kept: float,
    ) -> Alpha:
        claimed = most > _level(CLAIMED)
        room = most < _level(ROOM)
        known = self._known.copy()
        np.minimum(self._vacant, 254, out=self._vacant)
        self._vacant = (self._vacant + 1) * room
        settled = self._vacant > KNOWN_AFTER
        self._disbelieved &= claimed
        # Where the picture has left the room, there is somebody whom the model has missed.
        in_sight = known & self._same
        same = self._looks_as_before(now, (settled & in_sight) | self._disbelieved)
        if _most_of(settled & in_sight, ~same):
            # The light was switched, or the camera moved: nobody comes in that moment.
            fresh = in_sight & claimed
            if np.count_nonzero(fresh) > GROSS * fresh.size:
                self._disbelieved |= fresh
            same |= (settled & in_sight) | self._disbelieved
        certain, denied = _agreement(opinions, claimed.shape)
        self._certain |= certain
        credible = claimed & np.where(known, ~same, self._certain)
        unsure = claimed & ~known & ~self._certain & ~denied
        self._learn(now, settled, same)
        unsure_of = np.count_nonzero(unsure) / max(1, np.count_nonzero(credible))
        is_calm = CALM if self._unsure else 1.0
        self._unsure = unsure_of > UNSURE_OF_PERSON * is_calm
        if not self._unsure:
            credible |= unsure
        # Specks are chance, in what is credible as in what is not.
        around = cv2.blur(
            credible.astype(np.float32), (3, 3), borderType=cv2.BORDER_REPLICATE
        )
        credible = (credible & (around > 0.4)) | (claimed & (around > 0.6))
        near = cv2.dilate(credible.view(np.uint8), _NEAR).view(np.bool_)
        rest = (claimed & ~near) | ((least > _level(INSIDE)) & ~credible)
        self._judge(credible, rest)
        self.in_doubt = self.doubtful > SHARE * CALM or (
            unsure_of > UNSURE_OF_PERSON * CALM and np.count_nonzero(unsure) > SHARE * rest.size
        )
        cv2.convertScaleAbs(self._lately, self._lately, kept)
        cv2.max(self._lately, cv2.dilate(most, _NEAR), self._lately)
        if self._gross > GROSS_FOR:
            self._disbelieved |= rest & known
            self._lately.fill(0)
        elif self.removes:
            # Nor is it in later frames' past.
            self._lately[rest] = 0
        return np.asarray(cv2.LUT(self._lately, _FADED), np.uint8)

    def _judge(self, credible: _Flags, rest: _Flags) -> None:
        person = np.count_nonzero(credible) / credible.size
        self.doubtful = np.count_nonzero(rest) / rest.size
        most = max(SHARE, SHARE_OF_PERSON * person)
        self.removes = self.doubtful > most * (CALM if self.removes else 1.0)
        is_gross = self.doubtful > max(GROSS, GROSS_OF_PERSON * person)
        # A model that is wrong every other time is caught as well.
        self._gross = min(self._gross + 3, 30) if is_gross else max(self._gross - 1, 0)

    def _in_cells(self, plane: Alpha) -> Alpha:
        return np.asarray(
            cv2.resize(plane, self._cells, interpolation=cv2.INTER_NEAREST), np.uint8
        )

    def _looks_as_before(self, now: NDArray[np.float32], in_sight: _Flags) -> _Flags:
        """Where a cell looks as the room did there, to within noise, light and shaking."""
        room = self._room
        span = _largest(cv2.subtract(cv2.dilate(room, _NEAR), cv2.erode(room, _NEAR)))
        there = in_sight[_SOME]
        if np.count_nonzero(there) >= FEWEST:
            change = (now[_SOME] - room[_SOME])[there]
            shift = [
                min(max(median(channel), -GAIN_LIMIT), GAIN_LIMIT) for channel in change.T
            ]
            cv2.add(room, (*shift, 0.0), dst=room)
            off = np.abs(change - np.float32(shift)).max(axis=1)
            contrast = span[_SOME][there]
            flat = contrast <= median(contrast)
            if np.count_nonzero(there) >= ENOUGH and not flat.all():
                # Noise is everywhere; what shaking changes grows with the contrast.
                # Of the calmer half: the rest may be somebody whom the model has missed.
                self._noise = min(1.5 * quarter(off[flat]), NOISE_LIMIT)
                beyond = np.maximum(off[~flat] - np.float32(self._noise), 0)
                shaking = 1.5 * quarter(beyond / contrast[~flat])
                self._shaking = min(shaking, SHAKING_LIMIT)
        off = _largest(cv2.absdiff(now, room))
        near = span * np.float32(SHAKEN * self._shaking)
        near += np.float32(SAME + 1.5 * self._noise)
        return np.asarray(off <= near)

    def _learn(self, now: NDArray[np.float32], settled: _Flags, same: _Flags) -> None:
        # A model may lose somebody for a moment.  Who was there, and what does not look as
        # the room did, is not taken for the room before long.
        room = settled & np.where(self._known, same, ~self._certain)
        room |= self._vacant > LONG
        room |= self._disbelieved & same
        cv2.copyTo(now, room.view(np.uint8), self._room)
        self._known |= room
        self._certain &= ~room
        self._same = same

    def _opinion(self, look: Held) -> "_Opinion":
        said = self._in_cells(cv2.convertScaleAbs(look.seen, alpha=255))
        holds = np.zeros(said.shape, bool)
        left, top, right, bottom = look.box or (0, 0, 1 << 16, 1 << 16)
        holds[-(-top // CELL) : bottom // CELL, -(-left // CELL) : right // CELL] = True
        if look.stale is not None:
            stale = cv2.resize(look.stale, self._cells, interpolation=cv2.INTER_NEAREST)
            holds &= stale < 0.5
        return _Opinion(said, holds)


class _Opinion(NamedTuple):
    """A look on the cells, and where it holds."""

    said: Alpha
    holds: _Flags


def _agreement(
    opinions: Sequence[_Opinion], shape: tuple[int, ...]
) -> tuple[_Flags, _Flags]:
    """Where a look is certain and another agrees; where one denies what another says."""
    certain, says, denies = (np.zeros(shape, bool) for _ in range(3))
    count = np.zeros(shape, np.uint8)
    for said, holds in opinions:
        certain |= holds & (said >= _level(CERTAIN))
        says |= holds & (said > _level(SAYS))
        denies |= holds & (said < _level(DENIES))
        count += holds
    return certain & ~denies & (count > 1), says & denies


def allowed_by(mask: Mask) -> Alpha:
    """The most alpha that a mask of the grid's size allows by itself, per pixel of it."""
    evidence = cv2.dilate(cv2.convertScaleAbs(mask, alpha=255), _WIDELY)
    return np.asarray(cv2.LUT(evidence, _FADED), np.uint8)


def _most_of(cells: _Flags, have: _Flags) -> bool:
    """Whether most of these cells, and these are not few, have it."""
    count = np.count_nonzero(cells)
    return count >= FEWEST and np.count_nonzero(cells & have) > 0.6 * count


def quarter(values: NDArray[np.float32]) -> float:
    """What a quarter of the values is below."""
    place = values.size // 4
    return float(np.partition(values, place)[place])


def _largest(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest of three channels."""
    one, two, three = cv2.split(colours)
    return np.asarray(cv2.max(cv2.max(one, two), three), np.float32)
