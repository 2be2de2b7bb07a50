"""The privacy law, in one place that every picture passes on its way out.

*While the chosen background is not the plain room, a picture leaves only if it was
composited with a mask computed from that very frame.*  Anything else is withheld, and a
card goes out instead.  Two doors apply it:

* :func:`examined` looks at one :class:`Finished` picture: is the mask of this frame, is
  it whole, is alpha low where the mask says "room", is the background there?  Only what
  passes becomes a :class:`Cleared` picture, and the pipeline returns nothing else, so that
  files, windows and other people's programs are covered.
* :class:`Gate` owns an output, and nobody else calls its ``send``.  It takes cleared
  pictures and cards, and compares with what is chosen *now*: once the user has chosen to
  show less of the room, a picture that shows more of it stays in.  A :class:`Choice` does
  not change between the comparison and the sending.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from vcam.backgrounds import HIDES_ROOM, Background
from vcam.backgrounds.room import Room
from vcam.errors import VcamError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.outputs import Output
from vcam.slate import slate

ROWS: Final = 45
"""The examination looks at about so many rows, and as densely at columns."""
SURE: Final = 0.1
"""A mask below this, and so all around, is sure to be room."""
AROUND: Final = np.ones((5, 5), np.uint8)
"""How far around, in samples of the examination: mattes differ from masks at edges."""
ALPHA_OF_SURE_ROOM: Final = 32.0
"""More alpha than this on average in what is sure to be room is no matte of that mask.
Smoothing in time and a grown edge keep a trace: at most 5 in all evaluation clips."""
EVERYTHING: Final = 0.98
"""A mask that takes more than this share of the picture for a person, corners and all, is
a broken model's."""
FLAT: Final = 8.0
"""Grey levels of contrast below which two plain walls may well be equal."""
_SEAL: Final = object()


class Withheld(VcamError):  # noqa: N818 - a verdict, not an accident
    """The law forbids this picture; a card goes out instead."""


class Outdated(Withheld):
    """It was made before the user chose to show less of the room, or to hold."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture at the end of the line, with the evidence of how it was made."""

    image: Image
    alpha: Alpha | None
    """Of the same size; ``None`` only for the plain room, which needs no mask."""
    behind: Image | None
    """What the background's painter painted for this frame; ``None`` only for the room."""
    mask: Mask | None
    """What the model said of this frame; ``None`` only for the room."""
    matte_index: int | None
    """:attr:`Frame.index` of the frame that the mask was computed from."""
    frame: Frame
    """The frame that the picture shows."""
    background: Background
    """The choice it was composited for."""


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
        _examine(finished)
    return Cleared(
        finished.image, finished.alpha, finished.frame, finished.background, _SEAL
    )


def _examine(finished: Finished) -> None:
    image, alpha, behind = finished.image, finished.alpha, finished.behind
    mask = finished.mask
    if alpha is None or behind is None or mask is None or finished.matte_index is None:
        raise Withheld("There is no mask of this picture")
    if finished.matte_index != finished.frame.index:
        raise Withheld("The mask is of another picture")
    if not all(
        isinstance(a, np.ndarray) and a.dtype == np.uint8 for a in (image, alpha, behind)
    ):
        raise Withheld("The mask or the picture is not one")
    if image.ndim != 3 or alpha.shape != image.shape[:2] or behind.shape != image.shape:
        raise Withheld("The mask does not fit the picture")
    if np.shares_memory(behind, finished.frame.image):
        raise Withheld("The background is the room itself")
    every = max(1, alpha.shape[0] // ROWS)
    few = Size(max(1, alpha.shape[1] // every), max(1, alpha.shape[0] // every))
    alpha, image, behind, seen = (
        np.asarray(cv2.resize(each, few, interpolation=cv2.INTER_NEAREST), np.uint8)
        for each in (alpha, image, behind, finished.frame.image)
    )
    said = np.asarray(cv2.resize(mask, few, interpolation=cv2.INTER_LINEAR), np.float32)
    # Written so that a mask that is not finite fails too.
    if not np.count_nonzero(said <= 0.9) >= (1 - EVERYTHING) * said.size:
        raise Withheld(
            "The whole picture is taken for a person", "Move back from the camera a little"
        )
    sure = (cv2.dilate(said, AROUND) < SURE).view(np.uint8)
    if cv2.mean(alpha, sure)[0] > ALPHA_OF_SURE_ROOM:
        raise Withheld("The matte is not the mask's")
    covered = (alpha == 0).view(np.uint8)
    if cv2.norm(image, behind, cv2.NORM_INF, covered) > 0:
        raise Withheld("The room is not covered")
    if finished.background.exposure == HIDES_ROOM:
        same = cv2.inRange(cv2.absdiff(seen, behind), (0, 0, 0), (0, 0, 0))
        if cv2.mean(same, covered)[0] > 0.9 * 255 and _contrast(seen, covered) > FLAT:
            raise Withheld("The background is a copy of the room")


def _contrast(image: Image, where: Alpha) -> float:
    """The standard deviation of all grey levels there, of all three colours together."""
    means, deviations = cv2.meanStdDev(image, mask=where)
    return math.sqrt(float(np.mean(deviations**2) + np.var(means)))


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
