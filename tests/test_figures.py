"""What is drawn, read back from its pixels."""

import gettext
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="Matplotlib is not installed (extra studio)")

from translation_sources import untranslated

from vcam import translation
from vcam.figures import Curve, Moment, picture_figure, video_figure
from vcam.figures.canvas import encoded, pixels
from vcam.figures.lettering import words
from vcam.figures.panels import DARK, LIGHT, shares
from vcam.frames import Alpha, Image

GREEN, RED = (0, 200, 0), (0, 0, 230)
"""A frame and a result that nothing else in a figure looks like, BGR."""


def plain(color: tuple[int, int, int], height: int = 90, width: int = 160) -> Image:
    return np.full((height, width, 3), color, np.uint8)


def half() -> Alpha:
    """The left half is room, the right one person."""
    alpha = np.zeros((90, 160), np.uint8)
    alpha[:, 80:] = 255
    return alpha


def share_of(picture: Image, color: tuple[int, int, int]) -> float:
    return float((np.abs(picture.astype(int) - color).max(axis=2) < 8).mean())


def bgr(color: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(color[1:])
    return blue, green, red


def test_a_picture_is_shown_with_its_mask_its_result_and_the_numbers() -> None:
    drawn = pixels(picture_figure(plain(GREEN), half(), plain(RED), "me.png"), dpi=100)
    assert drawn.shape[1] == 1200
    one = share_of(drawn, RED)
    assert 0.08 < one < 0.2, "the result is one of four pictures and a histogram"
    assert share_of(drawn, GREEN) == pytest.approx(1.5 * one, rel=0.15), (
        "the frame, and the person of the overlay"
    )
    assert share_of(drawn, (0, 0, 0)) > 0.4 * one, "the mask's room is black"
    assert share_of(drawn, bgr(LIGHT.room)) > 0.002, "a bar of the histogram"


def test_a_figure_on_dark_paper_is_dark() -> None:
    figures = [
        picture_figure(plain(GREEN), half(), plain(RED), "me.png", dark=dark)
        for dark in (False, True)
    ]
    light, dark = (pixels(figure, dpi=50) for figure in figures)
    assert share_of(light, bgr(LIGHT.paper)) > 0.3
    assert share_of(dark, bgr(DARK.paper)) > 0.3
    assert share_of(dark, bgr(LIGHT.paper)) < 0.1


def test_room_edge_and_person_are_all_of_the_picture() -> None:
    alpha = half()
    alpha[:, 72:80] = 128
    assert shares(alpha) == pytest.approx((0.45, 0.05, 0.5))


LIGHT_EDGE = bgr(LIGHT.edge)


def moments(count: int) -> list[Moment]:
    return [Moment(i / 2, plain(GREEN), half(), plain(RED)) for i in range(count)]


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_video_is_a_strip_of_moments_above_two_curves(count: int) -> None:
    seconds = [index / 10 for index in range(30)]
    coverage = Curve(seconds, [0.2 + at / 20 for at in seconds])
    flicker = Curve(seconds[7::4], [0.5 for _ in seconds[7::4]])
    drawn = pixels(video_figure(moments(count), coverage, flicker, "talk.mp4"), dpi=100)
    assert drawn.shape[1] == 1200 and drawn.shape[0] < 2000
    assert share_of(drawn, GREEN) > 0.05 and share_of(drawn, LIGHT_EDGE) > 1e-4
    assert share_of(drawn, GREEN) == pytest.approx(share_of(drawn, RED), rel=0.05)


def test_a_curve_without_values_says_so_and_draws_none() -> None:
    seconds = [0.0, 0.1]
    nothing = Curve(seconds, [float("nan")] * 2)
    figure = video_figure(moments(1), Curve(seconds, [0.2, 0.2]), nothing, "talk.mp4")
    assert share_of(pixels(figure, dpi=100), LIGHT_EDGE) == 0


@pytest.mark.parametrize("name", ["$x^2", "a\nb\x1b[31m", "写真.png", "x" * 300, ""])
def test_any_name_can_be_a_title(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = picture_figure(plain(GREEN), half(), plain(RED), name, name)
        assert pixels(figure, dpi=30).shape[1] == 360


def test_large_and_tall_pictures_fit() -> None:
    frame = plain(GREEN, height=2000, width=500)
    alpha = np.zeros((2000, 500), np.uint8)
    figure = picture_figure(frame, alpha, frame, "tall.png")
    assert pixels(figure, dpi=50).shape[0] < 800


@pytest.mark.parametrize("width", [38, 45, 60, 80, 90])
def test_no_texts_above_a_picture_overlap(width: int) -> None:
    frame, alpha = plain(GREEN, 80, width), np.zeros((80, width), np.uint8)
    figure = picture_figure(frame, alpha, frame, "me.png")
    pixels(figure, dpi=50)
    for axes in (axes for part in figure.subfigs for axes in part.axes):
        texts = [axes.title, axes._left_title, axes._right_title, axes.xaxis.label]  # type: ignore[attr-defined]
        boxes = [each.get_window_extent() for each in texts if each.get_text()]
        assert len(boxes) >= 2
        assert not any(
            one.overlaps(other) for one in boxes for other in boxes if one is not other
        )


def test_a_long_title_ends_inside_the_figure() -> None:
    figure = picture_figure(plain(GREEN), half(), plain(RED), "n" * 251 + ".png")
    pixels(figure, dpi=50)
    title = figure._suptitle  # type: ignore[attr-defined]
    assert title.get_text().endswith("n.png")
    assert title.get_window_extent().x1 < figure.bbox.x1


def test_the_same_figure_is_the_same_file() -> None:
    for kind in ("png", "pdf"):
        one, other = (
            encoded(picture_figure(plain(GREEN), half(), plain(RED), "me"), kind)
            for _ in range(2)
        )
        assert one == other


def test_the_programs_own_figures_and_style_are_left_alone(tmp_path: Path) -> None:
    """No pyplot: it keeps every figure, and may want a window."""
    code = (
        "import sys, numpy as np; from vcam.figures import picture_figure;"
        "from vcam.figures.canvas import pixels;"
        "assert 'matplotlib' not in sys.modules;"
        "image = np.zeros((90, 160, 3), np.uint8);"
        "figure = picture_figure(image, image[..., 0], image, 'me');"
        "pixels(figure); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_figure_speaks_the_users_language(pseudo: None) -> None:
    from matplotlib.text import Text

    picture = plain(GREEN)
    still = Curve([0.0, 1.0], [float("nan")] * 2)
    figures = (
        picture_figure(picture, half(), picture, ""),
        video_figure([Moment(0.0, picture, half(), picture)], Curve([0], [1]), still, ""),
    )
    for figure in figures:
        texts = [str(each.get_text()) for each in figure.findobj(Text)]
        left = {part for text in texts for part in untranslated(text)}
        assert left <= {"160x90, uint8, BGR", "0.0 s"}


def test_words_that_the_font_cannot_draw_are_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Thai(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return "ห้อง {percent} %"

    monkeypatch.setattr(translation, "catalogue", Thai)
    assert words("room {percent} %", percent=3) == "room 3 %"
