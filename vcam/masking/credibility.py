"""How much alpha the evidence allows, place by place: what is not credible is not shown.

A model can be wrong and sure of it, so its word alone does not put a place on air.  Three
questions are asked of every place that the mask claims for a person, on a coarse raster of
cells:

* *Was it claimed lately?*  Smoothing and grown edges may trail behind the models, but not
  for longer than a third of a second.
* *Does the picture contradict it?*  A place that looks as it did when it was room is room.
* *Was a model certain?*  Of a place that was never seen as room the picture says nothing.
  There, one look must have been certain and another must have agreed.

The last two judge areas, not rims: single cells are often wrong about a person's edge,
about somebody in the colour of the wall, about a shoulder that a model is unsure of.  What
fails them is removed only where it adds up to more than a small share of the picture.  It
is then removed whole: a model that is wrong about much shows nothing of that.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike

from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.room_model import Flags, RoomModel
from vcam.masking.working_sizes import Box, Fitting, blank, shrink

CELLS: Final = 64 * 36
"""About so many cells there are: of 20 pixels in a 1280x720 frame."""
CLAIMED: Final = 77
"""Confidence, 0 to 255, from which a mask may be seen in the matte: 0.3."""
INSIDE: Final = 102
"""A cell that is claimed so much everywhere is no rim."""
CERTAIN: Final = 0.9
"""A look is certain from here on."""
HELD: Final = 6
"""Frames for which a person was shown in a cell before they may be missed there."""
SAYS, DENIES = 0.6, 0.3
"""Looks contradict each other when one is above the one and another below the other."""
SHARE: Final = 0.02
"""Share of the picture that may be shown although it is doubtful: rims, fingers …"""
SHARE_OF_PERSON: Final = 0.1
"""… or this share of what is credible: large people have long rims."""
UNSURE: Final = 1.0
"""Where nothing is known of the room, models may be unsure of so much, compared with what
is credible: of a chest that fills the picture they often are."""
CALM: Final = 0.5
"""Times those shares: below it a removal ends, so that it does not flicker at the limit."""
AT_ONCE: Final = 0.5
"""Nobody covers more of the picture from one frame to the next.  Of what little room is
left in sight nobody could tell whether the light has changed in that moment."""
GROSS: Final = 0.1
GROSS_OF_PERSON: Final = 0.3
"""A frame in which more than this share of the picture is doubtful, and this share of what
is credible, is grossly wrong: nothing that it claims anew is believed."""
GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 3, 5, 30
"""Such a frame counts so much, any other takes one off again, and above the limit the model
is not believed at all: after two in a row, or three of five."""
KEPT: Final = 0.8
"""Of the evidence of one frame in the next, at 30 a second: 0.1 of it after a third of a
second."""
_LEVELS: Final = np.arange(256) / 255
_FADED: Final = np.interp(_LEVELS, (0.3, 0.4), (0, 255)).astype(np.uint8)
"""Evidence, 0 to 255 -> the most alpha: what is not claimed is not shown."""
_NEAR: Final = np.ones((3, 3), np.uint8)
_WIDELY: Final = np.ones((11, 11), np.uint8)


class Held(NamedTuple):
    """A look that still says something about the present frame."""

    seen: Mask
    """On the grid."""
    stale: Mask | None
    """1.0 where the picture has moved since; ``None`` for a look at this frame."""
    box: Box | None
    """The part of the grid that it saw; ``None`` for all."""


class Credibility:
    """What the three questions need to remember.  Used by one thread, once per frame.

    It outlives a failed engine and a withheld picture: a model that was wrong once must not
    start again with nothing known.  It ends with the source.
    """

    def __init__(self, frame: Size) -> None:
        """Nothing known, for frames of this size."""
        self._frame = frame
        self._cell, self._cells = _cells_of(frame)
        shape = (self._cells.height, self._cells.width)
        self._now: Image = blank(self._cells)
        self._room = RoomModel(self._cells)
        self._certain: Flags = np.zeros(shape, bool)
        self._denied: Flags = np.zeros(shape, bool)
        self._disbelieved: Flags = np.zeros(shape, bool)
        self._shown = np.zeros(shape, np.uint8)
        """For how many frames somebody was credible there."""
        self._lately: Alpha = np.zeros(shape, np.uint8)
        self._unsure = self._removes = self._is_gross = False
        self._gross = 0
        self.in_doubt = False
        """Whether another look would help to tell what is claimed."""

    def goes_on_with(self, frame: Size) -> bool:
        """Whether what is known holds for frames of this size as well, from now on."""
        if frame == self._frame:
            return True
        cell, cells = _cells_of(frame)
        if cells != self._cells:
            return False
        self._frame, self._cell = frame, cell
        return True

    def mirror(self) -> None:
        """The frames are from now on the mirror images of those before."""
        self._room.mirror()
        planes = (self._certain, self._denied, self._disbelieved, self._shown, self._lately)
        for plane in planes:
            plane[:] = plane[:, ::-1].copy()

    def limit(self, grid: Image, seen: Mask, looks: Sequence[Held], kept: float) -> Alpha:
        """The most alpha allowed per cell, 0 to 255.

        ``grid`` is the frame on the grid, ``seen`` what all ``looks`` together say of it,
        and ``kept`` is :data:`KEPT` at the present rate of frames.
        """
        now = shrink(grid, self._now).astype(np.float32)
        levels = cv2.convertScaleAbs(seen, alpha=255)
        # A cell and a little more: edges of small frames are on the grid as they are.
        around = np.ones((self._cell // 2 * 2 + 1,) * 2, np.uint8)
        most = self._in_cells(cv2.dilate(levels, around))
        inside = self._in_cells(cv2.erode(levels, _NEAR)) > INSIDE
        claimed = most > CLAIMED
        self._disbelieved &= claimed
        known = self._room.known.copy()
        self._denied &= claimed
        unsure = claimed & ~known & ~self._certain
        if unsure.any():
            certain, denied = self._agreement(looks)
            self._certain |= certain
            # What was denied stays so until both looks agree: there may be one look alone.
            self._denied = (self._denied | denied) & ~certain
            unsure &= ~certain & ~self._denied
        same = self._room.compare(now, ~claimed, self._disbelieved)
        fresh = self._room.newly_covered & claimed
        covered = _share(fresh)
        if covered > AT_ONCE or (self._room.changed and covered > GROSS):
            # Light or camera have changed, and nobody comes in that very moment.
            self._disbelieved |= fresh
            same |= fresh
        held = self._certain & (self._shown > HELD)
        self._room.learn(now, same, held, self._disbelieved)
        self._certain &= claimed | ~self._room.known
        # In the dark, or before a wall of much the same colour, a person has something of
        # the room; what a model makes up is nearly all room.
        some = claimed & known
        if 2 * np.count_nonzero(same & some) < np.count_nonzero(some):
            same = self._room.plainly_same | self._disbelieved
        credible = claimed & np.where(known, ~same, self._certain)
        credible, rest = self._judge(claimed, inside, credible, unsure)
        np.minimum(self._shown, 254, out=self._shown)
        self._shown += credible
        cv2.convertScaleAbs(self._lately, self._lately, kept)
        if not self._is_gross:  # then nothing new is believed
            cv2.max(self._lately, cv2.dilate(most, _NEAR), self._lately)
        # What is removed is not in the evidence of later frames, either.
        if self._gross > GROSS_LIMIT:
            self._disbelieved |= rest & known
            self._lately[rest | ~known] = 0
        elif self._removes:
            self._lately[rest] = 0
        return _allowed(self._lately)

    def _judge(
        self, claimed: Flags, inside: Flags, credible: Flags, unsure: Flags
    ) -> tuple[Flags, Flags]:
        """What is credible, and the rest of what is claimed; whether that is too much."""
        wavering = _share(unsure) / max(_share(credible), 1 / credible.size)
        self._unsure = wavering > UNSURE * (CALM if self._unsure else 1.0)
        if not self._unsure:
            credible = credible | _touching(unsure, credible)
        # Specks are chance, in what is credible as in what is not.
        around = cv2.boxFilter(
            *(credible.view(np.uint8), -1, (3, 3)),
            normalize=False,
            borderType=cv2.BORDER_REPLICATE,
        )
        credible = (credible & (around >= 4)) | (claimed & (around >= 6))
        near = cv2.dilate(credible.view(np.uint8), _NEAR).view(np.bool_)
        rest = (claimed & ~near) | (inside & ~credible)
        person, doubtful = _share(credible), _share(rest)
        limit = max(SHARE, SHARE_OF_PERSON * person)
        self._removes = doubtful > limit * (CALM if self._removes else 1.0)
        self._is_gross = doubtful > max(GROSS, GROSS_OF_PERSON * person)
        if self._is_gross:
            self._gross = min(self._gross + GROSS_COUNTS, GROSS_MOST)
        else:
            self._gross = max(self._gross - 1, 0)
        self.in_doubt = doubtful > SHARE * CALM or (
            wavering > UNSURE * CALM and _share(unsure) > SHARE
        )
        return credible, rest

    def _agreement(self, looks: Sequence[Held]) -> tuple[Flags, Flags]:
        """Where one look is certain and another agrees; where two contradict each other."""
        shape = self._lately.shape
        certain, says, denies = (np.zeros(shape, bool) for _ in range(3))
        count = np.zeros(shape, np.uint8)
        for look in looks:
            said = cv2.resize(look.seen, self._cells, interpolation=cv2.INTER_NEAREST)
            holds = np.zeros(shape, bool)
            left, top, right, bottom = look.box or (0, 0, 1 << 16, 1 << 16)
            cell = self._cell
            holds[-(-top // cell) : bottom // cell, -(-left // cell) : right // cell] = True
            if look.stale is not None:
                stale = cv2.resize(look.stale, self._cells, interpolation=cv2.INTER_NEAREST)
                holds &= stale < 0.5
            certain |= holds & (said >= CERTAIN)
            says |= holds & (said > SAYS)
            denies |= holds & (said < DENIES)
            count += holds
        return certain & ~denies & (count > 1), says & denies

    def _in_cells(self, plane: MatLike) -> Alpha:
        return np.asarray(
            cv2.resize(plane, self._cells, interpolation=cv2.INTER_NEAREST), np.uint8
        )


def _cells_of(frame: Size) -> tuple[int, Size]:
    """The side of a cell, in pixels of the grid, and how many cells there are."""
    grid = Fitting(frame).grid_size
    side = max(1, round(math.sqrt(grid.width * grid.height / CELLS)))
    return side, Size(max(1, grid.width // side), max(1, grid.height // side))


def allowed_by(mask: Mask) -> Alpha:
    """The most alpha that a mask of the grid's size allows by itself, per pixel of it."""
    return _allowed(cv2.dilate(cv2.convertScaleAbs(mask, alpha=255), _WIDELY))


def _allowed(evidence: MatLike) -> Alpha:
    return np.asarray(cv2.LUT(evidence, _FADED), np.uint8)


def _touching(some: Flags, others: Flags) -> Flags:
    """Those pieces of ``some`` that touch ``others``."""
    if not some.any():
        return some
    count, labels = cv2.connectedComponents((some | others).view(np.uint8), connectivity=8)
    touched = np.zeros(count, bool)
    touched[labels[others]] = True
    return np.asarray(some & touched[labels])


def _share(flags: Flags) -> float:
    return int(np.count_nonzero(flags)) / flags.size
