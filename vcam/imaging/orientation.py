"""How a camera's picture is turned: by quarters, upside down, and as in a mirror."""

from typing import Final, NamedTuple, Self

from vcam.frames import Size

QUARTERS: Final = (0, 90, 180, 270)
"""Degrees by which a picture can be rotated, clockwise."""


class Orientation(NamedTuple):
    """One of the eight ways to put a picture on its sides.

    First rows and columns are exchanged, then top and bottom, then left and right, each or
    not.  Every sequence of rotations and mirrors is one of these.
    """

    exchanges_sides: bool = False
    """Rows become columns: by a quarter turn, or by one and a mirror."""
    flips: bool = False
    """Top and bottom are exchanged."""
    mirrors: bool = False
    """Left and right are exchanged."""

    @classmethod
    def of(cls, rotate: int, flip: bool, mirror: bool) -> Self:
        """``rotate`` degrees clockwise, one of :data:`QUARTERS`, then flip, then mirror."""
        flips, mirrors = rotate in (180, 270), rotate in (90, 180)
        return cls(rotate in (90, 270), flips != flip, mirrors != mirror)

    def size(self, size: Size) -> Size:
        """The size of a picture of ``size`` when it is turned; also the inverse of this."""
        return Size(size.height, size.width) if self.exchanges_sides else size

    def since(self, before: "Orientation") -> "Orientation":
        """What turns pictures with the orientation ``before`` into those with this one."""
        flips, mirrors = before.flips, before.mirrors
        exchanges_sides = self.exchanges_sides != before.exchanges_sides
        if exchanges_sides:
            flips, mirrors = mirrors, flips
        return Orientation(exchanges_sides, self.flips != flips, self.mirrors != mirrors)


AS_IT_IS: Final = Orientation()
"""The picture as the camera gives it."""
MIRRORED: Final = Orientation(mirrors=True)
"""Left and right exchanged, and nothing else."""
