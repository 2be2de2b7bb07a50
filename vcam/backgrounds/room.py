"""The plain room: the one background that shows it, and only when chosen by name."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from vcam.backgrounds import SHOWS_ROOM
from vcam.frames import Frame, Size
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.frames import Alpha, Image


@dataclass(frozen=True)
class Room:
    """The real room, unchanged."""

    kind: ClassVar[str] = "room"
    summary: ClassVar[str] = translatable("the real room, unchanged: everybody sees it")
    usage: ClassVar[str] = translatable("room to show the real one")
    heading: ClassVar[str] = ""
    path: ClassVar[None] = None
    fit: ClassVar[None] = None
    exposure: ClassVar[int] = SHOWS_ROOM

    @property
    def title(self) -> str:
        return tr("Your room")

    @property
    def label(self) -> str:
        return tr("Show my room")

    @classmethod
    def named(cls, value: str) -> Self | None:
        return None if value else cls()

    @classmethod
    def offers(cls) -> tuple[Self, ...]:
        return (cls(),)

    def open(self, size: Size) -> "_RoomPainter":
        return _RoomPainter()

    def __str__(self) -> str:
        return self.kind


class _RoomPainter:
    def paint(self, frame: Frame, alpha: "Alpha") -> "Image":
        return frame.image

    def close(self) -> None:
        pass
