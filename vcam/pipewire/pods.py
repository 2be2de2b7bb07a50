"""PipeWire's parameters as bytes: the few kinds that video formats need, both ways.

A pod is eight bytes of size and type, and a body that is filled up to a multiple of eight:
https://docs.pipewire.org/page_spa_pod.html.
"""

import ctypes
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from vcam.frames import Size

ID, INT, RECTANGLE, FRACTION, OBJECT, CHOICE = 3, 4, 10, 11, 15, 19
"""Types of pods, from ``spa/utils/type.h``."""
OBJECT_FORMAT, OBJECT_BUFFERS, OBJECT_META = 0x40003, 0x40004, 0x40005
"""Types of objects."""
ENUM_FORMAT, FORMAT, BUFFERS, META = 3, 4, 5, 6
"""Kinds of parameters, from ``spa/param/param.h``."""
NONE, RANGE, STEP, ENUM, FLAGS = 0, 1, 2, 3, 4
"""Kinds of choices; all but ``NONE`` begin with their default."""
MEDIA_TYPE, MEDIA_SUBTYPE = 1, 2
VIDEO_FORMAT, VIDEO_SIZE, VIDEO_RATE = 0x20001, 0x20003, 0x20004
VIDEO_RANGE = 0x2000C
"""Keys of a format, from ``spa/param/format.h``."""
VIDEO, RAW, I420 = 2, 1, 2
FULL_RANGE = 1
"""The range of a format whose black is 0 and whose white is 255, as in JPEG files."""
HEADER, BUSY, TRANSFORM = 1, 7, 8
"""Kinds of metadata: the time of a buffer, who keeps it, how its picture is turned."""
MEMORY = 1 << 1 | 1 << 2
"""Buffers in memory of the process, or in a file in memory."""


class Values(NamedTuple):
    """What a property may be: one of several, or whatever lies between two."""

    each: tuple[Any, ...]
    """The default first; or the two that it lies between."""
    between: bool = False
    step: Any = None
    """What lies between two must be this, or a multiple of it, above the first."""


def video_format(
    size: Size,
    rate: Fraction | None,
    subtype: int = RAW,
    layout: int | None = I420,
    *,
    stepped: bool = False,
) -> bytes:
    """Pictures of one size at one rate; None leaves the rate, or the layout, out.

    ``stepped`` is for a camera whose sizes or rates are steps: PipeWire compares these
    with ranges only, so each becomes a range that holds nothing else.
    """
    exactly = _only if stepped else _pod
    described = [
        (MEDIA_TYPE, _id(VIDEO)),
        (MEDIA_SUBTYPE, _id(subtype)),
        (VIDEO_SIZE, exactly(RECTANGLE, struct.pack("<II", *size))),
    ]
    if layout is not None:
        described.insert(2, (VIDEO_FORMAT, _id(layout)))
    if rate is not None:
        parts = struct.pack("<II", *rate.as_integer_ratio())
        described.append((VIDEO_RATE, exactly(FRACTION, parts)))
    return _object((OBJECT_FORMAT, ENUM_FORMAT), *described)


def buffers(length: int, stride: int) -> bytes:
    """Two to eight buffers of ``length`` bytes, with ``stride`` bytes a row."""
    return _object(
        (OBJECT_BUFFERS, BUFFERS),
        (1, _choice(RANGE, 4, 2, 8)),
        (2, _int(1)),
        (3, _int(length)),
        (4, _int(stride)),
        (6, _choice(FLAGS, MEMORY)),
    )


def any_buffers() -> bytes:
    """Two to eight buffers as the other end makes them, as long as they can be mapped."""
    return _object(
        (OBJECT_BUFFERS, BUFFERS),
        (1, _choice(RANGE, 4, 2, 8)),
        (2, _choice(RANGE, 1, 1, 4)),
        (6, _choice(FLAGS, MEMORY)),
    )


def meta(kind: int, length: int) -> bytes:
    """Metadata of ``length`` bytes."""
    return _object((OBJECT_META, META), (1, _id(kind)), (2, _int(length)))


def properties(address: int) -> dict[int, Values]:
    """The properties of the object at ``address``; those of other types are left out.

    Numbers are integers, rectangles sizes, and fractions fractions.
    """
    length, kind = struct.unpack("<II", ctypes.string_at(address, 8))
    body = ctypes.string_at(address + 8, length)
    found, at = {}, 8
    while kind == OBJECT and at + 16 <= length:
        key, _, inner, inner_kind = struct.unpack_from("<4I", body, at)
        if values := _values(inner_kind, body[at + 16 : at + 16 + inner]):
            found[key] = values
        at += 16 + inner + -inner % 8
    return found


def with_pods(function: Callable[[Any, int], int], *each: bytes) -> int:
    """Call a function that takes pods; it copies them."""
    kept = [ctypes.create_string_buffer(pod, len(pod)) for pod in each]
    array = (ctypes.c_void_p * len(kept))(*map(ctypes.addressof, kept))
    return function(array, len(kept))


def _values(kind: int, body: bytes) -> Values | None:
    choice = NONE
    if kind == CHOICE and len(body) >= 16:
        choice, _, _, kind = struct.unpack_from("<4I", body)
        body = body[16:]
    if kind not in READ:
        return None
    each = tuple(READ[kind](body))
    if not each:
        return None  # for example rates of 0/0 only
    if choice in (RANGE, STEP) and len(each) >= 3:
        step = each[3] if choice == STEP and len(each) > 3 else None
        return Values(each[1:3], between=True, step=step)
    if choice == ENUM:
        return Values(tuple(dict.fromkeys(each)))
    return Values(each[:1])


def _numbers(body: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", body[: len(body) // 4 * 4])]


def _sizes(body: bytes) -> list[Size]:
    return [Size(*pair) for pair in struct.iter_unpack("<II", body[: len(body) // 8 * 8])]


def _fractions(body: bytes) -> list[Fraction]:
    pairs = struct.iter_unpack("<II", body[: len(body) // 8 * 8])
    return [Fraction(above, below) for above, below in pairs if below]


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", len(body), kind) + body + bytes(-len(body) % 8)


def _id(value: int) -> bytes:
    return _pod(ID, struct.pack("<I", value))


def _int(value: int) -> bytes:
    return _pod(INT, struct.pack("<i", value))


def _choice(choice: int, *values: int) -> bytes:
    head = struct.pack("<4I", choice, 0, 4, INT)
    return _pod(CHOICE, head + struct.pack(f"<{len(values)}i", *values))


def _only(kind: int, value: bytes) -> bytes:
    """A range from a value to the same."""
    return _pod(CHOICE, struct.pack("<4I", RANGE, 0, len(value), kind) + 3 * value)


def _object(kind: Sequence[int], *properties: tuple[int, bytes]) -> bytes:
    body = struct.pack("<II", *kind)
    for key, value in properties:
        body += struct.pack("<II", key, 0) + value
    return _pod(OBJECT, body)


READ: dict[int, Callable[[bytes], Sequence[Any]]] = {
    ID: _numbers,
    INT: _numbers,
    RECTANGLE: _sizes,
    FRACTION: _fractions,
}
"""How the values of each type are read."""
