"""Auto-framing: the person stays in the middle, calmly, and nothing else changes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from conftest import Eventually, running

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.options import FramingOptions
from vcam.masking.matting import Matte
from vcam.masking.options import MaskOptions
from vcam.pipeline.framing import Framing
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.window_path import Window
from vcam.presenter import Presenter
from vcam.settings import Settings
from vcam.status import State
from vcam.testing import FakeWorld, shows_secret

SIZE = Size(1280, 720)
AUTO_FRAMING = FramingOptions(auto=True)
AUTO = PictureOptions(framing=AUTO_FRAMING)
LIGHT = MaskOptions(preset="light")
GREEN = Color("#00ff00")
FPS = 30.0


def sitter(
    x: float = 0.5, top: float = 0.3, scale: float = 1.0, hand: bool = False
) -> Mask:
    """Head and shoulders; ``x`` and ``top`` of the head in shares of the frame."""
    rows, columns = np.mgrid[0:144, 0:256]
    across, down = (columns / 256 - x) / scale, (rows / 144 - top) / scale
    head = (across / 0.07) ** 2 + ((down - 0.17) / 0.17) ** 2 < 1
    body = (np.abs(across) < 0.2) & (down > 0.4)
    raised = (np.abs(across - 0.27) < 0.02) & (down > -0.2) if hand else np.zeros_like(head)
    return np.asarray(head | body | raised, np.float32)


def together(*sitters: Mask) -> Mask:
    return np.asarray(np.maximum.reduce(sitters), np.float32)


def windows(masks: list[Mask], options: FramingOptions = AUTO_FRAMING) -> list[Window]:
    framing = Framing()
    return [framing.window(SIZE, options, i / FPS, mask) for i, mask in enumerate(masks)]


def middle(window: Window) -> float:
    return (window.left + window.width / 2) / SIZE.width


@pytest.mark.parametrize("top", [0.15, 0.3])
def test_somebody_at_the_side_is_in_the_middle_from_the_first_frame(top: float) -> None:
    (window,) = windows([sitter(0.42, top)])
    assert middle(window) == pytest.approx(0.42, abs=0.02)
    assert window.width < SIZE.width
    head_px = top * SIZE.height - window.top
    assert 0.05 < head_px / window.height < 0.2, "a little room above the head"


@pytest.mark.parametrize("aside", [-1, 1], ids=["left", "right"])
@pytest.mark.parametrize("tightness", ["face", "shoulders", "body"])
def test_whoever_sits_askew_keeps_the_whole_head(aside: int, tightness: str) -> None:
    """The body's middle is beside the head, as with somebody who sits on the ground."""
    rows, columns = np.mgrid[0:144, 0:256]
    across, down = aside * (columns / 256 - 0.5), rows / 144
    head = ((across + 0.03) / 0.05) ** 2 + ((down - 0.3) / 0.12) ** 2 < 1
    chest = (np.abs(across) < 0.12) & (down > 0.42)
    lap = (across > 0) & (across < 0.2) & (down > 0.7)
    (window,) = windows(
        [np.asarray(head | chest | lap, np.float32)], FramingOptions(True, tightness)
    )
    assert window.top <= 0.18 * SIZE.height


def test_the_window_keeps_the_frames_shape_and_stays_inside_it() -> None:
    for x in np.linspace(0.05, 0.95, 7):
        for scale in (0.3, 0.6, 1.0, 2.0):
            (window,) = windows([sitter(float(x), 0.2, scale)])
            left, top, width, height = window
            assert width / height == pytest.approx(16 / 9, rel=0.005)
            assert 0.5 * SIZE.width <= width <= SIZE.width
            assert left >= 0 and left + width <= SIZE.width
            assert top >= 0 and top + height <= SIZE.height


