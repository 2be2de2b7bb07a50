"""How much alpha the evidence allows, place by place: what is not credible is not shown.

A model can be wrong and sure of it, so its answer alone does not put a place on air.
Three questions are asked about every place that the mask claims for a person, on a coarse
grid of cells:

* *Was it claimed recently?*  Smoothing and grown edges may trail behind the models, but
  for no longer than a third of a second.
* *Does the picture contradict it?*  A place that looks as it did when it was room is room.
* *Was a model certain?*  The picture says nothing about a place that was never seen as
  room.  There, one prediction must have been certain and another must have agreed.

The last two judge areas, not edges: single cells are often wrong about a person's edge,
about somebody in the colour of the wall, about a shoulder that a model is unsure of.
Cells that fail are removed only if they add up to more than a small share of the picture.
Then all of them are removed: nothing is shown of an area that a model is largely wrong
about.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike

from vcam.frames import Alpha, Image, Mask, Size
from vcam.imaging.resize import shrink
from vcam.masking.room_model import Flags, RoomModel
from vcam.masking.working_sizes import Box, WorkingSizes, blank

CELLS: Final = 64 * 36
"""Approximate number of cells, which are 20 pixels wide in a 1280x720 frame."""
CLAIMED: Final = 77
"""Confidence, 0 to 255, above which a mask may be visible in the matte: 0.3."""
INSIDE: Final = 102
"""Confidence, 0 to 255, above which all of a cell is inside of a person, not an edge."""
CERTAIN: Final = 0.9
"""Confidence from which a prediction is certain."""
ESTABLISHED: Final = 6
"""Frames that a person was shown in a cell before the model may miss them there."""
SAYS, DENIES = 0.6, 0.3
"""Confidences above and below which two predictions contradict each other."""
SHARE: Final = 0.02
"""Share of the picture that may be shown although it is doubtful: edges, fingers …"""
SHARE_OF_PERSON: Final = 0.1
"""… or share of what is credible: large people have long edges."""
UNSURE: Final = 1.0
"""Share of what is credible that models may be unsure of where the room is unknown: they
often are about a chest that fills the picture."""
CALM: Final = 0.5
"""Multiple of those shares below which a removal ends, so that it does not flicker."""
AT_ONCE: Final = 0.5
"""Largest share of the picture that anybody covers from one frame to the next.  If more is
covered, too little of the room is left in sight to tell a change of light."""
GROSS: Final = 0.1
"""Share of the picture that is doubtful in a mask that is grossly wrong; nothing that such
a mask newly claims is believed."""
GROSS_OF_PERSON: Final = 0.3
"""Share of what is credible that must also be doubtful in a grossly wrong mask."""
GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 3, 5, 30
"""Points of a grossly wrong mask, the limit above which the model is not believed at all,
and the most points.  Other frames take one point off.  Two grossly wrong masks in a row,
or three of five, exceed the limit."""
KEPT: Final = 0.8
"""Share of a frame's evidence that is left in the next, at 30 per second; after a third of
a second it is 0.1."""
_LEVELS: Final = np.arange(256) / 255
"""Evidence, 0 to 255, as a share."""
_FADED: Final = np.interp(_LEVELS, (0.3, 0.4), (0, 255)).astype(np.uint8)
"""The most alpha by evidence, 0 to 255: what is not claimed is not shown."""
_NEAR: Final = np.ones((3, 3), np.uint8)
"""Neighbourhood of a cell, or of a pixel of the grid."""
_WIDELY: Final = np.ones((11, 11), np.uint8)
"""Neighbourhood of a pixel of the grid in which its evidence may show."""


class Observation(NamedTuple):
    """A prediction that still applies, at least in part, to the present frame."""

    seen: Mask
    """The confidence, on the grid, which may be the fine one."""
    stale: Mask | None
    """1.0 where the picture has moved since, or the model did not see it; ``None`` if made
    from this frame."""
    box: Box | None
    """The part of the coarse grid that the model saw; ``None`` for all."""


class Credibility:
    """Answers the three questions.  Used by one thread, once per frame.

    It outlives a failed engine and a withheld picture, because a model that was wrong must
    not start again with nothing known about it.  It ends with the source.
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
        """The number of frames in which somebody was credible there."""
        self._evidence: Alpha = np.zeros(shape, np.uint8)
        self._unsure = self._removes = self._is_gross = False
        self._gross = 0
        self.in_doubt = False
        """Whether another prediction would help to judge the claim."""

    def goes_on_with(self, frame: Size) -> bool:
        """Whether what is known applies to frames of this size; if so, they may follow."""
        if frame == self._frame:
            return True
        cell, cells = _cells_of(frame)
        if cells != self._cells:
            return False
        self._frame, self._cell = frame, cell
        return True

    def mirror(self) -> None:
        """From now on frames are the mirror images of those before."""
        self._room.mirror()
        for plane in self._planes:
            plane[:] = plane[:, ::-1].copy()

    def restart(self) -> None:
        """Forget all but how wrong the model was; for frames with another side up."""
        self._room = RoomModel(self._cells)
        for plane in self._planes:
            plane[:] = 0

    @property
    def _planes(self) -> tuple[Alpha | Flags, ...]:
        """What is known about each cell, but for the room's colours."""
        return (
            self._certain,
            self._denied,
            self._disbelieved,
            self._shown,
            self._evidence,
        )

    def limit(
        self, grid: Image, mask: Mask, observations: Sequence[Observation], kept: float
    ) -> Alpha:
        """The most alpha allowed per cell, 0 to 255.

        ``grid`` is the frame on the grid, ``mask`` the answer that all ``observations``
        give together, on the coarse grid, and ``kept`` is :data:`KEPT` at the present frame
        rate.
        """
        now = shrink(grid, self._now).astype(np.float32)
        levels = cv2.convertScaleAbs(mask, alpha=255)
        # A cell and a little more, because small frames are not resized and have sharper
        # edges on the grid.
        around = np.ones((self._cell // 2 * 2 + 1,) * 2, np.uint8)
        most = self._in_cells(cv2.dilate(levels, around))
        inside = self._in_cells(cv2.erode(levels, _NEAR)) > INSIDE
        claimed = most > CLAIMED
        self._disbelieved &= claimed
        known = self._room.known.copy()
        self._denied &= claimed
        unsure = claimed & ~known & ~self._certain
        if unsure.any():
            certain, denied = self._agreement(observations)
            self._certain |= certain
            # A denial stays until two predictions agree, for a frame may have only one.
            self._denied = (self._denied | denied) & ~certain
            unsure &= ~certain & ~self._denied
        same = self._room.compare(now, ~claimed, self._disbelieved)
        fresh = self._room.newly_covered & claimed
        covered = _share(fresh)
        if covered > AT_ONCE or (self._room.changed and covered > GROSS):
            # Light or camera have changed; nobody comes in at that very moment.
            self._disbelieved |= fresh
            same |= fresh
        established = self._certain & (self._shown > ESTABLISHED)
        self._room.learn(now, same, established, self._disbelieved)
        self._certain &= claimed | ~self._room.known
        # In the dark, or in front of a wall of a similar colour, parts of a person look
        # like the room.  What a model makes up looks like the room nearly everywhere.
        some = claimed & known
        if 2 * np.count_nonzero(same & some) < np.count_nonzero(some):
            same = self._room.plainly_same | self._disbelieved
        credible = claimed & np.where(known, ~same, self._certain)
        credible, rest = self._judge(claimed, inside, credible, unsure)
        np.minimum(self._shown, 254, out=self._shown)
        self._shown += credible
        cv2.convertScaleAbs(self._evidence, self._evidence, kept)
        if not self._is_gross:
            cv2.max(self._evidence, cv2.dilate(most, _NEAR), self._evidence)
        # What is removed is no evidence for later frames, either.
        if self._gross > GROSS_LIMIT:
            self._disbelieved |= rest & known
            self._evidence[rest | ~known] = 0
        elif self._removes:
            self._evidence[rest] = 0
        return _allowed(self._evidence)

    def _judge(
        self, claimed: Flags, inside: Flags, credible: Flags, unsure: Flags
    ) -> tuple[Flags, Flags]:
        """Split what is claimed into what is credible and the rest.

        Also decides whether the rest is so much that it must be removed.
        """
        wavering = _share(unsure) / max(_share(credible), 1 / credible.size)
        self._unsure = wavering > UNSURE * (CALM if self._unsure else 1.0)
        if not self._unsure:
            credible = credible | _touching(unsure, credible)
        # Single cells are chance, among the credible as among the rest.
        around = cv2.boxFilter(
            credible.view(np.uint8),
            ddepth=-1,
            ksize=(3, 3),
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

    def _agreement(self, observations: Sequence[Observation]) -> tuple[Flags, Flags]:
        """The cells in which two predictions agree on a person, and those of conflict."""
        shape = self._evidence.shape
        certain, says, denies = (np.zeros(shape, bool) for _ in range(3))
        if len(observations) < 2:
            return certain, denies  # one prediction alone neither agrees nor contradicts
        count = np.zeros(shape, np.uint8)
        for each in observations:
            said = cv2.resize(each.seen, self._cells, interpolation=cv2.INTER_NEAREST)
            holds = np.zeros(shape, bool)
            left, top, right, bottom = each.box or (0, 0, 1 << 16, 1 << 16)
            cell = self._cell
            holds[-(-top // cell) : bottom // cell, -(-left // cell) : right // cell] = True
            if each.stale is not None:
                stale = cv2.resize(each.stale, self._cells, interpolation=cv2.INTER_NEAREST)
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
    grid = WorkingSizes(frame).grid_size
    side = max(1, round(math.sqrt(grid.width * grid.height / CELLS)))
    return side, Size(max(1, grid.width // side), max(1, grid.height // side))


def allowed_by(mask: Mask) -> Alpha:
    """The most alpha that a mask of the grid's size allows by itself, per pixel."""
    return _allowed(cv2.dilate(cv2.convertScaleAbs(mask, alpha=255), _WIDELY))


def _allowed(evidence: MatLike) -> Alpha:
    return np.asarray(cv2.LUT(evidence, _FADED), np.uint8)


def _touching(some: Flags, others: Flags) -> Flags:
    """The pieces of ``some`` that touch ``others``."""
    if not some.any():
        return some
    count, labels = cv2.connectedComponents((some | others).view(np.uint8), connectivity=8)
    touched = np.zeros(count, bool)
    touched[labels[others]] = True
    return np.asarray(some & touched[labels])


def _share(flags: Flags) -> float:
    return int(np.count_nonzero(flags)) / flags.size
