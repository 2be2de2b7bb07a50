"""The frames all contestants get, drawn or from a file; kept as a webcam sends them."""

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

FPS = 30.0
START_S = 1.5
"""The presenter talks from here on, hands down, and waves a second and a half later."""
LARGEST_DRAWN = Size(1920, 1080)
"""Drawing larger takes half a minute; such frames are drawn at this size and enlarged."""
QUALITY = 85


@dataclass(frozen=True)
class Clip:
    """Consecutive frames, as JPEG: small, and what a webcam sends."""

    name: str
    size: Size
    jpegs: tuple[bytes, ...]

    def image(self, turn: int) -> Image:
        """The frame of this turn, decoded; after the last comes the first."""
        return decoded(self.jpegs[turn % len(self.jpegs)])


def clip(source: str, size: Size, count: int) -> Clip:
    """``count`` frames of ``source``: ``presenter``, a video or a picture file.

    Raises :class:`~vcam.errors.UsageError` for anything else.
    """
    if source == PRESENTER:
        small = size.width > LARGEST_DRAWN.width or size.height > LARGEST_DRAWN.height
        presenter = Presenter(LARGEST_DRAWN if small else size, FPS)
        drawn = (presenter.draw(START_S + i / FPS).image for i in range(count))
        return Clip(source, size, tuple(_encoded(fitted(each, size)) for each in drawn))
    path = file_meant(source)
    if path is None:
        raise UsageError(f"{source!r} is no file", f"Give a video, or {PRESENTER!r}")
    try:
        file = open_file(path)
        try:
            frames = islice(frames_of(file), count)
            jpegs = tuple(_encoded(fitted(each.image, size)) for each in frames)
        finally:
            file.close()
    except SourceError as error:
        raise UsageError(error.what, error.remedy) from error
    return Clip(path.name, size, jpegs)


def decoded(jpeg: bytes) -> Image:
    """The picture in a JPEG."""
    content = np.frombuffer(jpeg, np.uint8)
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)


def _encoded(image: Image) -> bytes:
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return content.tobytes()
