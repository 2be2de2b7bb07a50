"""Animated pictures that FFmpeg does not read, or not as exactly: WebP, AVIF, PNG."""

from pathlib import Path

from vcam.errors import PictureError
from vcam.frames import Image, Size
from vcam.imaging.colour import Colour
from vcam.imaging.file_types import regular
from vcam.imaging.film import Skipped, Timed
from vcam.imaging.pictures import animation
from vcam.imaging.resize import fitted
from vcam.imaging.timing import FASTEST
from vcam.translation import tr


def is_for_pillow(path: Path) -> bool:
    """Whether a file begins like one of them; ``False`` if it cannot be read."""
    try:
        with regular(path) as file:
            head = file.read(12)
    except (OSError, ValueError):
        return False
    return (
        head.startswith(b"\x89PNG")
        or head[:4] + head[8:] == b"RIFFWEBP"
        or head[4:] in (b"ftypavis", b"ftypavif")
    )


class Animation:
    """An open animation; to be used like :class:`~vcam.imaging.film.Film`."""

    steady, has_sound, skipped = False, False, Skipped()
    count, duration_s = 0, None

    def __init__(self, path: Path, at_most: Size | None, over: Colour) -> None:
        """Open it and decode its first picture.

        Raises :class:`~vcam.errors.PictureError`.
        """
        self._pictures = animation(path, over)
        self._at_s = self.step_s = 0.0
        first = self.next()
        if first is None:
            raise PictureError(
                tr("{path!r} has no picture", path=str(path)),
                tr("Copy it again, or choose another file"),
            )
        self.first: Timed | None = first
        size = Size.of(first.frame)
        if at_most is not None:
            scale = max(at_most.width / size.width, at_most.height / size.height)
            if scale < 1:
                width, height = round(size.width * scale), round(size.height * scale)
                size = Size(max(1, width), max(1, height))
        self.size = size
        self.fps = min(1 / self.step_s, FASTEST)

    def next(self) -> Timed | None:
        """The picture after the last one; ``None`` at the end."""
        found = next(self._pictures, None)
        if found is None:
            return None
        self._at_s += self.step_s
        image, self.step_s = found
        return Timed(image, self._at_s)

    def picture(self, frame: Image) -> Image:
        """The picture at the size that was asked for."""
        return fitted(frame, self.size, "stretch")

    def close(self) -> None:
        """Close it; a second time does nothing."""
        self._pictures.close()
