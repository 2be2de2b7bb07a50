"""What *How it works* shows of one picture: every step from the frame to the result.

Nothing here knows a browser: arrays and numbers come out.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import cv2
import numpy as np

from vcam.backgrounds import Background, Painter
from vcam.backgrounds.color import Color
from vcam.errors import UsageError, VcamError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.mask_views import cut_out
from vcam.imaging.resize import fitted
from vcam.masking.options import PRESETS, MaskOptions
from vcam.masking.segmenters import open_segmenter
from vcam.measure.quality.flicker import Flicker
from vcam.measure.quality.ground_truth import Truth
from vcam.pipeline.pipeline import FrameProcessor
from vcam.presenter import Presenter
from vcam.translation import tr

LARGEST: Final = Size(1280, 720)
"""Size that a picture is brought into, so that its steps take a second and not ten."""
SMALLEST: Final = 32
"""Fewest pixels of a side: less shows nobody."""
WAIT_S: Final = 30.0
"""Longest wait for the picture of another page."""
CLIP_SIZE, CLIP_FRAMES = Size(640, 360), 24
"""The drawn clip on which smoothing is shown: nothing moves in it but noise."""
NOISE: Final = 5.0
"""Standard deviation of that noise, in grey levels: a webcam in a dim room."""
SPREAD: Final = 16
"""Factor that makes a flicker of 16 grey levels the brightest colour."""
ROUGH: Final = MaskOptions(smoothing=0.0, smoothing_after=0.0)
"""The preset standard without smoothing in time."""
UNREFINED: Final = MaskOptions(guide="none")
"""The preset standard whose edges do not follow the picture."""


class Box(NamedTuple):
    """A part of a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def of(self, image: Image | Alpha) -> Image:
        """That part of ``image``."""
        part = image[self.top : self.top + self.height, self.left : self.left + self.width]
        return np.ascontiguousarray(part)


HEAD: Final = Box(165, 40, 320, 200)
"""The part of the drawn clip that shows the head."""


@dataclass(frozen=True, slots=True)
class Pixel:
    """One pixel at the edge, and how its colour came about; colours are BGR."""

    x: int
    y: int
    alpha: int
    person: tuple[int, int, int]
    background: tuple[int, int, int]
    result: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Steadiness:
    """What smoothing and edge refinement add, on the drawn presenter."""

    flicker: tuple[float, float]
    """Grey levels of 255, without and with smoothing."""
    spread: tuple[Image, Image]
    """Where the masks flicker, without and with smoothing: the brighter the more."""
    error: tuple[float, float]
    """Mean error of alpha along the true edge, 0..1, without and with refined edges."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Every step from a frame to the result."""

    given: Size
    """The size of the picture before it was brought to that of ``frame``."""
    frame: Image
    preset: str
    background: Background
    threshold: float
    probabilities: Mask
    """What the model says, at its own size."""
    alpha: Alpha
    result: Image
    edge: Box
    """The part of the frame with most of the edge, near the head."""
    hard: Alpha
    """255 where the probability is above the threshold, else 0."""
    edges: Mapping[str, Image]
    """That part of the results: above the threshold, and by each preset."""
    refined: tuple[Image, Image]
    """That part of alpha, without and with edges that follow the picture."""
    pixel: Pixel | None
    """``None`` when there is no edge."""


class _Kept:
    """A painter whose last picture is kept."""

    def __init__(self, painter: Painter, into: "_Recording") -> None:
        self._painter, self._into = painter, into

    def paint(self, frame: Frame, alpha: Alpha) -> Image:
        image = self._painter.paint(frame, alpha)
        self._into.behind = image.copy()
        return image

    def close(self) -> None:
        self._painter.close()


class _Recording:
    """Opens painters, and remembers what was painted behind the person."""

    behind: Image

    def open(self, background: Background, size: Size) -> Painter:
        return _Kept(background.open(size), self)


class _Made(NamedTuple):
    alpha: Alpha
    image: Image
    behind: Image


_one_at_a_time = threading.Lock()


@contextmanager
def _alone() -> Iterator[None]:
    """One picture at a time: each loads models of its own."""
    if not _one_at_a_time.acquire(timeout=WAIT_S):
        raise VcamError(tr("Another picture takes too long"), tr("Try again in a moment"))
    try:
        yield
    finally:
        _one_at_a_time.release()


def study(image: Image, preset: str, background: Background, threshold: float) -> Lesson:
    """Take ``image`` through every step; raises :class:`~vcam.errors.VcamError`."""
    with _alone():
        return _study(image, preset, background, threshold)


def _study(image: Image, preset: str, background: Background, threshold: float) -> Lesson:
    frame = _small_enough(image)
    size = Size.of(frame)
    made = {name: _made(frame, background, MaskOptions(preset=name)) for name in PRESETS}
    alpha, result, behind = made[preset]
    probabilities = _probabilities(frame)
    large = cv2.resize(probabilities, size)
    hard = np.asarray(np.where(large > threshold, 255, 0), np.uint8)
    edge = _most_edge(made["best"].alpha)
    naive = np.where(hard[:, :, np.newaxis] > 0, frame, behind)
    unrefined = _made(frame, background, UNREFINED).alpha
    black = _made(frame, Color("black"), MaskOptions(preset=preset))
    return Lesson(
        Size.of(image),
        frame,
        preset,
        background,
        threshold,
        probabilities,
        alpha,
        result,
        edge,
        hard,
        {"": edge.of(naive), **{name: edge.of(each.image) for name, each in made.items()}},
        (edge.of(unrefined), edge.of(made["standard"].alpha)),
        _pixel(edge, alpha, cut_out(black.image, black.alpha), behind, result),
    )


