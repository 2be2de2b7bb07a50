"""Watches a file on its way through the pipeline, for the figure of ``vcam report``."""

import math
from statistics import fmean, median
from typing import TYPE_CHECKING

import numpy as np

from vcam.backgrounds import Background
from vcam.cli.file_renderer import FileRenderer
from vcam.cli.progress import Progress
from vcam.figures import Curve, Moment, picture_figure, video_figure
from vcam.figures.panels import shares
from vcam.frames import Image, Size
from vcam.imaging.options import FramingOptions
from vcam.imaging.resize import fitted
from vcam.masking.options import MaskOptions
from vcam.measure.quality.flicker import Flicker
from vcam.outputs.nothing import Nothing
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Choice, Cleared, Gate
from vcam.sources import Source, frames_of
from vcam.translation import tr, tr_count, translatable

if TYPE_CHECKING:
    from vcam.figures.canvas import Figure

FLICKER = translatable("Flicker")
MOMENTS = 6
"""Moments of a video that are shown."""
KEPT = 4 * MOMENTS
"""Most moments that are kept, however long the video is; its length is known at the end."""
MOMENT_HEIGHT = 270
"""Height of a moment's pictures, in pixels."""


class Moments:
    """Some moments of a video, evenly spread over all that came so far."""

    def __init__(self) -> None:
        self._every, self._count = 1, 0
        self._kept: list[Moment] = []

    def add(self, seconds: float, picture: Cleared) -> None:
        """Take or leave the next picture."""
        if self._count % self._every == 0:
            self._kept.append(_moment(seconds, picture))
        self._count += 1
        if len(self._kept) > KEPT:
            self._kept = self._kept[::2]
            self._every *= 2

    @property
    def chosen(self) -> list[Moment]:
        """At most :data:`MOMENTS` of them, the first and the last included."""
        few = min(MOMENTS, len(self._kept))
        places = np.linspace(0, len(self._kept) - 1, few).round().astype(int)
        return [self._kept[place] for place in places]


class Report:
    """What is told of a picture or video: numbers and a figure."""

    def __init__(
        self,
        source: Source,
        background: Background,
        mask: MaskOptions,
        framing: FramingOptions = FramingOptions(),
    ) -> None:
        self._source, self._background = source, background
        self._mask, self._framing = mask, framing
        self._coverage: dict[float, float] = {}
        self._flicker: dict[float, float] = {}
        self._costs_ms: list[float] = []
        self._moments = Moments()
        self._first: tuple[Image, Image, Image] | None = None
        """Frame, alpha and result at their full size: the figure of a picture."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self._source.name

    def watch(self) -> None:
        """Put every frame through the pipeline, as ``vcam render`` does.

        Raises :class:`~vcam.errors.VcamError` when no frame has a valid mask.
        """
        size, expected = self._source.size, self._source.frame_count
        gate = Gate(Nothing(size, self._source.fps), Choice(self._background))
        flicker = Flicker()
        with (
            FrameProcessor() as processor,
            Progress(tr("measuring"), expected) as progress,
        ):
            renderer = FileRenderer(
                gate, processor, self._mask, PictureOptions(framing=self._framing)
            )
            for count, frame in enumerate(frames_of(self._source), 1):
                picture = renderer.publish(frame, self._background)
                if picture is None:
                    flicker.restart()
                    self._coverage[frame.captured_s] = math.nan
                    self._flicker[frame.captured_s] = math.nan
                else:
                    self._costs_ms.append(sum(processor.costs_ms.values()))
                    self._add(frame.captured_s, picture, flicker)
                progress.at(count)
            progress.end()
            renderer.finish()

    def _add(self, seconds: float, picture: Cleared, flicker: Flicker) -> None:
        image, alpha = picture.frame.image, picture.alpha
        assert alpha is not None, "only the plain room has none"
        measured = flicker.add(image, alpha)
        self._coverage[seconds] = measured.coverage
        if measured.flicker is not None:
            self._flicker[seconds] = measured.flicker
        self._moments.add(seconds, picture)
        if self._first is None:
            self._first = image, alpha.copy(), picture.image

    @property
    def facts(self) -> dict[str, str]:
        """What was measured, in words, by its name, which is not translated yet."""
        assert self._first is not None, "watch() raises when there is none"
        frames, fps = len(self._coverage), self._source.fps
        coverage = [value for value in self._coverage.values() if math.isfinite(value)]
        flicker = [value for value in self._flicker.values() if math.isfinite(value)]
        told = {translatable("Picture"): f"{self._source.size}"}
        if frames > 1:
            said = tr_count(
                "{size}, {count} frame, {seconds} s",
                "{size}, {count} frames, {seconds} s",
                frames,
                size=self._source.size,
                seconds=f"{frames / fps:.1f}",
            )
            told = {translatable("Video"): said}
        told[translatable("Mask")] = tr("preset {preset}", preset=self._mask.preset)
        told[translatable("Background")] = self._background.title
        if frames > 1:
            told[translatable("Person")] = tr(
                "{mean} % of the picture on average, {least} to {most} %",
                mean=f"{100 * fmean(coverage):.1f}",
                least=f"{100 * min(coverage):.1f}",
                most=f"{100 * max(coverage):.1f}",
            )
            told[FLICKER] = tr("not measured: nothing near the edge stands still")
            if flicker:
                levels = f"{fmean(flicker):.2f}"
                told[FLICKER] = tr("{levels} grey levels of 255 on average", levels=levels)
            told[translatable("Cost")] = tr(
                "{milliseconds} processor milliseconds a frame",
                milliseconds=f"{median(self._costs_ms):.1f}",
            )
        else:
            _, edge, _ = shares(self._first[1])
            told[translatable("Person")] = tr(
                "{share} % of the picture", share=f"{100 * coverage[0]:.1f}"
            )
            told[translatable("Edge")] = tr(
                "{share} % of the picture is neither room nor person",
                share=f"{100 * edge:.1f}",
            )
        return told

    def figure(self, dark: bool, title: str) -> "Figure":
        """The figure of a picture, or that of a video.  ``title`` may be empty."""
        assert self._first is not None, "watch() raises when there is none"
        facts = self.facts
        about = tr(
            "preset {preset}, background {background}",
            preset=self._mask.preset,
            background=self._background.title,
        )
        if len(self._coverage) == 1:
            return picture_figure(*self._first, title, about if title else "", dark)
        said = f"{facts['Video']}, {about}"
        return video_figure(
            self._moments.chosen,
            Curve(list(self._coverage), list(self._coverage.values())),
            Curve(list(self._flicker), list(self._flicker.values())),
            title,
            said if title else "",
            dark,
        )


def _moment(seconds: float, picture: Cleared) -> Moment:
    image = picture.frame.image
    size = Size.of(image)
    if size.height > MOMENT_HEIGHT:
        width = max(1, round(size.width * MOMENT_HEIGHT / size.height))
        size = Size(width, MOMENT_HEIGHT)
    assert picture.alpha is not None, "only the plain room has none"
    small = [
        fitted(each, size, "stretch").copy()
        for each in (image, picture.alpha, picture.image)
    ]
    return Moment(seconds, small[0], small[1], small[2])
