"""A video file.  It appears under its name only when it is complete."""

from contextlib import suppress
from pathlib import Path

import cv2

from vcam import files
from vcam.errors import OutputError, UsageError
from vcam.frames import Image, Size
from vcam.outputs.files import check_place

CODECS = {".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG", ".webm": "VP80"}
"""FourCC codes by suffix: every wheel of OpenCV can write these."""


class VideoFileOutput:
    """Writes pictures at ``fps`` into ``path``, whose suffix says the kind (`CODECS`).

    ``size`` must be even: these codecs store colour at half the size.  Without
    :meth:`complete` nothing is left behind, and a file that was there before stays.
    """

    def __init__(self, path: Path, size: Size, fps: float) -> None:
        check_place(path)
        files.sweep(path.parent)
        codec = CODECS.get(path.suffix.lower())
        if codec is None:
            raise UsageError(
                f"A video cannot be written to {str(path)!r}",
                f"End the name in one of {', '.join(CODECS)}",
            )
        if size.width % 2 or size.height % 2:
            raise OutputError(f"A video of the odd size {size} cannot be written")
        self._path, self._size = path, size
        self._part = files.unfinished(path, f"part{path.suffix.lower()}")
        try:
            str(self._part).encode()
        except UnicodeEncodeError as error:  # OpenCV's native code crashes on such a name
            raise UsageError(
                f"The folder {str(path.parent)!r} has a name that is not UTF-8, so no "
                "video can be written there",
                "Choose another",
            ) from error
        fourcc = cv2.VideoWriter.fourcc(*codec)
        try:
            self._writer = cv2.VideoWriter(
                str(self._part), cv2.CAP_FFMPEG, fourcc, fps, size
            )
        except BaseException:  # a signal that came just after the file was made
            self._part.unlink(missing_ok=True)
            raise
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
        if not self._whole():
            raise OutputError(
                f"The video {str(self._path)!r} could not be written", "Is the disk full?"
            )
        try:
            self._part.replace(self._path)
        except OSError as error:
            raise OutputError(
                f"The video {str(self._path)!r} cannot be replaced: {error.strerror}",
                "Close the program that has it open, or choose another name",
            ) from error

    def _whole(self) -> bool:
        """Whether everything is in the file: OpenCV does not tell when a disk is full."""
        written = cv2.VideoCapture(str(self._part), cv2.CAP_FFMPEG)
        try:
            count = int(written.get(cv2.CAP_PROP_FRAME_COUNT))
            written.set(cv2.CAP_PROP_POS_FRAMES, max(0, count - 1))
            return count == self.written and written.read()[0]
        finally:
            written.release()

    def close(self) -> None:
        """Close the file; remove it unless it was completed."""
        self._writer.release()
        with suppress(OSError):  # on Windows another program may have it open
            self._part.unlink(missing_ok=True)
