"""A video that plays in a loop behind the person."""

import logging
import threading
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from vcam.backgrounds import Painter
from vcam.backgrounds.file import FileBackground
from vcam.errors import BackgroundError, PictureError, VcamError
from vcam.frames import Frame, Size
from vcam.imaging.file_types import kind_of_content
from vcam.memory import give_back
from vcam.translation import translatable

if TYPE_CHECKING:
    from vcam.frames import Alpha, Image

log = logging.getLogger(__name__)

AHEAD = 4
"""The number of frames that are decoded before they are due: enough for a file that is slow
for a tenth of a second; at 1920x1080 they take 25 MB."""
GAP_S = 10.0
"""The longest time between two frames that advances the video; a longer one, for example of
a laptop that slept, counts as this."""
RETRY_S = 5.0
"""The time between two tries to open a file that has disappeared."""
WAIT_S = 10.0
"""The longest time that a recording waits for a frame that is not decoded yet."""
JOIN_S = 1.0
ROUNDING_S = 1e-6
"""Times are sums: one that is so near to its end has reached it."""
SHORTEST_S = 1 / 31
"""The shortest time that a frame is shown: behind a person more than 30 fps is not
visible."""
LONGEST_S = 10.0
"""The longest time that a frame is shown: a larger jump in the file's times is an error."""

Moment: TypeAlias = "tuple[Image, float]"
"""A frame of the video at the output's size, and the seconds that it is shown."""


@dataclass(frozen=True)
class Video(FileBackground):
    """A video file, played in a loop at its own speed and without its sound."""

    kind: ClassVar[str] = "video"
    summary: ClassVar[str] = translatable(
        "a video file in a loop: MP4, MKV, WebM, MOV, AVI, GIF"
    )
    usage: ClassVar[str] = translatable("a video file")

    def open(self, size: Size) -> Painter:
        if kind_of_content(self.path) == "picture":  # whatever its name is
            from vcam.backgrounds.picture import Picture

            return Picture(self.path, self.fit).open(size)
        moments = _loop(self, size)
        try:
            return _VideoPainter(self, size, next(moments), moments)
        except PictureError as error:
            raise BackgroundError(error.what, error.remedy) from error


def _loop(video: Video, size: Size) -> Generator[Moment]:
    """The frames again and again; for ever, unless there is only one."""
    from vcam.imaging.resize import fitted
    from vcam.imaging.videos import VideoReader

    # Tiles are not scaled.
    at_most = None if video.fit == "tile" else size
    told = False
    number = 0
    while number != 1:
        number = 0
        # Opened anew for every turn: not every kind of file can be wound back.
        with VideoReader(video.path, at_most, shortest_s=SHORTEST_S) as reader:
            while (moment := reader.read()) is not None:
                number += 1
                lasts_s = min(max(moment.lasts_s, SHORTEST_S), LONGEST_S)
                yield fitted(moment.image, size, video.fit), lasts_s
            if reader.damage and not told:
                told = True
                log.warning("%s: %s", video.path.name, reader.damage)


class _VideoPainter:
    """Shows what a thread of its own has decoded: no frame waits for the file in a call.

    A file that is read too slowly plays in slow motion; one that goes away leaves its
    last frame until it is back.
    """

    def __init__(
        self, video: Video, size: Size, first: Moment, moments: Generator[Moment]
    ) -> None:
        self._video, self._size = video, size
        self._image, lasts_s = first
        # By a third, so that neither an equal nor a double rate of the camera stands on
        # the edge between two frames, where every jitter would double or drop one.
        self._left_s = lasts_s / 3
        self._last_s: float | None = None
        self._ahead: deque[Moment] = deque()
        self._changed = threading.Condition()
        self._stalled = self._closed = False
        self._thread = threading.Thread(
            target=self._read, args=(moments,), name="vcam-video", daemon=True
        )
        self._thread.start()

    def paint(self, frame: Frame, alpha: "Alpha") -> "Image":
        last_s, self._last_s = self._last_s, frame.captured_s
        if last_s is not None:
            self._left_s -= min(max(0.0, frame.captured_s - last_s), GAP_S)
        while self._left_s <= ROUNDING_S:
            moment = self._next(0 if frame.live else WAIT_S)
            if moment is None:  # the video pauses until there is one
                self._left_s, self._last_s = 0.0, None
                break
            self._image, lasts_s = moment
            self._left_s += lasts_s
        return self._image

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(JOIN_S)
        if self._thread.is_alive():
            log.warning("%s hangs while it is read; left behind", self._video.path.name)

    def _next(self, timeout_s: float) -> "Moment | None":
        with self._changed:
            self._changed.wait_for(lambda: self._ahead or self._stalled, timeout_s)
            self._changed.notify_all()
            return self._ahead.popleft() if self._ahead else None

    # From here on: only the thread that reads the file.

    def _read(self, moments: Generator[Moment]) -> None:
        try:
            self._play(moments)
        finally:
            give_back()  # of a large file it is a gigabyte

    def _play(self, moments: Generator[Moment]) -> None:
        logged = ""
        while not self._closed:
            try:
                for moment in moments:
                    logged = ""
                    if not self._put(moment):
                        return
            except Exception as error:
                if str(error) != logged:
                    logged = str(error)
                    known = isinstance(error, VcamError)
                    log.warning("the last frame stays: %s", logged, exc_info=not known)
            finally:
                moments.close()
            with self._changed:
                self._stalled = True
                self._changed.notify_all()
                # A file of a single frame is read again as rarely as one that is gone.
                self._changed.wait_for(lambda: self._closed, RETRY_S)
            moments = _loop(self._video, self._size)

    def _put(self, moment: Moment) -> bool:
        """Wait until the frame is wanted, and hand it over; ``False`` when closed."""
        with self._changed:
            self._stalled = False
            while len(self._ahead) >= AHEAD and not self._closed:
                self._changed.wait(1.0)
            self._ahead.append(moment)
            self._changed.notify_all()
            return not self._closed
