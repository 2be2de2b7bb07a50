"""What AVFoundation tells about the cameras of macOS.  No camera is opened.

pyobjc-core, which comes with pystray, reaches the framework's class ``AVCaptureDevice``:
https://developer.apple.com/documentation/avfoundation/avcapturedevice.  Tests put another
``objc`` in its place; on a Mac this has not been run yet.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

FRAMEWORK = "/System/Library/Frameworks/AVFoundation.framework"
"""The folder of the framework."""
VIDEO, MUXED = "vide", "muxx"
"""The values of ``AVMediaTypeVideo`` and ``AVMediaTypeMuxed``."""
VIRTUAL = int.from_bytes(b"virt", "big")
"""``kIOAudioDeviceTransportTypeVirtual``: what camera extensions give as ``transportType``,
OBS's and those made from Apple's template."""
NOT_DETERMINED = "undetermined"
"""The user has not been asked yet."""
DENIED, RESTRICTED, AUTHORIZED = "denied", "restricted", "authorized"
STATUSES = (NOT_DETERMINED, RESTRICTED, DENIED, AUTHORIZED)
"""The values of ``AVAuthorizationStatus``, in their order."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that AVFoundation lists."""

    name: str
    unique: str
    """Its ``uniqueID``; of a USB camera it contains the port."""
    model: str
    """Its ``modelID``, the same for all cameras of a kind."""
    virtual: bool = False
    """Whether it is a program."""
    usual: bool = False
    """Whether it is what macOS gives to a program that does not choose."""


def devices() -> tuple[Device, ...]:
    """Every device, in the order of OpenCV's numbers.

    OpenCV (``cap_avfoundation_mac.mm``) takes the devices for video and the muxed ones, and
    sorts them by ``uniqueID`` since 4.7 (its pull request 22946).  The list follows what is
    plugged in only while the main thread runs its loop: see :func:`follow_changes`.
    """
    kind = _capture_device()
    with _pool():
        usual = kind.defaultDeviceWithMediaType_(VIDEO)
        first = str(usual.uniqueID()) if usual is not None else ""
        found = [
            Device(
                str(each.localizedName() or ""),
                str(each.uniqueID()),
                str(each.modelID() or ""),
                int(each.transportType()) == VIRTUAL,
                str(each.uniqueID()) == first,
            )
            for media in (VIDEO, MUXED)
            for each in kind.devicesWithMediaType_(media)
        ]
    return tuple(sorted(found, key=lambda device: device.unique))


def authorization() -> str:
    """One of :data:`STATUSES`: whether the program that started vcam may use cameras.

    Empty where pyobjc is not installed, and so on other systems.
    """
    try:
        pool = _pool()
    except ImportError:
        return ""
    with pool:
        return STATUSES[int(_capture_device().authorizationStatusForMediaType_(VIDEO))]


def follow_changes(seconds: float) -> None:
    """Run the main thread's loop for so long, so that the list of devices is renewed.

    AVFoundation brings it up to date on the main queue.  Without this a camera that was
    plugged in again is not found, or opens and stays silent (opencv/opencv#27294).  Only
    for the main thread, and only where no other code runs its loop, as the tray does.
    """
    from Foundation import NSDate, NSRunLoop

    NSRunLoop.mainRunLoop().runUntilDate_(NSDate.dateWithTimeIntervalSinceNow_(seconds))


def _pool() -> Any:
    """For temporary objects: threads of Python have none of their own."""
    import objc

    return objc.autorelease_pool()


@cache
def _capture_device() -> Any:
    import objc

    objc.loadBundle("AVFoundation", {}, bundle_path=FRAMEWORK)
    return objc.lookUpClass("AVCaptureDevice")
