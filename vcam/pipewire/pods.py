"""PipeWire's parameters as bytes: the few kinds that a video format needs.

A pod is eight bytes of size and type, and a body that is filled up to a multiple of eight:
https://docs.pipewire.org/page_spa_pod.html.
"""

import ctypes
import struct
from collections.abc import Sequence
from fractions import Fraction

from vcam.frames import Size

ID, INT, RECTANGLE, FRACTION, OBJECT, CHOICE = 3, 4, 10, 11, 15, 19
"""Types of pods, from ``spa/utils/type.h``."""
OBJECT_FORMAT, OBJECT_BUFFERS, OBJECT_META = 0x40003, 0x40004, 0x40005
"""Types of objects."""
ENUM_FORMAT, FORMAT, BUFFERS, META = 3, 4, 5, 6
"""Kinds of parameters, from ``spa/param/param.h``."""
RANGE, FLAGS = 1, 4
"""Kinds of choices."""
MEDIA_TYPE, MEDIA_SUBTYPE = 1, 2
VIDEO_FORMAT, VIDEO_SIZE, VIDEO_RATE = 0x20001, 0x20003, 0x20004
"""Keys of a format, from ``spa/param/format.h``."""
VIDEO, RAW, I420 = 2, 1, 2
HEADER = 1
"""The kind of metadata with the time of a buffer."""
MEMORY = 1 << 1 | 1 << 2
"""Buffers in memory of the process, or in a file in memory."""


def video_format(size: Size, rate: Fraction) -> bytes:
    """Raw pictures, planar 4:2:0, of one size at one rate."""
    return _object(
        (OBJECT_FORMAT, ENUM_FORMAT),
        (MEDIA_TYPE, _id(VIDEO)),
        (MEDIA_SUBTYPE, _id(RAW)),
        (VIDEO_FORMAT, _id(I420)),
        (VIDEO_SIZE, _pod(RECTANGLE, struct.pack("<II", *size))),
        (VIDEO_RATE, _pod(FRACTION, struct.pack("<II", *rate.as_integer_ratio()))),
    )


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


def header(length: int) -> bytes:
    """Metadata of ``length`` bytes with the time of a buffer."""
    return _object((OBJECT_META, META), (1, _id(HEADER)), (2, _int(length)))


def size_in(address: int) -> Size:
    """The size in the format at ``address``; raises :class:`ValueError` without one."""
    length, kind = struct.unpack("<II", ctypes.string_at(address, 8))
    body = ctypes.string_at(address + 8, length)
    at = 8
    while kind == OBJECT and at + 16 <= length:
        key, _, inner, inner_kind = struct.unpack_from("<4I", body, at)
        # What was agreed upon may still come as a choice of one value.
        value = at + (32 if inner_kind == CHOICE else 16)
        if key == VIDEO_SIZE and value + 8 <= length:
            return Size(*struct.unpack_from("<II", body, value))
        at += 16 + inner + -inner % 8
    raise ValueError("a format without a size")


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", len(body), kind) + body + bytes(-len(body) % 8)


def _id(value: int) -> bytes:
    return _pod(ID, struct.pack("<I", value))


def _int(value: int) -> bytes:
    return _pod(INT, struct.pack("<i", value))


def _choice(choice: int, *values: int) -> bytes:
    head = struct.pack("<4I", choice, 0, 4, INT)
    return _pod(CHOICE, head + struct.pack(f"<{len(values)}i", *values))


def _object(kind: Sequence[int], *properties: tuple[int, bytes]) -> bytes:
    body = struct.pack("<II", *kind)
    for key, value in properties:
        body += struct.pack("<II", key, 0) + value
    return _pod(OBJECT, body)
