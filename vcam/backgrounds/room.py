"""The plain room: the one background that shows it, and only when chosen by name."""

from dataclasses import dataclass
from typing import ClassVar

from vcam.backgrounds import SHOWS_ROOM
from vcam.frames import Alpha, Frame, Image, Size


@dataclass(frozen=True)
class Room:
    """The real room, unchanged."""

    kind: ClassVar[str] = "room"
    summary: ClassVar[str] = "the real room, unchanged: everybody sees it"
    exposure: ClassVar[int] = SHOWS_ROOM

    def open(self, size: Size) -> "_RoomPainter":  # noqa: D102 - see the contract
        return _RoomPainter()

    def __str__(self) -> str:
        return self.kind


class _RoomPainter:
    def paint(self, frame: Frame, alpha: Alpha) -> Image:
        return frame.image

    def close(self) -> None:
        pass
