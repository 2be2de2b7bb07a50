"""A kind that this vcam does not know, in settings that a newer vcam has written."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Self

from vcam.backgrounds import HIDES_ROOM, Painter
from vcam.backgrounds.choosing import KINDS
from vcam.errors import BackgroundError
from vcam.frames import Size
from vcam.translation import tr, translatable

Value = str | bool | int | float


@dataclass(frozen=True)
class Unknown:
    """Keeps what the settings say until another background is chosen.

    It is not in the table, since nobody can choose it.  It hides the room and never opens,
    so a card is shown; the other settings stay usable, and it is saved as it was read.
    """

    kind: ClassVar[str] = "unknown"
    summary: ClassVar[str] = translatable("a background of another version of vcam")
    usage: ClassVar[str] = ""
    heading: ClassVar[str] = ""
    exposure: ClassVar[int] = HIDES_ROOM
    path: ClassVar[None] = None
    fit: ClassVar[None] = None

    name: str
    """The kind that the settings name."""
    options: tuple[tuple[str, Value], ...] = ()
    """The other lines of its section."""

    @property
    def title(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return tr("{name} (unknown)", name=self.name)

    @classmethod
    def named(cls, value: str) -> None:
        return None

    @classmethod
    def offers(cls) -> tuple[Self, ...]:
        return ()

    def open(self, size: Size) -> Painter:
        close = get_close_matches(self.name, KINDS, n=1)
        hint = tr("Did you mean {name!r}?", name=close[0]) if close else ""
        remedy = tr(
            "Choose another one, for example with `vcam set background=blur`, or install "
            "the newest vcam"
        )
        raise BackgroundError(
            tr(
                "This vcam does not know the background {name!r} of the settings",
                name=self.name,
            ),
            f"{hint} {remedy}".strip(),
        )

    def __str__(self) -> str:
        return self.name
