"""Video files and animated pictures, frame by frame, as they are to be shown."""

import os
import threading
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from vcam.errors import PictureError
from vcam.frames import Image, Size
from vcam.imaging.animated import Animation, is_for_pillow
from vcam.imaging.colour import BLACK, Colour
from vcam.imaging.decoding import Unwritten, same_everywhere
from vcam.imaging.film import Film, Skipped, Timed, not_converted
from vcam.translation import tr

SHORT = 0.9
"""Share of a file's stated length, which is an estimate, below which its end is missing."""
KEPT = 256
"""File versions that are remembered."""
_converted: set[tuple[int, ...]] = set()
"""File versions whose first picture was found to be real.  Whether a file is converted
depends only on the file, and a loop opens it again and again."""


class Moment(NamedTuple):
    """A picture of a video, and when it is shown."""

    image: Image
    at_s: float
    """From the beginning of the file: of its sound, where that begins first."""
    lasts_s: float


class VideoReader:
    """An open video file: its pictures in order, upright, with square pixels, in sRGB.

    Any thread may use it; one at a time.  It can be closed while another thread reads: it
    is then closed at the end of that read.  A child that was forked must open its own.
    """

    def __init__(
        self,
        path: Path,
        at_most: Size | None = None,
        over: Colour = BLACK,
        *,
        shortest_s: float = 0.0,
        threads: int = 1,
    ) -> None:
        """Open it and decode its first frame.

        ``at_most`` is the size that will be covered: pictures of twice that and more are
        scaled down to it while they are converted, where that is faster than doing so
        later.  ``over`` lies behind what is transparent.
        Frames that are shown for less than ``shortest_s`` are left out before they are
        converted.  ``threads`` is the number of decoding threads; 0 means one per core.

        Raises :class:`~vcam.errors.PictureError` for a file that is missing, is not a
        video, or of which nothing can be decoded.
        """
        self._path, self._at_most, self._over = path, at_most, over
        self._shortest_s, self._threads = shortest_s, threads
        self._process = os.getpid()
        # FFmpeg crashes when a file is closed while it is decoded.
        self._using = threading.Lock()
        self._closed = False
        self._skipped = Skipped()
        self._ends_s = 0.0
        self._begin()
        self.size = self._source.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def fps(self) -> float:
        """Frames per second on average as stated in the file, or 30."""
        return self._source.fps

    @property
    def steady(self) -> bool:
        """Whether the file states a rate.  Its frames may have other times all the same."""
        return self._source.steady

    @property
    def count(self) -> int:
        """Number of frames as stated in the file, or 0.  It is an estimate."""
        return self._source.count

    @property
    def duration_s(self) -> float | None:
        """The file's length in seconds, if it states one."""
        return self._source.duration_s

    @property
    def has_sound(self) -> bool:
        """Whether there is a sound track."""
        return self._source.has_sound

    @property
    def skipped(self) -> Skipped:
        """Damaged frames that have been left out."""
        return self._source.skipped if self._source.skipped.frames else self._skipped

    @property
    def damage(self) -> str:
        """What is wrong with the file, as far as it was read; empty if nothing is."""
        found = [str(self.skipped)] if self.skipped.frames else []
        stated_s = self.duration_s or 0.0
        if self._ahead is None and 0 < self._ends_s < SHORT * stated_s:
            found.append(
                tr(
                    "it ends at {seconds} s instead of {stated} s",
                    seconds=f"{self._ends_s:.2f}",
                    stated=f"{stated_s:.2f}",
                )
            )
        return "; ".join(found)

    def read(self) -> Moment | None:
        """The next picture; ``None`` at the end.

        Raises :class:`~vcam.errors.PictureError`.
        """
        self._check_process()
        try:
            with self._using:
                self._check_open()
                return self._read()
        finally:
            self._release_if_closed()

    def restart(self) -> None:
        """Go back to the beginning: the file is opened anew.

        Not every kind of file can be wound back.  Raises
        :class:`~vcam.errors.PictureError`.
        """
        self._check_process()
        try:
            with self._using:
                self._check_open()
                self._skipped = self.skipped
                self._source.close()
                self._begin()
                if self._source.size != self.size:
                    raise PictureError(
                        tr(
                            "The video {path!r} was replaced by one of another size, "
                            "{size}",
                            path=str(self._path),
                            size=self._source.size,
                        ),
                        tr("Choose it again"),
                    )
        finally:
            self._release_if_closed()

    def close(self) -> None:
        """Close the file now, or at the end of a read on another thread."""
        self._closed = True
        if os.getpid() == self._process:  # in a forked child the lock may never be free
            self._release_if_closed()

    def _release_if_closed(self) -> None:
        if self._closed and self._using.acquire(blocking=False):
            try:
                self._source.close()
            finally:
                self._using.release()

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise PictureError(
                tr(
                    "The video {path!r} was opened before this process was forked",
                    path=str(self._path),
                ),
                tr("Open it in this process"),
            )

    def _check_open(self) -> None:
        if self._closed:
            raise PictureError(tr("The video {path!r} is closed", path=str(self._path)))

    def _begin(self) -> None:
        version = _version(self._path)  # before it is opened, because it may be replaced
        self._source = self._opened(self._threads)
        self._ahead: Timed | None = self._source.first
        self._image: Image | None = None
        """The picture of ``_ahead``, once it is converted."""
        try:
            if isinstance(self._source, Film) and version not in _converted:
                self._image = self._real(self._source)
                # Black proves nothing, because memory fresh from the system is black.
                if version and self._image.any():
                    if len(_converted) >= KEPT:
                        _converted.clear()
                    _converted.add(version)
        except BaseException:
            self._source.close()
            raise

    def _opened(self, threads: int) -> Film | Animation:
        if is_for_pillow(self._path):
            return Animation(self._path, self._at_most, self._over)
        return Film(self._path, threads, self._at_most, self._over)

    def _real(self, film: Film) -> Image:
        """The first picture, if two decoders give the same."""
        others: list[Film] = []

        def first(of: Film) -> Image:
            assert of.first is not None, "nothing was read yet"
            return of.picture(of.first.frame)

        def other() -> Image:
            others.append(Film(self._path, 1, self._at_most, self._over))
            return first(others[0])

        try:
            image = same_everywhere(lambda: first(film), other, film.size)
        except Unwritten as error:
            raise not_converted(self._path) from error
        finally:
            for each in others:
                each.close()
        assert image is not None
        return np.asarray(image, np.uint8)

    def _read(self) -> Moment | None:
        if self._ahead is None:
            return None
        image, at_s = self._image, self._ahead.at_s
        if image is None:
            image = self._source.picture(self._ahead.frame)
        # Now, so that the decoder uses this frame's memory again.
        self._ahead = self._image = self._source.first = None
        ahead = self._source.next()
        while ahead is not None and ahead.at_s - at_s < self._shortest_s:
            ahead = self._source.next()
        self._ahead = ahead
        ends_s = at_s + self._source.step_s if ahead is None else ahead.at_s
        self._ends_s = ends_s
        if ahead is None:
            self._source.close()
        return Moment(image, at_s, ends_s - at_s)


def _version(path: Path) -> tuple[int, ...]:
    try:
        about = path.stat()
    except (OSError, ValueError):  # ValueError: a NUL, or too long for Windows
        return ()
    changed_ns = about.st_mtime_ns, about.st_ctime_ns
    return about.st_dev, about.st_ino, about.st_size, *changed_ns
