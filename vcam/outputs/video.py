"""A video file.  It appears under its name only when it is complete."""

import os
from pathlib import Path

import cv2

from vcam.errors import OutputError
from vcam.frames import Image, Size

CODECS = {".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG", ".webm": "VP80"}
"""FourCC by suffix: what every wheel of OpenCV can write."""


class VideoFileOutput:
    """Writes pictures at ``fps`` into ``path``, whose suffix says the kind (`CODECS`).

    ``size`` must be even: these codecs store colour at half the size.  Without
    :meth:`complete` nothing is left behind, and a file that was there before stays.
    """

    def __init__(self, path: Path, size: Size, fps: float) -> None:
        codec = CODECS.get(path.suffix.lower())
        if codec is None:
            raise OutputError(
                f"A video cannot be written to {str(path)!r}",
                f"End the name in one of {', '.join(CODECS)}",
            )
        if size.width % 2 or size.height % 2:
            raise OutputError(f"A video of the odd size {size} cannot be written")
        if not path.parent.is_dir():
            raise OutputError(
                f"There is no folder {str(path.parent)!r}", "Make it, or choose another"
            )
        self._path, self._size = path, size
        self._part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
        self._writer = cv2.VideoWriter(
            str(self._part), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, size
        )
        self.written = 0
        if not self._writer.isOpened():
            self._part.unlink(missing_ok=True)
            raise OutputError(
                f"The video {str(path)!r} cannot be written",
                "Check the folder's permissions, or choose another suffix",
            )

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self._path)

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    def send(self, image: Image) -> None:
        """Append one picture."""
        if Size.of(image) != self._size:
            raise OutputError(f"A picture of {Size.of(image)} in a video of {self._size}")
        self._writer.write(image)
        self.written += 1

    def complete(self) -> None:
        """All pictures are there: put the file in its place."""
        self._writer.release()
        if not self._part.exists() or not self._part.stat().st_size:
            raise OutputError(
                f"The video {str(self._path)!r} could not be written", "Is the disk full?"
            )
        self._part.replace(self._path)

    def close(self) -> None:
        """Close the file; remove it unless it was completed."""
        self._writer.release()
        self._part.unlink(missing_ok=True)
