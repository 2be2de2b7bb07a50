"""What a camera can do: formats, sizes and rates."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vcam.frames import Size
from vcam.v4l2.system import Ask, System, opened

VIDIOC_ENUM_FMT = 0xC0405602
VIDIOC_ENUM_FRAMESIZES = 0xC02C564A
VIDIOC_ENUM_FRAMEINTERVALS = 0xC034564B

V4L2_BUF_TYPE_VIDEO_CAPTURE = 1
V4L2_FRMSIZE_TYPE_DISCRETE = 1
V4L2_FRMIVAL_TYPE_DISCRETE = 1

ENOUGH = 128
"""More formats, sizes or rates than any camera has; the end of a driver's endless list."""

COMMON_SIZES = (
    *(Size(320, 240), Size(640, 360), Size(640, 480), Size(960, 540), Size(1024, 576)),
    *(Size(1280, 720), Size(1920, 1080), Size(2560, 1440), Size(3840, 2160)),
)
"""What is offered of a driver that takes any size."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One thing a camera can do."""

    fourcc: str
    size: Size
    fps: tuple[float, ...]
    """Frames per second, highest first; empty when the driver does not say."""


def modes(system: System, path: str) -> tuple[Mode, ...]:
    """What a camera can do, in the driver's order; raises :class:`OSError`."""
    found: list[Mode] = []
    with opened(system, path) as ask:
        for code in _formats(ask):
            for size in _sizes(ask, code):
                mode = Mode(fourcc(code), size, tuple(_rates(ask, code, size)))
                if mode not in found:
                    found.append(mode)
    return tuple(found)


def fourcc(code: bytes) -> str:
    """As ``videodev2.h`` names a pixel format; big-endian ones have bit 31 set."""
    big_endian = code[3] & 0x80
    name = bytes((*code[:3], code[3] & 0x7F)).decode("latin-1").rstrip(" \0")
    return f"{name}-BE" if big_endian else name


def _formats(ask: Ask) -> Iterator[bytes]:
    for answer in _enumerated(
        ask, VIDIOC_ENUM_FMT, 64, struct.pack("I", V4L2_BUF_TYPE_VIDEO_CAPTURE)
    ):
        yield bytes(answer[44:48])


def _sizes(ask: Ask, code: bytes) -> Iterator[Size]:
    for answer in _enumerated(ask, VIDIOC_ENUM_FRAMESIZES, 44, code):
        kind, *numbers = struct.unpack_from("7I", answer, 8)
        if kind == V4L2_FRMSIZE_TYPE_DISCRETE:
            yield Size(numbers[0], numbers[1])
            continue
        least_w, most_w, _, least_h, most_h, _ = numbers
        for size in COMMON_SIZES:
            if least_w <= size.width <= most_w and least_h <= size.height <= most_h:
                yield size
        return


def _rates(ask: Ask, code: bytes, size: Size) -> list[float]:
    rates = set()
    start = struct.pack("4sII", code, *size)
    for answer in _enumerated(ask, VIDIOC_ENUM_FRAMEINTERVALS, 52, start):
        kind, *numbers = struct.unpack_from("5I", answer, 16)
        intervals = [numbers[:2]]
        if kind != V4L2_FRMIVAL_TYPE_DISCRETE:
            intervals.append(numbers[2:])
        rates |= {round(below / above, 2) for above, below in intervals if above and below}
        if kind != V4L2_FRMIVAL_TYPE_DISCRETE:
            break
    return sorted(rates, reverse=True)


def _enumerated(ask: Ask, request: int, size: int, start: bytes) -> Iterator[bytearray]:
    """Answers 0, 1, 2, … until the driver says there is no more."""
    for index in range(ENOUGH):
        argument = bytearray(size)
        struct.pack_into("I", argument, 0, index)
        argument[4 : 4 + len(start)] = start
        try:
            answer = ask(request, argument)
        except OSError:
            return
        yield answer
