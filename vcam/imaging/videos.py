"""Video files, read by FFmpeg through OpenCV."""

import math
from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np

from vcam.errors import PictureError
from vcam.frames import Image, Size
from vcam.imaging.decoding import Checked, Unwritten, same_everywhere
from vcam.imaging.pictures import check_readable

SHORTEST_S = 1 / 31
"""No frame is shown for less: more than 30 a second nobody sees behind a person."""
LONGEST_S = 10.0
"""Nor for more: a time in the file that jumps further is broken."""
KEPT = 256
_converted: set[tuple[int, ...]] = set()
"""The last few versions of files whose first picture was found to be a true one.  Whether a
file is converted depends on nothing but the file, and a loop opens it again and again."""


class OpenVideo:
    """A video file, open: its pictures, upright, each of them written by the decoder."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Open it at its first picture, which is grabbed, to be retrieved.

        ``threads`` decode; 0 means one per core.  Raises
        :class:`~vcam.errors.PictureError` for a file that is missing, no video, or one
        that OpenCV does not convert into pictures.
        """
        check_readable(path, "video")
        try:
            str(path).encode()
        except UnicodeEncodeError as error:  # OpenCV's native code crashes on such a name
            raise PictureError(
                f"The name {str(path)!r} is not UTF-8, so it cannot be opened", "Rename it"
            ) from error
        self._path = path
        version = _version(path)  # before it is opened: another may take its place
        self._capture, size = _opened(path, threads)
        self._pictures = Checked(self._capture, size)
        try:
            first = self._first(size, known=version in _converted)
        except BaseException:
            self.release()
            raise
        # Black proves nothing: so is memory fresh from the system.
        if version and first.any():
            if len(_converted) >= KEPT:
                _converted.clear()
            _converted.add(version)

    @property
    def fps(self) -> float:
        """Pictures per second as the file says; 30 when it does not."""
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        return rate if 0 < rate <= 1000 else 30.0

    @property
    def count(self) -> int:
        """How many pictures the file says it has; 0 when it does not.  An estimate."""
        return max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))

    @property
    def position_s(self) -> float:
        """When the picture grabbed last is shown; 0 where the file does not say."""
        position_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
        return position_s if math.isfinite(position_s) else 0.0

    def grab(self) -> bool:
        """Go to the next picture; ``False`` at the end."""
        return bool(self._capture.grab())

    def retrieve(self) -> Image | None:
        """The picture grabbed last; ``None`` where the file is damaged.

        Raises :class:`~vcam.errors.PictureError` when the decoder wrote none, or when its
        size is another than before.
        """
        try:
            return self._pictures.retrieve()
        except Unwritten as error:
            if error.size is None:
                raise _not_converted(self._path) from error
            raise PictureError(
                f"The video {str(self._path)!r} changes its size to {error.size} in the "
                "middle",
                "Convert it to one size",
            ) from error

    def read(self) -> Image | None:
        """Go to the next picture and return it; ``None`` at the end.

        Raises like :meth:`retrieve`.
        """
        return self.retrieve() if self.grab() else None

    def rewind(self) -> None:
        """The next picture is the first again; not every kind of file can do that."""
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)

    def release(self) -> None:
        """Close the file."""
        self._capture.release()

    def _first(self, size: Size, *, known: bool) -> Image:
        first = self.retrieve() if known else self._first_of_two(size)
        if first is None or first.ndim != 3 or first.dtype != np.uint8:
            raise _no_video(self._path)
        return first

    def _first_of_two(self, size: Size) -> Image | None:
        witness, _ = _opened(self._path, 1)
        try:
            return same_everywhere(self._pictures, Checked(witness, size), size)
        except Unwritten as error:
            raise _not_converted(self._path) from error
        finally:
            witness.release()


def _opened(path: Path, threads: int) -> tuple[cv2.VideoCapture, Size]:
    # FFmpeg opens nothing but files from a file: its own list of protocols sees to that.
    capture = cv2.VideoCapture(
        str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, threads] if threads else []
    )
    if not capture.grab():
        capture.release()
        raise _no_video(path)
    width, height = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
    return capture, Size(int(capture.get(width)), int(capture.get(height)))


def _version(path: Path) -> tuple[int, ...]:
    try:
        about = path.stat()
    except OSError:
        return ()
    changed_ns = about.st_mtime_ns, about.st_ctime_ns
    return about.st_dev, about.st_ino, about.st_size, *changed_ns


def _no_video(path: Path) -> PictureError:
    return PictureError(
        f"{str(path)!r} is not a video that vcam can read",
        "Choose another file, or convert it to MP4",
    )


def _not_converted(path: Path) -> PictureError:
    return PictureError(
        f"The video {str(path)!r} cannot be shown: it is interlaced, as camcorders and "
        "television record, or has rare colour tags",
        "Convert it to MP4 without interlacing, for example with 'ffmpeg -vf bwdif'",
    )


def film(path: Path) -> Generator[tuple[Image, float]]:
    """The frames of a video file, upright, and for how many seconds each is shown.

    Frames that follow too fast are left out before they cost a conversion.  Decoded by
    one thread; to be used and closed by one thread at a time.  Raises
    :class:`~vcam.errors.PictureError` like :class:`OpenVideo`, also in the middle.
    """
    video = OpenVideo(path, threads=1)
    fps = video.fps
    try:
        at_s = video.position_s
        more = True
        while more:
            image = video.retrieve()
            if image is None:
                return
            shown_s = at_s
            while more := video.grab():
                # Files without times, or with times that go back, keep their rate.
                position_s = video.position_s
                at_s = position_s if position_s > at_s else at_s + 1 / fps
                if at_s - shown_s >= SHORTEST_S:
                    break
            lasts_s = at_s - shown_s if more else at_s - shown_s + 1 / fps
            yield image, min(max(lasts_s, SHORTEST_S), LONGEST_S)
    finally:
        video.release()
