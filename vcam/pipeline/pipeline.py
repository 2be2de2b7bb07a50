"""From a frame to a finished picture, step by step.  Knows no threads."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from types import TracebackType
from typing import Self

import numpy as np

from vcam.backgrounds import HIDES_ROOM, Background, Painter
from vcam.backgrounds.choosing import KINDS, choose
from vcam.backgrounds.room import Room
from vcam.errors import UsageError
from vcam.frames import Frame, Image, Size
from vcam.imaging.orientation import AS_IT_IS, Orientation
from vcam.imaging.resize import fitted, turned
from vcam.masking.matting import Matting
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.pipeline.auto_framing import AutoFraming
from vcam.pipeline.compositing import Compositor, Recycling
from vcam.pipeline.cross_fade import CrossFade
from vcam.pipeline.given import checked_image, checked_time
from vcam.pipeline.keep_and_drop import KeepAndDrop
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.privacy import Cleared, Finished, decorate, examined
from vcam.pipeline.result import Result
from vcam.regions.placing import View
from vcam.stopwatch import Stopwatch
from vcam.translation import tr

OpenPainter = Callable[[Background, Size], Painter]


def open_painter(background: Background, size: Size) -> Painter:
    """Open a background, here and now."""
    return background.open(size)


class _Closing(ABC):
    """Closed at the end of its ``with`` block."""

    @abstractmethod
    def close(self) -> None:
        """Release what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class FrameProcessor(_Closing):
    """Makes one checked picture of each frame.  Used by one thread.

    It keeps what must be kept between frames, and nothing else.

    Tests pass their own openers, and so does the producer, which has backgrounds opened on
    another thread.
    """

    def __init__(
        self,
        open_segmenter: OpenSegmenter = open_segmenter,
        open_painter: OpenPainter = open_painter,
        fade_s: float = 0.0,
    ) -> None:
        """Another background is faded to in ``fade_s`` seconds of the frames' time."""
        self._matting = Matting(open_segmenter)
        self._keep_and_drop = KeepAndDrop()
        self._auto_framing = AutoFraming()
        self._turned = Recycling()
        self._orientation = AS_IT_IS
        self._compositor = Compositor()
        self._cross_fade = CrossFade(fade_s)
        self._nothing: Image = np.zeros((0, 0, 3), np.uint8)
        self._open_painter = open_painter
        self._opened: tuple[Background, Size] | None = None
        self._painter: Painter | None = None
        self.stopwatch = Stopwatch()
        """What the last frame cost, by stage in the order of the pipeline."""

    @property
    def costs_ms(self) -> Mapping[str, float]:
        """Processor milliseconds of the last frame, by stage in their order."""
        return self.stopwatch.costs_ms

    @property
    def engine(self) -> str:
        """Which engine runs the models, and why; empty while none does."""
        return self._matting.engine

    def process(
        self,
        frame: Frame,
        background: Background,
        mask: MaskOptions,
        size: Size | None = None,
        options: PictureOptions = PictureOptions(),
    ) -> Cleared:
        """Put the person of ``frame`` on ``background``, examined by the privacy law.

        ``size`` is the size of the result; ``None`` keeps the frame's.  The result's image
        is new; its alpha is valid until the next call.  Raises
        :class:`~vcam.errors.SegmenterError` without a valid mask,
        :class:`~vcam.errors.BackgroundError` without a background and
        :class:`~vcam.pipeline.privacy.Withheld` when the law forbids the picture; what was
        remembered of earlier frames is then forgotten.
        """
        try:
            cleared = self._process(frame, background, mask, size, options)
        except BaseException:
            # The next picture must not use anything of a frame that went wrong.
            self._matting.reset()
            self._auto_framing.reset()
            self._cross_fade.reset()
            raise
        if options.overlay is None:
            return cleared
        decorate(cleared, options.overlay)
        self.stopwatch.lap("overlay")
        return cleared

    def _process(
        self,
        frame: Frame,
        background: Background,
        mask: MaskOptions,
        size: Size | None,
        options: PictureOptions,
    ) -> Cleared:
        self.stopwatch = stopwatch = Stopwatch()
        image = self._upright(frame.image, options.orientation)
        size = size or Size.of(image)
        view = View(Size.of(frame.image), options.orientation, size)
        image = fitted(image, size)
        frame = replace(frame, image=image)
        stopwatch.lap("frame")
        if isinstance(background, Room):
            self._matting.reset()
            self._cross_fade.reset()
            room = frame.image.copy()
            painted = self._keep_and_drop.covered(room, options.region, view)
            none = None, None, None, None
            return examined(Finished(room, *none, frame, background, painted=painted))
        painter = self._painter_for(background, Size.of(frame.image))
        matte = self._matting.matte(frame, mask, stopwatch)
        matte = self._keep_and_drop.applied(matte, frame.image, options.region, view)
        stopwatch.lap("refine")
        if options.framing.auto:
            frame, matte = self._auto_framing.framed(frame, matte)
            stopwatch.lap("frame")
        else:
            self._auto_framing.reset()
        if background.exposure > HIDES_ROOM:
            given = replace(frame, small=matte.small)
        else:
            # A painter that is given no picture of the room cannot show it.
            given = replace(frame, image=self._nothing_like(frame.image), small=None)
        behind = painter.paint(given, matte.alpha)
        behind, fade = self._cross_fade.mixed(behind, background, frame.captured_s)
        stopwatch.lap("paint")
        image = self._compositor.composite(matte.foreground, behind, matte.alpha)
        stopwatch.lap("composite")
        cleared = examined(
            Finished(
                *(image, matte.alpha, behind, matte.mask, matte.frame_index),
                *(frame, background, matte.foreground, matte.limit, fade),
                painted=matte.painted,
            )
        )
        stopwatch.lap("examine")
        return cleared

    def _upright(self, image: Image, orientation: Orientation) -> Image:
        if orientation != self._orientation:
            # Nothing that was remembered of the other orientation applies as it is.
            self._matting.turn(orientation.since(self._orientation))
            self._auto_framing.reset()
            self._orientation = orientation
        if orientation == AS_IT_IS:
            return image
        size = orientation.size(Size.of(image))
        return turned(image, orientation, self._turned.of(size))

    def _nothing_like(self, image: Image) -> Image:
        if self._nothing.shape != image.shape:
            self._nothing = np.zeros(image.shape, np.uint8)
            self._nothing.flags.writeable = False
        return self._nothing

    def holds(self, background: Background, size: Size) -> bool:
        """Whether this background is open already, for frames of ``size``."""
        return self._opened == (background, size)

    def _painter_for(self, background: Background, size: Size) -> Painter:
        if self._painter is None or not self.holds(background, size):
            fresh = self._open_painter(background, size)
            self._close_painter()
            self._painter, self._opened = fresh, (background, size)
        return self._painter

    def _close_painter(self) -> None:
        painter, self._painter, self._opened = self._painter, None, None
        if painter is not None:
            painter.close()

    def close(self) -> None:
        """Release model and background."""
        try:
            self._close_painter()
        finally:
            self._matting.close()


