"""Framing: a window of the frame, enlarged to the frame's size.

The window is the one that the user chose, by zoom, pan and tilt, or the one that
:mod:`vcam.pipeline.auto_framing` aims at; :mod:`vcam.pipeline.window_path` moves it.  The
matte, and the evidence it was made of, are cut like the picture.
"""

import math
from dataclasses import replace
from typing import Final, TypeVar

import cv2
import numpy as np

from vcam import kernels
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.imaging.options import FramingOptions
from vcam.kernels.windows import FASTER, EnlargedPart, Span
from vcam.masking.matting import Matte
from vcam.pipeline.auto_framing import AutoFraming, Place
from vcam.pipeline.compositing import Recycling
from vcam.pipeline.window_path import Window, WindowPath
from vcam.regions.placing import Painted

FOLLOWING: Final = 3.0
"""Rate at which the window follows people, per second: a move takes about two seconds."""
BY_HAND: Final = 8.0
"""Rate at which it goes where the user put it: half a second."""
GAP_S: Final = 1.0
"""Seconds without a frame after which it jumps."""

Plane = TypeVar("Plane", Mask, Alpha)
Array = TypeVar("Array", Image, Alpha)


class Framing:
    """The window of one video.  Used by one thread."""

    def __init__(self) -> None:
        self._buffers: dict[str, Image | Alpha] = {}
        self._behinds = Recycling()
        self._auto = AutoFraming()
        self._part: tuple[Window, Size, EnlargedPart] | None = None
        self._framed: Window | None = None
        self.moved = True
        """Whether the last picture shows another part of the frame than the one before."""
        self.reset()

    def reset(self) -> None:
        """Forget where the window was; the next frame's is put in place at once."""
        self._auto.reset()
        self._path: WindowPath | None = None
        self._size: Size | None = None
        self._last_s = 0.0

    def framed(
        self, frame: Frame, matte: Matte, options: FramingOptions
    ) -> tuple[Frame, Matte]:
        """``frame`` and its ``matte``, cut to the window and enlarged to the same size.

        Returns the arguments themselves while the window is the whole frame.  The arrays
        are valid until the next call.
        """
        size = Size.of(frame.image)
        window = self.window(size, options, frame.captured_s, matte.shown)
        self.moved, self._framed = window != self._framed, window
        if window == Window.whole(size):
            return frame, matte
        image = self._enlarged("image", frame.image, window)
        alpha = self._enlarged("alpha", matte.alpha, window)
        foreground = image
        if matte.foreground is not frame.image:
            foreground = self._soft(matte.foreground, alpha, image, window)
        return (
            replace(frame, image=image, small=None),
            replace(
                matte,
                alpha=alpha,
                foreground=foreground,
                mask=_part_of(matte.mask, window, size),
                shown=_part_of(matte.shown, window, size),
                limit=_part_of(matte.limit, window, size),
                painted=_part_of_painted(matte.painted, window, size),
                small=None,
            ),
        )

    def behind(self, painted: Image) -> Image:
        """What was ``painted`` of the last frame, before it was cut, cut like it.

        It is the argument itself as for :meth:`framed`, or else an image that is not
        written into while anything refers to it: a fade may begin with it.
        """
        size = Size.of(painted)
        path = self._path
        if path is None or path.window == Window.whole(size):
            return painted
        return self._enlarged_into(self._behinds.like(painted), painted, path.window)

    def room(
        self, frame: Frame, painted: Painted, options: FramingOptions
    ) -> tuple[Frame, Painted]:
        """``frame`` as the plain room is shown: whole, or as the user zoomed by hand.

        Nobody is looked for in it.
        """
        if options.auto:
            self.reset()
            return frame, painted
        size = Size.of(frame.image)
        window = self.window(size, options, frame.captured_s)
        if window == Window.whole(size):
            return frame, painted
        image = self._enlarged("image", frame.image, window)
        painted = _part_of_painted(painted, window, size)
        return replace(frame, image=image, small=None), painted

    def window(
        self, size: Size, options: FramingOptions, now_s: float, mask: Mask | None = None
    ) -> Window:
        """What to show of a frame of ``size`` with this mask, taken at ``now_s``."""
        passed_s = now_s - self._last_s
        if self._size != size or not 0 <= passed_s < GAP_S:
            self.reset()
        self._size, self._last_s = size, now_s
        if options.auto and mask is not None:
            aim = _in_pixels(self._auto.aim(mask, options.tightness, now_s), size)
            rate, jumps = FOLLOWING, self._auto.cut
        else:
            self._auto.reset()
            whole = Window.whole(size)
            if not options.chosen and (self._path is None or self._path.window == whole):
                self._path = self._path or WindowPath(whole)
                return whole
            aim = _in_pixels(np.array(options.place), size)
            rate, jumps = BY_HAND, False
        if self._path is None or jumps:
            self._path = WindowPath(aim)
        return self._path.move(aim, rate, passed_s)

    def _enlarged(self, name: str, whole: Array, window: Window) -> Array:
        return self._enlarged_into(self._buffer(name, whole), whole, window)

    def _enlarged_into(self, large: Array, whole: Array, window: Window) -> Array:
        size = Size.of(whole)
        library = kernels.active()
        if library is None or library.build not in FASTER:
            left, top, right, bottom = _whole_pixels(window, size)
            cv2.resize(whole[top:bottom, left:right], size, dst=large)
        elif whole.ndim == 3:
            self._part_for(window, size).image(library, whole, large)
        else:
            self._part_for(window, size).alpha(library, whole, large)
        return large

    def _soft(self, foreground: Image, alpha: Alpha, image: Image, window: Window) -> Image:
        """The person's own colours where ``alpha`` is soft, and ``image`` elsewhere.

        An enlarged pixel may be opaque and still be mixed with a soft neighbour.
        """
        library = kernels.active()
        if library is None or library.build not in FASTER:
            large = self._enlarged("foreground", foreground, window)
            cv2.copyTo(image, cv2.bitwise_not(cv2.inRange(alpha, 1, 254)), large)
            return large
        large = self._buffer("foreground", foreground)
        part = self._part_for(window, Size.of(foreground))
        part.soft(library, foreground, alpha, image, large)
        return large

    def _part_for(self, window: Window, size: Size) -> EnlargedPart:
        if self._part is None or self._part[:2] != (window, size):
            across, down = Span(window.left, window.width), Span(window.top, window.height)
            self._part = window, size, EnlargedPart(size, across, down)
        return self._part[2]

    def _buffer(self, name: str, like: Array) -> Array:
        kept = self._buffers.get(name)
        if kept is None or kept.shape != like.shape:
            kept = self._buffers[name] = np.zeros_like(like)
        return kept


