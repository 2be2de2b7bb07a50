"""What is known about the person of one frame."""

from dataclasses import dataclass

from vcam.frames import Alpha, Image, Mask
from vcam.regions.placing import UNPAINTED, Painted


@dataclass(frozen=True, slots=True)
class Matte:
    """Who is in the frame, and in which colours.  Arrays are valid until the next call."""

    frame_index: int
    """:attr:`Frame.index` of the frame it was made from, and no other."""
    alpha: Alpha
    """At the frame's size."""
    foreground: Image
    """At the frame's size: the frame itself, or a copy with the person's own colours
    where alpha is between 0 and 255.  Bit-identical to the frame where alpha is 255."""
    mask: Mask
    """The models' checked answer for this frame, before any smoothing; small."""
    shown: Mask
    """:attr:`mask` without the people who are left out."""
    limit: Alpha
    """The most alpha that the evidence allows, 0..255, at any size."""
    small: Image | None
    """See :attr:`Frame.small`."""
    painted: Painted = UNPAINTED
    """What the user painted, in this frame.  Where it is applied, alpha follows it."""
