"""The frame and the alpha behind the picture on air, for the user's own preview.

They are kept only while somebody asks for them, and only while that picture is on air: with
a card, a break or a frozen picture the camera is off, and there is nothing to look into.
"""

import time
from dataclasses import dataclass
from typing import Final

from vcam.frames import Image, Size
from vcam.imaging.orientation import Orientation
from vcam.pipeline.privacy import Cleared
from vcam.printable import printable
from vcam.regions.placing import View
from vcam.sources import Source

ASKED_S: Final = 1.0
"""Seconds for which one request has the frames kept."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture of the camera, to paint on."""

    camera: str
    """:attr:`Region.camera` of what is painted on it."""
    name: str
    """The camera's, for people."""
    image: Image
    """As the camera gave it."""
    view: View
    """How pictures are made of it."""


def camera_of(source: Source, wanted: str) -> str:
    """By what the regions of a source are found; ``wanted`` is what the user calls it."""
    return printable(source.identity or wanted or source.name)


class Inspection:
    """Shared by the producer, the publisher, and the threads of commands."""

    def __init__(self) -> None:
        self._asked_s = self._asked_canvas_s = float("-inf")
        self._on_air: Cleared | None = None
        self._canvas: Canvas | None = None

    def ask(self) -> Cleared | None:
        """What is on air, with frame and alpha; ``None`` while there is no such thing.

        So it is at first: what is asked for here is kept from the next frame on.
        """
        self._asked_s = time.monotonic()
        return self._on_air

    def ask_canvas(self) -> "Canvas | None":
        """What the camera sees, to paint on; like :meth:`ask`."""
        self._asked_canvas_s = time.monotonic()
        return self._canvas

    def see(
        self, source: Source, camera: str, image: Image, orientation: Orientation, to: Size
    ) -> None:
        """Note what the source sees, of which pictures of the size ``to`` are made.

        ``camera`` is :attr:`Region.camera` of what is painted on it.  For the producer's
        thread.
        """
        if time.monotonic() - self._asked_canvas_s < ASKED_S:
            view = View(Size.of(image), orientation, to)
            self._canvas = Canvas(camera, source.name, image.copy(), view)

    @property
    def wanted(self) -> bool:
        """Whether somebody has just asked."""
        return time.monotonic() - self._asked_s < ASKED_S

    def prepared(self, picture: Cleared) -> Cleared:
        """``picture`` as it is handed to the publisher.  For the producer's thread."""
        self.expire()  # also while the publisher waits for a driver that hangs
        if picture.alpha is None or not self.wanted:
            return picture.without_alpha()
        return picture.with_copies()

    def show(self, picture: Cleared | None) -> None:
        """Note what has gone on air; ``None`` for a card.  For the publisher's thread."""
        kept = picture is not None and picture.alpha is not None and self.wanted
        self._on_air = picture if kept else None
        if picture is None:
            self._canvas = None

    def expire(self) -> None:
        """Keep nothing that nobody asks for.  For the publisher's and the producer's."""
        if not self.wanted:
            self._on_air = None
        if time.monotonic() - self._asked_canvas_s >= ASKED_S:
            self._canvas = None
