"""No picture at all: what is on air while the administrator's policy is not understood."""

from dataclasses import dataclass
from typing import ClassVar

from vcam.backgrounds import Painter
from vcam.backgrounds.unknown import Unknown
from vcam.errors import BackgroundError
from vcam.frames import Size
from vcam.translation import tr


@dataclass(frozen=True)
class Barred(Unknown):
    """Never opens, so that a card is shown, and the status says ``why``."""

    kind: ClassVar[str] = "barred"

    name: str = "barred"
    why: str = ""

    @property
    def title(self) -> str:
        return tr("Only a card")

    @property
    def label(self) -> str:
        return self.title

    def open(self, size: Size) -> Painter:
        raise BackgroundError(self.why, tr("Tell your administrator"))