def test_the_mask_is_cut_like_the_picture() -> None:
    """The law compares the two."""
    mask = sitter(0.35, 0.1, 0.6)
    alpha = np.asarray(255 * cv2.resize(mask, SIZE), np.uint8)
    image = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    frame = Frame(np.asarray(image, np.uint8), 0, 0.0)
    limit = np.ascontiguousarray(alpha[::20, ::20])
    whole = Matte(0, alpha, frame.image, mask, mask, limit, None)
    _, matte = Framing().framed(frame, whole, AUTO_FRAMING)
    assert matte.mask.shape < mask.shape and matte.limit.shape < limit.shape
    cut = cv2.resize(matte.mask, SIZE) > 0.5
    assert (cut == (matte.alpha > 127)).mean() > 0.985
    cut = cv2.resize(matte.limit, SIZE) > 127
    assert (cut == (matte.alpha > 127)).mean() > 0.94


def test_who_sits_still_sees_no_jitter_at_all() -> None:
    rng = np.random.default_rng(0)
    flickering = [
        sitter(0.4 + rng.normal(0, 0.004), 0.3 + rng.normal(0, 0.006)) for _ in range(150)
    ]
    assert len(set(windows(flickering))) == 1


def test_a_raised_hand_does_not_move_the_window() -> None:
    masks = [sitter(0.4, hand=i > 20) for i in range(90)]
    assert len(set(windows(masks))) == 1


def test_who_moves_is_followed_smoothly_and_the_window_comes_to_rest() -> None:
    path = windows([sitter(min(max(i / 80, 0.35), 0.6)) for i in range(210)])
    steps_px = np.diff([window.left for window in path])
    assert middle(path[-1]) == pytest.approx(0.6, abs=0.03)
    assert len(set(path[-30:])) == 1
    assert steps_px.min() >= 0, "it does not swing back"
    assert steps_px.max() <= 0.02 * SIZE.width
    assert np.abs(np.diff(steps_px)).max() <= 3, "it neither starts nor stops at once"


def test_it_moves_as_fast_at_every_frame_rate() -> None:
    places = []
    for fps in (10.0, 60.0):
        framing = Framing()
        for i in range(int(fps)):
            mask = sitter(0.35 if i == 0 else 0.6)
            window = framing.window(SIZE, AUTO_FRAMING, i / fps, mask)
        places.append(middle(window))
    assert places[0] == pytest.approx(places[1], abs=0.03)


def test_a_new_scene_is_framed_at_once() -> None:
    path = windows([sitter(0.2, scale=0.5)] * 3 + [sitter(0.8, scale=0.5)])
    assert middle(path[3]) > 0.7


@pytest.mark.parametrize("gap", [0.0, 0.1, 0.3], ids=["touching", "beside", "apart"])
def test_several_people_are_all_kept_in(gap: float) -> None:
    """Head and shoulders of each, and room above the taller one."""
    left = sitter(0.3, 0.35, 0.5)
    right = sitter(0.3 + 0.2 + gap, 0.3, 0.5)
    (window,) = windows([together(left, right)])
    assert window.left <= (0.3 - 0.1) * SIZE.width
    assert window.left + window.width >= (0.3 + 0.2 + gap + 0.1) * SIZE.width
    assert window.top < 0.3 * SIZE.height
    assert window.width < SIZE.width


def test_somebody_who_comes_in_is_kept_in_once_they_stay() -> None:
    alone, both = (
        sitter(0.3, scale=0.4),
        together(sitter(0.3, 0.3, 0.4), sitter(0.6, 0.3, 0.4)),
    )
    path = windows([alone] * 30 + [both] * 15 + [alone] * 30 + [both] * 150)
    assert len(set(path[:75])) == 1, "nobody is followed who only passes by"
    assert path[-1].left + path[-1].width > 0.68 * SIZE.width
    assert min(np.diff([window.width for window in path])) >= 0


def test_the_tighter_the_larger_is_the_face() -> None:
    mask = sitter(0.5, 0.3, 0.6)
    widths = [
        windows([mask], FramingOptions(auto=True, tightness=name))[0].width
        for name in ("body", "shoulders", "face")
    ]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == 3


@pytest.mark.parametrize("tightness", ["body", "shoulders", "face"])
def test_who_sits_low_and_shows_a_head_alone_keeps_the_chin(tightness: str) -> None:
    low = sitter(0.4, top=0.36, scale=1.5)
    (window,) = windows([low], FramingOptions(auto=True, tightness=tightness))
    chin = 0.36 + 1.5 * 0.34
    assert window.width < SIZE.width
    assert window.top + window.height > chin * SIZE.height


