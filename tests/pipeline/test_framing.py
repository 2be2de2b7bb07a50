"""Zoom, pan and tilt by hand: what is chosen is shown, and where it was, it glides from."""

import numpy as np
import pytest

from vcam import Pipeline
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.frames import Frame, Image, Size
from vcam.imaging.options import FramingOptions
from vcam.imaging.orientation import MIRRORED
from vcam.masking.options import MaskOptions
from vcam.pipeline.framing import GAP_S, Framing
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.window_path import Window
from vcam.presenter import Presenter

SIZE = Size(1280, 720)
LIGHT = MaskOptions(preset="light")
GREEN = Color("#00ff00")
FPS = 30.0
WHOLE = FramingOptions()
TWICE = FramingOptions(zoom=200)


def path(
    *choices: tuple[FramingOptions, int], framing: Framing | None = None
) -> list[Window]:
    framing = framing or Framing()
    each = [options for options, frames in choices for _ in range(frames)]
    return [framing.window(SIZE, options, i / FPS) for i, options in enumerate(each)]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (FramingOptions(), Window(0, 0, 1280, 720)),
        (FramingOptions(pan=50, tilt=-50), Window(0, 0, 1280, 720)),
        (FramingOptions(zoom=200), Window(320, 180, 640, 360)),
        (FramingOptions(zoom=200, pan=100), Window(640, 180, 640, 360)),
        (FramingOptions(zoom=200, pan=-100, tilt=100), Window(0, 0, 640, 360)),
        (FramingOptions(zoom=200, tilt=-50), Window(320, 270, 640, 360)),
    ],
    ids=str,
)
def test_what_is_chosen_is_shown_from_the_first_frame(
    chosen: FramingOptions, expected: Window
) -> None:
    assert path((chosen, 1)) == [expected]


def test_the_governor_counts_it_while_it_is_on() -> None:
    assert not WHOLE.weight and not FramingOptions(pan=50).weight
    assert TWICE.weight == FramingOptions(auto=True).weight > 0


def test_no_choice_leaves_the_frame() -> None:
    for zoom in np.linspace(100, 300, 17):
        for pan in (-100, -33.3, 0, 71, 100):
            options = FramingOptions(zoom=float(zoom), pan=pan, tilt=-pan)
            ((left, top, width, height),) = path((options, 1))
            assert left >= 0 and left + width <= SIZE.width
            assert top >= 0 and top + height <= SIZE.height


def test_a_new_choice_is_glided_to_and_back_again() -> None:
    there_and_back = path((WHOLE, 5), (TWICE, 60), (WHOLE, 60))
    widths = [window.width for window in there_and_back]
    assert widths[:5] == [1280] * 5 and widths[64] == 640 and widths[-1] == 1280
    assert np.diff(widths[:65]).max() <= 0 <= np.diff(widths[64:]).min()
    assert np.abs(np.diff(widths)).max() < 80, "never at once"
    assert widths[5 + 15] < 640 * 1.15, "and within half a second nearly all of the way"


def test_it_begins_afresh_with_another_size_and_after_a_gap() -> None:
    framing = Framing()
    assert framing.window(SIZE, WHOLE, 0.0) == Window.whole(SIZE)
    small = Size(640, 360)
    assert framing.window(small, TWICE, 0.03) == Window(160, 90, 320, 180)
    assert framing.window(small, WHOLE, 0.03 + 2 * GAP_S) == Window.whole(small)


def drawn(size: Size) -> Image:
    return Presenter(size, FPS).draw(1.0).image


def test_the_plain_room_is_zoomed_by_hand_only() -> None:
    image = drawn(Size(320, 180))
    options = [
        FramingOptions(auto=True, zoom=200, pan=100, tilt=100),
        FramingOptions(zoom=200, pan=100, tilt=100),
    ]
    pictures = []
    for each in options:
        with FrameProcessor() as line:
            frame = Frame(image, 0, 0.0)
            shown = line.process(frame, Room(), LIGHT, options=PictureOptions(framing=each))
            assert shown.shows_room
            pictures.append(shown.image)
    assert (pictures[0] == image).all(), "nobody is looked for in it"
    corner = image[:90, 160:]
    assert np.abs(pictures[1][1:-1:2, 1:-1:2].astype(int) - corner[:-1, :-1]).mean() < 3
    assert not np.shares_memory(pictures[1], image)


def test_right_is_right_in_the_picture_that_is_shown() -> None:
    image = drawn(Size(320, 180))
    with FrameProcessor() as line:
        options = PictureOptions(MIRRORED, FramingOptions(zoom=200, pan=100, tilt=100))
        shown = line.process(Frame(image, 0, 0.0), Room(), LIGHT, options=options).image
    corner = image[:90, :160][:, ::-1]
    assert np.abs(shown[1:-1:2, 1:-1:2].astype(int) - corner[:-1, :-1]).mean() < 3


def test_the_person_is_larger_and_the_background_is_not() -> None:
    image = drawn(Size(320, 180))
    alphas = []
    for framing in (None, TWICE):
        with Pipeline(GREEN, "light", framing=framing) as pipeline:
            result = pipeline.process(image, 0.0)
        alphas.append(result.alpha)
        assert (result.image[result.alpha == 0] == (0, 255, 0)).all()
    assert 1.5 < (alphas[1] > 127).mean() / (alphas[0] > 127).mean() < 4


def test_not_a_picture_is_withheld_while_the_window_moves() -> None:
    presenter = Presenter(Size(640, 360), FPS)
    ways = [
        FramingOptions(zoom=100 + 20 * (i % 7), pan=9 * i - 90, tilt=5) for i in range(20)
    ]
    with FrameProcessor() as line:
        for i, framing in enumerate(ways):
            frame = Frame(presenter.draw(i / FPS).image, i, i / FPS, live=False)
            options = PictureOptions(framing=framing)
            shown = line.process(frame, GREEN, MaskOptions("standard"), options=options)
            assert shown.alpha is not None
            assert (shown.image[shown.alpha == 0] == (0, 255, 0)).all()


def test_no_zoom_makes_more_of_a_blurred_room_recognisable() -> None:
    """It is blurred before it is enlarged: the same picture, only larger."""
    rows, columns = np.mgrid[0:360, 0:640]
    checks = np.where((rows // 8 + columns // 8) % 2, 230, 30).astype(np.uint8)
    image = np.ascontiguousarray(np.stack([checks] * 3, axis=2))
    image[60:, 250:390] = drawn(Size(640, 360))[60:, 250:390]
    contrasts = []
    for framing in (None, FramingOptions(zoom=250, pan=-100, tilt=100)):
        with Pipeline("blur:20", "light", framing=framing) as pipeline:
            for i in range(3):
                result = pipeline.process(image, i / 10)
        room = result.image[:100, :100] if framing is None else result.image[:250, :250]
        contrasts.append(float(room.std()))
    assert contrasts[1] == pytest.approx(contrasts[0], rel=0.15)
