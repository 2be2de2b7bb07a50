"""Where frames come from: a camera, a video file, a picture, the drawn presenter.

One kind per file.  A source is opened by its constructor, read, and closed once, by one
thread; its properties can be read by any thread at any time.
"""

from collections.abc import Iterator
from typing import Protocol

from vcam.frames import Frame, Size


class Source(Protocol):
    """An open source of frames.

    ``read`` waits at most ``timeout_s`` seconds for a frame newer than the last one and
    returns ``None`` if there is none yet.  A finite source raises :class:`EndOfSource`
    after its last frame.  A source that is gone raises
    :class:`~vcam.errors.SourceError`; its owner then closes it and opens it again.
    ``close`` returns within a few seconds even if a driver hangs.  If ``read`` hangs,
    another thread closes the source, so ``close`` may be called twice.
    """

    @property
    def name(self) -> str:
        """Its name for the user."""

    @property
    def identity(self) -> str:
        """Finds the same camera again after it was plugged in elsewhere.

        Empty for what needs no such name: a file, the drawn presenter.
        """

    @property
    def size(self) -> Size:
        """The size of the frames, as negotiated."""

    @property
    def fps(self) -> float:
        """Frames per second, as negotiated."""

    @property
    def negotiated(self) -> str:
        """Format, size and rate for people, for example ``MJPG 1280x720 at 30 fps``.

        Empty where nothing was negotiated.
        """

    @property
    def frame_count(self) -> int:
        """The number of frames until :class:`EndOfSource`; files only give an estimate.

        0 when it is not known, or when the source never ends.
        """

    def read(self, timeout_s: float) -> Frame | None:
        """The newest frame not yet read."""

    def close(self) -> None:
        """Release the device or file."""


class EndOfSource(Exception):  # noqa: N818 - not an error: a file has an end
    """The file has no more frames."""


def frames_of(source: Source) -> Iterator[Frame]:
    """The frames of a finite source, until its end."""
    while True:
        try:
            frame = source.read(timeout_s=1.0)
        except EndOfSource:
            return
        if frame is not None:
            yield frame
