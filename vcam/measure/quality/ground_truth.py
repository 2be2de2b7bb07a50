"""The ground truth of a frame of a clip, and what is derived from it.

It is computed once per frame, however many methods are scored on it.  Distances are in
pixels of a 720-pixel-high frame and scaled to the clip's height.
"""

from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image

Where = NDArray[np.bool_]
"""A selection of pixels; shape ``(height, width)``."""

FAR_PX: Final = 8.0
"""Distance from the other side beyond which a pixel is far from the edge."""
BAND_PX: Final = 12.0
"""Distance from both sides up to which a pixel is in the band along the edge."""
NEAR_PX: Final = 24.0
"""Distance from the boundary within which flicker is measured."""
BOUNDARY_PX: Final = (2.0, 4.0)
"""Tolerances of the boundary measures."""

_NOWHERE: Final = 1e4
"""Distance to an empty selection."""
_NEIGHBOURS: Final = np.ones((3, 3), np.uint8)
"""A pixel and its eight neighbours."""


class Truth:
    """The exact matte of one frame; ``foreground`` holds the person's own colours."""

    def __init__(self, alpha: Alpha, foreground: Image | None = None) -> None:
        """Everything is computed when it is first used."""
        self.alpha: Final = alpha
        self.foreground: Final = foreground
        self.scale: Final = alpha.shape[0] / 720.0

    @cached_property
    def total(self) -> int:
        """The sum of alpha."""
        return int(self.alpha.sum(dtype=np.int64))

    @cached_property
    def person(self) -> Where:
        """Where there is more person than room."""
        return np.asarray(self.alpha > 127)

    @cached_property
    def boundary(self) -> Where:
        """The outermost pixels of the person."""
        return boundary_of(self.person)

    @cached_property
    def near_boundary(self) -> tuple[Where, ...]:
        """The pixels within each of :data:`BOUNDARY_PX` of the boundary."""
        distance = distance_to(self.boundary)
        return tuple(distance <= reach(px, self.scale) for px in BOUNDARY_PX)

    @cached_property
    def far_room(self) -> Where:
        """The room, well away from the person."""
        return np.asarray(self._to_person > FAR_PX * self.scale)

    @cached_property
    def far_person(self) -> Where:
        """The person, well away from the room."""
        return np.asarray(self._to_room > FAR_PX * self.scale)

    @cached_property
    def band(self) -> Where:
        """The strip along the edge."""
        px = BAND_PX * self.scale
        return np.asarray((self._to_person < px) & (self._to_room < px))

    @cached_property
    def gradient(self) -> NDArray[np.float32]:
        """The gradient of the matte."""
        return gradient_of(self.alpha)

    @cached_property
    def _to_person(self) -> NDArray[np.float32]:
        return distance_to(np.asarray(self.alpha > 12))  # 0.05

    @cached_property
    def _to_room(self) -> NDArray[np.float32]:
        return distance_to(np.asarray(self.alpha < 243))  # 0.95


def reach(px: float, scale: float) -> float:
    """``px`` of a 720-pixel-high frame at ``scale``, but at least one pixel."""
    return max(px * scale, 1.0)


def boundary_of(where: Where) -> Where:
    """The pixels of ``where`` that touch the outside, without the frame's border."""
    mask = where.astype(np.uint8)
    edge: Where = mask > np.asarray(cv2.erode(mask, _NEIGHBOURS))
    edge[0], edge[-1], edge[:, 0], edge[:, -1] = False, False, False, False
    return edge


def distance_to(where: Where) -> NDArray[np.float32]:
    """The distance of each pixel to the nearest of ``where``."""
    if not where.any():
        return np.full(where.shape, _NOWHERE, np.float32)
    outside = np.logical_not(where).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, 3))


def near(edges: Where, scale: float) -> Where:
    """The pixels within :data:`NEAR_PX` of ``edges``."""
    px = int(NEAR_PX * scale) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * px + 1, 2 * px + 1))
    return np.asarray(cv2.dilate(edges.astype(np.uint8), disc).astype(bool))


def gradient_of(alpha: Alpha) -> NDArray[np.float32]:
    """Magnitude of the gradient of the slightly blurred matte (0..1), per pixel."""
    soft = cv2.GaussianBlur(alpha.astype(np.float32) * np.float32(1 / 255), (0, 0), 1.4)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3)
    return np.asarray(cv2.magnitude(across, down)) * np.float32(1 / 8)


class TruthWindow:
    """The ground truth of a clip's last few frames, oldest first, and what they share."""

    STILL: Final = 8
    """Frames over which flicker is measured."""
    STEP: Final = 4
    """Frames from one measurement of flicker to the next."""
    PAST: Final = 5
    """Frames after which a person's former place is still checked for a ghost."""

    def __init__(self) -> None:
        """No frame yet."""
        self.truths: list[Truth] = []
        self.count = 0

    def add(self, truth: Truth) -> None:
        """Add the clip's next frame."""
        self.truths = [*self.truths[-self.STILL + 1 :], truth]
        self.count += 1
        self.left, self.entered = self._changes()
        self.still = self._still()

    def _changes(self) -> tuple[Where | None, Where | None]:
        """The places that the person just left, and those where they just arrived."""
        if self.count <= self.PAST:
            return None, None
        now = self.truths[-1].alpha
        past = np.stack([truth.alpha for truth in self.truths[-1 - self.PAST : -1]])
        left = (past.max(0) > 242) & (now < 13)
        entered = (past.min(0) < 13) & (now > 242)
        enough = 3e-4 * now.size
        return (
            left if np.count_nonzero(left) > enough else None,
            entered if np.count_nonzero(entered) > enough else None,
        )

    def _still(self) -> Where | None:
        """The pixels near the edge that did not change over the window."""
        if self.count < self.STILL or (self.count - self.STILL) % self.STEP:
            return None
        alphas = np.stack([truth.alpha for truth in self.truths])
        still = (alphas.max(0) - alphas.min(0)) <= 3
        edges = np.logical_or.reduce([truth.boundary for truth in self.truths])
        still &= near(edges, self.truths[-1].scale)
        return still if np.count_nonzero(still) > 100 else None
