"""The privacy law, in one place that every picture passes on its way out.

*While the chosen background is not the plain room, a picture leaves only if it is proven to
be the blend of this frame's person and the background, by an alpha that the evidence bears
out.*  Anything else is withheld, and a card goes out instead.  ``docs/privacy.md`` has the
law in full.  Two places apply it:

* :func:`examined` has one :class:`~vcam.pipeline.examination.Finished` picture examined.
  Only what passes becomes a :class:`Cleared` picture, and the pipeline returns nothing
  else, so that files, windows and other people's programs are covered.
* :class:`Gate` owns an output, and nobody else calls its ``send``.  It takes cleared
  pictures and cards, and compares with what is chosen *now*: once the user has chosen to
  show less of the room, a picture that shows more of it stays in.  A :class:`Choice` does
  not change between the comparison and the sending.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from vcam.backgrounds import Background
from vcam.backgrounds.room import Room
from vcam.frames import Alpha, Frame, Image, Size
from vcam.outputs import Output
from vcam.pipeline.cards import slate
from vcam.pipeline.examination import Finished, Withheld, examine

__all__ = ["Cleared", "Finished", "Gate", "Outdated", "Withheld", "examined"]

_SEAL: Final = object()


class Outdated(Withheld):
    """It was made before the user chose to show less of the room, or to hold."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """A picture that the law allows to leave.  Only :func:`examined` makes one."""

    image: Image
    alpha: Alpha | None
    """Valid until the pipeline's next call; ``None`` for the plain room."""
    frame: Frame
    background: Background
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a picture is cleared by privacy.examined, and not otherwise")

    @property
    def shows_room(self) -> bool:
        """Whether the room is in it, by choice."""
        return isinstance(self.background, Room)


def examined(finished: Finished) -> Cleared:
    """``finished``, if the law allows it to leave; raises :class:`Withheld` otherwise.

    Costs a few tenths of a millisecond at 1280x720.
    """
    if not isinstance(finished.background, Room):
        examine(finished)
    return Cleared(
        finished.image, finished.alpha, finished.frame, finished.background, _SEAL
    )


class Choice:
    """What the user wants at this moment, and the lock that keeps it so while it matters.

    It outlives gates.  Whoever changes what ``background`` or ``held`` returns does it
    inside of :meth:`changing`; a :class:`Gate` compares and sends inside of
    :meth:`settled`.  Reading may be done by any thread at any time.
    """

    def __init__(
        self, background: Callable[[], Background], held: Callable[[], bool] = lambda: False
    ) -> None:
        """``held`` tells whether no new picture is to go out."""
        self._background, self._held = background, held
        self._lock = threading.Lock()

    @property
    def background(self) -> Background:
        """What is wanted behind the person."""
        return self._background()

    @property
    def held(self) -> bool:
        """Whether what is on air stays, or a card is there in its place."""
        return self._held()

    @contextmanager
    def settled(self) -> Iterator[None]:
        """It does not change meanwhile."""
        with self._lock:
            yield

    @contextmanager
    def changing(self, timeout_s: float) -> Iterator[bool]:
        """No picture is being compared or sent meanwhile; says whether that is so.

        A driver may hold a picture for ever, so this waits ``timeout_s`` at most and then
        goes on without.  That is safe: the picture in the driver was compared before and
        cannot be called back, and the next one is compared after.
        """
        locked = self._lock.acquire(timeout=timeout_s)
        try:
            yield locked
        finally:
            if locked:
                self._lock.release()


class Gate:
    """The only way to an output: cleared pictures, and cards.

    Used by the one thread that owns the output, but for what says otherwise.
    """

    def __init__(self, output: Output, choice: Choice) -> None:
        self._output, self._choice = output, choice
        self.sent: Image | None = None
        """What is on air: the picture or card sent last; not to be written into."""
        self.background: Background | None = None
        """What is behind the person on air; ``None`` on a card."""
        self._picture: tuple[Image, Background] | None = None
        self._sending_since_s: float | None = None

    @property
    def held_up_s(self) -> float:
        """For how long the output has been taking a picture by now.  Any thread may ask."""
        since_s = self._sending_since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    @property
    def overexposed(self) -> bool:
        """Whether what is on air shows more of the room than is chosen now."""
        return self.background is not None and self._exceeds(self.background)

    def publish(self, picture: Cleared) -> None:
        """Send a picture; raises :class:`Withheld`, having sent nothing, if it may not."""
        if not isinstance(picture, Cleared):
            raise Withheld("The picture has not been examined")
        if Size.of(picture.image) != self._output.size:
            raise Withheld("The picture has not the size of the output")
        with self._choice.settled():
            if self._choice.held:
                raise Outdated("What is on air is held")
            self._send_if_allowed(picture.image, picture.background)
        self._picture = picture.image, picture.background

    def repeat(self) -> None:
        """Send the last picture again; raises :class:`Withheld` if there is none.

        A picture that shows more of the room than is chosen now is none, and is not kept.
        """
        if self._picture is None:
            raise Withheld("There is no picture to repeat")
        try:
            with self._choice.settled():
                self._send_if_allowed(*self._picture)
        except Outdated:
            self.forget()
            raise

    def forget(self) -> None:
        """Keep no picture for :meth:`repeat`."""
        self._picture = None

    def card(self, message: str, detail: str = "") -> None:
        """Send a card that says ``message``; it is seen by everybody in the call.

        There is nothing of the room in it: it may go out while the choice changes.
        """
        self._send(slate(self._output.size, message, detail), None)

    def _exceeds(self, background: Background) -> bool:
        return background.exposure > self._choice.background.exposure

    def _send_if_allowed(self, image: Image, background: Background) -> None:
        if self._exceeds(background):
            raise Outdated("The room has been switched off")
        self._send(image, background)

    def _send(self, image: Image, background: Background | None) -> None:
        self._sending_since_s = time.monotonic()
        try:
            self._output.send(image)
        finally:
            self._sending_since_s = None
        self.sent, self.background = image, background
