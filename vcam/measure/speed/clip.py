"""The frames for all candidates, drawn or from a file, kept as a webcam sends them."""

from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from vcam.errors import SourceError, UsageError
from vcam.frames import Image, Size
from vcam.imaging.resize import fitted
from vcam.presenter import Presenter
from vcam.sources import frames_of
from vcam.sources.opening import PRESENTER, file_meant, open_file
from vcam.translation import tr

FPS = 30.0
"""Frame rate of the drawn presenter."""
START_S = 1.5
"""Start in the presenter's script: talking, hands down; the waving comes 1.5 s later."""
LARGEST_DRAWN = Size(1920, 1080)
"""Largest size that is drawn, as larger takes half a minute; the rest is enlarged."""
QUALITY = 85
"""JPEG quality."""


@dataclass(frozen=True)
class JpegClip:
    """Consecutive frames as JPEG, which is small and what a webcam sends."""

    name: str
    size: Size
    jpegs: tuple[bytes, ...]

    def image(self, turn: int) -> Image:
        """The frame of this turn, decoded; the first follows the last."""
        return decoded(self.jpegs[turn % len(self.jpegs)])


def clip(source: str, size: Size, count: int) -> JpegClip:
    """``count`` frames of ``source``: ``presenter``, a video or a picture file.

    Raises :class:`~vcam.errors.UsageError` for anything else.
    """
    if source == PRESENTER:
        small = size.width > LARGEST_DRAWN.width or size.height > LARGEST_DRAWN.height
        presenter = Presenter(LARGEST_DRAWN if small else size, FPS)
        drawn = (presenter.draw(START_S + i / FPS).image for i in range(count))
        return JpegClip(source, size, tuple(_encoded(fitted(each, size)) for each in drawn))
    path = file_meant(source)
    if path is None:
        raise UsageError(
            tr("{name!r} is not a file", name=source),
            tr("Name a video file, or {presenter!r}", presenter=PRESENTER),
        )
    try:
        file = open_file(path)
        try:
            frames = islice(frames_of(file), count)
            jpegs = tuple(_encoded(fitted(each.image, size)) for each in frames)
        finally:
            file.close()
    except SourceError as error:
        raise UsageError(error.what, error.remedy) from error
    return JpegClip(path.name, size, jpegs)


def decoded(jpeg: bytes) -> Image:
    """The picture in a JPEG."""
    content = np.frombuffer(jpeg, np.uint8)
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)


def _encoded(image: Image) -> bytes:
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return content.tobytes()
