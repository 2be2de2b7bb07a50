"""The privacy law and the gate: every picture passes this file on its way out.

*While the chosen background is not the plain room, a picture leaves only if it is proven to
be the blend of this frame's person and the background, by an alpha that the evidence
supports.*  Anything else is withheld, and a card is sent instead.  ``docs/privacy.md`` has
the law in full.  Two places apply it:

* :func:`examined` checks one :class:`~vcam.pipeline.examination.Finished` picture; the
  check itself is :func:`vcam.pipeline.examination.examine`.  Only a picture that passes
  becomes a :class:`Cleared` picture, and the pipeline returns nothing else, so that files,
  windows and other people's programs are covered.
* :func:`decorate` draws an overlay into a cleared picture.  It is given no frame, and an
  overlay is made of files and texts alone: nothing of the room can be added.
* :class:`Gate` owns an output, and nobody else calls its ``send``.  It takes cleared
  pictures and cards, and compares with what is chosen *now*: once the user has chosen to
  show less of the room, a picture that shows more of it is not sent.  A change of the
  :class:`Choice` returns when no picture that was compared with the former choice is still
  being sent, or after :data:`CHANGE_S`.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from vcam.backgrounds import Background
from vcam.backgrounds.room import Room
from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.lettering import Face
from vcam.outputs import Output
from vcam.overlay.drawing import Overlay
from vcam.pipeline.card_picture import CardPicture
from vcam.pipeline.cards import slate
from vcam.pipeline.choice import Choice, Outdated
from vcam.pipeline.examination import Finished, Withheld, examine, examine_cover
from vcam.pipeline.loop import Loop
from vcam.pipeline.recording import Shown
from vcam.regions import NO_REGION, Region
from vcam.translation import tr

__all__ = [
    "Choice",
    "Cleared",
    "Finished",
    "Gate",
    "Outdated",
    "Withheld",
    "decorate",
    "examined",
]

_SEAL: Final = object()
FADE_S: Final = 0.25
"""Time in which pictures come back after the card of a break."""
FADE_STEP_S: Final = 1 / 30


@dataclass(frozen=True, slots=True)
class Cleared:
    """A picture that the law allows to leave.  Only :func:`examined` makes one."""

    image: Image
    alpha: Alpha | None
    """Valid until the pipeline's next call; ``None`` for the plain room, and left out by
    :meth:`without_alpha`."""
    frame: Frame
    background: Background
    region: Region
    """What the user had painted for its camera."""
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a picture is cleared by privacy.examined, and not otherwise")

    @property
    def shows_room(self) -> bool:
        """Whether the room is in it, by choice."""
        return isinstance(self.background, Room)

    def without_alpha(self) -> "Cleared":
        """The same picture without what is valid only until the pipeline's next call."""
        return replace(self, alpha=None)

    def with_copies(self) -> "Cleared":
        """The same picture; its frame and its alpha are copies, valid for ever."""
        frame = replace(self.frame, image=self.frame.image.copy(), small=None)
        alpha = None if self.alpha is None else self.alpha.copy()
        return replace(self, frame=frame, alpha=alpha)


def examined(finished: Finished) -> Cleared:
    """``finished``, if the law allows it to leave; raises :class:`Withheld` otherwise.

    Costs a few tenths of a millisecond at 1280x720.
    """
    if isinstance(finished.background, Room):
        examine_cover(finished.painted, finished.image, finished.frame.index)
    else:
        examine(finished)
    return Cleared(
        *(finished.image, finished.alpha, finished.frame),
        *(finished.background, finished.painted.region, _SEAL),
    )


def decorate(picture: Cleared, overlay: Overlay) -> None:
    """Draw ``overlay`` into the image of ``picture``.

    Raises :class:`Withheld` when the overlay is for another size.
    """
    if overlay.size != Size.of(picture.image):
        raise Withheld(tr("The overlay has not the size of the picture"))
    overlay.draw(picture.image)


def _mixed(before: Image, after: Image, share: float) -> Image:
    return np.asarray(cv2.addWeighted(before, 1 - share, after, share, 0), np.uint8)


