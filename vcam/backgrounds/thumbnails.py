"""Small pictures of the gallery's files, for menus."""

import logging
import threading
import time
from collections import OrderedDict
from pathlib import Path

from vcam.errors import PictureError
from vcam.frames import Image, Size
from vcam.imaging.file_types import kind_by_name, kind_of_content
from vcam.imaging.pictures import encoded, load_picture
from vcam.imaging.resize import fitted
from vcam.imaging.videos import VideoReader

log = logging.getLogger(__name__)

SIDE = 32
"""The width and height of a thumbnail in pixels: menus show 16 to 24, and twice as many on
high-resolution screens."""
KEPT = 512
"""The number of thumbnails that are remembered, of 2 kB each."""
JOIN_S = 3.0

_Version = tuple[Path, int, int]
"""A file as it is now: path, time of the last change in nanoseconds, bytes."""


def thumbnail(path: Path, side: int = SIDE) -> bytes | None:
    """The middle of a picture, or of a video's first frame: a square PNG of ``side``.

    ``None`` for a file that cannot be read.  Takes 10 ms for a small file and a second
    for a PNG of twelve megapixels; :class:`Thumbnails` does not keep anybody waiting.
    """
    size = Size(side, side)
    try:
        return encoded(fitted(first_image(path, size), size), ".png")
    except PictureError:
        return None


class Thumbnails:
    """Thumbnails at once, or as soon as a thread of its own has made them.

    The thread lives while something is missing, and rests as long as it works: nobody
    in a call notices a folder full of photographs.  Any thread may call it.
    """

    def __init__(self) -> None:
        self._made: OrderedDict[_Version, bytes | None] = OrderedDict()
        self._missing: OrderedDict[_Version, None] = OrderedDict()
        self._using = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def get(self, path: Path) -> bytes | None:
        """The thumbnail of a file; ``None`` while there is none yet, or if there is none.

        Ask again: it is remembered until the file changes.
        """
        version = _version(path)
        if version is None:
            return None
        with self._using:
            if version in self._made:
                self._made.move_to_end(version)
                return self._made[version]
            self._missing[version] = None
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(
                    target=self._make, name="vcam-thumbnails", daemon=True
                )
                self._thread.start()
            return None

    def close(self) -> None:
        """Make no more."""
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join(JOIN_S)
            if thread.is_alive():
                log.warning("a thumbnail hangs while it is made; left behind")

    def _make(self) -> None:
        while True:
            with self._using:
                if self._closed.is_set() or not self._missing:
                    self._thread = None
                    return
                version, _ = self._missing.popitem(last=False)
                if version in self._made:  # asked for again while it was made
                    continue
            begun_s = time.monotonic()
            try:
                png = thumbnail(version[0])
            except Exception:
                log.exception("a bug while a thumbnail was made")
                png = None
            with self._using:
                self._made[version] = png
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)
            self._closed.wait(time.monotonic() - begun_s)


def _version(path: Path) -> _Version | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return path, about.st_mtime_ns, about.st_size


def first_image(path: Path, at_least: Size) -> Image:
    """A picture, or a video's first frame, which may be reduced, not below ``at_least``.

    Raises :class:`~vcam.errors.PictureError`.
    """
    kind = kind_of_content(path) or kind_by_name(path) or "picture"
    if kind == "picture":
        return load_picture(path, at_least)
    with VideoReader(path, at_least) as video:
        moment = video.read()
    assert moment is not None, "a file without a frame is not opened"
    return moment.image
