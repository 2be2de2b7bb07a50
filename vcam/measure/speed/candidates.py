"""What is measured: vcam, the bare model, other programs, camera and driver.

``prepare`` takes a frame and is not measured; ``run`` is.  To add a candidate, write a
class that fulfils :class:`Candidate` and put it into
:func:`vcam.measure.speed.sweep.table`.
"""

from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Protocol

import cv2
import numpy as np

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.frames import Frame, Image, Size
from vcam.imaging.resize import shrink
from vcam.masking.options import MaskOptions
from vcam.masking.segmenters import MediaPipe, open_segmenter
from vcam.masking.working_sizes import blank
from vcam.outputs.nothing import Nothing
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Choice, Gate, Withheld
from vcam.stopwatch import Stopwatch

FPS = 30.0
"""Frame rate of the clip's timestamps."""


class Candidate(Protocol):
    """Something that is measured.  It is opened by its constructor and closed once."""

    def prepare(self, jpeg: bytes, image: Image, turn: int) -> None:
        """Take the frame of this turn, which is only valid until :meth:`run` returns."""

    def run(self) -> Stopwatch | None:
        """Process the frame; returns the times of the stages, if it has any."""

    def close(self) -> None:
        """Release the model."""


class Bare:
    """Only the model, on a picture that already has its size."""

    def __init__(self, engine: str, model: str = "landscape") -> None:
        self._model = open_segmenter(engine, model)
        self._small = blank(self._model.input_size)

    def prepare(self, jpeg: bytes, image: Image, turn: int) -> None:
        shrink(image, self._small)

    def run(self) -> None:
        self._model.segment(self._small)

    def close(self) -> None:
        self._model.close()


class Vcam:
    """All of vcam from frame to picture, sent to no device."""

    def __init__(
        self,
        size: Size,
        background: Background,
        mask: MaskOptions,
        options: PictureOptions = PictureOptions(),
    ) -> None:
        self._line, self._background, self._mask = FrameProcessor(), background, mask
        self._options = options
        self._gate = Gate(Nothing(size), Choice(background))
        self._frame: Frame | None = None

    @property
    def engine(self) -> str:
        """Which engine runs the models, and why."""
        return self._line.engine

    def prepare(self, jpeg: bytes, image: Image, turn: int) -> None:
        self._frame = Frame(image, turn, turn / FPS, live=False)

    def run(self) -> Stopwatch:
        assert self._frame is not None
        # A picture that is withheld was computed nevertheless.
        with suppress(Withheld):
            picture = self._line.process(
                self._frame, self._background, self._mask, options=self._options
            )
            self._gate.publish(picture)
        self._line.stopwatch.lap("publish")
        return self._line.stopwatch

    def close(self) -> None:
        self._line.close()


class _AtFullSize:
    """What other programs do: everything after the model at full size."""

    _model: MediaPipe

    def __init__(self, size: Size, background: Background) -> None:
        self._size = size
        self._blurs = isinstance(background, Blur)
        self._image = self._behind = blank(size)
        if not self._blurs:
            frame = Frame(self._image, 0, 0.0, live=False)
            alpha = np.zeros((size.height, size.width), np.uint8)
            with closing(background.open(size)) as painter:
                self._behind = painter.paint(frame, alpha).copy()

    def prepare(self, jpeg: bytes, image: Image, turn: int) -> None:
        self._image = image

    def close(self) -> None:
        self._model.close()


class Tutorial(_AtFullSize):
    """The method of MediaPipe's own example.

    MediaPipe gets the full frame.  The mask is cut at one half and repeated for three
    channels; ``np.where`` does the rest.  The blur is ``cv2.blur`` over 40x40 pixels.
    """

    def __init__(self, size: Size, background: Background) -> None:
        super().__init__(size, background)
        self._model = MediaPipe("landscape", size)

    def run(self) -> None:
        image = self._image
        mask = self._model.segment(image)
        behind = cv2.blur(image, (40, 40)) if self._blurs else self._behind
        condition = np.stack((mask,) * 3, axis=-1) > 0.5
        np.where(condition, image, behind)


class Peer(_AtFullSize):
    """The operations of Linux-Fake-Background-Webcam as of 2026, without its code.

    MediaPipe gets a small copy of the frame.  The mask is cut, enlarged, blurred, cut
    again, grown, blurred and averaged in time; the blur is a Gaussian over 21x21 pixels;
    ``cv2.blendLinear`` composites.  Its conversions for the driver are left out.
    """

    def __init__(self, size: Size, background: Background) -> None:
        super().__init__(size, background)
        self._model = MediaPipe("landscape", Size(256, 256 * size.height // size.width))
        self._before = np.zeros((size.height, size.width), np.float32)

    def run(self) -> None:
        image, behind = self._image, self._behind
        small = cv2.resize(image, self._model.input_size, interpolation=cv2.INTER_AREA)
        person = self._model.segment(np.asarray(small, np.uint8)) > 0.5
        mask = cv2.resize(person.astype(np.float32), self._size)
        mask = cv2.GaussianBlur(mask, (7, 7), 0)
        _, mask = cv2.threshold(mask, 0.75, 1, cv2.THRESH_BINARY)
        mask = cv2.blur(cv2.dilate(mask, np.ones((5, 5), np.uint8)), (10, 10))
        cv2.accumulateWeighted(mask, self._before, 0.5)
        if self._blurs:
            behind = np.asarray(cv2.GaussianBlur(image, (21, 21), 7), np.uint8)
        cv2.blendLinear(image, behind, self._before, 1 - self._before)


class Decode:
    """The camera thread's part when the webcam sends motion JPEG."""

    def __init__(self) -> None:
        self._content = np.zeros(0, np.uint8)

    def prepare(self, jpeg: bytes, image: Image, turn: int) -> None:
        self._content = np.frombuffer(jpeg, np.uint8)

    def run(self) -> None:
        cv2.imdecode(self._content, cv2.IMREAD_COLOR)

    def close(self) -> None:
        pass


class Convert:
    """The virtual camera's part: BGR to planar 4:2:0."""

    def __init__(self, size: Size) -> None:
        self._image = blank(size)
        self._planes = np.zeros((size.height * 3 // 2, size.width), np.uint8)

    def prepare(self, jpeg: bytes, image: Image, turn: int) -> None:
        self._image = image

    def run(self) -> None:
        cv2.cvtColor(self._image, cv2.COLOR_BGR2YUV_I420, dst=self._planes)

    def close(self) -> None:
        pass


Candidates = Mapping[str, Candidate]
