"""A camera's controls: exposure, white balance, focus, zoom and the like.

Asked with the calls that take one plain 32-bit value, which the kernel translates for every
driver; what they cannot express (texts, arrays, 64 bits) nobody sets by hand.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vcam.v4l2.system import Ask, text

VIDIOC_G_CTRL = 0xC008561B
VIDIOC_S_CTRL = 0xC008561C
VIDIOC_QUERYCTRL = 0xC0445624
VIDIOC_QUERYMENU = 0xC02C5625

V4L2_CTRL_FLAG_NEXT_CTRL = 0x80000000
V4L2_CTRL_FLAG_DISABLED = 0x0001
V4L2_CTRL_FLAG_GRABBED = 0x0002
V4L2_CTRL_FLAG_READ_ONLY = 0x0004
V4L2_CTRL_FLAG_INACTIVE = 0x0010
V4L2_CTRL_FLAG_WRITE_ONLY = 0x0040
V4L2_CTRL_FLAG_VOLATILE = 0x0080

V4L2_CTRL_TYPE_INTEGER = 1
V4L2_CTRL_TYPE_BOOLEAN = 2
V4L2_CTRL_TYPE_MENU = 3
V4L2_CTRL_TYPE_BITMASK = 8
V4L2_CTRL_TYPE_INTEGER_MENU = 9

PLAIN = {
    V4L2_CTRL_TYPE_INTEGER,
    V4L2_CTRL_TYPE_BOOLEAN,
    V4L2_CTRL_TYPE_MENU,
    V4L2_CTRL_TYPE_BITMASK,
    V4L2_CTRL_TYPE_INTEGER_MENU,
}
"""The types that have one value; a button has none."""
MENUS = {V4L2_CTRL_TYPE_MENU, V4L2_CTRL_TYPE_INTEGER_MENU}

CLASSES = {0x00980000, 0x009A0000}
"""User and camera controls, which people set; others belong to the driver."""

NEVER = (
    V4L2_CTRL_FLAG_DISABLED
    | V4L2_CTRL_FLAG_READ_ONLY
    | V4L2_CTRL_FLAG_WRITE_ONLY
    | V4L2_CTRL_FLAG_VOLATILE
)
NOT_NOW = V4L2_CTRL_FLAG_GRABBED | V4L2_CTRL_FLAG_INACTIVE

ENOUGH = 512
"""More controls than any camera has; the end of a driver's endless list."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control that people may set, as it is now."""

    id: int
    name: str
    type: int
    minimum: int
    maximum: int
    step: int
    default: int
    flags: int
    value: int

    @property
    def settable(self) -> bool:
        """It can be set now: no automatic mode and no program keeps it."""
        return not self.flags & (NEVER | NOT_NOW)


def controls(ask: Ask) -> Iterator[Control]:
    """The controls of an opened device, in the order of their ids.

    Those that can never be set, or never be read back, are left out.
    """
    last = 0
    for _ in range(ENOUGH):
        query = bytearray(68)
        struct.pack_into("I", query, 0, last | V4L2_CTRL_FLAG_NEXT_CTRL)
        try:
            answer = ask(VIDIOC_QUERYCTRL, query)
        except OSError:
            return
        found, kind, name, low, high, step, default, flags = struct.unpack_from(
            "2I32s4iI", answer
        )
        if found <= last:
            return
        last = found
        volatile = flags & V4L2_CTRL_FLAG_VOLATILE and flags & V4L2_CTRL_FLAG_INACTIVE
        if kind not in PLAIN or found & 0x0FFF0000 not in CLASSES:
            continue
        if flags & NEVER and not volatile:
            continue
        try:
            value = get_control(ask, found)
        except OSError:
            continue
        yield Control(found, text(name), kind, low, high, step, default, flags, value)


def get_control(ask: Ask, control: int) -> int:
    """The value of a control; raises :class:`OSError`."""
    answer = ask(VIDIOC_G_CTRL, bytearray(struct.pack("Ii", control, 0)))
    return int(struct.unpack("Ii", answer)[1])


def set_control(ask: Ask, control: int, value: int) -> None:
    """Set a control; raises :class:`OSError`."""
    ask(VIDIOC_S_CTRL, bytearray(struct.pack("Ii", control, value)))


def choices(ask: Ask, control: Control) -> dict[int, str]:
    """What the values of a menu mean; empty for other controls."""
    found: dict[int, str] = {}
    if control.type not in MENUS:
        return found
    for index in range(control.minimum, min(control.maximum, ENOUGH) + 1):
        query = bytearray(44)
        struct.pack_into("2I", query, 0, control.id, index)
        try:
            answer = ask(VIDIOC_QUERYMENU, query)
        except OSError:
            continue  # menus may have gaps
        if control.type == V4L2_CTRL_TYPE_MENU:
            found[index] = text(answer[8:40])
        else:
            found[index] = str(struct.unpack_from("q", answer, 8)[0])
    return found
