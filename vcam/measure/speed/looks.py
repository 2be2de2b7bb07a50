"""What each look costs: lines that differ in it alone take turns on the same frames."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from vcam.appearance.options import ON, AppearanceOptions
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.choosing import GALLERY, choose
from vcam.frames import Image, Size
from vcam.imaging.options import FramingOptions
from vcam.masking.options import MaskOptions
from vcam.measure import multiple
from vcam.measure.speed.candidates import Bare, Candidate, Vcam
from vcam.measure.speed.clip import JpegClip
from vcam.measure.speed.measuring import Cost, measure
from vcam.overlay.opening import OverlayChoice
from vcam.overlay.options import NamePlateOptions
from vcam.pipeline.picture_options import PictureOptions
from vcam.translation import translatable

STAGES: Final = ("frame", "paint", "look", "composite", "examine", "overlay")
"""Those that a look can change: the mask is made as without it."""
FLOOR: Final = "model"
"""The measure for everything, as in the other tables."""
PICTURE, DARK, BLUR = "picture", "dark", "blur"
"""The lines that looks are compared with."""
DARKNESS, GRAIN = 0.15, 3.0
"""Light of a dark room as a share, and the noise there in grey levels."""
NOISES: Final = 4
"""Frames of noise; each is used again."""


@dataclass(frozen=True)
class Look:
    """A row of the table."""

    name: str
    """English, marked for :func:`vcam.translation.tr`."""
    options: Callable[[Size], PictureOptions] = lambda size: PictureOptions()
    beside: str = PICTURE
    """The line that differs in the look alone."""
    background: Background | None = None
    """If it is another one than that line's."""

    def candidate(
        self,
        size: Size,
        lines: Mapping[str, Background],
        mask: MaskOptions,
        night: "_Night",
    ) -> Candidate:
        """The line with it."""
        background = self.background or lines[self.beside]
        line = Vcam(size, background, mask, self.options(size))
        return _Dark(line, night) if self.beside == DARK else line


def _person(**wanted: Any) -> Callable[[Size], PictureOptions]:
    return lambda size: PictureOptions(appearance=AppearanceOptions(**wanted))


def _plate(size: Size) -> PictureOptions:
    choice = OverlayChoice(plate=NamePlateOptions("Ada", "Analyst"))
    return PictureOptions(overlay=choice.open(size))


def _framed(size: Size) -> PictureOptions:
    return PictureOptions(framing=FramingOptions(auto=True))


LOOKS: Final = (
    Look(translatable("match"), _person(match=ON["match"])),
    Look(translatable("light, in a dark room"), _person(light=ON["light"]), DARK),
    Look(
        translatable("match and light, in a dark room"),
        _person(match=ON["match"], light=ON["light"]),
        DARK,
    ),
    Look(translatable("less noise, in a dark room"), _person(denoise=True), DARK),
    Look(translatable("light on the edge"), _person(wrap=ON["wrap"])),
    Look(translatable("softer skin"), _person(skin=ON["skin"])),
    Look(translatable("all of these, in a dark room"), _person(denoise=True, **ON), DARK),
    Look(translatable("darker background"), _person(darker=ON["darker"]), BLUR),
    Look(translatable("auto-framing"), _framed),
    Look(translatable("auto-framing, with a blurred room"), _framed, BLUR),
    Look(translatable("name plate"), _plate),
    Look(translatable("bokeh in place of the blur"), beside=BLUR, background=Bokeh()),
)
"""The rows, in order.  To measure another look, add one."""


@dataclass(frozen=True)
class LookCost:
    """What one look costs."""

    name: str
    cpu_ms: float
    """Processor time of a frame beyond that of the line without it: medians of stages."""
    to_model: float
    """As a multiple of the bare model's."""


def costs_of_looks(
    clip: JpegClip, mask: MaskOptions, turns: int
) -> Iterator[int | tuple[LookCost, ...]]:
    """Let all take turns on ``clip``; yields the turns done, and finally the costs."""
    picture = choose(str(next(iter(sorted(GALLERY.glob("*.jpg"))))))
    lines: dict[str, Background] = {PICTURE: picture, DARK: picture, BLUR: Blur()}
    with ExitStack() as stack:
        candidates: dict[str, Candidate] = {FLOOR: Bare("mediapipe")}
        night = _Night(clip.size)
        for look in (*(Look(name, beside=name) for name in lines), *LOOKS):
            candidates[look.name] = look.candidate(clip.size, lines, mask, night)
        for candidate in candidates.values():
            stack.enter_context(closing(candidate))
        for progress in measure(clip, candidates, turns):
            if isinstance(progress, int):
                yield progress
            else:
                yield tuple(_compared({cost.name: cost for cost in progress}))


def _compared(costs: dict[str, Cost]) -> Iterator[LookCost]:
    model_ms = costs[FLOOR].cpu.median_ms
    for look in LOOKS:
        more_ms = _changed_ms(costs[look.name]) - _changed_ms(costs[look.beside])
        yield LookCost(look.name, more_ms, multiple(more_ms, model_ms))


def _changed_ms(cost: Cost) -> float:
    return sum(cpu.median_ms for stage, (cpu, _) in cost.stages.items() if stage in STAGES)


class _Night:
    """Makes pictures as a camera does in a dark room."""

    def __init__(self, size: Size) -> None:
        random = np.random.default_rng(1)
        shape = NOISES, size.height, size.width, 3
        self._noise = np.rint(random.normal(0, GRAIN, shape)).astype(np.int16)
        tones = ((np.arange(256) / 255) ** 2.2 * DARKNESS) ** (1 / 2.2) * 255
        self._table = np.rint(tones).astype(np.uint8)

    def seen(self, image: Image, turn: int) -> Image:
        """``image`` at night."""
        dark = cv2.LUT(image, self._table)
        noise = self._noise[turn % NOISES]
        return np.asarray(cv2.add(dark, noise, dtype=cv2.CV_8U), np.uint8)


class _Dark:
    """A candidate in a dark room."""

    def __init__(self, candidate: Vcam, night: _Night) -> None:
        self._candidate, self._night = candidate, night
        self.run, self.close = candidate.run, candidate.close

    def prepare(self, jpeg: bytes, image: Image, turn: int) -> None:
        self._candidate.prepare(jpeg, self._night.seen(image, turn), turn)
