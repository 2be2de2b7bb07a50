"""vcam's line in somebody's own program, with the real model."""

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import vcam
from vcam import Pipeline
from vcam.backgrounds.blur import Blur
from vcam.errors import SettingsError, UsageError
from vcam.frames import Frame, Image, Size
from vcam.masking.options import MaskOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.presenter import Presenter

SIZE = Size(640, 360)


@pytest.fixture(scope="module")
def presenter() -> Presenter:
    return Presenter(SIZE, 30.0)


@pytest.fixture(scope="module")
def green() -> Iterator[Pipeline]:
    with Pipeline(background="#00ff00", preset="standard") as line:
        # MediaPipe starts a thread of its own at the first frame and ends it at close.
        line.process(np.zeros((36, 64, 3), np.uint8))
        yield line


def test_three_lines_put_a_person_on_another_background(presenter: Presenter) -> None:
    drawing = presenter.draw(1.0)
    before = drawing.image.copy()
    with Pipeline(background="#00ff00", preset="standard") as line:
        result = line.process(drawing.image, 1.0)
    assert result.image.dtype == result.alpha.dtype == np.uint8
    assert result.image.shape == drawing.image.shape
    assert result.alpha.shape == drawing.alpha.shape
    assert (drawing.image == before).all(), "the input is not changed"
    assert (result.image[result.alpha == 0] == (0, 255, 0)).all()
    person = result.alpha == 255
    assert (result.image[person] == drawing.image[person]).all()
    truth, found = drawing.alpha > 127, result.alpha > 127
    assert (truth & found).sum() / (truth | found).sum() > 0.95


def test_time_may_be_left_out_and_results_may_be_kept(
    presenter: Presenter, green: Pipeline
) -> None:
    results = [green.process(presenter.draw(i / 30).image) for i in range(3)]
    again = [result.image.copy() for result in results]
    green.process(presenter.draw(9.0).image)
    assert all((r.image == a).all() for r, a in zip(results, again, strict=True))
    assert {"fit", "segment", "paint", "composite"} <= set(green.costs_ms)


def test_a_result_has_a_mask_and_displays_itself_in_a_notebook() -> None:
    alpha = np.tile(np.arange(256, dtype=np.uint8), (100, 1))
    for size, shown in ((Size(256, 100), (100, 256)), (Size(4000, 3000), (960, 1280))):
        image = np.full((size.height, size.width, 3), (10, 20, 200), np.uint8)
        result = vcam.Result(image, alpha)
        png = cv2.imdecode(np.frombuffer(result._repr_png_(), np.uint8), cv2.IMREAD_COLOR)
        assert png is not None and png.shape == (*shown, 3)
        assert (png == (10, 20, 200)).all()
    assert result.mask.dtype == np.float32
    assert result.mask[0, 0] == 0.0 and result.mask[0, 255] == 1.0
    assert np.abs(result.mask[0] * 255 - np.arange(256)).max() < 1e-4


def test_a_frame_without_a_time_is_of_now_and_waits_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Frame] = []
    process = FrameProcessor.process

    def watched(line: FrameProcessor, frame: Frame, *others: Any) -> Any:
        seen.append(frame)
        return process(line, frame, *others)

    monkeypatch.setattr(FrameProcessor, "process", watched)
    image = np.zeros((90, 160, 3), np.uint8)
    before_s = time.monotonic()
    with Pipeline("#00ff00") as line:
        line.process(image)
        line.process(image, time.monotonic())
    now, recorded = seen
    assert now.live and before_s <= now.captured_s <= time.monotonic()
    assert not recorded.live


def test_blur_keeps_the_person_sharp_and_the_room_soft(presenter: Presenter) -> None:
    drawing = presenter.draw(1.0)
    with Pipeline() as line:
        result = line.process(drawing.image)
    room = result.alpha == 0

    def detail(image: Image) -> float:
        return float(np.abs(np.diff(image.astype(int), axis=1))[room[:, 1:]].mean())

    assert detail(result.image) < 0.5 * detail(drawing.image)


def test_room_means_the_room(presenter: Presenter) -> None:
    drawing = presenter.draw(1.0)
    with Pipeline(background="room") as line:
        result = line.process(drawing.image)
    assert (result.image == drawing.image).all() and (result.alpha == 255).all()
    assert not np.shares_memory(result.image, drawing.image)


