"""Runs several methods over clips, side by side on each frame.

Side by side, the ground truth is computed once, memory stays small, and all methods run
on the same machine at the same time.  Processor time is given as a ratio to the bare model
in the same run.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import islice
from statistics import fmean, median
from typing import Final, Protocol

import cv2
import numpy as np

from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.contact_sheet import contact_sheet
from vcam.imaging.resize import shrink
from vcam.masking.matting import Matting
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import Segmenter, open_segmenter
from vcam.masking.working_sizes import blank
from vcam.measure import multiple
from vcam.measure.quality.clips import Clip
from vcam.measure.quality.ground_truth import TruthWindow
from vcam.measure.quality.scoring import MEASURES, Scores
from vcam.stopwatch import processor_s

SHEET_FRAMES: Final = 6
"""Moments on a contact sheet."""
_CELL: Final = Size(320, 180)
"""Size of a picture on a contact sheet."""
_GREEN: Final = np.array([60, 200, 60], np.float32)
"""Background on a contact sheet, BGR."""
_COST_HEIGHT: Final = 720
"""Height of the frames whose cost is measured, because it depends on the size."""


class Method(Protocol):
    """A way to make mattes, one per frame of a clip, in order."""

    def matte(self, frame: Frame) -> tuple[Alpha, Image]:
        """Alpha and foreground, both at the frame's size."""

    def close(self) -> None:
        """Release the model."""


class Preset:
    """vcam's own mask with a preset."""

    def __init__(self, options: MaskOptions) -> None:
        """Load nothing yet."""
        self._matting = Matting()
        self._options = options

    def matte(self, frame: Frame) -> tuple[Alpha, Image]:
        """See :class:`Method`."""
        matte = self._matting.matte(frame, self._options)
        return matte.alpha, matte.foreground

    def close(self) -> None:
        """See :class:`Method`."""
        self._matting.close()


class Raw:
    """The model's mask, stretched to the frame; ``hard`` cuts it at 0.5 as tutorials do."""

    def __init__(self, engine: str, model: str, *, hard: bool = False) -> None:
        """Load the model."""
        self._segmenter: Segmenter = open_segmenter(engine, model)
        self._input = blank(self._segmenter.input_size)
        self._hard = hard

    def matte(self, frame: Frame) -> tuple[Alpha, Image]:
        """See :class:`Method`."""
        mask = self._segmenter.segment(shrink(frame.image, self._input))
        large = np.asarray(cv2.resize(mask, Size.of(frame.image)))
        if self._hard:
            large = (large > 0.5).astype(np.float32)
        return np.asarray(cv2.convertScaleAbs(large, alpha=255), np.uint8), frame.image

    def close(self) -> None:
        """See :class:`Method`."""
        self._segmenter.close()


BASELINES: Final = ("raw", "threshold")
"""The names of the methods that are no presets."""


def open_method(name: str, engine: str) -> Method:
    """Open the method of this name: a preset or one of :data:`BASELINES`."""
    if name == "raw":
        return Raw(engine, "landscape")
    if name == "threshold":
        return Raw(engine, "square", hard=True)
    return Preset(MaskOptions(preset=name, engine=engine))


@dataclass
class Results:
    """The measures per clip and method, and the processor times."""

    measures: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    """The value by clip, method and measure; NaN where the clip does not show it."""
    spent_ms: dict[str, list[float]] = field(default_factory=dict)
    """Processor times of the frames 720 pixels high, by method."""
    bare_ms: list[float] = field(default_factory=list)
    """Processor times of the landscape model alone, on MediaPipe, on these frames."""
    sheets: dict[str, Image] = field(default_factory=dict)
    """The contact sheets by clip."""

    def mean(self, method: str, measure: str) -> float:
        """The mean of a measure over the clips that show it; NaN if none does."""
        values = [clip[method][measure] for clip in self.measures.values()]
        values = [value for value in values if not np.isnan(value)]
        return fmean(values) if values else float("nan")

    def cost(self, method: str) -> float:
        """Median processor time as a multiple of the bare model's; NaN if not measured."""
        if not self.bare_ms:
            return float("nan")
        return multiple(median(self.spent_ms[method]), median(self.bare_ms))

    def mean_cost(self, method: str) -> float:
        """Mean processor time as a multiple of the bare model's; frames differ in cost."""
        if not self.bare_ms:
            return float("nan")
        return multiple(fmean(self.spent_ms[method]), fmean(self.bare_ms))


