"""The privacy law, in one place that every picture passes on its way out.

*While the chosen background is not the plain room, a picture leaves only if it was
composited with a mask computed from that very frame.*  Anything else is withheld, and a
card goes out instead.  Two doors apply it:

* :func:`examined` looks at one :class:`Finished` picture: is the mask of this frame, is
  it whole, is the background really where the mask says "room"?  Only what passes becomes
  a :class:`Cleared` picture, and the pipeline returns nothing else, so that files,
  windows and other people's programs are covered.
* :class:`Gate` owns an output, and nobody else calls its ``send``.  It takes cleared
  pictures and cards, and compares with what is chosen *now*: a picture made before the
  user turned the room off does not go out after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from vcam.backgrounds import Background
from vcam.backgrounds.room import Room
from vcam.errors import VcamError
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.outputs import Output
from vcam.slate import slate

EVERY_PX: Final = 8
"""The examination compares every so many pixels in both directions."""
EVERYTHING: Final = 0.9
"""A mask that is above this everywhere, corners and all, is a broken model's."""
_SEAL: Final = object()


class Withheld(VcamError):  # noqa: N818 - a verdict, not an accident
    """The law forbids this picture; a card goes out instead."""


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

    Costs about a tenth of a millisecond at 1280x720.
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
    grid = np.s_[::EVERY_PX, ::EVERY_PX]
    room = alpha[grid] == 0
    if (image[grid][room] != behind[grid][room]).any():
        raise Withheld("The room is not covered")
    # Also false for a mask that is not finite.
    if not float(mask.min()) <= EVERYTHING:
        raise Withheld(
            "The whole picture is taken for a person", "Move back from the camera a little"
        )


class Gate:
    """The only way to an output: cleared pictures, and cards.

    ``chosen`` tells the background that the user wants at this moment.  Used by the one
    thread that owns the output.
    """

    def __init__(self, output: Output, chosen: Callable[[], Background]) -> None:
        self._output, self._chosen = output, chosen
        self.room_on_air = False
        """Whether the last picture sent shows the room."""

    def publish(self, picture: Cleared) -> None:
        """Send a picture; raises :class:`Withheld`, having sent nothing, if it may not."""
        if not isinstance(picture, Cleared):
            raise Withheld("The picture has not been examined")
        if picture.shows_room and not isinstance(self._chosen(), Room):
            raise Withheld("The room has been switched off")
        if Size.of(picture.image) != self._output.size:
            raise Withheld("The picture has not the size of the output")
        self._output.send(picture.image)
        self.room_on_air = picture.shows_room

    def card(self, message: str, detail: str = "") -> None:
        """Send a card that says ``message``; it is seen by everybody in the call."""
        self._output.send(slate(self._output.size, message, detail))
        self.room_on_air = False
