"""Compiled edges are those of NumPy and OpenCV, to within one level."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Alpha, Image, Mask, Size
from vcam.imaging.resize import shrink
from vcam.kernels import Choice, Library
from vcam.kernels.edges import Fit, Levels, Room, draw_edges
from vcam.kernels.guided_fit import guided_fit, scratch_size
from vcam.masking.clean_plate import CleanPlate
from vcam.masking.edge_alpha import EdgeAlpha, Guides
from vcam.masking.edges import _colours, _least_squares
from vcam.masking.options import BEST, LIGHT, STANDARD, Recipe
from vcam.masking.smoothing import Smoothing
from vcam.masking.working_sizes import WorkingSizes
from vcam.presenter import Presenter

SIZES = [Size(5, 5), Size(10, 35), Size(35, 5), Size(160, 90), Size(270, 480)]
WITHOUT_PLATE = replace(STANDARD, clean_plate=False)
RECIPES = {
    "standard": STANDARD,
    "light": LIGHT,
    "best": BEST,
    "largest window on the fine grid": replace(BEST, guide_radius=16),
    "no plate": WITHOUT_PLATE,
    "no guide": replace(WITHOUT_PLATE, guide="none"),
    "nothing kept": replace(STANDARD, smoothing_after=0.0),
    "smallest window": replace(STANDARD, guide_radius=1),
    "largest window": replace(STANDARD, guide_radius=16),
    "flat guide": replace(STANDARD, guide_epsilon=1e-6),
    "steepest levels": replace(STANDARD, edge_low=0.49, edge_high=0.51),
}


class Line:
    """What draws edges, and all that it remembers."""

    def __init__(self, frame: Size, recipe: Recipe) -> None:
        sizes = WorkingSizes(frame, fine_grid=recipe.fine_grid)
        edges = sizes.edge_size(recipe.fine_edges)
        self.recipe = recipe
        self.coarse = np.zeros((*sizes.guide_size(recipe.fine_edges)[::-1], 3), np.uint8)
        self.fine = np.zeros((*edges[::-1], 3), np.uint8)
        self.plate = CleanPlate(sizes.grid_size, edges) if recipe.clean_plate else None
        self.mean = Smoothing(edges)
        self.edges = EdgeAlpha(sizes.grid_size, edges)

    def draw(self, picture: Image, mask: Mask, follow: Mask | None) -> Alpha:
        for guide in (self.fine, self.coarse):
            shrink(picture, guide)
        if self.plate is not None:
            self.plate.compare(self.fine)
        keep = 0.0 if self.recipe.guide == "none" else self.recipe.smoothing_after
        guides = Guides(self.coarse, self.fine)
        drawn = self.edges.draw(
            mask, follow, guides, self.recipe, self.plate, self.mean, keep
        )
        if self.plate is not None:
            self.plate.learn(self.fine, mask, np.zeros_like(mask), 1.0)
        return drawn


def blobs(random: np.random.Generator, shape: tuple[int, ...]) -> Mask:
    """Sure person, sure room, and soft edges in between."""
    noise = random.uniform(-1, 1, shape).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), 2), np.float32)
    mask: Mask = np.clip(soft / (np.abs(soft).max() + 1e-6) * 2 + 0.5, 0, 1)
    return mask


def largest_difference(one: Alpha, other: Alpha) -> int:
    return int(cv2.absdiff(one, other).max())


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_sequence_has_the_same_edges_as_without_kernels(
    library: Library, size: Size, name: str
) -> None:
    random = np.random.default_rng(size.width)
    here, there = Line(size, RECIPES[name]), Line(size, RECIPES[name])
    room = random.integers(0, 256, (size.height, size.width, 3), np.uint8)
    grid = WorkingSizes(size, fine_grid=RECIPES[name].fine_grid).grid_size[::-1]
    for number in range(5):
        mask, follow = blobs(random, grid), blobs(random, grid)
        picture = room.copy()
        if number % 2:
            picture[: size.height // 2] = random.integers(0, 256, 3)
        moved = None if number == 0 else follow
        with kernels.using(Choice(None, "")):
            expected = here.draw(picture, mask, moved)
        with kernels.using(Choice(library, "")):
            found = there.draw(picture, mask, moved)
        assert largest_difference(found, expected) <= 1


@pytest.mark.parametrize(
    "recipe", [STANDARD, LIGHT, BEST], ids=["standard", "light", "best"]
)
def test_a_person_has_the_same_edges_as_without_kernels(
    library: Library, recipe: Recipe
) -> None:
    size = Size(640, 360)
    here, there = Line(size, recipe), Line(size, recipe)
    presenter = Presenter(size, 30.0, noise=True, seed=7)
    grid = WorkingSizes(size, fine_grid=recipe.fine_grid).grid_size
    for seconds in (0.0, 0.1, 0.2, 0.3):
        drawing = presenter.draw(2.0 + seconds)
        picture, alpha = drawing.image, drawing.alpha
        mask = np.asarray(cv2.resize(alpha, grid, interpolation=cv2.INTER_AREA), np.float32)
        mask = np.asarray(cv2.GaussianBlur(mask / 255, (0, 0), 1.5), np.float32)
        follow = np.full_like(mask, 0.3)
        with kernels.using(Choice(None, "")):
            expected = here.draw(picture, mask, follow)
        with kernels.using(Choice(library, "")):
            found = there.draw(picture, mask, follow)
        assert largest_difference(found, expected) <= 1


@pytest.mark.parametrize("level", [0.0, 1.0])
@pytest.mark.parametrize("grey", [0, 255])
def test_a_mask_that_is_sure_everywhere_stays_so(
    library: Library, level: float, grey: int
) -> None:
    line = Line(Size(160, 90), STANDARD)
    picture = np.full((90, 160, 3), grey, np.uint8)
    mask = np.full(WorkingSizes(Size(160, 90)).grid_size[::-1], level, np.float32)
    with kernels.using(Choice(library, "")):
        for follow in (None, mask, mask):
            alpha = line.draw(picture, mask, follow)
    assert np.unique(alpha).tolist() == [255 * level]


@pytest.mark.parametrize("radius", [1, 2, 3, 8, 16])
@pytest.mark.parametrize(
    "size", [Size(1, 1), Size(1, 9), Size(7, 2), Size(8, 8), Size(67, 41)], ids=str
)
def test_the_fit_is_that_of_opencv(library: Library, size: Size, radius: int) -> None:
    random = np.random.default_rng(radius)
    recipe = replace(STANDARD, guide_radius=radius)
    low, gain = recipe.edge_low, 255 / (recipe.edge_high - recipe.edge_low)
    whole = random.integers(0, 256, (size.height + 3, size.width + 5, 3), np.uint8)
    masks = blobs(random, (size.height + 3, size.width + 5))
    inside = np.s_[2 : 2 + size.height, 3 : 3 + size.width]
    guide, mask = whole[inside], masks[inside]
    scratch = np.full(scratch_size(size, radius), np.nan, np.float32)
    found = guided_fit(
        library, mask, guide, radius, recipe.guide_epsilon, low, gain, scratch
    )
    slopes, offset = _least_squares(mask, _colours(guide), radius, recipe.guide_epsilon)
    expected = [*(slope * gain for slope in slopes), (offset - low) * gain]
    drawn = [
        blue * guide[..., 0] + green * guide[..., 1] + red * guide[..., 2] + rest
        for blue, green, red, rest in (found, expected)
    ]
    assert np.abs(drawn[0] - drawn[1]).max() <= 0.2  # grey levels, before rounding


def test_a_value_that_is_no_number_draws_no_person(library: Library) -> None:
    line = Line(Size(160, 90), STANDARD)
    picture = np.full((90, 160, 3), 128, np.uint8)
    mask = np.ones(WorkingSizes(Size(160, 90)).grid_size[::-1], np.float32)
    mask[9:12, 9:12] = np.nan
    with kernels.using(Choice(library, "")):
        alpha = line.draw(picture, mask, None)
    assert alpha[26, 26] == 0 and alpha[-1, -1] == 255


class TestWhatDoesNotFit:
    """C would read or write beyond an array."""

    grid, size = Size(16, 8), Size(40, 20)

    @pytest.fixture
    def right(self, library: Library) -> dict[str, Any]:
        size, grid = self.size[::-1], self.grid[::-1]
        planes = np.zeros((4, 4, 6), np.float32)
        return {
            "library": library,
            "mask": np.zeros(grid, np.float32),
            "follow": np.zeros(grid, np.float32),
            "keep": 0.5,
            "levels": Levels(0.2, 400.0),
            "fit": Fit(planes, 25, 10, Fraction(5, 2)),
            "guide": np.zeros((*size, 3), np.uint8),
            "room": Room(np.zeros(size, np.uint8), 7.0, 0.15, 0.9, (0.002, 0.998)),
            "shown": np.zeros(size, np.float32),
            "alpha": np.zeros(size, np.uint8),
        }

    def test_what_fits_is_drawn(self, right: dict[str, Any]) -> None:
        draw_edges(**right)

    @pytest.mark.parametrize("name", ["mask", "follow", "guide", "shown", "alpha"])
    def test_an_array_of_another_size_is_refused(
        self, right: dict[str, Any], name: str
    ) -> None:
        for part in (np.s_[1:], np.s_[:, 1:], np.s_[:0]):
            with pytest.raises(ValueError, match="kernel"):
                draw_edges(**{**right, name: np.ascontiguousarray(right[name][part])})

    @pytest.mark.parametrize(
        ("left", "top", "scale"),
        [(26, 10, 2.5), (25, 11, 2.5), (-1, 0, 2.5), (0, -1, 2.5), (0, 0, 3), (0, 0, 0.5)],
    )
    def test_a_part_that_is_not_within_the_picture_is_refused(
        self, right: dict[str, Any], left: int, top: int, scale: float
    ) -> None:
        part = Fit(right["fit"].coefficients, left, top, Fraction(scale))
        with pytest.raises(ValueError, match=r"kernel|within"):
            draw_edges(**{**right, "fit": part})

    def test_a_plate_of_another_size_is_refused(self, right: dict[str, Any]) -> None:
        small = replace(right["room"], difference=np.zeros((20, 39), np.uint8))
        with pytest.raises(ValueError, match="kernel"):
            draw_edges(**{**right, "room": small})

    def test_a_radius_or_scratch_that_is_too_small_is_refused(
        self, library: Library
    ) -> None:
        mask, guide = np.zeros((4, 4), np.float32), np.zeros((4, 4, 3), np.uint8)
        enough = np.zeros(scratch_size(Size(4, 4), 3), np.float32)
        for radius, scratch in ((0, enough), (17, enough), (3, enough[1:])):
            with pytest.raises(ValueError, match=r"radius|kernel"):
                guided_fit(library, mask, guide, radius, 1e-4, 0.0, 1.0, scratch)