def _in_pixels(place: Place, size: Size) -> Window:
    """The window as it rests: in whole pixels, so that it is as sharp as it can be."""
    x, y, share = place
    width = min(size.width, round(share * size.width))
    height = min(size.height, round(share * size.height))
    left, top = x * size.width - width / 2, y * size.height - height / 2
    return Window(
        min(max(round(left), 0), size.width - width),
        min(max(round(top), 0), size.height - height),
        width,
        height,
    )


def _whole_pixels(window: Window, size: Size) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the window, to the nearest pixel."""
    left, top = round(window.left), round(window.top)
    right, bottom = left + round(window.width), top + round(window.height)
    return left, top, min(right, size.width), min(bottom, size.height)


def _part_of_painted(painted: Painted, window: Window, frame: Size) -> Painted:
    kept, dropped = (
        None if each is None else _part_of(each, window, frame)
        for each in (painted.kept, painted.dropped)
    )
    return Painted(painted.region, kept, dropped)


def _part_of(mask: Plane, window: Window, frame: Size) -> Plane:
    """The cells of ``mask`` that the window of the frame touches."""
    across, down = mask.shape[1] / frame.width, mask.shape[0] / frame.height
    right, bottom = window.left + window.width, window.top + window.height
    return mask[
        int(window.top * down) : math.ceil(bottom * down),
        int(window.left * across) : math.ceil(right * across),
    ]
