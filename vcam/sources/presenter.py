"""The drawn presenter as a source, at the rate of a camera."""

import time

from vcam.errors import SourceError
from vcam.frames import Frame, Image, Size
from vcam.presenter.stage import Drawing, Presenter
from vcam.sources import EndOfSource
from vcam.translation import tr


class PresenterSource:
    """A camera that films the drawn presenter.

    ``paced`` delivers one picture every ``1/fps`` seconds of the monotonic clock and, like
    a camera, drops pictures that are not taken in time; ``captured_s`` is then on that
    clock.  Unpaced, every picture comes at once and ``captured_s`` is the time in the
    script, so that a run can be repeated.  After ``seconds`` of the script
    :class:`~vcam.sources.EndOfSource` is raised; ``None`` means never.  ``start_s`` is the
    time in the script to start at.  ``room`` replaces the drawn room (BGR uint8, any size).
    """

    identity = negotiated = ""
    """Empty: there is only one presenter, and it is drawn as asked for."""

    def __init__(
        self,
        size: Size = Size(1280, 720),
        fps: float = 30.0,
        *,
        paced: bool = True,
        seconds: float | None = None,
        start_s: float = 0.0,
        noise: bool = True,
        seed: int = 0,
        room: Image | None = None,
    ) -> None:
        self._presenter = Presenter(size, fps, noise=noise, seed=seed, room=room)
        self._fps = fps
        self._paced = paced
        self._count = None if seconds is None else max(0, round(seconds * fps))
        self._start_s = start_s
        self._index = 0
        self._began_s: float | None = None
        self._truth: Drawing | None = None
        self._closed = False

    @property
    def name(self) -> str:
        """Its name for the user."""
        return tr("drawn presenter")

    @property
    def size(self) -> Size:
        """The size of the frames."""
        return self._presenter.size

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self._fps

    @property
    def frame_count(self) -> int:
        """The number of frames in the seconds asked for; 0 when it goes on for ever."""
        return self._count or 0

    @property
    def truth(self) -> Drawing | None:
        """The drawing behind the last frame that was read, with its exact alpha."""
        return self._truth

    def read(self, timeout_s: float) -> Frame | None:
        """The newest frame not yet read; waits at most ``timeout_s`` seconds for it."""
        if self._closed:
            raise SourceError(tr("The drawn presenter is closed"))
        captured_s = (
            self._wait_for_next(timeout_s) if self._paced else self._index / self._fps
        )
        if captured_s is None:
            return None
        if self._count is not None and self._index >= self._count:
            raise EndOfSource
        self._truth = self._presenter.draw(self._start_s + self._index / self._fps)
        frame = Frame(self._truth.image, self._index, captured_s, live=self._paced)
        self._index += 1
        return frame

    def close(self) -> None:
        """There is nothing to release; reading afterwards is an error."""
        self._closed = True

    def _wait_for_next(self, timeout_s: float) -> float | None:
        """Sleep until the next picture is due; returns that time, ``None`` if too late."""
        now_s = time.monotonic()
        if self._began_s is None:
            self._began_s = now_s
        self._index = max(self._index, int((now_s - self._began_s) * self._fps))
        due_s = self._began_s + self._index / self._fps
        if due_s - now_s > timeout_s:
            time.sleep(max(0.0, timeout_s))
            return None
        if due_s > now_s:
            time.sleep(due_s - now_s)
        return due_s
