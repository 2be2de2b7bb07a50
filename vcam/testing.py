"""Sources, segmenters and outputs that need no hardware.  Shipped with vcam.

vcam's own tests use them, and so can yours: hand ``FakeWorld().devices`` to a
:class:`~vcam.engine.engine.Engine`, then unplug the camera and see what happens.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from vcam.engine.factories import Factories, Timeouts
from vcam.errors import OutputError, SourceError
from vcam.frames import Frame, Image, Mask, Size
from vcam.outputs.options import OutputOptions
from vcam.outputs.viewers import Viewers

SECRET: tuple[int, int, int] = (201, 17, 233)
"""The colour (BGR) that fills the right half of the fake room, and nothing else."""
PERSON: tuple[int, int, int] = (90, 120, 150)
HURRY = Timeouts(
    retry_s=0.02,
    card_every_s=0.04,
    rest_every_s=0.04,
    poll_every_s=0.01,
    grace_s=0.1,
    silence_s=0.15,
)
"""Fakes do not need long.  What hangs is noticed as late as by users."""


def secret_room(size: Size) -> Image:
    """A person of one colour in the left half, the secret in the right half."""
    image = np.zeros((size.height, size.width, 3), np.uint8)
    image[:, : size.width // 2] = PERSON
    image[:, size.width // 2 :] = SECRET
    return image


def shows_secret(image: Image, tolerance: int = 8) -> bool:
    """Whether any pixel has the secret's colour, to within ``tolerance`` grey levels."""
    distance = np.abs(image.astype(np.int16) - np.array(SECRET, np.int16)).max(axis=2)
    return bool((distance <= tolerance).any())


class FakeSource:
    """The secret room at ``fps``; :meth:`FakeWorld.unplug` makes it fail like a camera."""

    negotiated = ""
    """Empty: there is no driver to negotiate with."""
    frame_count = 0
    """0: it never ends."""

    def __init__(
        self, world: "FakeWorld", size: Size, camera: str = "", fps: float = 100.0
    ) -> None:
        self._world, self._fps = world, fps
        self.identity = f"usb:{camera}" if camera else ""
        self._image = secret_room(size)
        self._index = -1
        self.closed = False

    @property
    def name(self) -> str:
        """What the user calls it."""
        return "fake camera"

    @property
    def size(self) -> Size:
        """The size of the frames."""
        return Size.of(self._image)

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self._fps

    def read(self, timeout_s: float) -> Frame | None:
        """The room again, after the world had its chance to interfere."""
        time.sleep(min(timeout_s, 1 / self._fps))
        self._world.fault("read")
        if not self._world.plugged_in:
            raise SourceError("The fake camera is gone", "Plug it in again")
        self._index += 1
        return Frame(self._image, self._index, time.monotonic())

    def close(self) -> None:
        """Note it."""
        self.closed = True


class FakeSegmenter:
    """Finds the person by colour; a fault may replace the mask."""

    def __init__(self, world: "FakeWorld") -> None:
        self._world = world
        self.closed = False

    @property
    def input_size(self) -> Size:
        """As the landscape model's."""
        return Size(256, 144)

    def segment(self, image: Image) -> Mask:
        """1.0 where the picture has the person's colour, 0.0 elsewhere."""
        distance = np.abs(image.astype(np.int16) - np.array(PERSON, np.int16)).max(axis=2)
        mask = (distance < 32).astype(np.float32)
        faulty: Mask = self._world.fault("segment", mask)
        return faulty

    def close(self) -> None:
        """Note it."""
        self.closed = True


class RecordingOutput:
    """Keeps a copy of everything it is sent."""

    def __init__(self, world: "FakeWorld", size: Size) -> None:
        self._world, self._size = world, size
        self.sent: list[Image] = []
        self.closed = False

    @property
    def name(self) -> str:
        """Where it goes."""
        return "fake virtual camera"

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    def send(self, image: Image) -> None:
        """Keep one picture."""
        self._world.fault("send")
        if Size.of(image) != self._size:
            raise OutputError(f"A picture of {Size.of(image)} for {self._size}")
        self.sent.append(image.copy())

    def viewers(self) -> Viewers:
        """Whoever :attr:`FakeWorld.watchers` names."""
        return Viewers(self._world.watchers != (), self._world.watchers)

    def close(self) -> None:
        """Note it."""
        self.closed = True


class FakeWorld:
    """A camera, a model and a virtual camera, and all that can go wrong with them.

    ``faults`` maps a place (``open``, ``read``,
    ``segmenter``, ``segment``, ``output``, ``send``) to
    what happens there: a function of the value that would be returned, which may raise,
    wait, or return something else.
    """

    def __init__(self) -> None:
        self.asked_for: list[str] = []
        """What was asked for at every opening of a camera: names and identities."""
        self.sources: list[FakeSource] = []
        self.segmenters: list[FakeSegmenter] = []
        self.outputs: list[RecordingOutput] = []
        self.plugged_in = True
        self.watchers: tuple[str, ...] | None = None
        """Who reads the virtual camera: nobody when empty; ``None``: it cannot be known."""
        self.faults: dict[str, Callable[[Any], Any]] = {}
        self.let_go = threading.Event()
        """Set it to end everything that :meth:`hang` holds."""
        self.hanging = threading.Event()
        """Set when it holds something."""
        self.devices = Factories(self._source, self._segmenter, self._output)

    @property
    def published(self) -> list[Image]:
        """All pictures and cards sent to any output, in order."""
        return [image for output in list(self.outputs) for image in list(output.sent)]

    def unplug(self) -> None:
        """The camera is gone."""
        self.plugged_in = False

    def plug_in(self) -> None:
        """The camera is back."""
        self.plugged_in = True

    def hang(self, value: Any) -> Any:
        """A fault: do not return until ``let_go`` is set."""
        self.hanging.set()
        self.let_go.wait(30)
        return value

    def fault(self, place: str, value: Any = None) -> Any:
        """What ``place`` returns instead of ``value``, if it is to fail."""
        happens = self.faults.get(place)
        return value if happens is None else happens(value)

    def _source(self, camera: str, size: Size, fps: float) -> FakeSource:
        self.fault("open")
        if not self.plugged_in:
            raise SourceError("There is no camera", "Plug one in")
        self.asked_for.append(camera)
        self.sources.append(FakeSource(self, size, camera.removeprefix("usb:")))
        return self.sources[-1]

    def _segmenter(self, engine: str, model: str) -> FakeSegmenter:
        self.fault("segmenter")
        self.segmenters.append(FakeSegmenter(self))
        return self.segmenters[-1]

    def _output(self, options: OutputOptions) -> RecordingOutput:
        self.fault("output")
        self.outputs.append(RecordingOutput(self, options.size))
        return self.outputs[-1]
