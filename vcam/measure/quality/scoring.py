"""The measures, each of one thing that people notice in a call.

``mad``
    Mean alpha error, x 1000.  ``band`` is the same within 12 px of the true edge.
``iou``, ``bf2``, ``bf4``
    Overlap, and F-measure of the boundary within 2 and 4 px, in percent.  Higher is better.
``grad``
    Mean squared difference of the gradients, x 1e5.
``leak``
    Percent of the room, more than 8 px from the person, that is visible (alpha above 0.1).
``holes``
    Percent of the person, more than 8 px inside, that is missing (alpha below 0.9).
``dtssd``
    Difference between how the matte and the truth change from frame to frame, x 100.
``flick``
    Flicker: mean standard deviation over 8 frames, in grey levels of 255, near the edge
    where the truth does not change.
``ghost``, ``cut``
    Mean alpha (percent) where the person was in the last 5 frames and no longer is; mean
    missing alpha where the person just arrived.
``lag``
    Frames by which the matte trails the truth, on the fastest quarter of the frames;
    ``iou_fast`` is the soft overlap there.
``comp``
    Mean colour error (of 255) of the finished picture in the band, in front of a new
    background: alpha error and the glow of the old room together.  Only for clips in
    which the person's own colours are known.

Pixels are those of a 720-pixel-high frame.  dtSSD is from Erofeev et al., "Perceptually
Motivated Benchmark for Video Matting" (BMVC 2015); the boundary measure from Perazzi et
al., DAVIS (CVPR 2016), with precision and recall averaged over the clip first.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image
from vcam.measure.quality.ground_truth import (
    BOUNDARY_PX,
    TruthWindow,
    boundary_of,
    distance_to,
    gradient_of,
    reach,
)

MEASURES: Final = (
    "mad",
    "band",
    "iou",
    "bf2",
    "bf4",
    "grad",
    "leak",
    "holes",
    "dtssd",
    "flick",
    "ghost",
    "cut",
    "iou_fast",
    "lag",
    "comp",
)
"""The names of the measures, in the order of the table."""
_SHIFTS: Final = range(-1, 5)
"""Lags that are tried, in frames."""
_FAST: Final = 0.004
"""Mean change of the true alpha above which a frame can be called fast."""


class Scores:
    """One method's scores on one clip, gathered frame by frame."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._means: dict[str, list[float]] = {}
        self._weighted: dict[str, list[tuple[float, int]]] = {"ghost": [], "cut": []}
        self._alphas: list[Alpha] = []
        self._overlaps: list[dict[int, float]] = []
        self._motion: list[float] = []
        self._there: list[bool] = []

    def add(self, window: TruthWindow, alpha: Alpha, foreground: Image) -> None:
        """Score ``alpha`` and ``foreground`` against the newest truth."""
        self._alphas = [*self._alphas[-TruthWindow.STILL + 1 :], alpha.copy()]
        self._add_still(window, alpha)
        self._add_boundary(window, alpha)
        self._add_temporal(window, alpha)
        self._add_overlaps(window, alpha)
        self._add_composite(window, alpha, foreground)

    def result(self) -> dict[str, float]:
        """The values by measure; NaN where the clip does not show it."""
        found = {name: _mean(values) for name, values in self._means.items()}
        for px in BOUNDARY_PX:
            precision = found.pop(f"precision{px:g}", math.nan)
            recall = found.pop(f"recall{px:g}", math.nan)
            found[f"bf{px:g}"] = 200 * precision * recall / max(precision + recall, 1e-6)
        for name, pairs in self._weighted.items():
            if pairs:
                values, weights = zip(*pairs, strict=True)
                found[name] = float(np.average(values, weights=weights)) * 100
        found["lag"], found["iou_fast"] = self._lag()
        return {name: found.get(name, math.nan) for name in MEASURES}

    def _note(self, name: str, value: float) -> None:
        self._means.setdefault(name, []).append(float(value))

    def _add_still(self, window: TruthWindow, alpha: Alpha) -> None:
        truth = window.truths[-1]
        error: Alpha = np.asarray(cv2.absdiff(alpha, truth.alpha), np.uint8)
        self._note("mad", _mean_of(error))
        if truth.band.any():
            self._note("band", _mean_of(error[truth.band]))
        person = alpha > 127
        if np.count_nonzero(truth.person) > 0.002 * person.size:
            both = np.count_nonzero(person & truth.person)
            either = np.count_nonzero(person | truth.person)
            self._note("iou", 100 * float(both) / float(either or 1))
        steeper = gradient_of(alpha) - truth.gradient
        self._note("grad", 1e5 * float(np.square(steeper).mean()))
        far = alpha[truth.far_room]
        self._note("leak", 100 * (far > 25).mean() if far.size else 0.0)
        deep = alpha[truth.far_person]
        if deep.size:
            self._note("holes", 100 * (deep < 230).mean())

    def _add_boundary(self, window: TruthWindow, alpha: Alpha) -> None:
        truth = window.truths[-1]
        if not truth.boundary.any():
            return
        edge = boundary_of(np.asarray(alpha > 127))
        found = bool(edge.any())
        to_edge = distance_to(edge)[truth.boundary]
        for px, near in zip(BOUNDARY_PX, truth.near_boundary, strict=True):
            self._note(f"precision{px:g}", near[edge].mean() if found else 0.0)
            self._note(f"recall{px:g}", (to_edge <= reach(px, truth.scale)).mean())

    def _add_temporal(self, window: TruthWindow, alpha: Alpha) -> None:
        if len(self._alphas) > 1:
            mine = cv2.subtract(alpha, self._alphas[-2], dtype=cv2.CV_32F)
            true = cv2.subtract(
                window.truths[-1].alpha, window.truths[-2].alpha, dtype=cv2.CV_32F
            )
            self._note("dtssd", 100 / 255 * math.sqrt(float(((mine - true) ** 2).mean())))
        if window.still is not None:
            seen = np.stack([alpha[window.still] for alpha in self._alphas])
            self._note("flick", float(seen.astype(np.float32).std(0).mean()))
        if window.left is not None:
            left = alpha[window.left]
            self._weighted["ghost"].append((float(left.mean()) / 255, left.size))
        if window.entered is not None:
            entered = alpha[window.entered]
            self._weighted["cut"].append((1 - float(entered.mean()) / 255, entered.size))

    def _add_overlaps(self, window: TruthWindow, alpha: Alpha) -> None:
        truth = window.truths[-1]
        change = 0.0
        if len(window.truths) > 1:
            change = _change(truth.alpha, window.truths[-2].alpha)
            # The shift by -1 needs the next frame's truth.
            if truth.total:
                self._overlaps[-1][-1] = _overlap(self._alphas[-2], truth.alpha)
        self._motion.append(change)
        self._there.append(truth.total > 0.002 * 255 * truth.alpha.size)
        overlaps = {}
        for shift in _SHIFTS:
            if 0 <= shift < len(window.truths):
                then = window.truths[-1 - shift]
                if then.total:
                    overlaps[shift] = _overlap(alpha, then.alpha)
        self._overlaps.append(overlaps)

    def _lag(self) -> tuple[float, float]:
        motion = np.array(self._motion)
        if len(motion) < 6:
            return math.nan, math.nan
        fast = (motion >= np.quantile(motion, 0.75)) & (motion > _FAST)
        frames = [i for i in range(4, len(motion) - 1) if fast[i]]
        if not frames:
            return math.nan, math.nan
        scores = {
            shift: _mean(
                [
                    self._overlaps[i][shift]
                    for i in frames
                    if self._there[i] and shift in self._overlaps[i]
                ]
            )
            for shift in _SHIFTS
        }
        best = max(scores, key=lambda shift: scores[shift])
        lag = float(best)
        if best - 1 in scores and best + 1 in scores:
            before, at, after = scores[best - 1], scores[best], scores[best + 1]
            bend = before - 2 * at + after
            if abs(bend) > 1e-9:
                lag += 0.5 * (before - after) / bend
        return lag, scores[0] * 100

    def _add_composite(self, window: TruthWindow, alpha: Alpha, foreground: Image) -> None:
        truth = window.truths[-1]
        if truth.foreground is None or not truth.band.any():
            return
        room = _new_room(*alpha.shape)[truth.band]
        shown = _over(alpha[truth.band], foreground[truth.band], room)
        ideal = _over(truth.alpha[truth.band], truth.foreground[truth.band], room)
        self._note("comp", float(np.abs(shown - ideal).mean()))


