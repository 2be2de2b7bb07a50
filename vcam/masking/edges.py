"""Edges that follow the picture: a guided filter in colour, in the uncertain band.

The method is K. He, J. Sun, X. Tang, "Guided Image Filtering", ECCV 2010, and K. He, J.
Sun, "Fast Guided Filter", 2015 (arXiv 1505.00996).  In every small window the mask is
modelled as a linear function of the picture's three colours.  The coefficients are found
on the grid and applied to the picture at detail size, so that the mask gains edges that
the model, at 256x144 pixels, cannot see.  In a window of person only or room only the
filter returns its input, so it is only run on the box around the rest.

:func:`move_edge` and :func:`soften_edge` are the user's own adjustments.
"""

import itertools
import math
from fractions import Fraction
from typing import Final, TypeVar

import cv2
import numpy as np

from vcam.frames import Alpha, Image, Mask, Size
from vcam.kernels import Library
from vcam.kernels.edges import Fit
from vcam.kernels.guided_fit import LARGEST_RADIUS, guided_fit, scratch_size
from vcam.masking.options import Recipe
from vcam.masking.working_sizes import Box, box_around

_CERTAIN: Final = 0.02
"""Distance from 0 and 1 up to which a mask is certain and needs no guide."""

Buffer = TypeVar("Buffer", Mask, Alpha)


class Edges:
    """Refines masks of one grid to one size."""

    def __init__(self, grid: Size, result: Size) -> None:
        """For results of size ``result``: the detail size, or the grid for less work."""
        self._detail = result
        self._fine_guide = result != grid
        # The coefficients are always found at a smaller size than they are applied at.
        self._grid = grid if self._fine_guide else Size(grid.width // 2, grid.height // 2)
        self._levels: Mask = np.zeros((grid.height, grid.width), np.float32)
        self._fine: Mask = np.zeros((result.height, result.width), np.float32)
        pixels = result.width * result.height
        self._scratch: list[Mask] = [np.zeros(pixels, np.float32) for _ in range(3)]
        self._channels: list[Alpha] = [np.zeros(pixels, np.uint8) for _ in range(3)]
        self._fit_scratch: Mask = np.zeros(0, np.float32)
        self.guided: Box | None = None
        """The part of the last result that follows the picture."""

    def refine(self, mask: Mask, grid: Image, detail: Image, recipe: Recipe) -> Mask:
        """``mask`` (on the grid) with the picture's edges: 0.0..255.0, of ``result`` size.

        Valid until the next call.  ``recipe.edge_low`` becomes 0 and ``edge_high`` 255,
        because a linear model never quite reaches either end.
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
        mask, box, radius = self._uncertain(mask, recipe)
        if box is not None:
            self.guided = self._guide(mask, grid, detail, box, radius, recipe)
        return self._fine

    def fit(self, library: Library, mask: Mask, grid: Image, recipe: Recipe) -> Fit | None:
        """What :meth:`refine` finds before it draws, for the kernel that draws.

        ``None`` if nothing is to follow the picture.  Only for a guide in colour.
        """
        if recipe.guide == "none":
            return None
        mask, box, radius = self._uncertain(mask, recipe)
        if box is None:
            return None
        target = mask[box.rows_and_columns]
        needed = scratch_size(Size.of(target), radius)
        if self._fit_scratch.size < needed:
            self._fit_scratch = np.zeros(needed, np.float32)
        low, gain = recipe.edge_low, 255 / (recipe.edge_high - recipe.edge_low)
        planes = guided_fit(
            library,
            target,
            grid[box.rows_and_columns],
            radius,
            recipe.guide_epsilon,
            low,
            gain,
            self._fit_scratch,
        )
        scale = Fraction(self._detail.width, self._grid.width)
        return Fit(planes, int(box.left * scale), int(box.top * scale), scale)

    def _uncertain(self, mask: Mask, recipe: Recipe) -> tuple[Mask, Box | None, int]:
        """The mask that is fitted, the box in which it is uncertain, and the radius."""
        scale = Fraction(self._detail.width, self._grid.width)
        if self._fine_guide:
            # The recipe's radius is in pixels of the coarse grid.
            radius = int(recipe.guide_radius * Fraction(5, 2) / scale)
            radius = min(radius, LARGEST_RADIUS)
        else:
            half = cv2.resize(mask, self._grid, interpolation=cv2.INTER_AREA)
            mask, radius = np.asarray(half, np.float32), (recipe.guide_radius + 1) // 2
        band = cv2.inRange(mask, _CERTAIN, 1 - _CERTAIN)
        # Multiples of the denominator become whole numbers of pixels at detail size.
        return mask, box_around(band, 2 * radius + 2, scale.denominator), radius

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
        slopes, offset = _least_squares(target, guides, radius, recipe.guide_epsilon)
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


def move_edge(alpha: Alpha, px: float) -> Alpha:
    """``alpha`` with its edge moved outwards (or, below 0, inwards) by ``px`` pixels.

    A fraction of a pixel is a mix of the results for the two whole numbers around it, so
    that a slider moves without steps and soft edges stay soft.
    """
    if px == 0:
        return alpha
    whole, share = int(abs(px)), math.fmod(abs(px), 1.0)
    less = _move_edge_whole(alpha, math.copysign(whole, px))
    if share == 0:
        return less
    more = _move_edge_whole(alpha, math.copysign(whole + 1, px))
    return np.asarray(cv2.addWeighted(less, 1 - share, more, share, 0), np.uint8)


def soften_edge(alpha: Alpha, px: float) -> Alpha:
    """``alpha`` with edges about ``px`` pixels wider."""
    if px == 0:
        return alpha
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), px / 2), np.uint8)


def _move_edge_whole(alpha: Alpha, px: float) -> Alpha:
    if px == 0:
        return alpha
    side = 2 * abs(int(px)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    change = cv2.dilate if px > 0 else cv2.erode
    return np.asarray(change(alpha, disc), np.uint8)


def _part(buffer: Buffer, size: Size) -> Buffer:
    """A contiguous part of a flat buffer, as a picture of this size."""
    return buffer[: size.width * size.height].reshape(size.height, size.width)


def _grey(image: Image) -> Alpha:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _colours(image: Image) -> list[Alpha]:
    return [np.asarray(plane, np.uint8) for plane in cv2.split(image)]


def _least_squares(
    mask: Mask, guides: list[Alpha], radius: int, epsilon: float
) -> tuple[list[Mask], Mask]:
    """The slopes (per grey level of each guide) and the offset that best give ``mask``."""
    # In 0..1: products of grey levels would exceed the precision of float32.
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
    """The mean of each plane in a window around each pixel."""
    # cv2.blur keeps a running sum, which takes twice as long for windows this small.
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
