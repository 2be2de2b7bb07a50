"""What is shown behind the person.

A background is two small things in one file: a frozen *choice*, which settings, tray and
command line pass around, and the *painter* it opens, which lives while that choice is on
air.  To add a kind, write both in a file of their own and add a row to
:data:`vcam.backgrounds.choosing.KINDS`: command line, settings file, menu, status, help
and the tests of the contract go through that table, and nothing else needs a change.

Commands that show no picture make choices, too: OpenCV and NumPy are imported only where
a painter needs them.
"""

from collections.abc import Sequence
from dataclasses import Field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from vcam.frames import Frame, Size

if TYPE_CHECKING:
    from vcam.frames import Alpha, Image

HIDES_ROOM, BLURS_ROOM, SHOWS_ROOM = range(3)
"""Degrees of exposure.  A blurred room is between the last two: the weaker the blur, the
nearer to the last."""


class Painter(Protocol):
    """Paints what is behind the person.  Used and closed by one thread.

    ``paint`` gets a frame and its alpha and returns an image of the same size; it may
    return a buffer of its own, valid until its next call, and never writes into its
    arguments.  What moves is a function of the frame's time; for a live frame nothing is
    waited for.  ``close`` is called exactly once, last.

    For a choice that hides the room the frame's image is black: only a choice with more
    exposure is given what the camera sees.
    """

    def paint(self, frame: Frame, alpha: "Alpha") -> "Image":
        """The background for this frame: ``uint8 (height, width, 3)`` BGR."""

    def close(self) -> None:
        """Release what was opened."""


class Background(Protocol):
    """A choice: a frozen dataclass whose fields are plain values.

    The fields are the options of the kind in the settings file: texts, numbers, booleans
    and paths.  A field that another kind has, too, has the same type there.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    kind: ClassVar[str]
    """Its name in the settings file, on the command line and in the table."""
    summary: ClassVar[str]
    """One line for people who choose, as ``vcam backgrounds`` prints it.

    Like the next two it is English, marked for :func:`vcam.translation.tr`.
    """
    usage: ClassVar[str]
    """How it is written on the command line, for the help of ``--background``."""
    heading: ClassVar[str]
    """What its lines in the menu begin with, as in ``Blur: light``; may be empty."""

    @property
    def exposure(self) -> float:
        """How much of the room it lets through, :data:`HIDES_ROOM` to :data:`SHOWS_ROOM`.

        A picture that shows more of the room than is chosen now is not sent.
        """

    @property
    def title(self) -> str:
        """A short name for the status, for example ``Blur`` or ``beach``.

        Like ``label`` it is in the user's language.
        """

    @property
    def label(self) -> str:
        """Its line in the menu, for example ``Strength 70``.

        Choices of one kind that show the same have the same label.
        """

    @property
    def path(self) -> Path | None:
        """The file it shows; ``None`` for a kind that shows no file.

        Menus list files with the gallery.
        """

    @property
    def fit(self) -> str | None:
        """How its file is brought to size; ``None`` for a kind that always fits."""

    @classmethod
    def named(cls, value: str) -> Self | None:
        """What ``kind:value`` means on the command line, or ``kind`` alone, if anything.

        Raises :class:`~vcam.errors.UsageError` or :class:`~vcam.errors.SettingsError` for
        a value that makes no sense.
        """

    @classmethod
    def offers(cls) -> Sequence[Self]:
        """The choices that menus always list; those of files come from the gallery."""

    def open(self, size: Size) -> Painter:
        """Make it ready for frames of ``size``; may take a while and may read files.

        Raises :class:`~vcam.errors.BackgroundError` when it cannot be shown.
        """

    def __str__(self) -> str:
        """As the command line takes it."""


AnyBackground = TypeVar("AnyBackground", bound=Background)


def with_fit(background: AnyBackground, fit: str | None) -> AnyBackground:
    """``background`` brought to size by ``fit``, if both have a fit."""
    if fit is None or background.fit is None:
        return background
    return replace(background, fit=fit)
