"""Linux: the driver's device and the camera in PipeWire, whichever there is.

They show the same pictures: the gate sends each once, to this output, which hands it to
both.  One that is missing or fails does not keep the other from the air; it is looked for
again from time to time.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from vcam.errors import OutputError
from vcam.frames import Size
from vcam.outputs.viewers import UNKNOWN, Viewers

if TYPE_CHECKING:
    from vcam.frames import Image
    from vcam.outputs import WatchedOutput

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
"""The pause before what is missing is looked for again; doubled each time."""

OpenPart = Callable[[Size, float], "WatchedOutput"]
"""Opens one of them; raises :class:`AbsentError` where that kind is not installed or does
not run, and another :class:`~vcam.errors.OutputError` where it refuses."""


class AbsentError(OutputError):
    """There is no such thing on this machine now, which is no trouble beside another."""


def open_device(size: Size, fps: float) -> "WatchedOutput":
    """The driver's device."""
    from vcam.outputs import loopback
    from vcam.outputs.virtual_camera import VirtualCamera
    from vcam.v4l2.system import System

    system = System()
    if not loopback.loaded(system):  # without asking every camera for its kind
        missing = loopback.missing(system)
        raise AbsentError(missing.what, missing.remedy)
    return VirtualCamera(size, fps)


def open_pipewire(size: Size, fps: float) -> "WatchedOutput":
    """The camera in PipeWire."""
    from vcam.outputs.pipewire import PipeWire

    try:
        return PipeWire(size, fps)
    except OutputError as error:
        raise AbsentError(error.what, error.remedy) from error


PARTS: Mapping[str, OpenPart] = {"device": open_device, "pipewire": open_pipewire}
"""What is opened, the one first whose error is told when none is there."""


class Automatic:
    """Up to two open outputs as one; fulfils :class:`~vcam.outputs.WatchedOutput`."""

    def __init__(
        self,
        size: Size,
        fps: float,
        parts: Mapping[str, OpenPart] = PARTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open what is there; raises the first part's error when nothing is."""
        self._size, self._fps, self._parts, self._clock = size, fps, parts, clock
        self._open: dict[str, WatchedOutput] = {}
        self._errors: dict[str, OutputError] = {}
        self._pause_s = FIRST_PAUSE_S
        self._next_s = clock() + self._pause_s
        self._look()
        if not self._open:
            raise next(iter(self._errors.values()))

    @property
    def name(self) -> str:
        """The open ones, and what refuses to be opened though it is there."""
        names = (self._open[part].name for part in self._parts if part in self._open)
        refused = [
            error.what
            for error in self._errors.values()
            if not isinstance(error, AbsentError)
        ]
        return "; ".join((" and ".join(names), *refused))

    @property
    def size(self) -> Size:
        """The size of the pictures."""
        return self._size

    def send(self, image: "Image") -> None:
        """Hand the picture to each; raises :class:`OutputError` when none is left."""
        for part, output in tuple(self._open.items()):
            try:
                output.send(image)
            except OutputError as error:
                self._lose(part, error)
        if not self._open:
            raise next(iter(self._errors.values()))
        if self._errors and self._clock() >= self._next_s:
            self._look()
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            self._next_s = self._clock() + self._pause_s

    def viewers(self) -> Viewers:
        """Who watches any of them."""
        each = [output.viewers() for output in self._open.values()]
        if not each or UNKNOWN in each:
            return UNKNOWN
        unnamed = any(viewers.watched and not viewers.names for viewers in each)
        names = {name for viewers in each for name in viewers.names or ()}
        watched = any(viewers.watched for viewers in each)
        return Viewers(watched, None if unnamed else tuple(sorted(names)))

    def close(self) -> None:
        """Close each."""
        with contextlib.ExitStack() as closing:
            for output in self._open.values():
                closing.callback(output.close)

    def _look(self) -> None:
        for part, opens in self._parts.items():
            if part in self._open:
                continue
            try:
                self._open[part] = opens(self._size, self._fps)
            except OutputError as error:
                self._miss(part, error)
            else:
                self._errors.pop(part, None)
                log.info("publishing to %s", self._open[part].name)

    def _lose(self, part: str, error: OutputError) -> None:
        lost = self._open.pop(part)
        self._miss(part, error)
        self._pause_s = FIRST_PAUSE_S
        self._next_s = self._clock() + self._pause_s
        lost.close()

    def _miss(self, part: str, error: OutputError) -> None:
        known = self._errors.get(part)
        if known is None or known.what != error.what:
            log.info("not publishing there: %s", error)
        self._errors[part] = error
