"""Edges that follow the picture: the colour guided filter, in the uncertain band.

K. He, J. Sun, X. Tang, "Guided Image Filtering", ECCV 2010; K. He, J. Sun, "Fast Guided
Filter", 2015 (arXiv 1505.00996).  In every small window the mask is explained as a linear
function of the picture's three colours; the coefficients are found on the grid and
applied to the picture at detail size, so that the mask gains edges that the model,
looking at 256x144 pixels, cannot see.  Where a window holds nothing but person or nothing
but room, the filter returns what it was given, so it is only run on the box of the rest.
"""

import itertools
from fractions import Fraction
from typing import Final, TypeVar

import cv2
import numpy as np

from vcam.frames import Alpha, Image, Mask, Size
from vcam.masking.options import Recipe
from vcam.masking.working_sizes import Box, box_round

_CERTAIN: Final = 0.02

Buffer = TypeVar("Buffer", Mask, Alpha)


class Edges:
    """Refines masks of one grid to one size."""

    def __init__(self, grid: Size, result: Size) -> None:
        """For masks of size ``result``: the detail size, or the grid for half the work."""
        self._detail = result
        self._whole = result != grid
        # The coefficients are always found at less than the size they are applied at.
        self._grid = grid if self._whole else Size(grid.width // 2, grid.height // 2)
        self._levels: Mask = np.zeros((grid.height, grid.width), np.float32)
        self._fine: Mask = np.zeros((result.height, result.width), np.float32)
        pixels = result.width * result.height
        self._scratch: list[Mask] = [np.zeros(pixels, np.float32) for _ in range(3)]
        self._channels: list[Alpha] = [np.zeros(pixels, np.uint8) for _ in range(3)]
        self.guided: Box | None = None
        """The part of the last result that follows the picture."""

    def refine(self, mask: Mask, grid: Image, detail: Image, recipe: Recipe) -> Mask:
        """``mask`` (on the grid) with the picture's edges: 0.0..255.0, of ``result`` size.

        Valid until the next call.  ``recipe.edge_low`` becomes 0 and ``edge_high`` 255: a
        linear model never quite reaches either end.
        """
        low, high = recipe.edge_low, recipe.edge_high
        gain = 255 / (high - low)
        np.multiply(mask, np.float32(gain), out=self._levels)
        np.subtract(self._levels, np.float32(low * gain), out=self._levels)
        np.clip(self._levels, 0, 255, out=self._levels)
        cv2.resize(self._levels, self._detail, dst=self._fine)
        self.guided = None
        if recipe.guide == "none":
            return self._fine
        if not self._whole:
            half = cv2.resize(mask, self._grid, interpolation=cv2.INTER_AREA)
            mask = np.asarray(half, np.float32)
        radius = recipe.guide_radius if self._whole else (recipe.guide_radius + 1) // 2
        band = cv2.inRange(mask, _CERTAIN, 1 - _CERTAIN)
        # For 5:2, sides are even.
        box = box_round(band, 2 * radius + 2, 2 if self._whole else 1)
        if box is not None:
            self.guided = self._guide(mask, grid, detail, box, radius, recipe)
        return self._fine

    def _guide(
        self,
        mask: Mask,
        grid: Image,
        detail: Image,
        box: Box,
        radius: int,
        recipe: Recipe,
    ) -> Box:
        fine_box = box.scaled(Fraction(self._detail.width, self._grid.width))
        small, large = grid[box.rows_and_columns], detail[fine_box.rows_and_columns]
        guides = [_grey(small)] if recipe.guide == "grey" else _colours(small)
        target = mask[box.rows_and_columns]
        slopes, offset = _fit(target, guides, radius, recipe.guide_epsilon)
        low, gain = recipe.edge_low, 255 / (recipe.edge_high - recipe.edge_low)
        size = Size.of(large)
        total, plane, colour = (_part(buffer, size) for buffer in self._scratch)
        channels = [_part(buffer, size) for buffer in self._channels[: len(slopes)]]
        if recipe.guide == "grey":
            cv2.cvtColor(large, cv2.COLOR_BGR2GRAY, dst=channels[0])
        else:
            cv2.split(large, channels)
        cv2.resize((offset - np.float32(low)) * np.float32(gain), size, dst=total)
        for slope, channel in zip(slopes, channels, strict=True):
            cv2.resize(slope * np.float32(gain), size, dst=plane)
            np.copyto(colour, channel)
            np.multiply(plane, colour, out=plane)
            np.add(total, plane, out=total)
        np.clip(total, 0, 255, out=total)
        self._fine[fine_box.rows_and_columns] = total
        return fine_box


def _part(buffer: Buffer, size: Size) -> Buffer:
    """As much of a flat buffer as a picture of this size needs, without gaps."""
    return buffer[: size.width * size.height].reshape(size.height, size.width)


def _grey(image: Image) -> Alpha:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _colours(image: Image) -> list[Alpha]:
    return [np.asarray(plane, np.uint8) for plane in cv2.split(image)]


def _fit(
    mask: Mask, guides: list[Alpha], radius: int, epsilon: float
) -> tuple[list[Mask], Mask]:
    """The slopes (per grey level of each guide) and the offset that explain ``mask``."""
    # In 0..1, for the products of grey levels would cost float32 its last digits.
    planes: list[Mask] = [guide.astype(np.float32) for guide in guides]
    for plane in planes:
        plane *= np.float32(1 / 255)
    pairs = list(itertools.combinations_with_replacement(range(len(planes)), 2))
    level, *rest = _means(
        [
            mask,
            *planes,
            *(plane * mask for plane in planes),
            *(planes[one] * planes[other] for one, other in pairs),
        ],
        radius,
    )
    count = len(planes)
    means, with_mask, products = rest[:count], rest[count : 2 * count], rest[2 * count :]
    for plane, average in zip(with_mask, means, strict=True):
        plane -= average * level
    covariances = dict(zip(pairs, products, strict=True))
    for (one, other), plane in covariances.items():
        plane -= means[one] * means[other]
        if one == other:
            plane += np.float32(epsilon)
    if count == 1:
        slopes = [np.asarray(with_mask[0] / covariances[0, 0], np.float32)]
    else:
        slopes = _solve(covariances, with_mask)
    for slope, average in zip(slopes, means, strict=True):
        level = level - slope * average
    *slopes, offset = _means([*slopes, level], radius)
    return [slope * np.float32(1 / 255) for slope in slopes], offset


def _means(planes: list[Mask], radius: int) -> list[Mask]:
    """The mean of each plane in a window round each pixel."""
    # Not cv2.blur, whose running sum takes twice as long for windows as small as these.
    side = 2 * radius + 1
    window = np.full(side, 1 / side, np.float32)
    return [
        np.asarray(
            cv2.sepFilter2D(plane, -1, window, window, borderType=cv2.BORDER_REFLECT),
            np.float32,
        )
        for plane in planes
    ]


def _solve(covariances: dict[tuple[int, int], Mask], right: list[Mask]) -> list[Mask]:
    """Solve a symmetric, positive definite 3x3 system per pixel: L D L^T."""
    aa, bb, cc = covariances[0, 0], covariances[1, 1], covariances[2, 2]
    ab, ac, bc = covariances[0, 1], covariances[0, 2], covariances[1, 2]
    a, b, c = right
    lower_b, lower_c = ab / aa, ac / aa
    bb, bc = bb - lower_b * ab, bc - lower_c * ab
    lower = bc / bb
    cc = cc - lower_c * ac - lower * bc
    b = b - lower_b * a
    c = (c - lower_c * a - lower * b) / cc
    b = b / bb - lower * c
    a = a / aa - lower_b * b - lower_c * c
    return [a, b, c]
