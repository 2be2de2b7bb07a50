"""Pictures of a camera in PipeWire, decoded."""

import struct
from typing import Any

import cv2
import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from vcam.frames import Image, Size
from vcam.pipewire.camera_stream import Picture

Bytes = NDArray[np.uint8]

PLANES = {
    "NV12": ((1, 1.0), (2, 1.0)),
    "YU12": ((1, 1.0), (2, 0.5), (2, 0.5)),
    "YUYV": ((1, 2.0),),
    "UYVY": ((1, 2.0),),
    "BGR": ((1, 3.0),),
    "RGB": ((1, 3.0),),
    "BGRx": ((1, 4.0),),
    "RGBx": ((1, 4.0),),
    "BGRA": ((1, 4.0),),
    "RGBA": ((1, 4.0),),
    "GREY": ((1, 1.0),),
}
"""The planes of each format: every which row of the picture each has, and how many bytes a
pixel of its width."""
CONVERSIONS = {
    "NV12": cv2.COLOR_YUV2BGR_NV12,
    "YU12": cv2.COLOR_YUV2BGR_I420,
    "YUYV": cv2.COLOR_YUV2BGR_YUY2,
    "UYVY": cv2.COLOR_YUV2BGR_UYVY,
    "RGB": cv2.COLOR_RGB2BGR,
    "BGRx": cv2.COLOR_BGRA2BGR,
    "RGBx": cv2.COLOR_RGBA2BGR,
    "BGRA": cv2.COLOR_BGRA2BGR,
    "RGBA": cv2.COLOR_RGBA2BGR,
    "GREY": cv2.COLOR_GRAY2BGR,
}
"""OpenCV's conversions to BGR."""
PAIRED = {"NV12", "YU12", "YUYV", "UYVY"}
"""The formats in which two pixels beside each other share their colour."""
SIZES_IN_JPEG = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers in a JPEG picture that its size follows."""
BEYOND_PX = 16
"""What JPEG may add to a side: it has blocks of up to 16 pixels."""
QUARTERS = (
    None,
    cv2.ROTATE_90_CLOCKWISE,
    cv2.ROTATE_180,
    cv2.ROTATE_90_COUNTERCLOCKWISE,
)
_RAMP = np.arange(256)
LUMA = np.rint(16 + _RAMP * 219 / 255).astype(np.uint8)
CHROMA = np.rint(128 + (_RAMP - 128) * 224 / 255).astype(np.uint8)
"""From the full range to that which OpenCV's conversions expect."""


def image_of(picture: Picture) -> Image | None:
    """The picture, upright and in BGR, in an array of its own; None if it is damaged."""
    if picture.kind == "MJPG":
        image = _from_jpeg(picture.planes[0].data, picture.size)
    else:
        image = _from_raw(picture)
    return None if image is None else _turned(image, picture.transform)


def _from_jpeg(data: bytes, agreed: Size) -> Image | None:
    size = _size_in_jpeg(data)
    # A damaged one may claim to be so large that it takes seconds and all the memory.
    if size is None or any(
        not 0 < side <= most + BEYOND_PX for side, most in zip(size, agreed, strict=True)
    ):
        return None
    try:
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        image: Any = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        return None
    return image if image is not None and image.ndim == 3 else None


def _size_in_jpeg(data: bytes) -> Size | None:
    """The size that the picture claims; None if it is no JPEG picture."""
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in SIZES_IN_JPEG:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Size(width, height)
        # A marker may follow any number of these bytes; all others have a length.
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _from_raw(picture: Picture) -> Image | None:
    planes = _planes(picture)
    if planes is None:
        return None
    if picture.full_range:
        planes = _in_limited_range(picture.kind, planes)
    width, height = picture.size
    if picture.kind in ("NV12", "YU12"):
        stacked = np.concatenate([plane.ravel() for plane in planes])
        array: Bytes = stacked.reshape(height * 3 // 2, width)
    else:
        array = np.ascontiguousarray(planes[0]).reshape(height, width, -1)
    if picture.kind == "BGR":
        return array.copy()
    converted: Any = cv2.cvtColor(array, CONVERSIONS[picture.kind])
    return np.asarray(converted, np.uint8)


def _planes(picture: Picture) -> list[Bytes] | None:
    """The planes without what pads their rows; None if a byte is missing."""
    width, height = picture.size
    shapes = PLANES[picture.kind]
    if not (width and height):
        return None
    if (picture.kind in PAIRED and width % 2) or (len(shapes) > 1 and height % 2):
        return None
    apart = len(picture.planes) == len(shapes)
    first = picture.planes[0]
    found, start = [], 0
    for index, (every, bytes_each) in enumerate(shapes):
        rows, row = height // every, int(width * bytes_each)
        plane = picture.planes[index] if apart else first
        stride = plane.stride
        if not apart and stride:  # the first plane's, for all that follow in its block
            stride = int(stride * bytes_each / shapes[0][1])
        stride = max(stride, row)
        begin = 0 if apart else start
        length = (rows - 1) * stride + row
        if begin + length > len(plane.data):
            return None
        part = np.frombuffer(plane.data, np.uint8, length, begin)
        found.append(as_strided(part, (rows, row), (stride, 1)))
        start = begin + rows * stride
    return found


def _in_limited_range(kind: str, planes: list[Bytes]) -> list[Bytes]:
    if kind in ("NV12", "YU12"):
        return [LUMA[planes[0]], *(CHROMA[plane] for plane in planes[1:])]
    if kind in ("YUYV", "UYVY"):
        luma = 0 if kind == "YUYV" else 1
        packed = planes[0].copy()
        packed[:, luma::2] = LUMA[packed[:, luma::2]]
        packed[:, 1 - luma :: 2] = CHROMA[packed[:, 1 - luma :: 2]]
        return [packed]
    return planes


def _turned(image: Image, transform: int) -> Image:
    """Rotated clockwise, or mirrored and rotated the other way."""
    quarters, mirrored = transform & 3, transform & 4
    turned: Any = cv2.flip(image, 1) if mirrored else image
    turn = QUARTERS[-quarters & 3 if mirrored else quarters]
    return np.asarray(turned if turn is None else cv2.rotate(turned, turn), np.uint8)
