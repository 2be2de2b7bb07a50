"""vcam's pipeline for a program of one's own."""

import os
from os import PathLike

import numpy as np

from vcam.appearance.options import NOTHING, AppearanceOptions
from vcam.backgrounds import Background
from vcam.backgrounds.choosing import KINDS, choose
from vcam.errors import UsageError
from vcam.frames import Frame, Image
from vcam.imaging.options import FramingOptions
from vcam.masking.options import MaskOptions
from vcam.pipeline.closing import Closing
from vcam.pipeline.given import check_kind, checked_image, checked_time
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.result import Result
from vcam.translation import tr


class Pipeline(Closing):
    """vcam's pipeline in your own program.

    ::

        from vcam import Pipeline

        with Pipeline(background="blur", preset="standard") as pipeline:
            result = pipeline.process(image_bgr)

    ``background`` is what the command line takes: ``blur``, ``blur:70``, a CSS colour, the
    path or gallery name of a picture or video, ``room``; or a background object.  It may
    be set to another one between frames.  ``preset`` is ``light``, ``standard`` (the
    default) or ``best``; ``mask`` gives every parameter instead.  ``appearance`` is how
    the person looks, for example ``AppearanceOptions(match=50)``.  ``framing``
    says which part of the picture is shown, and whether it follows people.  Use one
    pipeline per video and thread: it remembers earlier frames to keep edges calm.
    """

    def __init__(
        self,
        background: str | PathLike[str] | Background = "blur",
        preset: str | None = None,
        *,
        mask: MaskOptions | None = None,
        appearance: AppearanceOptions | None = None,
        framing: FramingOptions | None = None,
    ) -> None:
        if mask is not None and preset is not None:
            raise UsageError(
                tr("Both the preset {preset!r} and mask options are given", preset=preset),
                tr("Put the preset into the mask options"),
            )
        for name, given, kind in (
            ("mask", mask, MaskOptions),
            ("appearance", appearance, AppearanceOptions),
            ("framing", framing, FramingOptions),
        ):
            check_kind(name, given, kind)
        self.background = background
        usual = MaskOptions().preset
        self._mask = mask or MaskOptions(preset=usual if preset is None else preset)
        self._options = PictureOptions(
            appearance=appearance or NOTHING, framing=framing or FramingOptions()
        )
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
        picture = self._processor.process(
            *(frame, self.background, self._mask, None, self._options)
        )
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
