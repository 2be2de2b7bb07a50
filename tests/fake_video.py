"""A pretended kernel: video devices as tables, and the folders that Linux shows."""

import errno
import os
import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from vcam.frames import Size
from vcam.outputs.loopback_viewers import (
    V4L2_EVENT_PRI_CLIENT_USAGE,
    VIDIOC_DQEVENT,
    VIDIOC_SUBSCRIBE_EVENT,
)
from vcam.v4l2.controls import (
    V4L2_CTRL_FLAG_INACTIVE,
    V4L2_CTRL_FLAG_NEXT_CTRL,
    VIDIOC_G_CTRL,
    VIDIOC_QUERYCTRL,
    VIDIOC_QUERYMENU,
    VIDIOC_S_CTRL,
)
from vcam.v4l2.modes import (
    VIDIOC_ENUM_FMT,
    VIDIOC_ENUM_FRAMEINTERVALS,
    VIDIOC_ENUM_FRAMESIZES,
)
from vcam.v4l2.nodes import VIDIOC_G_FMT, VIDIOC_QUERYCAP, VIDIOC_STREAMON
from vcam.v4l2.system import System

CAPTURE, OUTPUT, META, MEDIA_CONTROLLER = 0x1, 0x2, 0x00800000, 0x20000000
STREAMING, DEVICE_CAPS = 0x04000000, 0x80000000

Row = TypeVar("Row")
Modes = dict[str, dict[Size, list[tuple[int, int]]]]
"""FourCC to size to frame intervals in seconds, as fractions."""

WEBCAM: Modes = {
    "MJPG": {Size(1920, 1080): [(1, 30)], Size(1280, 720): [(1, 30), (1, 60)]},
    "YUYV": {Size(640, 480): [(1, 30), (1, 15)]},
}
INFRARED: Modes = {"GREY": {Size(640, 360): [(1, 30)]}}


@dataclass
class Control:
    id: int
    name: str
    value: int
    range: tuple[int, int] = (0, 255)
    kind: int = 1
    flags: int = 0
    menu: dict[int, str] = field(default_factory=dict)
    manual: tuple[int, int] | None = None
    """It rests unless that control has that value."""
    stubborn: bool = False
    """Setting it fails."""

    def __post_init__(self) -> None:
        self.default = self.value


@dataclass
class Device:
    driver: str = "uvcvideo"
    card: str = "Webcam"
    bus_info: str = "usb-0000:00:14.0-6"
    caps: int = CAPTURE
    modes: Modes = field(default_factory=dict)
    any_size: tuple[Size, Size] | None = None
    """The range of a driver that takes every size."""
    refusal: int = 0
    """The errno that opening it gives."""
    taken: tuple[str, Size] = ("YU12", Size(0, 0))
    """What VIDIOC_G_FMT answers."""
    controls: list[Control] = field(default_factory=list)
    stuck: bool = False
    """v4l2loopback 0.12 after its writer has closed: says neither CAPTURE nor OUTPUT."""
    readers: int | None = None
    """How many read, if the driver tells, as v4l2loopback does since 0.13."""
    events: list[int] = field(default_factory=list)
    """What it has told and nobody has fetched yet."""