def _small_enough(image: Image) -> Image:
    size = Size.of(image)
    scale = min(1.0, LARGEST.width / size.width, LARGEST.height / size.height)
    small = Size(round(size.width * scale), round(size.height * scale))
    if min(small) < SMALLEST:
        raise UsageError(
            tr(
                "A picture of {size} is too small or too narrow to show a person", size=size
            ),
            tr("Choose one of at least {least} pixels on each side", least=SMALLEST),
        )
    return fitted(image, small, "stretch")


def _probabilities(frame: Image) -> Mask:
    model = open_segmenter("auto", "landscape")
    try:
        small = cv2.resize(frame, model.input_size, interpolation=cv2.INTER_AREA)
        return model.segment(np.asarray(small, np.uint8)).copy()
    finally:
        model.close()


def _made(frame: Image, background: Background, mask: MaskOptions) -> _Made:
    recording = _Recording()
    with FrameProcessor(open_painter=recording.open) as processor:
        picture = processor.process(Frame(frame, 0, 0.0, live=False), background, mask)
        assert picture.alpha is not None, "only the plain room has none"
        return _Made(picture.alpha.copy(), picture.image, recording.behind)


def _most_edge(alpha: Alpha) -> Box:
    """Where most of the edge is, in the upper half of the person: the hair."""
    height, width = alpha.shape
    box = Size(max(16, width // 8), max(9, height // 8))
    soft = ((alpha > 12) & (alpha < 243)).astype(np.float32)
    rows = np.flatnonzero((alpha > 127).any(axis=1))
    if not rows.size:
        return Box((width - box.width) // 2, (height - box.height) // 2, *box)
    soft[rows[0] + (rows[-1] - rows[0]) // 2 :] = 0
    near = cv2.GaussianBlur(soft, (0, 0), box.height / 3)
    y, x = np.unravel_index(int(near.argmax()), near.shape)
    left = min(max(0, int(x) - box.width // 2), width - box.width)
    top = min(max(0, int(y) - box.height // 2), height - box.height)
    return Box(left, top, *box)


def _pixel(
    edge: Box, alpha: Alpha, person: Image, behind: Image, result: Image
) -> Pixel | None:
    part = edge.of(alpha).astype(int)
    row, column = np.unravel_index(int(np.abs(part - 128).argmin()), part.shape)
    y, x = edge.top + int(row), edge.left + int(column)
    if not 0 < alpha[y, x] < 255:
        return None
    return Pixel(
        x, y, int(alpha[y, x]), _bgr(person[y, x]), _bgr(behind[y, x]), _bgr(result[y, x])
    )


def _bgr(pixel: Image) -> tuple[int, int, int]:
    blue, green, red = (int(value) for value in pixel[:3])
    return blue, green, red


@lru_cache(maxsize=1)
def steadiness() -> Steadiness:
    """Measured once: it is always the same clip."""
    with _alone():
        drawing = Presenter(CLIP_SIZE, noise=False).draw(1.0)
        clip = list(_noisy(drawing.image))
        smooth, rough, loose = (
            _alphas(clip, options) for options in (MaskOptions(), ROUGH, UNREFINED)
        )
        truth = Truth(drawing.alpha)
        return Steadiness(
            (_flicker(clip, rough), _flicker(clip, smooth)),
            (_spread(rough), _spread(smooth)),
            (_error(truth, loose), _error(truth, smooth)),
        )


def _noisy(image: Image) -> Iterator[Image]:
    random = np.random.default_rng(0)
    for _ in range(CLIP_FRAMES):
        noise = random.normal(0, NOISE, image.shape)
        yield np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def _alphas(clip: list[Image], mask: MaskOptions) -> list[Alpha]:
    """The masks of the clip; the first half is only warming up."""
    alphas = []
    with FrameProcessor() as processor:
        for index, image in enumerate(clip):
            frame = Frame(image, index, index / 30, live=False)
            picture = processor.process(frame, Color("black"), mask)
            assert picture.alpha is not None, "only the plain room has none"
            alphas.append(picture.alpha.copy())
    return alphas[CLIP_FRAMES // 2 :]


def _flicker(clip: list[Image], alphas: list[Alpha]) -> float:
    flicker = Flicker()
    measured = [
        flicker.add(image, alpha).flicker
        for image, alpha in zip(clip[-len(alphas) :], alphas, strict=True)
    ]
    return float(np.nanmean([value for value in measured if value is not None]))


def _spread(alphas: list[Alpha]) -> Image:
    deviation = np.stack(alphas).astype(np.float32).std(0) * SPREAD
    return HEAD.of(heat(np.clip(deviation / 255, 0, 1)))


def _error(truth: Truth, alphas: list[Alpha]) -> float:
    errors = [cv2.absdiff(alpha, truth.alpha)[truth.band].mean() for alpha in alphas]
    return float(np.mean(errors)) / 255


def heat(values: Mask) -> Image:
    """Values 0..1 as colours that colour-blind people can tell apart, too; BGR."""
    grey = np.asarray(np.rint(values * 255), np.uint8)
    return np.asarray(cv2.applyColorMap(grey, cv2.COLORMAP_VIRIDIS), np.uint8)
