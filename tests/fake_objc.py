"""An ``objc`` that stands in for pyobjc, with the cameras that a test plugs in."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from vcam.sources import avfoundation

OBS = "7626645E-4425-469E-9D8B-97E0FA59AC75"
BUILT_IN = "47B4B64B-7067-4B9C-AD2B-AE273A71F4B5"
USB, VIRTUAL = "usb ", "virt"


@dataclass
class Camera:
    """What AVFoundation has of a device; pyobjc makes methods of its properties."""

    name: str
    unique: str
    model: str = "UVC Camera VendorID_1133 ProductID_2093"
    transport: str = USB
    media: str = "vide"

    def localizedName(self) -> str:  # noqa: N802
        return self.name

    def uniqueID(self) -> str:  # noqa: N802
        return self.unique

    def modelID(self) -> str:  # noqa: N802
        return self.model

    def transportType(self) -> int:  # noqa: N802
        return int.from_bytes(self.transport.encode(), "big")


class Mac:
    """A Mac; change it to plug in cameras, and to answer the question for them."""

    def __init__(self) -> None:
        self.cameras: list[Camera] = []
        self.usual: Camera | None = None
        self.answer = 3
        self.loaded: list[str] = []
        self.pools = 0

    def defaultDeviceWithMediaType_(self, media: str) -> Camera | None:  # noqa: N802
        assert media == "vide"
        return self.usual

    def devicesWithMediaType_(self, media: str) -> list[Camera]:  # noqa: N802
        assert self.pools, "what is listed would never be freed"
        return [camera for camera in self.cameras if camera.media == media]

    def authorizationStatusForMediaType_(self, media: str) -> int:  # noqa: N802
        assert media == "vide"
        return self.answer

    def lookUpClass(self, name: str) -> "Mac":  # noqa: N802
        assert name == "AVCaptureDevice" and self.loaded
        return self

    def loadBundle(self, name: str, into: dict[str, Any], *, bundle_path: str) -> None:  # noqa: N802
        self.loaded.append(bundle_path)

    @contextlib.contextmanager
    def autorelease_pool(self) -> Iterator[None]:
        self.pools += 1
        yield
        self.pools -= 1


def laptop() -> Mac:
    """With its own camera, a USB one, OBS's, and a capture card with sound."""
    mac = Mac()
    own = Camera("FaceTime HD Camera", BUILT_IN, "FaceTime HD Camera", "bltn")
    mac.cameras = [
        own,
        Camera("OBS Virtual Camera", OBS, "OBS Camera Extension", VIRTUAL),
        Camera("HD Pro Webcam C920", "0x14100000046d082d"),
        Camera("DV", "0x0800", "DV", media="muxx"),
    ]
    mac.usual = own
    return mac


def install(mac: Mac, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let vcam ask ``mac``, on any system."""
    objc: Any = ModuleType("objc")
    for name in ("lookUpClass", "loadBundle", "autorelease_pool"):
        setattr(objc, name, getattr(mac, name))
    monkeypatch.setitem(sys.modules, "objc", objc)
    avfoundation._capture_device.cache_clear()