class Gate:
    """The only way to an output: cleared pictures, and cards.

    Used only by the thread that owns the output, except for methods that say otherwise.
    """

    def __init__(self, output: Output, choice: Choice) -> None:
        self._output, self._choice = output, choice
        self.sent: Image | None = None
        """What is on air: the picture or card sent last; not to be written into."""
        self.background: Background | None = None
        """What is behind the person on air; ``None`` on a card."""
        self.region = NO_REGION
        """What the user had painted for the camera of the picture on air."""
        self._picture: tuple[Image, Background, Region] | None = None
        self.pictured_s = 0.0
        """When a picture, and no card, was sent last."""
        self._before: tuple[Image, Shown | None] | None = None
        """What the next pictures fade in from: a card, which shows nothing, or the loop."""
        self._fading_since_s = 0.0
        self._loop: Loop | None = None
        self.closed = False
        """Whether no new picture goes out any more."""
        self._sending_since_s: float | None = None

    @property
    def size(self) -> Size:
        """The size of what it sends."""
        return self._output.size

    @property
    def can_loop(self) -> bool:
        """Whether :meth:`play` has enough to show.  Any thread may read it."""
        return self._choice.can_loop

    @property
    def sending_s(self) -> float:
        """Seconds spent sending the current picture.  Any thread may read it."""
        since_s = self._sending_since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    @property
    def overexposed(self) -> bool:
        """Whether what is on air shows more of the room than is chosen now."""
        shown = self.background
        return shown is not None and not self._choice.permits(shown, self.region)

    def publish(self, picture: Cleared) -> None:
        """Send a picture; raises :class:`Withheld`, having sent nothing, if it may not."""
        if not isinstance(picture, Cleared):
            raise Withheld(tr("The picture has not been examined"))
        if Size.of(picture.image) != self._output.size:
            raise Withheld(tr("The picture has not the size of the output"))
        shown = picture.background, picture.region
        with self._choice._allows(self, *shown, new=True):
            if self._loop is not None:
                self._end_loop()
            image = self._faded_in(picture.image, shown)
            self._send(image, *shown)
        # As it was sent: nothing else may follow while the user holds it.
        self._picture = image, *shown
        if self._before is None:
            self._choice.record(image, picture.frame.captured_s, shown)

    def repeat(self) -> None:
        """Send the last picture again; raises :class:`Withheld` if there is none.

        A picture that shows more of the room than is chosen now is none, and is not kept;
        nor is one from before :meth:`Choice.begin_anew`.
        """
        self._loop = None
        if self._picture is None:
            raise Withheld(tr("There is no picture to repeat"))
        image, background, region = self._picture
        try:
            with self._choice._allows(self, background, region, new=False):
                self._send(image, background, region)
        except Outdated:
            self.forget()
            raise

    def play(self) -> None:
        """Send the next picture of the recording, which goes on as a loop.

        Raises :class:`Withheld` if there is none.  Nothing that is recorded is kept when it
        shows more of the room than is chosen now.
        """
        try:
            loop = self._loop
            if loop is None:
                before, *shown = self._picture or (None,)
                loop = self._loop = self._choice.loop(before, tuple(shown))
            step = loop.next(time.monotonic())
            image = loop.drawn(step, self._choice.recorded(loop, step))
            with self._choice._allows(self, *loop.shown, new=False, recorded=True):
                self._send(image, *loop.shown)
        except Outdated:
            self.forget()
            raise
        self._picture = image, *loop.shown

    @property
    def plays(self) -> bool:
        """Whether a loop is on air."""
        return self._loop is not None

    @property
    def due_in_s(self) -> float:
        """Seconds until :meth:`play` is due; infinite while nothing is played."""
        return math.inf if self._loop is None else self._loop.due_in_s(time.monotonic())

    def _end_loop(self) -> None:
        """The next pictures fade in from what is on air."""
        self._loop = None
        if self._picture is not None:
            image, *shown = self._picture
            self._before, self._fading_since_s = (image, tuple(shown)), 0.0

    def close(self) -> None:
        """Publish no further picture; a card may still go out.  Any thread may call it.

        Nothing that was recorded is kept.
        """
        self.closed = True
        self._choice.drop_recording()

    def abandon(self) -> None:
        """Close it; no change of the choice waits any more for what it is sending.

        For an output whose driver may keep a picture for ever.  Any thread may call it.
        """
        self.close()
        self._choice._forget(self)

    def forget(self) -> None:
        """Keep no picture for :meth:`repeat`, and nothing that was recorded."""
        self._picture = self._loop = None
        if self._before is not None and self._before[1] is not None:
            self._before = None
        self._choice.drop_recording()

    def card(
        self,
        message: str,
        detail: str = "",
        left: str = "",
        picture: CardPicture | None = None,
        *,
        gently: bool = False,
        face: Face | None = None,
    ) -> None:
        """Send a card that says ``message``; it is seen by everybody in the call.

        Its parts are those of :func:`~vcam.pipeline.cards.slate`.
        There is nothing of the room in it: it may go out while the choice changes.
        It comes at once.  ``gently`` is for a card that the user asked for: within
        :data:`FADE_S` the next pictures fade in from it.
        """
        card = slate(self._output.size, message, detail, left, picture, face)
        self._send(card, None)
        self._loop = None
        self._before = (card, None) if gently else None
        self._fading_since_s = 0.0

    def _faded_in(self, image: Image, shown: Shown) -> Image:
        """``image``, mixed with what was on air before, while that fades.

        A loop fades only into pictures that show as much of the room as it does.
        """
        now_s = time.monotonic()
        if self._before is None:
            return image
        before, has_shown = self._before
        self._fading_since_s = self._fading_since_s or now_s - FADE_STEP_S
        share = (now_s - self._fading_since_s) / FADE_S
        if share >= 1 or has_shown not in (None, shown):
            self._before = None
            return image
        return _mixed(before, image, share)

    def _send(
        self, image: Image, background: Background | None, region: Region = NO_REGION
    ) -> None:
        self._sending_since_s = time.monotonic()
        try:
            self._output.send(image)
        finally:
            self._sending_since_s = None
        if background is not None:
            self.pictured_s = time.monotonic()
        self.sent, self.background, self.region = image, background, region
