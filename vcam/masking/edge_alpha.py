"""From a smooth mask to an alpha with the picture's edges: compiled, or with NumPy."""

from typing import NamedTuple

import cv2
import numpy as np

from vcam import kernels
from vcam.frames import Alpha, Image, Mask, Size
from vcam.kernels.edges import Levels, draw_edges
from vcam.masking.clean_plate import CleanPlate
from vcam.masking.edges import Edges
from vcam.masking.options import Recipe
from vcam.masking.smoothing import Smoothing


class Guides(NamedTuple):
    """The picture at the sizes that edges are fitted and drawn at."""

    coarse: Image
    fine: Image


class EdgeAlpha:
    """Draws the alphas of one grid, at one size, frame by frame."""

    def __init__(self, grid: Size, size: Size) -> None:
        """For alphas of ``size``."""
        self._edges = Edges(grid, size)
        self._alpha: Alpha = np.zeros((size.height, size.width), np.uint8)

    def draw(
        self,
        mask: Mask,
        follow: Mask | None,
        guides: Guides,
        recipe: Recipe,
        plate: CleanPlate | None,
        mean: Smoothing,
        keep: float,
    ) -> Alpha:
        """The alpha of ``mask``, which is on the grid.  Valid until the next call.

        Its edges follow the picture, what shows the room of ``plate`` is lowered, and the
        running ``mean`` follows at once where ``follow`` says so; ``keep`` of it remains
        elsewhere.
        """
        library = kernels.active()
        if library is None or recipe.guide == "grey":
            refined = self._edges.refine(mask, guides.coarse, guides.fine, recipe)
            if plate is not None and self._edges.guided is not None:
                plate.lower_part(refined, self._edges.guided)
            cv2.convertScaleAbs(mean.smooth(refined, follow, keep), dst=self._alpha)
            return self._alpha
        fit = self._edges.fit(library, mask, guides.coarse, recipe)
        shown, started = mean.in_place()
        draw_edges(
            library,
            mask,
            follow if started and keep > 0 else None,
            keep,
            Levels(recipe.edge_low, 255 / (recipe.edge_high - recipe.edge_low)),
            fit,
            guides.fine,
            None if plate is None else plate.room,
            shown,
            self._alpha,
        )
        return self._alpha
