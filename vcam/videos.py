"""Video files, read by FFmpeg through OpenCV."""

import math
from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np

from vcam.errors import PictureError
from vcam.frames import Image
from vcam.pictures import check_readable

SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".3gp", ".mkv", ".webm", ".ogv"}
    | {".avi", ".wmv", ".mpg", ".mpeg", ".ts"}
)
SHORTEST_S = 1 / 31
"""No frame is shown for less: more than 30 a second nobody sees behind a person."""
LONGEST_S = 10.0
"""Nor for more: a time in the file that jumps further is broken."""


def open_video(path: Path, threads: int = 0) -> tuple[cv2.VideoCapture, float]:
    """Open a video file: the capture, at its first frame, and its frames per second.

    The first frame is grabbed, to be retrieved.  ``threads`` decode; 0 means one per
    core.  The rate is 30 where the file has none.  Raises
    :class:`~vcam.errors.PictureError` for a file that is missing or no video.
    """
    check_readable(path, "video")
    try:
        str(path).encode()
    except UnicodeEncodeError as error:  # OpenCV's native code crashes on such a name
        raise PictureError(
            f"The name {str(path)!r} is not UTF-8, so it cannot be opened", "Rename it"
        ) from error
    # FFmpeg opens nothing but files from a file: its own list of protocols sees to that.
    capture = cv2.VideoCapture(
        str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, threads] if threads else []
    )
    if not capture.grab() or not capture.retrieve()[0]:
        capture.release()
        raise PictureError(
            f"{str(path)!r} is not a video that vcam can read",
            "Choose another file, or convert it to MP4",
        )
    rate = capture.get(cv2.CAP_PROP_FPS)
    return capture, rate if 0 < rate <= 1000 else 30.0


def film(path: Path) -> Generator[tuple[Image, float]]:
    """The frames of a video file, upright, and for how many seconds each is shown.

    Frames that follow too fast are left out before they cost a conversion.  Decoded by
    one thread; to be used and closed by one thread at a time.  Raises
    :class:`~vcam.errors.PictureError` like :func:`open_video`.
    """
    capture, fps = open_video(path, threads=1)
    try:
        at_s = _position_s(capture)
        more = True
        while more:
            done, image = capture.retrieve()
            if not done or image is None:
                return
            shown_s = at_s
            while more := capture.grab():
                # Files without times, or with times that go back, keep their rate.
                position_s = _position_s(capture)
                at_s = position_s if position_s > at_s else at_s + 1 / fps
                if at_s - shown_s >= SHORTEST_S:
                    break
            lasts_s = at_s - shown_s if more else at_s - shown_s + 1 / fps
            yield np.asarray(image, np.uint8), min(max(lasts_s, SHORTEST_S), LONGEST_S)
    finally:
        capture.release()


def _position_s(capture: cv2.VideoCapture) -> float:
    """When the frame that was grabbed last is shown; 0 where the file does not say."""
    position_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
    return position_s if math.isfinite(position_s) else 0.0
