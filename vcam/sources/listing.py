"""The cameras there are, by name, and the one that is meant.

On Linux the kernel is asked, which takes milliseconds, starts no camera and needs no
OpenCV.  Our own virtual camera is never in the list, nor is a metadata node or anything
else that gives no pictures.  On Windows and macOS there are no names without a further
dependency, so the first few numbers are tried; that may light a camera's lamp for a
moment.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from vcam.errors import SourceError, UsageError, VcamError
from vcam.sources.camera_info import CameraInfo
from vcam.v4l2.modes import Mode, modes
from vcam.v4l2.nodes import Node, nodes, query
from vcam.v4l2.system import JOIN_GROUP, System, read

PROBED = 5
"""How many numbers are tried where the system cannot be asked."""


def list_cameras(system: System | None = None) -> tuple[CameraInfo, ...]:
    """Every camera that can be asked for, in the order of their numbers."""
    if system is None and sys.platform != "linux":
        return probe_cameras(_opens)
    return linux_cameras(system or System())


def linux_cameras(system: System) -> tuple[CameraInfo, ...]:
    """What the kernel lists."""
    found = nodes(system)
    theirs = foreign_loopbacks(found)
    return tuple(
        CameraInfo(
            _short(node.name),
            node.path,
            node.index,
            _identity(system, node),
            _modes(system, node),
            virtual=node.loopback,
        )
        for node in found
        if node.capability is not None
        and node.capability.captures
        and (not node.loopback or node in theirs)
    )


def foreign_loopbacks(found: Sequence[Node]) -> tuple[Node, ...]:
    """The virtual cameras that other programs feed.

    Only told apart when one is labelled as ours; without that label any of them may be
    the one we publish to, and to film our own picture is never right.
    """
    if not any(node.ours for node in found):
        return ()
    return tuple(node for node in found if node.loopback and not node.ours)


def probe_cameras(opens: Callable[[int], bool]) -> tuple[CameraInfo, ...]:
    """The numbers that open, where the system cannot be asked."""
    return tuple(
        CameraInfo(f"Camera {index}", str(index), index, f"number:{index}")
        for index in range(PROBED)
        if opens(index)
    )


def find_camera(
    wanted: str, cameras: Sequence[CameraInfo], system: System | None = None
) -> CameraInfo:
    """The camera meant by a name, a part of a name, a number, a path or an identity.

    The empty string means the first one that is neither infrared nor virtual.  Raises
    :class:`SourceError` when it is not there, :class:`UsageError` when the words fit
    several cameras, or our own virtual camera.
    """
    if not wanted:
        usual = [camera for camera in cameras if not camera.virtual]
        if usual:
            return min(usual, key=lambda camera: (camera.infrared, camera.index))
        raise _no_camera(system)
    found = fitting(wanted, cameras)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{wanted!r} fits {len(found)} cameras: {_told(found)}",
            f"Say which one by its path, for example {found[0].path}",
        )
    raise _why_not(wanted, cameras, system)


def is_present(camera: CameraInfo, system: System | None = None) -> bool:
    """False when the camera is certainly gone; True where the system cannot be asked."""
    if system is None and sys.platform != "linux":
        return True
    try:
        query(system or System(), camera.path)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def fitting(wanted: str, cameras: Sequence[CameraInfo]) -> list[CameraInfo]:
    """The cameras that ``wanted`` means, in the strictest sense that fits any."""
    path = _real(wanted)
    words = wanted.casefold().strip()
    socketless = wanted.rpartition("@")[0]
    meanings: tuple[Callable[[CameraInfo], bool], ...] = (
        lambda camera: camera.identity == wanted,
        lambda camera: camera.path in (wanted, path),
        lambda camera: wanted.isdecimal() and camera.index == int(wanted),
        # The same camera in another socket, when there is only one like it.
        lambda camera: (
            bool(socketless) and camera.identity.rpartition("@")[0] == socketless
        ),
        lambda camera: camera.name.casefold() == words,
        lambda camera: bool(words) and words in camera.name.casefold(),
    )
    for means in meanings:
        found = [camera for camera in cameras if means(camera)]
        if found:
            return found
    return []


def _why_not(
    wanted: str, cameras: Sequence[CameraInfo], system: System | None
) -> VcamError:
    for node in nodes(system or System()):
        if not _means(wanted, node):
            continue
        if node.loopback:
            return UsageError(
                f"{wanted!r} is a virtual camera ({node.name}, {node.path}), "
                "the kind that vcam publishes to",
                f"Choose a real camera: {_told(cameras)}",
            )
        if isinstance(node.refusal, PermissionError):
            return _forbidden(node)
        if node.capability is not None and not node.capability.captures:
            return UsageError(
                f"{node.path} gives no pictures (it belongs to {node.name})",
                f"Choose one of: {_told(cameras)}",
            )
    if not cameras:
        return _no_camera(system)
    if ":" in wanted:  # an identity, remembered from when it was there
        return SourceError(
            "The camera is not plugged in", f"Plug it in again; there is: {_told(cameras)}"
        )
    return SourceError(f"There is no camera {wanted!r}", f"There is: {_told(cameras)}")


def _means(wanted: str, node: Node) -> bool:
    return (
        _real(wanted) == node.path
        or (wanted.isdecimal() and int(wanted) == node.index)
        or wanted.casefold() in node.name.casefold()
    )


def _no_camera(system: System | None) -> SourceError:
    for node in nodes(system or System()):
        if isinstance(node.refusal, PermissionError) and not node.loopback:
            return _forbidden(node)
    return SourceError("No camera found", "Plug one in, or see what `vcam doctor` says")


def _forbidden(node: Node) -> SourceError:
    return SourceError(
        f"You are not allowed to use {node.name or 'the camera'} ({node.path})",
        JOIN_GROUP,
    )


def _told(cameras: Sequence[CameraInfo]) -> str:
    return ", ".join(f"{camera.name} ({camera.path})" for camera in cameras) or "none"


def _real(path: str) -> str:
    """What a link such as ``/dev/v4l/by-id/…`` leads to."""
    return str(Path(path).resolve()) if path.startswith("/") else path


def _modes(system: System, node: Node) -> tuple[Mode, ...]:
    try:
        return modes(system, node.path)
    except OSError:
        return ()


def _short(name: str) -> str:
    """``Webcam: Webcam``, as newer kernels write it, is ``Webcam``."""
    head, _, tail = name.partition(": ")
    return head if tail and head.startswith(tail) else name


def _identity(system: System, node: Node) -> str:
    assert node.capability is not None
    about = system.about(node.index)
    order = read(about / "index") or "0"
    interface = (about / "device").resolve()
    vendor, product = (
        read(interface.parent / "idVendor"),
        read(interface.parent / "idProduct"),
    )
    if not vendor:
        return f"{node.capability.bus_info}:{order}"
    part = read(interface / "bInterfaceNumber") or "00"
    serial = read(interface.parent / "serial")
    # Two cameras of a kind often share a serial number, or have none: the socket decides.
    return f"usb:{vendor}:{product}:{serial}:{part}.{order}@{interface.parent.name}"


def _opens(index: int) -> bool:
    from vcam.sources.capture import opens  # only here: it brings OpenCV

    return opens(index)