def _mean_of(error: NDArray[np.uint8]) -> float:
    """Mean of values in 0..255, as a share of 255, x 1000."""
    return float(error.mean(dtype=np.float64)) / 0.255


def _change(one: Alpha, other: Alpha) -> float:
    """Mean difference, 0..1."""
    return float(cv2.sumElems(cv2.absdiff(one, other))[0]) / (255 * one.size)


def _overlap(one: Alpha, other: Alpha) -> float:
    """The sum of the smaller values over the sum of the larger ones."""
    smaller = float(cv2.sumElems(cv2.min(one, other))[0])
    both = float(cv2.sumElems(one)[0]) + float(cv2.sumElems(other)[0])
    return smaller / max(both - smaller, 1e-6)


def _over(
    alpha: Alpha, colours: NDArray[np.uint8], room: NDArray[np.float32]
) -> NDArray[np.float32]:
    share = alpha.astype(np.float32)[:, np.newaxis] * np.float32(1 / 255)
    return share * colours + (1 - share) * room


@lru_cache(maxsize=2)
def _new_room(height: int, width: int) -> NDArray[np.float32]:
    """A smooth gradient of two colours, BGR."""
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    top = np.array([90, 120, 40], np.float32)
    bottom = np.array([200, 225, 235], np.float32)
    room: NDArray[np.float32] = (top * (1 - down) + bottom * down) * (0.8 + 0.2 * across)
    return room


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan
