"""Memory that held pictures of the room: every step writes all of what it returns."""

import ast
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pictures

import vcam
from vcam import kernels
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.blur_painter import BlurPainter
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.bokeh_painter import BokehPainter
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.video import Video
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.options import FITS, FramingOptions
from vcam.imaging.orientation import AS_IT_IS, Orientation
from vcam.imaging.resize import fitted, turned
from vcam.masking.matting import Matte
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import ENGINES, MODELS, open_segmenter
from vcam.pipeline.compositing import Compositor, Recycling
from vcam.pipeline.framing import Framing
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.presenter import Presenter
from vcam.testing import FakeSegmenter, FakeWorld

HOUSE = Path(vcam.__file__).parent
SIZES = [Size(1280, 720), Size(161, 97), Size(96, 54), Size(54, 131), Size(9, 8)]
TURNS = 4
LIGHT = MaskOptions(preset="light")
ORIENTATIONS = [Orientation(*each) for each in product([False, True], repeat=3)]
MIRRORED, ON_ITS_SIDE = Orientation.of(0, False, True), Orientation.of(90, True, False)
ANY = np.random.default_rng(11)
TAKES_WHAT_COMES = {
    Path(
        "imaging/decoding.py"
    ): "the decoder's memory; the marks in it tell whether it was written"
}
"""Where memory may be asked for that nobody has cleared, and why."""


@pytest.fixture(autouse=True, params=["compiled", kernels.OFF])
def loops(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test runs with the compiled loops, and with those of NumPy."""
    choice = (
        kernels.chosen() if request.param == "compiled" else kernels.choose(kernels.OFF)
    )
    if request.param == "compiled" and choice.library is None:
        pytest.skip(choice.why)
    with kernels.using(choice):
        yield


def poisoned(thing: object, seen: set[int] | None = None) -> int:
    """Fill every array that ``thing`` keeps; returns how many there are."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        if not thing.flags.writeable:
            return 0
        if np.issubdtype(thing.dtype, np.integer):
            most = np.iinfo(thing.dtype).max
            thing[...] = ANY.integers(0, most, thing.shape, thing.dtype, endpoint=True)
        else:
            thing[...] = np.nan
        return 1
    if isinstance(thing, dict):
        return sum(poisoned(each, seen) for each in thing.values())
    if isinstance(thing, list | tuple):
        return sum(poisoned(each, seen) for each in thing)
    if type(thing).__module__.startswith("vcam."):
        return sum(poisoned(each, seen) for each in vars(thing).values())
    return 0


def poison_blur(painter: BlurPainter | BokehPainter) -> None:
    if isinstance(painter, BokehPainter):
        assert poisoned(painter) >= 3
        return
    margin = painter._margin.copy()
    assert poisoned(painter) >= 7
    painter._margin[...] = margin  # a constant, no memory


def pictures(size: Size, seed: int) -> tuple[Image, Image]:
    rng = np.random.default_rng(seed)
    shape = (size.height, size.width, 3)
    return rng.integers(0, 256, shape, np.uint8), rng.integers(0, 256, shape, np.uint8)


def empty(size: Size) -> Alpha:
    return np.zeros((size.height, size.width), np.uint8)


def full(size: Size) -> Alpha:
    return np.full((size.height, size.width), 255, np.uint8)


def soft(size: Size) -> Alpha:
    return ANY.integers(0, 256, (size.height, size.width), np.uint8)


def person(size: Size) -> Alpha:
    """Somebody with a soft edge, and gaps."""
    alpha = empty(size)
    alpha[size.height // 3 :, size.width // 4 : -(size.width // 4)] = 255
    alpha[:, size.width // 2] = 0
    return np.asarray(cv2.blur(alpha, (5, 5)), np.uint8)


def one_pixel(size: Size) -> Alpha:
    alpha = empty(size)
    alpha[-1, -1] = 128
    return alpha


ALPHAS = [empty, full, soft, person, one_pixel]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_compositor_shows_nothing_of_what_its_memory_held(size: Size) -> None:
    used = Compositor()
    used.composite(*pictures(size, 0), soft(size))
    for seed, alpha in enumerate(each(size) for each in ALPHAS * 2):
        assert poisoned(used) >= 3, "the poison finds what there is"
        given = (*pictures(size, seed), alpha)
        assert (used.composite(*given) == Compositor().composite(*given)).all()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "blur", [*map(Blur, (0, 20, 50, 100)), *map(Bokeh, (35, 60, 100))], ids=str
)
def test_the_blur_shows_nothing_of_what_its_memory_held(
    size: Size, blur: Blur | Bokeh
) -> None:
    used = blur.open(size)
    for seed, alpha in enumerate(each(size) for each in ALPHAS * 2):
        poison_blur(used)
        frame = Frame(pictures(size, seed)[0], seed, 0.0)
        behind = used.paint(frame, alpha)
        assert (behind == blur.open(size).paint(frame, alpha)).all()


LIMIT = np.full((36, 64), 255, np.uint8)
AUTO = FramingOptions(auto=True)


@pytest.mark.parametrize("size", SIZES[:-1], ids=str)
@pytest.mark.parametrize("cleaned", [False, True], ids=["as seen", "colours cleaned"])
def test_auto_framing_shows_nothing_of_what_its_memory_held(
    size: Size, cleaned: bool
) -> None:
    mask = np.zeros((144, 256), np.float32)
    mask[60:, 100:150] = 1
    used, fresh = Framing(), Framing()
    for turn, alpha in enumerate([person(size), soft(size), full(size), empty(size)]):
        image, foreground = pictures(size, turn)
        frame = Frame(image, turn, turn / 30)
        matte = Matte(
            turn, alpha, foreground if cleaned else image, mask, mask, LIMIT, None
        )
        poisoned(used._buffers)
        (seen, shown), (true, whole) = (
            used.framed(frame, matte, AUTO),
            fresh.framed(frame, matte, AUTO),
        )
        assert seen is not frame, "there is a window"
        for one, other in (
            (seen.image, true.image),
            (shown.foreground, whole.foreground),
            (shown.alpha, whole.alpha),
        ):
            assert one.shape == other.shape and (one == other).all()
    assert len(used._buffers) == 2 + cleaned


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=str)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_turning_shows_nothing_of_what_its_memory_held(
    size: Size, orientation: Orientation
) -> None:
    memory = Recycling()
    for seed in range(TURNS):
        image, _ = pictures(size, seed)
        poisoned(memory)
        result = turned(image, orientation, memory.of(orientation.size(size)))
        assert (result == turned(image, orientation)).all()
        assert not np.shares_memory(result, image)


def test_memory_that_is_asked_for_the_first_time_is_empty() -> None:
    images = [np.full((54, 96, 3), 201, np.uint8) for _ in range(20)]
    like = images[0].copy()
    del images
    assert not Recycling().like(like).any()


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_picture_brought_to_another_size_is_written_whole(size: Size, fit: str) -> None:
    image = pictures(Size(50, 40), 0)[0]
    ones = [np.full((size.height, size.width, 3), n, np.uint8) for n in (7, 9)]
    results = []
    for each in ones:
        junk = [each.copy() for _ in range(8)]
        del junk
        results.append(fitted(image, size, fit))
    assert (results[0] == results[1]).all()


def photo(folder: Path) -> Picture:
    path = folder / "photo.png"
    Pictures.fromarray(pictures(Size(70, 33), 5)[0]).save(path)
    return Picture(path, "contain")


def film(folder: Path) -> Video:
    path = folder / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 36))
    for seed in range(3):
        writer.write(pictures(Size(64, 36), seed)[0])
    writer.release()
    return Video(path)


class Knowing(FakeSegmenter):
    """A model that is always right about the drawn presenter."""

    alpha: Alpha

    def segment(self, image: Image) -> Mask:
        small = cv2.resize(self.alpha, self.input_size, interpolation=cv2.INTER_AREA)
        return np.asarray(small / np.float32(255), np.float32)


@pytest.mark.parametrize("size", [Size(320, 180), Size(161, 97)], ids=str)
@pytest.mark.parametrize("orientation", [AS_IT_IS, MIRRORED, ON_ITS_SIDE], ids=str)
@pytest.mark.parametrize("auto", [False, True], ids=["", "framed"])
@pytest.mark.parametrize(
    "background",
    [
        *(lambda _: Blur(0), lambda _: Blur(70), lambda _: Bokeh(50)),
        *(lambda _: Color("#00ff00"), photo, film),
    ],
    ids=["blur:0", "blur:70", "bokeh:50", "colour", "picture", "video"],
)
def test_the_whole_line_shows_nothing_of_what_its_memory_held(
    background: Callable[[Path], Background],
    auto: bool,
    orientation: Orientation,
    size: Size,
    tmp_path: Path,
) -> None:
    chosen, framing = background(tmp_path), FramingOptions(auto=auto)
    presenter, model = Presenter(Size(320, 180)), Knowing(FakeWorld())
    with (
        FrameProcessor(lambda *_: model) as used,
        FrameProcessor(lambda *_: model) as fresh,
    ):
        for turn in range(6):
            for owner in (used._turned, used._compositor, used._framing._buffers):
                poisoned(owner)
            if isinstance(used._painter, BlurPainter | BokehPainter):
                poison_blur(used._painter)
            drawing = presenter.draw(turn / 10)
            image, alpha = fitted(drawing.image, size), fitted(drawing.alpha, size)
            model.alpha = alpha
            image = turned(image, AS_IT_IS.since(orientation))
            frame = Frame(image, turn, turn / 10, live=False)
            one, other = (
                line.process(
                    frame, chosen, LIGHT, None, PictureOptions(orientation, framing)
                )
                for line in (used, fresh)
            )
            assert one.alpha is not None and other.alpha is not None
            assert (one.alpha == other.alpha).all()
            assert (one.image == other.image).all()
        assert bool(used._framing._buffers) is auto, "there was a window to poison"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("model", MODELS)
def test_a_mask_holds_nothing_of_an_earlier_one(engine: str, model: str) -> None:
    if engine == "litert":
        pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    masks = []
    for poison in (False, True):
        segmenter: Any = open_segmenter(engine, model)
        try:
            for name in ("_rgb", "_mask", "_input", "_output"):
                kept: NDArray[Any] | None = getattr(segmenter, name, None)
                if callable(kept):  # LiteRT's own memory
                    kept = kept()
                if poison and kept is not None:
                    kept[...] = 201 if kept.dtype == np.uint8 else np.nan
                del kept  # LiteRT does not run while somebody holds it
            masks.append(segmenter.segment(pictures(segmenter.input_size, 3)[0]).copy())
        finally:
            segmenter.close()
    assert np.isfinite(masks[0]).all() and (masks[0] == masks[1]).all()


def test_nobody_asks_for_memory_that_is_not_cleared() -> None:
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = ""
            if isinstance(node, ast.Attribute):
                name = node.attr if ast.unparse(node.value) in ("np", "numpy") else ""
            elif isinstance(node, ast.ImportFrom) and node.module == "numpy":
                name = " ".join(alias.name for alias in node.names)
            words = set(name.split()) & {"empty", "empty_like"}
            if words or (
                isinstance(node, ast.Call) and ast.unparse(node.func) == "np.ndarray"
            ):
                assert path.relative_to(HOUSE) in TAKES_WHAT_COMES, ast.unparse(node)


def test_only_the_checked_way_takes_pictures_from_a_decoder() -> None:
    allowed = {
        Path("imaging/decoding.py"): {"retrieve"},
        Path("imaging/filters.py"): {"vpull"},
        Path("sources/capture.py"): {"VideoCapture", "retrieve"},
    }
    ways = {"VideoCapture", "retrieve", "vpull", "pull"}
    ways |= {"to_ndarray", "to_image", "to_rgb", "reformat"}
    for path in sorted(HOUSE.rglob("*.py")):
        # Outputs convert what the pipeline has made.
        sought = ways if path.parent.name != "outputs" else {"VideoCapture", "retrieve"}
        words = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute)
        } & sought
        assert words <= allowed.get(path.relative_to(HOUSE), set()), path


def test_only_the_conversion_looks_into_ffmpegs_memory() -> None:
    users = {
        path.relative_to(HOUSE)
        for path in sorted(HOUSE.rglob("*.py"))
        if ".planes" in path.read_text("utf-8")
        and not path.is_relative_to(HOUSE / "outputs")
    }
    # What PipeWire has sent was copied, with its length, before it is read.
    assert users == {Path("imaging/colour.py"), Path("sources/pipewire_pictures.py")}