def test_a_face_that_fills_the_picture_already_is_not_cut() -> None:
    rows, columns = np.mgrid[0:144, 0:256]
    near = ((columns / 256 - 0.5) / 0.25) ** 2 + ((rows / 144 - 0.6) / 0.5) ** 2 < 1
    tight = FramingOptions(auto=True, tightness="face")
    (window,) = windows([np.asarray(near, np.float32)], tight)
    assert window == Window.whole(SIZE)


def test_an_empty_room_is_shown_whole_after_a_while() -> None:
    empty = np.zeros((144, 256), np.float32)
    path = windows([sitter(0.35)] * 5 + [empty] * 180)
    assert path[30] == path[4], "they may be back in a moment"
    assert path[-1] == Window.whole(SIZE)


def drawn(presenter: Presenter, seconds: float) -> list[Image]:
    return [presenter.draw(i / 10).image for i in range(int(seconds * 10))]


def test_the_presenter_is_kept_in_the_middle_and_the_room_out() -> None:
    presenter = Presenter(Size(640, 360), FPS)
    shift = 110  # the whole scene to the left: the camera stands beside the screen
    off_px, alphas = [], []
    with FrameProcessor() as line:
        for i, image in enumerate(drawn(presenter, 2.5)):
            image = np.roll(image, -shift, axis=1)
            frame = Frame(np.ascontiguousarray(image), i, i / 10, live=False)
            picture = line.process(frame, GREEN, LIGHT, options=AUTO)
            assert picture.alpha is not None
            alpha: Alpha = picture.alpha
            alphas.append(alpha.copy())
            columns = np.flatnonzero((alpha > 127).any(axis=0))
            off_px.append(abs((columns[0] + columns[-1]) / 2 - 320))
            truth = np.roll(presenter.draw(i / 10).alpha, -shift, axis=1)
            outside = picture.image[alpha == 0]
            assert (outside == (0, 255, 0)).all()
            assert (truth > 127).sum() < (alpha > 127).sum(), "and larger than before"
    assert max(off_px) < 0.1 * 640


@pytest.mark.parametrize("background", [GREEN, Blur()], ids=str)
def test_switched_off_nothing_changes_to_the_bit(background: Background) -> None:
    presenter = Presenter(Size(320, 180), FPS)
    pictures = []
    for options in (PictureOptions(), PictureOptions(framing=FramingOptions(auto=False))):
        with FrameProcessor() as line:
            for i, image in enumerate(drawn(presenter, 0.5)):
                frame = Frame(image, i, i / 10, live=False)
                picture = line.process(frame, background, LIGHT, options=options)
            pictures.append(picture.image)
    assert (pictures[0] == pictures[1]).all()


def test_the_plain_room_is_shown_whole() -> None:
    image = Presenter(Size(320, 180), FPS).draw(1.0).image
    with FrameProcessor() as line:
        picture = line.process(Frame(image, 0, 0.0), Room(), LIGHT, options=AUTO)
    assert (picture.image == image).all()


def test_the_room_stays_private_while_the_window_moves(
    world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    wandering = iter(np.linspace(0.2, 0.5, 400))

    def narrower(mask: Mask) -> Mask:
        mask[:, int(256 * next(wandering, 0.5)) :] = 0
        return mask

    world.faults["segment"] = narrower
    with running(world, replace(settings, framing=AUTO_FRAMING)) as engine:
        eventually(lambda: engine.status.published > 60)
        assert engine.status.state is State.LIVE
    assert not any(shows_secret(image) for image in world.published)


def test_the_finest_preset_is_framed_without_a_single_card() -> None:
    """What is opaque is the camera's picture to the bit, enlarged or not."""
    presenter = Presenter(Size(640, 360), 30.0)
    with FrameProcessor() as line:
        for index in range(20):
            image = presenter.draw(index / 30).image
            frame = Frame(image, index, index / 30)
            options = MaskOptions(preset="best")
            shown = line.process(frame, GREEN, options, options=AUTO)
            assert shown.frame.image is not image, "there is a window"