class Video:
    """The machine; implements :class:`vcam.v4l2.system.Kernel`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.devices: dict[str, Device] = {}
        self.fds: dict[int, Device] = {}
        self._next_fd = 1000
        (root / "dev").mkdir()
        (root / "sys" / "class" / "video4linux").mkdir(parents=True)
        (root / "proc").mkdir()
        self.system = System(root / "sys", root / "dev", root / "proc", self)

    def plug(self, number: int, device: Device, *, usb: str = "", order: int = 0) -> str:
        """``usb`` is ``vendor:product:serial:socket:interface``."""
        path = self.root / "dev" / f"video{number}"
        path.touch()
        about = self.system.about(number)
        about.mkdir()
        (about / "name").write_text(f"{device.card}\n")
        (about / "index").write_text(f"{order}\n")
        if usb:
            vendor, product, serial, socket, interface = usb.split(":")
            board = self.root / "sys" / "devices" / socket
            place = board / f"{socket}:1.{interface}"
            place.mkdir(parents=True, exist_ok=True)
            (board / "idVendor").write_text(vendor)
            (board / "idProduct").write_text(product)
            if serial:
                (board / "serial").write_text(serial)
            (place / "bInterfaceNumber").write_text(f"0{interface}\n")
            (about / "device").symlink_to(place)
        elif device.driver != "v4l2 loopback":
            (about / "device").mkdir()
        self.devices[str(path)] = device
        return str(path)

    def unplug(self, path: str) -> None:
        del self.devices[path]
        Path(path).unlink()
        about = self.system.about(int(path.rpartition("video")[2]))
        about.rename(about.with_name("gone"))

    def loopback(self, number: int, label: str, caps: int = OUTPUT) -> str:
        bus = f"platform:v4l2loopback-{number:03}"
        return self.plug(number, Device("v4l2 loopback", label, bus, caps))

    def hold(
        self, pid: int, name: str, path: str, *, flags: int = os.O_RDWR, maps: bool = False
    ) -> None:
        """Let a program have the device open."""
        self.release(pid)
        process = self.root / "proc" / str(pid)
        (process / "fd").mkdir(parents=True)
        (process / "fdinfo").mkdir()
        (process / "comm").write_text(f"{name}\n")
        (process / "maps").write_text(
            f"7f00-7f10 rw-s 0 00:05 511 {path}\n" if maps else ""
        )
        (process / "fd" / "7").symlink_to(path)
        (process / "fdinfo" / "7").write_text(f"pos:\t0\nflags:\t{flags:08o}\n")

    def release(self, pid: int) -> None:
        """Let a program end."""
        shutil.rmtree(self.root / "proc" / str(pid), ignore_errors=True)

    def uses(self, count: int) -> None:
        """How often devices of v4l2loopback are open."""
        module = self.root / "sys" / "module" / "v4l2loopback"
        module.mkdir(parents=True, exist_ok=True)
        (module / "refcnt").write_text(f"{count}\n")

    def reads(self, path: str, readers: int) -> None:
        """Let so many programs read the device, and the driver tell it."""
        self.devices[path].readers = readers
        self.devices[path].events.append(readers)

    def open(self, path: str) -> int:
        device = self.devices.get(path)
        if device is None:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        if device.refusal:
            raise OSError(device.refusal, os.strerror(device.refusal), path)
        self._next_fd += 1
        self.fds[self._next_fd] = device
        return self._next_fd

    def close(self, fd: int) -> None:
        del self.fds[fd]

    def ioctl(self, fd: int, request: int, argument: bytearray) -> None:
        device = self.fds[fd]
        (index,) = struct.unpack_from("I", argument)
        if request == VIDIOC_QUERYCAP:
            caps = 0 if device.stuck else device.caps
            struct.pack_into(
                *("16s32s32s3I", argument, 0, device.driver.encode(), device.card.encode()),
                *(
                    device.bus_info.encode(),
                    0x60100,
                    caps | DEVICE_CAPS | META,
                    caps | STREAMING,
                ),
            )
        elif request == VIDIOC_ENUM_FMT:
            argument[44:48] = _nth(list(device.modes), index).encode().ljust(4)
        elif request == VIDIOC_ENUM_FRAMESIZES:
            self._size(device, argument, index)
        elif request == VIDIOC_ENUM_FRAMEINTERVALS:
            fourcc, width, height = struct.unpack_from("4s2I", argument, 4)
            sizes = device.modes[fourcc.decode().strip()]
            interval = _nth(sizes.get(Size(width, height), []), index)
            struct.pack_into("3I", argument, 16, 1, *interval)
        elif request == VIDIOC_G_FMT:
            fourcc, (width, height) = device.taken
            struct.pack_into("2I4s", argument, 8, width, height, fourcc.encode())
        elif request == VIDIOC_SUBSCRIBE_EVENT:
            if device.readers is None or index != V4L2_EVENT_PRI_CLIENT_USAGE:
                raise OSError(errno.EINVAL, "Invalid argument")
            device.events.append(device.readers)
        elif request == VIDIOC_DQEVENT:
            if not device.events:
                raise OSError(errno.ENOENT, "No such file or directory")
            struct.pack_into(
                "IxxxxI", argument, 0, V4L2_EVENT_PRI_CLIENT_USAGE, device.events.pop(0)
            )
        elif request in (VIDIOC_QUERYCTRL, VIDIOC_QUERYMENU, VIDIOC_G_CTRL, VIDIOC_S_CTRL):
            self._control(device, request, argument, index)
        elif request == VIDIOC_STREAMON:
            device.stuck = False
            raise OSError(errno.EINVAL, "Invalid argument")
        else:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    def _control(
        self, device: Device, request: int, argument: bytearray, wanted: int
    ) -> None:
        following = request == VIDIOC_QUERYCTRL and wanted & V4L2_CTRL_FLAG_NEXT_CTRL
        found = sorted(
            (
                each
                for each in device.controls
                if (each.id > wanted & 0x7FFFFFFF if following else each.id == wanted)
            ),
            key=lambda each: each.id,
        )
        control = _nth(found, 0)
        masters = {each.id: each.value for each in device.controls}
        resting = control.manual is not None and (
            masters[control.manual[0]] != control.manual[1]
        )
        if request == VIDIOC_QUERYCTRL:
            flags = control.flags | (V4L2_CTRL_FLAG_INACTIVE if resting else 0)
            numbers = (*control.range, 1, control.default, flags)
            struct.pack_into(
                *("2I32s4iI", argument, 0, control.id, control.kind),
                *(control.name.encode(), *numbers),
            )
        elif request == VIDIOC_QUERYMENU:
            (index,) = struct.unpack_from("I", argument, 4)
            if index not in control.menu:
                raise OSError(errno.EINVAL, "Invalid argument")
            struct.pack_into("32s", argument, 8, control.menu[index].encode())
        elif request == VIDIOC_G_CTRL:
            struct.pack_into("i", argument, 4, control.value)
        elif resting or control.stubborn:
            raise OSError(errno.EACCES, "Permission denied")
        else:
            (control.value,) = struct.unpack_from("i", argument, 4)

    def _size(self, device: Device, argument: bytearray, index: int) -> None:
        fourcc = bytes(argument[4:8]).decode().strip()
        if device.any_size:
            _nth([0], index)
            (low_w, low_h), (high_w, high_h) = device.any_size
            struct.pack_into("7I", argument, 8, 3, low_w, high_w, 2, low_h, high_h, 2)
        else:
            struct.pack_into("3I", argument, 8, 1, *_nth(list(device.modes[fourcc]), index))


def _nth(rows: list[Row], index: int) -> Row:
    if index >= len(rows):
        raise OSError(errno.EINVAL, "Invalid argument")
    return rows[index]
