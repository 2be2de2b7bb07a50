"""The video nodes there are, and which of them are cameras and virtual cameras."""

import re
import struct
from dataclasses import dataclass

from vcam.frames import Size
from vcam.v4l2.modes import fourcc
from vcam.v4l2.system import System, listed, opened, read, text

VIDIOC_QUERYCAP = 0x80685600
VIDIOC_G_FMT = 0xC0D05604
VIDIOC_STREAMON = 0x40045612

V4L2_CAP_VIDEO_CAPTURE = 0x00000001
V4L2_CAP_VIDEO_OUTPUT = 0x00000002
V4L2_CAP_VIDEO_M2M = 0x00008000
V4L2_CAP_IO_MC = 0x20000000
V4L2_CAP_DEVICE_CAPS = 0x80000000

V4L2_BUF_TYPE_VIDEO_OUTPUT = 2

LOOPBACK_DRIVER = "v4l2 loopback"
"""What v4l2loopback calls itself."""

OUR_LABEL = "vcam"
"""The label of the loopback device that is meant for us."""


def is_our_label(label: str) -> bool:
    """Whether a label has that word: ``vcam 2`` is ours, ``iVCam`` is another program's."""
    return OUR_LABEL in re.split(r"[\W_]+", label.casefold())


@dataclass(frozen=True, slots=True)
class Capability:
    """What a node says about itself."""

    driver: str
    card: str
    bus_info: str
    device_caps: int

    @property
    def captures(self) -> bool:
        """A program can read pictures from it, as from a webcam."""
        # A node driven through the media controller (raw sensors behind an image
        # processor) and a codec also say CAPTURE, but give no picture to a plain reader.
        foreign = V4L2_CAP_IO_MC | V4L2_CAP_VIDEO_M2M
        return bool(self.device_caps & V4L2_CAP_VIDEO_CAPTURE) and not (
            self.device_caps & foreign
        )

    @property
    def outputs(self) -> bool:
        """A program can write pictures to it."""
        return bool(self.device_caps & V4L2_CAP_VIDEO_OUTPUT)


@dataclass(frozen=True, slots=True)
class Node:
    """A ``/dev/videoN``."""

    index: int
    path: str
    name: str
    """The label in sysfs, readable without any permission."""
    capability: Capability | None
    """None when it could not be asked."""
    refusal: OSError | None = None
    """Why it could not be asked."""
    loopback: bool = False
    """A virtual camera of v4l2loopback."""

    @property
    def ours(self) -> bool:
        """A virtual camera whose label says it is meant for vcam."""
        return self.loopback and is_our_label(self.name)


def nodes(system: System) -> tuple[Node, ...]:
    """Every video node there is, in the order of their numbers."""
    entries = [entry.name for entry in listed(system.sys / "class" / "video4linux")]
    numbers = [name.removeprefix("video") for name in entries if name.startswith("video")]
    return tuple(
        _node(system, index) for index in sorted(map(int, filter(_digits, numbers)))
    )


def query(system: System, path: str) -> Capability:
    """What the node says about itself; raises :class:`OSError`."""
    with opened(system, path) as ask:
        answer = ask(VIDIOC_QUERYCAP, bytearray(104))
    driver, card, bus_info, _, caps, device_caps = struct.unpack_from("16s32s32s3I", answer)
    return Capability(
        text(driver),
        text(card),
        text(bus_info),
        device_caps if caps & V4L2_CAP_DEVICE_CAPS else caps,
    )


def output_format(system: System, path: str) -> tuple[str, Size]:
    """FourCC and size that a loopback device has really taken; raises :class:`OSError`."""
    request = bytearray(208)
    struct.pack_into("I", request, 0, V4L2_BUF_TYPE_VIDEO_OUTPUT)
    with opened(system, path) as ask:
        answer = ask(VIDIOC_G_FMT, request)
    width, height, code = struct.unpack_from("2I4s", answer, 8)
    return fourcc(code), Size(width, height)


def announce_output(system: System, path: str) -> None:
    """Make a loopback device say again that it can be written to.

    v4l2loopback 0.12 forgets it when a program that only called ``write`` closes the
    device.  STREAMON marks this opener as a writer, even when it fails for want of
    buffers, and the closing of a writer is what makes the driver announce OUTPUT.  Newer
    versions do not need it and are not harmed by it.  Raises :class:`OSError` when the
    node cannot be opened.
    """
    with opened(system, path) as ask:
        try:
            ask(VIDIOC_STREAMON, bytearray(struct.pack("i", V4L2_BUF_TYPE_VIDEO_OUTPUT)))
        except OSError:
            return


def _node(system: System, index: int) -> Node:
    path = system.node(index)
    name = read(system.about(index) / "name")
    try:
        capability = query(system, path)
    except OSError as error:
        # Not allowed to ask: only v4l2loopback registers cameras without a parent device.
        orphan = not (system.about(index) / "device").exists()
        return Node(index, path, name, None, error, loopback=orphan)
    loopback = capability.driver == LOOPBACK_DRIVER
    return Node(index, path, name or capability.card, capability, loopback=loopback)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
