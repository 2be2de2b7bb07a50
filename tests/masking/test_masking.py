from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.errors import SegmenterError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.resize import shrink
from vcam.masking.matting import Matte, Matting
from vcam.masking.options import MaskOptions
from vcam.masking.person_region import PersonRegion
from vcam.masking.segmenters import open_segmenter
from vcam.masking.smoothing import Motion
from vcam.masking.working_sizes import WorkingSizes, blank
from vcam.measure.quality.ground_truth import Truth, TruthWindow
from vcam.measure.quality.runner import Method, Preset, Raw
from vcam.measure.quality.scoring import Scores
from vcam.presenter import Presenter

HD = Size(1280, 720)
SD = Size(640, 360)
SMALL = Size(64, 36)


# The presenter, whose matte is known exactly.


@cache
def drawn(count: int, step_s: float) -> list[tuple[Image, Truth]]:
    presenter = Presenter(HD, 30.0, noise=True, seed=7)
    drawings = [presenter.draw(2.0 + i * step_s) for i in range(count)]
    return [(d.image.copy(), Truth(d.alpha.copy(), d.foreground.copy())) for d in drawings]


def scored(method: Method, clip: list[tuple[Image, Truth]]) -> dict[str, float]:
    window, scores = TruthWindow(), Scores()
    for index, (image, truth) in enumerate(clip):
        window.add(truth)
        scores.add(window, *method.matte(Frame(image, index, index / 30)))
    method.close()
    return scores.result()


def noisy(image: NDArray[Any], sigma: float, rng: np.random.Generator) -> Image:
    noise = rng.standard_normal(image.shape, np.float32) * np.float32(sigma)
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


@cache
def at_rest() -> list[tuple[Image, Truth]]:
    """One moment with new noise in every frame, so that every change is flicker."""
    still = Presenter(HD, 30.0, noise=False).draw(2.0)
    truth = Truth(still.alpha.copy(), still.foreground.copy())
    rng = np.random.default_rng(3)
    return [(noisy(still.image, 2.5, rng), truth) for _ in range(16)]


