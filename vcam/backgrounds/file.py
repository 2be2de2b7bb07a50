"""What the kinds that show a file have in common: its path, and how it is fitted."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from vcam.backgrounds import HIDES_ROOM
from vcam.imaging.options import check_fit
from vcam.translation import tr, translatable

OURS = Path(__file__).parent / "gallery"
"""The files that come with vcam."""
TITLES = {
    "beach": translatable("beach"),
    "bookshelf": translatable("bookshelf"),
    "bright": translatable("bright"),
    "dusk": translatable("dusk"),
    "library": translatable("library"),
    "lights": translatable("lights"),
    "mountains": translatable("mountains"),
    "office": translatable("office"),
    "stage": translatable("stage"),
    "studio": translatable("studio"),
    "window": translatable("window"),
}
"""What they are called, by their names."""


def title_of(path: Path) -> str:
    """The file's name without its ending; of vcam's own files in the user's language."""
    if path.parent == OURS and path.stem in TITLES:
        return tr(TITLES[path.stem])
    return path.stem


@dataclass(frozen=True)
class FileBackground:
    """The options of a picture and of a video; each opens its file in its own way."""

    heading: ClassVar[str] = ""
    exposure: ClassVar[int] = HIDES_ROOM

    path: Path
    fit: str = "cover"
    """``cover`` (fill and crop), ``contain`` (bars), ``stretch`` or ``tile``."""

    def __post_init__(self) -> None:
        check_fit(self.fit)

    @property
    def title(self) -> str:
        return title_of(self.path)

    @property
    def label(self) -> str:
        return self.title

    @classmethod
    def named(cls, value: str) -> None:
        return None  # its path is its name

    @classmethod
    def offers(cls) -> tuple[Self, ...]:
        return ()

    def __str__(self) -> str:
        return str(self.path)
