"""From a frame to a finished picture, step by step.  Knows no threads."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from vcam.appearance.effects import Effects
from vcam.appearance.options import AppearanceOptions
from vcam.appearance.toning import Toning
from vcam.backgrounds import HIDES_ROOM, Background, Painter
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.frames import Frame, Image, Size
from vcam.imaging.orientation import AS_IT_IS, Orientation
from vcam.imaging.resize import fitted, turned
from vcam.masking.matting import Matte, Matting
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.pipeline.closing import Closing
from vcam.pipeline.compositing import Compositor, Recycling
from vcam.pipeline.cross_fade import CrossFade
from vcam.pipeline.darkening import Darkening
from vcam.pipeline.framing import Framing
from vcam.pipeline.keep_and_drop import KeepAndDrop
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.privacy import Cleared, Finished, decorate, examined
from vcam.regions.placing import View
from vcam.stopwatch import Stopwatch

OpenPainter = Callable[[Background, Size], Painter]


def open_painter(background: Background, size: Size) -> Painter:
    """Open a background, here and now."""
    return background.open(size)


class FrameProcessor(Closing):
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
        self._framing = Framing()
        self._turned = Recycling()
        self._orientation = AS_IT_IS
        self._compositor = Compositor()
        self._cross_fade = CrossFade(fade_s)
        self._darkening = Darkening()
        self._effects = Effects()
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
            self._framing.reset()
            self._cross_fade.reset()
            self._effects.reset()
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
            frame, painted = self._keep_and_drop.covered(frame, options.region, view)
            frame, painted = self._framing.room(frame, painted, options.framing)
            self._effects.reset()
            self._matting.reset()
            self._cross_fade.reset()
            room = frame.image.copy()
            none = None, None, None, None
            return examined(Finished(room, *none, frame, background, painted=painted))
        painter = self._painter_for(background, Size.of(frame.image))
        matte = self._matting.matte(frame, mask, stopwatch)
        matte = self._keep_and_drop.applied(matte, frame.image, options.region, view)
        stopwatch.lap("refine")
        if background.exposure > HIDES_ROOM:
            given = replace(frame, small=matte.small)
        else:
            # A painter that is given no picture of the room cannot show it.
            given = replace(frame, image=self._nothing_like(frame.image), small=None)
        behind = painter.paint(given, matte.alpha)
        stopwatch.lap("paint")
        frame, matte = self._framing.framed(frame, matte, options.framing)
        if background.exposure > HIDES_ROOM:
            # Blurred before it is enlarged: no zoom makes more of the room recognisable.
            behind = self._framing.behind(behind)
        stopwatch.lap("frame")
        mixed, fade = self._cross_fade.mixed(behind, background, frame.captured_s)
        darker = options.appearance.darker
        behind, darkened = self._darkening.applied(mixed, background, darker)
        stopwatch.lap("paint")
        person, toning = self._person(frame, matte, behind, background, options.appearance)
        image = self._compositor.composite(person, behind, matte.alpha)
        stopwatch.lap("composite")
        cleared = examined(
            Finished(
                *(image, matte.alpha, behind, matte.mask, matte.frame_index),
                *(frame, background, person, matte.limit),
                fade=fade,
                toning=toning,
                darkened=darkened,
                painted=matte.painted,
            )
        )
        stopwatch.lap("examine")
        return cleared

    def _person(
        self,
        frame: Frame,
        matte: Matte,
        behind: Image,
        background: Background,
        wanted: AppearanceOptions,
    ) -> tuple[Image, Toning | None]:
        """The person's own colours, with the effects that are ``wanted``."""
        if not wanted.of_person:
            self._effects.reset()
            return matte.foreground, None
        toned = self._effects.applied(
            *(wanted, frame, matte.foreground, matte.alpha),
            # A plain colour is for another program's chroma key, and no scenery.
            None if isinstance(background, Color) else behind,
            # In a room that is blurred, the person's light is right already.
            matches=background.exposure == HIDES_ROOM,
            steady=not self._framing.moved,
        )
        self.stopwatch.lap("look")
        return toned

    def _upright(self, image: Image, orientation: Orientation) -> Image:
        if orientation != self._orientation:
            # Nothing that was remembered of the other orientation applies as it is.
            self._matting.turn(orientation.since(self._orientation))
            self._framing.reset()
            self._effects.reset()
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
