"""The icon in the tray: its states can be told apart, on any panel, at any size."""

import runpy
from io import BytesIO
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.IcoImagePlugin import IcoImageFile

from vcam.system.setup import start_menu
from vcam.tray.icon import SIZES, draw
from vcam.tray.model import Mood

ASSETS = Path(__file__).parents[2] / "assets"


def on_panel(mood: Mood, side_px: int, grey: int) -> NDArray[np.float64]:
    icon = draw(mood, side_px) / 255.0
    return icon[..., :3] * icon[..., 3:] + grey / 255 * (1 - icon[..., 3:])


@pytest.mark.parametrize("side_px", SIZES)
def test_states_differ_in_shape_and_not_only_in_colour(side_px: int) -> None:
    shapes = {
        mood: (on_panel(mood, side_px, 0).mean(axis=2) > 0.75).astype(int) for mood in Mood
    }
    for one, other in combinations(Mood, 2):
        assert (shapes[one] != shapes[other]).mean() > 0.06, (one, other)


@pytest.mark.parametrize("grey", [0, 43, 128, 232, 255])
@pytest.mark.parametrize("mood", Mood)
def test_the_icon_stands_out_on_any_panel(mood: Mood, grey: int) -> None:
    picture = on_panel(mood, 16, grey)
    assert (np.abs(picture - grey / 255).max(axis=2) > 0.25).mean() > 0.15


@pytest.mark.parametrize("mood", Mood)
def test_around_the_icon_the_panel_is_seen(mood: Mood) -> None:
    for side_px in SIZES:
        alpha = draw(mood, side_px)[..., 3]
        assert alpha[[0, 0, -1, -1], [0, -1, 0, -1]].max() < 32


def test_the_committed_pictures_are_what_the_script_draws() -> None:
    drawn = runpy.run_path(str(ASSETS / "draw_icon.py"))["pictures"]()
    for name, picture in drawn.items():
        assert (np.asarray(Image.open(ASSETS / name)) == picture).all(), name
    committed = {str(path.relative_to(ASSETS)) for path in ASSETS.rglob("*.png")}
    assert committed == {str(Path(name)) for name in drawn}


def pictures_in(ico: bytes) -> dict[tuple[int, int], bytes]:
    with Image.open(BytesIO(ico)) as file:
        assert isinstance(file, IcoImageFile)
        return {size: file.ico.getimage(size).tobytes() for size in file.info["sizes"]}


def test_the_icon_of_the_start_menu_is_drawn_by_the_same_script() -> None:
    drawn = runpy.run_path(str(ASSETS / "draw_icon.py"))["ico"]()
    assert pictures_in(start_menu.ICON.read_bytes()) == pictures_in(drawn)
