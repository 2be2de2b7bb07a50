"""A kind of background of your own: the sky, from dark blue to any colour.

    python own_background.py [COLOUR [OUT.png]]

A background is two small classes.  ``Sky`` is the choice: frozen, comparable, made of plain
fields.  ``SkyPainter`` is what the choice opens for frames of one size.
"""

import sys
from contextlib import closing
from dataclasses import dataclass
from typing import ClassVar, Self

import cv2
import numpy as np

from vcam import Pipeline
from vcam.backgrounds import HIDES_ROOM
from vcam.backgrounds.choosing import KINDS
from vcam.backgrounds.color import Color
from vcam.frames import Alpha, Frame, Image, Size
from vcam.sources.presenter import PresenterSource

TOP_BGR = (92, 46, 20)


@dataclass(frozen=True)
class Sky:
    """From dark blue at the top to ``color`` at the bottom."""

    kind: ClassVar[str] = "sky"
    summary: ClassVar[str] = "the sky, from dark blue to a colour: 'sky:orange'"
    usage: ClassVar[str] = "sky, sky:COLOUR"
    heading: ClassVar[str] = "Sky"
    path: ClassVar[None] = None  # it shows no file
    fit: ClassVar[None] = None
    exposure: ClassVar[int] = HIDES_ROOM  # so the painter is never given the room

    color: str = "orange"

    def __post_init__(self) -> None:
        """Refuse what is no colour when it is chosen, with an explanation."""
        Color(self.color)

    @property
    def title(self) -> str:
        """Its name in the status."""
        return f"Sky, {self.color}"

    @property
    def label(self) -> str:
        """Its line in the menu."""
        return self.color.capitalize()

    @classmethod
    def named(cls, value: str) -> Self | None:
        """What ``sky`` and ``sky:COLOUR`` mean."""
        return cls(value) if value else cls()

    @classmethod
    def offers(cls) -> tuple[Self, ...]:
        """What the menu always lists."""
        return cls("orange"), cls("gold"), cls("hotpink")

    def open(self, size: Size) -> "SkyPainter":
        """Make it ready for frames of ``size``."""
        return SkyPainter(size, Color(self.color).bgr)

    def __str__(self) -> str:
        """As the command line takes it."""
        return f"sky:{self.color}"


class SkyPainter:
    """Shows the same picture in every frame."""

    def __init__(self, size: Size, bottom_bgr: tuple[int, int, int]) -> None:
        share = np.linspace(0, 1, size.height)[:, None]
        column = (1 - share) * TOP_BGR + share * bottom_bgr  # (height, 3)
        rows = np.repeat(column[:, None, :], size.width, axis=1)
        self._image = np.ascontiguousarray(rows.round().astype(np.uint8))

    def paint(self, frame: Frame, alpha: Alpha) -> Image:
        """The background for this frame.  What moves is a function of its time."""
        return self._image

    def close(self) -> None:
        """Release what was opened: here nothing."""


KINDS[Sky.kind] = Sky  # now every text that names a background may be "sky:gold"


def main(color: str = "orange", out: str = "sky.png") -> None:
    """Write one picture of the drawn presenter in front of the sky."""
    with (
        closing(PresenterSource(Size(1280, 720), paced=False, seconds=0.5)) as source,
        Pipeline(f"sky:{color}") as pipeline,
    ):
        for _ in range(10):  # edges settle within a few frames
            frame = source.read(timeout_s=1.0)
            assert frame is not None
            result = pipeline.process(frame.image, frame.captured_s)
    cv2.imwrite(out, result.image)


if __name__ == "__main__":
    main(*sys.argv[1:3])
