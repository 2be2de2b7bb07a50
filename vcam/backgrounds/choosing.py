"""The table of backgrounds, the gallery, and the words for them on the command line."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color, parse_color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.errors import UsageError
from vcam.pictures import SUFFIXES, at_home, there

KINDS: dict[str, type[Any]] = {kind.kind: kind for kind in (Blur, Picture, Color, Room)}
"""One row per kind; add yours here."""

GALLERY = Path(__file__).parent / "gallery"


@dataclass(frozen=True)
class GalleryPicture:
    """A picture that can be chosen by its name alone."""

    name: str
    path: Path


def user_gallery() -> Path:
    """The folder whose pictures can be chosen by name; it need not exist."""
    from platformdirs import user_data_path

    return user_data_path("vcam", appauthor=False) / "backgrounds"


def gallery(*folders: Path) -> tuple[GalleryPicture, ...]:
    """The pictures of ``folders`` (default: the user's, then vcam's own), by name.

    Of two pictures with the same name the first folder's is taken.  A name that already
    means something, such as ``room``, never means a picture.
    """
    found: dict[str, Path] = {}
    for folder in folders or (user_gallery(), GALLERY):
        try:
            paths = sorted(folder.iterdir())
        except OSError:  # it need not exist, nor be ours to read
            continue
        for path in paths:
            name = path.stem.strip().lower()
            if path.suffix.lower() in SUFFIXES and not _means_something(name):
                found.setdefault(name, path)
    return tuple(GalleryPicture(name, path) for name, path in sorted(found.items()))


def choose(text: str, fit: str = "cover") -> Background:
    """The background that ``text`` names, as the command line takes it.

    ``room``, ``blur``, ``blur:70``, a CSS colour, the name of a picture in the gallery,
    or the path of a picture file.  ``fit`` is for pictures.  Raises
    :class:`~vcam.errors.UsageError` with a suggestion for anything else, and
    :class:`~vcam.errors.SettingsError` for a strength, colour or fit out of range.
    """
    word = text.strip()
    kind, _, value = word.partition(":")
    if word.lower() == Room.kind:
        return Room()
    if kind.lower() == Blur.kind:
        return Blur(_strength(value)) if value else Blur()
    if kind.lower() == Color.kind and value:
        return Color(value)
    if word and parse_color(word):
        return Color(word)
    for picture in gallery():
        if picture.name == word.lower():
            return Picture(picture.path, fit)
    path = at_home(word)
    if word and there(path):
        return Picture(path.absolute(), fit)
    raise UsageError(f"There is no background {text!r}", _suggestion(word))


def _means_something(word: str) -> bool:
    return word.partition(":")[0] in KINDS or parse_color(word) is not None


def _strength(value: str) -> float:
    try:
        return float(value.removesuffix("%"))
    except ValueError:
        raise UsageError(
            f"The blur strength {value!r} is not a number", "Write it like blur:70"
        ) from None


def _suggestion(word: str) -> str:
    if word.startswith("#") or "(" in word:
        return "Colours are written as in CSS, for example '#00b140'"
    if "/" in word or "\\" in word or Path(word).suffix:
        return "If it is a picture, check the path: there is no such file"
    known = [Blur.kind, Room.kind, *(picture.name for picture in gallery())]
    close = get_close_matches(word.lower(), known, n=1)
    meant = f"Did you mean {close[0]!r}? " if close else ""
    return f"{meant}Choose a picture file, a colour, or one of {', '.join(known)}"
