"""A recording, played again and again without a visible seam.

Two moments are as alike as the least alike sixteenth of their pictures is during the whole
dissolve: a hand is small, but is seen when it fades.  The loop goes from the later one of
the two most alike moments back to the earlier one.  Where none are alike enough, it goes
back and forth.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image
from vcam.pipeline.recording import LEAST_S, Kept, Recording, Shown

DISSOLVE_S: Final = 0.5
"""How long one moment turns into another."""
ALIKE: Final = 20.0
"""Grey levels by which two moments may differ for a dissolve."""
LONGER: Final = 0.6
"""Grey levels that a second more is worth: rather a long loop."""
COMPARED_S: Final = 1 / 15
"""Of the pictures that follow sooner, some are compared."""
LATE_S: Final = 0.25
"""If playing is later than this, it does not catch up."""


class Step(NamedTuple):
    """One picture of the loop: ``share`` of the second one is mixed into the first."""

    first: int
    """The place in the recording; -1 is the picture that was on air before the loop."""
    second: int
    share: float
    lasts_s: float


class Loop:
    """What is shown, in which order, and when.  Used by one thread.

    The pictures stay in the recording: when that is dropped, there is nothing to show.
    """

    def __init__(self, recording: Recording, before: Image | None) -> None:
        """``before`` is on air now; the first pictures fade in from it."""
        assert recording.shown is not None
        self.shown: Shown = recording.shown
        """What all of its pictures show."""
        self._recording, self._before = recording, before
        self._steps = steps(tuple(recording.pictures), begins=before is not None)
        self._due_s: float | None = None

    def next(self, now_s: float) -> Step:
        """The next picture; it is due at ``now_s``, or was a moment ago."""
        step = next(self._steps)
        due_s = now_s if self._due_s is None else self._due_s
        if now_s - due_s > LATE_S:
            due_s = now_s
        self._due_s = due_s + step.lasts_s
        return step

    def due_in_s(self, now_s: float) -> float:
        """Seconds until the next picture."""
        return 0.0 if self._due_s is None else max(0.0, self._due_s - now_s)

    def needed(self, step: Step) -> tuple[Kept, ...]:
        """What :meth:`drawn` needs; raises IndexError when it was dropped."""
        pictures = self._recording.pictures
        return tuple(pictures[each] for each in (step.first, step.second) if each >= 0)

    def drawn(self, step: Step, needed: tuple[Kept, ...]) -> Image:
        """The picture of ``step``."""
        *first, second = (each.decoded() for each in needed)
        if step.first == step.second:
            return second
        start = first[0] if first else self._before
        if start is None or start.shape != second.shape:
            return second
        mixed = cv2.addWeighted(start, 1 - step.share, second, step.share, 0)
        return np.asarray(mixed, np.uint8)


def steps(pictures: Sequence[Kept], *, begins: bool = False) -> Iterator[Step]:
    """The order of the pictures, without an end.  Takes tens of milliseconds at first.

    ``begins``: with a dissolve from what was on air before, place -1.
    """
    times_s = [each.captured_s for each in pictures]
    lasts_s = [later - earlier for earlier, later in itertools.pairwise(times_s)]
    usual_s = (times_s[-1] - times_s[0]) / len(lasts_s)
    lasts_s.append(usual_s)
    dissolve = max(1, round(DISSOLVE_S / usual_s))
    blocks = np.stack([each.small for each in pictures])
    seam = found_seam(blocks, usual_s, dissolve)
    if seam is None:
        return _back_and_forth(lasts_s)
    entry = _entry(blocks, seam, dissolve) if begins else None
    return _around(seam, lasts_s, dissolve, entry)


def _around(
    seam: tuple[int, int], lasts_s: list[float], dissolve: int, entry: int | None
) -> Iterator[Step]:
    """From the first moment of the seam to the second, which dissolves into the first."""
    first, second = seam
    place = first
    if entry is not None:
        for number in range(dissolve):
            at = entry + number
            yield Step(-1, at, eased((number + 1) / (dissolve + 1)), lasts_s[at])
        place = entry + dissolve
    while True:
        for at in range(place, second):
            yield Step(at, at, 0.0, lasts_s[at])
        for number in range(dissolve):
            here, there = second + number, first + number
            share = eased((number + 1) / (dissolve + 1))
            yield Step(here, there, share, lasts_s[there])
        place = first + dissolve


def _back_and_forth(lasts_s: list[float]) -> Iterator[Step]:
    """From the last picture, which is on air, to the first, and back."""
    last = len(lasts_s) - 1
    while True:
        for at in range(last - 1, -1, -1):
            yield Step(at, at, 0.0, lasts_s[at])
        for at in range(1, last + 1):
            yield Step(at, at, 0.0, lasts_s[at - 1])


def found_seam(
    blocks: NDArray[np.int16], usual_s: float, dissolve: int
) -> tuple[int, int] | None:
    """The two moments that are most alike, and at least :data:`LEAST_S` apart."""
    every = max(1, round(COMPARED_S / usual_s))
    some = blocks[::every]
    count, length = len(some), -(-dissolve // every)
    least = -(-round(LEAST_S / usual_s) // every)
    ends = (len(blocks) - dissolve) // every + 1
    if ends <= least:
        return None
    differ = np.full((count, count), np.inf, np.float32)
    for at in range(count - least):
        differ[at, at + least :] = _differences(some[at], some[at + least :])
    # The worst moment of the dissolve counts.
    worst = np.full((ends, ends), -np.inf, np.float32)
    for number in range(length):
        later = differ[number:, number:][:ends, :ends]
        part = worst[: len(later), : len(later)]
        np.maximum(part, later, out=part)
    places = np.arange(ends)
    longer_s = (places[None, :] - places[:, None]) * usual_s * every
    first, second = np.unravel_index(int(np.argmin(worst - LONGER * longer_s)), worst.shape)
    if not worst[first, second] <= ALIKE:
        return None
    return int(first) * every, int(second) * every


def _entry(blocks: NDArray[np.int16], seam: tuple[int, int], dissolve: int) -> int:
    """Where the loop begins: where it is most like the last picture, for a dissolve."""
    alike = _differences(blocks[-1], blocks)
    places = range(max(1, seam[1] - dissolve))
    return min(places, key=lambda at: float(alike[at : at + dissolve].max()))


def _differences(one: NDArray[np.int16], others: NDArray[np.int16]) -> NDArray[np.float32]:
    """By how much each of ``others`` differs from ``one``, in its least alike block."""
    sums = np.abs(others - one).sum(axis=2, dtype=np.int32)
    return np.asarray(sums.max(axis=1) / one.shape[1], np.float32)


def eased(share: float) -> float:
    """``share`` of a dissolve with a soft beginning and end."""
    return share * share * (3 - 2 * share)