class Pipeline(_Closing):
    """vcam's pipeline in your own program.

    ::

        from vcam import Pipeline

        with Pipeline(background="blur", preset="standard") as pipeline:
            result = pipeline.process(image_bgr)

    ``background`` is what the command line takes: ``blur``, ``blur:70``, a CSS colour, the
    path or gallery name of a picture or video, ``room``; or a background object.  It may
    be set to another one between frames.  ``preset`` is ``light``, ``standard`` (the
    default) or ``best``; ``mask`` gives every parameter instead.  Use one pipeline per
    video and thread: it remembers earlier frames to keep edges calm.
    """

    def __init__(
        self,
        background: str | PathLike[str] | Background = "blur",
        preset: str | None = None,
        *,
        mask: MaskOptions | None = None,
    ) -> None:
        if mask is not None and preset is not None:
            raise UsageError(
                tr("Both the preset {preset!r} and mask options are given", preset=preset),
                tr("Put the preset into the mask options"),
            )
        self.background = background
        self._mask = mask or MaskOptions(preset=preset or MaskOptions().preset)
        self._processor: FrameProcessor | None = FrameProcessor()
        self._index = -1
        self._last_s = float("-inf")
        self._process = 0
        """The process that has loaded the models."""

    @property
    def background(self) -> Background:
        """What is shown behind the person."""
        return self._background

    @background.setter
    def background(self, wanted: str | PathLike[str] | Background) -> None:
        if isinstance(wanted, (str, PathLike)):
            wanted = choose(os.fsdecode(wanted))
        if not isinstance(wanted, tuple(KINDS.values())):
            raise UsageError(
                tr("{wanted!r} is not a background", wanted=wanted),
                tr("Give a text as on the command line, a path, or a background object"),
            )
        self._background = wanted

    def process(self, image_bgr: Image, captured_s: float | None = None) -> Result:
        """Put the person of one frame on the background.

        ``image_bgr`` is ``uint8 (height, width, 3)``, BGR, of any size; it is not
        changed.  ``captured_s`` is the frame's time in seconds and must not go back; a
        video background is then shown as it is at that time.  Left out, it is now, and
        nothing is waited for.  Raises :class:`~vcam.errors.VcamError` when there is no
        valid mask or background: there is then no picture, never the room.
        """
        given = checked_image(image_bgr)
        if self._processor is None:
            raise UsageError(tr("This Pipeline is closed"), tr("Make another one"))
        if os.getpid() != (self._process or os.getpid()):
            # The models' threads are not there after a fork: this would wait for ever.
            raise UsageError(
                tr("This Pipeline was used before the process forked"),
                tr("Make another one in the child, after the fork"),
            )
        now_s = checked_time(captured_s, self._last_s)
        self._last_s = now_s
        self._index += 1
        live = captured_s is None
        frame = Frame(np.ascontiguousarray(given), self._index, now_s, live)
        self._process = os.getpid()
        picture = self._processor.process(frame, self.background, self._mask)
        if picture.alpha is None:  # the room, by choice: all of it is kept
            return Result(picture.image, np.full(given.shape[:2], 255, np.uint8))
        return Result(picture.image, picture.alpha.copy())

    @property
    def costs_ms(self) -> dict[str, float]:
        """Processor milliseconds of the last frame, by stage."""
        return dict(self._processor.costs_ms) if self._processor else {}

    def close(self) -> None:
        """Release the model.  Safe to call twice."""
        processor, self._processor = self._processor, None
        if processor is not None:
            processor.close()