@pytest.mark.parametrize(
    "size", [Size(64, 36), Size(161, 91), Size(180, 320), Size(480, 360)], ids=str
)
def test_any_size_and_shape_of_frame(size: Size, green: Pipeline) -> None:
    rng = np.random.default_rng(0)
    result = green.process(rng.integers(0, 256, (size.height, size.width, 3), np.uint8))
    assert Size.of(result.image) == Size.of(result.alpha) == size


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((90, 160), np.uint8),
        np.zeros((90, 160, 4), np.uint8),
        np.zeros((90, 160, 3), np.float32),
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((4, 4, 3), np.uint8),
    ],
    ids=lambda image: f"{image.dtype}{image.shape}",
)
def test_what_is_no_image_is_refused_with_its_shape(image: Image, green: Pipeline) -> None:
    with pytest.raises(UsageError):
        green.process(image)


def test_a_view_or_a_read_only_image_is_as_good(
    presenter: Presenter, green: Pipeline
) -> None:
    image = presenter.draw(1.0).image
    image.flags.writeable = False
    flipped = green.process(image[:, ::-1])
    assert flipped.image.shape == image.shape


def test_frames_out_of_order_are_refused(presenter: Presenter) -> None:
    image = presenter.draw(0.0).image
    with Pipeline("#000") as line:
        line.process(image, 5.0)
        with pytest.raises(UsageError, match="Give frames in order"):
            line.process(image, 4.0)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"background": "nosuch"}, UsageError),
        ({"background": "blur:200"}, SettingsError),
        ({"preset": "ultra"}, SettingsError),
    ],
)
def test_a_wrong_choice_is_told_before_any_frame(
    arguments: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Pipeline(**arguments)  # type: ignore[arg-type]


def test_a_picture_by_path(tmp_path: Path, presenter: Presenter) -> None:
    from PIL import Image as Pictures

    Pictures.new("RGB", (64, 36), (10, 20, 30)).save(tmp_path / "wall.png")
    for named in (tmp_path / "wall.png", str(tmp_path / "wall.png")):
        with Pipeline(named) as line:
            result = line.process(presenter.draw(1.0).image)
        assert (result.image[result.alpha == 0] == (30, 20, 10)).all()


def test_the_public_names_are_these() -> None:
    assert set(vcam.__all__) == {"Pipeline", "Result", "__version__"}
    assert all(getattr(vcam, name) for name in vcam.__all__)
    with pytest.raises(AttributeError):
        _ = vcam.nothing


@pytest.mark.parametrize("captured_s", [float("nan"), float("inf"), "soon", [1]])
def test_a_time_that_is_no_time_is_refused(captured_s: float, green: Pipeline) -> None:
    with pytest.raises(UsageError, match="seconds"):
        green.process(np.zeros((36, 64, 3), np.uint8), captured_s)


@pytest.mark.parametrize("background", [None, 5, b"blur", Pipeline])
def test_what_is_no_background_is_refused_at_once(background: str, green: Pipeline) -> None:
    with pytest.raises(UsageError, match="not a background"):
        Pipeline(background)
    with pytest.raises(UsageError, match="not a background"):
        green.background = background


def test_the_background_may_change_between_frames(presenter: Presenter) -> None:
    with Pipeline("#00ff00") as line:
        first = line.process(presenter.draw(1.0).image)
        line.background = "red"
        second = line.process(presenter.draw(1.0).image)
    assert (first.image[0, 0] == (0, 255, 0)).all() and (
        second.image[0, 0] == (0, 0, 255)
    ).all()


def test_a_closed_pipeline_says_so(presenter: Presenter) -> None:
    line = Pipeline("#000")
    line.close()
    line.close()
    with pytest.raises(UsageError, match="closed"):
        line.process(presenter.draw(1.0).image)


def test_a_preset_beside_mask_options_is_refused() -> None:
    from vcam.masking.options import MaskOptions

    with pytest.raises(UsageError, match="Both"):
        Pipeline(preset="best", mask=MaskOptions())


def test_in_steady_state_no_frame_sized_memory_is_taken() -> None:
    """A fresh frame costs a page fault every four kilobytes, thirty times a second."""
    presenter = Presenter(Size(1280, 720), 30.0)
    frames = [Frame(presenter.draw(i / 30).image, i, i / 30) for i in range(8)]
    with FrameProcessor() as line:
        for frame in frames[:-1]:
            line.process(frame, Blur(), MaskOptions("light"))
        tracemalloc.start()
        try:
            line.process(frames[-1], Blur(), MaskOptions("light"))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 0.5 * frames[0].image.nbytes
