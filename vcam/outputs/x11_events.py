"""What X tells of a window, as appendix B of "X Window System Protocol" lays it out."""

import struct
from typing import Final, NamedTuple

KEY_PRESS, BUTTON_RELEASE, EXPOSE, DESTROY, CONFIGURE, MESSAGE = 2, 5, 12, 17, 22, 33
MAPPING: Final = 34
"""Types of events; the last one: keys have other letters now."""
LEFT_BUTTON: Final = 1
SHIFT: Final = 1


class Event(NamedTuple):
    """What has happened to a window."""

    kind: int
    detail: int
    content: bytes
    """The 32 bytes of the protocol."""

    @property
    def place(self) -> tuple[int, int]:
        """Where the pointer was, in the window."""
        x, y = struct.unpack_from("=hh", self.content, 24)
        return x, y

    @property
    def shift(self) -> bool:
        """Whether the key for capitals was held."""
        return bool(struct.unpack_from("=H", self.content, 28)[0] & SHIFT)

    @property
    def size(self) -> tuple[int, int]:
        """The width and height that a window was given."""
        width, height = struct.unpack_from("=HH", self.content, 20)
        return width, height

    @property
    def message(self) -> int:
        """The first number of a message."""
        return int(struct.unpack_from("=I", self.content, 12)[0])
