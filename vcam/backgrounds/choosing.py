"""The table of backgrounds, the gallery, and the words for them on the command line."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.color import Color
from vcam.backgrounds.file import OURS, title_of
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.backgrounds.video import Video
from vcam.errors import BackgroundError, UsageError
from vcam.files import at_home, is_device, there
from vcam.imaging.css_colour import parse_color
from vcam.imaging.file_types import Kind, kind_by_name, kind_of_content
from vcam.translation import tr

_KINDS: tuple[type[Background], ...] = (
    Blur,
    Bokeh,
    Picture,
    Video,
    Color,
    Room,
)
"""The table of backgrounds, one row per kind: add yours here."""
KINDS: dict[str, type[Background]] = {each.kind: each for each in _KINDS}
"""The table by the names of its kinds."""

_KIND_OF: dict[Kind | None, str] = {
    "picture": Picture.kind,
    "animation": Video.kind,
    "video": Video.kind,
}

BLUR = Blur()
"""The background that ``blur`` without a strength means."""
GALLERY = OURS
FEW = 8
"""The number of names that the error for an unknown background lists."""


@dataclass(frozen=True)
class GalleryEntry:
    """A picture or video that can be chosen by its name alone."""

    name: str
    """In lower case: the file's name without its ending, or, where that means something
    else already, with it."""
    path: Path
    kind: str
    """``picture`` or ``video``."""

    @property
    def title(self) -> str:
        """As the file is called, without its ending; vcam's own in the user's language."""
        return title_of(self.path)

    def background(self, fit: str = "cover") -> Background:
        """The choice that shows it."""
        return (Video if self.kind == Video.kind else Picture)(self.path, fit)


def user_gallery() -> Path:
    """The folder whose files can be chosen by name; it need not exist."""
    from platformdirs import user_data_path

    return user_data_path("vcam", appauthor=False) / "backgrounds"


def gallery(*folders: Path) -> tuple[GalleryEntry, ...]:
    """The pictures and videos of ``folders``: by default the user's, then vcam's own.

    Those of each folder are in the order of their names, ``2`` before ``10``.  Of two
    with the same name the first folder's is taken, and within a folder the second gets
    its ending.  A name that already means something, such as ``room``, is never one.
    """
    found: dict[str, GalleryEntry] = {}
    for folder in folders or (user_gallery(), GALLERY):
        earlier = set(found)
        for path in _files_of(folder):
            kind = kind_of(path)
            stem, full = path.stem.strip().lower(), path.name.lower()
            if kind is None or stem in earlier:
                continue
            for name in (stem, full):
                if name not in found and not _means_something(name):
                    found[name] = GalleryEntry(name, path, kind)
                    break
    return tuple(found.values())


def listed_name(path: Path) -> str:
    """What a file must be called in a gallery to be found there: as it is, if possible.

    Hidden files are not listed, nor what would mean something else, such as
    ``blur:70.jpg``.
    """
    stem = path.stem.lstrip(".")
    if all(map(_means_something, (stem.lower(), f"{stem}{path.suffix}".lower()))):
        stem = stem.replace(":", " ")
    return f"{stem or 'background'}{path.suffix}"


def kind_of(path: Path) -> str | None:
    """What a file is listed as: a picture, a video, or neither.

    Only a file whose name leaves it open is read: a list of hundreds is wanted at once,
    also of a slow disk.  A wrong name is found out when the file is opened.
    """
    return _KIND_OF.get(kind_by_name(path) or kind_of_content(path))


def of_file(path: Path, fit: str = "cover") -> Background:
    """The choice that shows a file, by its content: a video, or else a picture."""
    # By its name only to explain why the file cannot be shown.
    kind = _KIND_OF.get(kind_of_content(path) or kind_by_name(path))
    return (Video if kind == Video.kind else Picture)(path, fit)


def choose(text: str, fit: str = "cover", folder: Path = Path()) -> Background:
    """The background that ``text`` names, as the command line takes it.

    ``room``, ``blur``, ``blur:70``, ``blur:light``, ``bokeh``, a CSS colour, the name of a
    picture or video in the gallery, or the path of such a file, seen from ``folder``.
    ``fit`` is for pictures and videos.  Raises :class:`~vcam.errors.UsageError` with a
    suggestion for anything else, and :class:`~vcam.errors.SettingsError` for a strength,
    colour or fit out of range.
    """
    word = text.strip()
    kind, _, value = word.partition(":")
    if kind.lower() in KINDS:
        meant = KINDS[kind.lower()].named(value)
        if meant is not None:
            return meant
    if word and parse_color(word):
        return Color(word)
    entries = gallery()
    for entry in entries:
        if entry.name == word.lower():
            return entry.background(fit)
    # As it is written, too: a file's name may end in a space.
    paths = [folder / at_home(each) for each in (word, text) if word]
    path = next(filter(there, paths), None)
    if path is not None:
        if is_device(path):
            raise UsageError(
                tr("{path!r} is a device, not a file", path=str(path.absolute())),
                tr("A background is a picture or video file, never a camera"),
            )
        return of_file(path.absolute(), fit)
    for entry in entries:
        if entry.path.name.lower() == word.lower():
            return entry.background(fit)
    raise UsageError(tr("There is no background {name!r}", name=text), _suggestion(word))


def of_gallery(name: str) -> Path | None:
    """The file that is called so in the gallery."""
    found = (entry.path for entry in gallery() if entry.name == name.strip().lower())
    return next(found, None)


def neighbour(
    background: Background,
    step: int,
    entries: Sequence[GalleryEntry],
    blur: Blur | Bokeh = BLUR,
    fit: str = "cover",
) -> Background:
    """The background ``step`` places after this one; the first follows the last.

    The order is blur or bokeh, then the gallery's ``entries``; the plain room is not among
    them.  A background that is not there either has the first one after it and the last one
    before it.  ``blur`` and ``fit`` are used where this one has none of its own.
    """
    fit = background.fit or fit
    order: list[Background] = [blur, *(each.background(fit) for each in entries)]
    paths = [each.path for each in order]
    if isinstance(background, Blur | Bokeh):
        place = 0
    elif background.path is not None and background.path in paths:
        place = paths.index(background.path)
    else:
        place = -1 if step > 0 else 0
    return order[(place + step) % len(order)]


def usable_neighbour(
    background: Background,
    step: int,
    entries: Sequence[GalleryEntry],
    check: Callable[[Background], None],
    blur: Blur | Bokeh = BLUR,
    fit: str = "cover",
    allowed: Callable[[Background], bool] = lambda background: True,
) -> tuple[Background, list[BackgroundError]]:
    """The first one further on, as :func:`neighbour` goes, that passes ``check``.

    ``check`` raises :class:`~vcam.errors.BackgroundError`.  Returns what it raised for
    those that were passed over, too; raises the last one if there is no other.  Those that
    are not ``allowed`` do not count; where none is, ``background`` stays.
    """
    passed: list[BackgroundError] = []
    first = background
    for _ in range(len(entries) + 1):
        background = neighbour(background, step, entries, blur, fit)
        if not allowed(background):
            continue
        try:
            check(background)
        except BackgroundError as error:
            passed.append(error)
        else:
            return background, passed
    if passed:
        raise passed[-1]
    return first, passed


def _files_of(folder: Path) -> list[Path]:
    """The files that a file manager would show, in its order."""
    try:
        paths = [each for each in folder.iterdir() if not each.name.startswith(".")]
    except OSError:  # it need not exist, nor be ours to read
        return []
    return sorted((each for each in paths if is_file(each)), key=_natural)


def is_file(path: Path) -> bool:
    """Whether it is a file; no where this user may not read its folder."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # also names that are too long, or none
        return False


def _natural(path: Path) -> tuple[list[str | int], str]:
    parts = re.split(r"(\d+)", path.stem.casefold())
    numbered = [int(part) if n % 2 else part for n, part in enumerate(parts)]
    return numbered, path.name.casefold()


def _means_something(word: str) -> bool:
    return word.partition(":")[0] in KINDS or parse_color(word) is not None


def _suggestion(word: str) -> str:
    if word.startswith("#") or "(" in word:
        return tr("Colours are written as in CSS, for example '#00b140'")
    if "/" in word or "\\" in word or Path(word).suffix:
        return tr("If it is a file, check the path: there is no such file")
    known = [kind for kind, each in KINDS.items() if each.named("")]
    known += [entry.name for entry in gallery()]
    close = get_close_matches(word.lower(), known, n=1)
    meant = tr("Did you mean {name!r}?", name=close[0]) if close else ""
    names = ", ".join(known[:FEW])
    if len(known) > FEW:
        offer = tr(
            "Choose a picture or video file, a colour, or one of {names} and what else "
            "`vcam backgrounds` lists",
            names=names,
        )
    else:
        offer = tr(
            "Choose a picture or video file, a colour, or one of {names}", names=names
        )
    return f"{meant} {offer}".strip()
