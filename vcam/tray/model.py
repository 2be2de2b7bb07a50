"""What a tray shows, as plain values, and what every tray can do.

Nothing here knows a desktop.  The menu is a pure function of settings, status and gallery
(:mod:`vcam.tray.menu`); the trays turn these values into what their system understands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL import Image


class Mood(Enum):
    """What the icon shows, by shape and by colour."""

    LIVE = "live"
    RESTING = "resting"
    PAUSED = "paused"
    LOOPING = "looping"
    """Earlier pictures are on air as if they were live."""
    WAITING = "waiting"
    ROOM = "room"
    """The plain room is visible."""


@dataclass(frozen=True)
class Entry:
    """One line of the menu.  Compared without its action: closures never compare equal."""

    label: str
    key: str = ""
    """Names the entry among its siblings for good, so that it keeps its place in an open
    menu while its label changes; empty means the label does."""
    checked: bool | None = None
    """``None`` for an entry without a mark."""
    radio: bool = False
    """The mark is one of several, of which one is set."""
    enabled: bool = True
    children: "tuple[Entry, ...] | None" = None
    """A submenu; ``None`` for an entry that can be clicked."""
    thumbnail: bytes | None = None
    """A small picture beside the label, as PNG, where the system shows one.  Square: some
    panels make it so."""
    separator: bool = False


@dataclass(frozen=True)
class Look:
    """All that a tray shows at one moment."""

    mood: Mood
    tooltip: str
    menu: tuple[Entry, ...]
    clicked: tuple[str, ...] = ()
    """The path of the entry that a click on the icon itself stands for, in panels that open
    no menu on a left click."""


@dataclass(frozen=True)
class Page:
    """A page of the web that a notification offers."""

    label: str
    """What the button says."""
    address: str


Draw = Callable[[Mood, int], "Image.Image"]
"""Draws the icon for a mood: square, RGBA, with a side in pixels.  Any thread."""


class Tray(Protocol):
    """An icon with a menu.  Made, run and closed by the main thread."""

    @property
    def absent(self) -> str:
        """Why no icon can be seen, and what to do about it.

        Empty when one can be seen, before the first check, and while a tray that was there
        restarts or hides behind a locked screen.  The reason may disappear while a desktop
        starts.
        """

    def run(self, clicked: Callable[[tuple[str, ...]], None]) -> None:
        """Show and serve until :meth:`stop`.

        ``clicked`` gets the path of the entry, its keys (or labels) from the top; it is
        called on any thread and must return at once.
        """

    def show(self, look: Look) -> None:
        """Show ``look`` from now on.  Any thread; returns at once."""

    def notify(self, title: str, text: str, page: Page | None = None) -> None:
        """Tell the user something, where the system can.  Any thread; returns at once.

        What offers a ``page``, where the system can, is not replaced by the next one.
        """

    def stop(self) -> None:
        """Make :meth:`run` return.  Any thread, and a signal handler too."""
