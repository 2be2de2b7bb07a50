"""Several outputs as one: on Linux the driver's device and the camera in PipeWire.

Where the picture is served, that is one of them.  They show the same pictures: the gate
sends each once, to this output, which hands it to all.  One that is missing or fails does
not keep the others from the air; it is looked for again from time to time.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vcam.errors import OutputError
from vcam.frames import Size
from vcam.outputs import address_of, longest_pause_s, loopback
from vcam.outputs.viewers import UNKNOWN, Viewers
from vcam.translation import tr_list
from vcam.v4l2.system import System

if TYPE_CHECKING:
    from vcam.frames import Image
    from vcam.outputs import WatchedOutput

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
"""The pause before what is missing is looked for again; doubled each time."""


@dataclass(frozen=True)
class Part:
    """An output that may be missing."""

    open: Callable[[Size, float], "WatchedOutput"]
    """Raises :class:`~vcam.errors.OutputError`."""
    expected: Callable[[], bool]
    """Whether it should open here: then the user is told if it does not."""


def open_device(size: Size, fps: float) -> "WatchedOutput":
    """The driver's device."""
    from vcam.outputs.virtual_camera import VirtualCamera

    loopback.require(System())  # or else every camera would be asked whether it is ours
    return VirtualCamera(size, fps)


def open_pipewire(size: Size, fps: float) -> "WatchedOutput":
    """The camera in PipeWire."""
    from vcam.outputs.pipewire import PipeWire

    return PipeWire(size, fps)


PARTS: Mapping[str, Part] = {
    "device": Part(open_device, lambda: loopback.loaded(System())),
    "pipewire": Part(open_pipewire, lambda: False),
}
"""What Linux has, the one first whose error is told when none is there."""


SERVED = "served"
"""The part at which programs read the picture by HTTP."""


def _served_at(port: int) -> Part:
    def opened(size: Size, fps: float) -> "WatchedOutput":
        from vcam.outputs.served.output import Served

        return Served(size, port)

    return Part(opened, lambda: True)


class Automatic:
    """The open ones as one; fulfils :class:`~vcam.outputs.WatchedOutput`."""

    def __init__(
        self,
        size: Size,
        fps: float,
        parts: Mapping[str, Part] = PARTS,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open what is there; raises the first part's error when nothing is.

        ``port`` is where the picture is served; 0 for nowhere.
        """
        self._size, self._fps, self._clock, self._port = size, fps, clock, port
        self._parts = {**parts, SERVED: _served_at(port)} if port else {**parts}
        self._open: dict[str, WatchedOutput] = {}
        self._errors: dict[str, OutputError] = {}
        self._refusals: dict[str, str] = {}
        """Why those are not open that should be."""
        self._pause_s = FIRST_PAUSE_S
        self._next_s = clock() + self._pause_s
        with contextlib.ExitStack() as failing:
            failing.callback(self.close)
            self._look()
            if not self._open:
                raise self._first_error()
            failing.pop_all()

    @property
    def name(self) -> str:
        """The open ones, and what refuses to be opened though it is there."""
        names = (self._open[name].name for name in self._parts if name in self._open)
        return "; ".join((tr_list(names), *self._refusals.values()))

    @property
    def address(self) -> str:
        """Where the picture is served; empty when it is not."""
        return next(filter(None, map(address_of, self._open.values())), "")

    @property
    def size(self) -> Size:
        """The size of the pictures."""
        return self._size

    @property
    def longest_pause_s(self) -> float:
        """That of the most impatient readers."""
        return min(map(longest_pause_s, self._open.values()), default=float("inf"))

    def send(self, image: "Image") -> None:
        """Hand the picture to each; raises :class:`OutputError` when none is left."""
        for name, output in tuple(self._open.items()):
            try:
                output.send(image)
            except OutputError as error:
                self._lose(name, error)
        if not self._open:
            raise self._first_error()
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

    def serve(self, port: int) -> None:
        """Serve the picture at ``port`` from now on, 0 for no longer; the others stay."""
        if port == self._port:
            return
        self._port = port
        for known in (self._parts, self._errors, self._refusals):
            known.pop(SERVED, None)
        if served := self._open.pop(SERVED, None):
            served.close()
        if port:
            self._parts[SERVED] = _served_at(port)
            self._look()

    def close(self) -> None:
        """Close each."""
        with contextlib.ExitStack() as closing:
            for output in self._open.values():
                closing.callback(output.close)

    def _first_error(self) -> OutputError:
        """The error of what should be there, rather than of what may be missing."""
        names = [name for name in self._parts if name in self._errors]
        names.sort(key=lambda name: name not in self._refusals)
        return self._errors[names[0]]

    def _look(self) -> None:
        for name, part in self._parts.items():
            if name in self._open:
                continue
            try:
                self._open[name] = part.open(self._size, self._fps)
            except OutputError as error:
                self._miss(name, error)
            else:
                self._errors.pop(name, None)
                self._refusals.pop(name, None)
                log.info("publishing to %s", self._open[name].name)

    def _lose(self, name: str, error: OutputError) -> None:
        lost = self._open.pop(name)
        self._miss(name, error)
        self._pause_s = FIRST_PAUSE_S
        self._next_s = self._clock() + self._pause_s
        lost.close()

    def _miss(self, name: str, error: OutputError) -> None:
        known = self._errors.get(name)
        if known is None or known.what != error.what:
            log.info("not publishing there: %s", error)
        self._errors[name] = error
        if self._parts[name].expected():
            self._refusals[name] = error.what
        else:
            self._refusals.pop(name, None)
