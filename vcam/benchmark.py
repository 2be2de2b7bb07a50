"""How much processor time a frame takes: vcam's line, the bare model, the usual recipe.

Machines differ and are never quiet, so the contestants take turns on the same drawn
frames, each figure is the median over all turns, and what counts is the ratio to the bare
model in the same run.  Processor time is that of the whole process, all threads.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from statistics import median

import cv2
import numpy as np

from vcam.backgrounds import Background
from vcam.frames import Frame, Image, Mask, Size
from vcam.framing import fitted
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import open_segmenter
from vcam.pipeline import Line
from vcam.sources.presenter import Presenter

DRAWN_FRAMES = 24
DRAWN_S = 8.0
"""The drawn frames are spread over so much of the presenter's script."""
WARM_UP_TURNS = 3
BARE = "model alone (landscape)"
TUTORIAL = "usual recipe (full-size blur, float blend)"


@dataclass(frozen=True)
class Cost:
    """Processor milliseconds per frame of one contestant: the median, and by stage."""

    name: str
    frame_ms: float
    ratio: float
    """To the bare model in the same run."""
    stages_ms: Mapping[str, float] = field(default_factory=dict)


def measure(
    contestants: Mapping[str, tuple[Background, MaskOptions]],
    size: Size,
    engine: str,
    turns: int,
) -> Iterator[int | tuple[Cost, ...]]:
    """Let all take ``turns`` turns; yields the turns done, and at last the costs."""
    presenter = Presenter(size, 30.0)
    frames = [presenter.draw(i * DRAWN_S / DRAWN_FRAMES).image for i in range(DRAWN_FRAMES)]
    totals: dict[str, list[float]] = {}
    stages: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:
        bare = stack.enter_context(closing(open_segmenter(engine, "landscape")))
        small = [
            np.asarray(
                cv2.resize(f, bare.input_size, interpolation=cv2.INTER_AREA), np.uint8
            )
            for f in frames
        ]
        lines = {name: stack.enter_context(Line()) for name in contestants}
        square = stack.enter_context(closing(open_segmenter(engine, "square")))
        for turn in range(WARM_UP_TURNS + turns):
            shown = frames[turn % DRAWN_FRAMES]
            spent = {
                BARE: _spent_ms(lambda: bare.segment(small[turn % DRAWN_FRAMES])),  # noqa: B023
                TUTORIAL: _spent_ms(lambda: _tutorial(shown, square.segment)),  # noqa: B023
            }
            for name, (background, mask) in contestants.items():
                line, frame = lines[name], Frame(shown, turn, turn / 30, live=False)
                spent[name] = _spent_ms(
                    lambda: line.process(frame, background, mask)  # noqa: B023
                )
                if turn >= WARM_UP_TURNS:
                    for stage, cost_ms in line.costs_ms.items():
                        stages.setdefault(name, {}).setdefault(stage, []).append(cost_ms)
            if turn >= WARM_UP_TURNS:
                for name, spent_ms in spent.items():
                    totals.setdefault(name, []).append(spent_ms)
            yield turn + 1
    unit_ms = median(totals[BARE])
    yield tuple(
        Cost(
            name,
            median(spent_ms),
            median(spent_ms) / unit_ms,
            {stage: median(ms) for stage, ms in stages.get(name, {}).items()},
        )
        for name, spent_ms in totals.items()
    )


def _spent_ms(work: Callable[[], object]) -> float:
    begun_s = time.process_time()
    work()
    return (time.process_time() - begun_s) * 1e3


def _tutorial(image: Image, segment: Callable[[Image], Mask]) -> Image:
    """What most programs of this kind do: a hard mask, a full-size blur, a float blend."""
    mask = (
        cv2.resize(segment(fitted(image, Size(256, 256), "stretch")), Size.of(image)) > 0.5
    )
    blurred = cv2.GaussianBlur(image, (55, 55), 0)
    share = mask[..., None].astype(np.float32)
    return (image * share + blurred * (1 - share)).astype(np.uint8)


def as_rows(costs: Sequence[Cost]) -> list[dict[str, object]]:
    """The costs as plain values, for JSON."""
    return [
        {
            "name": cost.name,
            "frame_ms": round(cost.frame_ms, 3),
            "ratio": round(cost.ratio, 3),
            "stages_ms": {stage: round(ms, 3) for stage, ms in cost.stages_ms.items()},
        }
        for cost in costs
    ]