@cache
def moving(step_px: int, moments: int = 1) -> list[tuple[Image, Truth]]:
    """The presenter, moved further and further sideways over the same room.

    The shutter is open for as many ``moments``, each an eighth of a frame: 1 is sharp.
    """
    drawing = Presenter(HD, 30.0, noise=False).draw(2.0)
    rng = np.random.default_rng(4)
    clip = []
    for index in range(12):
        at = [(index - 6) * step_px + moment * step_px // 8 for moment in range(moments)]
        alphas = [np.roll(drawing.alpha, by, axis=1).astype(np.float32) for by in at]
        people = [np.roll(drawing.foreground, by, axis=1) for by in at]
        alpha = np.mean(alphas, axis=0)
        person = sum(a[..., np.newaxis] * c for a, c in zip(alphas, people, strict=True))
        person /= np.maximum(moments * alpha[..., np.newaxis], 1)
        share = alpha[..., np.newaxis] / 255
        image = noisy(share * person + (1 - share) * drawing.room, 2.0, rng)
        own = np.rint(person).astype(np.uint8)
        clip.append((image, Truth(np.rint(alpha).astype(np.uint8), own)))
    return clip


def test_a_person_at_rest_does_not_flicker() -> None:
    clip = at_rest()
    flicker = scored(Preset(MaskOptions()), clip)["flick"]
    assert flicker < 0.25
    assert scored(Raw("mediapipe", "landscape"), clip)["flick"] > 2 * flicker


@pytest.mark.parametrize("share", [1, 2])
@pytest.mark.parametrize("noise", [2, 6, 12])
def test_a_camera_s_noise_is_not_taken_for_motion(noise: float, share: int) -> None:
    room = Presenter(SD, 30.0, noise=False).draw(2.0).image // 2
    fitting = WorkingSizes(SD)
    grid = fitting.grid_size
    less = blank(Size(grid.width // share, grid.height // share))
    motion = Motion(grid, Size.of(less))
    rng = np.random.default_rng(1)
    for _ in range(4):
        image = np.clip(room + rng.normal(0, noise, room.shape), 0, 255).astype(np.uint8)
        moved = motion.measure(shrink(fitting.resize(image).grid, less), 0.1, 2.0)
    assert moved is not None
    assert Size.of(moved) == grid
    assert moved.mean() < 0.1


def test_the_mask_does_not_trail_behind_a_fast_person() -> None:
    clip = moving(24)
    result = scored(Preset(MaskOptions()), clip)
    assert abs(result["lag"]) <= 0.1
    assert result["iou_fast"] > 97
    assert result["ghost"] < 4
    assert scored(Raw("mediapipe", "landscape"), clip)["iou_fast"] < result["iou_fast"]


@pytest.mark.parametrize("preset", ["standard", "best"])
def test_somebody_who_comes_back_into_a_dark_room_is_seen_while_still_cut_off(
    preset: str,
) -> None:
    presenter, matting = Presenter(SD, 30.0, noise=False), Matting()
    rng = np.random.default_rng(3)
    for index in range(28):
        drawing = presenter.draw(11.7 + index / 30)
        dark = drawing.image * 0.35 + rng.normal(0, 9, drawing.image.shape)
        image = np.clip(dark, 0, 255).astype(np.uint8)
        matte = matting.matte(Frame(image, index, index / 30), MaskOptions(preset=preset))
    person = drawing.alpha == 255
    assert person[:, -1].any(), "half out of the picture"
    assert matte.alpha[person].mean() > 0.8 * 255
    matting.close()


def test_what_the_shutter_has_blurred_has_no_sharp_edge() -> None:
    clip = moving(48, moments=5)
    result = scored(Preset(MaskOptions()), clip)
    sharp = scored(Preset(MaskOptions(motion_blur=False)), clip)
    assert result["band"] < 0.95 * sharp["band"]
    assert result["dtssd"] < 0.95 * sharp["dtssd"]
    assert result["lag"] == pytest.approx(sharp["lag"], abs=0.05)


@pytest.mark.parametrize(
    "clip", [at_rest, partial(drawn, 8, 1 / 30)], ids=["rest", "talking"]
)
def test_somebody_who_does_not_move_fast_has_the_same_edge_without_motion_blur(
    clip: Callable[[], list[tuple[Image, Truth]]],
) -> None:
    blurred, sharp = Preset(MaskOptions()), Preset(MaskOptions(motion_blur=False))
    for index, (image, _) in enumerate(clip()):
        now = Frame(image, index, index / 30)
        assert np.array_equal(blurred.matte(now)[0], sharp.matte(now)[0])
    blurred.close()
    sharp.close()


def test_after_a_pause_nobody_is_taken_to_have_moved_fast() -> None:
    clip = moving(48)
    blurred, sharp = Preset(MaskOptions()), Preset(MaskOptions(motion_blur=False))
    for index, at_s in ((0, 0.0), (11, 2.0)):
        now = Frame(clip[index][0], index, at_s)
        assert np.array_equal(blurred.matte(now)[0], sharp.matte(now)[0])
    blurred.close()
    sharp.close()


def test_the_edges_are_those_of_the_picture_not_of_the_model() -> None:
    clip = drawn(12, 1 / 30)
    result = scored(Preset(MaskOptions()), clip)
    raw = scored(Raw("mediapipe", "landscape"), clip)
    assert result["mad"] < 2.0 < raw["mad"]
    assert result["bf2"] > 95 > raw["bf2"]


def test_the_room_does_not_show_and_the_person_has_no_holes() -> None:
    clip = drawn(12, 0.4)
    result = scored(Preset(MaskOptions()), clip)
    raw = scored(Raw("mediapipe", "landscape"), clip)
    assert result["leak"] < 0.05
    assert result["holes"] < 0.3
    assert raw["leak"] > result["leak"]


def test_the_old_room_does_not_glow_around_the_person() -> None:
    clip = drawn(4, 1 / 30)
    with_own = scored(Preset(MaskOptions(foreground=True)), clip)["comp"]
    assert with_own < 0.65 * scored(Preset(MaskOptions(foreground=False)), clip)["comp"]


def test_every_preset_beats_the_usual_threshold() -> None:
    clip = drawn(4, 1 / 30)
    usual = scored(Raw("mediapipe", "square", hard=True), clip)
    for preset in ("standard", "best"):
        assert scored(Preset(MaskOptions(preset=preset)), clip)["mad"] < usual["mad"]


def test_both_engines_give_the_same_matte() -> None:
    pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    one, other = Matting(), Matting()
    for index, (image, _) in enumerate(drawn(12, 1 / 30)[:4]):
        frame = Frame(image, index, index / 30)
        a = one.matte(frame, MaskOptions(engine="mediapipe"))
        b = other.matte(frame, MaskOptions(engine="litert"))
        assert np.abs(a.mask - b.mask).max() < 1 / 255
        assert cv2.absdiff(a.alpha, b.alpha).mean() < 0.02
    one.close()
    other.close()


def test_the_engines_answer_within_a_grey_level_of_each_other() -> None:
    pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    for model in ("landscape", "square"):
        masks = []
        for engine in ("mediapipe", "litert"):
            segmenter = open_segmenter(engine, model)
            small = cv2.resize(drawn(12, 1 / 30)[0][0], segmenter.input_size)
            masks.append(segmenter.segment(np.asarray(small, np.uint8)).copy())
            segmenter.close()
        assert np.abs(masks[0] - masks[1]).max() < 1 / 255


# Anything may go wrong with a model.  The fakes find the red person whom frame() draws.


@dataclass
class FakeModel:
    """Finds whoever is red, or answers with what ``answer`` is set to."""

    input_size: Size
    answer: object = None
    fail_with: Exception | None = None
    closed: bool = False
    runs: int = 0

    def segment(self, image: Image) -> Mask:
        self.runs += 1
        assert Size.of(image) == self.input_size
        assert not self.closed
        if self.fail_with is not None:
            raise self.fail_with
        if self.answer is not None:
            return self.answer  # type: ignore[return-value]
        blue, _, red = cv2.split(image)
        there = np.asarray(cv2.subtract(red, blue) > 70, np.float32)
        # No model says the same to the bit of two pictures.
        return there * np.float32(0.95) + blue * np.float32(0.04 / 255)

    def close(self) -> None:
        assert not self.closed, "closed twice"
        self.closed = True


@dataclass
class FakeEngines:
    opened: list[tuple[str, str]] = field(default_factory=list)
    models: list[FakeModel] = field(default_factory=list)
    missing: str = ""

    def __call__(self, engine: str, model: str) -> FakeModel:
        if engine == self.missing:
            raise SegmenterError(f"{engine} is not installed", "Install it")
        self.opened.append((engine, model))
        size = Size(256, 144) if model == "landscape" else Size(256, 256)
        self.models.append(FakeModel(size))
        return self.models[-1]


def frame(index: int = 0, size: Size = SMALL, level: int = 90) -> Frame:
    rng = np.random.default_rng(index)
    image = np.full((size.height, size.width, 3), level, np.uint8)
    image[size.height // 4 :, size.width // 4 : size.width * 3 // 4] = (40, 60, 180)
    image += rng.integers(0, 4, image.shape, np.uint8)
    return Frame(image, index, index / 30)


@pytest.fixture
def engines() -> FakeEngines:
    return FakeEngines()


@pytest.fixture
def matting(engines: FakeEngines) -> Iterator[Matting]:
    matting = Matting(engines)
    yield matting
    matting.close()
    assert all(model.closed for model in engines.models)


OPTIONS = MaskOptions(preset="light")
WRONG = {
    "nothing": "nothing",
    "the wrong shape": np.zeros((144, 255), np.float32),
    "another model's shape": np.zeros((256, 256), np.float32),
    "the wrong type": np.zeros((144, 256), np.float64),
    "bytes": np.zeros((144, 256), np.uint8),
    "NaN somewhere": np.where(np.arange(144 * 256).reshape(144, 256) == 77, np.nan, 0.5),
    "infinity somewhere": np.where(
        np.arange(144 * 256).reshape(144, 256) == 77, np.inf, 0.5
    ),
    "more than all": np.full((144, 256), 1.02, np.float32),
    "less than nothing": np.full((144, 256), -0.02, np.float32),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("preset", ["light", "standard", "best"])
def test_an_invalid_mask_never_becomes_a_matte(
    matting: Matting, engines: FakeEngines, answer: object, preset: str
) -> None:
    options = MaskOptions(preset=preset)
    for index in range(3):
        matting.matte(frame(index), options)
    broken = engines.models[0]
    if isinstance(answer, np.ndarray) and np.isnan(answer).any() | np.isinf(answer).any():
        answer = answer.astype(np.float32)
    broken.answer = answer
    # With views that take turns, the broken model's turn comes within two frames.
    with pytest.raises(SegmenterError):
        for index in range(3, 6):
            matting.matte(frame(index), options)
    assert broken.closed


@pytest.mark.parametrize("which", [0, 1], ids=["the wide view", "the close-up"])
def test_a_failing_model_fails_the_frame_and_both_models_are_opened_again(
    matting: Matting, engines: FakeEngines, which: int
) -> None:
    options = MaskOptions(preset="best", close_up_every=1)
    matting.matte(frame(0), options)
    assert len(engines.opened) == 2
    engines.models[which].fail_with = SegmenterError("the model fell over")
    with pytest.raises(SegmenterError):
        matting.matte(frame(1), options)
    assert all(model.closed for model in engines.models)
    assert matting.matte(frame(2), options).frame_index == 2
    assert len(engines.opened) == 4


def test_a_bug_is_raised_as_it_is_and_closes_the_model_as_well(
    matting: Matting, engines: FakeEngines
) -> None:
    matting.matte(frame(0), OPTIONS)
    engines.models[0].fail_with = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        matting.matte(frame(1), OPTIONS)
    assert engines.models[0].closed


def test_after_a_failure_nothing_of_the_earlier_masks_is_left(
    matting: Matting, engines: FakeEngines
) -> None:
    for index in range(5):
        before = matting.matte(frame(index), OPTIONS)
    assert before.alpha.any()
    engines.models[0].fail_with = SegmenterError("gone")
    with pytest.raises(SegmenterError):
        matting.matte(frame(5), OPTIONS)
    nobody = np.zeros((144, 256), np.float32)

    def open_on_an_empty_room(engine: str, model: str) -> FakeModel:
        fresh = FakeEngines.__call__(engines, engine, model)
        fresh.answer = nobody
        return fresh

    matting._engine._open = open_on_an_empty_room
    assert not matting.matte(frame(6), OPTIONS).alpha.any()


@pytest.mark.parametrize("preset", ["light", "standard", "best"])
def test_a_model_runs_on_every_frame(
    matting: Matting, engines: FakeEngines, preset: str
) -> None:
    runs = 0
    for index in range(24):
        for model in engines.models:
            # The person comes and goes, for each model at its own moments.
            there = (index // (3 if model.input_size.height == 144 else 5)) % 2
            width, height = model.input_size
            model.answer = None if there else np.zeros((height, width), np.float32)
        matting.matte(frame(index, level=90 + 40 * (index % 3)), MaskOptions(preset=preset))
        now = sum(model.runs for model in engines.models)
        assert now > runs
        runs = now


def test_somebody_whom_no_model_sees_any_more_is_gone_within_three_frames(
    matting: Matting, engines: FakeEngines
) -> None:
    options = MaskOptions(smoothing=0, smoothing_after=0)
    for index in range(6):
        assert matting.matte(frame(index), options).alpha.any()
    for model in engines.models:
        width, height = model.input_size
        model.answer = np.zeros((height, width), np.float32)
    alphas = [matting.matte(frame(index), options).alpha.any() for index in range(6, 12)]
    assert not any(alphas[3:])


@pytest.mark.parametrize("preset", ["light", "standard", "best"])
def test_somebody_who_leaves_in_the_dark_is_not_kept_by_the_smoothing(
    matting: Matting, engines: FakeEngines, preset: str
) -> None:
    options = MaskOptions(preset=preset)
    for index in range(6):
        assert matting.matte(frame(index), options).alpha.any()
    for model in engines.models:
        width, height = model.input_size
        model.answer = np.zeros((height, width), np.float32)
    # The picture stays as it is: less changed than noise.
    for index in range(6, 10):
        alpha = matting.matte(frame(index), options).alpha
    assert not alpha.any(), "it would be the room"


def test_a_matte_belongs_to_its_frame(matting: Matting) -> None:
    for index in (4, 5, 9):
        assert matting.matte(frame(index), OPTIONS).frame_index == index


def test_somebody_who_is_gone_after_a_scene_cut_leaves_no_ghost(
    matting: Matting, engines: FakeEngines
) -> None:
    for preset in ("light", "standard", "best"):
        options = MaskOptions(preset=preset)
        for index in range(5):
            matting.matte(frame(index), options)
        for model in engines.models:
            if not model.closed:
                width, height = model.input_size
                model.answer = np.zeros((height, width), np.float32)
        checker = frame(5)
        checker.image[::7] = 240
        checker.image[:, ::9] = 10
        cut = Frame(255 - checker.image, 5, 0.2)
        assert matting.matte(cut, options).alpha.mean() < 2
        matting.close()


@pytest.mark.parametrize(
    ("first", "then"), [("standard", "light"), ("light", "standard"), ("light", "best")]
)
def test_somebody_who_left_before_the_preset_was_changed_back_does_not_return(
    matting: Matting, engines: FakeEngines, first: str, then: str
) -> None:
    for index in range(4):
        matting.matte(frame(index), MaskOptions(preset=first))
    for index in range(4, 6):
        matting.matte(frame(index), MaskOptions(preset=then))
    for model in engines.models:
        width, height = model.input_size
        model.answer = np.zeros((height, width), np.float32)
    # Nothing moves in the picture: only a mask of these very frames can tell.
    for index in range(6, 30):
        matting.matte(frame(index), MaskOptions(preset=then))
    assert not matting.matte(frame(30), MaskOptions(preset=first)).alpha.any()


@pytest.mark.parametrize(
    "size",
    [
        (32, 18),
        (33, 19),
        (18, 32),
        (1, 1),
        (640, 480),
        (641, 479),
        (360, 640),
        (3840, 2160),
    ],
    ids=lambda size: f"{size[0]}x{size[1]}",
)
def test_any_frame_size_gets_a_matte_of_its_size(
    matting: Matting, size: tuple[int, int]
) -> None:
    for preset in ("light", "standard", "best"):
        for index in range(2):
            each = frame(index, Size(*size))
            before = each.image.copy()
            matte = matting.matte(each, MaskOptions(preset=preset, edge=1.5, feather=2))
            assert matte.alpha.shape == each.image.shape[:2]
            assert matte.alpha.dtype == np.uint8
            assert matte.foreground.shape == each.image.shape
            assert np.array_equal(each.image, before), "wrote into the frame"


def test_a_camera_that_changes_its_size_goes_on(matting: Matting) -> None:
    for index, size in enumerate((Size(64, 36), Size(48, 64), Size(64, 36))):
        assert Size.of(matting.matte(frame(index, size), MaskOptions()).alpha) == size


def test_the_person_s_pixels_are_unchanged_where_alpha_is_full(
    matting: Matting,
) -> None:
    options = MaskOptions(preset="best")
    for index in range(3):
        each = frame(index, Size(320, 180))
        matte = matting.matte(each, options)
        sure = matte.alpha == 255
        assert sure.any()
        assert np.array_equal(matte.foreground[sure], each.image[sure])


def test_another_engine_is_opened_before_the_old_one_is_closed(
    matting: Matting, engines: FakeEngines
) -> None:
    matting.matte(frame(0), OPTIONS)
    old = list(engines.models)

    def open_while_the_old_one_runs(engine: str, model: str) -> FakeModel:
        assert not any(each.closed for each in old)
        return FakeEngines.__call__(engines, engine, model)

    matting._engine._open = open_while_the_old_one_runs
    matting.matte(frame(1), MaskOptions(preset="light", engine="mediapipe"))
    assert all(each.closed for each in old)
    assert engines.opened[2:] == [("mediapipe", "landscape"), ("mediapipe", "square")]


def test_an_engine_that_is_not_installed_says_so(engines: FakeEngines) -> None:
    engines.missing = "litert"
    matting = Matting(engines)
    with pytest.raises(SegmenterError, match="not installed"):
        matting.matte(frame(0), MaskOptions(engine="litert"))
    matting.close()


def test_nothing_is_loaded_before_the_first_frame_and_light_has_a_cross_check(
    matting: Matting, engines: FakeEngines
) -> None:
    assert not engines.opened
    matting.matte(frame(0), OPTIONS)
    both = [("litert", "landscape"), ("litert", "square")]
    assert engines.opened == both
    assert engines.models[1].runs == 1
    matting.matte(frame(1), MaskOptions(preset="standard"))
    assert engines.opened == both


def alpha_with(options: MaskOptions) -> Alpha:
    matting = Matting(FakeEngines())
    matte: Matte = matting.matte(frame(0, Size(640, 360)), options)
    alpha = matte.alpha.copy()
    matting.close()
    return alpha


def test_growing_and_shrinking_move_the_edge_by_what_was_asked() -> None:
    widths = {
        edge: float(alpha_with(MaskOptions(preset="light", edge=edge))[300].sum()) / 255
        for edge in (-4.0, -1.0, 0.0, 1.0, 4.0)
    }
    assert list(widths.values()) == sorted(widths.values())
    # Four pixels of 720 are two of 360, on both sides.
    assert widths[4.0] - widths[0.0] == pytest.approx(4, abs=1)
    assert widths[0.0] - widths[-4.0] == pytest.approx(4, abs=1)
    assert widths[1.0] - widths[0.0] == pytest.approx(1, abs=0.5)


def test_feather_softens_the_edge() -> None:
    def soft(alpha: Alpha) -> int:
        return int(np.count_nonzero((alpha > 10) & (alpha < 245)))

    plain = alpha_with(MaskOptions(preset="light"))
    feathered = alpha_with(MaskOptions(preset="light", feather=12))
    assert soft(feathered) > 1.5 * soft(plain)


def test_a_long_call_does_not_use_more_and_more_memory(matting: Matting) -> None:
    import tracemalloc

    big = [frame(index, HD) for index in range(3)]
    options = MaskOptions(preset="standard")
    # From the beginning: what takes the place of what was kept before is not more.
    tracemalloc.start()
    for each in big:
        matting.matte(each, options)
    start = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    for each in big:
        matting.matte(each, options)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert now - start < 100_000
    # Not one array of the frame's size, let alone its colours.
    assert peak - start < HD.width * HD.height * 2


def test_the_picture_and_its_mirror_image_take_turns_at_rest_but_not_in_motion(
    matting: Matting, engines: FakeEngines
) -> None:
    def close_ups(shots: list[Frame]) -> list[int]:
        looks = []
        for shot in shots:
            before = engines.models[1].runs if engines.models else 0
            matting.matte(shot, MaskOptions(preset="best"))
            looks.append(engines.models[1].runs - before)
        return looks

    assert close_ups([frame(index) for index in range(6)]) == [3, 1, 1, 1, 1, 1]
    moved = []
    for index in range(6, 9):
        shot = frame(index)
        # Less than half of the frame, or it were another scene.
        shot.image[8:28, 20:40] = 250 * (index % 2)
        moved.append(shot)
    assert close_ups(moved) == [3, 3, 3], "and a nearer one"


def test_edges_follow_the_picture_in_light_too() -> None:
    clip = drawn(12, 1 / 30)
    guided = scored(Preset(MaskOptions(preset="light")), clip)
    plain = scored(Preset(MaskOptions(preset="light", guide="none")), clip)
    assert guided["bf2"] > plain["bf2"]
    assert guided["mad"] < plain["mad"]


@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("size", [Size(1, 1), Size(33, 57), Size(450, 450), Size(200, 90)])
def test_edges_are_refined_at_any_size(matting: Matting, size: Size, fine: bool) -> None:
    for index in range(3):
        matte = matting.matte(
            frame(index, size), MaskOptions(preset="light", fine_edges=fine)
        )
        assert Size.of(matte.alpha) == size


def test_a_newsreader_on_television_is_removed_and_a_detached_hand_is_kept(
    matting: Matting, engines: FakeEngines
) -> None:
    matting.matte(frame(0), MaskOptions())
    for model in engines.models:
        width, height = model.input_size
        answer = np.zeros((36, 64), np.float32)
        answer[20:, 10:54] = 1.0
        answer[6:22, 26:38] = 1.0
        television, hand = np.s_[2:8, 2:9], np.s_[10:15, 42:46]
        answer[television] = answer[hand] = 1.0
        model.answer = cv2.resize(answer, (width, height), interpolation=cv2.INTER_NEAREST)
    options = MaskOptions(close_up_every=0, smoothing=0, smoothing_after=0)
    alpha = matting.matte(frame(1), options).alpha
    assert alpha[television].max() < 25
    assert alpha[hand].max() > 200


def test_what_is_perhaps_a_person_does_not_widen_the_close_up() -> None:
    region = PersonRegion(SD)
    seen = np.zeros((144, 256), np.float32)
    seen[40:, 80:160] = 1.0
    region.follow(seen, 0.12)
    before = region.box(SD)
    seen[120:, 160:] = 0.45
    for _ in range(10):
        region.follow(seen, 0.12)
    assert region.box(SD) == before


def test_a_close_up_of_an_upright_picture_does_not_take_its_whole_height() -> None:
    region = PersonRegion(Size(360, 640))
    seen = np.zeros((192, 108), np.float32)
    seen[100:] = 1.0
    region.follow(seen, 0.12)
    left, top, right, bottom = region.box(Size(360, 640))
    assert (left, right, bottom) == (0, 360, 640)
    assert top == 280, "a square, though the person reaches both sides"


@pytest.mark.parametrize("width", [80, 110, 128, 140])
def test_the_close_up_of_somebody_who_fits_into_a_square_is_a_square(
    width: int,
) -> None:
    region = PersonRegion(HD)
    seen = np.zeros((144, 256), np.float32)
    seen[8:, 60 : 60 + width] = 1.0
    region.follow(seen, 0.12)
    box = region.box(HD)
    assert box.right - box.left == box.bottom - box.top
    assert box.left <= 300 and box.right >= 300 + 5 * width


def test_the_close_up_of_somebody_wider_than_the_frame_is_high_has_no_margin() -> None:
    region = PersonRegion(HD)
    seen = np.zeros((144, 256), np.float32)
    seen[8:, 40:200] = 1.0
    region.follow(seen, 0.12)
    assert region.box(HD) == (200, 0, 1000, 720)


# The clean plate: what the room looks like, remembered from when it was in sight.


def test_where_the_room_was_seen_before_somebody_moves_the_edge_is_cleaner() -> None:
    clip = moving(0)[:8] + moving(24)[2:10]
    result = scored(Preset(MaskOptions()), clip)
    without = scored(Preset(MaskOptions(clean_plate=False)), clip)
    assert result["mad"] < without["mad"]
    assert result["leak"] < without["leak"]
    assert result["flick"] < without["flick"]
    assert result["holes"] <= without["holes"] + 0.01


PERHAPS_BESIDE = np.s_[:, -30:]
"""A part of every mask in which the fakes see nobody, until a test makes them doubt."""


class Doubtful:
    """A patterned room, shown for a while; then the models see something in it."""

    def __init__(self, matting: Matting, engines: FakeEngines) -> None:
        self.matting, self.engines, self.index = matting, engines, 0
        rng = np.random.default_rng(8)
        tiles = rng.integers(60, 180, (9, 16, 3), np.uint8)
        self.room: Image = np.asarray(cv2.resize(tiles, (320, 180)), np.uint8)

    def show(
        self,
        count: int,
        said: float = 0.0,
        picture: Image | None = None,
        person: float = 1.0,
    ) -> float:
        """Alpha beside the person, 0..1, after ``count`` frames of ``picture``."""
        image = self.room if picture is None else picture
        options = MaskOptions(close_up_every=0, remove_strays=False)
        for _ in range(count):
            for model in self.engines.models:
                width, height = model.input_size
                mask = np.zeros((height, width), np.float32)
                mask[height // 4 :, width // 4 : width // 2] = person
                mask[PERHAPS_BESIDE] = said
                # No model says the same to the bit of two pictures.
                mask[0, 0] = self.index / 1000
                model.answer = mask
            noise = np.random.default_rng(self.index).integers(0, 4, image.shape, np.uint8)
            shot = Frame(image + noise, self.index, self.index / 30)
            alpha = self.matting.matte(shot, options).alpha
            self.index += 1
        return float(alpha[:, -30:].mean()) / 255


@pytest.fixture
def doubtful(
    matting: Matting, engines: FakeEngines, whatever_models_say_is_believed: None
) -> Doubtful:
    return Doubtful(matting, engines)


def test_what_looks_exactly_like_the_room_that_was_seen_is_no_doubtful_person(
    doubtful: Doubtful,
) -> None:
    assert doubtful.show(12) == 0
    assert doubtful.show(3, said=0.7) < 0.05


def test_without_having_seen_the_room_the_models_are_believed(doubtful: Doubtful) -> None:
    doubtful.show(1)
    assert doubtful.show(12, said=0.7) > 0.7


def test_somebody_whom_the_models_are_sure_of_stays_even_in_the_wall_s_colour(
    doubtful: Doubtful,
) -> None:
    doubtful.show(12)
    assert doubtful.show(20, said=1.0) > 0.99


def test_what_does_not_look_like_the_room_is_left_to_the_models(doubtful: Doubtful) -> None:
    doubtful.show(12)
    somebody = doubtful.room.copy()
    somebody[:, -60:] += 40
    assert doubtful.show(12, said=0.7, picture=somebody) > 0.7


def test_the_room_is_known_again_when_the_camera_makes_it_brighter(
    doubtful: Doubtful,
) -> None:
    doubtful.show(12)
    for more in (3, 6, 9, 12):
        doubtful.show(2, picture=doubtful.room + np.uint8(more))
    brightest = doubtful.room + np.uint8(12)
    assert doubtful.show(3, said=0.7, picture=brightest) < 0.05


def test_a_hole_that_was_learnt_as_room_closes(doubtful: Doubtful) -> None:
    doubtful.show(12)
    assert doubtful.show(60, said=0.8) > 0.7


def test_another_room_is_not_compared_with_the_old_one(doubtful: Doubtful) -> None:
    doubtful.show(12)
    doubtful.show(1, picture=255 - doubtful.room)
    assert doubtful.show(12, said=0.7) > 0.7


def test_what_changed_behind_somebody_is_not_shown_when_they_are_gone(
    doubtful: Doubtful,
) -> None:
    doubtful.show(12)
    somebody = doubtful.room.copy()
    somebody[:, -60:] += 40
    doubtful.show(8, said=1.0, picture=somebody)
    door = doubtful.room.copy()
    door[:, -60:] = 200 - door[:, -60:]
    # The picture differs from the room that was seen; still nobody is there.
    assert doubtful.show(1, picture=door, person=0.0) < 0.05


def test_somebody_who_left_while_there_was_no_guide_does_not_return_with_it(
    matting: Matting, engines: FakeEngines
) -> None:
    for index in range(6):
        matting.matte(frame(index), MaskOptions(preset="light"))
    for model in engines.models:
        width, height = model.input_size
        model.answer = np.zeros((height, width), np.float32)
    for index in range(6, 40):
        matting.matte(frame(index), MaskOptions(preset="light", guide="none"))
    assert not matting.matte(frame(40), MaskOptions(preset="light")).alpha.any()


@pytest.mark.parametrize(
    ("first", "then"),
    [("light", "standard"), ("best", "standard"), ("standard", "best")],
)
def test_another_preset_lets_the_edge_glide_to_its_new_place(first: str, then: str) -> None:
    clip = at_rest()
    matting = Matting()
    alphas: list[Alpha] = []
    for index in range(30):
        options = MaskOptions(first if index < 12 else then)
        frame = Frame(clip[index % len(clip)][0], index, index / 30)
        alphas.append(matting.matte(frame, options).alpha.copy())
    matting.close()
    before, at_once, at_last = (np.float32(alphas[i]) for i in (11, 12, 29))
    all_in_all = np.abs(at_last - before).mean()
    assert np.abs(at_once - before).mean() < 0.6 * all_in_all
