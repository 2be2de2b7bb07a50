"""What is shown behind the person.

A background is two small things in one file: a frozen *choice*, which settings, tray and
command line pass around, and the *painter* it opens, which lives while that choice is on
air.  To add a kind, write both in a file of their own and add a row to
:data:`vcam.backgrounds.choosing.KINDS`; nothing else in vcam changes.

Commands that show no picture make choices, too: OpenCV and NumPy are imported only where
a painter needs them.
"""

from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from vcam.frames import Frame, Size

if TYPE_CHECKING:
    from vcam.frames import Alpha, Image

HIDES_ROOM, BLURS_ROOM, SHOWS_ROOM = range(3)
"""A blurred room is between the last two: the weaker the blur, the nearer to the last."""


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
    """A choice: frozen, comparable, made of plain fields."""

    kind: ClassVar[str]
    summary: ClassVar[str]
    """One line for people who choose."""

    @property
    def exposure(self) -> float:
        """How much of the room it lets through, :data:`HIDES_ROOM` to :data:`SHOWS_ROOM`.

        What lets through more than the choice of the moment stays in.
        """

    @classmethod
    def named(cls, value: str) -> Self | None:
        """What ``kind:value`` means on the command line, or ``kind`` alone, if anything.

        Raises :class:`~vcam.errors.UsageError` or :class:`~vcam.errors.SettingsError` for
        a value that makes no sense.
        """

    def open(self, size: Size) -> Painter:
        """Make it ready for frames of ``size``; may take a while and may read files.

        Raises :class:`~vcam.errors.BackgroundError` when it cannot be shown.
        """

    def __str__(self) -> str:
        """As the command line takes it."""
