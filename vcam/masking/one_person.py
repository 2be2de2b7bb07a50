"""Only one of the people in the mask: at first the one nearest the middle.

It works on a small copy of the mask.  People who stand apart are pieces of it.  Whoever was
chosen is followed from piece to piece by where they overlap.  People who touch are one
piece; it is divided between their heads, in the column in which it is lowest.

This only takes away from a mask.  It is a convenience, not a guard: somebody who is never
seen apart from the chosen one, for example right behind them, is shown with them.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Mask, Size
from vcam.imaging.resize import scaled_to

_PIXELS: Final = 128 * 72
"""Pixels of the small copy."""
_CLAIMED: Final = 0.3
"""Confidence above which a pixel belongs to somebody."""
_EDGE: Final = np.ones((5, 5), np.uint8)
"""Neighbourhood of a person that holds their soft edge."""
_SMALL: Final = 0.12
"""Share of the chosen person below which a piece beside them is a hand of theirs, and below
which what was another's may be theirs."""
_BESIDE: Final = 0.35
"""Distance from the chosen person, as a share of their size, at which hands may be."""
_GROWN: Final = 0.2
"""Share of the largest person that others must have to be chosen: nobody in the back."""
_VALLEY: Final = 0.75
"""Share of the lower head's height to which a piece sinks between two people."""
_BODY: Final = 0.35
"""Share of the area of one that the other must have, so that it is no raised hand."""
_SMOOTH: Final = (5, 1)
"""Columns over which heights are averaged."""
_GONE_S: Final = 1.0
"""Seconds without the chosen person after which another one is chosen."""
_NEARER: Final = 0.15
"""Share of the width by which somebody else must be nearer the middle …"""
_NEARER_S: Final = 2.0
"""… and the seconds for which they must be, to be chosen instead."""
_APART_S: Final = 0.3
"""Seconds for which what was one person must be two, side by side, to be taken for two."""

_Flags = NDArray[np.bool_]


