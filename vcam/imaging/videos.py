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
"""Shortest time that a frame is shown: behind a person more than 30 fps is not visible."""
LONGEST_S = 10.0
"""Longest time that a frame is shown: a larger jump in the file's times is an error."""
FASTEST = 250.0
"""Most frames per second that are believed: a larger number is the tick of a clock."""
STEADY = 30.0
"""Frames per second of a file that states none."""
LARGEST = Size(8192, 4320)
"""Size whose number of pixels is the most: a larger picture fills the memory."""
KEPT = 256
"""File versions that are remembered."""
_converted: set[tuple[int, ...]] = set()
"""File versions whose first picture was found to be real.  Whether a file is converted
depends only on the file, and a loop opens it again and again."""


class OpenVideo:
    """An open video file: its pictures, upright, each checked to be really decoded."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Open it and grab its first picture, which can then be retrieved.

        ``threads`` is the number of decoding threads; 0 means one per core.  Raises
        :class:`~vcam.errors.PictureError` for a file that is missing, is not a video, or
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
        version = _version(path)  # before it is opened, because it may be replaced
        self._capture, size = _opened(path, threads)
        self._pictures = Checked(self._capture, size)
        try:
            first = self._first(size, known=version in _converted)
        except BaseException:
            self.release()
            raise
        # Black proves nothing, because memory fresh from the system is black.
        if version and first.any():
            if len(_converted) >= KEPT:
                _converted.clear()
            _converted.add(version)

    @property
    def fps(self) -> float:
        """Pictures per second as stated in the file, or 30."""
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        return rate if 0 < rate <= FASTEST else STEADY

    @property
    def steady(self) -> bool:
        """Whether the pictures follow each other at :attr:`fps`, as far as the file says.

        A file that was written while it was recorded, without going back to its head,
        states neither its length nor, often, a rate.
        """
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        return self.count > 0 and 0 < rate <= FASTEST

    @property
    def count(self) -> int:
        """Number of pictures as stated in the file, or 0.  It is an estimate."""
        return max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))

    @property
    def position_s(self) -> float:
        """Time at which the picture grabbed last is shown; 0 if the file does not say."""
        position_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
        return position_s if math.isfinite(position_s) else 0.0

    def grab(self) -> bool:
        """Go to the next picture; ``False`` at the end."""
        return bool(self._capture.grab())

    def retrieve(self) -> Image | None:
        """The picture grabbed last; ``None`` if the file is damaged there.

        Raises :class:`~vcam.errors.PictureError` if the decoder wrote none, or if its size
        has changed.
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

    def restart(self) -> Image | None:
        """Go back to the first picture and return it; ``None`` where that cannot be.

        Raises like :meth:`retrieve`.
        """
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
        return self.read()

    def release(self) -> None:
        """Close the file."""
        self._capture.release()

    def _first(self, size: Size, *, known: bool) -> Image:
        first = self.retrieve() if known else self._first_of_two(size)
        if first is None or first.ndim != 3 or first.dtype != np.uint8:
            raise _no_video(self._path)
        return first

    def _first_of_two(self, size: Size) -> Image | None:
        second, _ = _opened(self._path, 1)
        try:
            return same_everywhere(self._pictures, Checked(second, size), size)
        except Unwritten as error:
            raise _not_converted(self._path) from error
        finally:
            second.release()


class SteadyVideo:
    """A video without a steady rate, read at :attr:`OpenVideo.fps`.

    Browsers record so: each picture has its time, and there are fewer when the machine is
    busy.  Each is returned at the step nearest to its time; it is repeated until the next
    one is due, and left out if that is due at the same step.
    """

    def __init__(self, video: OpenVideo, first: Image) -> None:
        """``first`` was just retrieved from ``video``."""
        self._video, self._step_s = video, 1 / video.fps
        self._image, self._steps = first, 0
        """What was returned last, and the number of its step."""
        self._begun_s = self._next_s = 0.0
        """Times of the first picture, and of the one that was grabbed."""
        self._more = True
        """Something was grabbed, and not retrieved yet."""
        self._begin(first)

    def read(self) -> Image | None:
        """The picture of the next step; ``None`` at the end.

        Raises like :meth:`OpenVideo.retrieve`.
        """
        if not self._more:
            return None
        self._steps += 1
        until_s = self._begun_s + (self._steps + 0.5) * self._step_s
        while self._more and self._next_s < until_s:
            image = self._video.retrieve()
            if image is None:
                self._more = False
                break
            self._image = image
            self._grab()
        return self._image

    def restart(self) -> Image | None:
        """As :meth:`OpenVideo.restart`."""
        first = self._video.restart()
        if first is not None:
            self._begin(first)
        return first

    def _begin(self, first: Image) -> None:
        self._image = first
        self._begun_s = self._next_s = self._video.position_s
        self._steps = 0
        self._grab()

    def _grab(self) -> None:
        before_s = self._next_s
        self._more = self._video.grab()
        at_s = self._video.position_s
        # A large jump in the file's times is an error, and so are times that go back.
        sound = before_s < at_s <= before_s + LONGEST_S
        self._next_s = at_s if sound else before_s + self._step_s


def _opened(path: Path, threads: int) -> tuple[cv2.VideoCapture, Size]:
    # From a file, FFmpeg opens only other files: its list of protocols ensures that.
    capture = cv2.VideoCapture(
        str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, threads] if threads else []
    )
    if not capture.grab():
        capture.release()
        raise _no_video(path)
    width, height = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
    size = Size(int(capture.get(width)), int(capture.get(height)))
    if size.width * size.height > LARGEST.width * LARGEST.height:
        capture.release()
        raise PictureError(
            f"The video {str(path)!r} is too large: {size}",
            f"Scale it to {LARGEST} at most",
        )
    return capture, size


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
    """The frames of a video file, upright, with the seconds that each is shown.

    Frames that follow too fast are skipped before they are converted.  One thread decodes;
    only one thread at a time may use and close it.  Raises
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
                # Without times, or with times that go back, the file's rate is used.
                position_s = video.position_s
                at_s = position_s if position_s > at_s else at_s + 1 / fps
                if at_s - shown_s >= SHORTEST_S:
                    break
            lasts_s = at_s - shown_s if more else at_s - shown_s + 1 / fps
            yield image, min(max(lasts_s, SHORTEST_S), LONGEST_S)
    finally:
        video.release()
