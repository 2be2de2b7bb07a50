"""Lists the cameras, and finds the one that the user has named.

On Linux the kernel is asked, which takes milliseconds, starts no camera and needs no
OpenCV.  The list never contains our own virtual camera, metadata nodes, or anything else
that delivers no pictures.  PipeWire is asked for cameras that the kernel does not offer
ready for use, see :mod:`vcam.sources.pipewire_listing`.  Windows and macOS have a module
each, :mod:`vcam.sources.directshow_listing` and :mod:`vcam.sources.avfoundation_listing`.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from vcam.errors import SourceError, UsageError, VcamError
from vcam.pipewire.cameras import CameraNode
from vcam.sources.avfoundation_listing import refusal as not_allowed
from vcam.sources.camera_info import CameraInfo
from vcam.sources.pipewire_listing import is_listed, nodes_now, only_in_pipewire
from vcam.translation import quoted, tr, tr_count
from vcam.v4l2.modes import Mode, modes
from vcam.v4l2.nodes import Node, nodes, query
from vcam.v4l2.system import JOIN_GROUP, System, read


class NoCameraError(SourceError):
    """There is no camera at all."""


def list_cameras(system: System | None = None) -> tuple[CameraInfo, ...]:
    """Every camera that can be used, in the order of their numbers.

    ``system`` is another kernel than this machine's, which has no PipeWire.
    """
    if system is not None:
        return linux_cameras(system)
    if sys.platform == "linux":
        return linux_cameras(System(), nodes_now())
    return _elsewhere(sys.platform)


def _elsewhere(platform: str) -> tuple[CameraInfo, ...]:
    # Imported late: only the one of this system is needed.
    if platform == "win32":
        from vcam.sources import directshow_listing

        return directshow_listing.cameras()
    from vcam.sources import avfoundation_listing

    return avfoundation_listing.cameras()


def _published_to(platform: str) -> tuple[CameraInfo, ...]:
    """The virtual cameras of the kind that vcam publishes to, where they are not nodes."""
    if platform == "win32":
        from vcam.sources import directshow_listing

        return directshow_listing.published_to()
    if platform == "darwin":
        from vcam.sources import avfoundation_listing

        return avfoundation_listing.published_to()
    return ()


def linux_cameras(
    system: System, in_pipewire: Iterable[CameraNode] = ()
) -> tuple[CameraInfo, ...]:
    """The cameras that the kernel lists, and those that only PipeWire has."""
    in_kernel = _kernel_cameras(system)
    return (*in_kernel, *only_in_pipewire(in_pipewire, in_kernel))


def _kernel_cameras(system: System) -> tuple[CameraInfo, ...]:
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

    They can only be told from ours if one is labelled as ours.  Without that label any of
    them may be the one that we publish to, and vcam must not film its own output.
    """
    if not any(node.ours for node in found):
        return ()
    return tuple(node for node in found if node.loopback and not node.ours)


def find_camera(
    wanted: str, cameras: Sequence[CameraInfo], system: System | None = None
) -> CameraInfo:
    """The camera meant by a name, a part of a name, a number, a path or an identity.

    The empty string means the first one that is neither infrared nor virtual.  Raises
    :class:`SourceError` if it is not there, :class:`UsageError` if several cameras match,
    or if it is our own virtual camera.
    """
    if not wanted:
        usual = [camera for camera in cameras if not camera.virtual]
        if usual:
            return min(usual, key=_preference)
        raise _no_camera(system, cameras)
    found = matching(wanted, cameras)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            tr_count(
                "{name} matches {count} camera: {cameras}",
                "{name} matches {count} cameras: {cameras}",
                len(found),
                name=quoted(wanted),
                cameras=_listed(found),
            ),
            tr("Name one by its path, for example {path}", path=found[0].path),
        )
    raise _why_not(wanted, cameras, system)