class OnePerson:
    """Follows one person through the masks of one size of frame."""

    def __init__(self, frame: Size) -> None:
        """Nobody chosen yet."""
        self._size = scaled_to(frame, _PIXELS)
        shape = (self._size.height, self._size.width)
        self._small: Mask = np.zeros(shape, np.float32)
        self._me: _Flags = np.zeros(shape, bool)
        self._others: _Flags = np.zeros(shape, bool)
        self._chosen = False
        self._gone_s = self._nearer_s = self._apart_s = 0.0

    def reset(self) -> None:
        """Choose anew."""
        self._chosen = False
        self._me[:], self._others[:] = False, False
        self._gone_s = self._nearer_s = self._apart_s = 0.0

    def keep(self, mask: Mask, passed_s: float) -> None:
        """Set all but the chosen person in ``mask`` to 0, in place.

        ``passed_s`` is the time since the last call, in seconds.
        """
        cv2.resize(mask, self._size, dst=self._small, interpolation=cv2.INTER_AREA)
        pieces = _pieces(self._small > _CLAIMED)
        if self._chosen:
            self._gone_s = 0.0 if self._follow(pieces) else self._gone_s + passed_s
            self._nearer_s = self._nearer_s + passed_s if self._is_outdone() else 0.0
            if self._gone_s > _GONE_S or self._nearer_s > _NEARER_S:
                self.reset()
            self._part(passed_s)
        if not self._chosen:
            self._choose([body for piece in pieces for body in _bodies(piece)])
        if self._others.any():
            np.multiply(mask, self._shown(Size.of(mask)), out=mask)

    def part_of(self, mask: Mask) -> Mask:
        """``mask`` without the people who were left out of the last one."""
        return mask * self._shown(Size.of(mask)) if self._others.any() else mask

    def _shown(self, size: Size) -> Mask:
        mine = cv2.dilate(self._me.view(np.uint8), _EDGE)
        mine[self._others] = 0
        return np.asarray(cv2.resize(mine.astype(np.float32), size), np.float32)

    def _choose(self, bodies: list[_Flags]) -> None:
        if not bodies:
            return
        largest = max(np.count_nonzero(body) for body in bodies)
        grown = [each for each in bodies if np.count_nonzero(each) >= _GROWN * largest]
        chosen = min(grown, key=self._off_centre)
        self._me = chosen.copy()
        self._others = np.logical_or.reduce(bodies) & ~chosen
        for body in bodies:
            if body is not chosen and self._is_hand(body):
                self._me |= body
                self._others &= ~body
        self._chosen = True

    def _follow(self, pieces: list[_Flags]) -> bool:
        """Find who is who among the pieces; whether the chosen person is there."""
        me, others = np.zeros_like(self._me), np.zeros_like(self._me)
        for piece in pieces:
            mine = np.count_nonzero(piece & self._me)
            theirs = np.count_nonzero(piece & self._others)
            if mine and theirs > _SMALL * mine:
                part = self._my_part(piece)
                me |= part
                others |= piece & ~part
            elif mine or (not theirs and self._is_hand(piece)):
                me |= piece
            else:
                others |= piece
        found = bool(me.any())
        if found:  # otherwise where they were is remembered until they are given up
            self._me = me
        self._others = others & ~self._me
        return found

    def _part(self, passed_s: float) -> None:
        """Choose again between people who were right before each other and are no more."""
        pieces = _pieces(self._me)
        largest = max(map(np.count_nonzero, pieces), default=0)
        grown = [each for each in pieces if np.count_nonzero(each) > _BODY * largest]
        # A head without a neck is above its body, and in one of its columns.
        across = np.count_nonzero([each.any(axis=0) for each in grown], axis=0)
        beside = len(grown) > 1 and across.max() == 1
        self._apart_s = self._apart_s + passed_s if beside else 0.0
        if self._apart_s > _APART_S:
            self._apart_s = 0.0
            self._me = min(grown, key=self._off_centre)
            self._others |= np.logical_or.reduce(grown) & ~self._me

    def _my_part(self, piece: _Flags) -> _Flags:
        """What is mine of people who touch: up to the lowest columns between the heads."""
        heights = _heights(piece)
        middle = _column(piece & self._me)
        theirs = piece & self._others
        part = piece.copy()
        for left in (True, False):
            side = theirs.copy()
            side[:, middle:] &= not left
            side[:, : middle + 1] &= left
            if not side.any():
                continue
            other = _column(side)
            low, high = min(middle, other), max(middle, other)
            border = low + int(heights[low : high + 1].argmin())
            if left:
                part[:, :border] = False
            else:
                part[:, border + 1 :] = False
        return part

    def _is_hand(self, piece: _Flags) -> bool:
        """Whether a piece is small and beside the chosen person."""
        area = np.count_nonzero(self._me)
        if np.count_nonzero(piece) >= _SMALL * area:
            return False
        _, _, width, height = cv2.boundingRect(self._me.view(np.uint8))
        away = cv2.distanceTransform((~self._me).view(np.uint8), cv2.DIST_L2, 3)
        return bool(away[piece].min() < _BESIDE * max(width, height))

    def _is_outdone(self) -> bool:
        """Whether somebody else of some size is clearly nearer the middle."""
        if not self._me.any() or not self._others.any():
            return False
        needed = _BODY * np.count_nonzero(self._me)
        mine = self._off_centre(self._me)
        return any(
            np.count_nonzero(each) > needed and self._off_centre(each) + _NEARER < mine
            for each in _pieces(self._others)
        )

    def _off_centre(self, piece: _Flags) -> float:
        """Distance from the middle, as a share of the width."""
        return abs((_column(piece) + 0.5) / self._size.width - 0.5)


def _pieces(there: _Flags) -> list[_Flags]:
    """What is connected, each by itself."""
    count, labels = cv2.connectedComponents(there.view(np.uint8), connectivity=4)
    return [np.asarray(labels == label) for label in range(1, count)]


def _bodies(piece: _Flags) -> list[_Flags]:
    """The people in a piece, who may touch."""
    heights = _heights(piece)
    # The head on either side of each column, and how far the piece sinks between them.
    left = np.maximum.accumulate(heights)
    right = np.maximum.accumulate(heights[::-1])[::-1]
    sinks = heights / np.maximum(np.minimum(left, right), np.float32(1))
    # Only where neither side is an arm.
    before = np.cumsum(np.count_nonzero(piece, axis=0))
    least = _BODY / (1 + _BODY) * before[-1]
    sinks[(before < least) | (before > before[-1] - least)] = 1
    border = int(sinks.argmin())
    if sinks[border] > _VALLEY:
        return [piece]
    one, two = piece.copy(), piece.copy()
    one[:, border:], two[:, :border] = False, False
    return [*_bodies(one), *_bodies(two)]


def _heights(piece: _Flags) -> NDArray[np.float32]:
    """How much of each column is taken."""
    columns = piece.sum(axis=0, dtype=np.float32)[np.newaxis]
    smooth = cv2.blur(columns, _SMOOTH, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth[0], np.float32)


def _column(piece: _Flags) -> int:
    """The column that has half of the piece on either side."""
    columns = np.cumsum(np.count_nonzero(piece, axis=0))
    return int(np.searchsorted(columns, columns[-1] / 2))
