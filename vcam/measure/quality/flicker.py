"""Flicker and coverage of a video whose true mask is not known.

Flicker is the measure ``flick`` of :mod:`vcam.measure.quality.scoring`: the mean standard
deviation over 8 frames, in grey levels of 255, near the edge.  There it is taken where the
true mask does not change.  Here nobody knows the true mask, so it is taken where the
picture does not change.  What moves too little to be seen there counts as flicker, too, so
compare it between masks of the same video only.
"""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image
from vcam.measure.quality.ground_truth import (
    TruthWindow,
    Where,
    boundary_of,
    near,
)

STILL_GREY: Final = 5
"""Most grey levels between the darkest and the brightest of a still pixel's values.

They are blurred first, which takes most of the camera's noise out of them."""
ENOUGH: Final = 100
"""Fewest still pixels that are measured."""
HEIGHT: Final = 720
"""Height at which larger masks are measured."""
GREY_HEIGHT: Final = 360
"""Height at which it is seen what moves."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one frame shows of its mask."""

    coverage: float
    """The share of the picture that is person, 0..1."""
    flicker: float | None
    """In grey levels, of the last 8 frames; NaN if nothing stands still near the edge.
    ``None`` for the three of four frames at which it is not measured."""


class Flicker:
    """Measures the masks of one video, frame by frame, and keeps the last 8."""

    def __init__(self) -> None:
        """No frame yet."""
        self._alphas: list[Alpha] = []
        self._greys: list[NDArray[np.uint8]] = []
        self._count = 0

    def add(self, image: Image, alpha: Alpha) -> Measured:
        """Measure the next frame and its mask, of the same size as those before."""
        kept = TruthWindow.STILL - 1
        self._alphas = [*self._alphas[-kept:], _lowered(alpha, HEIGHT).copy()]
        self._greys = [*self._greys[-kept:], _blurred_grey(image)]
        self._count += 1
        return Measured(float(alpha.mean(dtype=np.float64)) / 255, self._flicker())

    def restart(self) -> None:
        """A frame has no mask: do not compare those before it with those after it."""
        self._alphas, self._greys, self._count = [], [], 0

    def _flicker(self) -> float | None:
        missing = self._count - TruthWindow.STILL
        if missing < 0 or missing % TruthWindow.STEP:
            return None
        still = self._still_near_edge()
        if np.count_nonzero(still) < ENOUGH:
            return math.nan
        seen = np.stack([alpha[still] for alpha in self._alphas])
        return float(seen.astype(np.float32).std(0).mean())

    def _still_near_edge(self) -> Where:
        height, width = self._alphas[-1].shape
        greys = np.stack(self._greys)
        still = np.asarray(greys.max(0) - greys.min(0) <= STILL_GREY).astype(np.uint8)
        still = np.asarray(
            cv2.resize(still, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8
        )
        edges = [boundary_of(np.asarray(alpha > 127)) for alpha in self._alphas]
        around = near(np.asarray(np.logical_or.reduce(edges)), height / 720)
        return np.asarray((still > 0) & around)


def _blurred_grey(image: Image) -> NDArray[np.uint8]:
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    return np.asarray(cv2.blur(_lowered(grey, GREY_HEIGHT), (5, 5)), np.uint8)


def _lowered(plane: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    """``plane``, scaled down to ``height`` rows if it has more."""
    rows, columns = plane.shape
    if rows <= height:
        return plane
    size = max(1, round(columns * height / rows)), height
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)
