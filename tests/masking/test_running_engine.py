"""Which engine runs the models: the faster one, or the one that works."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from vcam.errors import SegmenterError
from vcam.frames import Frame, Image, Mask, Size
from vcam.masking import segmenters
from vcam.masking.matting import Matting
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import FOLDER, MODELS, Segmenter, open_segmenter
from vcam.presenter import Presenter

AUTO, LITERT, MEDIAPIPE = (MaskOptions(engine=e) for e in ("auto", "litert", "mediapipe"))


@dataclass
class Machine:
    """A machine on which engines are missing or broken."""

    missing: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    open: list[tuple[str, str]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def __call__(self, engine: str, model: str) -> Segmenter:
        if engine in self.missing:
            raise SegmenterError(f"{engine} is not here", f"Install {engine}")
        self.opened.append(engine)
        self.open.append((engine, model))
        return _Model(self, engine, model)


class _Model:
    def __init__(self, machine: Machine, engine: str, model: str) -> None:
        self._machine, self._who = machine, (engine, model)
        self._size = MODELS[model][1]

    @property
    def input_size(self) -> Size:
        return self._size

    def segment(self, image: Image) -> Mask:
        if self._who[0] in self._machine.broken:
            raise SegmenterError(f"{self._who[0]} is broken")
        return np.asarray(image[..., 2] / np.float32(255), np.float32)

    def close(self) -> None:
        self._machine.open.remove(self._who)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def matting(machine: Machine) -> Iterator[Matting]:
    matting = Matting(machine)
    yield matting
    matting.close()
    assert not machine.open, "a model was left open"


def frame(index: int) -> Frame:
    image = np.random.default_rng(index).integers(0, 256, (36, 64, 3), np.uint8)
    return Frame(image, index, index / 30)


def test_the_faster_engine_runs_where_both_are_there(
    matting: Matting, machine: Machine
) -> None:
    assert matting.engine == ""
    matting.matte(frame(0), AUTO)
    assert machine.open == [("litert", "landscape"), ("litert", "square")]
    assert matting.engine == "LiteRT"


def test_without_the_faster_engine_the_other_one_runs_and_says_why(
    matting: Matting, machine: Machine
) -> None:
    machine.missing.add("litert")
    for index in range(3):
        matting.matte(frame(index), AUTO)
    assert machine.opened == ["mediapipe", "mediapipe"], "looked for again and again"
    assert matting.engine == "MediaPipe, instead of LiteRT (litert is not here)"


def test_an_engine_that_fails_at_work_costs_one_frame_and_is_replaced(
    matting: Matting, machine: Machine
) -> None:
    matting.matte(frame(0), AUTO)
    machine.broken.add("litert")
    with pytest.raises(SegmenterError, match="litert is broken"):
        matting.matte(frame(1), AUTO)
    assert not machine.open
    matting.matte(frame(2), AUTO)
    assert matting.engine == "MediaPipe, instead of LiteRT (litert is broken)"


def test_when_all_engines_fail_there_is_no_mask_and_all_are_tried_again(
    matting: Matting, machine: Machine
) -> None:
    machine.broken |= {"litert", "mediapipe"}
    for index, engine in enumerate(("litert", "mediapipe", "litert", "mediapipe")):
        with pytest.raises(SegmenterError, match=f"{engine} is broken"):
            matting.matte(frame(index), AUTO)
    machine.broken.clear()
    matting.matte(frame(9), AUTO)
    assert matting.engine == "LiteRT"


def test_without_any_engine_the_error_names_them_all(
    matting: Matting, machine: Machine
) -> None:
    machine.missing |= {"litert", "mediapipe"}
    for index in range(3):
        with pytest.raises(SegmenterError) as error:
            matting.matte(frame(index), AUTO)
        assert error.value.what == "litert is not here; mediapipe is not here"
        assert "vcam doctor" in error.value.remedy
    machine.missing.remove("mediapipe")
    matting.matte(frame(9), AUTO)


@pytest.mark.parametrize("options", [LITERT, MEDIAPIPE], ids=lambda options: options.engine)
def test_an_engine_that_was_chosen_by_name_is_not_replaced(
    matting: Matting, machine: Machine, options: MaskOptions
) -> None:
    matting.matte(frame(0), options)
    assert matting.engine.endswith(", as mask.engine says")
    machine.broken.add(options.engine)
    for index in range(1, 4):
        with pytest.raises(SegmenterError, match=f"{options.engine} is broken"):
            matting.matte(frame(index), options)
    machine.broken.clear()
    machine.missing.add(options.engine)
    with pytest.raises(SegmenterError) as error:
        matting.matte(frame(4), options)
    assert error.value.remedy == f"Install {options.engine}"
    assert set(machine.opened) == {options.engine}


def test_choosing_another_engine_that_is_missing_blames_not_the_one_that_ran(
    matting: Matting, machine: Machine
) -> None:
    machine.missing.add("mediapipe")
    matting.matte(frame(0), AUTO)
    with pytest.raises(SegmenterError, match="mediapipe is not here"):
        matting.matte(frame(1), MEDIAPIPE)
    matting.matte(frame(2), AUTO)
    assert matting.engine == "LiteRT"


def test_choosing_the_engine_that_runs_already_opens_nothing(
    matting: Matting, machine: Machine
) -> None:
    for index, options in enumerate((AUTO, LITERT, AUTO)):
        matting.matte(frame(index), options)
    assert len(machine.opened) == 2


def test_a_second_model_that_is_missing_leaves_the_first_not_open(
    machine: Machine,
) -> None:
    def half(engine: str, model: str) -> Segmenter:
        if (engine, model) == ("litert", "square"):
            raise SegmenterError("The model is missing")
        return machine(engine, model)

    with_half = Matting(half)
    with_half.matte(frame(0), AUTO)
    assert machine.open == [("mediapipe", "landscape"), ("mediapipe", "square")]
    with_half.close()


def test_the_real_engines_open_by_every_name() -> None:
    pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    image = np.zeros((144, 256, 3), np.uint8)
    masks = []
    for engine in ("auto", "litert", "mediapipe"):
        segmenter = open_segmenter(engine, "landscape")
        masks.append(segmenter.segment(image).copy())
        segmenter.close()
    assert (masks[0] == masks[1]).all()
    assert np.abs(masks[1] - masks[2]).max() < 1e-4


@pytest.mark.parametrize("name", MODELS)
def test_the_rearranged_model_gives_the_same_mask(name: str) -> None:
    runtime = pytest.importorskip("ai_edge_litert.interpreter")
    from vcam.masking.rearranging import mixing_first

    file, size = MODELS[name]
    content = (FOLDER / file).read_bytes()
    plain, rearranged = (
        runtime.Interpreter(model_content=each, num_threads=1)
        for each in (content, mixing_first(content))
    )
    for interpreter in (plain, rearranged):
        interpreter.allocate_tensors()
    order = [
        [each["op_name"] for each in interpreter._get_ops_details()]
        for interpreter in (plain, rearranged)
    ]
    moved = sum(one != other for one, other in zip(*order, strict=True))
    assert moved >= 6 and sorted(order[0]) == sorted(order[1])
    rng = np.random.default_rng(1)
    shape = (size.height, size.width, 3)
    drawing = Presenter(size).draw(1.5).image
    for picture in (
        np.zeros(shape, np.uint8),
        np.full(shape, 255, np.uint8),
        rng.integers(0, 256, shape, np.uint8),
        drawing,
        drawing[:, ::-1],
    ):
        masks = []
        for interpreter in (plain, rearranged):
            (taken,) = interpreter.get_input_details()
            (given,) = interpreter.get_output_details()
            interpreter.set_tensor(taken["index"], picture[None] / np.float32(255))
            interpreter.invoke()
            masks.append(interpreter.get_tensor(given["index"]))
        assert np.abs(masks[0] - masks[1]).max() < 1e-4
        assert masks[0].shape == masks[1].shape
    assert masks[0].max() > 0.9, "the presenter was found"


def test_a_model_that_is_no_model_is_refused_like_any_damaged_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    monkeypatch.setattr(segmenters, "FOLDER", tmp_path)
    for content in (b"", b"half a mod", bytes(5000)):
        (tmp_path / MODELS["landscape"][0]).write_bytes(content)
        with pytest.raises(SegmenterError, match="LiteRT cannot load the model"):
            open_segmenter("litert", "landscape")