def evaluate(
    clips: Iterable[Clip],
    names: Mapping[str, str],
    *,
    sheets: bool = False,
    frames: int | None = None,
) -> Iterator[Results]:
    """Score the methods ``names``, a mapping of names to engines; yields once per frame.

    The methods are opened anew for every clip.  ``frames`` ends each clip early.
    """
    results = Results()
    for clip in clips:
        with ExitStack() as stack:
            bare = stack.enter_context(closing(open_segmenter("mediapipe", "landscape")))
            running = {
                name: stack.enter_context(closing(open_method(name, of)))
                for name, of in names.items()
            }
            window = TruthWindow()
            scores = {name: Scores() for name in running}
            shown: list[list[Image]] = []
            for index, (image, truth) in enumerate(islice(clip.frames(), frames)):
                window.add(truth)
                frame = Frame(image, index, index / clip.fps)
                counts = image.shape[0] == _COST_HEIGHT
                if counts:
                    results.bare_ms.append(_bare_ms(bare, image))
                made: dict[str, tuple[Alpha, Image]] = {}
                for name, method in running.items():
                    begun_s = processor_s()
                    alpha, foreground = method.matte(frame)
                    if counts:
                        spent_ms = (processor_s() - begun_s) * 1e3
                        results.spent_ms.setdefault(name, []).append(spent_ms)
                    made[name] = alpha, foreground
                for name, (alpha, foreground) in made.items():
                    scores[name].add(window, alpha, foreground)
                if sheets:
                    alphas = [truth.alpha, *(alpha for alpha, _ in made.values())]
                    shown.append([_thumbnail(image), *(_cut(image, a) for a in alphas)])
                results.measures[clip.name] = {}
                yield results
            results.measures[clip.name] = {name: s.result() for name, s in scores.items()}
            if shown:
                results.sheets[clip.name] = _sheet(shown, ["frame", "truth", *running])
    yield results


def _bare_ms(bare: Segmenter, image: Image) -> float:
    small = shrink(image, blank(bare.input_size))
    # A first run warms the caches, which scoring has left cold.
    bare.segment(small)
    begun_s = processor_s()
    bare.segment(small)
    return (processor_s() - begun_s) * 1e3


def as_json(results: Results) -> dict[str, object]:
    """The results as plain values; NaN becomes null."""

    def plain(value: float) -> float | None:
        return None if np.isnan(value) else round(value, 4)

    methods = list(next(iter(results.measures.values()), {}))
    return {
        "mean": {
            name: {measure: plain(results.mean(name, measure)) for measure in MEASURES}
            | {
                "cost": plain(results.cost(name)),
                "mean_cost": plain(results.mean_cost(name)),
            }
            for name in methods
        },
        "clips": {
            clip: {
                name: {measure: plain(value) for measure, value in measures.items()}
                for name, measures in rows.items()
            }
            for clip, rows in results.measures.items()
        },
    }


def _thumbnail(image: Image) -> Image:
    height = max(1, round(image.shape[0] * _CELL.width / image.shape[1]))
    return shrink(image, blank(Size(_CELL.width, height)))


def _cut(image: Image, alpha: Alpha) -> Image:
    share = alpha.astype(np.float32)[:, :, np.newaxis] * np.float32(1 / 255)
    return _thumbnail((image * share + _GREEN * (1 - share)).astype(np.uint8))


def _sheet(shown: list[list[Image]], labels: list[str]) -> Image:
    """A contact sheet with one row per method and one column per moment."""
    chosen = np.unique(np.linspace(0, len(shown) - 1, SHEET_FRAMES).round().astype(int))
    rows = {label: [shown[i][row] for i in chosen] for row, label in enumerate(labels)}
    return contact_sheet(rows, _CELL)