def is_present(camera: CameraInfo, system: System | None = None) -> bool:
    """Whether the camera may be there; True if the system cannot be asked."""
    if camera.in_pipewire:
        return is_listed(camera)
    if system is None and sys.platform != "linux":
        try:
            found = _elsewhere(sys.platform)
        except SourceError:
            return True
        return any(each.identity == camera.identity for each in found)
    try:
        query(system or System(), camera.path)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def matching(wanted: str, cameras: Sequence[CameraInfo]) -> list[CameraInfo]:
    """The cameras that ``wanted`` matches, by the strictest rule that matches any."""
    path = _real(wanted)
    words = wanted.casefold().strip()
    number = wanted.removeprefix("number:")
    without_port = wanted.rpartition("@")[0]
    meanings: tuple[Callable[[CameraInfo], bool], ...] = (
        lambda camera: camera.identity == wanted,
        lambda camera: camera.path in (wanted, path),
        # vcam 0.1 has saved cameras of Windows and macOS as "number:0".
        lambda camera: number.isdecimal() and camera.index == int(number),
        # The same camera at another USB port, if it is the only one of its kind.
        lambda camera: (
            bool(without_port) and camera.identity.rpartition("@")[0] == without_port
        ),
        lambda camera: camera.name.casefold() == words,
        lambda camera: bool(words) and words in camera.name.casefold(),
    )
    for means in meanings:
        found = [camera for camera in cameras if means(camera)]
        if found:
            return found
    return []


def _preference(camera: CameraInfo) -> tuple[bool, bool, bool, int]:
    """Smaller for what people more likely mean by "the camera"."""
    return camera.infrared, camera.in_pipewire, not camera.usual, camera.index


def _why_not(
    wanted: str, cameras: Sequence[CameraInfo], system: System | None
) -> VcamError:
    for ours in _published_to(sys.platform) if system is None else ():
        if matching(wanted, [ours]):
            return _virtual(wanted, ours.name, ours.path, cameras)
    for node in nodes(system or System()):
        if not _means(wanted, node):
            continue
        if node.loopback:
            return _virtual(wanted, node.name, node.path, cameras)
        if isinstance(node.refusal, PermissionError):
            return _forbidden(node)
        if node.capability is not None and not node.capability.captures:
            return UsageError(
                tr(
                    "{path} delivers no pictures (it belongs to {name})",
                    path=node.path,
                    name=node.name,
                ),
                tr("Choose one of: {choices}", choices=_listed(cameras)),
            )
    if not cameras:
        return _no_camera(system)
    if ":" in wanted:  # an identity from an earlier run
        return SourceError(
            tr("The camera is not plugged in"),
            tr("Plug it in again, or choose one of: {cameras}", cameras=_listed(cameras)),
        )
    return SourceError(
        tr("There is no camera {name}", name=quoted(wanted)),
        tr("Choose one of: {choices}", choices=_listed(cameras)),
    )


def _means(wanted: str, node: Node) -> bool:
    return (
        _real(wanted) == node.path
        or (wanted.isdecimal() and int(wanted) == node.index)
        or wanted.casefold() in node.name.casefold()
    )


def _virtual(
    wanted: str, name: str, path: str, cameras: Sequence[CameraInfo]
) -> UsageError:
    return UsageError(
        tr(
            "{wanted} is a virtual camera ({name}, {path}), the kind that vcam "
            "publishes to",
            wanted=quoted(wanted),
            name=name,
            path=path,
        ),
        tr("Choose a real camera: {cameras}", cameras=_listed(cameras)),
    )


def _no_camera(system: System | None, cameras: Sequence[CameraInfo] = ()) -> SourceError:
    if refused := not_allowed():
        return refused
    for node in nodes(system or System()):
        if isinstance(node.refusal, PermissionError) and not node.loopback:
            return _forbidden(node)
    if cameras:
        remedy = tr("Plug one in, or choose one of: {cameras}", cameras=_listed(cameras))
        return NoCameraError(tr("No camera found"), remedy)
    return NoCameraError(
        tr("No camera found"), tr("Plug one in, or see what `vcam doctor` says")
    )


def _forbidden(node: Node) -> SourceError:
    if node.name:
        what = tr(
            "You are not allowed to use {name} ({path})", name=node.name, path=node.path
        )
    else:
        what = tr("You are not allowed to use the camera ({path})", path=node.path)
    return SourceError(what, tr(JOIN_GROUP))


def _listed(cameras: Sequence[CameraInfo]) -> str:
    return ", ".join(f"{camera.name} ({camera.path})" for camera in cameras) or tr("none")


def _real(path: str) -> str:
    """The target of a link such as ``/dev/v4l/by-id/…``."""
    return str(Path(path).resolve()) if path.startswith("/") else path


def _modes(system: System, node: Node) -> tuple[Mode, ...]:
    try:
        return modes(system, node.path)
    except OSError:
        return ()


def _short(name: str) -> str:
    """Shorten ``Webcam: Webcam``, as newer kernels write it, to ``Webcam``."""
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
    # Two cameras of a kind often share a serial number or have none, so the port is added.
    return f"usb:{vendor}:{product}:{serial}:{part}.{order}@{interface.parent.name}"
