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
        self._card: Image | None = None
        """The card that the next pictures fade in from."""
        self._fading_since_s = 0.0
        self.closed = False
        """Whether no new picture goes out any more."""
        self._sending_since_s: float | None = None

    @property
    def size(self) -> Size:
        """The size of what it sends."""
        return self._output.size

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
            image = self._faded_in(picture.image)
            self._send(image, *shown)
        # As it was sent: nothing else may follow while the user holds it.
        self._picture = image, *shown

    def repeat(self) -> None:
        """Send the last picture again; raises :class:`Withheld` if there is none.

        A picture that shows more of the room than is chosen now is none, and is not kept.
        """
        if self._picture is None:
            raise Withheld(tr("There is no picture to repeat"))
        image, background, region = self._picture
        try:
            with self._choice._allows(self, background, region, new=False):
                self._send(image, background, region)
        except Outdated:
            self.forget()
            raise

    def close(self) -> None:
        """Publish no further picture; a card may still go out.  Any thread may call it."""
        self.closed = True

    def abandon(self) -> None:
        """Close it; no change of the choice waits any more for what it is sending.

        For an output whose driver may keep a picture for ever.  Any thread may call it.
        """
        self.close()
        self._choice._forget(self)

    def forget(self) -> None:
        """Keep no picture for :meth:`repeat`."""
        self._picture = None

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
        self._card = card if gently else None
        self._fading_since_s = 0.0

    def _faded_in(self, image: Image) -> Image:
        """``image``, mixed with the card that was on air, while that fades."""
        now_s = time.monotonic()
        if self._card is None:
            return image
        self._fading_since_s = self._fading_since_s or now_s - FADE_STEP_S
        share = (now_s - self._fading_since_s) / FADE_S
        if share >= 1:
            self._card = None
            return image
        return _mixed(self._card, image, share)

    def _send(
        self, image: Image, background: Background | None, region: Region = NO_REGION
    ) -> None:
        self._sending_since_s = time.monotonic()
        try:
            self._output.send(image)
        finally:
            self._sending_since_s = None
        self.sent, self.background, self.region = image, background, region
